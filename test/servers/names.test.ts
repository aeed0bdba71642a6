/** Names and addresses that lead out: the real unbound and squid of a gateway, before resolvers that write down what they are asked. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Cidr } from "../../components/core/cidr";
import { gateway } from "../../components/recipe/parts/gateway";
import { describeWithNamespaces } from "../isolation/possible";
import { gatewayArgs } from "../support/arguments";
import { type Background, background, until } from "../support/programs/background";
import { signedNames, signingPrograms } from "../support/programs/signed-names";

jest.setTimeout(120_000);

const space = `uc-names-${process.pid}`;
const [resolver, second] = gatewayArgs.site.resolvers.map(({ address }) => address);
const door = "10.20.0.10";
const web = "192.0.2.80";

/** Listed names that lead to where nothing of the internet's is. */
const misleading = {
  "loopback.example.org": "A 127.0.0.1",
  "neighbour.example.org": "A 10.20.0.20",
  "metadata.example.org": "A 169.254.169.254",
  "shared.example.org": "A 100.64.0.1",
  "private.example.org": "A 192.168.3.4",
  "local.example.org": "AAAA fd00:1::1",
  "link.example.org": "AAAA fe80::1",
  "mapped.example.org": "AAAA ::ffff:10.20.0.20",
  "translated.example.org": "AAAA 64:ff9b::0a14:0014",
  "isolated.example.org": "A 203.0.113.9",
} as const;
const records = [
  `packages.example.ch. 60 IN A ${web}`,
  `artefacts.example.ch. 60 IN A ${web}`,
  `registry.example.ch. 60 IN CNAME pop-7.cdn.example.net.`,
  `pop-7.cdn.example.net. 60 IN A ${web}`,
  `parent.example.org. 60 IN A ${web}`,
  `child.of.parent.example.org. 60 IN A ${web}`,
  `forged.example.org. 60 IN A ${web}`,
  `unlisted.example.ch. 60 IN A ${web}`,
  `data.packages.example.ch. 60 IN TXT "carried out"`,
  `z.of.parent.example.org. 60 IN TXT "carried out"`,
  ...Object.entries(misleading).map(([name, value]) => `${name}. 60 IN ${value}`),
];
const egress = [
  "parent.example.org",
  "child.of.parent.example.org",
  "forged.example.org",
  "missing.example.org",
  ...Object.keys(misleading),
].map((host) => ({ host, port: 443, reason: "a test" }));

