/**
 * Everything rendered for mail, judged by others' programs: records by a real resolver and by the verifiers of DKIM and SPF that Debian has; and the task that tells the servers
 * their settings, by a stand-in for the part of the program that it talks to. The mail server itself can be had from no registry.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quoted, textStrings } from "../../components/core/dns-text";
import { dkimRecord, type MailDomain, mailRecords } from "../../components/core/mail-records";
import type { PlannedRecord } from "../../components/core/planned-records";
import { scripts } from "../../components/services/mail/files";
import { stepsText } from "../../components/services/mail/objects";
import { serverSteps } from "../../components/services/mail/server";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";

jest.setTimeout(120_000);

const domain = "crisis.example.ch";
const settings: MailDomain = {
  domain,
  host: `mail.${domain}`,
  senders: ["192.0.2.25/32"],
  world: true,
  dmarc: "reject",
  reports: `postmaster@${domain}`,
  sts: "enforce",
  issuer: "ca.example.ch",
};

/** A record as a zone file has it. */
const line = ({ name, type, value }: PlannedRecord): string =>
  `${name}. 60 IN ${type} ${type === "TXT" ? quoted(textStrings(value) ?? []) : value}`;

describeWith(["unbound", "drill", "dkimverify"], "the records of a domain with mail", () => {
  const key = generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const records = [...mailRecords(settings), dkimRecord(domain, "k1", key.publicKey)];
  let folder: string;
  let resolver: Background;
  let port = 0;

  /** Answers of a resolver, without name and time. */
  const asked = (name: string, type: string): readonly string[] =>
    execFileSync(installed("drill") ?? "", ["-p", String(port), "@127.0.0.1", name, type], { encoding: "utf8" })
      .split("\n")
      .filter((answer) => answer.startsWith(`${name}.\t`) && answer.includes(`\tIN\t${type}\t`))
      .map((answer) => answer.split("\t").slice(4).join(" "));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "sovereign-uc-mail-"));
    [port = 0] = await freePorts(1);
    const config = [
      "server:",
      `  interface: 127.0.0.1@${port}`,
      ...['directory: ""', 'chroot: ""', 'username: ""', 'pidfile: ""', "use-syslog: no", "do-daemonize: no"].map(
        (setting) => `  ${setting}`,
      ),
      `  local-zone: "${domain}." static`,
      ...records.map((record) => `  local-data: '${line(record)}'`),
      "remote-control:",
      "  control-enable: no",
      "",
    ].join("\n");
    writeFileSync(join(folder, "unbound.conf"), config);
    resolver = background(installed("unbound") ?? "", ["-d", "-c", join(folder, "unbound.conf")], folder);
    await until("a resolver that answers", () => Promise.resolve(asked(domain, "MX").length > 0), 30);
  });
  afterAll(async () => {
    await resolver.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const verified = (given: Partial<{ selector: string; key: string }>, spf: readonly (readonly string[])[] = []) =>
    JSON.parse(
      execFileSync("/usr/bin/python3", [join(__dirname, "mail-verify.py"), String(port)], {
        encoding: "utf8",
        input: JSON.stringify({ domain, selector: "k1", key: key.privateKey, spf, ...given }),
      }),
    ) as { readonly dkim: boolean; readonly changed: boolean; readonly spf: readonly string[] };

  test("are served by a real resolver as they are planned", () => {
    for (const record of records.filter(({ type }) => type !== "TXT"))
      expect([record.name, record.type, asked(record.name, record.type).map((one) => one.replace(/\.$/, ""))]).toEqual([
        record.name,
        record.type,
        [record.value.replace(/\.$/, "")],
      ]);
    expect(asked(`_mta-sts.${domain}`, "TXT")).toEqual([expect.stringMatching(/^"v=STSv1; id=\w{16};"$/)]);
  });

  test("let others verify a signature by the published key, and refuse a changed message and another key", () => {
    expect(verified({})).toMatchObject({ dkim: true, changed: false });
    const other = generateKeyPairSync("rsa", {
      modulusLength: 2_048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    expect(verified({ key: other.privateKey })).toMatchObject({ dkim: false });
  });

  test("let the named sender through SPF, and nobody else", () => {
    const from = `cloud@${domain}`;
    expect(
      verified({}, [
        ["192.0.2.25", from],
        ["192.0.2.26", from],
        ["192.0.2.25", `x@mail.${domain}`],
      ]).spf,
    ).toEqual(["pass", "fail", "fail"]);
  });
});

describeWith(["curl", "node"], "the task that tells mail servers their settings", () => {
  let folder: string;
  let port = 0;
  let ownPort = 0;
  const secrets = {
    "account-mailbox-1": "first|word&of\\a-mailbox",
    "account-relay-cloud": "word-of-a-relay",
    cache: "rediss://:word@cache.example.ch:6379",
  };
  const steps = stepsText(
    serverSteps({
      host: `mail.${domain}`,
      domains: [domain, `people.${domain}`],
      accounts: [
        { name: "postmaster", domain, secret: "mailbox-1", from: [], perHour: 300 },
        { name: "cloud", domain: `people.${domain}`, secret: "relay-cloud", from: ["192.0.2.10/32"], perHour: 10 },
      ],
      selectors: ["k1"],
      proxies: "10.42.0.0/16",
      sts: "enforce",
      next: { host: "smtp.example.ch", port: 465 },
      bucket: { endpoint: "https://store.example.ch", bucket: "mail", region: "x" },
      secrets: "/secrets",
    }),
  );

  interface State {
    /** Starts of a server as it will be. */
    readonly starts: number;
    readonly things: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  }
  const state = () => JSON.parse(readFileSync(join(folder, "state"), "utf8")) as State;
  const write = (files: Readonly<Record<string, string>>, below: string): void => {
    mkdirSync(join(folder, below), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, below, name), text);
  };
  const settle = (more: Readonly<Record<string, string>> = {}) =>
    spawnSync("/bin/sh", [join(folder, "scripts", "settle.sh")], {
      encoding: "utf8",
      timeout: 100_000,
      env: {
        PATH: process.env["PATH"] ?? "",
        HTTPS_PROXY: "http://127.0.0.1:9",
        HTTP_PROXY: "http://127.0.0.1:9",
        MAIL_PROGRAM: join(folder, "mail-server.mjs"),
        MAIL_CONFIG: join(folder, "config"),
        MAIL_SECRETS: join(folder, "secrets"),
        MAIL_WORK: join(folder, "work"),
        MAIL_AUTHORITIES: join(folder, "authority.crt"),
        MAIL_PORT: String(port),
        MAIL_OWN_PORT: String(ownPort),
        MAIL_WAIT: "30",
        STAND_IN_OWN_PORT: String(ownPort),
        STAND_IN_STATE: join(folder, "state"),
        ...more,
      },
    });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "sovereign-uc-settle-"));
    [port = 0, ownPort = 0] = await freePorts(2);
    write(scripts.settle, "scripts");
    write({ "config.json": "{}", "steps.txt": steps }, "config");
    write(secrets, "secrets");
    write({ "authority.crt": "authority\n" }, ".");
    mkdirSync(join(folder, "work"));
    cpSync(join(__dirname, "mail-stand-in.mjs"), join(folder, "mail-server.mjs"));
    execFileSync("chmod", ["755", join(folder, "mail-server.mjs")]);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("tells everything, with what was found and what is secret in its place, and shows none of it", () => {
    const { status, stdout, stderr } = settle();
    expect([status, stderr]).toEqual([0, ""]);
    const { things } = state();
    const accounts = Object.values(things["x:Account"] ?? {});
    const [first = ""] = Object.keys(things["x:Domain"] ?? {});
    expect(accounts).toHaveLength(2);
    expect(accounts[0]).toMatchObject({
      domainId: first,
      credentials: { "0": { secret: secrets["account-mailbox-1"] } },
    });
    expect(things["x:InMemoryStore"]?.["singleton"]).toMatchObject({ url: secrets.cache });
    expect(Object.keys(things["x:NetworkListener"] ?? {})).toHaveLength(5);
    for (const word of Object.values(secrets)) expect(stdout).not.toContain(word);
    // Nothing secret stays in the folder that it works in.
    expect(readdirSync(join(folder, "work")).sort()).toEqual(["authorities.crt", "mail-server", "problem"]);
  });

  test("keeps what others refer to when it runs again, and brings it in line", () => {
    expect(settle().status).toBe(0);
    const before = state().things;
    write({ "account-relay-cloud": "another-word" }, "secrets");
    const { status, stderr } = settle();
    expect([status, stderr]).toEqual([0, ""]);
    const after = state().things;
    for (const kind of ["x:Domain", "x:Certificate", "x:Account"])
      expect([kind, Object.keys(after[kind] ?? {})]).toEqual([kind, Object.keys(before[kind] ?? {})]);
    expect(JSON.stringify(after["x:Account"])).toContain("another-word");
    expect(Object.values(after["x:NetworkListener"] ?? {})).toEqual(Object.values(before["x:NetworkListener"] ?? {}));
  });

  test("starts a server as it will be, alone, the first time and no other", () => {
    expect(settle().status).toBe(0);
    expect(state().starts).toBe(1);
    expect(settle().status).toBe(0);
    expect(state().starts).toBe(1);
  });

  test("stops and says which setting was refused", () => {
    const { status, stderr } = settle({ STAND_IN_REFUSES: "x:Imap" });
    expect(status).toBe(1);
    expect(stderr).toContain("expected x:Imap to be set, got");
    expect(state().things["x:Domain"]).toBeUndefined();
  });

  test("says so where the program does not start", () => {
    writeFileSync(join(folder, "mail-server.mjs"), "#!/bin/sh\nexit 3\n");
    const { status, stderr } = settle();
    expect(status).toBe(1);
    expect(stderr).toContain("expected a server that answers, got");
  });
});
