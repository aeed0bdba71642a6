/**
 * Links and host ports of a Jitsi, held against what its programs are configured to do: every removal of one is noticed, and so is one too many. What is needed is
 * read from the programs' variables and files, and stands here a second time; policies are read by the semantics of Kubernetes.
 */
import { HostPorts, type TakenPort } from "../../../../components/core/ledger";
import type { Link } from "../../../../components/core/link";
import { tier } from "../../../../components/core/tier";
import { Namespace } from "../../../../components/kubernetes/namespace";
import { Policies } from "../../../../components/kubernetes/policies";
import { jitsiLinks, jitsiTiers, policedTiers } from "../../../../components/services/jitsi/tiers";
import { allowed } from "../../../live/policies";
import type { Pod } from "../../../live/live-cluster";
import { deploy, type Deployment } from "../../../support/mocks";
import { connection, dialled } from "../../../support/dialled";
import type { KubernetesObject } from "../../../support/programs/apply";
import { manifests, target } from "../../kubernetes/target";
import { jitsi } from "./support";

/** Connections of the programs of a Jitsi with two shards, written by hand. */
const needed = [1, 2]
  .flatMap((n) => [
    ["meet/meet-focus", n, "meet/meet-signalling", 5222] as const,
    ["meet/meet-web", n, "meet/meet-signalling", 5280] as const,
    ["meet/meet-web", n, "meet/meet-focus", 8888] as const,
  ])
  .map(([from, n, to, port]) => connection(`${from}-${n}`, `${to}-${n}`, port))
  // Every bridge joins every shard.
  .concat([1, 2].map((n) => connection("meet-media/meet-bridge", `meet/meet-signalling-${n}`, 5222)))
  .sort();

/** The edge is told of its servers by routes. */
const byRoute = [
  ...[1, 2].map((n) => connection("edge/edge", `meet/meet-web-${n}`, 8000)),
  connection("edge/edge", "meet/meet-access", 8080),
];

const tiers = jitsiTiers("meet", 2);
const edge = tier("edge", "edge", {});
const bridges = ["10.42.0.0/16", "10.20.0.40/32", "10.20.0.41/32", "10.20.0.42/32"];
const links = jitsiLinks(tiers, edge, bridges);

/** A pod of every tier, and what else may try to connect. */
const pods: readonly Pod[] = [
  ...policedTiers(tiers).map(({ name, namespace }) => pod(namespace, name)),
  {
    ...pod("meet-media", "meet-bridge"),
    spec: { hostNetwork: true },
    status: { phase: "Running", podIP: "10.20.0.41" },
  },
  pod("edge", "edge"),
  pod("elsewhere", "meet-web-1"),
];

function pod(namespace: string, name: string): Pod {
  return {
    metadata: { name, namespace, uid: name, labels: { "app.kubernetes.io/name": name } },
    spec: {},
    // No address that a range could let in: pods are known by their labels here.
    status: { phase: "Running", podIP: "198.18.0.1" },
  };
}

const ports = [5222, 5280, 8000, 8080, 8888, 8090, 443];

/** Every connection that the policies of some links let through. */
async function open(given: readonly Link[]): Promise<readonly string[]> {
  const deployment = await deploy(() => {
    const namespace = new Namespace("meet", { cluster: target() });
    new Policies("meet", { namespace, tiers: policedTiers(tiers), links: given });
  });
  // The edge's own policy is another component's; without one, its end says yes.
  const policies = manifests(deployment.resources);
  const named = ({ metadata }: Pod): string => `${metadata.namespace}/${metadata.name}`;
  return pods
    .flatMap((from) =>
      pods
        .filter((to) => to !== from && to.metadata.namespace === "meet")
        .flatMap((to) =>
          ports
            .filter((port) => allowed(policies, from, to, port))
            .map((port) => connection(named(from), named(to), port)),
        ),
    )
    .sort();
}

