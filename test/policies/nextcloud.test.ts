import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nextcloud } from "../../policies/facts/containers/nextcloud";
import { defaultLeakEndpoints } from "../../policies/rules/net-002-default-leak-endpoints";
import { map } from "./rules/fixtures";
import { table } from "./support";

const rendered = readFileSync(join(__dirname, "../golden/nextcloud/own/own-web-settings/settings.json"), "utf8");

const changed = (change: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ ...(JSON.parse(rendered) as Record<string, unknown>), ...change });

/** The stack calls the domain of the hub its own. */
const own = { stack: { "sovereign-uc:ownDomains": '["example.ch"]' } } as const;

describe("what UC-NET-002 knows of a hub", () => {
  table(defaultLeakEndpoints, [
    {
      title: "it accepts the settings that the component renders",
      resource: map({ "settings.json": rendered }),
      ...own,
      expect: "passes",
    },
    ...(
      [
        ["has_internet_connection", true],
        ["appstoreenabled", true],
        ["updatechecker", true],
        ["lookup_server", "https://lookup.example.ch"],
        ["reference_opengraph", true],
        // Left out, upstream's default counts.
        ["has_internet_connection", undefined],
      ] as const
    ).map(([key, value]) => ({
      title: `it refuses settings with ${key} ${value === undefined ? "left out" : JSON.stringify(value)}`,
      resource: map({ "settings.json": changed({ [key]: value }) }),
      ...own,
      expect: new RegExp(key),
    })),
    {
      title: "it has nothing to say of another program's file",
      resource: map({ "settings.json": '{ "has_internet_connection": true }' }),
      expect: "passes",
    },
  ]);

  test("every row names the release and a date", () => {
    for (const { source, reviewed } of nextcloud.leaks) {
      expect(source).toMatch(/^nextcloud\/server \S+ at v32\.0\.1$/);
      expect(reviewed).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });
});
