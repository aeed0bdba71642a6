/**
 * Convergence over a real SSH server with a pinned key: the rendered recipe of a host, read by the script, in a Debian root of its own.
 * Only `systemctl` logs its calls instead of starting units, since nothing boots there; packages are removed from the recipe, because its mirror is not available.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sshd } from "../../components/recipe/cloud-init";
import { payload } from "../../components/recipe/payload";
import { scripts } from "../../components/recipe/scripts";
import { infrastructure, outputs, worlds } from "../support/infrastructure";
import { deploy } from "../support/mocks";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { debianRoot, describeWithRoot } from "../support/programs/debian-root";

jest.setTimeout(60_000);

describeWithRoot(["ssh", "ssh-keygen", "unshare", "chroot"], "convergence over SSH", () => {
  let folder: string;
  let root: string;
  let server: Background;
  let port: number;
  /** Payload of the rendered control-plane host. */
  let sent: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "converge-ssh-"));
    root = join(folder, "root");
    execFileSync("cp", ["-a", debianRoot() ?? "", root]);
    for (const name of ["administrator", "host"])
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, name)]);
    const write = (path: string, content: string, mode: number): void => {
      mkdirSync(join(root, path, ".."), { recursive: true });
      writeFileSync(join(root, path), content);
      chmodSync(join(root, path), mode);
    };
    write("root/.ssh/authorized_keys", readFileSync(join(folder, "administrator.pub"), "utf8"), 0o600);
    write("etc/ssh/ssh_host_ed25519_key", readFileSync(join(folder, "host"), "utf8"), 0o600);
    write("etc/ssh/sshd_config.d/10-sovereign-uc.conf", sshd, 0o644);
    // While there is a file "hold", it hangs in what a unit is told, and says which processes have to die with the connection.
    const systemctl = `[ "$1" = is-active ] && exit 3
if [ "$1" = restart ] && [ -e /var/log/hold ]; then
  echo $PPID $$ >/var/log/held
  exec tail -f /dev/null
fi
[ "$1" = daemon-reload ] || echo "$*" >>/var/log/diary
`;
    write("usr/local/bin/systemctl", `#!/bin/sh\n${systemctl}`, 0o755);
    execFileSync("chroot", [root, "groupadd", "--system", "systemd-journal"]);
    [port = 0] = await freePorts(1);
    writeFileSync(
      join(folder, "known"),
      `[127.0.0.1]:${port} ${readFileSync(join(folder, "host.pub"), "utf8").split(" ").slice(0, 2).join(" ")}\n`,
    );
    const inside = [
      "mkdir -p /run/sshd && mount -t proc proc /proc",
      `exec /usr/sbin/sshd -D -e -o Port=${port} -o ListenAddress=127.0.0.1 -o HostKey=/etc/ssh/ssh_host_ed25519_key`,
    ].join(" && ");
    server = background(
      "unshare",
      ["--mount", "--pid", "--fork", "--kill-child", "chroot", root, "/bin/sh", "-c", inside],
      folder,
    );
    await until(
      "an SSH server",
      async () => {
        server.mustRun();
        return ssh("true").status === 0;
      },
      20,
    );

    const [world] = worlds;
    if (world === undefined) throw new Error("expected a cloud to try, got none");
    const { resources } = await deploy(() => void infrastructure(world), { outputs });
    const stdin = resources.find(({ name }) => name === "uc-control-1-converge")?.inputs["stdin"] as string;
    sent = stdin.replace(/^package .*\n/gm, "");
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const client = (): readonly string[] => [
    ...["-p", String(port), "-i", join(folder, "administrator"), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes"],
    ...["-o", `UserKnownHostsFile=${join(folder, "known")}`, "-o", "StrictHostKeyChecking=yes", "-o", "LogLevel=ERROR"],
    "root@127.0.0.1",
  ];
  const ssh = (command: string, input = "") =>
    spawnSync("ssh", [...client(), command], { input, encoding: "utf8", timeout: 20_000 });

  /** Converges; returns the changes and the calls of systemctl beside starts of running units. */
  function converge(stdin: string): {
    readonly status: number | null;
    readonly said: string;
    readonly told: readonly string[];
  } {
    const diary = join(root, "var/log/diary");
    rmSync(diary, { force: true });
    const { status, stdout, stderr } = ssh(scripts.converge, stdin);
    const lines = existsSync(diary) ? readFileSync(diary, "utf8").trim().split("\n") : [];
    return { status, said: stdout + stderr, told: lines.filter((line) => /^(restart|reload)/.test(line)) };
  }

  /** Every file below /etc and /usr with its mode, owner, time and size. */
  const state = (): string =>
    execFileSync("find", ["etc", "usr", "!", "-type", "d", "-printf", "%p %m %U:%G %T@ %s\n"], {
      cwd: root,
      encoding: "utf8",
    });

  /** The sent recipe with one file changed. */
  const changed = (path: string): string => {
    const name = Buffer.from(path).toString("base64");
    return sent.replace(
      new RegExp(`^(file \\S+ \\S+ ${name.replace(/[+]/g, "\\+")}) (\\S*)$`, "m"),
      (_, start: string, content: string) =>
        `${start} ${Buffer.from(`${Buffer.from(content, "base64").toString()}# changed\n`).toString("base64")}`,
    );
  };

  test("a rendered recipe is applied completely, and a second run changes nothing", () => {
    const first = converge(sent);
    expect(first).toMatchObject({ status: 0 });
    expect(first.said).toMatch(/^changed [1-9]\d+\n$/);
    const before = state();
    expect(before).toContain("etc/nftables.conf 600 0:0 ");
    // The member that the first one would join comes only after it has converged.
    expect(readFileSync(join(root, "var/log/diary"), "utf8")).toContain("--no-block restart k3s.service\n");
    expect(converge(sent)).toEqual({ status: 0, said: "changed 0\n", told: [] });
    expect(state()).toBe(before);
  });

  test("a changed file restarts its own unit only", () => {
    converge(sent);
    expect(converge(changed("/etc/chrony/chrony.conf"))).toEqual({
      status: 0,
      said: "changed 1\n",
      told: ["restart chrony.service"],
    });
    expect(converge(changed("/etc/nftables.conf")).told).toEqual([
      "restart chrony.service",
      "reload-or-restart nftables.service",
    ]);
  });

  test("a missing package is installed with apt, and an installed one is not", () => {
    expect(converge("package coreutils\nend\n")).toMatchObject({ status: 0 });
    const absent = converge("package no-such-package-of-ours\nend\n");
    expect(absent.status).not.toBe(0);
    expect(absent.said).toContain("no-such-package-of-ours");
  });

  test("a cut connection leaves the old file or the new one, never a partial one", async () => {
    const path = "/etc/long.conf";
    const content = (letter: string): string => `${letter.repeat(99)}\n`.repeat(20_000);
    const recipe = (letter: string): string =>
      payload({ files: [{ path, content: content(letter) }], units: [{ name: "long.service", files: [path] }] });
    expect(converge(recipe("a"))).toMatchObject({ status: 0 });
    const next = recipe("b");
    const seen = new Set<string>();
    for (const part of [0.3, 0.9, 0.999, 1, 1]) {
      const cut = spawn("ssh", [...client(), scripts.converge], { stdio: ["pipe", "ignore", "ignore"] });
      const gone = once(cut, "exit");
      cut.stdin.on("error", () => undefined);
      await new Promise<void>((resolve) =>
        cut.stdin.write(next.slice(0, Math.floor(next.length * part)), () => resolve()),
      );
      cut.kill("SIGKILL");
      await gone;
      // What still runs there holds the lock.
      expect(ssh("flock /var/lib/sovereign-uc/lock true").status).toBe(0);
      const now = readFileSync(join(root, path), "utf8");
      seen.add(now.slice(0, 1));
      expect([content("a"), content("b")].includes(now)).toBe(true);
    }
    expect(seen).toContain("a");
    expect(converge(next)).toMatchObject({ status: 0 });
    expect(readFileSync(join(root, path), "utf8") === content("b")).toBe(true);
  });

  test("a run that dies while a unit restarts is completed by the next", async () => {
    const path = "/etc/told.conf";
    const recipe = (content: string): string =>
      payload({ files: [{ path, content }], units: [{ name: "told.service", files: [path] }] });
    expect(converge(recipe("a")).told).toEqual(["restart told.service"]);
    const at = (name: string): string => join(root, "var/log", name);
    const read = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
    writeFileSync(at("hold"), "");
    const cut = spawn("ssh", [...client(), scripts.converge], { stdio: ["pipe", "ignore", "ignore"] });
    const gone = once(cut, "exit");
    cut.stdin.end(recipe("b"));
    await until("a unit that is told", () => Promise.resolve(/\n$/.test(read(at("held")))), 20);
    expect(ssh("kill -KILL $(cat /var/log/held)").status).toBe(0);
    await gone;
    rmSync(at("hold"));
    expect(readFileSync(join(root, path), "utf8")).toBe("b");
    expect(converge(recipe("b"))).toEqual({ status: 0, said: "changed 0\n", told: ["restart told.service"] });
    expect(converge(recipe("b"))).toEqual({ status: 0, said: "changed 0\n", told: [] });
  });

  test("a host with another key than the pinned one is sent nothing", () => {
    const known = join(folder, "known");
    const before = readFileSync(known, "utf8");
    const other = readFileSync(join(folder, "administrator.pub"), "utf8").split(" ").slice(0, 2).join(" ");
    writeFileSync(known, `[127.0.0.1]:${port} ${other}\n`);
    const { status, said } = converge(sent);
    writeFileSync(known, before);
    expect(status).toBe(255);
    expect(said).toContain("Host key verification failed");
  });
});
