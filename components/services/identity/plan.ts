import { type Capacity, replicasFor } from "../../core/capacity";
import { each, invalid, type Keys, knownKeys, validate } from "../../core/errors";
import { dnsLabel, domainName } from "../../core/names";
import { countInRange } from "../../core/numbers";
import type { DatabaseNeed, ServicePlan } from "../../core/plan";
import { isTier } from "../../core/link";
import { list, record } from "../../core/shapes";
import type { Tier } from "../../core/tier";
import type { PlannedClient } from "./clients";
import { closedPaths, databaseConnections, issuerOf, realmTier, serverTier } from "./settings";

export interface IdentityPlanArgs {
  /** Its namespace and resources begin with it. */
  readonly name: string;
  /** Host name at which people sign in. */
  readonly domain: string;
  /** Name of the realm: the end of the issuer's address, which clients know. @default - the name */
  readonly realm?: string;
  /** People who can sign in. */
  readonly people: number;
  /** Services that sign people in here, by the name under which each asks for its client. */
  readonly clients: Readonly<Record<string, PlannedClient>>;
  /**
   * Services that look people up by name or mail address, and may see nothing else: the name of each one's client, with its pods, which ask the servers themselves
   * since administration is closed at the edge. `{ minutes: minutes.worker }`.
   *
   * @default {}
   */
  readonly readers?: Readonly<Record<string, Tier>>;
  /**
   * Names of local accounts for a crisis, which depend on no directory: moderators and administrators with a one-time password each. At their first sign-in they
   * choose a password of their own and enrol a second factor.
   *
   * @default []
   */
  readonly breakGlass?: readonly string[];
}

const plannedClientKeys: Keys<PlannedClient> = { redirects: true, pkce: true, signOut: true };

const identityPlanArgsKeys: Keys<IdentityPlanArgs> = {
  name: true,
  domain: true,
  realm: true,
  people: true,
  clients: each(plannedClientKeys),
  readers: each("elsewhere"),
  breakGlass: true,
};

/** Needs of an identity service, and the figures that it is built from. */
export interface IdentityPlan extends ServicePlan {
  readonly service: "identity";
  readonly domain: string;
  readonly realm: string;
  /** Issuer of its tokens: `https://login.crisis.example.ch/realms/identity`. */
  readonly issuer: string;
  readonly people: number;
  readonly clients: Readonly<Record<string, PlannedClient>>;
  readonly readers: Readonly<Record<string, Tier>>;
  readonly breakGlass: readonly string[];
  readonly databases: readonly DatabaseNeed[];
  readonly capacity: Capacity;
  /** The servers, as databases see them. */
  readonly server: ReturnType<typeof serverTier>;
}

/** Requests of one server: a core for passwords, and upstream's base memory of 1,250 MiB for 10,000 sessions with room for the server that it builds. */
export const serverResources = { cpu: 1, memoryMib: 2_048 } as const;

/** Requests of the task that keeps the realm. */
export const realmResources = { cpu: 0.1, memoryMib: 192 } as const;

/** Minutes in which everybody may sign in, as before a day's first meeting. */
const rushMinutes = 10;

/** Requests of one sign-in, pages with their pictures and styles included; an assumption until measured. */
const requestsPerPerson = 40;

const capacityFor = (people: number): Capacity => ({
  load: people,
  perReplica: 15 * 60 * rushMinutes,
  unit: "people",
  source: `upstream's sizing, a core for 15 sign-ins by password in a second (keycloak/keycloak, docs/guides/high-availability, "CPU and memory resources"): all of them within ${rushMinutes} minutes`,
});

/**
 * Plans an identity service: servers that share a database, a realm, and a client for every service that signs people in.
 *
 * @throws RangeError with every problem.
 *
 * @example
 * const login = planIdentity({
 *   name: "login",
 *   domain: "login.crisis.example.ch",
 *   people: 300,
 *   clients: { meetings: { redirects: ["https://meet.crisis.example.ch/_access/callback"] } },
 *   breakGlass: ["duty-officer"],
 * });
 */
