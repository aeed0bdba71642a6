import type { FileFact, ServiceFacts } from "../container-fact";
import { lastReview as reviewed } from "../fact";

const upstream = (path: string): string => `element-hq/synapse ${path} at a58ad44e`;

const row = (
  key: string,
  must: FileFact["must"],
  absent: NonNullable<FileFact["absent"]>,
  otherwise: string,
  path: string,
): FileFact => ({
  file: "homeserver.yaml",
  key,
  must,
  absent,
  otherwise,
  action: absent === "accepted" ? `remove ${key}` : `set ${key} to ${must === "empty" ? "an empty list" : "false"}`,
  source: upstream(path),
  reviewed,
});

/** Contacts that Synapse makes by its own defaults, or by one key. */
const leaks: readonly FileFact[] = [
  row(
    "trusted_key_servers",
    "empty",
    "refused",
    "matrix.org is asked for the keys of every other homeserver",
    "synapse/config/key.py",
  ),
  row(
    "federation_domain_whitelist",
    "empty",
    "refused",
    "rooms and people are shared with every homeserver that asks",
    "synapse/config/federation.py",
  ),
  row("push.enabled", "off", "refused", "gateways of Apple and Google are told of messages", "synapse/config/push.py"),
  row(
    "report_stats",
    "off",
    "accepted",
    "matrix.org is told figures of use every three hours",
    "synapse/config/metrics.py",
  ),
  row(
    "url_preview_enabled",
    "off",
    "accepted",
    "addresses in messages are fetched from wherever they lead",
    "synapse/config/repository.py",
  ),
  row(
    "default_identity_server",
    "empty",
    "accepted",
    "clients hand mail addresses and telephone numbers to an identity server",
    "synapse/config/registration.py",
  ),
  row(
    "account_threepid_delegates",
    "empty",
    "accepted",
    "an identity server confirms telephone numbers",
    "synapse/config/registration.py",
  ),
  row("recaptcha_public_key", "empty", "accepted", "browsers load code from Google", "synapse/config/captcha.py"),
  row("sentry", "empty", "accepted", "errors with their data go to Sentry", "synapse/config/metrics.py"),
];

/** Facts about a Matrix homeserver's containers. */
export const matrix: ServiceFacts = {
  service: "matrix",
  folders: [],
  // Both keys stand in every configuration of Synapse, and together in no other program's.
  files: { "homeserver.yaml": ["server_name", "listeners"] },
  leaks,
  media: [],
  speech: [],
};
