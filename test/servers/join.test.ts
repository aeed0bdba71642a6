/**
 * Joining of hosts that the autoscaler made: the script as it stands on the control plane, over a real SSH server in a Debian root that plays the newborn
 * host, in a network namespace with the addresses of the elastic range. The cluster (`k3s`) is played by a program that keeps its objects in a file and
 * takes a host in only if it starts k3s with a token that is alive; systemd on the newborn keeps a diary.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { elasticLabel, poolLabel } from "../../components/core/taints";
import { sshd } from "../../components/recipe/cloud-init";
import { scripts } from "../../components/recipe/scripts";
import { growing, sentTo } from "../support/elastic";
import { outputs } from "../support/infrastructure";
import { deploy } from "../support/mocks";
import { background, type Background, until } from "../support/programs/background";
import { debianRoot, describeWithRoot } from "../support/programs/debian-root";

jest.setTimeout(120_000);

interface Node {
  readonly address: string;
  readonly ready: string;
  readonly since: string;
  readonly annotations: Readonly<Record<string, string>>;
}
interface Token {
  readonly secret: string;
  readonly description: string;
}
interface World {
  readonly nodes: Readonly<Record<string, Node>>;
  readonly leases: Readonly<Record<string, { holder: string; renewed: string; version: number }>>;
  readonly tokens: Readonly<Record<string, Token>>;
  readonly diary: readonly string[];
}

const address = "10.20.0.130";
const name = "uc-elastic-1a2b3c";
const longAgo = "2026-01-01T00:00:00Z";
/** SHA-256 of the k3s in the store that `curl` plays. */
const ofStore = createHash("sha256").update("binary\n").digest("hex");

