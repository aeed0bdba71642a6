/** The component: what it takes and refuses, and what it opens. */
import * as pulumi from "@pulumi/pulumi";
import { issuerNames, type OidcClient } from "../../../../components/core/connections";
import { givenDatabase } from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import type { PeopleClient } from "../../../../components/core/service-accounts";
import { edgeNamespace, tier } from "../../../../components/core/tier";
import {
  type Directory,
  Identity,
  type IdentityArgs,
  type IdentityPlanArgs,
  planIdentity,
} from "../../../../components/services/identity";
import { realmRepresentation } from "../../../../components/services/identity/realm";
import { type Deployment, deploy } from "../../../support/mocks";
import { manifests, target } from "../../kubernetes/target";

const authority = "-----BEGIN CERTIFICATE-----\nweb\n-----END CERTIFICATE-----\n";
const planned: IdentityPlanArgs = {
  name: "login",
  domain: "login.crisis.example.ch",
  people: 300,
  clients: { meetings: { redirects: ["https://meet.crisis.example.ch/_access/callback"] } },
  breakGlass: ["duty-officer"],
};

const directory: Directory = {
  host: "directory.crisis.example.ch",
  addresses: ["10.20.0.50"],
  bindDn: "cn=reader,dc=example,dc=ch",
  bindPassword: givenSecret("password of the directory"),
  usersDn: "ou=people,dc=example,dc=ch",
  ca: authority,
};

/** An identity service in mocks; arguments can be changed, also against their type. */
const identity = (
  change: Partial<Record<keyof IdentityArgs, unknown>> = {},
  more: {
    readonly plan?: Partial<IdentityPlanArgs>;
    readonly ask?: string;
    readonly read?: string;
    readonly gateways?: readonly string[];
  } = {},
): Promise<Deployment> =>
  deploy(() => {
    const cluster = target(more.gateways === undefined ? {} : { gatewayAddresses: more.gateways });
    const made = new Identity("login", {
      on: {
        cluster,
        edge: tier(edgeNamespace, "edge", { web: 8443 }),
        proxy: { port: 3128, peer: { name: "gateways", ranges: ["10.20.0.10/32"] } },
        webAuthority: pulumi.output(authority),
        media: () => undefined,
        hosts: () => undefined,
      },
      plan: planIdentity({ ...planned, ...more.plan }),
      database: givenDatabase({
        host: "db.crisis.example.ch",
        port: 5432,
        name: "login",
        user: "login",
        password: givenSecret("secret of the database"),
        ca: authority,
        peer: { name: "database", ranges: ["192.0.3.10/32"] },
      }),
      ...change,
    } as unknown as IdentityArgs);
    const client: OidcClient | undefined = more.ask === undefined ? undefined : made.client(more.ask);
    const reader: PeopleClient | undefined = more.read === undefined ? undefined : made.reader(more.read);
    return {
      url: made.url,
      ...(reader === undefined ? {} : { reader: { ...reader, clientSecret: reader.clientSecret.value } }),
      moderators: made.moderators,
      accounts: made.accounts,
      ...(client === undefined
        ? {}
        : { client: { ...client, clientSecret: client.clientSecret.value }, names: issuerNames(client) }),
    };
  });

