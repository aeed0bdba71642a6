/**
 * Encrypted data volumes, with the real tangd, clevis and cryptsetup on a loop device. The kernel need not have dm-crypt: `cryptsetup open` is a stub that
 * lets the real one check the key and then leads to a second image, which is really formatted and mounted.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dataVolume, recoveryKeyPath } from "../../components/recipe/parts/data-volume";
import { tangPort, tangUrl } from "../../components/recipe/parts/tang";
import { type Background, background, until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";

const programs = [
  "tang-show-keys",
  "clevis",
  "clevis-luks-bind",
  "cryptsetup",
  "curl",
  "jose",
  "socat",
  "losetup",
  "unshare",
  "blkid",
  "mkfs.ext4",
];
const key = "recoverykeyofthishostwhichisrandomand48longabcde";
/** Two gateways, on loopback addresses that no other run of this test has at the same time. */
const gateways = ["one", "two"].map(
  (_, i) => `127.${10 + (process.pid % 200)}.${Math.floor(process.pid / 200) % 250}.${10 + i}`,
);
const [first = "", second = ""] = gateways;

let root: string;
let device: string;
/** Images and keys of a volume that both gateways open already. */
let bound: string;
const servers = new Map<string, Background>();
const inside = (path: string): string => join(root, path);

/** Starts Tang at a gateway's address; another name stands for a recreated gateway. */
async function serve(gateway: string, named = gateway): Promise<void> {
  const keys = inside(`tang/${named}`);
  mkdirSync(keys, { recursive: true });
  const listen = `TCP-LISTEN:${tangPort},bind=${gateway},reuseaddr,fork`;
  const server = background(installed("socat") ?? "", [listen, `EXEC:/usr/libexec/tangd ${keys}`], root);
  servers.set(gateway, server);
  await until(`Tang at ${gateway}`, () => {
    server.mustRun();
    return Promise.resolve(advertised(gateway) !== "");
  });
}
/** Tang's advertisement of its keys, over a new connection: a kept one would lead to a stopped server. */
const advertised = (gateway: string): string =>
  spawnSync(installed("curl") ?? "", ["-sf", `${tangUrl(gateway)}/adv`], { encoding: "utf8" }).stdout;
async function lose(gateway: string): Promise<void> {
  await servers.get(gateway)?.stop();
  servers.delete(gateway);
}
async function replace(gateway: string): Promise<void> {
  await lose(gateway);
  await serve(gateway, `${gateway}-again`);
}

/** A Tang key and its thumbprint (RFC 7638): the first whose thumbprint matches. */
function exchangeKey(asked: (name: string) => boolean): { readonly name: string; readonly key: string } {
  for (;;) {
    const { x, y, d } = generateKeyPairSync("ec", { namedCurve: "P-521" }).privateKey.export({ format: "jwk" });
    const open = { crv: "P-521", kty: "EC", x, y };
    const name = createHash("sha256").update(JSON.stringify(open)).digest("base64url");
    if (asked(name)) return { name, key: JSON.stringify({ ...open, alg: "ECMR", key_ops: ["deriveKey"], d }) };
  }
}

/** Programs that stand before the real ones. `cut` names the step at which the whole script is killed, as by a power failure. */
const stubs = (): Readonly<Record<string, string>> => {
  const cut = (step: string): string =>
    `if [ -e ${inside(`cut-${step}`)} ]; then rm ${inside(`cut-${step}`)}; kill -9 "$PPID"; exit 1; fi`;
  return {
    cryptsetup: `
      real=${installed("cryptsetup") ?? ""}
      case " $* " in *" --test-passphrase "*) exec $real "$@" ;; esac
      [ "$1" = luksDump ] || [ "$1" = isLuks ] || [ "$1" = token ] || echo "$1$(echo " $*" | grep -o " --label [^ ]*")" >>${inside("diary")}
      case $1 in
      open)
        ${cut("open")}
        count=$# i=0
        for word; do
          shift
          i=$((i + 1))
          if [ $i -lt $count ]; then set -- "$@" "$word"; else name=$word; fi
        done
        $real "$@" --test-passphrase && ln -s ${inside("plain.img")} /dev/mapper/$name
        ;;
      close) rm /dev/mapper/$2 ;;
      *) exec $real "$@" ;;
      esac`,
    "mkfs.ext4": `${cut("mkfs")}\necho mkfs >>${inside("diary")}\nexec ${installed("mkfs.ext4") ?? ""} "$@"`,
    sleep: "exec /bin/sleep 0.1",
  };
};

