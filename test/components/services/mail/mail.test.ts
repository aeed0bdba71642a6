/** The component and its plan: what they take and refuse, and what they open. */
import { edgeNamespace, tier } from "../../../../components/core/tier";
import { Mail, type MailArgs, mailboxSecret, type MailPlanArgs, planMail } from "../../../../components/services/mail";
import { serverSteps } from "../../../../components/services/mail/server";
import { type Deployment, deploy } from "../../../support/mocks";
import { manifests, object, target } from "../../kubernetes/target";
import { connections, planArgs } from "./given";

const domain = "crisis.example.ch";
const all = planArgs("mail", domain);
const { next, conferencing, relays, ...inside } = all;
if (next === undefined || conferencing === undefined || relays === undefined) throw new Error("expected everything");

/** A mail service in mocks; arguments can be changed, also against their type. */
const mail = (
  change: Partial<Record<keyof MailArgs, unknown>> = {},
  more: { readonly plan?: MailPlanArgs; readonly ask?: string; readonly cluster?: Parameters<typeof target>[0] } = {},
): Promise<Deployment> =>
  deploy(() => {
    const made = new Mail("mail", {
      on: {
        cluster: target(more.cluster ?? {}),
        edge: tier(edgeNamespace, "edge", { web: 8443 }),
        proxy: { port: 3128, peer: { name: "gateways", ranges: ["10.20.0.10/32"] } },
        media: () => undefined,
        hosts: () => undefined,
      },
      plan: planMail(more.plan ?? all),
      ...connections("mail"),
      ...change,
    } as unknown as MailArgs);
    const relay = more.ask === undefined ? undefined : made.relay(more.ask);
    return {
      host: made.host,
      records: made.records,
      passwords: made.passwords,
      ...(relay === undefined ? {} : { relay: { ...relay, password: relay.password?.value } }),
    };
  });

