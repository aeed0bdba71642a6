/** The script that removes a member from its cluster, run for real with a stand-in for k3s that has a few nodes and logs its calls. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scripts } from "../../components/recipe/scripts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "leave-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Lets a member leave a cluster whose nodes have these roles and ready conditions. */
function leave(
  member: string,
  nodes: Readonly<Record<string, readonly [role: string, ready: string]>>,
  machine = `machine-of-${member}`,
) {
  const controlPlane = Object.entries(nodes).filter(([, [role]]) => role === "control-plane");
  const cases = Object.entries(nodes).flatMap(([name, [role, ready]]) => [
    `"kubectl get node ${name} -o jsonpath={.metadata.labels}") echo '{"node-role.kubernetes.io/${role}":"true"}' ;;`,
    `"kubectl get node ${name} -o jsonpath={.status.nodeInfo.machineID}") echo machine-of-${name} ;;`,
    `"kubectl get node ${name} -o jsonpath={.status.conditions"*) echo ${ready} ;;`,
  ]);
  const k3s = `#!/bin/sh
case $* in
${cases.join("\n")}
"kubectl get node "*) exit 1 ;;
"kubectl get nodes "*) printf '%s\\n' ${controlPlane.map(([name, [, ready]]) => `'${name} ${ready}'`).join(" ")} ;;
*) echo "$*" >>${folder}/diary ;;
esac
`;
  writeFileSync(join(folder, "k3s"), k3s);
  chmodSync(join(folder, "k3s"), 0o755);
  const { status, stderr } = spawnSync("sh", ["-c", scripts.leave], {
    input: `${member}\n${machine}\n`,
    encoding: "utf8",
    env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}` },
  });
  const diary = join(folder, "diary");
  return { status, stderr, did: existsSync(diary) ? readFileSync(diary, "utf8").trim().split("\n") : [] };
}

const healthy = {
  "uc-control-1": ["control-plane", "True"],
  "uc-control-2": ["control-plane", "True"],
  "uc-control-3": ["control-plane", "True"],
  "uc-application-1": ["agent", "True"],
} as const;

test("a member is drained, then removed", () => {
  expect(leave("uc-application-1", healthy)).toEqual({
    status: 0,
    stderr: "",
    did: [
      "kubectl drain uc-application-1 --ignore-daemonsets --delete-emptydir-data --timeout=900s",
      "kubectl delete node uc-application-1",
    ],
  });
});

test("a control-plane member leaves a snapshot behind first", () => {
  expect(leave("uc-control-2", healthy).did[0]).toBe("etcd-snapshot save --name before-uc-control-2-leaves");
});

test("an unreachable member is removed: it cannot be drained", () => {
  const dead = { ...healthy, "uc-application-1": ["agent", "Unknown"] } as const;
  expect(leave("uc-application-1", dead)).toEqual({
    status: 0,
    stderr: "",
    did: ["kubectl delete node uc-application-1"],
  });
});

test("a recreated machine under the same name is not taken for the one that leaves", () => {
  expect(leave("uc-application-1", healthy, "machine-that-was-lost")).toEqual({ status: 0, stderr: "", did: [] });
});

test("a host without a recorded machine id is identified by its name", () => {
  expect(leave("uc-application-1", healthy, "").did).toContain("kubectl delete node uc-application-1");
});

test("a member that the cluster does not know has already left", () => {
  expect(leave("uc-application-9", healthy)).toEqual({ status: 0, stderr: "", did: [] });
});

test("no control-plane member leaves while another one is unhealthy", () => {
  const { status, stderr, did } = leave("uc-control-1", { ...healthy, "uc-control-3": ["control-plane", "Unknown"] });
  expect({ status, did }).toEqual({ status: 1, did: [] });
  expect(stderr).toBe(
    'expected every other control-plane member to be healthy, got 1 that are not; mend them before uc-control-1 leaves, or see "When a host is dead" in the README\n',
  );
});