const images = ["disk.img", "plain.img"];
async function begin(from?: string): Promise<void> {
  root = mkdtempSync(join(tmpdir(), "data-volume-"));
  for (const folder of ["bin", "etc", "run/lock", "mapper", "lib", "data", "disks"])
    mkdirSync(inside(folder), { recursive: true });
  for (const [name, text] of Object.entries(stubs())) {
    writeFileSync(inside(`bin/${name}`), `#!/bin/sh\n${text}\n`);
    chmodSync(inside(`bin/${name}`), 0o755);
  }
  writeFileSync(inside("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  const { files = [] } = dataVolume({
    device: inside("disks/*"),
    path: inside("data"),
    before: "k3s.service",
    gateways,
  });
  for (const { path, content, mode = "0644" } of files) {
    const target = inside(path.replace("/usr/local/lib", "lib"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    chmodSync(target, parseInt(mode, 8));
  }
  for (const image of images) {
    writeFileSync(inside(image), "");
    truncateSync(inside(image), 24 * 2 ** 20);
  }
  if (from !== undefined)
    for (const kept of [...images, "tang"]) cpSync(join(from, kept), inside(kept), { recursive: true });
  device = spawnSync("losetup", ["--find", "--show", inside("disk.img")], { encoding: "utf8" }).stdout.trim();
  symlinkSync(device, inside("disks/the-volume"));
  bringKey();
  for (const gateway of gateways) await serve(gateway);
}
async function end(): Promise<void> {
  for (const gateway of servers.keys()) await lose(gateway);
  spawnSync("losetup", ["--detach", device]);
  rmSync(root, { recursive: true });
}
afterEach(end);

const keyFile = (): string => inside(recoveryKeyPath.slice(1));
function bringKey(content = key): void {
  mkdirSync(dirname(keyFile()), { recursive: true });
  writeFileSync(keyFile(), content, { mode: 0o600 });
}
/** Clears what a boot clears: everything in memory. */
function boot(): void {
  rmSync(keyFile(), { force: true });
  for (const mapping of readdirSync(inside("mapper"))) rmSync(inside(`mapper/${mapping}`));
}

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly diary: readonly string[];
}
const command = (script: string): readonly string[] => [
  "--mount",
  "sh",
  "-c",
  [
    "mkdir -p /dev/mapper",
    `mount --bind ${inside("mapper")} /dev/mapper`,
    `mount --bind ${inside("etc")} /etc`,
    `mount --bind ${inside("lib")} /usr/local/lib`,
    `mount --bind ${inside("run")} /run`,
    `export PATH=${inside("bin")}:/usr/sbin:/sbin:$PATH`,
    script,
  ].join(" && "),
];
function run(script: string): Run {
  rmSync(inside("diary"), { force: true });
  const { status, stdout, stderr } = spawnSync("unshare", command(script), { encoding: "utf8" });
  const diary = existsSync(inside("diary")) ? readFileSync(inside("diary"), "utf8").trim().split("\n") : [];
  return { status, stdout, stderr, diary };
}

const library = "/usr/local/lib/sovereign-uc";
/** Opens and mounts the volume, then prints its mount options. */
const open = (): Run => run(`${library}/data-volume && findmnt -n -o OPTIONS ${inside("data")}`);
const rebind = (): Run =>
  run(`mount --bind ${inside("data")} ${inside("data")} && RUNTIME_DIRECTORY=${root} ${library}/rebind-tang`);
/** Output of a run that must succeed; its error becomes the test's. */
function done(one: Run): Run {
  if (one.status !== 0) throw new Error(`expected status 0, got ${one.status}:\n${one.stdout}${one.stderr}`);
  return one;
}
/** Slots by gateway, as the volume's header has them. */
const slots = (): readonly string[] =>
  run(`${library}/tang-slots`)
    .stdout.trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(" "))
    .map(([slot, , url]) => `${slot} ${url}`)
    .sort();
