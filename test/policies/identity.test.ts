import { readFileSync } from "node:fs";
import { join } from "node:path";
import { identity } from "../../policies/facts/containers/identity";
import { defaultLeakEndpoints } from "../../policies/rules/net-002-default-leak-endpoints";
import { map } from "./rules/fixtures";
import { table } from "./support";

const rendered = readFileSync(join(__dirname, "../golden/identity/own/own-realm-realm/realm.json"), "utf8");

const changed = (change: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ ...(JSON.parse(rendered) as Record<string, unknown>), ...change });

/** The stack calls the domain of the realm its own. */
const own = { stack: { "sovereign-uc:ownDomains": '["example.ch"]' } } as const;

describe("what UC-NET-002 knows of an identity service", () => {
  table(defaultLeakEndpoints, [
    {
      title: "it accepts the realm that the component renders",
      resource: map({ "realm.json": rendered }),
      ...own,
      expect: "passes",
    },
    {
      title: "it refuses a realm whose people sign in elsewhere",
      resource: map({ "realm.json": changed({ identityProviders: [{ alias: "google", providerId: "google" }] }) }),
      ...own,
      expect: /identityProviders/,
    },
    {
      title: "it accepts a realm with a list of such places that is empty",
      resource: map({ "realm.json": changed({ identityProviders: [] }) }),
      ...own,
      expect: "passes",
    },
    {
      title: "it has nothing to say of another program's file",
      resource: map({ "realm.json": '{ "identityProviders": [{}] }' }),
      expect: "passes",
    },
  ]);

  test("every row names the release and a date", () => {
    for (const { source, reviewed } of identity.leaks) {
      expect(source).toMatch(/^Maven org\.keycloak:keycloak-quarkus-dist 26\.7\.3 \S/);
      expect(reviewed).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });
});