export function planIdentity(args: IdentityPlanArgs): IdentityPlan {
  const {
    name,
    domain,
    realm = name,
    people,
    clients,
    readers = {},
    breakGlass = [],
  } = knownKeys(args, identityPlanArgsKeys);
  const valid = validate({
    name: () => dnsLabel(name, 30),
    domain: () => domainName(domain),
    realm: () => ownRealm(realm),
    people: () => countInRange(people, "people", 1, 1_000_000),
    clients: () => readClients(clients),
    readers: () => readReaders(readers, clients),
    breakGlass: () => accounts(breakGlass),
  });
  const capacity = capacityFor(valid.people);
  const replicas = replicasFor(capacity);
  const server = serverTier(valid.name);
  return {
    service: "identity",
    name: valid.name,
    domain: valid.domain,
    realm: valid.realm,
    issuer: issuerOf(`https://${valid.domain}`, valid.realm),
    people: valid.people,
    clients: valid.clients,
    readers: valid.readers,
    breakGlass: valid.breakGlass,
    capacity,
    server,
    routes: [
      {
        kind: "web",
        name: valid.name,
        host: valid.domain,
        upstreams: [{ name: "servers", tier: server, port: "http" }],
        // Answered once the realm is there.
        health: [`/realms/${valid.realm}/.well-known/openid-configuration`],
        closedPaths: closedPaths(valid.realm),
        bodyMib: 1,
        requestsPerSecondPerSource: Math.max(20, Math.ceil((valid.people * requestsPerPerson) / (rushMinutes * 60))),
        connectionsPerSource: Math.max(40, Math.ceil(valid.people / 10)),
      },
    ],
    connections: valid.people,
    requests: [
      { tier: server.name, replicas, ...serverResources },
      { tier: realmTier(valid.name).name, replicas: 1, ...realmResources },
    ],
    databases: [
      {
        name: valid.name.replaceAll("-", "_"),
        // One more than there are, while an update replaces them.
        connections: (replicas + 1) * databaseConnections.most,
      },
    ],
    egress: [],
  };
}

/** @throws RangeError for the realm of administrators. */
function ownRealm(value: unknown): string {
  const realm = dnsLabel(value, 30);
  if (realm === "master")
    throw invalid("a realm of its own", realm, "give it a name; master is upstream's, for itself");
  return realm;
}

function readClients(values: IdentityPlanArgs["clients"]): IdentityPlan["clients"] {
  const example = '{ meetings: { redirects: ["https://meet.example.ch/_access/callback"] } }';
  const entries = Object.entries(record(values, "clients by name", example));
  validate(
    Object.fromEntries(
      entries.map(([id, client]) => [
        `["${id}"]`,
        () => {
          clientName(id);
          const { redirects, pkce = true, signOut } = record(client, "a client with its addresses", example);
          if (typeof pkce !== "boolean") throw invalid("true or false for pkce", pkce, "leave it out");
          const all = list(redirects, "addresses that people are sent back to", example, redirect);
          if (all.length === 0) throw invalid("at least one address", redirects, "name where people are sent back to");
          if (signOut !== undefined) redirect(signOut);
        },
      ]),
    ),
  );
  return values;
}

/** @throws RangeError for a name that is none or a client's as well, and for pods that are no tier. */
function readReaders(values: IdentityPlan["readers"], clients: IdentityPlanArgs["clients"]): IdentityPlan["readers"] {
  const example = "{ minutes: minutes.worker }";
  const readers = record(values, "readers by name", example) as Readonly<Record<string, Tier>>;
  validate(
    Object.fromEntries(
      Object.entries(readers).map(([id, pods]) => [
        `["${id}"]`,
        () => {
          clientName(id);
          if (Object.keys(clients).includes(id))
            throw invalid("a reader of a name of its own", id, "rename it; people sign in by the client of that name");
          if (pods === null || typeof pods !== "object" || !isTier(pods))
            throw invalid("the tier of the pods that look people up", pods, `give ${example}`);
        },
      ]),
    ),
  );
  return readers;
}

/** Clients that every realm has. */
const ownClients = ["account", "account-console", "admin-cli", "broker", "realm-management", "security-admin-console"];

/** @throws RangeError for a name that is none, or one that upstream's own clients have. */
function clientName(value: string): string {
  const name = dnsLabel(value, 30);
  if (ownClients.includes(name))
    throw invalid("a client of a name of its own", name, "rename it; every realm has that one");
  return name;
}

/** An address as it is: a star in one would let whoever can put a page there take people's codes. @throws RangeError */
function redirect(value: string): string {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
  if (
    url?.protocol !== "https:" ||
    value.includes("*") ||
    url.hash !== "" ||
    url.username !== "" ||
    url.password !== ""
  )
    throw invalid(
      "an exact HTTPS address without stars, credentials and fragment",
      value,
      'give one like "https://meet.example.ch/_access/callback"',
    );
  return value;
}

function accounts(values: readonly string[]): readonly string[] {
  const all = list(values, "names of accounts", '["duty-officer"]', (name) => dnsLabel(name, 20));
  const twice = all.find((name, i) => all.indexOf(name) !== i);
  if (twice !== undefined) throw invalid("accounts with names of their own", twice, "rename one of them");
  return all;
}

/** A plan of this service, and nothing else in its place. @throws RangeError */
export function identityPlan(value: IdentityPlan): IdentityPlan {
  if ((value as IdentityPlan | undefined)?.service !== "identity")
    throw invalid("a plan of an identity service", value, "give what planIdentity(…) returns, also to the platform");
  return value;
}
