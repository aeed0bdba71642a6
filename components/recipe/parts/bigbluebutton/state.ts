import type { Recipe } from "../../recipe";
import { scripts } from "../../scripts";
import { shellWord } from "../../text";

/** Mount point of a server's encrypted volume. */
export const stateVolume = "/var/lib/sovereign-uc/meetings";

/** Unit that binds the volume's folders over their places. */
export const stateUnit = "bigbluebutton-state.service";

/** Folders that outlive the host: recordings wait in them, or are made out of them. Redis has the events of a meeting until they are archived. */
const kept = [
  "/var/bigbluebutton",
  "/var/freeswitch",
  "/var/mediasoup",
  "/var/lib/bbb-webrtc-recorder",
  "/var/lib/redis",
  "/var/log/bigbluebutton",
] as const;

/** Folders that the packages of each host make anew: their database is dropped and made at every installation, and of another version it would be of no use. */
const fresh = ["/var/lib/postgresql"] as const;

/** Units that write there: none of them starts before the volume is open and bound. */
const writers = [
  "redis-server.service",
  "postgresql@14-main.service",
  "freeswitch.service",
  ...[
    "apps-akka",
    "fsesl-akka",
    "web",
    "webrtc-sfu",
    "webrtc-recorder",
    "graphql-server",
    "graphql-middleware",
    "graphql-actions",
    "pads",
    "export-annotations",
    "rap-caption-inbox",
    "rap-resque-worker",
    "rap-starter",
  ].map((name) => `bbb-${name}.service`),
  "etherpad.service",
  "bigbluebutton-settings.service",
] as const;

const program = "/usr/local/lib/sovereign-uc/keep-bigbluebutton";
const list = "/etc/sovereign-uc/bigbluebutton-state";

/**
 * The state of a server, on its encrypted volume: presentations, raw media, recordings until they are handed over, the chat and names of meetings that go on,
 * notes, and logs. While the volume is shut, nothing of BigBlueButton starts.
 *
 * What programs keep in `/tmp` for a moment, an upload for instance, and what the system's memory is written to where somebody gives it swap, is not on it.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | presentations, recordings, logs; raw media of FreeSWITCH, mediasoup, the recorder | record-and-playback/core/scripts/bigbluebutton.yml | bigbluebutton/bigbluebutton 017f7bc, of 3.0.9 |
 * | the recorder's folder | config/bbb-webrtc-recorder.yml | bigbluebutton/bbb-webrtc-recorder 95ab45f (v0.8.0) |
 * | events of a meeting are in Redis for 14 days, or until archived | akka-bbb-apps/src/universal/conf/application.conf, `keyExpiry` | bigbluebutton/bigbluebutton 017f7bc |
 * | PostgreSQL has the meetings that go on; its database is dropped and made at each installation | build/packages-template/bbb-graphql-server/after-install.sh | bigbluebutton/bigbluebutton 06bb3b6 |
 * | units | bigbluebutton-config/bin/bbb-conf, `display_bigbluebutton_status` | bigbluebutton/bigbluebutton 0001331 |
 * | PostgreSQL of Ubuntu 22.04 is 14, its cluster "main" | | by Ubuntu's package list; not run |
 * | options of clevis and the form of its tokens are as data-volume.ts has them | /usr/bin/clevis-luks-{bind,pass,unbind}, clevis-encrypt-tang | Debian's clevis 16-2 and 19-2; Ubuntu 22.04 has 18 |
 */
export const state = (): Recipe => {
  const unit = `/etc/systemd/system/${stateUnit}`;
  return {
    files: [
      { path: program, mode: "0755", content: scripts.keepBigBlueButton },
      {
        path: list,
        content: [
          ...kept.map((folder) => `kept ${folder}`),
          ...fresh.map((folder) => `fresh ${folder}`),
          ...writers.map((name) => `unit ${name}`),
          "",
        ].join("\n"),
      },
      {
        path: unit,
        content: [
          "[Unit]",
          "Description=State of BigBlueButton is on the encrypted volume",
          `Before=${writers.join(" ")}`,
          "[Service]",
          "Type=oneshot",
          "RemainAfterExit=yes",
          `ExecStart=${program} ${list} ${stateVolume}`,
          "[Install]",
          `RequiredBy=${writers.join(" ")}`,
          "",
        ].join("\n"),
      },
      {
        path: "/etc/sovereign-uc/checks.d/60-bigbluebutton-state",
        mode: "0755",
        content: [
          "#!/bin/sh",
          "# Everything that a server holds of meetings is on the encrypted volume.",
          `for folder in ${[...kept, ...fresh].map(shellWord).join(" ")}; do`,
          '  mountpoint -q "$folder" || { echo "$folder is not on the encrypted volume"; exit 1; }',
          "done",
          "",
        ].join("\n"),
      },
    ],
    units: [{ name: stateUnit, files: [unit, program, list] }],
  };
};