describeWithRoot(
  ["ssh", "ssh-keyscan", "ssh-keygen", "unshare", "nsenter", "chroot", "ip", "python3"],
  "a newborn host",
  () => {
    let folder: string;
    let root: string;
    let server: Background | undefined;
    const inside = (): string => readFileSync(join(folder, "server.pid"), "utf8").trim();

    /** Files in the control plane's folder, by name. */
    let given: Readonly<Record<string, string>>;
    beforeAll(async () => {
      root = mkdtempSync(join(tmpdir(), "newborn-"));
      execFileSync("cp", ["-a", `${debianRoot()}/.`, root]);
      execFileSync("chroot", [root, "groupadd", "--system", "systemd-journal"]);
      const deployment = await deploy(() => void growing(), { outputs });
      const prefix = "/etc/sovereign-uc/join/";
      given = Object.fromEntries(
        Object.entries(sentTo(deployment, "uc-control-1"))
          .filter(([path]) => path.startsWith(prefix))
          .map(([path, { content }]) => [path.slice(prefix.length), content]),
      );
    });

    afterAll(() => rmSync(root, { recursive: true }));

    const write = (path: string, content: string, mode: number): void => {
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, content);
      chmodSync(path, mode);
    };
    beforeEach(async () => {
      // Removes leftovers of the test before from the new host.
      for (const path of [
        "etc/rancher",
        "etc/nftables.conf",
        "etc/something-new",
        "usr/local",
        "var/lib/sovereign-uc",
        "var/log",
      ])
        rmSync(join(root, path), { recursive: true, force: true });
      mkdirSync(join(root, "var/log"));
      folder = mkdtempSync(join(tmpdir(), "join-"));

      for (const key of ["key", "first", "second"])
        execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", join(folder, key)]);

      // The new host: cloud-init's files, and programs that play systemd, the machine's name and the mirror.
      const host = (path: string, content: string, mode = 0o644): void => write(join(root, path), content, mode);
      host("root/.ssh/authorized_keys", readFileSync(join(folder, "key.pub"), "utf8"), 0o600);
      host("etc/ssh/sshd_config.d/10-sovereign-uc.conf", sshd);
      host("var/lib/cloud/data/instance-id", "4711\n");
      host("usr/local/bin/hostname", `#!/bin/sh\ncat /etc/its-name\n`, 0o755);
      host("etc/its-name", `${name}\n`);
      host(
        "usr/local/bin/systemctl",
        '#!/bin/sh\necho "$*" >>/var/log/diary\n[ "$1" = is-active ] && exit 1\ncase $* in "start k3s.service" | "restart k3s.service") sh /etc/when-k3s-starts ;; esac\n',
        0o755,
      );
      host("etc/when-k3s-starts", "touch /var/log/k3s-runs\n");
      host("usr/local/bin/curl", "#!/bin/sh\necho binary >k3s\nsha256sum k3s >sha256sum-amd64.txt\n", 0o755);

      await answers("first");

      // The control plane.
      write(join(folder, "bin", "k3s"), cluster, 0o755);
      write(join(folder, "bin", "join"), scripts.join, 0o755);
      for (const [file, content] of Object.entries(given)) write(join(folder, "etc", file), content, 0o600);
      write(join(folder, "etc", "key"), readFileSync(join(folder, "key"), "utf8"), 0o600);
      write(join(folder, "etc", "payload"), short(), 0o600);
      set({ nodes: {}, leases: {}, tokens: {}, diary: [] });
    });
    afterEach(async () => {
      await server?.stop();
      server = undefined;
      rmSync(folder, { recursive: true });
    });

    /** The new host answers with one of the two keys; the former server is stopped first. */
    async function answers(key: "first" | "second"): Promise<void> {
      await server?.stop();
      write(join(root, "etc/ssh/ssh_host_ed25519_key"), readFileSync(join(folder, key), "utf8"), 0o600);
      write(join(root, "etc/ssh/ssh_host_ed25519_key.pub"), readFileSync(join(folder, `${key}.pub`), "utf8"), 0o644);
      const start = [
        "ip link set lo up",
        `ip address add ${address}/32 dev lo`,
        "ip address add 10.20.0.20/32 dev lo",
        `mkdir -p ${root}/run/sshd`,
        `echo $PPID >${folder}/server.pid`,
        `exec unshare --mount --pid --fork --kill-child chroot ${root} /bin/sh -c 'mount -t proc proc /proc && exec /usr/sbin/sshd -D -e -o ListenAddress=${address} -o HostKey=/etc/ssh/ssh_host_ed25519_key'`,
      ].join(" && ");
      server = background("unshare", ["--net", "--fork", "--kill-child", "/bin/sh", "-c", start], folder);
      await until(
        "an SSH server",
        () => {
          server?.mustRun();
          return Promise.resolve(existsSync(join(folder, "server.pid")) && scanned().includes("ssh-ed25519"));
        },
        30,
      );
    }
    const scanned = (): string => {
      try {
        return execFileSync("nsenter", ["--net", "-t", inside(), "ssh-keyscan", "-T", "1", "-t", "ed25519", address], {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
        });
      } catch {
        return "";
      }
    };

    /** Payload of hosts without packages, because their mirror is not available here. The k3s that is locked is the one that the test's store has. */
    const whole = (): string =>
      (given["payload"] ?? "")
        .replace(/^package .*\n/gm, "")
        .replace(/^(file .* )(\S+)$/gm, (line: string, head: string, content: string) => {
          const text = Buffer.from(content, "base64").toString();
          if (!/^K3S_SHA256=/m.test(text)) return line;
          return `${head}${Buffer.from(text.replace(/^K3S_SHA256=.*$/m, `K3S_SHA256=${ofStore}`)).toString("base64")}`;
        });
    /** The part that the script itself needs: a filter and k3s. */
    const short = (): string =>
      whole()
        .split("\n")
        .filter((line) => {
          const [kind, , , path = ""] = line.split(" ");
          return (
            (kind !== "file" || /nftables|fetch-k3s|k3s\.env/.test(Buffer.from(path, "base64").toString())) &&
            (kind !== "unit" || /nftables|k3s/.test(line))
          );
        })
        .join("\n");

    const world = (): World => JSON.parse(readFileSync(join(folder, "cluster.json"), "utf8")) as World;
    const set = (changes: Partial<World>): void =>
      writeFileSync(
        join(folder, "cluster.json"),
        JSON.stringify({ ...(existsSync(join(folder, "cluster.json")) ? world() : {}), ...changes }),
      );
    const diary = (): readonly string[] =>
      existsSync(join(root, "var/log/diary"))
        ? readFileSync(join(root, "var/log/diary"), "utf8").trim().split("\n")
        : [];
    /** Leftovers that a run must not have. */
    const left = (): object => ({ tokens: world().tokens, leases: world().leases });
    const created = (): readonly string[] => world().diary.filter((line) => line.startsWith("token create"));

    /** One round of the timer on a member of the control plane. */
    function begun(member = "uc-control-1"): ChildProcess & { said: () => string } {
      const run = join(folder, "run", member);
      mkdirSync(run, { recursive: true });
      const child = spawn("nsenter", ["--net", "-t", inside(), join(folder, "bin", "join")], {
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          PATH: `${join(folder, "bin")}:${process.env["PATH"]}:/usr/sbin`,
          CLUSTER: join(folder, "cluster.json"),
          NEWBORN: root,
          JOIN_FOLDER: join(folder, "etc"),
          RUNTIME_DIRECTORY: run,
          JOIN_HOST: member,
          JOIN_SERVER: "https://10.20.0.20:6443",
          JOIN_GROUPS: "uc-elastic",
          JOIN_ID_PREFIX: "hcloud://",
        },
      });
      let text = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (text += data.toString()));
      return Object.assign(child, { said: () => text });
    }
    async function round(member?: string): Promise<{ readonly code: number | null; readonly said: string }> {
      const child = begun(member);
      const [code] = (await once(child, "close")) as [number | null];
      return { code, said: child.said() };
    }

    test("joins with a token of its own that is deleted afterwards", async () => {
      writeFileSync(join(folder, "etc", "payload"), whole());
      const { code, said } = await round();
      expect(said).toBe(`${name} at ${address} is in the cluster\n`);
      expect(code).toBe(0);
      expect(created()).toEqual([`token create --ttl 300s --description join-${address}`]);
      expect(left()).toEqual({ tokens: {}, leases: {} });
      // The control plane alone decides which pods it may run.
      const labels = [`${poolLabel}=application`, `${elasticLabel}=true`];
      expect(world().nodes).toMatchObject({ [name]: { address, ready: "True", labels } });
      const itself = readFileSync(join(root, "etc/rancher/k3s/config.yaml.d/60-itself.yaml"), "utf8");
      expect(JSON.parse(itself)).toEqual({
        "node-ip": address,
        server: "https://10.20.0.20:6443",
        "kubelet-arg": ["provider-id=hcloud://4711"],
      });
      expect(readFileSync(join(root, "etc/nftables.conf"), "utf8")).toContain("policy drop");
      expect(readFileSync(join(root, "usr/local/bin/k3s"), "utf8")).toBe("binary\n");
    });

    test("that is in the cluster is left alone", async () => {
      await round();
      const before = diary();
      expect(await round("uc-control-2")).toEqual({ code: 0, said: "" });
      expect(diary()).toEqual(before);
      expect(created()).toHaveLength(1);
    });

    test("joins once, however many members look for it at the same time", async () => {
      const members = ["uc-control-1", "uc-control-2", "uc-control-3"];
      const rounds = await Promise.all(members.map((member) => round(member)));
      expect(rounds.map(({ said }) => said).join("")).toBe(`${name} at ${address} is in the cluster\n`);
      expect(created()).toHaveLength(1);
      expect(diary().filter((line) => line === "restart k3s.service")).toHaveLength(1);
      expect(left()).toEqual({ tokens: {}, leases: {} });
    });

    test("starts k3s when everything else is there, so that its token is valid only for that", async () => {
      await round();
      const told = diary();
      expect(told.filter((line) => line === "restart k3s.service")).toHaveLength(1);
      expect(told).toContain("reload-or-restart nftables.service");
      expect(told.indexOf("reload-or-restart nftables.service")).toBeLessThan(told.indexOf("restart k3s.service"));
      const order = world().diary.map((line) => line.split(" ").slice(0, 2).join(" "));
      expect(order.indexOf("token create")).toBeGreaterThan(order.indexOf("kubectl create"));
      expect(told.lastIndexOf("stop k3s.service")).toBeLessThan(told.indexOf("restart k3s.service"));
    });

    test("that does not come up leaves no token behind, and the next round tries again", async () => {
      write(join(root, "etc/when-k3s-starts"), "echo no such luck >&2\nexit 1\n", 0o644);
      const failed = await round();
      expect(failed.code).toBe(0);
      expect(failed.said).toContain(`the host at ${address} is not in the cluster yet; the next round tries again`);
      expect(created()).toHaveLength(1);
      expect(left()).toEqual({ tokens: {}, leases: {} });
      expect(world().nodes).toEqual({});
      write(join(root, "etc/when-k3s-starts"), "touch /var/log/k3s-runs\n", 0o644);
      expect((await round()).said).toContain("is in the cluster");
      expect(created()).toHaveLength(2);
    });

    test("whose joining is killed joins in the next round of the same member, which removes the leftovers", async () => {
      write(join(root, "etc/when-k3s-starts"), "mkfifo /etc/wait 2>/dev/null\ncat /etc/wait >/dev/null\n", 0o644);
      const child = begun();
      await until("a token", () => Promise.resolve(Object.keys(world().tokens).length === 1), 60);
      const gone = once(child, "exit");
      // One may end by itself as soon as another has ended.
      spawnSync("kill", ["-9", ...descendants(child.pid ?? 0)]);
      await gone;
      const [forgotten] = Object.keys(world().tokens);
      expect(forgotten).toBeDefined();
      expect(Object.values(world().leases)).toMatchObject([{ holder: "uc-control-1" }]);

      // Another member cannot know that it is dead.
      expect(await round("uc-control-2")).toEqual({ code: 0, said: "" });
      expect(Object.keys(world().tokens)).toEqual([forgotten]);

      await answers("first");
      write(join(root, "etc/when-k3s-starts"), "touch /var/log/k3s-runs\n", 0o644);
      const next = await round();
      expect(next.said).toBe(`${name} at ${address} is in the cluster\n`);
      expect(world().diary).toContain(`token delete ${forgotten}`);
      expect(left()).toEqual({ tokens: {}, leases: {} });
    });

    test("whose member died for good is taken over when the lease has expired", async () => {
      const dead = { holder: "uc-control-3", renewed: new Date().toISOString().replace("Z", "000Z"), version: 7 };
      const token = { secret: "old", description: `join-${address}` };
      set({ leases: { [`join-${address}`]: dead }, tokens: { old111: token } });
      expect(await round()).toEqual({ code: 0, said: "" });
      expect(world().tokens).toEqual({ old111: token });
      expect(world().nodes).toEqual({});
      set({ leases: { [`join-${address}`]: { ...dead, renewed: longAgo } } });
      expect((await round()).said).toContain("is in the cluster");
      expect(left()).toEqual({ tokens: {}, leases: {} });
    });

    test("gets a changed recipe, with another token", async () => {
      await round();
      const payload = join(folder, "etc", "payload");
      const more = Buffer.from("/etc/something-new").toString("base64");
      writeFileSync(
        payload,
        readFileSync(payload, "utf8").replace(/end\n$/, `file 0644 root:root ${more} bmV3Cg==\nend\n`),
      );
      expect((await round()).said).toContain("is in the cluster");
      expect(readFileSync(join(root, "etc/something-new"), "utf8")).toBe("new\n");
      expect(created()).toHaveLength(2);
      expect(diary().filter((line) => line === "stop k3s.service")).toHaveLength(1);
      expect(await round()).toEqual({ code: 0, said: "" });
    });

    test("that answers with another key is sent nothing while its node is in the cluster", async () => {
      await round();
      await answers("second");
      writeFileSync(join(folder, "etc", "payload"), "end\n");
      const before = diary();
      const refused = await round();
      expect(refused.said).toBe(
        `expected the SSH key of ${name} at ${address}, got another; nothing is sent there while that node is in the cluster\n`,
      );
      expect(diary()).toEqual(before);
      expect(created()).toHaveLength(1);
    });

    test("at the address of a node whose machine was deleted joins when that node has left", async () => {
      await round();
      await answers("second");
      const [old] = Object.values(world().nodes);
      if (old === undefined) throw new Error("expected a node, got none");
      set({ nodes: { [name]: { ...old, ready: "Unknown", since: longAgo } } });
      write(join(root, "etc/its-name"), "uc-elastic-4d5e6f\n", 0o644);
      rmSync(join(root, "var/log/k3s-runs"));
      const first = await round();
      expect(first.said).toContain(
        `${name} leaves the cluster: not ready since ${longAgo}, and another machine answers at ${address}`,
      );
      expect(world().nodes).toEqual({});
      expect((await round()).said).toBe(`uc-elastic-4d5e6f at ${address} is in the cluster\n`);
    });

    test.each([
      ["another pool's", "uc-control-1"],
      ["one that only begins like ours", "uc-elastic-old-host"],
      ["one that would be a pattern", "uc-elastic-.*"],
      ["that of a node elsewhere", "uc-elastic-77"],
    ])("that claims a name that is not its own (%s) gets no token", async (_, claimed) => {
      set({ nodes: { "uc-elastic-77": { address: "10.20.0.131", ready: "True", since: longAgo, annotations: {} } } });
      write(join(root, "etc/its-name"), `${claimed}\n`, 0o644);
      const { said } = await round();
      expect(said).toContain(`at ${address}, got ${claimed}; see who made that machine`);
      expect(created()).toEqual([]);
      expect(diary()).toEqual([]);
    });

    test("with a malformed machine id gets no token", async () => {
      write(join(root, "var/lib/cloud/data/instance-id"), '1","server":"https://evil\n', 0o644);
      expect((await round()).said).toContain(`expected the number of a machine at ${address}`);
      expect(created()).toEqual([]);
    });

    test("only nodes that have been unreachable for minutes, of the elastic pool and its range, are deleted", async () => {
      const gone: Node = { address: "10.20.0.135", ready: "Unknown", since: longAgo, annotations: {} };
      const just = new Date().toISOString().replace(/\.\d+Z$/, "Z");
      set({
        nodes: {
          "uc-elastic-1": gone,
          "uc-elastic-2": { ...gone, since: just },
          "uc-elastic-3": { ...gone, ready: "True" },
          "uc-elastic-4": { ...gone, address: "10.20.0.31" },
          "uc-application-1": gone,
          [name]: { ...gone, address, annotations: {} },
        },
      });
      write(join(root, "etc/when-k3s-starts"), "exit 1\n", 0o644);
      const { said } = await round();
      expect(said).toContain(
        `uc-elastic-1 leaves the cluster: not ready since ${longAgo}, and nothing answers at 10.20.0.135\n`,
      );
      expect(Object.keys(world().nodes).sort()).toEqual(
        [name, "uc-application-1", "uc-elastic-2", "uc-elastic-3", "uc-elastic-4"].sort(),
      );
    });
  },
);

