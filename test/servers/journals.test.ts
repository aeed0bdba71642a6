/** The journal's way off a host, walked by the real sender and the real keeper with the files that are rendered for them; the audit rules, taken by the kernel. */
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sshd } from "../../components/recipe/cloud-init";
import { audit, auditPaths } from "../../components/recipe/parts/audit";
import { keepsJournals, sendsJournal } from "../../components/recipe/parts/journals";
import { forwardsJournals } from "../../components/recipe/parts/journals-forwarded";
import { gatewayName } from "../../components/recipe/parts/private-host";
import { describeWith, installed } from "../support/programs/programs";

const journalRemote = "../lib/systemd/systemd-journal-remote";
const program = (name: string): string => `/lib/systemd/${name}`;

/** Makes two authorities, of which the first signs a certificate for each of the names. */
function certificates(folder: string, names: Readonly<Record<string, string>>): void {
  const openssl = (...args: readonly string[]): string =>
    execFileSync("openssl", args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
  const newKey = (name: string): readonly string[] => [
    ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...["-keyout", `${name}.key`, "-out", `${name}.pem`],
  ];
  for (const name of ["authority", "stranger"]) openssl("req", "-x509", ...newKey(name), "-subj", `/CN=${name}`);
  for (const [file, subject] of Object.entries(names)) {
    openssl("req", ...newKey(file), "-subj", `/CN=${file}`);
    writeFileSync(join(folder, "names"), `subjectAltName=${subject}\n`);
    openssl(
      ...["x509", "-req", "-in", `${file}.pem`, "-CA", "authority.pem", "-CAkey", "authority.key", "-days", "1"],
      ...["-out", `${file}.pem`, "-extfile", "names"],
    );
  }
}

/** Entries of one host as a journal exports them. */
const exported = (host: string, entries: readonly (readonly [second: number, message: string])[]): string => {
  const id = Buffer.from(host.padEnd(16).slice(-16)).toString("hex");
  return entries
    .map(([second, message], i) =>
      [
        `__CURSOR=s=${id};i=${i + 1};b=${id};m=${second + 1};t=${second + 1};x=${i}`,
        `__REALTIME_TIMESTAMP=${1_700_000_000_000_000 + second * 1_000_000}`,
        `__MONOTONIC_TIMESTAMP=${second * 1_000_000 + 1}`,
        `_BOOT_ID=${id}`,
        `_MACHINE_ID=${id}`,
        `MESSAGE=${message}`,
        "",
        "",
      ].join("\n"),
    )
    .join("");
};

describeWith(["openssl", "ip", "unshare", "journalctl", journalRemote], "journals", () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "journals-"));
    certificates(root, {
      keeper: `DNS:${gatewayName},IP:10.20.0.10`,
      elsewhere: "DNS:elsewhere.internal",
      sender: "DNS:sender",
    });
    writeFileSync(
      join(root, "entries"),
      exported("c", [
        [0, "one"],
        [1, "two"],
      ]),
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

describeWith(["openssl", "ip", "unshare", "journalctl", journalRemote], "journals that go on to a collector", () => {
  const unit = "etc/systemd/system/journals-forwarded.service";
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "collector-"));
    certificates(root, {
      collector: "DNS:collector.example.ch",
      elsewhere: "DNS:elsewhere.example.ch",
      forwarder: "DNS:x",
    });
    const authority = readFileSync(join(root, "authority.pem"), "utf8");
    const collector = { host: "collector.example.ch", address: "127.0.0.1", port: 6514, authority };
    const recipes = [sendsJournal("10.20.0.11", ["10.20.0.11"]), forwardsJournals(collector)];
    for (const { path, content } of recipes.flatMap(({ files = [] }) => files)) {
      const at = join(root, path);
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, content, { mode: 0o755 });
    }
    for (const file of ["forwarder.pem", "forwarder.key"])
      copyFileSync(join(root, file), join(root, "etc/sovereign-uc/journals", file));
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });
  beforeEach(() => {
    for (const folder of ["kept", "state", "arrived"]) {
      rmSync(join(root, folder), { recursive: true, force: true });
      mkdirSync(join(root, folder));
    }
  });

  /** Lets a host's entries arrive at the gateway: seconds after the first one's, and what it says. */
  function arrives(host: string, ...entries: readonly (readonly [second: number, message: string])[]): void {
    execFileSync(
      program("systemd-journal-remote"),
      [`--output=kept/remote-${host}.journal`, "--split-mode=none", "-"],
      { cwd: root, input: exported(host, entries), stdio: "pipe" },
    );
  }

  /** Runs the gateway's unit once, as its file says, against a collector with a certificate. */
  function forward(certificate = "collector"): { readonly status: number | null; readonly said: string } {
    const text = readFileSync(join(root, unit), "utf8");
    const values = (key: string): readonly string[] =>
      [...text.matchAll(new RegExp(`^${key}=(.*)$`, "gm"))].map(([, value = ""]) => value);
    const script = `
      set -eu
      ip link set lo up
      mkdir -p /etc/sovereign-uc /var/log/journal/remote /usr/local/lib/sovereign-uc
      mount --bind etc/sovereign-uc /etc/sovereign-uc
      mount --bind etc/systemd /etc/systemd
      mount --bind usr/local/lib/sovereign-uc /usr/local/lib/sovereign-uc
      mount --bind kept /var/log/journal/remote
      ${program("systemd-journal-remote")} --listen-https=6514 --output=arrived/ --key=${certificate}.key --cert=${certificate}.pem &
      collector=$!
      trap 'kill $collector; wait $collector || :' EXIT
      until ss -Hltn | grep -q :6514; do kill -0 $collector; done
      ${values("BindReadOnlyPaths")
        .map((pair) => `mount --bind ${pair.replace(":", " ")}`)
        .join("\n")}
      STATE_DIRECTORY=$PWD/state ${values("ExecStart").join("")}
    `;
    const { status, stderr, stdout } = spawnSync("unshare", ["--mount", "--net", "sh", "-c", script], {
      cwd: root,
      encoding: "utf8",
    });
    return { status, said: stdout + stderr };
  }

  /** What the collector has, sorted. */
  const arrived = (): readonly string[] => {
    const read = "for file in arrived/*.journal; do journalctl -q -o cat --file=$file; done";
    return spawnSync("sh", ["-c", read], { cwd: root, encoding: "utf8" }).stdout.trim().split("\n").sort();
  };

  test("the journals of all hosts arrive, each entry once, however often it is told to go on", () => {
    arrives("10.20.0.20", [1, "a1"], [2, "a2"]);
    arrives("10.20.0.2", [3, "b1"]);
    expect(forward()).toMatchObject({ status: 0 });
    expect(arrived()).toEqual(["a1", "a2", "b1"]);
    expect(forward()).toMatchObject({ status: 0 });
    expect(arrived()).toEqual(["a1", "a2", "b1"]);
    arrives("10.20.0.2", [4, "b2"]);
    expect(forward()).toMatchObject({ status: 0 });
    expect(arrived()).toEqual(["a1", "a2", "b1", "b2"]);
  });

  test("entries of a host that come after newer ones of another arrive too, and so does what an archived file holds", () => {
    arrives("10.20.0.20", [100, "a1"]);
    expect(forward()).toMatchObject({ status: 0 });
    arrives("10.20.0.21", [1, "early"]);
    renameSync(
      join(root, "kept/remote-10.20.0.21.journal"),
      join(root, "kept/remote-10.20.0.21@0123456789abcdef0123456789abcdef-0000000000000001-00060a24181e4000.journal"),
    );
    arrives("10.20.0.21", [2, "present"]);
    expect(forward()).toMatchObject({ status: 0 });
    expect(arrived()).toEqual(["a1", "early", "present"]);
  });

  test("a collector with another's certificate gets nothing, and the right one everything afterwards", () => {
    arrives("10.20.0.20", [1, "a1"]);
    const { status, said } = forward("elsewhere");
    expect(status).toBe(1);
    expect(said).toMatch(/does not match|no alternative certificate subject name/);
    expect(arrived()).toEqual([""]);
    expect(forward()).toMatchObject({ status: 0 });
    expect(arrived()).toEqual(["a1"]);
  });

  test("a gateway that has kept nothing yet is content", () => {
    expect(forward()).toEqual({ status: 0, said: expect.not.stringMatching(/expected|No such file/) as string });
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

  // Loading rules takes away those that are there: a machine that has some of its own keeps them.
  const taken = (): string | undefined => {
    const { status, stdout } = spawnSync(installed("auditctl") ?? "auditctl", ["-l"], { encoding: "utf8" });
    if (status !== 0) return "only root may load rules";
    return stdout.trim() === "No rules" ? undefined : "this machine has rules of its own";
  };
  const reason = taken();
  const tried = reason === undefined ? test : test.skip;

  tried(`the kernel takes every rule from auditctl${reason === undefined ? "" : ` (skipped: ${reason})`}`, () => {
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
