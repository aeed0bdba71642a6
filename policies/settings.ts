import { Ranges } from "./extract/ranges";
import { ofHost } from "./extract/hosts";
import { type Exemption, today } from "./exemptions";
import { signedExemptions } from "./exemptions-signed";
import { nameServers } from "./facts/dns";
import { certificateAuthorities, hosts } from "./facts/hosts";
import { identifiers } from "./facts/identifiers";
import { parties } from "./facts/parties";
import { isolatedPorts } from "./facts/ports";
import { providerFact } from "./facts/providers";
import { contentNetworks } from "./facts/proxies";
import { suffixes } from "./facts/suffixes";
import { objection } from "./exposure";
import { isOwnHost, type OwnFact, ownTables, tableOf, wrongFact } from "./own-facts";
import { hostParty, type Tables, tablesWith, twice } from "./tables";
import { isProfileName, profiles, type Profile } from "./profiles";

/** Settings of a pack that the operator decides. */
export interface Settings {
  readonly profile: Profile;
  readonly profileFrom: Origin;
  /** Domains that the operator runs: registries, clusters and services under them are the stack's own. */
  readonly ownDomains: readonly string[];
  readonly ownDomainsFrom: Origin;
  /** Ranges of mail, directory and file services, beside those that our networks declare. */
  readonly isolated: readonly string[];
  /** Opaque resources, accepted one by one. */
  readonly opaque: readonly AcceptedOpaque[];
  /** Ports of mail, directory or file services that the stack itself offers, accepted one by one. */
  readonly ownPorts: readonly OwnPort[];
  /** Rows that the operator has reviewed. */
  readonly facts: readonly OwnFact[];
  /** Exemptions that two persons have signed. */
  readonly exemptions: readonly Exemption[];
  /** Day of the judgement in UTC, as `2026-11-30`: exemptions that ended before it cover nothing. */
  readonly day: string;
  /** The tables of facts, with the operator's rows before them. */
  readonly tables: Tables;
}

/** Source of a setting: the pack's configuration, which the judged stack cannot change, the judged stack itself, or nobody, so that the default counts. */
export type Origin = "pack" | "stack" | "nobody";

/** An opaque resource that was reviewed and accepted. */
export interface AcceptedOpaque {
  /** Its name, or its whole URN. */
  readonly resource: string;
  /** Reason for its acceptance, and who accepted it. */
  readonly reason: string;
}

/** A port that a rule refuses to every stack which has not said that the service is its own. It is accepted inwards alone. */
export interface OwnPort {
  readonly port: number;
  /** Reason for it, and who decided. */
  readonly reason: string;
}

/** Keys of the pack's configuration, under the policy `settings`. */
export const settingKeys = ["profile", "ownDomains", "isolated", "opaque", "ownPorts", "facts", "exemptions"] as const;

/**
 * Reads settings: the pack's own configuration first, then the stack's (`sovereign-uc:profile`, `sovereign-uc:ownDomains`), then the defaults: profile
 * `european`, and no own domains.
 *
 * CrossGuard accepts unknown keys silently, and a mistyped key would mean no protection. So unknown keys are refused.
 *
 * @param pack content of `settings` in the pack's configuration.
 * @param stack the stack's configuration, as `namespace:key` → text.
 * @param day the day of the judgement, as `2026-11-30`. @default today
 * @throws RangeError with every problem.
 */
export function settings(
  pack: Readonly<Record<string, unknown>>,
  stack: Readonly<Record<string, string>>,
  day: string = today(),
): Settings {
  const problems: string[] = [];
  const attempt = <T>(fallback: T, parse: () => T): T => {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push(error.message);
      return fallback;
    }
  };
  for (const key of Object.keys(pack))
    if (!settingKeys.some((known) => known === key))
      problems.push(expected(`one of the settings ${settingKeys.join(", ")}`, key, "remove it or correct its name"));
  const origin = (key: "profile" | "ownDomains"): Origin =>
    pack[key] !== undefined ? "pack" : stack[`sovereign-uc:${key}`] !== undefined ? "stack" : "nobody";
  const reviewed = attempt([], () => facts(pack["facts"] ?? []));
  const result: Settings = {
    profile: attempt(profiles.european, () => profile(pack["profile"] ?? stack["sovereign-uc:profile"] ?? "european")),
    ownDomains: attempt([], () => domains(pack["ownDomains"] ?? json(stack, "sovereign-uc:ownDomains") ?? [])),
    profileFrom: origin("profile"),
    ownDomainsFrom: origin("ownDomains"),
    isolated: attempt([], () => ranges(pack["isolated"] ?? [])),
    opaque: attempt([], () => opaque(pack["opaque"] ?? [])),
    ownPorts: attempt([], () => ownPorts(pack["ownPorts"] ?? [])),
    facts: reviewed,
    exemptions: attempt([], () => exemptions(pack["exemptions"], day)),
    day,
    tables: tablesWith(reviewed),
  };
  if (problems.length > 0) throw new RangeError(problems.join("\n"));
  return result;
}

function profile(value: unknown): Profile {
  if (!isProfileName(value))
    throw refused(`a profile out of ${Object.keys(profiles).join(", ")}`, value, "choose one of them");
  return profiles[value];
}

function domains(value: unknown): readonly string[] {
  if (!Array.isArray(value))
    throw refused("a list of domains as ownDomains", value, 'give one like ["crisis.example.ch"]');
  for (const item of value) {
    if (typeof item !== "string" || !/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(item))
      throw refused(
        "a domain of at least two labels in lower case in ownDomains",
        item,
        'give one like "crisis.example.ch"',
      );
    if (suffixes.some(({ pattern }) => pattern.test(item)))
      throw refused(
        "a domain that is somebody's own in ownDomains",
        item,
        "name the domain below it that is yours: under this one, anybody can have a name",
      );
    if (isParty(item))
      throw refused(
        "a domain of your own in ownDomains",
        item,
        "remove it: a party of the tables operates it, whoever says otherwise",
      );
  }
  return value as readonly string[];
}

