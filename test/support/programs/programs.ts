import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { type GoProgram, goProgram, goProgramPath } from "../../../stacks/tools/rehearsal/engine";
import { legoFolder, prepareLego } from "./lego-source";
import { livekitFolder, prepareLivekit } from "./livekit-source";
import { prepareSignaling, signalingFolder, signalingVersion } from "./signaling-source";

/** Real programs that tests start: those of Debian's packages (`debian.txt`) stand on PATH, these are built from Go modules. */
const kubernetes = (name: string): GoProgram => ({
  name,
  version: "1.34.2",
  family: "kubernetes",
  module: join(__dirname, "go", "kubernetes"),
  package: `k8s.io/kubernetes/cmd/${name}`,
  variables: {
    "k8s.io/component-base/version.gitVersion": "v1.34.2",
    "k8s.io/component-base/version.gitMajor": "1",
    "k8s.io/component-base/version.gitMinor": "34",
  },
  duration: "9 minutes for all of Kubernetes",
});

const signaling = (name: string, folder: string): GoProgram => ({
  name,
  version: signalingVersion,
  family: "signaling",
  module: signalingFolder(),
  package: `./${folder}`,
  variables: { "main.version": signalingVersion },
  duration: "2 minutes",
});

const built = {
  "kube-apiserver": kubernetes("kube-apiserver"),
  "kube-controller-manager": kubernetes("kube-controller-manager"),
  "kube-scheduler": kubernetes("kube-scheduler"),
  "kube-proxy": kubernetes("kube-proxy"),
  kubelet: kubernetes("kubelet"),
  kubectl: kubernetes("kubectl"),
  "kube-router": {
    name: "kube-router",
    version: "2.1.0",
    family: "kube-router",
    module: join(__dirname, "go", "kube-router"),
    package: "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router",
    variables: {},
    duration: "3 minutes",
  },
  coredns: {
    name: "coredns",
    version: "1.12.3",
    family: "coredns",
    module: join(__dirname, "go", "coredns"),
    package: ".",
    variables: {},
    duration: "3 minutes",
  },
  "wireguard-go": {
    name: "wireguard-go",
    version: "ecfc5a8d5446",
    family: "wireguard",
    module: join(__dirname, "go", "wireguard"),
    package: "golang.zx2c4.com/wireguard",
    variables: {},
    duration: "a minute",
  },
  versitygw: {
    name: "versitygw",
    version: "1.8.0",
    family: "versitygw",
    module: join(__dirname, "go", "versitygw"),
    package: "github.com/versity/versitygw/cmd/versitygw",
    variables: {},
    duration: "2 minutes",
  },
  "livekit-server": {
    name: "livekit-server",
    version: "1.13.11",
    family: "livekit",
    module: livekitFolder(),
    package: "github.com/livekit/livekit-server/cmd/server",
    variables: {},
    duration: "3 minutes",
  },
  "livekit-load": {
    name: "livekit-load",
    version: "2.19.0",
    family: "livekit-load",
    module: join(__dirname, "go", "livekit-load"),
    package: ".",
    variables: {},
    duration: "2 minutes",
  },
  "flannel-interface": {
    name: "flannel-interface",
    version: "0.27.4",
    family: "flannel",
    module: join(__dirname, "go", "flannel"),
    package: "sovereign-uc/flannel",
    variables: {},
    duration: "half a minute",
  },
  "metrics-server": {
    name: "metrics-server",
    // The catalogue's 0.8.1 is not to be had.
    version: "0.8.0",
    family: "metrics-server",
    module: join(__dirname, "go", "metrics-server"),
    package: "sigs.k8s.io/metrics-server/cmd/metrics-server",
    variables: {},
    duration: "3 minutes",
  },
  "signaling-server": signaling("signaling-server", "server"),
  "signaling-proxy": signaling("signaling-proxy", "proxy"),
  lego: {
    name: "lego",
    version: "5.6.0",
    family: "lego",
    module: legoFolder(),
    package: ".",
    variables: {},
    duration: "a minute",
  },
} as const satisfies Readonly<Record<string, GoProgram>>;

/** A program that is built here. */
export type ProgramName = keyof typeof built;

/** Path of a program, built first where it is not in the cache folder. @throws Error when Go is missing or the build fails. */
export const program = async (name: ProgramName): Promise<string> => {
  if (name === "lego") prepareLego();
  if (name === "livekit-server") prepareLivekit();
  if (name === "signaling-server" || name === "signaling-proxy") prepareSignaling();
  return goProgram(built[name]);
};

/** Debian keeps daemons where PATH does not look for users other than root. */
const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/local/sbin", "/usr/sbin", "/sbin"];

/** Path of a program of a Debian package. */
export function installed(name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find(executable);
}

/** Programs that are missing and not built yet. */
export const missing = (names: readonly string[]): readonly string[] =>
  names.filter((name) => (isBuilt(name) ? !executable(goProgramPath(built[name])) : installed(name) === undefined));

/**
 * `describe` for tests that need real programs. Where one is missing they are skipped with the reason in their title; under `CI=true`, where the
 * set-up must have installed everything, that is a failure.
 */
export function describeWith(names: readonly string[], title: string, tests: () => void): void {
  const absent = missing(names);
  if (absent.length === 0) describe(title, tests);
  else if (process.env["CI"] === "true")
    test(`${title} needs ${names.join(", ")}`, () => {
      throw new Error(`expected ${names.join(", ")}, got no ${absent.join(", ")}; see test/support/programs`);
    });
  else describe.skip(`${title} (skipped: ${absent.join(", ")} not installed)`, tests);
}

const isBuilt = (name: string): name is ProgramName => name in built;

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