const keySlots = (): readonly string[] => {
  const dump = spawnSync(installed("cryptsetup") ?? "", ["luksDump", device], { encoding: "utf8" }).stdout;
  return [...dump.matchAll(/^ {2}(\d+): luks2/gm)].map(([, slot]) => slot ?? "");
};
const opensWith = (passphrase: string): boolean =>
  spawnSync(installed("cryptsetup") ?? "", ["open", "--test-passphrase", "--key-file", "-", device], {
    input: passphrase,
  }).status === 0;
const disk = (): Buffer => readFileSync(inside("disk.img"));

describeWith(programs, "a data volume", () => {
  beforeEach(() => begin());

  test("that is blank is encrypted with the recovery key, formatted and mounted", () => {
    const made = open();
    expect(made).toMatchObject({ status: 0, stderr: "" });
    expect(made.stdout).toMatch(/nosuid,nodev,noexec/);
    expect(made.diary).toEqual([
      "luksFormat --label sovereign-uc-unfinished",
      "open",
      "mkfs",
      "config --label sovereign-uc-data",
    ]);
    expect(opensWith(key)).toBe(true);
    expect(opensWith("anything else")).toBe(false);
  });

  test("that is open or was closed is opened and mounted again, and nothing in it changes", () => {
    run(`${library}/data-volume && echo data >${inside("data/file")}`);
    const before = disk();
    expect(run(`${library}/data-volume && cat ${inside("data/file")}`)).toMatchObject({ stdout: "data\n", diary: [] });
    rmSync(inside("mapper/sovereign-uc-data"));
    expect(run(`${library}/data-volume && cat ${inside("data/file")}`)).toMatchObject({
      stdout: "data\n",
      diary: ["open"],
    });
    expect(run(`${library}/data-volume && ${library}/data-volume`)).toMatchObject({ status: 0, diary: [] });
    expect(disk().equals(before)).toBe(true);
  });

  test.each<[string, readonly string[], string]>([
    ["a plain file system", ["mkfs.ext4", "-q"], "got ext4"],
    ["swap", ["mkswap"], "got swap"],
  ])("that holds %s is refused and not a byte of it changes", (_, [program = "", ...parameters], message) => {
    expect(spawnSync(installed(program) ?? "", [...parameters, device]).status).toBe(0);
    const before = disk();
    const refused = open();
    expect(refused).toMatchObject({ status: 1, diary: [] });
    expect(refused.stderr).toContain(message);
    expect(refused.stderr).toContain("nothing was changed");
    expect(disk().equals(before)).toBe(true);
  });

  test("of another host is refused, and remains unchanged", () => {
    open();
    boot();
    bringKey("the recovery key of another host, which is as long");
    const before = disk();
    const refused = open();
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain("got neither; attach this host's own volume");
    expect(disk().equals(before)).toBe(true);
  });

  test("that is blank waits for no gateway: without the recovery key nothing is encrypted", () => {
    boot();
    const before = disk();
    const refused = open();
    expect(refused).toMatchObject({ status: 1, diary: [] });
    expect(refused.stderr).toContain("expected the recovery key");
    expect(disk().equals(before)).toBe(true);
  });

  test.each(["open", "mkfs"])("whose creation was interrupted before %s is completed by the next run", (step) => {
    writeFileSync(inside(`cut-${step}`), "");
    expect(open().status).not.toBe(0);
    expect(opensWith(key)).toBe(true);
    const again = open();
    expect(again.status).toBe(0);
    expect(again.diary.filter((line) => line !== "close")).toEqual([
      "luksFormat --label sovereign-uc-unfinished",
      "open",
      "mkfs",
      "config --label sovereign-uc-data",
    ]);
    expect(open()).toMatchObject({ status: 0, diary: [] });
  });

  test("whose header was interrupted before it had a key is completed by the next run", () => {
    writeFileSync(inside("cut-open"), "");
    open();
    spawnSync(installed("cryptsetup") ?? "", ["luksKillSlot", "--batch-mode", device, "0"]);
    expect(keySlots()).toEqual([]);
    done(open());
    expect(keySlots()).toEqual(["0"]);
  });
});

