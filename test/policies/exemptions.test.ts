import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Exemption } from "../../policies/exemptions";
import { signedExemptions } from "../../policies/exemptions-signed";
import { rules } from "../../policies/pack";
import { settings } from "../../policies/settings";
import { run } from "../../stacks/tools/audit/run";
import { day, file, row, server } from "./exemption";
import { Pack } from "./support";

describe("Signatures", () => {
  let folder: string;
  const path = (name: string): string => join(folder, name);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "exemptions-"));
    for (const name of ["anna", "beat", "eve"])
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path(name)]);
    const key = (name: string): string => readFileSync(path(`${name}.pub`), "utf8").trim();
    writeFileSync(path("signers"), `anna@example.ch ${key("anna")}\nbeat@example.ch ${key("beat")}\n`);
    writeFileSync(path("same"), `anna@example.ch ${key("anna")}\nbeat@example.ch ${key("anna")}\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function sign(role: string, by: string, namespace = "sovereign-uc-exemptions"): void {
    const signature = execFileSync("ssh-keygen", ["-q", "-Y", "sign", "-n", namespace, "-f", path(by)], {
      input: readFileSync(path("e.json")),
      stdio: ["pipe", "pipe", "pipe"],
    });
    writeFileSync(path(`e.json.${role}.sig`), signature);
  }

  beforeEach(() => {
    writeFileSync(path("e.json"), file(row));
    sign("author", "anna");
    sign("approver", "beat");
  });
  const signed = (signers = "signers"): readonly Exemption[] =>
    signedExemptions({ file: path("e.json"), signers: path(signers) }, day);

  test("of two persons count", () => {
    expect(signed()).toEqual([row]);
  });

  test("one changed byte makes them worth nothing", () => {
    writeFileSync(path("e.json"), file(row).replace("2027-01-31", "2027-03-31"));
    expect(signed).toThrow(/a signature by the author anna@example\.ch on the file as it stands.*sign the file again/);
  });

  test("one by somebody else than the approver does not count", () => {
    sign("approver", "eve");
    expect(signed).toThrow(/signature by the approver beat@example\.ch/);
  });

  test("one for another purpose does not count", () => {
    sign("approver", "beat", "file");
    expect(signed).toThrow(/signature by the approver/);
  });

  test("a missing one is named", () => {
    rmSync(path("e.json.approver.sig"));
    expect(signed).toThrow(/a signature of the approver beat@example\.ch in .*e\.json\.approver\.sig, got none/);
  });

  test("two names with one key are one person", () => {
    sign("approver", "anna");
    expect(() => signed("same")).toThrow(/expected two keys behind the signatures/);
  });

  test("several approvers need files of their own", () => {
    writeFileSync(path("e.json"), file(row, { ...row, rule: "UC-JUR-001", approver: "carl@example.ch" }));
    expect(signed).toThrow(/one approver in .*, got beat@example\.ch, carl@example\.ch/);
  });

  test("files that are not there are named", () => {
    expect(() => signed("nowhere")).toThrow(/a file of allowed signers in .*nowhere/);
    expect(() => signedExemptions({ file: "nowhere.json", signers: "a" }, day)).toThrow(
      /a file of exemptions in nowhere/,
    );
  });

  describe("in a pack", () => {
    // The pack takes the day from the clock: an exemption of today.
    const now = new Date().toISOString().slice(0, 10);
    const later = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
    const current = { ...row, approved: now, expires: later };
    const pack = (...rows: readonly object[]): object => {
      writeFileSync(path("e.json"), file(...rows));
      sign("author", "anna");
      sign("approver", "beat");
      return { exemptions: { file: path("e.json"), signers: path("signers") } };
    };
    const foreign = {
      type: "hcloud:index/server:Server",
      name: "archive",
      provider: { type: "pulumi:providers:hcloud" },
      props: { location: "ash" },
    };

    test.each([true, false])("an exempt finding stays visible and stops nothing (preview: %j)", async (preview) => {
      const asked = new Pack(rules, { pack: pack(current) as Record<string, unknown>, preview });
      const { violations } = await asked.ask(foreign);
      const [found] = violations.filter(({ policy }) => policy.startsWith("uc-reg-001"));
      expect(found?.mandatory).toBe(false);
      expect(found?.message).toMatch(
        /^UC-REG-001: exempt until \S+ \(waiver, ticket SEC-12, .*\): found location "ash"/,
      );
      const { violations: stack, evidence } = await asked.askStack([foreign]);
      expect(stack.filter(({ policy }) => policy.startsWith("uc-gov-001"))).toEqual([]);
      expect(evidence.map(({ message }) => message).join()).toMatch(/exemption from UC-REG-001 on urn:.*SEC-12/);
    });

    test("a resource that the pattern does not name stays blocked", async () => {
      const { violations } = await new Pack(rules, { pack: pack(current) as Record<string, unknown> }).ask({
        ...foreign,
        name: "web",
      });
      expect(violations.filter(({ policy }) => policy.startsWith("uc-reg-001"))).toMatchObject([{ mandatory: true }]);
    });

    test("what an update cannot judge may be exempt, too", async () => {
      const open = { ...foreign, props: { location: "fsn1", userData: "curl https://a.nobody-knows.net" } };
      const given = { pack: pack({ ...current, rule: "UC-NET-002" }) as Record<string, unknown>, preview: false };
      const said = (await new Pack(rules, given).ask(open)).open.filter(({ policy }) =>
        policy.startsWith("uc-net-002"),
      );
      expect(said).toMatchObject([{ mandatory: false }]);
      expect(said[0]?.message).toContain("exempt until");
      const { open: without } = await new Pack(rules, { preview: false }).ask(open);
      expect(without.filter(({ policy }) => policy.startsWith("uc-net-002"))).toMatchObject([{ mandatory: true }]);
    });

    test("an unused one is a finding that blocks", async () => {
      const asked = new Pack(rules, {
        pack: pack({ ...current, resource: server.replace("archive", "gone") }) as Record<string, unknown>,
      });
      const { violations } = await asked.askStack([{ type: "random:index/randomId:RandomId" }]);
      expect(violations).toMatchObject([{ policy: "uc-gov-001-exemptions-valid-stack", mandatory: true }]);
      expect(violations[0]?.message).toMatch(
        /found an exemption from UC-REG-001 for urn:.*gone \(ticket SEC-12\) under which nothing was exempt/,
      );
    });

    test("an expired one covers nothing and is a finding", async () => {
      const asked = new Pack(rules, {
        pack: pack({ ...row, approved: "2026-01-01", expires: "2026-03-01" }) as Record<string, unknown>,
      });
      const { violations } = await asked.ask(foreign);
      expect(violations.filter(({ policy }) => policy.startsWith("uc-reg-001"))).toMatchObject([{ mandatory: true }]);
      const { violations: stack } = await asked.askStack([foreign]);
      expect(stack.map(({ message }) => message).join()).toMatch(
        /UC-GOV-001: found an exemption .* that ended on 2026-03-01/,
      );
    });

    test("a wrong signature stops everything", () => {
      const given = pack(current) as Record<string, unknown>;
      writeFileSync(path("e.json"), file({ ...current, ticket: "SEC-13" }));
      expect(() => settings(given, {}, now)).toThrow(/on the file as it stands/);
    });

    test("a setting that is not two paths is refused", () => {
      expect(() => settings({ exemptions: { file: "a" } }, {})).toThrow(/a file and its signers/);
      expect(() => settings({ exemptions: [row] }, {})).toThrow(/a file and its signers/);
    });
  });

  test("an audit prints what is exempt, counts it, and writes it as suppressed", () => {
    const audited = { ...row, resource: "a.yaml:*::kubernetes:core/v1:Pod::p" };
    const now = new Date().toISOString().slice(0, 10);
    const until = { approved: now, expires: now };
    const all = ["UC-IMG-001", "UC-HA-001", "UC-SUP-001", "UC-NET-003"];
    writeFileSync(path("e.json"), file(...all.map((rule) => ({ ...audited, ...until, rule }))));
    sign("author", "anna");
    sign("approver", "beat");
    const manifests = mkdtempSync(join(tmpdir(), "manifests-"));
    try {
      writeFileSync(
        join(manifests, "a.yaml"),
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: nginx}]}\n",
      );
      const lines: string[] = [];
      const options = ["--exemptions", path("e.json"), "--signers", path("signers"), "--sarif", path("s.sarif")];
      expect(run([manifests, ...options], (line) => lines.push(line))).toBe(0);
      expect(lines.join("\n")).toMatch(
        /~ a\.yaml:1 p\n {2}UC-IMG-001: exempt until[^]*0 findings, 0 undetermined, 4 exempt\./,
      );
      const log = JSON.parse(readFileSync(path("s.sarif"), "utf8")) as { runs: { results: { ruleId: string }[] }[] };
      expect(log.runs[0]?.results.filter(({ ruleId }) => ruleId === "UC-IMG-001")).toMatchObject([
        {
          ruleId: "UC-IMG-001",
          suppressions: [
            { kind: "external", status: "accepted", justification: expect.stringContaining("SEC-12") as string },
          ],
        },
      ]);
      expect(run([manifests, "--exemptions", path("e.json")], (line) => lines.push(line))).toBe(2);
      expect(lines.at(-1)).toMatch(/expected both --exemptions and --signers/);
    } finally {
      rmSync(manifests, { recursive: true });
    }
  });
});
