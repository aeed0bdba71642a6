import type { EntityId } from "./entities";
import { type Fact, lastReview as reviewed } from "./fact";

/** Purpose of a contact. */
export type Purpose =
  | "stun"
  | "telemetry"
  | "avatars"
  | "content"
  | "names"
  | "time"
  | "directory"
  | "push"
  | "updates"
  | "maps"
  | "models"
  | "source"
  | "identity"
  | "infrastructure"
  | "certificates";

/** A host that software contacts by default, or is often configured to contact. */
export interface HostFact extends Fact {
  /** Host, or domain above the hosts; an address. */
  readonly host: string;
  readonly party: EntityId;
  readonly purpose: Purpose;
  /** Replacement to use. */
  readonly instead: string;
}

const jitsi =
  "docker-jitsi-meet jvb/rootfs/defaults/jvb.conf at 2e6b31d8; lib-jitsi-meet modules/xmpp/xmpp.ts at 01daa07c";
const bbb = "bigbluebutton/docker mod/freeswitch/conf/vars.xml.tmpl at f6e71fc";

const rows = (
  purpose: Purpose,
  instead: string,
  ...list: readonly (readonly [host: string, party: EntityId, source?: string])[]
): readonly HostFact[] =>
  list.map(([host, party, source = `https://${host}`]) => ({ host, party, purpose, instead, source, reviewed }));

