/** The converge script, run for real in a mount namespace of its own, with a systemctl that logs its calls. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outbound } from "../../components/core/openings";
import { birthRuleset } from "../../components/recipe/cloud-init";
import { ruleset } from "../../components/recipe/nftables";
import { payload } from "../../components/recipe/payload";
import type { Recipe } from "../../components/recipe/recipe";
import { scripts } from "../../components/recipe/scripts";
import { describeWithNamespaces, withNamespaces } from "../isolation/possible";
import { installed } from "../support/programs/programs";

const { describe, test } = withNamespaces(["mount", "nft", "unshare"], "convergence");

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "converge-"));
  for (const folder of ["bin", "state", "etc", "machine"]) mkdirSync(join(root, folder));
  writeFileSync(
    join(root, "machine/passwd"),
    "root:x:0:0:root:/root:/bin/sh\n_apt:x:42:65534::/nonexistent:/bin/false\n",
  );
  copyFileSync("/etc/protocols", join(root, "machine/protocols"));
  writeFileSync(join(root, "machine/group"), "root:x:0:\n");
  for (const [name, text] of [
    ["systemctl", `[ "$1" = is-active ] && exit 3; [ "$1" = daemon-reload ] || echo "$*" >>${root}/diary`],
    ["apt-get", `echo "apt-get $*" >>${root}/diary`],
    ["dpkg-query", "exit 1"],
  ] as const) {
    writeFileSync(join(root, "bin", name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(root, "bin", name), 0o755);
  }
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

/**
 * Runs the script with `/var/lib` and `/etc` replaced by folders of the test's, in a network of its own; returns its output and its calls of systemctl.
 *
 * @param before shell text that runs first, in the same place; `after` runs last.
 */
function converge(
  stdin: string,
  before = ":",
  after = ":",
): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly diary: string[];
} {
  const diary = join(root, "diary");
  rmSync(diary, { force: true });
  const mounts = `mount --bind ${root}/state /var/lib && mount --bind ${root}/machine /etc && mount -t tmpfs tmpfs /run`;
  const inside = `${mounts} && PATH=${root}/bin:$PATH && export PATH && { ${before}; } && { sh -c "$1"; status=$?; ${after}; exit $status; }`;
  const run = spawnSync("unshare", ["--mount", "--net", "sh", "-c", inside, "sh", scripts.converge], {
    input: stdin,
    encoding: "utf8",
  });
  return { ...run, diary: existsSync(diary) ? readFileSync(diary, "utf8").trim().split("\n") : [] };
}

const recipe = (content: string): Recipe => ({
  files: [
    { path: join(root, "etc/one.conf"), content, mode: "0640" },
    { path: join(root, "etc/deep/two.conf"), content: "two\n" },
  ],
  units: [
    { name: "one.service", files: [join(root, "etc/one.conf")] },
    { name: "two.service", files: [join(root, "etc/deep/two.conf")], onChange: "reload" },
  ],
});

test("files are written with their mode, and every unit starts", () => {
  const run = converge(payload(recipe("first $(touch nothing) 'quoted'\n")));
  expect(run).toMatchObject({ status: 0, stdout: "changed 2\n" });
  expect(readFileSync(join(root, "etc/one.conf"), "utf8")).toBe("first $(touch nothing) 'quoted'\n");
  expect(statSync(join(root, "etc/one.conf")).mode & 0o777).toBe(0o640);
});

