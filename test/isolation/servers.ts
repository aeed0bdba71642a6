/** Real programs: those of the isolated systems, the internet's, and a gateway's with its rendered files. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RenderedHost } from "../support/infrastructure";
import { type Background, background } from "../support/programs/background";
import { installed } from "../support/programs/programs";
import { signedNames, signingPrograms } from "../support/programs/signed-names";
import { internet, isolated } from "./addresses";
import type { Laboratory } from "./laboratory";

/** Programs needed, beside those of the laboratory. */
export const programs = [
  "nsenter",
  "unshare",
  "setpriv",
  "openssl",
  "slapd",
  "postfix",
  "dovecot",
  "unbound",
  "squid",
  "haproxy",
  ...signingPrograms,
];

/** Files of a machine by their paths. */
type Tree = Readonly<Record<string, string>>;

/** The gateway whose programs run. */
export const openDoor = "door-1";

/** Names in `example.ch` on the internet's resolvers, manipulated: the artefact store resolves to the directory. */
export const names = {
  "registry.example.ch": internet.web.ip,
  "relay.example.ch": internet.web.ip,
  "artefacts.example.ch": isolated.directory.ip,
} as const;

/** A listed name that resolves to the directory on the gateway itself: then only the proxy can refuse it. */
export const misledName = "packages.example.ch";

/** Programs that run until they are stopped. */
export class Servers {
  private readonly folder = mkdtempSync(join(tmpdir(), "isolation-"));
  private readonly running: Background[] = [];

  constructor(
    private readonly laboratory: Laboratory,
    hosts: Readonly<Record<string, RenderedHost>>,
  ) {
    const { key, certificate } = this.certificate();
    // Each next to its configuration: AppArmor allows a program to read nothing else.
    const beside = (folder: string): Tree => ({
      [`${folder}/key.pem`]: key,
      [`${folder}/certificate.pem`]: certificate,
    });
    this.start("directory", "slapd", ["-d", "0", "-f", "/etc/ldap/slapd.conf", "-h", ldapUrls], {
      ...beside("/etc/ldap"),
      ...directory,
    });
    this.start("mail", "postfix", ["start-fg"], { ...beside("/etc/postfix"), ...post });
    this.start("mail", "dovecot", ["-F"], { ...beside("/etc/dovecot"), ...mailboxes });
    const { zone, anchor } = signedNames(Object.entries(names).map(([name, address]) => `${name}. 60 IN A ${address}`));
    this.start("internet", "unbound", ["-d", "-p"], {
      ...beside("/etc/unbound"),
      ...resolvers,
      "/etc/unbound/root.zone": zone,
    });

    const files = hosts[openDoor]?.files ?? {};
    const door: Tree = {
      ...Object.fromEntries(
        [
          "/etc/squid/squid.conf",
          "/etc/unbound/unbound.conf",
          "/etc/unbound/listed.rpz",
          "/etc/haproxy/haproxy.cfg",
          "/etc/resolv.conf",
        ].map((path) => [path, files[path] ?? ""]),
      ),
      "/etc/ssl/certs/ca-certificates.crt": certificate,
      "/var/lib/unbound/root.key": anchor,
      "/etc/hosts": `127.0.0.1 localhost\n${isolated.directory.ip} ${misledName}\n`,
    };
    this.start(openDoor, "unbound", ["-d", "-p"], door);
    this.start(openDoor, "squid", ["-N"], door);
    // Fewer connections than in the file: not every test machine grants as many open files as systemd does.
    this.start(openDoor, "haproxy", ["-db", "-n", "1000", "-f", "/etc/haproxy/haproxy.cfg"], door);
  }

  /** Throws once one of them has ended by itself. */
  mustRun(): void {
    for (const one of this.running) one.mustRun();
  }