/** Third parties that no part of a sovereign stack contacts. Matched in a host's position, never inside a word. */
export const hosts: readonly HostFact[] = [
  ...rows(
    "stun",
    "your own TURN host, or none",
    ["jitsi.net", "eight", jitsi],
    ["jit.si", "eight", jitsi],
    ["8x8.vc", "eight", "docker-jitsi-meet web/rootfs/defaults/settings-config.js at 2e6b31d8 (JAAS_APP_ID)"],
    ["stun.l.google.com", "google", bbb],
    ["stun1.l.google.com", "google", bbb],
    ["stun2.l.google.com", "google", bbb],
    ["stun3.l.google.com", "google", bbb],
    ["stun4.l.google.com", "google", bbb],
    ["stun.cloudflare.com", "cloudflare"],
    ["turn.cloudflare.com", "cloudflare"],
    ["global.stun.twilio.com", "twilio", "livekit/livekit default STUN servers at 788d4c3"],
    ["xirsys.com", "xirsys"],
    ["stun.freeswitch.org", "signalwire", bbb],
    ["stun.nextcloud.com", "nextcloud", "nextcloud/all-in-one at 50636f2"],
  ),
  ...rows(
    "telemetry",
    "your own metrics, or nothing",
    ["amplitude.com", "amplitude", "docker-jitsi-meet web/rootfs/defaults/settings-config.js at 2e6b31d8"],
    ["google-analytics.com", "google"],
    ["googletagmanager.com", "google"],
    ["sentry.io", "functional"],
    ["datadoghq.com", "datadog"],
    ["datadoghq.eu", "datadog"],
    ["newrelic.com", "newrelic"],
    ["nr-data.net", "newrelic"],
    ["posthog.com", "posthog"],
    ["stats.vllm.ai", "vllm", "https://docs.vllm.ai/en/latest/usage/usage_stats.html"],
    ["stats.grafana.org", "grafana", "grafana/loki pkg/analytics/reporter.go"],
    ["panopticon.matrix.org", "matrix"],
    ["surveyserver.nextcloud.com", "nextcloud"],
  ),
  ...rows(
    "avatars",
    "disableThirdPartyRequests, or your own avatars",
    ["gravatar.com", "automattic", "jitsi/jigasi Participant.java at 6fbf4f2"],
    ["abotars.jitsi.net", "eight", "jitsi/jigasi Participant.java at 6fbf4f2"],
    ["giphy.com", "shutterstock"],
    ["tenor.googleapis.com", "google"],
  ),
  ...rows(
    "content",
    "files that you serve yourself",
    ["fonts.googleapis.com", "google"],
    ["fonts.gstatic.com", "google"],
    ["youtube.com", "google", "jitsi/jitsi-meet config.js (sharedVideoAllowedURLDomains)"],
    ["ajax.googleapis.com", "google"],
    ["cdnjs.cloudflare.com", "cloudflare"],
    ["cloudfront.net", "amazon"],
    ["akamaized.net", "akamai"],
    ["fastly.net", "fastly"],
  ),
  ...rows(
    "names",
    "the resolvers of your gateways",
    ["1.1.1.1", "cloudflare", "siderolabs/talos constants.go at ad88231"],
    ["1.0.0.1", "cloudflare"],
    ["8.8.8.8", "google", "siderolabs/talos constants.go at ad88231"],
    ["8.8.4.4", "google"],
    ["9.9.9.9", "quad9"],
    ["dns.google", "google"],
    ["cloudflare-dns.com", "cloudflare"],
    ["opendns.com", "cisco"],
  ),
  ...rows(
    "time",
    "the clocks of your gateways",
    ["time.google.com", "google"],
    ["time.cloudflare.com", "cloudflare", "siderolabs/talos constants.go at ad88231"],
    ["time.apple.com", "apple"],
    ["time.windows.com", "microsoft"],
    ["pool.ntp.org", "ntppool"],
    ["ntp.ubuntu.com", "canonical"],
  ),
  ...rows(
    "directory",
    "federation with the servers that you list, or none",
    ["matrix.org", "matrix", "element-hq/synapse at a58ad44"],
    ["vector.im", "element", "matrix-docker-ansible-deploy roles/custom/matrix-client-element"],
    ["element.io", "element"],
    ["lookup.nextcloud.com", "nextcloud"],
  ),
  ...rows(
    "push",
    "your own push gateway, or an exemption for the platforms' own",
    ["fcm.googleapis.com", "google"],
    ["api.push.apple.com", "apple"],
    ["updates.push.services.mozilla.com", "mozilla"],
    ["push-notifications.nextcloud.com", "nextcloud", "nextcloud/notifications at 88fe1f9"],
    ["pushfeed.nextcloud.com", "nextcloud"],
  ),
  ...rows(
    "updates",
    "versions that you mirror and pin",
    ["apps.nextcloud.com", "nextcloud"],
    ["updates.nextcloud.com", "nextcloud"],
    ["startpage.com", "startpage", "nextcloud/server connectivity check"],
    ["update.traefik.io", "traefik", "traefik/traefik-helm-chart values.yaml at 41.3.0"],
    ["grafana.com", "grafana"],
    ["motd.ubuntu.com", "canonical"],
    ["contracts.canonical.com", "canonical", "canonical/ubuntu-pro-client uaclient.conf"],
    ["api.snapcraft.io", "canonical"],
    ["discovery.talos.dev", "sidero", "siderolabs/talos constants.go at ad88231"],
    ["factory.talos.dev", "sidero", "siderolabs/talos constants.go at ad88231"],
    ["etherpad.org", "etherpad"],
  ),
  ...rows("maps", "your own tiles, or no maps", ["maptiler.com", "maptiler"], ["maps.googleapis.com", "google"]),
  ...rows(
    "models",
    "models from your own store, by digest",
    ["huggingface.co", "huggingface", "huggingface/huggingface_hub constants.py at ee0a451"],
    ["hf.co", "huggingface", "huggingface/huggingface_hub constants.py at ee0a451"],
    ["ollama.com", "ollama", "ollama/ollama server/model_recommendations.go at fb30760"],
    ["alphacephei.com", "alphacephei", "alphacep/vosk-server docker/"],
  ),
  ...rows(
    "source",
    "artefacts from your own store, by digest",
    ["github.com", "github"],
    ["githubusercontent.com", "github"],
    ["gitlab.com", "gitlab"],
    ["get.docker.com", "docker"],
    ["get.k3s.io", "suse", "https://docs.k3s.io/quick-start"],
    ["get.helm.sh", "cncf", "https://helm.sh/docs/intro/install/"],
  ),
  ...rows(
    "identity",
    "your own identity provider",
    ["login.microsoftonline.com", "microsoft"],
    ["okta.com", "okta"],
    ["auth0.com", "okta"],
    ["accounts.google.com", "google"],
  ),
  ...rows("infrastructure", "a state backend and plugins of your own", [
    "pulumi.com",
    "pulumi",
    "pulumi/pulumi pkg/backend/httpstate/backend.go at v3.256.0",
  ]),
];

/** Certificate authorities: named in reports. A separate rule decides which of them a stack may use. */
export const certificateAuthorities: readonly HostFact[] = rows(
  "certificates",
  "a certificate that you bring, or a European authority",
  ["letsencrypt.org", "isrg", "https://letsencrypt.org/docs/acme-protocol-updates/"],
  ["acme.zerossl.com", "zerossl", "acmesh-official/acme.sh"],
  ["pki.goog", "google", "acmesh-official/acme.sh"],
  ["acme.ssl.com", "ssl", "acmesh-official/acme.sh"],
  ["acme-api.actalis.com", "actalis", "acmesh-official/acme.sh"],
);
