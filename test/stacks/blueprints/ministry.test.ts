/** The blueprints `ministry` and `mail`: hosts, ways and connections that come from their plans. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { manifests } from "../../components/kubernetes/target";
import type { Deployment } from "../../support/mocks";
import { deployStack, stacks } from "../../support/stack";

jest.setTimeout(300_000);
afterEach(() => pulumi.runtime.setAllConfig({}));

const work = (change: Readonly<Record<string, unknown>> = {}): Promise<Deployment> =>
  deployStack("ministry-exoscale", change);
const mail = (change: Readonly<Record<string, unknown>> = {}): Promise<Deployment> =>
  deployStack("mail-exoscale", change);

interface Pool {
  readonly role: string;
  readonly pool?: string;
  readonly hosts: readonly { readonly location?: string }[];
}

const pools = ({ all }: Deployment): Readonly<Record<string, number>> =>
  Object.fromEntries(
    all("sovereign-uc:index:HostPool")
      .map(({ inputs }) => inputs as unknown as Pool)
      .map(({ role, pool = role, hosts }) => [pool, hosts.length]),
  );

const gateway = ({ one }: Deployment, stack: string) =>
  one("sovereign-uc:index:Gateway", `${stack}-gateway`).inputs as {
    readonly location: string;
    readonly egress: readonly { readonly host: string }[];
    readonly outlets?: readonly object[];
  };

/** Ports that the gateways publish. */
const published = ({ one }: Deployment): readonly unknown[] =>
  (one("sovereign-uc:index:Gateway", "mail-gateway").inputs["published"] as readonly { readonly port: number }[]).map(
    ({ port }) => port,
  );

/** Names of the policies that let others in at a service. */
const letIn = ({ resources }: Deployment, namespace: string): readonly string[] =>
  manifests(resources)
    .filter(({ kind, metadata }) => kind === "NetworkPolicy" && metadata.namespace === namespace)
    .map(({ metadata: { name } }) => name)
    .filter((name) => /-(from|for)-/.test(name))
    .sort();

/** Filter of a host, and the configuration of its HAProxy, as it is sent. */
const sent = ({ one }: Deployment, host: string): string =>
  String(JSON.stringify(one("command:remote:Command", `${host}-converge`).inputs["stdin"]))
    .split("\\n")
    .map((line) => line.split(" "))
    .filter(([kind]) => kind === "file")
    .map(([, , , , content = ""]) => Buffer.from(content, "base64").toString())
    .join("\n");