describeWith(programs, "a data volume that gateways open", () => {
  beforeAll(async () => {
    await begin();
    done(open());
    done(rebind());
    bound = mkdtempSync(join(tmpdir(), "data-volume-bound-"));
    for (const kept of [...images, "tang"]) cpSync(inside(kept), join(bound, kept), { recursive: true });
    await end();
  });
  afterAll(() => rmSync(bound, { recursive: true }));
  beforeEach(async () => {
    await begin(bound);
    symlinkSync(inside("plain.img"), inside("mapper/sovereign-uc-data"));
  });

  test("has a slot for each of them, and the recovery key's", () => {
    expect(slots()).toEqual([`1 ${tangUrl(first)}`, `2 ${tangUrl(second)}`]);
    expect(keySlots()).toEqual(["0", "1", "2"]);
  });

  test("is left alone while nothing changed", () => {
    const before = disk();
    expect(rebind()).toMatchObject({
      status: 0,
      stdout: "",
      stderr: expect.not.stringContaining("expected") as string,
    });
    expect(disk().equals(before)).toBe(true);
  });

  test("is left alone while it is not mounted", async () => {
    await replace(first);
    const before = disk();
    expect(run(`${library}/rebind-tang`)).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(disk().equals(before)).toBe(true);
  });

  test.each(gateways)("opens unattended at boot while %s is lost", async (gateway) => {
    boot();
    await lose(gateway);
    const opened = open();
    expect(opened).toMatchObject({ status: 0, diary: ["open"] });
    expect(opened.stdout).toMatch(/nosuid,nodev,noexec/);
    // The lost one keeps its slot: it may come back.
    done(rebind());
    expect(slots()).toHaveLength(2);
  });

  /** Boots while all gateways are lost; tells what the host says until something lets it open. */
  async function waited(help: () => void | Promise<void>): Promise<string> {
    boot();
    for (const gateway of gateways) await lose(gateway);
    const child = spawn("unshare", command(`exec ${library}/data-volume`), { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (data: Buffer) => (said += data.toString()));
    try {
      await until("the sentence", () => Promise.resolve(said.includes("waiting: start a gateway")), 20);
      expect(child.exitCode).toBeNull();
      await help();
      expect(await once(child, "exit")).toEqual([0, null]);
    } finally {
      child.kill("SIGKILL");
    }
    return said;
  }

  test("waits at boot while all gateways are lost, logs it once, and opens when convergence brings the key", async () => {
    expect((await waited(bringKey)).match(/waiting/g)).toHaveLength(1);
  });

  test("waits at boot until one gateway is back", async () => {
    await waited(() => serve(second));
  });

  test("does not open outside the network: neither gateways nor key", async () => {
    boot();
    for (const gateway of gateways) await lose(gateway);
    for (const slot of ["1", "2"])
      expect(run(`clevis luks pass -d ${device} -s ${slot} </dev/null`).status).not.toBe(0);
  });

  test("contacts only its own gateways, whatever its header says", async () => {
    boot();
    const env = inside("etc/sovereign-uc/data-volume.env");
    writeFileSync(env, readFileSync(env, "utf8").replace(tangUrl(first), tangUrl("127.0.0.1")));
    await lose(second);
    bringKey("the recovery key of another host, which is as long");
    expect(open().status).toBe(1);
  });

  test.each([
    ["the recovery key", (): void => undefined],
    ["the other gateway's slot, after a boot", (): void => rmSync(keyFile())],
    ["the other gateway's slot, where the recovery key is another's", () => bringKey("of another host")],
  ])("is bound anew to a gateway that was made again, with %s", async (_, prepare) => {
    prepare();
    await replace(first);
    const rebound = done(rebind());
    expect(rebound.stdout).toContain(
      `${device === "" ? "" : inside("disks/the-volume")} is bound to ${tangUrl(first)}`,
    );
    expect(rebound.diary.filter((line) => /luks(AddKey|KillSlot)/.test(line))).toEqual(["luksAddKey", "luksKillSlot"]);
    expect(slots()).toEqual([`2 ${tangUrl(second)}`, `3 ${tangUrl(first)}`]);
    expect(opensWith(key)).toBe(true);
    boot();
    await lose(second);
    done(open());
  });

  test("is bound to a gateway whose key has a name that begins like an option", async () => {
    await replace(first);
    const keys = inside(`tang/${first}-again`);
    for (const file of readdirSync(keys))
      if (readFileSync(join(keys, file), "utf8").includes("ECMR")) rmSync(join(keys, file));
    const odd = exchangeKey((name) => name.startsWith("-"));
    writeFileSync(join(keys, `${odd.name}.jwk`), odd.key);
    done(rebind());
    expect(slots()).toEqual([`2 ${tangUrl(second)}`, `3 ${tangUrl(first)}`]);
    expect(done(rebind()).stdout).toBe("");
  });

  test("is bound anew to a gateway whose keys were rotated", () => {
    const keys = inside(`tang/${first}`);
    spawnSync("/usr/libexec/tangd-rotate-keys", ["-d", keys]);
    done(rebind());
    expect(slots()).toEqual([`2 ${tangUrl(second)}`, `3 ${tangUrl(first)}`]);
  });

  test("is bound anew to both gateways with the recovery key, once a convergence has brought it", async () => {
    rmSync(keyFile());
    for (const gateway of gateways) await replace(gateway);
    const before = disk();
    const refused = rebind();
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain("got neither; converge this host again");
    expect(disk().equals(before)).toBe(true);
    bringKey();
    done(rebind());
    expect(slots()).toEqual([`1 ${tangUrl(second)}`, `3 ${tangUrl(first)}`]);
    boot();
    done(open());
  });

  test("that was interrupted between the new slot and the old one loses the old one in the next run", async () => {
    await replace(first);
    const config = `{"url":"${tangUrl(first)}","adv":${advertised(first)}}`;
    expect(run(`clevis luks bind -d ${device} -k ${recoveryKeyPath} tang '${config}' </dev/null`).status).toBe(0);
    expect(slots()).toHaveLength(3);
    const rebound = rebind();
    expect(rebound.diary.filter((line) => /luks(AddKey|KillSlot)/.test(line))).toEqual(["luksKillSlot"]);
    expect(slots()).toEqual([`2 ${tangUrl(second)}`, `3 ${tangUrl(first)}`]);
  });

  test("keeps the old slot while the new one does not open it", async () => {
    await replace(first);
    rmSync(inside("bin/clevis"), { force: true });
    writeFileSync(
      inside("bin/clevis"),
      `#!/bin/sh\n[ "$2" != pass ] || exit 1\nexec ${installed("clevis") ?? ""} "$@"\n`,
      { mode: 0o755 },
    );
    const rebound = rebind();
    expect(rebound.status).toBe(1);
    expect(rebound.stderr).toContain("its old one stays");
    expect(slots()).toHaveLength(3);
  });

  test("forgets a gateway that is no longer there, once it is bound to all the others", async () => {
    const third = first.replace(/\d+$/, "12");
    const env = inside("etc/sovereign-uc/data-volume.env");
    writeFileSync(env, readFileSync(env, "utf8").replace(tangUrl(first), tangUrl(third)));
    const early = rebind();
    expect(early.status).toBe(1);
    expect(early.stderr).toContain(`expected ${tangUrl(third)} to answer`);
    expect(slots()).toHaveLength(2);
    await serve(third);
    done(rebind());
    expect(slots()).toEqual([`2 ${tangUrl(second)}`, `3 ${tangUrl(third)}`]);
  });
});
