import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { matrix } from "../../policies/facts/containers/matrix";
import { defaultLeakEndpoints } from "../../policies/rules/net-002-default-leak-endpoints";
import { table } from "./support";
import { map } from "./rules/fixtures";

const rendered = readFileSync(
  join(__dirname, "..", "golden", "matrix", "own", "own-synapse-config", "homeserver.yaml"),
  "utf8",
);

const changed = (change: Readonly<Record<string, unknown>>, remove: readonly string[] = []) => {
  const all = { ...(parse(rendered) as Record<string, unknown>), ...change };
  return map({
    "homeserver.yaml": stringify(Object.fromEntries(Object.entries(all).filter(([key]) => !remove.includes(key)))),
  });
};

/** The stack calls the homeserver's domain its own. */
const own = { stack: { "sovereign-uc:ownDomains": '["example.ch"]' } } as const;

const golden = (path: string): Record<string, unknown> =>
  parse(readFileSync(join(__dirname, "..", "golden", "matrix", "own", path), "utf8")) as Record<string, unknown>;

describe("what UC-NET-002 knows of Element Web and Matrix Authentication Service", () => {
  const element = golden("own-element-config/config.json");
  const authentication = golden("own-auth-config/config.yaml");
  const file = (all: Record<string, unknown>, change: Record<string, unknown>) =>
    map({ "a.json": JSON.stringify({ ...all, ...change }) });
  table(defaultLeakEndpoints, [
    {
      title: "it accepts Element's file as the component renders it",
      resource: file(element, {}),
      ...own,
      expect: "passes",
    },
    {
      title: "it refuses the integration manager that is compiled in",
      resource: file(element, { integrations_ui_url: undefined }),
      expect: /integrations_ui_url not set/,
    },
    {
      title: "it refuses the Jitsi that is compiled in",
      resource: file(element, { jitsi: {} }),
      expect: /jitsi\.preferred_domain not set/,
    },
    {
      title: "it refuses maps of others",
      resource: file(element, { map_style_url: "https://maps.example.org/style.json" }),
      expect: /map_style_url/,
    },
    {
      title: "it accepts the authentication service's file as the component renders it",
      resource: file(authentication, {}),
      ...own,
      expect: "passes",
    },
    {
      title: "it refuses the authentication service's reports of errors",
      resource: file(authentication, { telemetry: { sentry: { dsn: "https://key@errors.example.org/1" } } }),
      expect: /telemetry\.sentry\.dsn/,
    },
  ]);
});

describe("what UC-NET-002 knows of a Matrix homeserver", () => {
  table(defaultLeakEndpoints, [
    {
      title: "it accepts the configuration that the component renders",
      resource: map({ "homeserver.yaml": rendered }),
      ...own,
      expect: "passes",
    },
    { title: "it accepts the same in YAML", resource: changed({}), ...own, expect: "passes" },
    {
      title: "it refuses upstream's own key servers",
      resource: changed({}, ["trusted_key_servers"]),
      expect: /trusted_key_servers.*matrix\.org/s,
    },
    {
      title: "it refuses a key server that is named",
      resource: changed({ trusted_key_servers: [{ server_name: "keys.example.ch" }] }),
      expect: /trusted_key_servers/,
    },
    {
      title: "it refuses push gateways that clients name",
      resource: changed({ push: { include_content: false } }),
      expect: /push\.enabled/,
    },
    { title: "it refuses figures of use", resource: changed({ report_stats: true }), expect: /report_stats/ },
    {
      title: "it refuses previews of addresses",
      resource: changed({ url_preview_enabled: true }),
      expect: /url_preview_enabled/,
    },
    {
      title: "it refuses an identity server",
      resource: changed({ default_identity_server: "https://id.example.ch" }),
      expect: /default_identity_server/,
    },
    {
      title: "it refuses Sentry",
      resource: changed({ sentry: { dsn: "https://key@errors.example.ch/1" } }),
      expect: /sentry/,
    },
    {
      title: "it refuses a captcha",
      resource: changed({ recaptcha_public_key: "key" }),
      expect: /recaptcha_public_key/,
    },
    {
      title: "it has nothing to say of another program's file",
      resource: map({ "a.yaml": "listeners: []\nname: a\n" }),
      expect: "passes",
    },
  ]);

  test("every row names the file of upstream and a date", () => {
    for (const { source, reviewed } of matrix.leaks) {
      expect(source).toMatch(/^element-hq\/[a-z-]+ \w[\w./-]+\.(py|ts|rs) at [0-9a-f]{8}$/);
      expect(reviewed).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });
});
