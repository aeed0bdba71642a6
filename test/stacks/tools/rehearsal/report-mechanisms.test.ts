import { Cidr } from "../../../../components/core/cidr";
import { inbound, Opening, outbound } from "../../../../components/core/openings";
import { ruleset } from "../../../../components/recipe/nftables";
import type { CloudFirewall } from "../../../../stacks/tools/rehearsal/report/cloud-firewall";
import type { HostView } from "../../../../stacks/tools/rehearsal/report/hosts";
import { mechanisms, pathsOf, Subject, verdict } from "../../../../stacks/tools/rehearsal/report/mechanisms";
import { parseRuleset } from "../../../../stacks/tools/rehearsal/report/nftables";
import type { PodView } from "../../../../stacks/tools/rehearsal/report/pods";
import type { StateResource } from "../../../../stacks/tools/rehearsal/report/state";
import { gapText, Mechanism, Path } from "../../../../stacks/tools/rehearsal/report/walls";

const directory = { name: "directory", ranges: ["10.0.0.0/20", "fd00:10::/48"] };
const office = { name: "office", ranges: ["203.0.113.0/25"] };
const paths = pathsOf([directory, office]);
const path = (text: string): Path => {
  const found = paths.find(({ direction, peer }) => `${direction} ${peer}` === text);
  if (found === undefined) throw new Error(`no path ${text}`);
  return found;
};

const anywhere = ["0.0.0.0/0", "::/0"];
const web = inbound("tcp", 443, anywhere, "meetings");
const rules = (openings: readonly Opening[], isolated = [...directory.ranges, ...office.ranges]): HostView["ruleset"] =>
  parseRuleset(
    ruleset({
      isolatedFrom: isolated.map((range) => Cidr.parse(range)),
      openings,
      forwards: [[Cidr.parse("10.42.0.0/16"), Cidr.parse("10.42.0.0/16")]],
    }),
  );

const none: CloudFirewall = { name: "Hetzner firewall", attached: "no", rules: [] };
const firewall: CloudFirewall = {
  name: "Hetzner firewall",
  attached: "yes",
  rules: [
    { direction: "in", protocol: "tcp", first: 443, last: 443, peers: anywhere, reason: "meetings" },
    { direction: "out", protocol: "udp", first: 123, last: 123, peers: ["192.0.2.123/32"], reason: "time" },
  ],
};
const hostNamed = (changes: Partial<HostView> = {}): HostView => ({
  name: "one",
  pool: "pool",
  role: "application",
  nodePool: "application",
  network: "crisis",
  cloud: "hetzner",
  location: "fsn1",
  type: "cpx32",
  diskGib: undefined,
  address: "10.20.0.30",
  door: false,
  publicAddresses: [],
  ruleset: rules([]),
  firewall: none,
  defaultRoute: false,
  userData: undefined,
  files: {},
  ...changes,
});
const inner = hostNamed();
const door = hostNamed({ name: "door", door: true, defaultRoute: true, ruleset: rules([web]), firewall });
const host = (changes: Partial<HostView> = {}): Subject => ({ kind: "host", host: { ...inner, ...changes } });
const atDoor = (changes: Partial<HostView> = {}): Subject => ({ kind: "door", host: { ...door, ...changes } });
const pod = (changes: Partial<PodView> = {}): Subject => ({
  kind: "pod",
  pod: {
    name: "web",
    namespace: "meetings",
    kind: "Deployment",
    labels: { app: "web" },
    hostNetwork: false,
    replicas: 2,
    cores: 1,
    hosts: [inner],
    cluster: undefined,
    enforced: true,
    ...changes,
  },
});

