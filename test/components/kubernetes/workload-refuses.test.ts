import type { WorkloadArgs } from "../../../components/kubernetes/workload";
import { givenSecret } from "../../../components/core/secret";
import { tier } from "../../../components/core/tier";
import { oneWorkload } from "./workload-args";

describe("a workload refuses", () => {
  const cases: readonly [what: string, change: Partial<Record<keyof WorkloadArgs, unknown>>, message: RegExp][] = [
    [
      "fewer replicas than its load and one more",
      { replicas: 2 },
      /replicas: expected at least 3 replicas for 200 participants at 100 each and one more, got 2/,
    ],
    ["no replicas", { replicas: 0 }, /replicas: expected a whole number of replicas from 1 to 100, got 0/],
    ["half a replica", { replicas: 2.5 }, /replicas: expected a whole number/],
    [
      "a capacity without a source",
      { capacity: { load: 1, perReplica: 1, unit: "x", source: " " } },
      /replicas: expected a capacity with its source/,
    ],
    ["no capacity", { capacity: undefined }, /replicas: expected a capacity with its source, got nothing/],
    [
      "a load of nothing",
      { capacity: { load: 0, perReplica: 1, unit: "x", source: "y" } },
      /expected a positive number of x, got 0/,
    ],
    [
      "a singleton that does not say how it fails over",
      { replicas: 1, singleton: "yes" },
      /expected a sentence of at least 10 characters, got "yes"/,
    ],
    [
      "two of a singleton",
      { replicas: 2, singleton: "another shard takes over" },
      /expected one replica of a singleton, got 2/,
    ],
    [
      "a singleton that cannot carry its load",
      { replicas: 1, singleton: "another shard takes over" },
      /expected a load of at most 100 participants, got 200/,
    ],
    [
      "an image of another registry",
      { image: "docker.io/jitsi/web:1" },
      /image: expected an image in registry.crisis.example.ch, got "docker.io/,
    ],
    [
      "an image without a version",
      { image: "registry.crisis.example.ch/jitsi/web" },
      /image: expected an image with a tag or a digest/,
    ],
    [
      "an image whose version moves",
      { image: "registry.crisis.example.ch/jitsi/web:latest" },
      /image: expected a version that does not move/,
    ],
    ["a tier that is a word", { tier: "web" }, /tier: expected an object, got "web"; give tier\(/],
    [
      "a tier of another name",
      { tier: tier("crisis", "edge", {}) },
      /tier: expected the tier "crisis\/web", got "crisis\/edge"/,
    ],
    [
      "a tier of another namespace",
      { tier: tier("other", "web", {}) },
      /tier: expected the tier "crisis\/web", got "other\/web"/,
    ],
    ["a role that is no word", { role: "The Web" }, /role: expected a role/],
    ["root", { user: 0 }, /user: expected a user other than root, got 0/],
    ["a user that is none", { user: -1 }, /user: expected a whole number/],
    ["no readiness probe", { probes: {} }, /probes: expected a readiness probe, got \{\}/],
    [
      "a probe that asks nothing",
      { probes: { ready: { command: [] } } },
      /probes: expected a path, a port or a command/,
    ],
    [
      "a probe of no path",
      { probes: { ready: { get: "health", port: 1 } } },
      /probes: expected a path that begins with/,
    ],
    ["no resources", { resources: undefined }, /resources: expected a positive number of cores, got nothing/],
    [
      "negative cores",
      { resources: { cpu: -1, memoryMib: 64 } },
      /resources: expected a positive number of cores, got -1/,
    ],
    ["fractional memory", { resources: { cpu: 1, memoryMib: 64.5 } }, /resources: expected whole mebibytes/],
    [
      "a drain shorter than the pause",
      { drain: { seconds: 5 } },
      /drain: expected a whole number of seconds to drain from 11/,
    ],
    ["an empty command", { command: [] }, /command: expected words of a command/],
    ["arguments that are no text", { args: [1] }, /args: expected words of a command/],
    ["a variable with a space", { env: { "A B": "c" } }, /env: expected the name of a variable, got "A B"/],
    [
      "a secret variable of nothing",
      { secretEnv: { A: undefined } },
      /secretEnv: A: expected a secret with a value and a version, got nothing/,
    ],
    [
      "a secret variable without a version, and never shows it",
      { secretEnv: { A: "not for everybody" } },
      /^(?!.*not for everybody)[^]*secretEnv: A: expected a secret with a value and a version, got nothing/,
    ],
    [
      "a secret file without a version, and never shows it",
      { mounts: [{ name: "a", path: "/a", secrets: { key: "not for everybody" } }] },
      /^(?!.*not for everybody)[^]*mounts: expected a secret with a value and a version for key, got "something else"/,
    ],
    ["a variable that is a number", { env: { A: 1 } }, /env: A: expected a text, got 1/],
    [
      "a variable in two places",
      { env: { A: "a" }, secretEnv: { A: givenSecret("a") } },
      /variables: expected each variable once, got "A in env and in secretEnv"/,
    ],
    [
      "a fact with a hyphen",
      { podFields: { "NODE-NAME": "spec.nodeName" } },
      /podFields: expected the name of a variable/,
    ],
    [
      "a port beyond 65535",
      { tier: { namespace: "crisis", name: "web", ports: { http: { port: 70000 } } } },
      /tier: ports: http: expected a port from 1 to 65535, got 70000/,
    ],
    [
      "a mount on a relative path",
      { mounts: [{ name: "a", path: "a", files: { x: "y" } }] },
      /mounts: expected an absolute path/,
    ],
    ["a mount without files", { mounts: [{ name: "a", path: "/a", files: {} }] }, /mounts: expected at least one file/],
    [
      "a mount of no memory",
      { mounts: [{ name: "a", path: "/a", memoryMib: 0 }] },
      /mounts: expected whole mebibytes, one at least, got 0/,
    ],
    [
      "two mounts of one path",
      {
        mounts: [
          { name: "a", path: "/a", memoryMib: 1 },
          { name: "b", path: "/a", memoryMib: 1 },
        ],
      },
      /mounts: expected a mount path of its own, got "\/a"/,
    ],
    ["a mount with a capital", { mounts: [{ name: "A", path: "/a", memoryMib: 1 }] }, /mounts: expected a mount name/],
    [
      "a connection without a reason",
      { ingress: [{ peer: { workload: "edge" }, port: 1, reason: "" }] },
      /ingress: expected a reason on one line/,
    ],
    [
      "a connection without a peer",
      { egress: [{ port: 1, reason: "r" }] },
      /egress: expected a workload or ranges, got nothing/,
    ],
    [
      "a connection into an isolated range",
      { egress: [{ peer: { ranges: ["10.0.3.0/24"] }, port: 389, reason: "users" }] },
      /egress: expected a range outside the isolated range 10.0.0.0\/16, got "10.0.3.0\/24"/,
    ],
    [
      "a connection to a range with host bits",
      { egress: [{ peer: { ranges: ["10.9.0.1/24"] }, port: 1, reason: "r" }] },
      /egress: expected a range without host bits/,
    ],
    ["connections that are no list", { ingress: "all" }, /ingress: expected a list of connections, got "all"/],
    [
      "the host network in a restricted namespace",
      { hostNetwork: true, pool: "media" },
      /hostNetwork: expected a namespace that is privileged, got "restricted"/,
    ],
    ["low ports in a restricted namespace", { lowPorts: true }, /hostNetwork: expected a namespace that is privileged/],
    [
      "a pool that is none",
      { pool: "control-plane" },
      /hostNetwork: expected one of the pools application, media, got "control-plane"/,
    ],
  ];
  test.each(cases)("%s", async (_, change, message) => {
    await expect(oneWorkload(() => change)).rejects.toThrow(message);
  });

  test("the host network on hosts that open no ports, and policies that would not count there", async () => {
    await expect(oneWorkload(() => ({ hostNetwork: true }), "web", "privileged")).rejects.toThrow(
      /expected a media pool for the host network: media, got "application"/,
    );
    const policies = () => ({
      hostNetwork: true,
      pool: "media",
      ingress: [{ peer: { workload: "edge" }, port: 1, reason: "r" }],
    });
    await expect(oneWorkload(policies, "web", "privileged")).rejects.toThrow(
      /hostNetwork: expected no connections, got 1/,
    );
  });

  test("a name that Kubernetes refuses", async () => {
    await expect(oneWorkload(() => ({}), "Web_1")).rejects.toThrow(/name: expected a name of at most 52/);
  });

  test("everything at once, and makes nothing", async () => {
    const problems = oneWorkload(() => ({ replicas: 1, user: 0, image: "x" }));
    await expect(problems).rejects.toThrow(/image: [^]*user: [^]*replicas: /);
  });
});