describe("a secret of the recipe", () => {
  const secret = "the-recovery-key-of-this-host";
  const target = (): string => join(root, "etc/rancher/token");
  const told = (): string =>
    payload({ units: [{ name: "one.service", files: [target()] }] }, [
      { path: target(), content: `${secret}\n`, mode: "0600" },
    ]);
  /** Every program that the script calls, with a counter before it: at the asked-for call, the whole run is killed. */
  const killing = (): void => {
    for (const name of [...called, "systemctl"]) {
      const real = existsSync(join(root, "bin", name)) ? readFileSync(join(root, "bin", name), "utf8") : undefined;
      const path = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
      writeFileSync(
        join(root, "bin", name),
        `#!/bin/sh\nif [ -e ${root}/last ]; then echo . >>${root}/calls; [ "$(/usr/bin/wc -l <${root}/calls)" != "$(/bin/cat ${root}/last)" ] || kill -KILL 0; fi\n${real?.replace("#!/bin/sh\n", "") ?? `exec ${path} "$@"`}\n`,
      );
      chmodSync(join(root, "bin", name), 0o755);
    }
  };
  const called =
    "mkdir rm mktemp cat tail base64 dpkg-query grep sed dirname basename chmod chown cmp stat mv touch cp comm sort wc".split(
      " ",
    );
  /** Files in the test's places, on what stands for disks, in which the secret can be read, as it is or encoded; and those of the run in memory. */
  const look = `grep -rlE "${secret}|${Buffer.from(`${secret}\n`).toString("base64").replace("=", "")}" /var/lib /etc ROOT/etc | sort >ROOT/disk; ls -A /run/sovereign-uc >ROOT/memory 2>/dev/null`;
  const found = (name: string): readonly string[] => readFileSync(join(root, name), "utf8").split("\n").filter(Boolean);

  test("is on no disk but at its path, whenever the run is killed, and the next run removes leftovers", () => {
    killing();
    let kills = 0;
    for (let last = 1; ; last++) {
      rmSync(join(root, "etc"), { recursive: true, force: true });
      rmSync(join(root, "state"), { recursive: true, force: true });
      for (const folder of ["etc", "state"]) mkdirSync(join(root, folder));
      rmSync(join(root, "calls"), { force: true });
      writeFileSync(join(root, "last"), `${last}\n`);
      writeFileSync(join(root, "told"), told());
      const again = `rm ${root}/last; sh -c "$1" <${root}/told >/dev/null`;
      const killed = converge(
        "",
        `setsid -w sh -c "$1" <${root}/told >/dev/null; echo $? >${root}/ended; ${look.replaceAll("ROOT", root)}; cp ${root}/disk ${root}/disk-killed; ${again}; ${look.replaceAll("ROOT", root)}; exit 0`,
      );
      expect(killed.stderr.replace(/^.*Killed.*\n?/gm, "")).toBe("");
      const place = (path: string): boolean => path !== target();
      const beside = join(root, "etc/rancher/.token.next");
      // For a moment next to its path, in the same folder and with the same permissions.
      expect({
        last,
        left: found("disk-killed")
          .filter(place)
          .filter((path) => path !== beside),
      }).toEqual({ last, left: [] });
      expect({ last, disk: found("disk"), memory: found("memory") }).toEqual({ last, disk: [target()], memory: [] });
      expect(existsSync(beside)).toBe(false);
      if (found("ended")[0] === "0") break;
      kills++;
    }
    expect(kills).toBeGreaterThan(15);
  }, 400_000);
});

test("a second run with the same recipe changes nothing and restarts nothing", () => {
  converge(payload(recipe("same\n")));
  const run = converge(payload(recipe("same\n")));
  expect(run).toMatchObject({ status: 0, stdout: "changed 0\n" });
  expect(run.diary.filter((line) => /restart|reload/.test(line))).toEqual([]);
});

test("a unit that may need what comes only after convergence is started without waiting for it", () => {
  const [one, ...others] = recipe("same\n").units ?? [];
  const later: Recipe = { ...recipe("same\n"), units: one === undefined ? [] : [{ ...one, later: true }, ...others] };
  expect(converge(payload(later)).diary).toContain("--no-block restart one.service");
  expect(converge(payload(later)).diary.filter((line) => line.endsWith("start one.service"))).toEqual([
    "--no-block start one.service",
  ]);
});

test("a changed file restarts its own unit only", () => {
  converge(payload(recipe("before\n")));
  const run = converge(payload(recipe("after\n")));
  expect(run.diary.filter((line) => /restart|reload/.test(line))).toEqual(["restart one.service"]);
});

