/** The converge script, run for real in a mount namespace of its own, with a systemctl that keeps a diary. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
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
import { payload } from "../../components/recipe/payload";
import type { Recipe } from "../../components/recipe/recipe";
import { scripts } from "../../components/recipe/scripts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "converge-"));
  for (const folder of ["bin", "state", "etc"]) mkdirSync(join(root, folder));
  for (const [name, text] of [
    ["systemctl", `[ "$1" = is-active ] && exit 0; [ "$1" = daemon-reload ] || echo "$*" >>${root}/diary`],
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

/** Runs the script with `/var/lib` replaced by a folder of the test's; gives what it printed and what it told systemd. */
function converge(stdin: string): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly diary: string[];
} {
  const diary = join(root, "diary");
  rmSync(diary, { force: true });
  const inside = `mount --bind ${root}/state /var/lib && PATH=${root}/bin:$PATH && export PATH && exec sh -c "$1"`;
  const run = spawnSync("unshare", ["--mount", "sh", "-c", inside, "sh", scripts.converge], {
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

test("files land with their mode, and every unit starts", () => {
  const run = converge(payload(recipe("first $(touch nothing) 'quoted'\n")));
  expect(run).toMatchObject({ status: 0, stdout: "changed 2\n" });
  expect(readFileSync(join(root, "etc/one.conf"), "utf8")).toBe("first $(touch nothing) 'quoted'\n");
  expect(statSync(join(root, "etc/one.conf")).mode & 0o777).toBe(0o640);
});

test("a second run with the same recipe changes nothing and restarts nothing", () => {
  converge(payload(recipe("same\n")));
  const run = converge(payload(recipe("same\n")));
  expect(run).toMatchObject({ status: 0, stdout: "changed 0\n" });
  expect(run.diary.filter((line) => /restart|reload/.test(line))).toEqual([]);
});

test("a changed file restarts its own unit only", () => {
  converge(payload(recipe("before\n")));
  const run = converge(payload(recipe("after\n")));
  expect(run.diary.filter((line) => /restart|reload/.test(line))).toEqual(["restart one.service"]);
});

test("a file that the recipe no longer has is removed", () => {
  converge(payload(recipe("x\n")));
  converge(payload({ files: recipe("x\n").files?.slice(0, 1) ?? [] }));
  expect(existsSync(join(root, "etc/deep/two.conf"))).toBe(false);
  expect(existsSync(join(root, "etc/one.conf"))).toBe(true);
});

test("a recipe that was cut changes nothing and says so", () => {
  converge(payload(recipe("old\n")));
  const run = converge(payload(recipe("new\n")).replace(/end\n$/, ""));
  expect(run.status).toBe(1);
  expect(run.stderr).toContain("got one that was cut; nothing was changed");
  expect(readFileSync(join(root, "etc/one.conf"), "utf8")).toBe("old\n");
});

test("no half-written file is ever left beside the whole ones", () => {
  converge(payload(recipe("x\n")));
  converge(payload(recipe("y\n")));
  expect(readdirSync(join(root, "etc")).sort()).toEqual(["deep", "one.conf"]);
});

test("missing packages are installed in one go, before the files that need them", () => {
  const run = converge(payload({ packages: ["squid", "haproxy"] }));
  expect(run.diary).toEqual(["apt-get update -q", "apt-get install -q -y --no-install-recommends squid haproxy"]);
});

test("a secret file is not readable by others", () => {
  converge(payload({}, [{ path: join(root, "etc/token"), content: "x", mode: "0600" }]));
  expect(statSync(join(root, "etc/token")).mode & 0o777).toBe(0o600);
});

test("a secret file that lay in memory comes back after a boot, and no unit is restarted for it", () => {
  const path = join(root, "run/data-volume.key");
  const whole = payload(recipe("same\n"), [{ path, content: "key", mode: "0600" }]);
  converge(whole);
  rmSync(path);
  const run = converge(whole);
  expect(run).toMatchObject({ status: 0, stdout: "changed 1\n" });
  expect(readFileSync(path, "utf8")).toBe("key");
  expect(run.diary.filter((line) => /restart|reload/.test(line))).toEqual([]);
});
