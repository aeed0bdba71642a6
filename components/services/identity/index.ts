import * as pulumi from "@pulumi/pulumi";
import { linkTo, type OidcClient } from "../../core/connections";
import { givenArgs, invalid, validateArgs } from "../../core/errors";
import { link, type Link, linkOut } from "../../core/link";
import { planName } from "../../core/plan";
import { type Secret, usedAfter } from "../../core/secret";
import type { PeopleClient } from "../../core/service-accounts";
import { fields, record } from "../../core/shapes";
import { type Generation, readGeneration, readGenerations, Secrets } from "../../infrastructure/secrets";
import { Namespace } from "../../kubernetes/namespace";
import { Policies } from "../../kubernetes/policies";
import { serviceHost } from "../../core/tier";
import { servicePlatform } from "../../service-base";
import { type IdentityArgs, identityArgsKeys, type IdentitySecret } from "./args";
import { type IdentityPlan, identityPlan } from "./plan";
import { realmTask, serverPods, signOutHosts } from "./pods";
import { type ReadDirectory, readDirectory } from "./reads";
import { keycloakPorts, realmTier, roles, rolesClaim, serverTier } from "./settings";

export type { Directory, IdentityArgs, IdentitySecret } from "./args";
export type { PlannedClient } from "./clients";
export { type IdentityPlan, type IdentityPlanArgs, planIdentity } from "./plan";

/** Claim of a token, and a value that it has for some people. */
export interface RoleClaim {
  readonly claim: string;
  readonly value: string;
}

/**
 * The place where people sign in: Keycloak, as servers that share one database, with one realm that is kept as planned.
 *
 * Nobody signs in by a password alone. Whoever has no second factor is made to enrol one before there is a session, and no client takes a password in the browser's
 * place. Nobody registers, and nobody resets a password by mail. Five wrong passwords or codes make a person wait. Who signed in, who did not, and what was changed is
 * in the servers' log.
 *
 * Administration is closed at the edge. Administrators come through a port that kubectl forwards (`kubectl port-forward service/<name>-server 8080`), sign in
 * like everybody else, and keep people; clients, flows and settings are the plan's, and a change by hand is undone by the next update.
 *
 * Sessions are in the database. When a server ends, also by a crash, people stay signed in, and whoever was typing a password goes on at another server; requests under way
 * to it fail once. When its host falls silent, as one without power, the other servers answer nobody until they miss it: 52 seconds on two busy cores
 * (test/servers/proof/identity-silence.test.ts). They wait for heartbeats for 40 seconds (jgroups 5.5.5.Final, FD_ALL3, timeout), for which Keycloak has no setting: a
 * stack of one's own loses its discovery by the database (keycloak-model-infinispan 26.7.3, JGroupsConfigurator.class, configureDiscovery). When the database fails over,
 * nobody can sign in for as long as that takes (27 to 30 seconds on live nodes, where the database's own part is 20 and more), and services go on with the sessions that
 * they have.
 *
 * Whoever signs out here is signed out at every service that its plan names an address for (`signOut`), in the sessions that were begun from here. A service that cannot be
 * reached just then is not told again.
 *
 * Traffic between edge and servers runs as HTTP inside the pod range; between servers it is TLS by certificates of their own, which they keep in the database.
 *
 * @example
 * const login = planIdentity({
 *   name: "login",
 *   domain: "login.crisis.example.ch",
 *   people: 300,
 *   clients: { meetings: { redirects: ["https://meet.crisis.example.ch/_access/callback"] } },
 *   breakGlass: ["duty-officer"],
 * });
 * const identity = new Identity("login", { on: platform, plan: login, database });
 * const access = { oidc: identity.client("meetings"), moderators: identity.moderators };
 */
export class Identity extends pulumi.ComponentResource {
  /** Address at which people sign in, and keep their second factors: below `/realms/<realm>/account`. */
  readonly url: string;
  /** Issuer of its tokens. */
  readonly issuer: string;
  /** Claim by which services know moderators. */
  readonly moderators: RoleClaim = { claim: rolesClaim, value: roles.moderator };
  /** Claim by which services know administrators. */
  readonly administrators: RoleClaim = { claim: rolesClaim, value: roles.administrator };
  /** One-time passwords of the local accounts by name; a secret. */
  readonly accounts: pulumi.Output<Record<string, string>>;

  private readonly clients: Readonly<Record<string, OidcClient>>;
  private readonly readers: Readonly<Record<string, PeopleClient>>;

  constructor(name: string, args: IdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, identityArgsKeys, { on: "new Platform(…)" });
    const { on, plan, database, directory, secretsGeneration = "1", secretsGenerations = {} } = args;
    super(
      "sovereign-uc:index:Identity",
      name,
      { domain: plan?.domain, realm: plan?.realm, people: plan?.people, directory: directory !== undefined },
      opts,
    );
    const isolatedFrom = fields(fields(on).cluster).isolatedFrom ?? [];
    const valid = validateArgs(this, name, {
      name: () => planName(name, plan),
      plan: () => identityPlan(plan),
      on: () => reachedInside(servicePlatform(on).cluster.gatewayAddresses),
      database: () => record(database, "a database", 'postgres.database("login", { from: plan.server })'),
      directory: () => (directory === undefined ? undefined : readDirectory(directory, isolatedFrom)),
      secretsGeneration: () => readGeneration(secretsGeneration),
      secretsGenerations: () => readGenerations(secretsGenerations, secretRoles(identityPlan(plan))),
    });
    this.url = `https://${valid.plan.domain}`;
    this.issuer = valid.plan.issuer;

