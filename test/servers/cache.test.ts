/** A cache with its real programs on loopback addresses: three replicas, three watchers, two proxies, all by the rendered files and scripts. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheScripts } from "../../components/kubernetes/cache/files";
import { cacheProxy, proxyPassword } from "../../components/kubernetes/cache/proxy";
import {
  cachePorts,
  cacheQuorum,
  cacheUsers,
  replicaConfig,
  watcherConfig,
} from "../../components/kubernetes/cache/valkey";
import { certificateFor } from "../support/certificates";
import { type Background, background, until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";
import { resp, type RespClient } from "./resp";

const replicas = ["127.0.9.1", "127.0.9.2", "127.0.9.3"] as const;
const watchers = ["127.0.9.11", "127.0.9.12", "127.0.9.13"] as const;
const proxies = ["127.0.9.21", "127.0.9.22"] as const;
const host = "chat-cache.chat.svc.cluster.local";
const tls = certificateFor([host]);
const passwords = { clients: ["new-password", "old-password"], internal: "internal-password", proxy: "proxy-password" };

jest.setTimeout(120_000);

describeWith(
  ["redis-server", "redis-sentinel", "redis-cli", "haproxy", "sha1sum", "timeout", "getent"],
  "a cache",
  () => {
    let folder = "";
    const running = new Map<string, Background>();

    const environment = (self: string): Record<string, string> => ({
      PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}:/usr/sbin`,
      CACHE_SELF: self,
      POD_IP: self,
      CACHE_REPLICAS: replicas.join(" "),
      CACHE_WATCHERS: watchers.join(" "),
      CACHE_QUORUM: `${cacheQuorum}`,
      CACHE_FILES: folder,
      CACHE_RUN: join(folder, "run", self),
      [proxyPassword]: passwords.proxy,
    });
    const script = (name: string, self: string, ...more: readonly string[]): string =>
      execFileSync("sh", [join(folder, "scripts", name), ...more], { env: environment(self), encoding: "utf8" });
    const start = (name: string, command: readonly string[]): void => {
      const variables = Object.entries(environment(name)).map(([key, value]) => `${key}=${value}`);
      running.set(name, background("/usr/bin/env", [...variables, ...command], folder));
    };
    const startReplica = (name: string): void => start(name, ["sh", join(folder, "scripts", "start-replica.sh")]);
    const startWatcher = (name: string): void => start(name, ["sh", join(folder, "scripts", "start-watcher.sh")]);
    const kill = async (name: string): Promise<void> => running.get(name)?.stop();

    /** Answers of one program to the internal user. */
    const ask = (at: string, port: number, ...words: readonly string[]): string => {
      try {
        const login = ["--tls", "--cacert", join(folder, "tls/ca.crt"), "--user", "internal", "-a", passwords.internal];
        return execFileSync("redis-cli", ["-h", at, "-p", `${port}`, ...login, "--no-auth-warning", ...words], {
          encoding: "utf8",
          stdio: "pipe",
          timeout: 5_000,
        }).trim();
      } catch {
        return "";
      }
    };
    const isPrimary = (replica: string): boolean => ask(replica, cachePorts.data, "ROLE").startsWith("master");
    const whole = (): boolean =>
      replicas.filter(isPrimary).length === 1 &&
      replicas.every((replica) => {
        const said = ask(replica, cachePorts.data, "INFO", "replication");
        return /role:master[\s\S]*connected_slaves:2/.test(said) || said.includes("master_link_status:up");
      }) &&
      watchers.every((watcher) => {
        const said = ask(watcher, cachePorts.watcher, "SENTINEL", "MASTER", "cache").split("\n");
        const of = (key: string): string => said[said.indexOf(key) + 1] ?? "";
        return (
          isPrimary(of("ip")) &&
          of("num-slaves") === "2" &&
          of("num-other-sentinels") === "2" &&
          of("flags") === "master"
        );
      });
    /** Watchers agree some moments before every proxy has asked each replica who it is. */
    const leads = async (proxy: string): Promise<boolean> => {
      const connected = await client(passwords.clients[0], proxy).catch(() => undefined);
      const said = await connected?.say("SET", "key", "first").catch(() => "");
      connected?.close();
      return said === "OK";
    };
    const settled = (): Promise<void> =>
      until(
        "one primary, two replicas, three watchers that agree and two proxies that lead to it",
        async () => whole() && (await Promise.all(proxies.map(leads))).every(Boolean),
        60,
      ).catch((problem: Error) => {
        const logs = [...running].map(([name, program]) => `${name}:\n${program.log()}`);
        throw new Error(`${problem.message}\n${logs.join("\n")}`);
      });
    const primary = (): string => replicas.find(isPrimary) ?? "";

    const client = (password = passwords.clients[0], proxy: string = proxies[0]): Promise<RespClient> =>
      resp({
        host: proxy,
        port: cachePorts.data,
        servername: host,
        ca: tls.certificate,
        ...(password === undefined ? {} : { password }),
      });

    /** Writes one value after the other through the proxies, and connects again whenever that fails, as clients do. */
    const writing = (): {
      readonly end: () => Promise<{ readonly acknowledged: number; readonly longestMs: number }>;
    } => {
      let ended = false;
      const work = async () => {
        let [acknowledged, longestMs, last, turn] = [0, 0, Date.now(), 0];
        let connected: RespClient | undefined;
        while (!ended) {
          try {
            connected ??= await client(passwords.clients[0], proxies[turn++ % proxies.length]);
            await connected.say("SET", `written-${acknowledged}`, "yes");
            longestMs = Math.max(longestMs, Date.now() - last);
            [acknowledged, last] = [acknowledged + 1, Date.now()];
          } catch {
            connected?.close();
            connected = undefined;
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
        }
        connected?.close();
        return { acknowledged, longestMs };
      };
      const done = work();
      return {
        end: () => {
          ended = true;
          return done;
        },
      };
    };
    const held = async (count: number): Promise<number> => {
      const connected = await client();
      const found = await connected.say(
        "EVAL",
        "local n = 0 for i = 0, ARGV[1] - 1 do n = n + redis.call('EXISTS', 'written-' .. i) end return n",
        "0",
        `${count}`,
      );
      connected.close();
      return Number(found);
    };

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "sovereign-uc-cache-"));
      for (const name of ["bin", "config", "tls", "secrets", "scripts", "run"]) mkdirSync(join(folder, name));
      // Debian has the older program under its older name.
      for (const name of ["server", "sentinel", "cli"])
        symlinkSync(installed(`redis-${name}`) ?? "", join(folder, "bin", `valkey-${name}`));
      const files: Readonly<Record<string, string>> = {
        "config/valkey.conf": replicaConfig(64, folder),
        ...Object.fromEntries(Object.entries(watcherConfig(folder)).map(([name, text]) => [`config/${name}`, text])),
        "tls/tls.crt": tls.certificate,
        "tls/tls.key": tls.privateKey,
        "tls/ca.crt": tls.certificate,
        "secrets/internal": passwords.internal,
        "secrets/users.acl": cacheUsers(passwords),
        ...Object.fromEntries(
          Object.values(cacheScripts).flatMap((scripts) =>
            Object.entries(scripts).map(([name, text]) => [`scripts/${name}`, text]),
          ),
        ),
        ...Object.fromEntries(
          proxies.map((address) => [
            `${address}.cfg`,
            cacheProxy({ replicas, authority: join(folder, "tls/ca.crt"), connections: 100, address }),
          ]),
        ),
      };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
      for (const name of replicas) startReplica(name);
      for (const name of watchers) startWatcher(name);
      for (const name of proxies) start(name, [installed("haproxy") ?? "", "-db", "-f", join(folder, `${name}.cfg`)]);
      await settled();
    });

    afterAll(async () => {
      for (const program of running.values()) await program.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it("answers both passwords that are valid, and no other and nobody without one", async () => {
      for (const password of passwords.clients) {
        const connected = await client(password);
        expect(await connected.say("SET", "key", password)).toBe("OK");
        expect(await connected.say("GET", "key")).toBe(password);
        connected.close();
      }
      await expect(client("another")).rejects.toThrow("WRONGPASS");
      const nobody = await resp({ host: proxies[0], port: cachePorts.data, servername: host, ca: tls.certificate });
      await expect(nobody.say("GET", "key")).rejects.toThrow("NOAUTH");
      nobody.close();
    });

    it("leads nobody to a replica while a proxy that starts has not asked each of them yet", async () => {
      const young = "127.0.9.23";
      const cfg = join(folder, `${young}.cfg`);
      const authority = join(folder, "tls/ca.crt");
      writeFileSync(cfg, cacheProxy({ replicas, authority, connections: 100, address: young }));
      start(young, [installed("haproxy") ?? "", "-db", "-f", cfg]);
      const answers = new Set<string>();
      let led = 0;
      // Through the seconds in which it takes every replica for up, and beyond.
      await until("ten writes through it", async () => {
        const connected = await client(passwords.clients[0], young).catch(() => undefined);
        if (connected === undefined) return false;
        answers.add(await connected.say("SET", "key", "first").catch((problem: Error) => problem.message));
        connected.close();
        led += 1;
        return led >= 10;
      });
      await kill(young);
      running.delete(young);
      expect([...answers]).toEqual(["OK"]);
    });

    it("lets clients administer nothing, and the proxies' password read nothing", async () => {
      const connected = await client();
      for (const command of [
        ["CONFIG", "GET", "*"],
        ["ACL", "LIST"],
        ["REPLICAOF", "NO", "ONE"],
        ["SHUTDOWN"],
        ["MONITOR"],
      ])
        await expect(connected.say(...command)).rejects.toThrow("NOPERM");
      await expect(connected.say("AUTH", "proxy", passwords.proxy)).resolves.toBe("OK");
      await expect(connected.say("GET", "key")).rejects.toThrow("NOPERM");
      connected.close();
    });

    it("is ready and alive by its own probes, and writes nothing to a disk", async () => {
      for (const replica of replicas) script("replica-ready.sh", replica);
      for (const replica of replicas) script("answers.sh", replica, `${cachePorts.data}`);
      for (const watcher of watchers) script("answers.sh", watcher, `${cachePorts.watcher}`);
      const connected = await client();
      await connected.say("SET", "on-no-disk", "a-word-that-nobody-else-writes");
      connected.close();
      const found = execFileSync("sh", ["-c", 'grep -rl a-word-that-nobody-else-writes "$1" || true', "sh", folder], {
        encoding: "utf8",
      });
      expect(found).toBe("");
      expect(ask(primary(), cachePorts.data, "CONFIG", "GET", "save").split("\n")[1] ?? "").toBe("");
    });

    it("its clients follow when the primary is killed, and it comes back as a replica", async () => {
      const before = primary();
      const written = writing();
      await new Promise((resolve) => setTimeout(resolve, 500));
      await kill(before);
      await until("another primary", async () => primary() !== "" && primary() !== before, 60);
      startReplica(before);
      await settled();
      const { acknowledged, longestMs } = await written.end();
      const kept = await held(acknowledged);
      process.stderr.write(
        `primary killed: ${acknowledged} writes acknowledged, ${acknowledged - kept} of them lost, the longest pause ${longestMs} ms\n`,
      );
      expect(primary()).not.toBe(before);
      // Watchers miss it after 5 seconds; the rest is their vote and the proxies' check.
      expect(longestMs).toBeLessThan(20_000);
      expect(kept).toBeGreaterThan(100);
    });

    it("keeps what it holds when the primary is started again at once", async () => {
      const connected = await client();
      await connected.say("SET", "held", "still");
      expect(await connected.say("WAIT", "2", "2000")).toBe("2");
      connected.close();
      const before = primary();
      await kill(before);
      startReplica(before);
      await settled();
      const after = await client();
      expect(await after.say("GET", "held")).toBe("still");
      after.close();
    });

    it("loses no write, and pauses briefly, when the primary hands over before it ends", async () => {
      const before = primary();
      const written = writing();
      await new Promise((resolve) => setTimeout(resolve, 500));
      script("hand-over.sh", before);
      expect(isPrimary(before)).toBe(false);
      await kill(before);
      startReplica(before);
      await settled();
      const { acknowledged, longestMs } = await written.end();
      const kept = await held(acknowledged);
      process.stderr.write(
        `handed over: ${acknowledged} writes acknowledged, ${acknowledged - kept} of them lost, the longest pause ${longestMs} ms\n`,
      );
      expect(kept).toBe(acknowledged);
      expect(longestMs).toBeLessThan(5_000);
    });

    it("takes no writes at a primary that hears neither of the others", async () => {
      const alone = primary();
      const others = replicas.filter((replica) => replica !== alone);
      // All watchers first, or they would choose another.
      for (const name of [...watchers, ...others]) await kill(name);
      await until(
        "writes to be refused",
        async () => ask(alone, cachePorts.data, "SET", "lost", "yes").includes("NOREPLICAS"),
        30,
      );
      for (const name of others) startReplica(name);
      for (const name of watchers) startWatcher(name);
      await settled();
      expect(primary()).toBe(alone);
    });

    it("watchers that start again know the primary, also when it is not the first", async () => {
      if (primary() === replicas[0]) {
        script("hand-over.sh", replicas[0]);
        await settled();
      }
      const before = primary();
      for (const name of watchers) await kill(name);
      for (const name of watchers) startWatcher(name);
      await settled();
      expect(primary()).toBe(before);
    });
  },
);