describeWithNamespaces(
  ["unbound", "squid", "drill", "python3", "openssl", "unshare", ...signingPrograms],
  "names that lead out",
  () => {
    let folder: string;
    const running: Background[] = [];
    const inside = (...words: string[]): readonly string[] => ["netns", "exec", space, ...words];
    let recipe: ReturnType<typeof gateway>;
    const file = (path: string): string => recipe.files?.find((one) => one.path === path)?.content ?? "";

    /** Starts a program with files of its own in their places; what it says goes into a file. */
    function start(name: string, tree: Readonly<Record<string, string>>, words: readonly string[]): void {
      const root = join(folder, name);
      for (const [path, content] of Object.entries(tree)) {
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), content);
      }
      const script = `exec sh ${join(__dirname, "../isolation/inside.sh")} ${root} ${words.join(" ")} >${join(folder, name)}.log 2>&1`;
      const own = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script];
      running.push(background("ip", inside(...own), folder));
    }

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "names-"));
      recipe = gateway({
        address: door,
        next: "10.20.0.11",
        range: Cidr.parse("10.20.0.0/24"),
        isolatedFrom: [Cidr.parse("203.0.113.0/28")],
        published: [],
        egress,
        volumeHosts: [],
        ...gatewayArgs.site,
      });
      execFileSync("ip", ["netns", "add", space]);
      execFileSync("ip", ["-n", space, "link", "set", "lo", "up"]);
      for (const one of [resolver ?? "", second ?? "", door, "10.20.0.20", web, "203.0.113.9"])
        execFileSync("ip", ["-n", space, "address", "add", `${one}/32`, "dev", "lo"]);
      const key = join(folder, "key");
      const subjects = gatewayArgs.site.resolvers.map(({ name }) => `DNS:${name}`).join(",");
      execFileSync(
        "openssl",
        ["req", "-x509", "-nodes", "-days", "2", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"].concat([
          "-subj",
          "/CN=test",
          "-addext",
          `subjectAltName=${subjects}`,
          "-keyout",
          key,
          "-out",
          `${key}.pem`,
        ]),
        { stdio: "pipe" },
      );
      const certificate = readFileSync(`${key}.pem`, "utf8");
      const { zone, anchor } = signedNames(records);
      const upstream = (address: string, port: number, data: readonly string[]): string =>
        [
          "server:",
          `  interface: ${address}@${port}`,
          `  tls-port: ${port}`,
          "  access-control: 0.0.0.0/0 allow",
          '  chroot: ""',
          "  use-syslog: no",
          "  log-queries: yes",
          "  tls-service-key: /etc/unbound/key.pem",
          "  tls-service-pem: /etc/unbound/certificate.pem",
          ...data,
          "",
        ].join("\n");
      const tls = { "/etc/unbound/key.pem": readFileSync(key, "utf8"), "/etc/unbound/certificate.pem": certificate };
      const signed = ["auth-zone:", '  name: "."', "  zonefile: /etc/unbound/root.zone", "  for-downstream: yes"];
      for (const [name, address] of [
        ["first", resolver ?? ""],
        ["second", second ?? ""],
      ] as const)
        start(
          name,
          {
            ...tls,
            "/etc/unbound/unbound.conf": upstream(address, 853, signed),
            // Somebody on the way has another address for it.
            "/etc/unbound/root.zone": zone.replace(/^(forged\.example\.org\.\t.*A\t)192\.0\.2\.80/m, "$1192.0.2.66"),
          },
          ["unbound", "-d", "-p"],
        );
      // Resolvers that know the names and leave out every signature.
      start(
        "stripping",
        {
          ...tls,
          "/etc/unbound/unbound.conf": upstream(resolver ?? "", 8853, [
            '  local-zone: "." static',
            ...records.slice(0, 2).map((record) => `  local-data: '${record}'`),
          ]),
        },
        ["unbound", "-d", "-p"],
      );
      const own = {
        "/etc/unbound/listed.rpz": file("/etc/unbound/listed.rpz"),
        "/etc/ssl/certs/ca-certificates.crt": certificate,
        "/var/lib/unbound/root.key": anchor,
        "/etc/resolv.conf": file("/etc/resolv.conf"),
        "/etc/hosts": "127.0.0.1 localhost artefacts.example.ch\n",
      };
      const configuration = file("/etc/unbound/unbound.conf");
      start("door", { ...own, "/etc/unbound/unbound.conf": configuration }, ["unbound", "-d", "-p"]);
      start(
        "misled",
        {
          ...own,
          "/etc/unbound/unbound.conf": configuration
            .replace("interface: 0.0.0.0", "interface: 10.20.0.20")
            .replace(/ {2}forward-addr.*\n/g, "")
            .replace(
              "forward-tls-upstream: yes",
              `$&\n  forward-addr: ${resolver}@8853#${gatewayArgs.site.resolvers[0].name}`,
            ),
        },
        ["unbound", "-d", "-p"],
      );
      start("squid", { ...own, "/etc/squid/squid.conf": file("/etc/squid/squid.conf") }, ["squid", "-N"]);
      const listen = `
import socket
s = socket.create_server(("", 443), backlog=64)
while True: c, _ = s.accept(); c.close()`;
      running.push(background("ip", inside("python3", "-c", listen), folder));
      await until(
        "names and the proxy",
        () => {
          running.forEach((one) => one.mustRun());
          return Promise.resolve(
            ask("packages.example.ch").includes(web) && connects("packages.example.ch:443") === "200",
          );
        },
        30,
      );
    });
    afterAll(async () => {
      await Promise.all(running.map((one) => one.stop()));
      spawnSync("ip", ["netns", "delete", space]);
      rmSync(folder, { recursive: true });
    });

    /** Answer of a gateway's resolver to a private host. */
    const ask = (name: string, type = "A", at = door): string =>
      spawnSync("ip", inside("drill", "-D", name, type, `@${at}`), { encoding: "utf8" }).stdout;
    const code = (answer: string): string | undefined => /rcode: (\w+)/.exec(answer)?.[1];
    /** Queries that reached the resolvers outside. */
    const asked = (): string =>
      ["first", "second"].map((name) => readFileSync(join(folder, `${name}.log`), "utf8")).join("");
    /** Answer of the proxy to a request line. */
    function proxied(line: string): string {
      const script = `
import socket, sys
s = socket.create_connection(("${door}", 3128), 5); s.settimeout(20)
s.sendall((sys.argv[1] + " HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n").encode())
print(s.recv(4096).split(b" ")[1].decode())`;
      return spawnSync("ip", inside("python3", "-c", script, line), { encoding: "utf8" }).stdout.trim();
    }
    const connects = (place: string): string => proxied(`CONNECT ${place}`);

    test("a listed name is answered and its signature checked, also where it is an alias of a name that is not listed", () => {
      expect(ask("packages.example.ch")).toMatch(/;; flags: .*\bad\b/);
      const alias = ask("registry.example.ch");
      expect(alias).toMatch(/;; flags: .*\bad\b/);
      expect(alias).toContain(web);
      expect(ask("child.of.parent.example.org")).toContain(web);
      expect(asked()).toContain("pop-7.cdn.example.net.");
    });

    test.each<[string, string, string]>([
      ["another name", "unlisted.example.ch", "A"],
      ["the name that a listed one is an alias of", "cdn.example.net", "A"],
      ["a name below a listed one", "data.packages.example.ch", "TXT"],
      ["a name far below a listed one", "a.b.c.d.packages.example.ch", "A"],
      ["a name between two listed ones", "of.parent.example.org", "A"],
      ["a name beside a listed one, below another", "z.of.parent.example.org", "TXT"],
      ["a delegation", "unlisted.example.ch", "DS"],
      ["the top", "ch", "NS"],
      ["an address of the network's", "20.0.20.10.in-addr.arpa", "PTR"],
      ["another address", "8.8.8.8.in-addr.arpa", "PTR"],
    ])("%s is not answered, and nobody outside is asked for it", (_, name, type) => {
      const answer = ask(name, type);
      expect(["REFUSED", "NXDOMAIN"]).toContain(code(answer));
      expect(answer).not.toContain("carried out");
      expect(asked()).not.toMatch(new RegExp(` ${name.replaceAll(".", "\\.")}\\. ${type} IN`));
    });

    test.each(Object.entries(misleading))("%s, which somebody has made say %s, has no address", (name, value) => {
      const [type = "", address = ""] = value.split(" ");
      const answer = ask(name, type);
      expect(answer).toContain("rcode");
      expect(answer).not.toMatch(new RegExp(`^${name}.*\\s${address}$`, "m"));
    });

    test("an answer that does not fit its signature is none", () => {
      expect(code(ask("forged.example.org"))).toBe("SERVFAIL");
    });

    test("resolvers that leave out signatures are noticed: nothing is answered", () => {
      expect(code(ask("packages.example.ch", "A", "10.20.0.20"))).toBe("SERVFAIL");
      expect(readFileSync(join(folder, "stripping.log"), "utf8")).toContain("info:");
    });

    test("the gateway's check says so, and what to do", () => {
      const check = (nameserver: string) =>
        spawnSync(
          "ip",
          inside(
            "unshare",
            "--mount",
            "sh",
            "-c",
            `printf 'nameserver ${nameserver}\\noptions attempts:1 timeout:1\\n' >${folder}/resolv; mount --bind ${folder}/resolv /etc/resolv.conf; sh ${folder}/check`,
          ),
          { encoding: "utf8" },
        );
      writeFileSync(join(folder, "check"), file("/etc/sovereign-uc/checks.d/55-names"));
      expect(check(door)).toMatchObject({ status: 0, stderr: "" });
      expect(check("10.20.0.20")).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(
          /expected an answer for registry\.example\.ch, got none; .*DNSSEC signatures/,
        ) as string,
      });
    });

    test.each<[string, string, string]>([
      ["a listed name at its port", "CONNECT packages.example.ch:443", "200"],
      ["an alias of a name that is not listed", "CONNECT registry.example.ch:443", "200"],
      ["a listed name at another port", "CONNECT missing.example.org:8443", "403"],
      ["a name that is not listed", "CONNECT unlisted.example.ch:443", "403"],
      ["a name below a listed one", "CONNECT data.packages.example.ch:443", "403"],
      ["an address", `CONNECT ${web}:443`, "403"],
      ["an address of IPv6", "CONNECT [2001:db8::1]:443", "403"],
      ["the gateway itself", "CONNECT 127.0.0.1:443", "403"],
      ["a listed name without CONNECT", "GET http://packages.example.ch:443/", "403"],
      ["another name without CONNECT", "GET http://secret.unlisted.example.net/", "403"],
      ["a listed name that the gateway itself takes for its own", "CONNECT artefacts.example.ch:443", "403"],
    ])("the proxy and %s", (_, line, status) => {
      expect(proxied(line)).toBe(status);
    });

    test.each(Object.keys(misleading))("the proxy leads nobody to %s", (name) => {
      expect(["403", "500", "503"]).toContain(connects(`${name}:443`));
    });

    test("the proxy asks nobody for a name that it refuses", () => {
      for (const name of [
        "unlisted.example.ch",
        "data.packages.example.ch",
        "secret.unlisted.example.net",
        "of.parent.example.org",
      ]) {
        connects(`${name}:443`);
        expect(asked()).not.toContain(` ${name}. `);
        expect(readFileSync(join(folder, "door.log"), "utf8")).not.toContain(name);
      }
      connects("missing.example.org:8443");
      expect(asked()).not.toContain("missing.example.org");
      connects("missing.example.org:443");
      expect(asked()).toContain("missing.example.org");
    });
  },
);
