/** The journal's way off a host, walked by the real sender and the real keeper with the files that are rendered for them; the audit rules, taken by the kernel. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sshd } from "../../components/recipe/cloud-init";
import { audit, auditPaths } from "../../components/recipe/parts/audit";
import { keepsJournals, sendsJournal } from "../../components/recipe/parts/journals";
import { gatewayName } from "../../components/recipe/parts/private-host";
import { describeWith } from "../support/programs/programs";

const journalRemote = "../lib/systemd/systemd-journal-remote";
const program = (name: string): string => `/lib/systemd/${name}`;

describeWith(["openssl", "ip", "unshare", "journalctl", journalRemote], "journals", () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "journals-"));
    const openssl = (...args: readonly string[]): string =>
      execFileSync("openssl", args, { cwd: root, encoding: "utf8", stdio: "pipe" });
    const newKey = (name: string): readonly string[] => [
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.pem`,
    ];
    const issue = (file: string, names: string): void => {
      openssl("req", ...newKey(file), "-subj", `/CN=${file}`);
      writeFileSync(join(root, "names"), `subjectAltName=${names}\n`);
      openssl(
        ...["x509", "-req", "-in", `${file}.pem`, "-CA", "authority.pem", "-CAkey", "authority.key", "-days", "1"],
        ...["-out", `${file}.pem`, "-extfile", "names"],
      );
    };
    for (const name of ["authority", "stranger"]) openssl("req", "-x509", ...newKey(name), "-subj", `/CN=${name}`);
    issue("keeper", `DNS:${gatewayName},IP:10.20.0.10`);
    issue("elsewhere", "DNS:elsewhere.internal");
    issue("sender", "DNS:sender");
    writeFileSync(
      join(root, "entries"),
      ["one", "two"]
        .map((message, i) =>
          [
            `__CURSOR=s=0000000000000000000000000000000a;i=${i + 1};b=0000000000000000000000000000000b;m=${i + 1};t=${i + 1};x=${i}`,
            `__REALTIME_TIMESTAMP=${1_700_000_000_000_000 + i}`,
            `__MONOTONIC_TIMESTAMP=${i + 1}`,
            "_BOOT_ID=0000000000000000000000000000000b",
            "_MACHINE_ID=0000000000000000000000000000000c",
            `MESSAGE=${message}`,
            "",
            "",
          ].join("\n"),
        )
        .join(""),
    );
    const keeps = keepsJournals("10.20.0.0/24");
    const sends = sendsJournal(gatewayName, ["10.20.0.10"]);
    for (const recipe of [keeps, sends])
      for (const { path, content } of recipe.files ?? []) {
        const at = join(root, path);
        mkdirSync(dirname(at), { recursive: true });
        writeFileSync(at, content);
      }
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  /** Sends the entries to a keeper with a certificate and an authority to trust, in a network of their own. */
  function send(
    keeper: string,
    trusted: string,
  ): { readonly status: number | null; readonly kept: string; readonly said: string } {
    const script = `
      set -eu
      ip link set lo up
      rm -rf journals kept sent
      mkdir -p journals kept sent /etc/sovereign-uc
      cp ${trusted}.pem journals/authority.pem
      cp ${keeper}.pem journals/keeper.pem
      cp ${keeper}.key journals/keeper.key
      cp sender.pem sender.key journals/
      mount --bind . /etc/sovereign-uc
      mount --bind etc/systemd /etc/systemd
      printf '127.0.0.1 ${gatewayName}\\n' >hosts
      mount --bind hosts /etc/hosts
      ${program("systemd-journal-remote")} --output=sent/one.journal --split-mode=none - <entries
      ${program("systemd-journal-remote")} --listen-https=19532 --output=kept/ &
      keeper=$!
      trap 'kill $keeper; wait $keeper || :' EXIT
      until ss -Hltn | grep -q :19532; do kill -0 $keeper; done
      ${program("systemd-journal-upload")} --file=sent/one.journal --follow=no
    `;
    const { status, stderr, stdout } = spawnSync("unshare", ["--mount", "--net", "sh", "-c", script], {
      cwd: root,
      encoding: "utf8",
    });
    const read = 'for file in kept/*.journal; do echo "$file"; journalctl -q -o cat --file="$file"; done';
    const kept = spawnSync("sh", ["-c", read], { cwd: root, encoding: "utf8" });
    return { status, kept: kept.stdout, said: stdout + stderr };
  }

  test("a host's journal arrives whole, in a file named after the sender's address", () => {
    const { status, kept, said } = send("keeper", "authority");
    expect({ status, said }).toMatchObject({ status: 0 });
    expect(kept).toBe("kept/remote-127.0.0.1.journal\none\ntwo\n");
  });

  test("a keeper with a certificate of somebody else's, or with another's name, is sent nothing", () => {
    for (const [keeper, trusted, complaint] of [
      ["keeper", "stranger", /certificate/],
      ["elsewhere", "authority", /does not match|no alternative certificate subject name/],
    ] as const) {
      const { status, kept, said } = send(keeper, trusted);
      expect(status).not.toBe(0);
      expect(said).toMatch(complaint);
      expect(kept).not.toContain("one");
    }
  });
});

describeWith(["unshare", "auditctl"], "audit", () => {
  const rules = audit().files?.find(({ path }) => path === auditPaths.rules)?.content ?? "";

  /** Keys of the rules that record a system call of a process, by its fields: all conditions of a rule must hold (auditctl(8)). */
  function recorded(call: string, process: Readonly<Record<string, number>>): readonly string[] {
    const holds = ([, field = "", operator, value]: RegExpMatchArray): boolean =>
      field === "arch" ||
      (operator === "=" && process[field] === Number(value)) ||
      (operator === "!=" && process[field] !== Number(value)) ||
      (operator === ">=" && (process[field] ?? 0) >= Number(value));
    return rules
      .split("\n")
      .filter((rule) => new RegExp(`-S \\S*\\b${call}\\b`).test(rule))
      .filter((rule) => [...rule.matchAll(/-F (\w+)([!>]?=)(\S+)/g)].every(holds))
      .map((rule) => / -k (\S+)$/.exec(rule)?.[1] ?? "");
  }

  test("what administrators run is recorded: they log in as root, who is number 0; what the system runs by itself is not", () => {
    expect(sshd).toContain("AllowUsers root\n");
    expect(recorded("execve", { euid: 0, auid: 0 })).toEqual(["privilege"]);
    expect(recorded("execve", { euid: 0, auid: 4_294_967_295 })).toEqual([]);
    expect(recorded("execve", { euid: 13, auid: 0 })).toEqual([]);
  });

  test("auditctl takes every rule, in the kernel where it may", () => {
    const folder = mkdtempSync(join(tmpdir(), "audit-"));
    const path = join(folder, "rules");
    // What augenrules puts before them.
    writeFileSync(path, `-D\n${rules}`);
    const { status, stdout, stderr } = spawnSync("auditctl", ["-R", path], { encoding: "utf8" });
    const loaded = spawnSync("auditctl", ["-l"], { encoding: "utf8" }).stdout.trim().split("\n");
    spawnSync("auditctl", ["-D"]);
    rmSync(folder, { recursive: true });
    expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
    expect(loaded).toHaveLength(rules.trim().split("\n").length);
  });
});
