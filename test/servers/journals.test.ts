/** Journals from a host to a gateway, with the real sender and receiver and their rendered files; the audit rules, loaded into the kernel. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sshd } from "../../components/recipe/cloud-init";
import { audit, auditPaths } from "../../components/recipe/parts/audit";
import { Cidr } from "../../components/core/cidr";
import { keepsJournals, senderOf, sendsJournal, sharedSender } from "../../components/recipe/parts/journals";
import { forwardsJournals } from "../../components/recipe/parts/journals-forwarded";
import { gatewayName } from "../../components/recipe/parts/private-host";
import { describeWith, installed } from "../support/programs/programs";

const journalRemote = "../lib/systemd/systemd-journal-remote";
const program = (name: string): string => `/lib/systemd/${name}`;

/** Makes two authorities, of which the first signs a certificate for each of the names; the common name is the file's where no other is given. */
function certificates(
  folder: string,
  names: Readonly<Record<string, string>>,
  commonNames: Readonly<Record<string, string>> = {},
  by = "authority",
): void {
  const openssl = (...args: readonly string[]): string =>
    execFileSync("openssl", args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
  const newKey = (name: string): readonly string[] => [
    ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...["-keyout", `${name}.key`, "-out", `${name}.pem`],
  ];
  for (const name of ["authority", "stranger"])
    if (!existsSync(join(folder, `${name}.pem`))) openssl("req", "-x509", ...newKey(name), "-subj", `/CN=${name}`);
  for (const [file, subject] of Object.entries(names)) {
    openssl("req", ...newKey(file), "-subj", `/CN=${commonNames[file] ?? file}`);
    writeFileSync(join(folder, "names"), `subjectAltName=${subject}\n`);
    openssl(
      ...["x509", "-req", "-in", `${file}.pem`, "-CA", `${by}.pem`, "-CAkey", `${by}.key`, "-days", "1"],
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

describeWith(["openssl", "ip", "unshare", "journalctl", "haproxy", "curl", journalRemote], "journals", () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "journals-"));
    certificates(
      root,
      {
        keeper: `DNS:${gatewayName},IP:10.20.0.10`,
        elsewhere: "DNS:elsewhere.internal",
        first: "DNS:x",
        second: "DNS:x",
        shared: "DNS:x",
        outside: "DNS:x",
      },
      { first: senderOf("10.20.0.21"), second: senderOf("10.20.0.22"), shared: sharedSender, outside: "192.0.2.80" },
    );
    certificates(root, { forger: "DNS:x" }, { forger: senderOf("10.20.0.21") }, "stranger");
    writeFileSync(
      join(root, "entries"),
      exported("c", [
        [0, "one"],
        [1, "two"],
      ]),
    );
    const keeps = keepsJournals(Cidr.parse("10.20.0.0/24"), Cidr.parse("10.20.0.128/26"));
    const sends = sendsJournal(gatewayName, ["10.20.0.10"]);
    for (const recipe of [keeps, sends])
      for (const { path, content } of recipe.files ?? []) {
        const at = join(root, path);
        mkdirSync(dirname(at), { recursive: true });
        writeFileSync(at, content, { mode: 0o755 });
      }
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  interface Sending {
    readonly keeper?: string;
    readonly trusted?: string;
    readonly sender: string;
    /** Private address that it has. */
    readonly from?: string;
    /** Script in place of the real sender. */
    readonly instead?: string;
  }

  /** Sends the entries to a gateway's keeper, behind the HAProxy that stands before it, in a network of their own. */
  function send({ keeper = "keeper", trusted = "authority", sender, from = "10.20.0.21", instead }: Sending): {
    readonly status: number | null;
    readonly kept: string;
    readonly said: string;
  } {
    const unit = readFileSync(join(root, "etc/systemd/system/journals-door.service"), "utf8");
    const before = [...unit.matchAll(/^ExecStartPre=(.*)$/gm)].map(([, command = ""]) => command);
    const plain = readFileSync(
      join(root, "etc/systemd/system/systemd-journal-remote.service.d/60-sovereign-uc.conf"),
      "utf8",
    );
    const keeps = /^ExecStart=(.+)$/m.exec(plain)?.[1] ?? "";
    const script = `
      set -eu
      ip link set lo up
      ip address add 10.20.0.10/32 dev lo
      ip address add ${from}/32 dev lo
      ip route replace local 10.20.0.10 dev lo src ${from}
      rm -rf journals kept sent
      mkdir -p journals kept sent /etc/sovereign-uc
      cp ${trusted}.pem journals/authority.pem
      cp ${keeper}.pem journals/keeper.pem
      cp ${keeper}.key journals/keeper.pem.key
      cp ${sender}.pem journals/sender.pem
      cp ${sender}.key journals/sender.key
      mount --bind . /etc/sovereign-uc
      mount --bind etc/systemd /etc/systemd
      mount --bind etc/haproxy /etc/haproxy
      printf '10.20.0.10 ${gatewayName}\\n' >hosts
      mount --bind hosts /etc/hosts
      ${program("systemd-journal-remote")} --output=sent/one.journal --split-mode=none - <entries
      # The gateway's own authority, whatever the sender trusts.
      cp authority.pem journals/authority.pem
      ${before.join("\n")}
      haproxy -db -f /etc/haproxy/journals.cfg & door=$!
      cp ${trusted}.pem journals/authority.pem.sender
      ${keeps.replace("-3", "0.0.0.0:19533").replace("/var/log/journal/remote/", "kept/")} & keeper=$!
      trap 'kill $keeper $door; wait $keeper $door || :' EXIT
      for port in 19532 19533; do until ss -Hltn | grep -q :$port; do kill -0 $keeper $door; done; done
      mv journals/authority.pem.sender journals/authority.pem
      ${instead ?? `${program("systemd-journal-upload")} --file=sent/one.journal --follow=no`}
    `;
    const { status, stderr, stdout } = spawnSync("unshare", ["--mount", "--net", "sh", "-c", script], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` },
    });
    const read = 'for file in kept/*.journal; do echo "$file"; journalctl -q -o cat --file="$file"; done';
    const kept = spawnSync("sh", ["-c", read], { cwd: root, encoding: "utf8" });
    return { status, kept: kept.stdout, said: stdout + stderr };
  }

  test("a host's journal arrives whole, in a file named after its certificate", () => {
    const { status, kept, said } = send({ sender: "first" });
    expect({ status, said }).toMatchObject({ status: 0 });
    expect(kept).toBe(`kept/remote-${senderOf("10.20.0.21")}.journal\none\ntwo\n`);
  });

  test("a host that uses another's address still writes into its own file", () => {
    const { status, kept, said } = send({ sender: "second", from: "10.20.0.21" });
    expect({ status, said }).toMatchObject({ status: 0 });
    expect(kept).toBe(`kept/remote-${senderOf("10.20.0.22")}.journal\none\ntwo\n`);
  });

  test.each<[string, Sending]>([
    ["a certificate of somebody else's authority", { sender: "forger" }],
    ["a certificate of another service that names an address outside", { sender: "outside" }],
    ["the shared certificate, outside the range of those who share it", { sender: "shared", from: "10.20.0.21" }],
    [
      "no certificate",
      {
        sender: "first",
        instead: "curl -sSf --cacert authority.pem --data-binary @entries https://gateway.internal:19532/upload",
      },
    ],
    [
      "another request than a journal's",
      {
        sender: "first",
        instead:
          "curl -sSf --cacert authority.pem --cert first.pem --key first.key https://gateway.internal:19532/browse",
      },
    ],
  ])("%s leads to nothing kept", (_, sending) => {
    const { status, kept } = send(sending);
    expect(status).not.toBe(0);
    expect(kept).not.toContain("one");
  });

  test("hosts that share a certificate are told apart by their addresses", () => {
    const { status, kept, said } = send({ sender: "shared", from: "10.20.0.130" });
    expect({ status, said }).toMatchObject({ status: 0 });
    expect(kept).toBe(`kept/remote-${senderOf("10.20.0.130")}.journal\none\ntwo\n`);
  });

  test("nothing is sent to a receiver with a certificate of another authority, or with another name", () => {
    for (const [keeper, trusted, complaint] of [
      ["keeper", "stranger", /certificate/],
      ["elsewhere", "authority", /does not match|no alternative certificate subject name/],
    ] as const) {
      const { status, kept, said } = send({ keeper, trusted, sender: "first" });
      expect(status).not.toBe(0);
      expect(said).toMatch(complaint);
      expect(kept).not.toContain("one");
    }
  });
});

describe("what a gateway keeps of journals", () => {
  const script = keepsJournals(Cidr.parse("10.20.0.0/24")).files?.find(({ path }) => path.endsWith("keep-journals"));
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kept-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  /** A file of a sender, so many KiB, written so many days ago. */
  function file(name: string, kibibytes: number, days: number): void {
    writeFileSync(join(folder, name), Buffer.alloc(kibibytes * 1024, 1));
    const when = Date.now() / 1_000 - days * 86_400;
    utimesSync(join(folder, name), when, when);
  }
  const keep = (kibibytes: number): readonly string[] => {
    execFileSync("sh", ["-c", script?.content ?? "exit 1"], {
      env: { ...process.env, KEPT_IN: folder, KEPT_BYTES: String(kibibytes * 1024), KEPT_DAYS: "90" },
    });
    return readdirSync(folder).sort();
  };
  const archived = (sender: string, n: number): string => `remote-${sender}@${"0".repeat(32)}-${n}-${n}.journal`;

  test("a sender that writes much loses its own oldest entries, and nobody else's", () => {
    const [much, little] = ["127.19.0.2", "127.19.0.20"];
    for (const n of [1, 2, 3, 4, 5]) file(archived(much, n), 64, 10 - n);
    file(`remote-${much}.journal`, 64, 0);
    file(archived(little, 1), 64, 30);
    file(`remote-${little}.journal`, 64, 20);
    // Two senders: 256 KiB each.
    expect(keep(512)).toEqual(
      [
        ...[3, 4, 5].map((n) => archived(much, n)),
        `remote-${much}.journal`,
        archived(little, 1),
        `remote-${little}.journal`,
      ].sort(),
    );
  });

  test("after 90 days entries go, whoever wrote them", () => {
    file(archived("127.19.0.2", 1), 4, 100);
    file(archived("127.19.0.2", 2), 4, 80);
    file("remote-127.19.0.2.journal", 4, 100);
    expect(keep(512)).toEqual(["remote-127.19.0.2.journal", archived("127.19.0.2", 2)]);
  });

  test("nothing kept yet is no error", () => {
    expect(keep(512)).toEqual([]);
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

  /** Entries of the collector, sorted. */
  const arrived = (): readonly string[] => {
    const read = "for file in arrived/*.journal; do journalctl -q -o cat --file=$file; done";
    return spawnSync("sh", ["-c", read], { cwd: root, encoding: "utf8" }).stdout.trim().split("\n").sort();
  };

  test("the journals of all hosts arrive, each entry once, however often it is restarted", () => {
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

  test("a collector with another certificate gets nothing, and the right one everything afterwards", () => {
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