describe("an identity service", () => {
  test("gives a planned client as a value that opens the way to the issuer inside the network", async () => {
    const { outputs } = await identity({}, { ask: "meetings" });
    expect(outputs["client"]).toMatchObject({
      issuer: "https://login.crisis.example.ch/realms/login",
      clientId: "meetings",
      port: 443,
      peer: { name: "gateways", ranges: ["10.20.0.10/32", "10.20.0.11/32"] },
      ca: authority,
    });
    expect(outputs["names"]).toEqual({ "login.crisis.example.ch": ["10.20.0.10", "10.20.0.11"] });
    expect(outputs["moderators"]).toEqual({ claim: "roles", value: "moderator" });
  });

  test("gives a planned reader as a value that leads to the servers themselves, which let its pods in", async () => {
    const readers = { notes: tier("notes", "notes-worker", {}) };
    const { outputs, resources } = await identity({}, { plan: { readers }, read: "notes" });
    expect(outputs["reader"]).toMatchObject({
      clientId: "notes",
      server: "http://login-server.login.svc.cluster.local:8080",
      port: 8080,
      peer: { name: "login-server", namespace: "login" },
    });
    expect(JSON.stringify(manifests(resources))).toContain("in tcp 8080 from notes/notes-worker: people, looked up");
    await expect(identity({}, { read: "notes" })).rejects.toThrow(
      'expected a reader of this service out of none, got "notes"; name it among the readers of the plan',
    );
  });

  test("refuses a client that the plan does not name", async () => {
    await expect(identity({}, { ask: "chat" })).rejects.toThrow(
      'expected a client of this service out of meetings, got "chat"; name it among the clients of the plan',
    );
  });

  test("opens its servers to the edge, to each other and to the task that keeps the realm, and the way to the database alone", async () => {
    const { resources } = await identity();
    const policies = manifests(resources).filter(
      ({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name !== "closed",
    );
    expect(
      policies.map(({ metadata }) => [
        metadata.name,
        (metadata as { annotations?: Record<string, string> }).annotations?.["sovereign-uc/reasons"]?.split("\n"),
      ]),
    ).toEqual([
      ["login-realm", ["out tcp 8080 to login-server: administration, which keeps the realm as planned"]],
      [
        "login-server",
        [
          "in tcp 8080 from edge/edge: people who sign in, through the edge",
          "in tcp 8080 from login-realm: administration, which keeps the realm as planned",
          "in tcp 7800 from login-server: sessions that servers share",
          "in tcp 57800 from login-server: the end of a server, noticed by the others",
          "out tcp 7800 to login-server: sessions that servers share",
          "out tcp 57800 to login-server: the end of a server, noticed by the others",
          "out tcp 5432 to 192.0.3.10/32: people, sessions and the realm",
        ],
      ],
      ["login-server-metrics", ["in tcp 9000 from monitoring/collector: metrics"]],
    ]);
  });

  test("reaches services that hear of a sign-out through the gateways, by their names and the web's authority", async () => {
    const [chat] = planned.clients["meetings"]?.redirects ?? [];
    const signOut = "https://chat.crisis.example.ch/_synapse/client/oidc/backchannel_logout";
    const { resources } = await identity(
      {},
      { plan: { clients: { chat: { redirects: [chat ?? ""], signOut } } }, gateways: ["10.20.0.10"] },
    );
    const objects = manifests(resources);
    const text = JSON.stringify(objects);
    expect(text).toContain("out tcp 443 to 10.20.0.10/32: services, which hear who has signed out");
    const servers = objects.find(({ kind }) => kind === "Deployment") as unknown as {
      readonly spec: { readonly template: { readonly spec: Record<string, unknown> } };
    };
    expect(servers.spec.template.spec["hostAliases"]).toEqual([
      { hostnames: ["chat.crisis.example.ch"], ip: "10.20.0.10" },
    ]);
    expect(
      objects.filter(({ kind }) => kind === "Secret").map((one) => Object.keys(one["data"] ?? one["stringData"] ?? {})),
    ).toContainEqual(["database.crt", "web.crt"]);
    const realm = objects.find(({ metadata }) => metadata.name === "login-realm-realm");
    const { clients } = JSON.parse((realm?.["data"] as Record<string, string>)["realm.json"] ?? "") as {
      clients: readonly { readonly attributes: Record<string, string> }[];
    };
    expect(clients[0]?.attributes).toMatchObject({
      "backchannel.logout.url": signOut,
      "backchannel.logout.session.required": "true",
    });
    expect(JSON.stringify(manifests((await identity()).resources))).not.toContain("web.crt");
  });

  test("has one server more than its people need, and a budget", async () => {
    const { resources } = await identity({}, { plan: { people: 20_000 } });
    const objects = manifests(resources);
    const servers = objects.find(({ kind }) => kind === "Deployment");
    // 15 sign-ins in a second on each, within ten minutes.
    expect(servers?.spec).toMatchObject({ replicas: 4 });
    expect(
      objects.some(({ kind, metadata }) => kind === "PodDisruptionBudget" && metadata.name === "login-server"),
    ).toBe(true);
  });

  test("keeps one-time passwords of local accounts as a secret, and their generation in the realm", async () => {
    const { resources } = await identity({ secretsGenerations: { "account-duty-officer": "2" } });
    const realm = manifests(resources).find(({ metadata }) => metadata.name === "login-realm-realm");
    const { users } = JSON.parse((realm?.["data"] as Record<string, string>)["realm.json"] ?? "") as {
      users: readonly Record<string, unknown>[];
    };
    expect(users).toMatchObject([
      {
        username: "duty-officer",
        requiredActions: ["UPDATE_PASSWORD", "CONFIGURE_TOTP"],
        realmRoles: ["moderator", "administrator"],
        attributes: { "sovereign-uc.generation": ["2"] },
      },
    ]);
  });

  test.each<[string, Partial<Directory>, RegExp]>([
    [
      "of a system that the network is isolated from",
      { addresses: ["10.0.0.5"] },
      /directory: addresses: \[0\]: expected a directory apart from "[^"]+", which this network is isolated from, got "10\.0\.0\.5"; leave the directory out, and plan breakGlass accounts/,
    ],
    ["outside", { addresses: ["192.0.2.1"] }, /expected an address inside the network, got "192\.0\.2\.1"/],
    ["nowhere", { addresses: [] }, /expected at least one address of the directory/],
    ["without a tree", { usersDn: "people" }, /usersDn: expected the part of the tree with the people as a disting/],
    ["with a filter for an attribute", { usernameAttribute: "uid)(x=*" }, /usernameAttribute: expected the name of an/],
  ])("refuses a directory %s", async (_, change, problem) => {
    await expect(identity({ directory: { ...directory, ...change } })).rejects.toThrow(problem);
  });

  test("opens the way to a directory inside, over TLS", async () => {
    const { resources } = await identity({ directory });
    const text = JSON.stringify(manifests(resources));
    expect(text).toContain("out tcp 636 to 10.20.0.50/32: people of the directory");
    expect(text).toContain("ldaps://directory.crisis.example.ch:636");
    expect(text).not.toContain("ldap://");
  });

  test("refuses a cluster without gateways inside: no pod could reach the issuer", async () => {
    await expect(identity({}, { gateways: [] })).rejects.toThrow(
      'on: expected a platform with gateways inside its network, got "none"; give the cluster gatewayAddresses',
    );
  });

  test.each<[string, Partial<Record<keyof IdentityArgs, unknown>>, string]>([
    ["another service's plan", { plan: { service: "matrix", name: "login" } }, "plan: expected a plan of an identity"],
    ["no database", { database: undefined }, "database: expected a database"],
    [
      "a generation of a secret that there is not",
      { secretsGenerations: { "client-chat": "2" } },
      "name a secret that",
    ],
  ])("refuses %s", async (_, change, problem) => {
    await expect(identity(change)).rejects.toThrow(problem);
  });
});

describe("a plan of an identity service", () => {
  test("has a route with limits, on which administration is closed, a database and requests", () => {
    const { routes, databases, requests, egress, issuer } = planIdentity(planned);
    expect(routes).toMatchObject([
      {
        host: "login.crisis.example.ch",
        health: ["/realms/login/.well-known/openid-configuration"],
        closedPaths: [
          "/admin",
          "/realms/master",
          "/health",
          "/metrics",
          "/realms/login/clients-registrations",
          "/realms/login/protocol/saml",
        ],
        bodyMib: 1,
        requestsPerSecondPerSource: 20,
        connectionsPerSource: 40,
      },
    ]);
    expect([databases, egress, issuer]).toEqual([
      [{ name: "login", connections: 45 }],
      [],
      "https://login.crisis.example.ch/realms/login",
    ]);
    expect(requests.map(({ tier: name, replicas }) => [name, replicas])).toEqual([
      ["login-server", 2],
      ["login-realm", 1],
    ]);
  });

  const redirects = (...all: readonly string[]) => ({ clients: { meet: { redirects: all } } });
  test.each<[string, Record<string, unknown>, string]>([
    ["an address with a star", redirects("https://meet.example.ch/*"), "expected an exact HTTPS address"],
    ["an address in clear", redirects("http://meet.example.ch/cb"), "expected an exact HTTPS address"],
    ["an address with a fragment", redirects("https://meet.example.ch/#a"), "expected an exact HTTPS address"],
    ["a client without addresses", redirects(), "expected at least one address"],
    ["upstream's own client", { clients: { account: { redirects: ["https://a.example.ch/"] } } }, "a name of its own"],
    ["the administrators' realm", { realm: "master" }, "expected a realm of its own"],
    [
      "an address in clear for sign-outs",
      { clients: { meet: { redirects: ["https://meet.example.ch/cb"], signOut: "http://meet.example.ch/out" } } },
      "expected an exact HTTPS address",
    ],
    ["nobody", { people: 0 }, "expected"],
    ["a reader named as a client", { readers: { meetings: tier("notes", "worker", {}) } }, "a reader of a name of its"],
    ["a reader without pods", { readers: { notes: "worker" } }, "the tier of the pods that look people up"],
    ["a reader named as upstream's own client", { readers: { broker: tier("a", "b", {}) } }, "a name of its own"],
    ["an account twice", { breakGlass: ["a1", "a1"] }, "expected accounts with names of their own"],
  ])("refuses %s", (_, change, problem) => {
    expect(() => planIdentity({ ...planned, ...change } as IdentityPlanArgs)).toThrow(problem);
  });
});

describe("the realm", () => {
  const realm = realmRepresentation({
    realm: "login",
    domain: "login.example.ch",
    clients: planned.clients,
    readers: ["notes"],
    accounts: {},
  });
  interface Execution {
    readonly authenticator?: string;
    readonly flowAlias?: string;
    readonly requirement: string;
  }
  const flows = realm["authenticationFlows"] as readonly {
    readonly alias: string;
    readonly authenticationExecutions: readonly Execution[];
  }[];

  test("asks for a second factor of everybody: of those who have one, and of those who have none by enrolment", () => {
    const shape = (alias: string): readonly unknown[] =>
      (flows.find((flow) => flow.alias === alias)?.authenticationExecutions ?? []).map((step) =>
        step.flowAlias === undefined
          ? `${step.authenticator} ${step.requirement}`
          : [step.requirement, ...shape(step.flowAlias)],
      );
    expect(shape(String(realm["browserFlow"]))).toEqual([
      "auth-cookie ALTERNATIVE",
      [
        "ALTERNATIVE",
        "auth-username-password-form REQUIRED",
        [
          "CONDITIONAL",
          "conditional-user-configured REQUIRED",
          "webauthn-authenticator ALTERNATIVE",
          "auth-otp-form ALTERNATIVE",
        ],
        ["CONDITIONAL", "conditional-sub-flow-executed REQUIRED", "auth-otp-form REQUIRED"],
      ],
    ]);
    expect(shape(String(realm["directGrantFlow"]))).toEqual(["deny-access-authenticator REQUIRED"]);
  });

  test("has clients that take no password, no address but their own, and PKCE", () => {
    expect(realm["clients"]).toMatchObject([
      {
        clientId: "meetings",
        directAccessGrantsEnabled: false,
        implicitFlowEnabled: false,
        serviceAccountsEnabled: false,
        publicClient: false,
        fullScopeAllowed: false,
        redirectUris: ["https://meet.crisis.example.ch/_access/callback"],
        webOrigins: [],
        attributes: { "pkce.code.challenge.method": "S256" },
      },
      // A reader: nobody is sent to it, and it signs in for itself.
      {
        clientId: "notes",
        directAccessGrantsEnabled: false,
        implicitFlowEnabled: false,
        standardFlowEnabled: false,
        serviceAccountsEnabled: true,
        fullScopeAllowed: false,
        redirectUris: [],
      },
    ]);
    expect(JSON.stringify(realm)).not.toMatch(/"secret"|bindCredential"|"credentials"/);
  });

  test("lets nobody register or reset a password by mail, makes people wait after wrong passwords, and keeps sessions short", () => {
    expect(realm).toMatchObject({
      registrationAllowed: false,
      resetPasswordAllowed: false,
      rememberMe: false,
      bruteForceProtected: true,
      failureFactor: 5,
      ssoSessionIdleTimeout: 1_800,
      accessTokenLifespan: 300,
      eventsEnabled: true,
      eventsListeners: ["jboss-logging"],
      adminEventsEnabled: true,
    });
  });
});
