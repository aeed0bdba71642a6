import { type Recipe, type RecipeFile } from "../../recipe";
import { scripts } from "../../scripts";
import type { Repository } from "../../system";
import { frontCertificate, frontProxy, site } from "./front";
import { html5Overrides } from "./html5";
import { type RecordingFormat, recordingOverrides } from "./recording";

/** Settings of a server that are no secret. */
export interface ServerSettings {
  /** Name of the server in DNS. */
  readonly host: string;
  /** Address of the operator's own help. */
  readonly help: string;
  /** Formats of recordings; none where nothing is recorded. */
  readonly formats: readonly RecordingFormat[];
}

/**
 * Package repositories of BigBlueButton 3.0 in the operator's store, as `stacks/bigbluebutton.yaml` mirrors them.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | repositories, suites, components | vars/main.yml, `bbb_package_repos`; defaults/main.yml, `bbb_version` | ebbba-org/ansible-role-bigbluebutton 0f62a6f, for 3.0 |
 */
export const repositories = {
  bigbluebutton: { folder: "bigbluebutton/jammy-300", suite: "bigbluebutton-jammy", components: ["main"] },
  nodesource: { folder: "bigbluebutton/node", suite: "nodistro", components: ["main"] },
  "bigbluebutton-support": { folder: "bigbluebutton/support", suite: "jammy", components: ["main"] },
  yq: { folder: "bigbluebutton/yq", suite: "jammy", components: ["main"] },
} as const satisfies Readonly<Record<string, Omit<Repository, "name" | "key">>>;

/** Name of a repository. */
export type RepositoryName = keyof typeof repositories;

/**
 * Packages of a server. Docker is none of them: upstream's package for office documents would fetch an image from a public registry while it is installed, and leaves
 * that out where there is no Docker. Presentations are PDF.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | packages | vars/main.yml, `bbb_packages` and `bbb_packages_system` | ebbba-org/ansible-role-bigbluebutton 0f62a6f |
 * | without Docker the package says so and is installed all the same | build/packages-template/bbb-libreoffice-docker/after-install.sh, opts-jammy.sh | bigbluebutton/bigbluebutton 3d6de02, 64ff6a9 |
 * | coturn and HAProxy are Ubuntu's own | `bbb_packages` | ebbba-org/ansible-role-bigbluebutton 0f62a6f |
 */
const packages = ["bbb-html5", "bigbluebutton", "coturn", "curl", "haproxy", "openjdk-17-jre-headless", "ruby", "yq"];

/** Paths of files that hold secrets or the public address; they come beside the recipe. */
export const secretPaths = {
  web: "/etc/bigbluebutton/bbb-web.properties",
  apps: "/etc/bigbluebutton/bbb-apps-akka.conf",
  switchClient: "/etc/bigbluebutton/bbb-fsesl-akka.conf",
  sfu: "/etc/bigbluebutton/bbb-webrtc-sfu/production.yml",
  relays: "/etc/bigbluebutton/turn-stun-servers.xml",
  eventSocket: "/opt/freeswitch/etc/freeswitch/autoload_configs/event_socket.conf.xml",
  relay: "/etc/turnserver.conf",
  values: "/etc/sovereign-uc/bigbluebutton.env",
  ...frontCertificate,
} as const;

const folder = "/usr/local/lib/sovereign-uc";
const programs = { settle: `${folder}/settle-bigbluebutton`, restart: `${folder}/restart-bigbluebutton` } as const;
const list = "/etc/sovereign-uc/bigbluebutton";
const service = "/etc/systemd/system/bigbluebutton-settings.service";
const proxy = "/etc/haproxy/haproxy.cfg";

/**
 * Everything inside a BigBlueButton server but its secrets: packages from the mirror, the files that upstream reads beside its own, and the settings that only its own
 * files have, which a script puts there before each start.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | `bbb-conf --restart` stops and starts `bigbluebutton.target` and runs `/etc/bigbluebutton/bbb-conf/apply-config.sh` before it starts | bigbluebutton-config/bin/bbb-conf | bigbluebutton/bigbluebutton 00013312, of 2023 |
 * | what a server has to change in files of packages | tasks/configure-bbb.yml, configure-freeswitch.yml, configure-nginx.yml | ebbba-org/ansible-role-bigbluebutton 0f62a6f, for 3.0 |
 */