    const own = { parent: this };
    const secrets = new Secrets<IdentitySecret>(
      name,
      { roles: secretRoles(valid.plan), generation: secretsGeneration, generations: secretsGenerations },
      own,
    );
    const { plan: planned } = valid;
    const [ids, readers] = [Object.keys(planned.clients), Object.keys(planned.readers)];
    const clients = named([...ids, ...readers], (id) => secrets.password(`client-${id}`));
    const accounts = named(valid.plan.breakGlass, (who) => secrets.password(`account-${who}`));
    this.accounts = pulumi.secret(pulumi.all(named(valid.plan.breakGlass, (who) => accounts[who]?.value ?? "")));

    const namespace = new Namespace(name, { cluster: on.cluster }, own);
    const tiers = [serverTier(name), realmTier(name)];
    const policies = new Policies(
      name,
      { namespace, tiers, links: links(name, args, valid.plan, valid.directory) },
      own,
    );
    const present = (role: IdentitySecret): string => current(secretsGenerations[role] ?? secretsGeneration);
    const parts = {
      ...{ name, args, plan: valid.plan, policies, directory: valid.directory, clients, accounts },
      keeper: secrets.password("keeper"),
      generations: named(valid.plan.breakGlass, (who) => present(`account-${who}`)),
    };
    const servers = serverPods(parts, own);
    const realm = realmTask(parts, { ...own, dependsOn: [servers] });
    const clientOf = (id: string): OidcClient =>
      this.clientOf(id, usedAfter(clients[id] ?? secrets.password(`client-${id}`), realm.ready), on, valid.on);
    this.clients = named(ids, clientOf);
    this.readers = named(readers, (id) => ({ ...clientOf(id), ...ownServer(name) }));
    this.registerOutputs({ url: this.url, issuer: this.issuer });
  }

  /**
   * The client of a service that was planned. Its pods reach the issuer at the address that browsers know, through the gateways inside the network; whoever uses it
   * opens their policy to those.
   *
   * @throws RangeError for a client that the plan does not name.
   */
  client(name: string): OidcClient {
    const found = this.clients[name];
    if (found === undefined)
      throw invalid(
        `a client of this service out of ${Object.keys(this.clients).join(", ") || "none"}`,
        name,
        "name it among the clients of the plan, with the addresses that people are sent back to",
      );
    return found;
  }

  /**
   * The client of a service that looks people up, which asks the servers themselves.
   *
   * @throws RangeError for a reader that the plan does not name.
   */
  reader(name: string): PeopleClient {
    const found = this.readers[name];
    if (found === undefined)
      throw invalid(
        `a reader of this service out of ${Object.keys(this.readers).join(", ") || "none"}`,
        name,
        "name it among the readers of the plan, with its pods",
      );
    return found;
  }

  private clientOf(
    clientId: string,
    clientSecret: Secret,
    on: IdentityArgs["on"],
    addresses: readonly string[],
  ): OidcClient {
    return {
      issuer: this.issuer,
      clientId,
      clientSecret,
      addresses,
      peer: gatewaysOf(addresses),
      port: 443,
      ...(on.webAuthority === undefined ? {} : { ca: on.webAuthority }),
    };
  }
}

/** Roles of all secrets. */
const secretRoles = ({ clients, readers, breakGlass }: IdentityPlan): readonly IdentitySecret[] => [
  "keeper",
  ...Object.keys({ ...clients, ...readers }).map((id) => `client-${id}` as const),
  ...breakGlass.map((who) => `account-${who}` as const),
];

/** The gateways, by their addresses inside the network. */
const gatewaysOf = (addresses: readonly string[]) => ({
  name: "gateways",
  ranges: addresses.map((address) => `${address}/32`),
});

const current = (generation: Generation): string => [generation].flat()[0] ?? "";

const named = <T>(names: readonly string[], make: (name: string) => T): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, make(name)]));

/** The servers themselves, for who looks people up: the edge lets nobody administrate. */
const ownServer = (name: string): Pick<PeopleClient, "server" | "peer" | "port"> => {
  const peer = serverTier(name);
  return { server: `http://${serviceHost(peer)}:${keycloakPorts.http}`, peer, port: keycloakPorts.http };
};

/** Addresses by which pods reach the edge. @throws RangeError without any: no pod could reach the issuer. */
function reachedInside(addresses: readonly string[]): readonly string[] {
  if (addresses.length === 0)
    throw invalid(
      "a platform with gateways inside its network",
      "none",
      "give the cluster gatewayAddresses: services reach the issuer through them",
    );
  return addresses;
}

/** Every connection of the service, each named once. */
function links(
  name: string,
  { on, database }: IdentityArgs,
  plan: IdentityPlan,
  directory: ReadDirectory | undefined,
): readonly Link[] {
  const [servers, realm] = [serverTier(name), realmTier(name)];
  return [
    link(on.edge, servers, "http", "people who sign in, through the edge"),
    link(realm, servers, "http", "administration, which keeps the realm as planned"),
    ...Object.values(plan.readers).map((reader) => link(reader, servers, "http", "people, looked up")),
    link(servers, servers, "cluster", "sessions that servers share"),
    link(servers, servers, "failures", "the end of a server, noticed by the others"),
    linkTo(servers, database, "people, sessions and the realm"),
    ...(signOutHosts(plan).length === 0
      ? []
      : [linkOut(servers, gatewaysOf(on.cluster.gatewayAddresses), 443, "services, which hear who has signed out")]),
    ...(directory === undefined ? [] : [linkOut(servers, directory.peer, directory.port, "people of the directory")]),
  ];
}