describe("the blueprint ministry", () => {
  let made: Deployment;
  beforeAll(async () => {
    made = await work();
  });

  test("reads in less than 100 lines, and so do its plans and its mail", () => {
    for (const file of ["ministry", "ministry-plans", "mail"])
      expect(
        readFileSync(join(stacks, `blueprints/${file}.ts`), "utf8")
          .trim()
          .split("\n").length,
      ).toBeLessThan(100);
  });

  test("has a host more than the load needs in every pool, the gateways included", () => {
    expect(pools(made)).toEqual({
      gateway: 3,
      "control-plane": 3,
      application: 12,
      data: 3,
      meetings: 11,
      "meetings-rec": 3,
      calls: 3,
      talk: 3,
    });
    expect(gateway(made, "ministry").location).toBe("ch-gva-2");
  });

  test("leads out to the archive in the other zone, to its program and its models, and by one door to mail", () => {
    const { egress, outlets } = gateway(made, "ministry");
    expect(egress.map(({ host }) => host)).toEqual([
      "sos-ch-dk-2.exo.io",
      "sos-ch-gva-2.exo.io",
      "artefacts.ministry.example.ch",
    ]);
    expect(outlets).toEqual([
      { port: 2465, addresses: ["198.51.100.25", "198.51.100.26"], reason: "messages of hub; messages of notes" },
    ]);
    const files = sent(made, "ministry-gateway-1");
    expect(files.includes("frontend published-2465\n  bind :2465\n")).toBe(true);
    expect(files.includes("server target-1 198.51.100.25:2465 check\n")).toBe(true);
    expect(files.split("\n").filter((line) => line.includes("dport 2465"))).toEqual([
      '    ip saddr { 10.20.0.0/24 } tcp dport 2465 accept comment \"messages of hub; messages of notes\"',
      '    ip daddr { 198.51.100.25/32, 198.51.100.26/32 } tcp dport 2465 accept comment \"messages of hub; messages of notes\"',
    ]);
  });

  test("signs everybody in at one place, and every service is sent back to where its plan says", () => {
    const realm = JSON.stringify(manifests(made.resources).filter(({ metadata }) => metadata.namespace === "login"));
    for (const address of [
      "https://meet.work.ministry.example.ch/_access/callback",
      "https://hub.work.ministry.example.ch/index.php/apps/user_oidc/code",
      "https://auth.work.ministry.example.ch/upstream/callback/",
    ])
      expect(realm.includes(address) ? address : "nothing").toBe(address);
  });

  test("opens database, caches and store to exactly those that keep something there", () => {
    expect(letIn(made, "records")).toEqual(
      [
        "chat-chat-auth",
        "chat-chat-media",
        "chat-chat-reader",
        "chat-chat-synapse",
        "chat-chat-writer",
        "hub-hub-cron",
        "hub-hub-keeper",
        "hub-hub-web",
        "login-login-server",
        "notes-notes-worker",
        "store-store-gateway",
      ].map((from) => `records-from-${from}`),
    );
    expect(letIn(made, "store")).toEqual([
      "store-gateway-for-chat-chat-media",
      "store-gateway-for-hub-hub-cron",
      "store-gateway-for-hub-hub-keeper",
      "store-gateway-for-hub-hub-web",
      "store-gateway-for-meetings-meetings-keeper",
      "store-gateway-for-notes-notes-worker",
    ]);
    expect(letIn(made, "locks")).toHaveLength(3);
    expect(letIn(made, "talks")).toHaveLength(4);
    expect(letIn(made, "found")).toHaveLength(1);
  });

  test("makes minutes of recordings inside: nobody but the workers reaches speech and language, and recorders ask everybody", () => {
    expect(letIn(made, "speech")).toEqual(["speech-whisper-for-notes-notes-worker"]);
    expect(letIn(made, "words")).toEqual(["words-server-for-notes-notes-worker"]);
    const workers = manifests(made.resources).filter(
      ({ kind, metadata }) => kind === "Deployment" && metadata.name === "notes-worker",
    );
    const text = JSON.stringify(workers);
    for (const [name, value] of [
      ["MINUTES_BUCKET", "recordings"],
      ["MINUTES_NEXTCLOUD_URL", "https://hub.work.ministry.example.ch"],
      ["MINUTES_ISSUER", "https://login.work.ministry.example.ch/realms/login"],
      ["MINUTES_IDENTITY_URL", "http://login-server.login.svc.cluster.local:8080"],
      ["MINUTES_KEEP_DAYS", "14"],
      ["MINUTES_UNRECORDED_DAYS", "14"],
      ["MINUTES_MAIL_HOST", "mail.ministry.example.ch"],
    ])
      expect(text.includes(JSON.stringify({ name, value })) ? name : `no ${name} with ${value}`).toBe(name);
    expect(made.one("sovereign-uc:index:Jitsi", "meetings").inputs).toMatchObject({
      ...{ confidentiality: "transport", recorders: true, recordingDays: 58 },
    });
    expect(
      JSON.stringify(manifests(made.resources)).includes('config.recordings = {\\\"requireConsent\\\":true}'),
    ).toBe(true);
  });

  test("works without mail: nothing of it is left but that nobody is sent a message", async () => {
    const alone = await work({ relay: undefined, relayPassword: undefined });
    expect(gateway(alone, "ministry").outlets).toBeUndefined();
    expect(pools(alone)).toEqual(pools(made));
    const text = JSON.stringify(manifests(alone.resources));
    // Nobody would learn of their minutes: recordings wait.
    expect(alone.all("sovereign-uc:index:Minutes")).toHaveLength(0);
    expect(alone.all("sovereign-uc:index:Speech")).toHaveLength(1);
    expect(/mail\.ministry\.example\.ch/.exec(text)).toBeNull();
    expect(text.includes('\\"mail_smtpmode\\": \\"null\\"')).toBe(true);
  });

  test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ["a relay without its password", { relayPassword: undefined }, /expected relayPassword beside relay/],
    [
      "a relay at a private address",
      {
        relay: {
          host: "mail.ministry.example.ch",
          port: 2465,
          addresses: ["10.0.18.5"],
          from: "hub@ministry.example.ch",
        },
      },
      /outlets: .*expected a public address, got "10\.0\.18\.5"/,
    ],
    [
      "a relay in an isolated range",
      {
        relay: {
          host: "mail.ministry.example.ch",
          port: 2465,
          addresses: ["10.0.16.10"],
          from: "hub@ministry.example.ch",
        },
      },
      /outlets: .*expected an address outside the isolated range 10\.0\.16\.0\/24/,
    ],
    [
      "a relay at a port that is published",
      {
        relay: {
          host: "mail.ministry.example.ch",
          port: 6443,
          addresses: ["198.51.100.25"],
          from: "hub@ministry.example.ch",
        },
      },
      /outlets: .*expected a port of its own, got 6443/,
    ],
    ["no participants", { participants: "1" }, /expected a whole number of participants from 2/],
  ])("refuses %s", async (_, change, message) => {
    await expect(work(change)).rejects.toThrow(message);
  });
});

describe("the blueprint mail", () => {
  test("stands on a network of its own in the other zone, which drops the conferences' in both directions", async () => {
    const made = await mail();
    expect(made.one("sovereign-uc:index:Network", "mail").inputs).toMatchObject({
      location: "ch-dk-2",
      range: "10.0.16.0/24",
    });
    expect(gateway(made, "mail").egress.map(({ host }) => host)).toEqual(["sos-ch-gva-2.exo.io"]);
    // Set of the ranges that every host drops before anything else.
    expect(/set isolated_ip \{[^}]*elements = \{[^}]*10\.20\.0\.0\/24/.test(sent(made, "mail-application-1"))).toBe(
      true,
    );
  });

  test("opens database, cache and store to its servers and to the task that tells them their settings", async () => {
    const made = await mail();
    for (const [namespace, of] of [
      ["records", "records-from"],
      ["store", "store-gateway-for"],
    ] as const)
      expect(letIn(made, namespace).filter((name) => name.includes("-mail-"))).toEqual([
        `${of}-mail-mail-server`,
        `${of}-mail-mail-settle`,
      ]);
    expect(letIn(made, "locks")).toHaveLength(2);
  });

  test("says what a service needs to send, and is closed to the conferences without", async () => {
    const { outputs } = await mail();
    expect(outputs["relays"]).toMatchObject({
      hub: { host: "mail.ministry.example.ch", port: 2465, from: "hub@ministry.example.ch" },
    });
    const closed = await mail({ relays: undefined, conferencing: undefined, doors: undefined });
    expect(closed.outputs["relays"]).toEqual({});
    expect(published(closed)).not.toContain(2465);
  });

  test("is refused on the conferences' own network", async () => {
    await expect(
      mail({ range: "10.20.0.0/24", isolatedFrom: [{ name: "files", kind: "files", ranges: ["10.0.17.0/24"] }] }),
    ).rejects.toThrow(/expected hosts outside the conferencing network 10\.20\.0\.0\/24/);
  });
});
