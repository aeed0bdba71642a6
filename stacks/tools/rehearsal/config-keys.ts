import { blueprints } from "../../blueprints";
import type { ConfigKind, Key, Keys } from "../../keys";
import { siteKeys } from "../../site";

/** Keys that are read before any table: they choose the tables, what the packs judge by (`policies/settings.ts`), and whether they have to. */
const first: Readonly<Record<string, Pick<Key<unknown>, "kind" | "owned">>> = {
  blueprint: { kind: "text", owned: true },
  cloud: { kind: "text", owned: true },
  profile: { kind: "text" },
  ownDomains: { kind: "data" },
  requirePolicies: { kind: "data" },
};

const all: readonly (readonly [name: string, key: Pick<Key<unknown>, "kind" | "owned" | "cloud">])[] = [
  first,
  siteKeys,
  ...Object.values(blueprints).map(({ settings }) => settings),
].flatMap((table) => Object.entries(table).map(([name, key]) => [`sovereign-uc:${name}`, key] as const));

/** Every configuration key that a stack of this project reads, by its full name. */
export const configKeys: Readonly<Record<string, ConfigKind>> = Object.fromEntries(
  all.map(([name, { kind }]) => [name, kind]),
);

/** Keys that make a stack what it is: changing one is another stack. */
export const stackOwned: readonly string[] = all.filter(([, { owned }]) => owned === true).map(([name]) => name);

/** Keys that mean something on one cloud only. */
export const ofCloud: Readonly<Record<string, string>> = Object.fromEntries(
  all.flatMap(([name, { cloud }]) => (cloud === undefined ? [] : [[name, cloud]])),
);

/** Keys that a stack reads: those of every site, and those of its blueprint. */
export const stackKeys = (config: Readonly<Record<string, unknown>>): Keys => ({
  ...siteKeys,
  ...blueprints[String(config["sovereign-uc:blueprint"])]?.settings,
});