describe("the links of a Jitsi", () => {
  let objects: readonly KubernetesObject[];

  beforeAll(async () => {
    // The edge reads routes, which stand in the plan.
    objects = manifests((await jitsi()).resources).filter(({ metadata }) => metadata.namespace !== "edge");
  });

  test("are needed: what the programs' configuration names is what stands here", () => {
    expect(dialled(objects, (env) => env["XMPP_PORT"])).toEqual(needed);
  });

  test("open what is needed and nothing else", async () => {
    expect(await open(links)).toEqual([...needed, ...byRoute].sort());
  });

  test.each(links.map((one, i) => [`${i + 1}: ${one.reason}`, i] as const))(
    "are missed one by one: %s",
    async (_, removed) => {
      const without = await open(links.filter((_link, i) => i !== removed));
      expect([...needed, ...byRoute].filter((one) => !without.includes(one))).toHaveLength(1);
    },
  );

  test("are noticed when there is one too many", async () => {
    const [first, second] = tiers.shards;
    if (first === undefined || second === undefined) throw new Error("expected two shards");
    const more = { ...links[0], from: first.focus, to: second.signalling } as Link;
    const extra = (await open([...links, more])).filter((one) => ![...needed, ...byRoute].includes(one));
    expect(extra).toEqual([connection("meet/meet-focus-1", "meet/meet-signalling-2", 5222)]);
  });
});

describe("the host ports of a Jitsi", () => {
  const ledger = new HostPorts();
  let own: readonly TakenPort[];
  let bound: readonly Pick<TakenPort, "port" | "protocol">[];

  beforeAll(async () => {
    const deployment = await jitsi({}, { hostPorts: ledger });
    own = ledger.entries.filter(({ owner }) => owner.startsWith("meet-media/"));
    bound = boundOnHosts(deployment);
  });

  /** True if a ledger notices a second user of a port on which a Jitsi's program listens. */
  const noticed = (entries: readonly TakenPort[], port: Pick<TakenPort, "port" | "protocol">): boolean => {
    try {
      new HostPorts(entries).take("another/bridge", "media", [port]);
      return false;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return true;
    }
  };

  test("are all that its programs are configured to listen on", () => {
    expect(bound).toEqual([
      { port: 10_000, protocol: "udp" },
      { port: 8_080, protocol: "tcp" },
      { port: 443, protocol: "tcp" },
      { port: [52_000, 65_535], protocol: "udp" },
    ]);
    expect(own.map(({ port, protocol }) => ({ port, protocol }))).toEqual(expect.arrayContaining([...bound]));
    expect(own).toHaveLength(bound.length);
  });

  test.each([0, 1, 2, 3])("are missed one by one: %i", (removed) => {
    const without = own.filter((_, i) => i !== removed);
    expect(bound.filter((port) => noticed(own, port))).toEqual(bound);
    expect(bound.filter((port) => !noticed(without, port))).toHaveLength(1);
  });
});

/** Ports that bridges and relays listen on at their host, as their own configuration says. */
function boundOnHosts(deployment: Deployment): readonly Pick<TakenPort, "port" | "protocol">[] {
  const text = JSON.stringify(
    manifests(deployment.resources).filter(({ metadata }) => metadata.namespace === "meet-media"),
  );
  const number = (pattern: RegExp): number => {
    const found = [...new Set([...text.matchAll(pattern)].map((match) => Number(match[1])))];
    const [only] = found;
    if (only === undefined || found.length > 1) throw new Error(`expected one ${String(pattern)}, got ${found.join()}`);
    return only;
  };
  return [
    { port: number(/"name":"JVB_PORT","value":"(\d+)"/g), protocol: "udp" },
    // Its management port, which the script that drains a bridge asks.
    { port: number(/http:\/\/127\.0\.0\.1:(\d+)/g), protocol: "tcp" },
    { port: number(/tls-listening-port=(\d+)/g), protocol: "tcp" },
    { port: [number(/min-port=(\d+)/g), number(/max-port=(\d+)/g)], protocol: "udp" },
  ];
}