export function server({ host, help, formats }: ServerSettings): Recipe {
  const settings: readonly RecipeFile[] = [
    { path: "/etc/bigbluebutton/bbb-html5.yml", content: html5Overrides({ host, help }) },
    ...(formats.length === 0
      ? []
      : [{ path: "/etc/bigbluebutton/recording/recording.yml", content: recordingOverrides(host, formats) }]),
    { path: "/etc/nginx/sites-available/bigbluebutton", content: site(host) },
    {
      path: "/etc/bigbluebutton/bbb-conf/apply-config.sh",
      mode: "0755",
      content: `#!/bin/sh\n# Settings in files of packages.\nexec ${programs.settle}\n`,
    },
    { path: programs.settle, mode: "0755", content: scripts.settleBigBlueButton },
  ];
  const told = [
    ...settings.map(({ path }) => path),
    ...Object.values(secretPaths).filter((path) => path !== secretPaths.relay),
  ];
  return {
    packages: [...packages, ...formats.filter((one) => one !== "presentation").map((one) => `bbb-playback-${one}`)],
    files: [
      ...settings,
      { path: programs.restart, mode: "0755", content: scripts.restartBigBlueButton },
      { path: list, content: `${told.join("\n")}\n` },
      {
        path: service,
        content: [
          "[Unit]",
          "Description=BigBlueButton has its settings",
          "After=network.target nginx.service",
          "[Service]",
          "Type=oneshot",
          "RemainAfterExit=yes",
          `ExecStart=${programs.restart} ${list}`,
          "[Install]",
          "WantedBy=multi-user.target",
          "",
        ].join("\n"),
      },
      { path: proxy, content: frontProxy() },
      { path: "/etc/sovereign-uc/checks.d/70-bigbluebutton", mode: "0755", content: check(host) },
    ],
    units: [
      { name: "bigbluebutton-settings.service", files: [service, programs.restart, list, ...told] },
      { name: "coturn.service", files: [secretPaths.relay, secretPaths.certificate, secretPaths.key] },
      { name: "haproxy.service", files: [proxy, secretPaths.certificate, secretPaths.key] },
    ],
  };
}

/** The API answers through port 443, what must be off is off, and the voice switch speaks to the server itself only. */
const check = (host: string): string => `#!/bin/sh
# The server's API answers under its name, the relay listens, LiveKit's bridges are off, and the voice switch speaks to the server itself only.
curl -fsS -m 10 -k --noproxy '*' --resolve ${host}:443:127.0.0.1 https://${host}/bigbluebutton/api | grep -q '<returncode>SUCCESS</returncode>' ||
  { echo "no answer of https://${host}/bigbluebutton/api"; exit 1; }
ss -Hlnu 'sport = :3478' | grep -q . || { echo "no relay on UDP port 3478"; exit 1; }
for bridge in audioBridge cameraBridge screenShareBridge; do
  grep -qx "$bridge=bbb-webrtc-sfu" ${secretPaths.web} || { echo "$bridge is not the SFU's"; exit 1; }
done
open=$(ss -Hltn '( sport = :5066 or sport = :7443 or sport = :8021 )' | grep -v '127\\.0\\.0\\.1:' || true)
[ -z "$open" ] || { echo "the voice switch answers others: $open"; exit 1; }
if systemctl is-active --quiet livekit-server.service; then echo "LiveKit runs"; exit 1; fi
`;

/** Repositories with the keys that sign them. */
export const signed = (keys: Readonly<Record<RepositoryName, string>>): readonly Repository[] =>
  Object.entries(repositories).map(([name, repository]) => ({
    name,
    ...repository,
    key: keys[name as RepositoryName],
  }));
