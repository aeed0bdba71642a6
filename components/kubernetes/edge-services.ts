import { Service } from "@pulumi/kubernetes/core/v1/service";
import type * as pulumi from "@pulumi/pulumi";
import { edgeNodePorts, edgeTier, nodePortOf, type Route } from "../core/route";
import { edgeNamespace } from "../core/tier";
import type { AcmeArgs } from "./acme";
import { edgePorts, ownPorts } from "./haproxy";

/** Name of a part of the edge in the stack, and the names that older stacks have for it. */
export type StackNames = (part: string) => { readonly name: string; readonly aliases: pulumi.Alias[] };

/** Objects of an edge are called the same in every cluster; in the stack their names begin with the edge's own, so that two platforms have an edge each. */
export const stackNames = (edge: string): StackNames => {
  const prefix = edge === edgeTier.name || edge.endsWith(`-${edgeTier.name}`) ? edge : `${edge}-${edgeTier.name}`;
  return (part) => ({
    name: `${prefix}${part}`,
    aliases: prefix === edgeTier.name ? [] : [{ name: `${edgeTier.name}${part}` }],
  });
};

/** Names of the replicas' pods. */
export const peerNames = (replicas: number): readonly string[] =>
  Array.from({ length: replicas }, (_, i) => `${edgeTier.name}-${i}`);

/** One service per replica: HAProxy wants the names of its peers when it starts, and the names of pods exist only once they run. */
export const peerServices = (
  replicas: number,
  names: StackNames,
  opts: pulumi.CustomResourceOptions,
): readonly Service[] =>
  peerNames(replicas).map((peer) => {
    const { name, aliases } = names(peer.slice(edgeTier.name.length));
    return new Service(
      name,
      {
        metadata: { name: peer, namespace: edgeNamespace },
        spec: {
          selector: { "statefulset.kubernetes.io/pod-name": peer },
          publishNotReadyAddresses: true,
          ports: [
            { name: "peers", port: edgePorts.peers, targetPort: "peers" },
            { name: "views", port: edgePorts.views, targetPort: "views" },
          ],
        },
      },
      { ...opts, aliases },
    );
  });

/** Arguments of an edge that decide which ports it has. */
interface Served {
  readonly routes: readonly Route[];
  readonly acme?: AcmeArgs;
}

/** Ports of the edge that gateways lead to: the container's, the hosts', a name and a reason for each. */
export const published = ({ routes, acme }: Served) => [
  { name: "web", port: edgePorts.web, nodePort: edgeNodePorts.web, reason: "web and signalling from the gateways" },
  { name: "health", port: edgePorts.health, nodePort: edgeNodePorts.health, reason: "health checks of the gateways" },
  ...(acme === undefined
    ? []
    : [
        {
          name: "challenges",
          port: edgePorts.challenges,
          nodePort: edgeNodePorts.challenges,
          reason: "challenges of the certificate authority",
        },
      ]),
  ...[...ownPorts(routes)].flatMap(([port, own]) =>
    own.slice(0, 1).map((first) => ({
      name: `port-${port}`,
      port: nodePortOf(first),
      nodePort: nodePortOf(first),
      reason: own.map((route) => route.name).join(", "),
    })),
  ),
];

/** The ports on application hosts that gateways lead to. */
export const nodePorts = (args: Served, names: StackNames, opts: pulumi.CustomResourceOptions): Service =>
  new Service(
    names("-web").name,
    {
      metadata: { name: "edge-web", namespace: edgeNamespace },
      spec: {
        type: "NodePort",
        // Traffic stays on the host where it came in, so that its source is still the gateway and the policy can name it.
        externalTrafficPolicy: "Local",
        // Gateways ask each replica for its health, and take it out two seconds after. Kubernetes would close the way as well, and would do so on every host whose
        // kubelet starts, for as long as it has not asked the replica again.
        publishNotReadyAddresses: true,
        selector: { "app.kubernetes.io/name": edgeTier.name },
        ports: published(args).map(({ name, port, nodePort }) => ({
          name,
          port: nodePort - 30_000,
          targetPort: port,
          nodePort,
          protocol: "TCP",
        })),
      },
    },
    { ...opts, aliases: names("-web").aliases },
  );
