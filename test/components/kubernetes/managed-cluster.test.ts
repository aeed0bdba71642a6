import { hetzner, exoscale, ManagedCluster, type ManagedClusterArgs } from "../../../components";
import { isolatedFrom } from "../../support/infrastructure";
import { deploy } from "../../support/mocks";

const args: ManagedClusterArgs = {
  cloud: exoscale({ templateId: "00000000-0000-4000-8000-000000000012" }),
  location: "ch-gva-2",
  version: "1.34.2",
  application: { type: "standard.large", count: 3 },
  openings: [
    { direction: "in", protocol: "tcp", port: [30000, 30001], peers: ["203.0.113.0/24"], reason: "published ports" },
  ],
  registry: "registry.example.ch",
  podRange: "192.168.0.0/16",
  serviceRange: "10.96.0.0/12",
  gatewayAddresses: ["203.0.113.10"],
  isolatedFrom,
};

const outputs = ({ type }: { readonly type: string }) =>
  type.endsWith(":SksKubeconfig") ? { kubeconfig: "the secret kubeconfig" } : {};
const managed = (changes: object = {}) => new ManagedCluster("portal", { ...args, ...changes });

test("a managed cluster is the provider's, with n+1 nodes that are kept apart", async () => {
  let cluster: ManagedCluster | undefined;
  const made = await deploy(() => void (cluster = managed()), { outputs });
  expect(made.one("exoscale:index/sksCluster:SksCluster", "portal").inputs).toMatchObject({
    zone: "ch-gva-2",
    version: "1.34.2",
    serviceLevel: "pro",
    autoUpgrade: false,
  });
  const { inputs } = made.one("exoscale:index/sksNodepool:SksNodepool", "portal-application");
  expect(inputs).toMatchObject({ size: 3, instanceType: "standard.large" });
  expect(inputs["antiAffinityGroupIds"]).toHaveLength(1);
  expect(inputs["securityGroupIds"]).toHaveLength(1);
  expect(cluster?.ready).toHaveLength(1);
});

test("nodes accept only listed connections, and those among themselves", async () => {
  const made = await deploy(() => void managed(), { outputs });
  const rules = made.all("exoscale:index/securityGroupRule:SecurityGroupRule").map(({ inputs }) => inputs);
  const incoming = rules.filter((rule) => rule["type"] === "INGRESS");
  expect(incoming.filter((rule) => rule["userSecurityGroupId"] === undefined)).toEqual([
    expect.objectContaining({ cidr: "203.0.113.0/24", startPort: 30000, endPort: 30001 }),
  ]);
  expect(incoming.map((rule) => rule["startPort"]).sort()).toEqual([10250, 30000, 4789]);
});

test("the log of its API goes to a webhook that is named, and nowhere by itself", async () => {
  const cluster = async (changes: object) =>
    (await deploy(() => void managed(changes), { outputs })).one("exoscale:index/sksCluster:SksCluster", "portal");
  expect((await cluster({})).inputs["audit"]).toBeUndefined();
  const audit = { endpoint: "https://logs.example.ch/audit", token: "token of the log" };
  const { inputs, secrets } = await cluster({ audit });
  expect(inputs["audit"]).toEqual({ enabled: true, endpoint: audit.endpoint, bearerToken: audit.token });
  expect(secrets).toContain("audit");
});

test("its kubeconfig is a secret, and its identity survives a renewed one", async () => {
  const made = await deploy(() => void managed(), { outputs });
  const provider = made.one("pulumi:providers:kubernetes", "portal");
  expect(provider.secrets).toEqual(["kubeconfig"]);
  expect(provider.inputs).toMatchObject({
    kubeconfig: "the secret kubeconfig",
    clusterIdentifier: "portal.ch-gva-2.exoscale",
  });
});

test.each<[string, object, RegExp]>([
  [
    "a cloud that runs none",
    { cloud: hetzner(), location: "fsn1" },
    /cloud: expected a cloud that runs clusters, got "hetzner"/,
  ],
  [
    "a log in clear",
    { audit: { endpoint: "http://logs.example.ch", token: "t" } },
    /audit: expected an HTTPS URL for the audit log/,
  ],
  ["an unknown zone", { location: "atlantis" }, /location: expected an Exoscale zone/],
  ["no cloud", { cloud: undefined }, /cloud: expected a cloud, got nothing; give hetzner/],
  ["a cloud by name", { cloud: "exoscale" }, /cloud: expected a cloud, got "exoscale"/],
  ["no nodes", { application: undefined }, /application\.type: .*got nothing[^]*application\.count: .*got nothing/],
  ["nodes by number", { application: 3 }, /application\.type: .*got nothing/],
  ["openings that are no list", { openings: {} }, /openings: expected a list of openings, got \{\}/],
  ["an opening that is null", { openings: [null] }, /openings: \[0\]: expected an opening, got null/],
  [
    "gateways in one word",
    { gatewayAddresses: "203.0.113.10" },
    /gatewayAddresses: expected a list of addresses, got "203/,
  ],
  ["gateways by number", { gatewayAddresses: [7] }, /gatewayAddresses: \[0\]: expected an IP address, got 7/],
  ["no version", { version: undefined }, /version: expected a version of Kubernetes, got nothing/],
  ["a version with a letter", { version: "v1.34" }, /version: expected a version of Kubernetes/],
  ["one node", { application: { type: "standard.large", count: 1 } }, /application\.count: .*nodes from 2/],
  [
    "more nodes than can be kept apart",
    { application: { type: "standard.large", count: 99 } },
    /application\.count: expected a whole number of nodes from 2 to /,
  ],
  ["a malformed type", { application: { type: "Large", count: 2 } }, /application\.type: expected an Exoscale type/],
  [
    "a disk of nothing",
    { application: { type: "standard.large", count: 2, diskGib: 0 } },
    /application\.diskGib: expected a whole number of GiB/,
  ],
  ["no registry", { registry: undefined }, /registry: expected a domain name/],
  ["services among pods", { serviceRange: "192.168.64.0/18" }, /serviceRange: expected a range apart from podRange/],
  ["a gateway by name", { gatewayAddresses: ["door"] }, /gatewayAddresses: \[0\]: expected an IP address, got "door"/],
  [
    "an IPv6 gateway",
    { gatewayAddresses: ["fd00::1"] },
    /gatewayAddresses: \[0\]: expected an IPv4 address, got "fd00::1"/,
  ],
  [
    "an isolated gateway",
    { gatewayAddresses: ["203.0.113.10", "10.0.16.9"] },
    /gatewayAddresses: \[1\]: expected an address outside the isolated range 10\.0\.16\.0\/24, got "10\.0\.16\.9"/,
  ],
  ["pods in an isolated range", { podRange: "10.0.0.0/20" }, /isolatedFrom: .*outside the podRange/],
  [
    "an opening outwards",
    { openings: [{ direction: "out", protocol: "tcp", port: 443, peers: ["0.0.0.0/0"], reason: "x" }] },
    /openings: expected openings for what comes in, got "out"/,
  ],
  ["no word on isolation", { isolatedFrom: undefined }, /isolatedFrom: expected a list/],
  [
    "an opening to an isolated range",
    { openings: [{ direction: "in", protocol: "tcp", port: 30000, peers: ["10.0.0.0/24"], reason: "x" }] },
    /openings: .*isolated range/,
  ],
])("it refuses %s", async (_, changes, message) => {
  await expect(deploy(() => void managed(changes), { outputs })).rejects.toThrow(message);
});
