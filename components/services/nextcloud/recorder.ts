import type * as pulumi from "@pulumi/pulumi";
import { image } from "../../core/images";
import { type Secret, secretText, trusted } from "../../core/secret";
import type { Namespace } from "../../kubernetes/namespace";
import { workloadLabel } from "../../kubernetes/peers";
import { Workload } from "../../kubernetes/workload";
import { podsServices } from "../../kubernetes/workload-objects";
import type { MediaPlace } from "../../service-media";
import { nextcloudImages } from "./images";
import type { PlannedTalk } from "./plan";
import { nextcloudTiers, ports } from "./settings";

/** User of the image (Containers/talk-recording/Dockerfile of nextcloud/all-in-one 50636f2). */
const recorderUser = 122;

/** Requests: two cores a recording, and 2 GiB for its browser (nextcloud-talk-recording 1c76918, docs/installation.md); an hour of it at 1 Mbit/s is 450 MiB. */
export const recorderResources = (recordings: number) => ({
  cpu: 2 * recordings,
  memoryMib: 1_024 + recordings * (2_048 + recordingMib),
});
const recordingMib = 1_024;

export interface RecorderSecrets {
  /** Of the web servers and the recorder. */
  readonly recorder: string;
  /** Of the signaling servers, for those that are no browser. */
  readonly internal: string;
}

/**
 * The configuration of the recording server (server.conf), with its secrets. Its driver and its browser are named, or it would look for others and download them; it
 * verifies everybody's certificate.
 */
export const recordingConf = (
  secrets: RecorderSecrets,
  hub: { readonly domain: string; readonly talk: string },
): string => `[logs]
level = 30

[http]
listen = 0.0.0.0:${ports.recorder}

[backend]
allowall = false
backends = hub
skipverify = false
maxmessagesize = 1024
videowidth = 1920
videoheight = 1080
directory = /tmp

[hub]
url = https://${hub.domain}
secret = ${secrets.recorder}
skipverify = false

[signaling]
signalings = talk

[talk]
url = https://${hub.talk}
internalsecret = ${secrets.internal}

[ffmpeg]
extensionaudio = .ogg
extensionvideo = .webm

[recording]
browser = firefox
driverPath = /usr/bin/geckodriver
browserPath = /usr/bin/firefox
`;

/** The policy of the recorder's browser: it goes to the hub, and tells nobody anything. */
export const browserPolicy = (domain: string, talk: string, authority: boolean): string =>
  `${JSON.stringify(
    {
      policies: {
        DisableTelemetry: true,
        DisableFirefoxStudies: true,
        DisableAppUpdate: true,
        DisableSystemAddonUpdate: true,
        ExtensionUpdate: false,
        DisablePocket: true,
        DontCheckDefaultBrowser: true,
        CaptivePortal: false,
        DNSOverHTTPS: { Enabled: false, Locked: true },
        NetworkPrediction: false,
        SearchSuggestEnabled: false,
        WebsiteFilter: { Block: ["<all_urls>"], Exceptions: [`https://${domain}/*`, `https://${talk}/*`] },
        ...(authority ? { Certificates: { Install: ["/trust/web.crt"] } } : {}),
      },
    },
    null,
    2,
  )}\n`;

export interface RecorderParts {
  readonly name: string;
  readonly domain: string;
  readonly talk: PlannedTalk;
  readonly namespace: Namespace;
  readonly place: MediaPlace;
  readonly secrets: Readonly<Record<keyof RecorderSecrets, Secret>>;
  readonly webAuthority: pulumi.Output<string> | undefined;
}

/** The one recorder, on a host of its own network: a browser takes part in a call as others do. */
export function recorderPod(parts: RecorderParts, opts: pulumi.ComponentResourceOptions): Workload {
  const { name, domain, talk, namespace, place, secrets, webAuthority } = parts;
  const { cluster } = namespace;
  const { recorder: tier } = nextcloudTiers(name);
  const conf = (values: RecorderSecrets): string => recordingConf(values, { domain, talk: talk.domain });
  podsServices(
    tier,
    "",
    { namespace: namespace.name },
    { [workloadLabel]: tier.name },
    {
      ...opts,
      provider: cluster.provider,
      dependsOn: [...namespace.ready],
    },
  );
  return new Workload(
    tier.name,
    {
      namespace,
      tier,
      role: "recorder",
      image: image(cluster.registry, nextcloudImages.recorder),
      capacity: { load: talk.recordings, perReplica: talk.recordings, unit: "recordings", source: "see the plan" },
      singleton:
        "recordings under way end with it; Kubernetes starts it on another host of its pool, and people start again",
      pool: place.pool,
      hostNetwork: true,
      user: recorderUser,
      command: ["python", "-m", "nextcloud.talk.recording", "--config", "/config/server.conf"],
      env: {
        HOME: "/tmp",
        ...(webAuthority === undefined ? {} : { REQUESTS_CA_BUNDLE: "/trust/web.crt" }),
      },
      names: { [domain]: cluster.gatewayAddresses, [talk.domain]: cluster.gatewayAddresses },
      mounts: [
        { name: "tmp", path: "/tmp", memoryMib: 512 + talk.recordings * recordingMib },
        { name: "shm", path: "/dev/shm", memoryMib: 256 },
        {
          name: "config",
          path: "/config",
          secrets: { "server.conf": secretText(secrets, conf, conf({ recorder: "", internal: "" })) },
        },
        {
          name: "browser",
          path: "/etc/firefox/policies",
          files: { "policies.json": browserPolicy(domain, talk.domain, webAuthority !== undefined) },
        },
        ...(webAuthority === undefined
          ? []
          : [{ name: "trust", path: "/trust", secrets: { "web.crt": trusted(webAuthority) } }]),
      ],
      probes: {
        ready: { get: "/api/v1/welcome", port: ports.recorder },
        alive: { get: "/api/v1/welcome", port: ports.recorder, failures: 6 },
      },
      drain: { seconds: 600 },
      resources: recorderResources(talk.recordings),
    },
    opts,
  );
}