describe("a run that stops midway", () => {
  /** Every systemctl call for one.service fails while this file exists. */
  const broken = (): string => join(root, "broken");
  beforeEach(() => {
    writeFileSync(
      join(root, "bin/systemctl"),
      `#!/bin/sh\n[ "$1" = daemon-reload ] || echo "$*" >>${root}/diary\ncase $* in "restart one.service") [ ! -e ${root}/broken ] ;; esac\n`,
    );
    converge(payload(recipe("before\n")));
  });
  const both = (): Recipe => ({
    ...recipe("after\n"),
    files: recipe("after\n").files?.map((file) => ({ ...file, content: "after\n" })) ?? [],
  });
  const told = (diary: readonly string[]): readonly string[] => diary.filter((line) => /^re(start|load)/.test(line));

  test("is completed by the next: units restart for files that have changed since", () => {
    writeFileSync(broken(), "");
    expect(converge(payload(both())).status).not.toBe(0);
    rmSync(broken());
    const next = converge(payload(both()));
    expect(next).toMatchObject({ status: 0, stdout: "changed 0\n" });
    expect(told(next.diary)).toEqual(["restart one.service", "reload-or-restart two.service"]);
    expect(told(converge(payload(both())).diary)).toEqual([]);
  });

  test("does not restart units again", () => {
    const turned: Recipe = { ...both(), units: [...(both().units ?? [])].reverse() };
    writeFileSync(broken(), "");
    expect(told(converge(payload(turned)).diary)).toEqual(["reload-or-restart two.service", "restart one.service"]);
    rmSync(broken());
    expect(told(converge(payload(turned)).diary)).toEqual(["restart one.service"]);
  });

  test("still handles a unit's file that is no longer in the recipe", () => {
    const without: Recipe = { ...recipe("before\n"), files: recipe("before\n").files?.slice(1) ?? [] };
    writeFileSync(broken(), "");
    expect(converge(payload(without)).status).not.toBe(0);
    rmSync(broken());
    expect(told(converge(payload(without)).diary)).toEqual(["restart one.service"]);
  });
});

test("a file that the recipe no longer has is removed", () => {
  converge(payload(recipe("x\n")));
  converge(payload({ files: recipe("x\n").files?.slice(0, 1) ?? [] }));
  expect(existsSync(join(root, "etc/deep/two.conf"))).toBe(false);
  expect(existsSync(join(root, "etc/one.conf"))).toBe(true);
});

describe("a unit that the recipe no longer has", () => {
  const without = (): Recipe => ({
    files: recipe("x\n").files?.slice(0, 1) ?? [],
    units: recipe("x\n").units?.slice(0, 1) ?? [],
  });
  const systemctl = (text: string): void => {
    writeFileSync(
      join(root, "bin/systemctl"),
      `#!/bin/sh\n[ "$1" = daemon-reload ] || { echo "$*"; ls ${root}/etc/deep; } >>${root}/diary\n${text}\n`,
    );
  };

  test("ends while its files are there, once", () => {
    converge(payload(recipe("x\n")));
    systemctl("[ $1 != is-active ]");
    const { status, diary } = converge(payload(without()));
    expect({ status, diary: diary.slice(0, 2) }).toEqual({
      status: 0,
      diary: ["disable --quiet --now two.service", "two.conf"],
    });
    expect(converge(payload(without())).diary.join("\n")).not.toContain("two.service");
    expect(readFileSync(join(root, "state/sovereign-uc/units"), "utf8")).toBe("one.service\n");
  });

  test("and does not stop stops the run, which leaves its files", () => {
    converge(payload(recipe("x\n")));
    systemctl("true");
    const { status, stderr } = converge(payload(without()));
    expect(status).toBe(1);
    expect(stderr).toContain("expected two.service, which the recipe no longer has, to stop");
    expect(existsSync(join(root, "etc/deep/two.conf"))).toBe(true);
    systemctl("[ $1 != is-active ]");
    expect(converge(payload(without())).diary).toContain("disable --quiet --now two.service");
  });

  test("keeps running if the enrolled machine had it before", () => {
    converge(payload(recipe("x\n")));
    writeFileSync(join(root, "state/sovereign-uc/units-before"), "two.service\n");
    expect(converge(payload(without())).diary.join("\n")).not.toContain("two.service");
    expect(readFileSync(join(root, "state/sovereign-uc/units"), "utf8")).toBe("one.service\ntwo.service\n");
  });
});

test("a kernel setting that the recipe no longer has returns to its old value", () => {
  mkdirSync(join(root, "sys/net/ipv4"), { recursive: true });
  const value = join(root, "sys/net/ipv4/ip_forward");
  writeFileSync(value, "0\n");
  writeFileSync(join(root, "bin/systemctl"), `#!/bin/sh\n[ "$2" != sysctl.service ] || echo 1 >${value}\n`);
  const sys = `mount --bind ${root}/sys /proc/sys`;
  const forwards = (files: Recipe["files"] = []): string =>
    payload({ files, units: [{ name: "sysctl.service", files: ["/etc/sysctl.d/90-site-link.conf"] }] });
  const file = { path: "/etc/sysctl.d/90-site-link.conf", content: "net.ipv4.ip_forward = 1\n" };
  for (let run = 0; run < 2; run++) {
    expect(converge(forwards([file]), sys)).toMatchObject({ status: 0, stderr: "" });
    expect(readFileSync(value, "utf8")).toBe("1\n");
  }
  writeFileSync(join(root, "bin/systemctl"), "#!/bin/sh\n");
  expect(converge(forwards(), sys)).toMatchObject({ status: 0, stderr: "" });
  expect(readFileSync(value, "utf8")).toBe("0\n");
  expect(readFileSync(join(root, "state/sovereign-uc/kernel"), "utf8")).toBe("");
});