const opened = ({ resources }: Deployment): Record<string, readonly string[]> =>
  Object.fromEntries(
    manifests(resources)
      .filter(({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name !== "closed")
      .map(({ metadata }) => [
        metadata.name,
        (metadata as { annotations?: Record<string, string> }).annotations?.["sovereign-uc/reasons"]?.split("\n") ?? [],
      ]),
  );

describe("a mail service", () => {
  test("gives a planned relay as a value: one sender, its own password, the one door", async () => {
    const { outputs } = await mail({}, { ask: "cloud" });
    expect(outputs["relay"]).toEqual({
      host: "mail.crisis.example.ch",
      port: 2_465,
      user: "cloud@crisis.example.ch",
      from: "cloud@crisis.example.ch",
      password: "secret of mail-relay-cloud-1",
      peer: { name: "mail gateways", ranges: ["198.51.100.25/32"] },
    });
  });

  test("refuses a relay that the plan does not name", async () => {
    await expect(mail({}, { ask: "chat" })).rejects.toThrow(
      'expected a relay of this service out of cloud, got "chat"',
    );
  });

  test("opens the relay's door with its reason, and every way out with one", async () => {
    const ways = opened(await mail());
    expect(Object.keys(ways).sort()).toEqual(["mail-server", "mail-settle"]);
    expect(ways["mail-server"]).toEqual(
      expect.arrayContaining([expect.stringMatching(/^in tcp 12465 from .*: invitations of meetings$/)]),
    );
    const out = (ways["mail-server"] ?? []).filter((reason) => reason.startsWith("out "));
    expect(out).toHaveLength(4);
    expect((ways["mail-settle"] ?? []).filter((reason) => reason.startsWith("in "))).toEqual([]);
  });

  test("lets nothing in from other domains, and nothing out to them, unless the way is planned", async () => {
    const made = await mail({ next: undefined }, { plan: { ...inside, relays, conferencing } });
    const ways = (opened(made)["mail-server"] ?? []).join("\n");
    expect(ways).not.toMatch(/other domains/);
    expect(ways).not.toMatch(/ 10025 /);
    const plan = planMail(inside);
    expect(plan.routes.map(({ name }) => name)).toEqual(["mail-submissions", "mail-imaps"]);
    expect(plan.records.filter(({ type }) => type === "MX").map(({ value }) => value)).toEqual(["0 .", "0 ."]);
  });

  test("sends by the gateways where the plan leads there: servers find the way out at them, the settings need none", async () => {
    const addresses = ["10.20.0.10", "10.20.0.11"];
    const planned = { ...all, next: { ...next, addresses: ["192.0.2.25"] } };
    expect(planMail(all).outlets).toBeUndefined();
    expect(planMail(planned).outlets).toEqual([{ port: 2_525, addresses: ["192.0.2.25"], reason: "messages of mail" }]);
    const { resources } = await mail({ next: { ...connections("mail").next, addresses } }, { plan: planned });
    const hosts = Object.fromEntries(
      manifests(resources).flatMap(({ metadata, spec }) => {
        const { hostAliases } =
          (spec as { template?: { spec?: { hostAliases?: readonly { ip: string; hostnames: readonly string[] }[] } } })
            ?.template?.spec ?? {};
        return hostAliases === undefined ? [] : [[metadata.name, hostAliases]];
      }),
    );
    expect(hosts["mail-server"]).toEqual(addresses.map((ip) => ({ ip, hostnames: ["smtp.example.ch"] })));
    expect(JSON.stringify(hosts["mail-settle"] ?? "")).not.toContain("smtp.example.ch");
  });

  test("gives the records of every domain and of every generation of its keys", async () => {
    const { outputs } = await mail({ keyGeneration: ["2", "1"] });
    const names = (outputs["records"] as readonly { readonly name: string }[]).map(({ name }) => name);
    for (const one of [domain, `people.${domain}`])
      for (const key of ["k1", "k2"]) expect(names).toContain(`${key}._domainkey.${one}`);
    expect(names).toContain(`_smtp._tls.people.${domain}`);
  });

  test("has a server more than its people need", () => {
    expect(planMail({ ...inside, people: 1_000 }).requests[0]?.replicas).toBe(2);
    expect(planMail({ ...inside, people: 1_001 }).requests[0]?.replicas).toBe(3);
  });

  test("starts a server anew that waits at a silent database, at the address of its settings", async () => {
    const { resources } = await mail();
    const server = JSON.stringify(object(resources, "Deployment", "mail-server"));
    expect(server).toContain(
      '"livenessProbe":{"exec":{"command":["/bin/sh","/scripts/alive.sh","http://127.0.0.1:8080/healthz/live","db.crisis.example.ch","5432"]}',
    );
    const scripts = JSON.stringify(object(resources, "ConfigMap", "mail-server-scripts"));
    expect(scripts).toContain("/proc/net/tcp");
  });

  test("names secrets of mailboxes by what any address can be made of", async () => {
    const address = `duty.officer@people.${domain}`;
    const { outputs } = await mail();
    expect(Object.keys(outputs["passwords"] as object)).toContain(address);
    expect(mailboxSecret(address)).toMatch(/^mailbox-[0-9a-f]{12}$/);
  });
});

describe("what the servers are told", () => {
  const steps = (more: Partial<Parameters<typeof serverSteps>[0]> = {}) =>
    serverSteps({
      host: "mail.crisis.example.ch",
      domains: [domain],
      accounts: [{ name: "cloud", domain, secret: "relay-cloud", from: ["192.0.2.10/32"], perHour: 7 }],
      selectors: ["k1"],
      proxies: "10.42.0.0/16",
      sts: "enforce",
      bucket: { endpoint: "https://store.example.ch", bucket: "mail", region: "x" },
      secrets: "/secrets",
      ...more,
    });
  /** Arguments of all calls of one object, as text. */
  const told = (object: string, all = steps()): string =>
    JSON.stringify(
      all.filter(({ request }) => request.methodCalls.some(([method]) => method.startsWith(`x:${object}/`))),
    );

  test("switches off everything that upstream fetches or tells by itself", () => {
    expect(told("Application")).toContain('"enabled":false');
    // Upstream writes no row that is as it would be without one: the last word counts only after another.
    expect(told("Asn").match(/"@type":"[A-Za-z]+"/g)).toEqual(['"@type":"Dns"', '"@type":"Disabled"']);
    expect(told("SpamSettings")).toContain('"enable":false,"spamFilterRulesUrl":null');
    expect(told("SpamPyzor")).toContain('"enable":false');
    // No row of upstream's own table is left: none with GitHub in it is written either.
    expect(JSON.stringify(steps())).not.toMatch(/github|pyzor\.org|https:\/\/(?!store\.example\.ch)/);
  });

  test("takes no password without TLS, relays for nobody from outside, and sends only encrypted", () => {
    const open = steps({ next: { host: "smtp.example.ch", port: 2_525 } });
    expect(told("MtaStageAuth", open)).toContain("listener != 'smtp' && is_tls");
    expect(told("MtaStageRcpt", open)).toContain('"allowRelaying":{"else":"!is_empty(authenticated_as)","match":{}}');
    expect(told("MtaStageRcpt")).toContain('"allowRelaying":{"else":"false","match":{}}');
    expect(told("Imap")).toContain('"allowPlainTextAuth":false');
    expect(told("MtaTlsStrategy")).toContain('"startTls":"require","allowInvalidCerts":false');
    expect(told("MtaTlsStrategy")).not.toContain("invalid-tls");
    const listeners = told("NetworkListener", open);
    expect(listeners.match(/"tlsImplicit":true/g)).toHaveLength(3);
  });

  test("limits each account, and lets a relay sign in from the conferencing networks alone", () => {
    expect(told("MtaInboundThrottle")).toContain(
      `"rate":{"count":7,"period":3600000},"match":{"else":"authenticated_as == 'cloud@${domain}'"`,
    );
    expect(told("Account")).toContain('"allowedIps":{"192.0.2.10/32":true}');
  });

  test("lets people read and send, and a relay send, by no role of upstream's own", () => {
    const person = { name: "duty", domain, secret: "mailbox-x", from: [], perHour: 7 };
    const rights = (all: ReturnType<typeof steps>) =>
      told("Account", all).match(/"permissions":\{"@type":"Replace","enabledPermissions":\{[^}]*\}/g) ?? [];
    expect(rights(steps())).toEqual([
      '"permissions":{"@type":"Replace","enabledPermissions":{"authenticate":true,"emailSend":true}',
      // Made, or brought in line.
      '"permissions":{"@type":"Replace","enabledPermissions":{"authenticate":true,"emailSend":true}',
    ]);
    const read = rights(steps({ accounts: [person] }))[0] ?? "";
    for (const right of ["emailSend", "emailReceive", "imapAuthenticate", "imapFetch"])
      expect(read).toContain(`"${right}":true`);
    expect(read).not.toMatch(/jmap|sys[A-Z]|sieve|pop3|dav|Acl/);
  });

  test("lets a server start alone at last, where none has yet", () => {
    const all = steps();
    expect(all[0]).toMatchObject({ step: "find", as: "first", request: { methodCalls: [["x:Role/query", {}, "0"]] } });
    expect(all.at(-1)).toMatchObject({ step: "start", of: "first", request: { methodCalls: [] } });
  });

  test("takes no message whose author is not who signed in", () => {
    expect(told("MtaStageData")).toContain(
      '"script":{"else":"false","match":{"0":{"if":"!is_empty(authenticated_as)","then":"\'sender\'"}}}',
    );
    expect(told("SieveSystemScript")).toContain("not address :is :all");
  });

  test("gives nobody a password where people sign in at a provider", () => {
    const login = steps({ login: { issuer: "https://login.example.ch/realms/x", clientId: "mail" } });
    expect(told("Account", login)).not.toContain("credentials");
    expect(told("Directory", login)).toContain('"requireAudience":"mail"');
  });
});

describe("a plan of mail", () => {
  const refused = (change: Record<string, unknown>, message: string | RegExp) =>
    expect(() => planMail({ ...all, ...change } as MailPlanArgs)).toThrow(message);

  test("is refused without DMARC, and with a policy that lets forged messages through", () => {
    refused({ dmarc: undefined }, /dmarc: .*expected a DMARC policy/);
    refused(
      { dmarc: { policy: "none", reports: `postmaster@${domain}` } },
      "forged in the domain's name are delivered",
    );
    refused({ dmarc: { policy: "reject", reports: "me@elsewhere.example" } }, /dmarc: .*reports/);
  });

  test("is refused with relays that nobody gave a reason for, and with a door that nobody uses", () => {
    refused({ conferencing: undefined }, "expected conferencing with ranges, addresses and a reason beside relays");
    refused({ conferencing: { ...conferencing, reason: "" } }, "say why conferencing may reach the relay");
    refused({ relays: {} }, "expected a relay beside conferencing");
    refused({ conferencing: { ...conferencing, through: ["10.0.0.9/32"] } }, "which mail is isolated from");
    refused({ conferencing: { ...conferencing, through: ["0.0.0.0/0"] } }, "which mail is isolated from");
  });

  test("is refused for a relay that sends as somebody else, or for another domain", () => {
    refused({ relays: { cloud: { from: `postmaster@${domain}` } } }, "expected a sender of its own");
    refused({ relays: { cloud: { from: "cloud@elsewhere.example" } } }, "expected an address in lower case of");
    refused(
      { relays: { cloud: { from: `cloud@${domain}` }, chat: { from: `cloud@${domain}` } } },
      "expected a sender of its own",
    );
  });

  test("is refused without a postmaster, and for mailboxes that clash", () => {
    refused({ mailboxes: [`duty@${domain}`] }, `expected postmaster@${domain} among the mailboxes`);
    refused({ mailboxes: [`postmaster@${domain}`, `postmaster@${domain}`] }, "expected each mailbox once");
  });

  test("is refused for a way out that nobody answers for", () => {
    refused({ next: { ...next, senders: [] } }, /next: .*senders/);
    refused({ next: { ...next, issuer: undefined } }, /next: .*issuer/);
  });
});

describe("a mail service is refused", () => {
  test("in the network of the conferences, and in one that does not drop theirs", async () => {
    const beside = { ...all, conferencing: { ...conferencing, ranges: ["10.20.0.0/24"] } };
    await expect(mail({}, { plan: beside })).rejects.toThrow(
      'expected hosts outside the conferencing network 10.20.0.0/24, got "10.20.0.20"; give mail a platform with a network of its own',
    );
    await expect(mail({}, { cluster: { isolatedFrom: [] } })).rejects.toThrow(
      "expected a network that is isolated from 10.0.0.0/16",
    );
  });

  test("with a certificate that nobody outside knows beside a policy that demands one", async () => {
    await expect(mail({ certificate: undefined })).rejects.toThrow(
      "expected a certificate that other domains' servers know beside MTA-STS in mode enforce",
    );
    await expect(mail({ certificate: undefined }, { plan: { ...all, sts: "testing" } })).resolves.toBeDefined();
  });

  test("with a way out that is not the planned one", async () => {
    await expect(mail({ next: undefined })).rejects.toThrow(
      'expected the planned way out, smtp.example.ch:2525, got "none"',
    );
  });

  test("with a way out by the gateways that they do not lead to", async () => {
    const { next: given } = connections("mail");
    await expect(mail({ next: { ...given, addresses: ["10.20.0.10"] } })).rejects.toThrow(
      'expected a plan with a way to the relay at port 2525, got "none"; plan it: planMail({ …, next: { …, addresses: […] } })',
    );
  });

  test("with relays that nobody can find, or beside a provider that takes no passwords", async () => {
    await expect(mail({ doors: [] })).rejects.toThrow("expected addresses of the mail's gateways beside relays");
    await expect(mail({ doors: ["10.0.0.9"] })).rejects.toThrow("expected an address outside 10.0.0.0/16");
    const login = { issuer: "https://login.example.ch", clientId: "mail", port: 443, peer: { name: "x", ranges: ["192.0.2.1/32"] } }; // prettier-ignore
    await expect(mail({ login })).rejects.toThrow("expected no relays beside login");
  });

  test("with a database or a cache whose name is known only later", async () => {
    await expect(mail({ database: { ...connections("mail").database, host: undefined } })).rejects.toThrow(
      "expected a database whose host is a plain name",
    );
  });
});
