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
      title: "it refuses federation with everybody",
      resource: changed({}, ["federation_domain_whitelist"]),
      expect: /federation_domain_whitelist/,
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
      expect(source).toMatch(/^element-hq\/synapse synapse\/config\/\w+\.py at a58ad44e$/);
      expect(reviewed).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });
});