  /** The last lines that they wrote. */
  log(): string {
    return this.running.map((one) => one.log()).join("\n");
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map((one) => one.stop()));
    rmSync(this.folder, { recursive: true });
  }

  /** Starts a program in a namespace, in a process namespace that ends with it. */
  private start(space: string, program: string, args: readonly string[], tree: Tree): void {
    const root = join(this.folder, `${space}-${program}`);
    for (const [path, content] of Object.entries(tree)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    const own = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
    const inside = ["sh", join(__dirname, "inside.sh"), root, installed(program) ?? program, ...args];
    const net = `--net=${this.laboratory.path(space)}`;
    // It ends with the test even if the test is killed.
    const bound = ["--pdeathsig", "KILL", "nsenter", net, "unshare", ...own, ...inside];
    this.running.push(background(installed("setpriv") ?? "setpriv", bound, this.folder));
  }

  /** A self-signed certificate for every server of the test. */
  private certificate(): { readonly key: string; readonly certificate: string } {
    const [key, certificate] = [join(this.folder, "key"), join(this.folder, "certificate")];
    const subjects = ["dns1.example.ch", "dns2.example.ch", "mail.example.org", "directory.example.org"];
    execFileSync(
      "openssl",
      ["req", "-x509", "-nodes", "-days", "2", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        .concat(["-subj", "/CN=test", "-addext", `subjectAltName=${subjects.map((name) => `DNS:${name}`).join(",")}`])
        .concat(["-keyout", key, "-out", certificate]),
      { stdio: "pipe" },
    );
    return { key: readFileSync(key, "utf8"), certificate: readFileSync(certificate, "utf8") };
  }
}

const lines = (...text: readonly string[]): string => `${text.join("\n")}\n`;

const ldapUrls = ["ldap://:389", "ldap://:3268", "ldaps://:636", "ldaps://:3269"].map((url) => `${url}/`).join(" ");
const directory: Tree = {
  "/etc/ldap/slapd.conf": lines(
    "include /etc/ldap/schema/core.schema",
    "modulepath /usr/lib/ldap",
    "moduleload back_mdb",
    "TLSCertificateFile /etc/ldap/certificate.pem",
    "TLSCertificateKeyFile /etc/ldap/key.pem",
    "database mdb",
    'suffix "dc=example,dc=org"',
    "directory /var/lib/ldap",
  ),
};

const post: Tree = {
  "/etc/postfix/main.cf": lines(
    "compatibility_level = 3.6",
    "myhostname = mail.example.org",
    "maillog_file = /dev/stdout",
    "alias_maps =",
    "smtpd_peername_lookup = no",
    "smtpd_tls_chain_files = /etc/postfix/key.pem, /etc/postfix/certificate.pem",
  ),
  "/etc/postfix/master.cf": lines(
    "smtp inet n - n - - smtpd",
    "submission inet n - n - - smtpd",
    "submissions inet n - n - - smtpd",
    "  -o smtpd_tls_wrappermode=yes",
    "tlsmgr unix - - n 1000? 1 tlsmgr",
    "anvil unix - - n - 1 anvil",
    "rewrite unix - - n - - trivial-rewrite",
    "proxymap unix - - n - - proxymap",
    "postlog unix-dgram n - n - 1 postlogd",
  ),
};

const mailboxes: Tree = {
  "/etc/dovecot/dovecot.conf": lines(
    "protocols = imap",
    "log_path = /dev/stderr",
    "ssl_cert = </etc/dovecot/certificate.pem",
    "ssl_key = </etc/dovecot/key.pem",
    "mail_location = maildir:/var/mail/%u",
    "passdb {",
    "  driver = static",
    "  args = nopassword=y",
    "}",
    "userdb {",
    "  driver = static",
    "  args = uid=65534 gid=65534 home=/var/mail",
    "}",
  ),
};

const resolvers: Tree = {
  "/etc/unbound/unbound.conf": lines(
    "server:",
    ...[internet.resolver, internet.secondResolver].map(({ ip }) => `  interface: ${ip}@853`),
    "  access-control: 0.0.0.0/0 allow",
    "  tls-service-key: /etc/unbound/key.pem",
    "  tls-service-pem: /etc/unbound/certificate.pem",
    "auth-zone:",
    '  name: "."',
    "  zonefile: /etc/unbound/root.zone",
    "  for-downstream: yes",
  ),
};