/** A process and everything below it. */
function descendants(pid: number): readonly string[] {
  const listed = execFileSync("ps", ["-e", "-o", "pid=,ppid="], { encoding: "utf8" });
  const parents = [...listed.matchAll(/(\d+)\s+(\d+)/g)].map(([, child, parent]) => [Number(child), Number(parent)]);
  const below = (one: number): readonly string[] => [
    String(one),
    ...parents.flatMap(([child = 0, parent]) => (parent === one ? below(child) : [])),
  ];
  return below(pid);
}

/** A cluster in a file: as much of `k3s` as is asked here. A host is in when it has started k3s with a token that is alive. */
const cluster = `#!/usr/bin/env python3
import fcntl, json, os, secrets, sys

path = os.environ["CLUSTER"]
newborn = os.environ["NEWBORN"]
words = sys.argv[1:]
lock = open(path + ".lock", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
world = json.load(open(path))
world["diary"].append(" ".join(words))


def done(text="", code=0):
    with open(path + ".next", "w") as file:
        json.dump(world, file)
    os.replace(path + ".next", path)
    sys.stdout.write(text)
    sys.exit(code)


def read(name):
    try:
        return open(os.path.join(newborn, name)).read().strip()
    except FileNotFoundError:
        return ""


def join():
    token = read("etc/rancher/k3s/token").rsplit("::", 1)[-1]
    identity, _, secret = token.partition(".")
    alive = identity in world["tokens"] and world["tokens"][identity]["secret"] == secret
    if os.path.exists(os.path.join(newborn, "var/log/k3s-runs")) and alive:
        itself = json.loads(read("etc/rancher/k3s/config.yaml.d/60-itself.yaml"))
        old = world["nodes"].get(read("etc/its-name"), {"annotations": {}})
        world["nodes"][read("etc/its-name")] = {
            **old, "address": itself["node-ip"], "ready": "True", "since": "2026-01-01T00:00:00Z"
        }


if words[0] == "token":
    tokens = world["tokens"]
    if words[1] == "create":
        identity, secret = secrets.token_hex(3), secrets.token_hex(8)
        tokens[identity] = {"secret": secret, "description": words[words.index("--description") + 1]}
        done("K10" + "0" * 64 + "::" + identity + "." + secret + "\\n")
    if words[1] == "delete":
        del tokens[words[2]]
        done("deleted\\n")
    rows = [f"{one}   5m   2026-01-01T00:00:00Z   authentication,signing   {token['description']}   <none>" for one, token in tokens.items()]
    done("\\n".join(["TOKEN  TTL  EXPIRES  USAGES  DESCRIPTION  EXTRA GROUPS", *rows]) + "\\n")

verb, kind = words[1:3]
name = words[3] if len(words) > 3 else ""
join()
if verb in ("create", "replace"):
    wanted = json.load(sys.stdin)
    name, version = wanted["metadata"]["name"], wanted["metadata"].get("resourceVersion")
    there = world["leases"].get(name)
    if verb == "create" and there or verb == "replace" and (not there or str(there["version"]) != version):
        done(code=1)
    spec = wanted["spec"]
    world["leases"][name] = {
        "holder": spec["holderIdentity"], "renewed": spec["renewTime"], "version": (there or {"version": 0})["version"] + 1
    }
    done()
if verb == "get" and kind == "lease":
    there = world["leases"].get(name)
    done(f"{there['holder']}|{there['renewed']}|{there['version']}" if there else "", 0 if there else 1)
if verb == "get" and kind == "nodes":
    keys = ("sovereign-uc/recipe", "sovereign-uc/host-key")
    done("".join(
        "|".join([one, node["address"], node["ready"], node["since"], *(node["annotations"].get(key, "") for key in keys), ""]) + "\\n"
        for one, node in world["nodes"].items()
    ))
if verb == "get":
    done(world["nodes"].get(name, {}).get("ready", ""), 0 if name in world["nodes"] else 1)
if verb == "delete":
    table = world["leases" if kind == "lease" else "nodes"]
    done(code=0 if table.pop(name, None) else 1)
if verb == "label":
    assert words[4] == "--overwrite" and len(words) == 7, "labels come all together"
    world["nodes"][name]["labels"] = words[5:]
    done()
if verb == "annotate":
    pairs = dict(word.split("=", 1) for word in words[4:] if "=" in word)
    world["nodes"][name]["annotations"].update(pairs)
    done()
done("what is " + " ".join(words), 1)
`;
