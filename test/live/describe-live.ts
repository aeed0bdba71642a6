import { existsSync } from "node:fs";
import { describeWith } from "../support/programs/programs";
import { signingPrograms } from "../support/programs/signed-names";
import { registryPrograms } from "./images";
import { type Live, type LiveOptions, startLive } from "./start-live";

/** Programs without which no node can be. */
const needed = [
  ...[
    "etcd",
    "containerd",
    "runc",
    "nft",
    "iptables",
    "ipset",
    "wg",
    "haproxy",
    "squid",
    "unbound",
    "docker-registry",
    "socat",
    "turnutils_uclient",
    ...signingPrograms,
    ...registryPrograms,
  ],
  ...(["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet", "kubectl"] as const),
  ...["kube-router", "coredns", "wireguard-go", "flannel-interface"],
];

/**
 * Tests on live nodes: before them a deployment is started as {@link startLive} does it, with all of its pods ready; after them everything is taken away, also when they fail.
 * Skipped with the reason where a program is missing or this is not root; under `CI=true` that is a failure.
 */
export function describeLive(title: string, options: LiveOptions, tests: (live: () => Live) => void): void {
  const possible = process.getuid?.() === 0 && existsSync("/sys/fs/cgroup/cpu");
  if (!possible && process.env["CI"] !== "true") {
    describe.skip(`${title} (skipped: live nodes need root and cgroups of version 1)`, () => tests(noLive));
    return;
  }
  describeWith(needed, title, () => {
    let live: Live | undefined;
    beforeAll(async () => {
      live = await startLive(options);
    }, 1_200_000);
    afterAll(() => live?.cluster.stop(), 120_000);
    tests(() => live ?? noLive());
  });
}

function noLive(): never {
  throw new Error("expected live nodes, got none: the set-up before the tests failed");
}
