import type { FileFact, ServiceFacts } from "../container-fact";
import { lastReview as reviewed } from "../fact";

const upstream = (path: string): string => `element-hq/synapse ${path} at a58ad44e`;

const values: Readonly<Record<FileFact["must"], string>> = {
  set: "a value",
  off: "false",
  empty: "an empty list",
};

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
  action: absent === "accepted" ? `remove ${key}` : `set ${key} to ${values[must]}`,
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

/** A row of another file than the homeserver's, which must be empty or off. */
const elsewhere = (
  file: string,
  key: string,
  absent: NonNullable<FileFact["absent"]>,
  otherwise: string,
  source: string,
): FileFact => ({
  file,
  key,
  must: "empty",
  absent,
  otherwise,
  action: absent === "accepted" ? `remove ${key}` : `set ${key} to null`,
  source,
  reviewed,
});

const elementDefaults = "element-hq/element-web apps/web/src/SdkConfig.ts at 014ee774";
const elementOptions = "element-hq/element-web apps/web/src/IConfigOptions.ts at 1cb2254d";
const authentication = (name: string): string =>
  `element-hq/matrix-authentication-service crates/config/src/sections/${name}.rs at 682b8d26`;

/** Contacts of Element Web, whose program has addresses of its makers' where its file says nothing, and of Matrix Authentication Service. */
const around: readonly FileFact[] = [
  {
    file: "config.json",
    key: "jitsi.preferred_domain",
    must: "set",
    absent: "refused",
    otherwise: "calls go to a server of Element's makers",
    action: "set jitsi.preferred_domain to a server of your own",
    source: elementDefaults,
    reviewed,
  },
  elsewhere("config.json", "integrations_ui_url", "refused", "browsers load an integration manager", elementDefaults),
  elsewhere("config.json", "integrations_rest_url", "refused", "an integration manager is asked", elementDefaults),
  elsewhere("config.json", "bug_report_endpoint_url", "accepted", "reports with logs go there", elementOptions),
  elsewhere("config.json", "posthog", "accepted", "what people click on goes to PostHog", elementOptions),
  elsewhere("config.json", "sentry", "accepted", "errors with their data go to Sentry", elementOptions),
  elsewhere("config.json", "map_style_url", "accepted", "maps are loaded from there, with the place", elementOptions),
  elsewhere("config.json", "gif", "accepted", "what people search for goes to a maker of pictures", elementOptions),
  elsewhere(
    "config.yaml",
    "telemetry.sentry.dsn",
    "accepted",
    "errors with their data go to Sentry",
    authentication("telemetry"),
  ),
  elsewhere("config.yaml", "telemetry.tracing.endpoint", "accepted", "traces go there", authentication("telemetry")),
  elsewhere(
    "config.yaml",
    "captcha.service",
    "accepted",
    "browsers load code of a third party",
    authentication("captcha"),
  ),
];

/** Facts about a Matrix homeserver's containers. */
export const matrix: ServiceFacts = {
  service: "matrix",
  folders: [],
  // The keys of each stand in every configuration of Synapse, Element Web and Matrix Authentication Service, and together in no other program's.
  files: {
    "homeserver.yaml": ["server_name", "listeners"],
    "config.json": ["default_server_config"],
    "config.yaml": ["upstream_oauth2", "matrix"],
  },
  leaks: [...leaks, ...around],
  media: [],
  speech: [],
};
