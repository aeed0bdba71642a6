import { proxyUrl } from "../private-host";
import type { Recipe } from "../../recipe";
import { scripts } from "../../scripts";
import { settings } from "../../text";
import type { RecordingFormat } from "./recording";

/** Bucket that recordings are handed over to, with the key for it. */
export interface SpoolStore {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Paths of files of the spool that hold secrets. */
export const spoolPaths = {
  environment: "/etc/sovereign-uc/spool.env",
  authority: "/etc/sovereign-uc/spool.pem",
} as const;

const program = "/usr/local/lib/sovereign-uc/spool-recordings";
const units = { service: "spool-recordings.service", timer: "spool-recordings.timer" } as const;
const unitPath = (name: string): string => `/etc/systemd/system/${name}`;

/**
 * The way of recordings off a server: every two minutes each one that is published is put into the bucket and deleted here once it was read back.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | a published format has a file `<meeting>-<format>.done` below `recording/status/published` | bigbluebutton/scalelite_batch_import.sh | blindsidenetworks/scalelite 7498a81 |
 * | formats lie below `published/<format>/<meeting>`; an archive has them at these paths | bigbluebutton/scalelite_post_publish.rb | the same |
 * | `bbb-record --delete` takes a recording away | the same | the same |
 */
export const spool = (): Recipe => ({
  packages: ["rclone"],
  files: [
    { path: program, mode: "0755", content: scripts.spoolRecordings },
    {
      path: unitPath(units.service),
      content: [
        "[Unit]",
        "Description=Recordings are handed over to the store",
        "[Service]",
        "Type=oneshot",
        `EnvironmentFile=${spoolPaths.environment}`,
        `ExecStart=${program}`,
        "",
      ].join("\n"),
    },
    {
      path: unitPath(units.timer),
      content: [
        "[Unit]",
        "Description=Recordings are handed over to the store",
        "[Timer]",
        "OnBootSec=2min",
        "OnUnitInactiveSec=2min",
        "[Install]",
        "WantedBy=timers.target",
        "",
      ].join("\n"),
    },
  ],
  units: [{ name: units.timer, files: [unitPath(units.timer)] }],
});

/**
 * Variables of the program: the store as rclone knows it, through the gateways' proxy.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | `RCLONE_CONFIG_<NAME>_<KEY>` makes a remote; `RCLONE_CA_CERT` names an authority | docs/content/docs.md | rclone/rclone v1.53.3, which Ubuntu 22.04 has |
 * | `env_auth`, `access_key_id`, `secret_access_key`, `endpoint`, `region`, `no_check_bucket` | backend/s3/s3.go | the same |
 */
export const spoolEnvironment = (
  { endpoint, region, bucket, accessKey, secretKey }: SpoolStore,
  formats: readonly RecordingFormat[],
  { authority }: { readonly authority: boolean },
): string =>
  settings(
    {
      STORE: `store:${bucket}`,
      FORMATS: `"${formats.join(" ")}"`,
      RCLONE_CONFIG_STORE_TYPE: "s3",
      RCLONE_CONFIG_STORE_PROVIDER: "Other",
      RCLONE_CONFIG_STORE_ENV_AUTH: "false",
      RCLONE_CONFIG_STORE_ENDPOINT: endpoint,
      RCLONE_CONFIG_STORE_REGION: region,
      RCLONE_CONFIG_STORE_ACCESS_KEY_ID: accessKey,
      RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: secretKey,
      RCLONE_CONFIG_STORE_NO_CHECK_BUCKET: "true",
      ...(authority ? { RCLONE_CA_CERT: spoolPaths.authority } : {}),
      HTTPS_PROXY: proxyUrl,
    },
    "=",
  );
