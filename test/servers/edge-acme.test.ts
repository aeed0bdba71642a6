/** Certificates from a real ACME server (Pebble) by the real client, run by the task's own script, with challenges that the edge answers. */
import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tier } from "../../components/core/tier";
import type { WebRoute } from "../../components/core/route";
import { thumbprint } from "../../components/kubernetes/acme";
import { certificateFor } from "../support/certificates";
import { describeWithNamespaces } from "../isolation/possible";
import { until } from "../support/programs/background";
import { installed, program } from "../support/programs/programs";
import { edgeAddress } from "./edge-client";
import { EdgeRig, podsOf, scriptFolder } from "./edge-rig";

jest.setTimeout(240_000);

const hosts = ["pad.crisis.example.ch", "wiki.crisis.example.ch"] as const;
const authority = "203.0.113.90";

describeWithNamespaces(
  ["haproxy", "python3", "curl", "busybox", "openssl", "pebble", "lego"],
  "certificates from an ACME directory",
  () => {
    let rig: EdgeRig;
    const account = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const keyPem = account.privateKey.export({ type: "sec1", format: "pem" }).toString();
    const pad = podsOf("pad", "pad", { "pad-a": "10.42.1.1" });
    const route = (name: string, host: string): WebRoute => ({
      kind: "web",
      name,
      host,
      upstreams: [{ name: "pad", tier: tier("pad", "pad", { http: 8000 }), port: "http" }],
      health: ["/health"],
    });

    beforeAll(async () => {
      rig = new EdgeRig(`uc-acme-${process.pid}`);
      rig.serve(pad);
      rig.address(authority);
      // The authority asks the edge where the gateways' port 80 leads.
      for (const host of hosts) rig.list(host, [edgeAddress]);
      for (const [i, host] of hosts.entries()) rig.certificate(`site-${i + 1}`, certificateFor([host]));
      rig.edge(
        {
          routes: hosts.map((host, i) => route(`site-${i + 1}`, host)),
          certificates: { "site-1": [hosts[0]], "site-2": [hosts[1]] },
          challenged: hosts,
          connections: 500,
        },
        thumbprint(account.publicKey.export({ type: "spki", format: "pem" }).toString()),
      );
      const caFile = (name: string): string => join(rig.folder, "ca", name);
      for (const each of ["ca", "results", "account", "names"]) mkdirSync(join(rig.folder, each), { recursive: true });
      execFileSync("openssl", [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
        ...["-keyout", caFile("tls.key"), "-out", caFile("tls.crt")],
        ...["-subj", "/CN=ca", "-addext", `subjectAltName=IP:${authority}`],
      ]);
      writeFileSync(
        join(rig.folder, "ca/pebble.json"),
        JSON.stringify({
          pebble: {
            listenAddress: `${authority}:443`,
            managementListenAddress: `${authority}:15000`,
            certificate: join(rig.folder, "ca/tls.crt"),
            privateKey: join(rig.folder, "ca/tls.key"),
            httpPort: 80,
            tlsPort: 443,
            ocspResponderURL: "",
            externalAccountBindingRequired: false,
          },
        }),
      );
      writeFileSync(join(rig.folder, "account/account.key"), keyPem);
      copyFileSync(caFile("tls.crt"), join(rig.folder, "account/ca.crt"));
      symlinkSync(await program("lego"), join(rig.folder, "bin", "lego"));
      for (const word of ["mkdir", "cp", "base64", "tr", "rm"])
        if (!existsSync(join(rig.folder, "bin", word))) symlinkSync("/bin/busybox", join(rig.folder, "bin", word));
      rig.start("gateway", "python3", join(__dirname, "edge-gateway.py"), edgeAddress, "80", "8080");
      startPebble();
      await rig.answers(hosts);
    });
    afterAll(() => rig.end());

    const startPebble = (): void =>
      void rig.start(
        "pebble",
        "env",
        "PEBBLE_VA_NOSLEEP=1",
        "PEBBLE_WFE_NONCEREJECT=0",
        installed("pebble") ?? "pebble",
        "-config",
        join(rig.folder, "ca/pebble.json"),
        "-dnsserver",
        "10.43.0.10:53",
      );

    /** One run of the task: what its first container does, and then what kubectl would. */
    function renew(): {
      readonly result: string;
      readonly patch: Readonly<Record<string, string | null>>;
      readonly log: string;
    } {
      rmSync(join(rig.folder, "results"), { recursive: true });
      mkdirSync(join(rig.folder, "results"));
      const script = join(rig.folder, "acme.sh");
      writeFileSync(
        script,
        readFileSync(join(scriptFolder, "acme.sh"), "utf8")
          .replaceAll("/etc/acme/names", "@names")
          .replaceAll(/\/(results|account|acme)(?=[/\n" ])/g, (_, name: string) => join(rig.folder, name))
          .replaceAll("@names", join(rig.folder, "names/names")),
      );
      const { stdout, stderr } = spawnSync(
        "ip",
        [
          ...["netns", "exec", rig.space, "env", `PATH=${rig.folder}/bin`, `ACME_DIRECTORY=https://${authority}/dir`],
          ...[
            `ACME_FOLDER=${authority}`,
            `LEGO_CA_CERTIFICATES=${rig.folder}/account/ca.crt`,
            "/bin/busybox",
            "sh",
            script,
          ],
        ],
        { encoding: "utf8" },
      );
      if (!existsSync(join(rig.folder, "results/result"))) throw new Error(`${stdout}${stderr}`);
      const { data = {} } = JSON.parse(readFileSync(join(rig.folder, "results/patch.json"), "utf8")) as {
        data?: Record<string, string | null>;
      };
      for (const [key, value] of Object.entries(data))
        if (value === null) rmSync(join(rig.folder, "acme", key));
        else writeFileSync(join(rig.folder, "acme", key), Buffer.from(value, "base64"));
      return {
        result: readFileSync(join(rig.folder, "results/result"), "utf8").trim(),
        patch: data,
        log: stdout + stderr,
      };
    }
    const order = (...lines: string[]): void =>
      writeFileSync(join(rig.folder, "names/names"), lines.map((line) => `${line}\n`).join(""));

    test("a first run makes the account and brings every certificate, which the edge shows by itself", async () => {
      order(`site-1 ${hosts[0]}`, `site-2 ${hosts[1]}`);
      const before = hosts.map((host) => rig.fingerprint(host));
      const { result, patch, log } = renew();
      expect([log, result]).toEqual([log, "0"]);
      expect(Object.keys(patch).sort()).toEqual(
        [
          "account.json",
          ...["site-1", "site-2"].flatMap((name) => ["crt", "json", "key"].map((end) => `${name}.${end}`)),
        ].sort(),
      );
      await until(
        "both to be shown",
        () => Promise.resolve(hosts.every((host, i) => rig.fingerprint(host) !== before[i])),
        30,
      );
      for (const [i, host] of hosts.entries()) {
        const shown = new X509Certificate(readFileSync(join(rig.folder, `acme/site-${i + 1}.crt`), "utf8"));
        expect(shown.subjectAltName).toBe(`DNS:${host}`);
        expect(rig.fingerprint(host)).toBe(shown.fingerprint256);
      }
    });

    test("a run while nothing is due changes nothing, and asks the directory nothing", async () => {
      await rig.stop("pebble");
      const { result, patch, log } = renew();
      expect([log, result, patch]).toEqual([log, "0", {}]);
      startPebble();
    });

    test("an account that the directory knows no more is made again by the next run", () => {
      rmSync(join(rig.folder, "acme/site-1.json"));
      const lost = renew();
      expect([lost.result, lost.patch["account.json"]]).toEqual(["1", null]);
      const { result, patch, log } = renew();
      expect([log, result]).toEqual([log, "0"]);
      expect(patch["site-1.crt"]).toEqual(expect.any(String));
    });

    test("one name that fails keeps no other from its certificate, and the task says that it failed", () => {
      rig.list(hosts[1], []);
      rmSync(join(rig.folder, "acme/site-1.json"));
      rmSync(join(rig.folder, "acme/site-2.json"));
      const { result, patch } = renew();
      expect(result).toBe("1");
      expect(Object.keys(patch)).toEqual(expect.arrayContaining(["site-1.crt", "site-1.key"]));
      // The one that it had stays.
      expect(Object.keys(patch)).not.toContain("site-2.crt");
      rig.list(hosts[1], [edgeAddress]);
    });

    test("an account whose record is lost is found again by its key, and a name that is not wanted any more goes", () => {
      // The run before took the record away, since an order failed.
      expect(existsSync(join(rig.folder, "acme/account.json"))).toBe(false);
      rmSync(join(rig.folder, "acme/site-1.json"));
      order(`site-1 ${hosts[0]}`);
      const { result, patch, log } = renew();
      expect([log, result]).toEqual([log, "0"]);
      expect(log).not.toContain("Account private key rollover");
      expect(patch["account.json"]).toBeDefined();
      expect(patch).toMatchObject({ "site-2.crt": null, "site-2.key": null });
    });

    test("on port 80 only challenges of those host names are answered", () => {
      const status = (host: string, path: string): string =>
        rig.run([
          ...["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--haproxy-protocol", "-H", `Host: ${host}`],
          `http://${edgeAddress}:8080${path}`,
        ]);
      const challenge = `/.well-known/acme-challenge/${"a".repeat(43)}`;
      expect(status(hosts[0], challenge)).toBe("200");
      expect(status("other.example.ch", challenge)).toBe("404");
      expect(status(hosts[0], "/")).toBe("404");
      expect(status(hosts[0], `${challenge}/x`)).toBe("404");
      expect(status(hosts[0], "/.well-known/acme-challenge/%41bcdefghijklmnopqr")).toBe("404");
    });
  },
);