test("a truncated recipe changes nothing and says so", () => {
  converge(payload(recipe("old\n")));
  const run = converge(payload(recipe("new\n")).replace(/end\n$/, ""));
  expect(run.status).toBe(1);
  expect(run.stderr).toContain("got one that was cut; nothing was changed");
  expect(readFileSync(join(root, "etc/one.conf"), "utf8")).toBe("old\n");
});

test("no partial file is left next to complete ones", () => {
  converge(payload(recipe("x\n")));
  converge(payload(recipe("y\n")));
  expect(readdirSync(join(root, "etc")).sort()).toEqual(["deep", "one.conf"]);
});

test("missing packages are installed in one go, before the files that need them", () => {
  const run = converge(payload({ packages: ["squid", "haproxy"] }));
  expect(run.diary).toEqual([
    "apt-get update -q",
    "apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 squid haproxy",
  ]);
});

describeWithNamespaces(
  ["mount", "apt-get", "mkfifo", "python3", "unshare"],
  "while another apt holds the lists",
  () => {
    const lists = "/var/lib/apt/lists/lock";
    const hold = `import fcntl, signal; lock = open("${lists}", "w"); fcntl.lockf(lock, fcntl.LOCK_EX); print("held", flush=True); signal.pause()`;
    /** The real apt finds the lock taken. Waiting is told in the diary, and gives the lock free where the test says so. */
    const held = (waiting: string): ReturnType<typeof converge> => {
      for (const [name, text] of [
        ["apt-get", `[ "$1" = update ] || exit 0\nexec ${installed("apt-get") ?? ""} "$@"`],
        ["sleep", `echo "sleep $*" >>${root}/diary\n${waiting}`],
      ] as const)
        writeFileSync(join(root, "bin", name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      const before = [
        `mkdir -p /var/lib/apt/lists/partial /var/lib/dpkg && touch /var/lib/dpkg/status && mkfifo ${root}/said`,
        `{ python3 -c '${hold}' >${root}/said & } && echo $! >${root}/holder && read -r _ <${root}/said`,
      ];
      return converge(
        payload({ packages: ["squid"] }),
        before.join(" && "),
        `kill "$(cat ${root}/holder)" 2>/dev/null`,
      );
    };

    test("packages wait for it", () => {
      const run = held(`kill "$(cat ${root}/holder)"; while kill -0 "$(cat ${root}/holder)" 2>/dev/null; do :; done`);
      expect(run).toMatchObject({ status: 0, diary: ["sleep 5"] });
      expect(run.stderr).toContain(`Could not get lock ${lists}`);
    });

    test("for five minutes", () => {
      const run = held(":");
      expect(run).toMatchObject({ status: 100, diary: Array.from({ length: 60 }, () => "sleep 5") });
    });
  },
);

test("packages that cannot be had are not waited for", () => {
  for (const [name, text] of [
    ["apt-get", "echo 'E: Unable to locate package squid' >&2; exit 100"],
    ["sleep", `echo "sleep $*" >>${root}/diary`],
  ] as const)
    writeFileSync(join(root, "bin", name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const run = converge(payload({ packages: ["squid"] }));
  expect(run).toMatchObject({ status: 100, stderr: "E: Unable to locate package squid\n", diary: [] });
});

describe("a machine that was born with a filter", () => {
  /** The filter that is loaded when packages are asked for stands in the diary. */
  const birth = (): void => {
    writeFileSync(join(root, "machine/nftables.conf"), birthRuleset(["10.20.0.0/24"]));
    writeFileSync(
      join(root, "bin/apt-get"),
      `#!/bin/sh\necho "apt-get $1" >>${root}/diary\nnft list chain inet sovereign_uc output >>${root}/diary\n`,
    );
  };
  const load = "nft -f /etc/nftables.conf";
  const openings = [{ ...outbound("tcp", 443, ["0.0.0.0/0"], "packages from the mirror"), user: "_apt" }];
  const filtered = (packages: readonly string[]): string =>
    payload({
      packages,
      files: [{ path: "/etc/nftables.conf", content: ruleset({ isolatedFrom: [], openings }), mode: "0600" }],
      units: [
        { name: "one.service", files: [] },
        { name: "nftables.service", files: ["/etc/nftables.conf"], onChange: "reload" },
      ],
    });

  test("gets the recipe's filter before its packages, which need what it opens", () => {
    birth();
    const { status, stderr, diary } = converge(filtered(["haproxy"]), load);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(diary[0]).toBe("apt-get update");
    expect(diary.slice(0, diary.indexOf("apt-get install")).join("\n")).toContain('comment "packages from the mirror"');
  });

  describe("before it has the resolver that it will ask", () => {
    const names = /skuid (?:42|"_apt") meta l4proto { tcp, udp } th dport 53 accept/;
    const resolving = (nameserver: string): string =>
      payload({
        packages: ["unbound"],
        files: [
          { path: "/etc/nftables.conf", content: ruleset({ isolatedFrom: [], openings }), mode: "0600" },
          { path: "/etc/resolv.conf", content: `nameserver ${nameserver}\n` },
        ],
        units: [{ name: "unbound.service", files: [] }],
      });
    /** The diary before and after packages, the resolvers among it. */
    const seen = (nameserver: string, apt = "0") => {
      birth();
      writeFileSync(join(root, "machine/resolv.conf"), "nameserver 192.0.2.53\n");
      const tell = `{ echo "$1"; cat /etc/resolv.conf; nft list chain inet sovereign_uc output; } >>${root}/diary`;
      writeFileSync(join(root, "bin/apt-get"), `#!/bin/sh\n${tell}\nexit ${apt}\n`);
      const run = converge(resolving(nameserver), load, tell.replace("$1", "afterwards"));
      const after = run.diary.indexOf("afterwards");
      return { ...run, during: run.diary.slice(0, after).join("\n"), after: run.diary.slice(after).join("\n") };
    };

    test("the image's resolvers answer only apt, and only while packages are installed", () => {
      const { status, stderr, during, after } = seen("127.0.0.1");
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(during).toContain("nameserver 192.0.2.53");
      expect(during).toMatch(names);
      expect(after).toContain("nameserver 127.0.0.1");
      expect(after).not.toMatch(names);
    });

    test("nothing stays open when packages fail", () => {
      const { status, during, after } = seen("127.0.0.1", "7");
      expect(status).toBe(7);
      expect(during).toMatch(names);
      expect(after).toContain("nameserver 192.0.2.53");
      expect(after).not.toMatch(names);
    });

    test("a host with other resolvers after convergence asks none before", () => {
      expect(seen("10.20.0.10").during).not.toMatch(names);
    });
  });

  test("gets it before its units where nftables comes with the packages", () => {
    birth();
    writeFileSync(
      join(root, "bin/apt-get"),
      `#!/bin/sh\necho "apt-get $1" >>${root}/diary\n[ "$1" = update ] || ln -s ${installed("nft") ?? ""} ${root}/bin/nft\n`,
    );
    writeFileSync(
      join(root, "bin/systemctl"),
      `#!/bin/sh\n[ "$1" = daemon-reload ] || { echo "$*"; nft list chain inet sovereign_uc output; } >>${root}/diary\n`,
    );
    const { status, diary } = converge(filtered(["nftables"]), `PATH=${root}/bin:/usr/bin`);
    expect({ status, first: diary.slice(0, 2) }).toEqual({ status: 0, first: ["apt-get update", "apt-get install"] });
    expect(diary.slice(0, diary.indexOf("start one.service")).join("\n")).toContain("packages from the mirror");
  });
});

test("a secret file is not readable by others", () => {
  converge(payload({}, [{ path: join(root, "etc/token"), content: "x", mode: "0600" }]));
  expect(statSync(join(root, "etc/token")).mode & 0o777).toBe(0o600);
});

test("a secret file in memory comes back after a boot, without a restart of its unit", () => {
  const path = join(root, "run/data-volume.key");
  const whole = payload(recipe("same\n"), [{ path, content: "key", mode: "0600" }]);
  converge(whole);
  rmSync(path);
  const run = converge(whole);
  expect(run).toMatchObject({ status: 0, stdout: "changed 1\n" });
  expect(readFileSync(path, "utf8")).toBe("key");
  expect(run.diary.filter((line) => /restart|reload/.test(line))).toEqual([]);
});