const policy = (spec: object, namespace = "meetings"): StateResource => ({
  urn: "urn",
  type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  name: "policy",
  protect: false,
  inputs: { metadata: { namespace }, spec: spec as StateResource["inputs"] },
  outputs: {},
});
const deny = policy({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
const around = { networkRanges: ["10.20.0.0/24"], policies: [deny] };

/** Subject, path, mechanisms that count, state. */
const table: readonly (readonly [string, Subject, string, readonly Mechanism[], string])[] = [
  ["a private host from the internet", host(), "in internet", ["no route", "nftables"], "closed"],
  ["a private host to the internet", host(), "out internet", ["no route", "nftables"], "closed"],
  ["a private host from a private isolated range", host(), "in directory", ["no route", "nftables"], "closed"],
  ["a private host to a public isolated range", host(), "out office", ["no route", "nftables"], "closed"],
  // A cloud's firewall on a private interface, or on a host without a public address, is never counted.
  ["a private host with a firewall attached", host({ firewall }), "in internet", ["no route", "nftables"], "closed"],
  ["a private host with nothing but a firewall", host({ firewall, ruleset: undefined, defaultRoute: true }), "in internet", [], "undetermined"],
  ["a door from a private isolated range", atDoor(), "in directory", ["nftables"], "closed"],
  ["a door from a public isolated range", atDoor({ ruleset: undefined, firewall: { ...firewall, rules: [] } }), "in office", ["cloud firewall"], "closed"],
  ["a door without a ruleset from a private range", atDoor({ ruleset: undefined }), "in directory", [], "undetermined"],
  // An Exoscale security group is treated alike.
  ["an Exoscale host", host({ cloud: "exoscale", firewall: { ...firewall, name: "Exoscale security group" } }), "in internet", ["no route", "nftables"], "closed"],
  ["an Exoscale door from a private range", atDoor({ firewall: { ...firewall, name: "Exoscale security group" } }), "out directory", ["nftables"], "closed"],
  // Doors to and from the internet.
  ["a door from the internet", atDoor(), "in internet", ["nftables", "cloud firewall"], "open"],
  ["a door that claims to have no route", atDoor({ defaultRoute: false }), "out internet", ["nftables", "cloud firewall"], "closed"],
  ["a door to the internet", atDoor(), "out internet", ["nftables", "cloud firewall"], "closed"],
  ["a door whose firewall says nothing about out", atDoor({ firewall: { ...firewall, rules: firewall.rules.slice(0, 1) } }), "out internet", ["nftables"], "closed"],
  ["a door whose firewall is known after up", atDoor({ firewall: { ...firewall, attached: "known after up" } }), "in internet", ["nftables"], "open"],
  ["a door that lets everything in", atDoor({ ruleset: parseRuleset("table inet t {\n chain input {\n type filter hook input priority 0; policy accept;\n }\n}\n"), firewall: none }), "in internet", [], "exposed"],
  // A route of the cloud's, or one that the host is born with, takes the missing route away.
  ["a private host with a route out", host({ defaultRoute: true }), "out internet", ["nftables"], "closed"],
  ["isolated ranges inside the network", host(), "in neighbours", ["nftables"], "closed"],
  // Pods: policies count on the pod network, never on the host's.
  ["a pod from the internet", pod(), "in internet", ["no route", "nftables", "NetworkPolicy"], "closed"],
  ["a pod to an isolated range", pod(), "out directory", ["no route", "nftables", "NetworkPolicy"], "closed"],
  ["a pod on the host's network", pod({ hostNetwork: true, hosts: [door] }), "out directory", ["nftables"], "closed"],
  ["a pod on the host's network from the internet", pod({ hostNetwork: true, hosts: [door] }), "in internet", ["nftables", "cloud firewall"], "open"],
  ["a pod on the network of a bare host", pod({ hostNetwork: true, hosts: [{ ...door, ruleset: undefined, firewall: none }] }), "in directory", [], "exposed"],
  ["a pod where nothing enforces policies", pod({ enforced: undefined }), "in internet", ["no route", "nftables"], "closed"],
  ["a pod where policies are switched off", pod({ enforced: false }), "in internet", ["no route", "nftables"], "closed"],
  ["a pod in a namespace without policies", pod({ namespace: "other" }), "out internet", ["no route", "nftables"], "closed"],
  ["a pod of which no host is known", pod({ hosts: [], namespace: "other" }), "in internet", [], "undetermined"],
  ["a pod, one of whose hosts has no ruleset", pod({ hosts: [inner, { ...inner, ruleset: undefined }] }), "out directory", ["no route", "NetworkPolicy"], "closed"],
  ["a pod, one of whose hosts is a door", pod({ hosts: [inner, door] }), "out internet", ["nftables", "NetworkPolicy"], "closed"],
]; // prettier-ignore

test.each(table)("%s", (_, subject, text, counted, state) => {
  const wanted: Path =
    text === "in neighbours"
      ? { direction: "in", peer: "neighbours", kind: "isolated", ranges: ["10.0.0.0/20", "10.20.0.0/25"] }
      : path(text);
  const surroundings = around;
  const ruled: Subject =
    text === "in neighbours" && subject.kind !== "pod"
      ? { ...subject, host: { ...subject.host, ruleset: rules([], [...wanted.ranges]) } }
      : subject;
  const result = verdict(ruled, wanted, surroundings);
  expect({ by: result.by, state: result.state }).toEqual({ by: counted, state });
  // Whatever does not count says why.
  for (const wall of mechanisms(ruled, wanted, surroundings)) if (!wall.counted) expect(wall.detail).not.toBe("");
});

describe("gaps", () => {
  test("are what all counted walls let through together", () => {
    const both = verdict(
      atDoor({ ruleset: rules([web, inbound("udp", 10000, anywhere, "media")]) }),
      path("in internet"),
      around,
    );
    expect(both.gaps.map(gapText)).toEqual(["TCP 443"]);
  });

  test("name port and reason as the host's rules do", () => {
    const { gaps } = verdict(
      atDoor({ firewall: none, ruleset: rules([inbound("udp", [49152, 65535], anywhere, "relayed media")]) }),
      path("in internet"),
      around,
    );
    expect(gaps[0]).toMatchObject({ protocol: "udp", first: 49152, last: 65535, reason: "relayed media" });
  });

  test("to an isolated range make it exposed, even one port", () => {
    const open = parseRuleset(
      [
        "table inet t {",
        "  chain input {",
        "    type filter hook input priority 0; policy drop;",
        '    ip saddr { 10.0.5.0/24 } tcp dport 389 accept comment "somebody\'s idea"',
        "  }",
        "}",
      ].join("\n"),
    );
    const result = verdict(atDoor({ ruleset: open }), path("in directory"), around);
    expect(result.state).toBe("exposed");
    expect(result.gaps[0]?.reason).toBe("somebody's idea");
  });

  test("of NetworkPolicies are seen through exceptions, selectors and port ranges", () => {
    const egress = (to: object[], ports: object[] = []): StateResource =>
      policy({ podSelector: { matchLabels: { app: "web" } }, policyTypes: ["Egress"], egress: [{ to, ports }] });
    const judged = (one: StateResource): readonly string[] =>
      verdict(pod({ hosts: [{ ...door, ruleset: undefined, firewall: none }] }), path("out directory"), {
        ...around,
        policies: [one],
      }).gaps.map(gapText);
    expect(judged(egress([{ ipBlock: { cidr: "0.0.0.0/0" } }], [{ port: 443 }]))).toEqual(["TCP 443"]);
    expect(judged(egress([{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }]))).toEqual([]);
    expect(judged(egress([{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.1.0/24"] } }]))).toEqual(["everything"]);
    expect(judged(egress([{ podSelector: {} }]))).toEqual([]);
    expect(judged(egress([], [{ protocol: "UDP", port: 100, endPort: 200 }]))).toEqual(["UDP 100-200"]);
    expect(
      judged(
        policy({
          podSelector: { matchExpressions: [{ key: "app", operator: "In", values: ["api"] }] },
          policyTypes: ["Egress"],
        }),
      ),
    ).toEqual([]);
  });
});

describe("rulesets", () => {
  const chain = (...lines: string[]): string =>
    [
      "table inet t {",
      "  chain input {",
      "    type filter hook input priority filter; policy drop;",
      ...lines,
      "  }",
      "}",
    ].join("\n");
  const judged = (text: string, wanted = "in directory"): string => {
    const result = verdict(atDoor({ ruleset: parseRuleset(text), firewall: none }), path(wanted), around);
    return `${result.state}: ${result.gaps.map(gapText).join(", ")}`;
  };

  test.each([
    [
      "an accept before the drop",
      chain("ip saddr 10.0.0.0/20 accept", "ip saddr 10.0.0.0/20 drop"),
      "exposed: everything",
    ],
    ["an accept for some of the range", chain("ip saddr 10.0.1.1 tcp dport 22 accept"), "exposed: TCP 22"],
    ["an accept with a condition that nobody can read", chain("socket cgroupv2 level 1 accept"), "exposed: everything"],
    ["an accept for anybody", chain("meta nfproto ipv4 udp dport 10000 accept"), "exposed: UDP 10000"],
    ["an accept for others", chain("ip saddr { 10.20.0.0/24 } tcp dport 22 accept"), "closed: "],
    ["answers to connections that were allowed", chain("ct state established,related accept"), "closed: "],
    ["a drop with a port", chain("ip saddr 10.0.0.0/20 tcp dport 22 drop"), "closed: "],
    ["loopback and path errors", chain('iif "lo" accept', "icmp type { destination-unreachable } accept"), "closed: "],
    ["echo requests", chain("icmp type echo-request accept"), "exposed: everything"],
    ["no chain at all", "table inet t {\n}\n", "exposed: "],
  ])("with %s", (_, text, expected) => {
    expect(judged(text)).toBe(expected);
  });

  test("drop a range absolutely only where the drop stands before everything that could let it in", () => {
    const walls = (openings: readonly Opening[]): string =>
      mechanisms(atDoor({ ruleset: rules(openings) }), path("in directory"), around)
        .map(({ detail }) => detail)
        .join("|");
    expect(walls([web])).toContain("drops these ranges before anything else");
  });

  test("that forward nothing close pods to what they do not list", () => {
    const forwarding = rules([outbound("tcp", 443, anywhere, "of the host, not of its pods")]);
    const result = verdict(
      pod({ enforced: undefined, hosts: [{ ...inner, defaultRoute: true, ruleset: forwarding }] }),
      path("out internet"),
      around,
    );
    expect(result).toMatchObject({ state: "closed", by: ["nftables"] });
  });
});
