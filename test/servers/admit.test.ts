/** The script that admits a host to its cluster, run for real with a stand-in for k3s that has one host, which registers as soon as there is a token, and logs its calls. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Admission, admission, joinToken } from "../../components/recipe/admission";
import { mediaTaint, poolLabel } from "../../components/core/taints";
import { scripts } from "../../components/recipe/scripts";
import { until } from "../support/programs/background";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "admit-"));
  set("joins-as", "machine-1");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const set = (name: string, content: string): void => writeFileSync(join(folder, name), content);
const read = (name: string): string | undefined =>
  existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : undefined;

const host: Admission = {
  name: "uc-media-1",
  machine: "machine-1",
  token: "abcdef.0123456789abcdef",
  labels: { [poolLabel]: "media", "topology.kubernetes.io/zone": "fsn1" },
  taints: [mediaTaint],
};
const known = `deleted secret bootstrap-token-abcdef`;
const place = [
  `taint node uc-media-1 ${mediaTaint} --overwrite`,
  `label node uc-media-1 --overwrite ${poolLabel}=media`,
];

/** Fixture to run the script; the clock stands still until `later` moves it. */
function prepared(): NodeJS.ProcessEnv {
  set(
    "k3s",
    `#!/bin/sh
cd ${folder}
[ "$1" = kubectl ] || exit 1
shift
case $* in
"get node uc-media-1 --ignore-not-found -o jsonpath={.status.nodeInfo.machineID}") cat machine 2>/dev/null || true ;;
"get node uc-media-1 -o go-template"*) cat labels 2>/dev/null || true ;;
"create -f -")
  cat >token.json
  cp token.json seen.json
  if [ -e joins-as ]; then cp joins-as machine; fi
  ;;
"delete secret bootstrap-token-abcdef -n kube-system --ignore-not-found")
  if [ -e token.json ]; then
    rm token.json
    echo "${known}" >>diary
  fi
  ;;
*) echo "$*" | sed 's/ *$//' >>diary ;;
esac
`,
  );
  set("sleep", `#!/bin/sh\nexec ${folder}/later\n`);
  set("later", "#!/bin/sh\nexit 0\n");
  set("date", `#!/bin/sh\ncase $* in +%s) cat ${folder}/now ;; *) exec /bin/date "$@" ;; esac\n`);
  if (read("now") === undefined) set("now", "1000");
  for (const program of ["k3s", "sleep", "later", "date"]) chmodSync(join(folder, program), 0o755);
  return { ...process.env, PATH: `${folder}:${process.env["PATH"]}` };
}
function admit(changes: Partial<Admission> = {}, told = admission({ ...host, ...changes })) {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", scripts.admit], {
    input: told,
    encoding: "utf8",
    env: prepared(),
  });
  return { status, stdout, stderr, did: read("diary")?.trim().split("\n") ?? [] };
}

test("a host joins with a token that is deleted before anything else is done, then gets its taints, then its labels", () => {
  expect(admit()).toEqual({ status: 0, stdout: "", stderr: "", did: [known, ...place] });
  expect(read("token.json")).toBeUndefined();
  const { stringData, ...secret } = JSON.parse(read("seen.json") ?? "") as {
    readonly stringData: Readonly<Record<string, string>>;
  };
  expect(secret).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "bootstrap-token-abcdef", namespace: "kube-system" },
    type: "bootstrap.kubernetes.io/token",
  });
  expect(stringData).toMatchObject({
    "token-id": "abcdef",
    "token-secret": "0123456789abcdef",
    "usage-bootstrap-authentication": "true",
  });
  const lives = Date.parse(stringData["expiration"] ?? "") - Date.now();
  expect(lives).toBeGreaterThan(0);
  expect(lives).toBeLessThanOrEqual(15 * 60_000);
});

test("a registered host gets its labels and taints, and no token", () => {
  set("machine", "machine-1");
  expect(admit()).toEqual({ status: 0, stdout: "", stderr: "", did: place });
  expect(read("seen.json")).toBeUndefined();
});

test("labels of the control plane are removed when they no longer apply; a host's own stay", () => {
  set("machine", "machine-1");
  set("labels", `kubernetes.io/os\nexample.ch/disk\nold.node-restriction.kubernetes.io/x\n${poolLabel}\n`);
  expect(admit().did.at(-1)).toBe(
    `label node uc-media-1 --overwrite ${poolLabel}=media old.node-restriction.kubernetes.io/x-`,
  );
});

test("another machine under its name gets no label: the host itself has to register", () => {
  set("machine", "machine-that-was-lost");
  rmSync(join(folder, "joins-as"));
  set("now", "1000");
  const env = prepared();
  set("later", `#!/bin/sh\necho 2000 >${folder}/now\n`);
  chmodSync(join(folder, "later"), 0o755);
  const { status, stderr } = spawnSync("sh", ["-c", scripts.admit], { input: admission(host), encoding: "utf8", env });
  expect(status).toBe(1);
  expect(stderr).toBe(
    "expected uc-media-1 to be the machine machine-1, got machine-that-was-lost; kubectl delete node uc-media-1 if that one is gone, and run this again\n",
  );
  expect(read("diary")).toBe(`${known}\n`);
});

test("a host that never registers leaves no token behind", () => {
  rmSync(join(folder, "joins-as"));
  const env = prepared();
  set("later", `#!/bin/sh\necho 2000 >${folder}/now\n`);
  chmodSync(join(folder, "later"), 0o755);
  const { status, stderr } = spawnSync("sh", ["-c", scripts.admit], { input: admission(host), encoding: "utf8", env });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr:
      "expected uc-media-1 to register while its token lives, got no such node; read the journal of k3s there and run this again\n",
  });
  expect(read("token.json")).toBeUndefined();
});

test("a terminated script leaves no token behind; after a killed one, the next replaces it", async () => {
  rmSync(join(folder, "joins-as"));
  for (const signal of ["TERM", "KILL"] as const) {
    const child = spawn("sh", ["-c", scripts.admit], { env: prepared(), stdio: ["pipe", "ignore", "ignore"] });
    child.stdin.end(admission(host));
    await until("a token", () => Promise.resolve(read("token.json") !== undefined), 30);
    child.kill(`SIG${signal}`);
    await once(child, "exit");
    expect(read("token.json") === undefined).toBe(signal === "TERM");
  }
  set("joins-as", "machine-1");
  expect(admit().status).toBe(0);
  expect(read("token.json")).toBeUndefined();
});

test("an incomplete input changes nothing", () => {
  const { status, did } = admit({}, admission(host).replace("end\n", ""));
  expect({ status, did }).toEqual({ status: 1, did: [] });
});

test("each machine has a token of its own, also under the same name, in the form that Kubernetes reads", () => {
  const tokens = [
    joinToken("secret", "uc-media-1", "1"),
    joinToken("secret", "uc-media-1", "2"),
    joinToken("secret", "uc-media-2", "1"),
    joinToken("another", "uc-media-1", "1"),
  ];
  expect(new Set(tokens).size).toBe(tokens.length);
  for (const token of tokens) expect(token).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
  expect(joinToken("secret", "uc-media-1", "1")).toBe(tokens[0]);
});