const tables: readonly (readonly { readonly host: string; readonly pattern?: RegExp }[])[] = [
  hosts,
  certificateAuthorities,
  nameServers,
  contentNetworks,
  identifiers,
  ...parties,
];

/** True if a domain belongs to a party of the tables, lies below such a domain, or has one below it. */
const isParty = (domain: string): boolean =>
  tables.some((table) => ofHost(table, domain) !== undefined || table.some(({ host }) => host.endsWith(`.${domain}`)));

function ranges(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw refused("a list of ranges as isolated", value, 'give one like ["10.0.0.0/16"]');
  for (const item of value)
    if (typeof item !== "string" || !Ranges.valid(item))
      throw refused("a range in isolated", item, 'give one like "10.0.0.0/16"');
  return value as readonly string[];
}

function opaque(value: unknown): readonly AcceptedOpaque[] {
  const advice = 'give { "resource": "name", "reason": "who looked at it and why it is accepted" }';
  if (!Array.isArray(value)) throw refused("a list of accepted resources as opaque", value, advice);
  for (const item of value as readonly unknown[]) {
    const row = typeof item === "object" && item !== null ? (item as Record<string, unknown>) : {};
    const filled = (["resource", "reason"] as const).every(
      (key) => typeof row[key] === "string" && row[key].trim() !== "",
    );
    if (!filled || Object.keys(row).length !== 2)
      throw refused("a resource and a reason, and nothing else, in opaque", item, advice);
  }
  return value as readonly AcceptedOpaque[];
}

function ownPorts(value: unknown): readonly OwnPort[] {
  const advice = 'give { "port": 993, "reason": "what it is for, and who decided" }';
  if (!Array.isArray(value)) throw refused("a list of ports as ownPorts", value, advice);
  for (const item of value as readonly unknown[]) {
    const row = typeof item === "object" && item !== null ? (item as Record<string, unknown>) : {};
    const { port, reason } = row;
    const whole = typeof port === "number" && Number.isInteger(port) && port > 0 && port < 65_536;
    if (!whole || typeof reason !== "string" || reason.trim() === "" || Object.keys(row).length !== 2)
      throw refused("a port and a reason, and nothing else, in ownPorts", item, advice);
    if (!isolatedPorts.some(({ first, last }) => first <= port && port <= last))
      throw refused("a port of a mail, directory or file service in ownPorts", port, "remove it: no rule refuses it");
  }
  return value as readonly OwnPort[];
}

function facts(value: unknown): readonly OwnFact[] {
  const advice =
    'give { "host": "api.example.org", "party": "Example AG", "country": "CH", "nexus": "none", "source": "https://…", "reviewed": "2026-11-28" }';
  if (!Array.isArray(value)) throw refused("a list of reviewed rows as facts", value, advice);
  for (const row of value as readonly unknown[]) {
    const wrong = wrongFact(row);
    if (wrong === "table")
      throw refused("a table that takes rows in facts", row, `name one of ${ownTables.join(", ")}`);
    if (wrong !== undefined)
      throw refused(`a reviewed row in facts, with a correct ${wrong} and nothing else`, row, advice);
  }
  const rows = value as readonly OwnFact[];
  for (const row of rows)
    if ("package" in row && (providerFact(row.package)?.kind ?? "cloud") !== "cloud")
      throw refused("a provider of a cloud in facts", row.package, "remove it: this one is judged by where it leads");
  const [double] = twice(rows);
  if (double !== undefined) throw refused("one row for each name in facts", double, "remove one of the two");
  return rows;
}

function exemptions(value: unknown, day: string): readonly Exemption[] {
  if (value === undefined) return [];
  const row = typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  const { file, signers } = row;
  if (typeof file !== "string" || typeof signers !== "string" || Object.keys(row).length !== 2)
    throw refused(
      "a file and its signers, and nothing else, as exemptions",
      value,
      'give { "file": "exemptions.json", "signers": "allowed_signers" }, as paths from the folder of the pack or absolute ones',
    );
  return signedExemptions({ file, signers }, day);
}

function json(stack: Readonly<Record<string, string>>, key: string): unknown {
  const text = stack[key];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw refused(
      `JSON under ${key}`,
      text,
      'set it with `pulumi config set --path`, as in "sovereign-uc:ownDomains[0]"',
    );
  }
}

const expected = (what: string, got: unknown, advice: string): string => {
  const text = got === undefined ? "nothing" : (JSON.stringify(got) ?? String(got));
  return `expected ${what}, got ${text.length > 80 ? `${text.slice(0, 77)}...` : text}; ${advice}`;
};

const refused = (what: string, got: unknown, advice: string): RangeError => new RangeError(expected(what, got, advice));

/** True if a host is one of the operator's own, a name below a domain of theirs, or one that they have reviewed for every rule and the profile accepts. */
export const isOwn = ({ ownDomains, facts: rows, profile: chosen }: Settings, host: string): boolean =>
  ownDomains.some((domain) => host === domain || host.endsWith(`.${domain}`)) ||
  rows.some(
    (row) =>
      isOwnHost(row) &&
      tableOf(row) === "hosts" &&
      (host === row.host || host.endsWith(`.${row.host}`)) &&
      objection(chosen, hostParty(row)) === undefined,
  );
