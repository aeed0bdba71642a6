import { Service } from "@pulumi/kubernetes/core/v1/service";
import * as pulumi from "@pulumi/pulumi";
import { Capacity, replicasFor } from "../core/capacity";
import { validate, validateArgs, invalid } from "../core/errors";
import { image } from "../core/images";
import { blockImages } from "./images";
import { dnsLabel, domainName } from "../core/names";
import { countInRange } from "../core/numbers";
import { keyPair } from "../core/secret";
import { tier } from "../core/tier";
import { Backend, certificateFile, edgePorts, haproxy } from "./haproxy";
import { Namespace } from "./namespace";
import { Allowed } from "./peers";
import { Workload } from "./workload";

export interface EdgeArgs {
  readonly namespace: Namespace;
  /** PEM, the chain included; covers every domain of the backends. */
  readonly certificate: pulumi.Input<string>;
  /** PEM. */
  readonly privateKey: pulumi.Input<string>;
  readonly backends: readonly (Backend & {
    /** Workloads of the same namespace that its servers are. */
    readonly workloads: readonly string[];
  })[];
  /** Connections at once. */
  readonly connections: number;
  /**
   * Connections at once that one replica takes from one source, and new ones in ten seconds: an IPv4 address, or the 64 leading bits of an IPv6 address. A whole
   * ministry can come from one address. Gateways lead one source to one replica: at half of its places, all that a source can take is less than the replica that
   * is spare. @default - `connections`, at most 2000
   */
  readonly connectionsPerSource?: number;
  /** Port on every application host where gateways find it. @default 30443 */
  readonly nodePort?: number;
}

/** Connections that one replica takes: the limit that its configuration sets. Each takes 24 KiB while it is idle (1,000 of TLS and HTTP/2 with HAProxy 2.6.12), some 100 KiB with all its buffers, in 1 GiB. */
const connectionsPerReplica = 4_000;

/**
 * Where web traffic enters a cluster: HAProxy ends TLS, at two replicas at least that share one table, so that whoever asks for the same room reaches the same
 * server through either.
 *
 * Only the gateways may connect; they say who the client is by PROXY protocol version 2. Servers that fail a health check lose their sessions at once, so that
 * clients come back to another.
 *
 * @example
 * const edge = new Edge("crisis-edge", {
 *   namespace,
 *   certificate,
 *   privateKey,
 *   connections: 1600,
 *   backends: [
 *     {
 *       name: "meet",
 *       domain: "meet.crisis.example.ch",
 *       workloads: ["web"],
 *       servers: [{ name: "web", host: web.host, port: 8000 }],
 *       health: ["/"],
 *     },
 *   ],
 * });
 */
export class Edge extends pulumi.ComponentResource {
  readonly nodePort: number;
  readonly replicas: number;

  constructor(name: string, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    const { namespace, certificate, privateKey, backends, connections, nodePort = 30443 } = args;
    const { connectionsPerSource = Math.min(connections, connectionsPerReplica / 2) } = args;
    super(
      "sovereign-uc:index:Edge",
      name,
      { namespace: namespace.name, nodePort, connections, domains: (backends ?? []).map(({ domain }) => domain) },
      opts,
    );

    const valid = validateArgs(this, name, {
      name: () => dnsLabel(name, 40),
      certificate: () => pem(certificate, "a certificate in PEM"),
      privateKey: () => pem(privateKey, "a private key in PEM"),
      backends: () => readBackends(backends),
      connections: () => countInRange(connections, "connections", 1),
      connectionsPerSource: () =>
        args.connectionsPerSource === undefined ||
        countInRange(connectionsPerSource, "connections of one source", 1, connectionsPerReplica),
      nodePort: () => countInRange(nodePort, "a node port", 30_000, 32_767),
    });
    const capacity: Capacity = {
      load: valid.connections,
      perReplica: connectionsPerReplica,
      unit: "connections",
      source: "maxconn of its own configuration",
    };
    this.replicas = replicasFor(capacity);
    this.nodePort = valid.nodePort;

    const own = { parent: this, provider: namespace.cluster.provider, dependsOn: [...namespace.ready] };
    const peers = Array.from({ length: this.replicas }, (_, i) => `${name}-${i}`);
    // One service per replica: HAProxy wants the names of its peers when it starts, and the names of pods exist only once they run.
    const peerServices = peers.map(
      (peer) =>
        new Service(
          peer,
          {
            metadata: { name: peer, namespace: namespace.name },
            spec: {
              selector: { "statefulset.kubernetes.io/pod-name": peer },
              publishNotReadyAddresses: true,
              ports: [{ name: "peers", port: edgePorts.peers, targetPort: "peers" }],
            },
          },
          own,
        ),
    );
    const servers = backends.flatMap(({ workloads, servers: all }): readonly Allowed[] =>
      workloads.flatMap((workload) =>
        [...new Set(all.map(({ port }) => port))].map((port) => ({
          peer: { workload },
          port,
          reason: "requests and health checks",
        })),
      ),
    );
    const itself: Allowed = {
      peer: { workload: name },
      port: edgePorts.peers,
      reason: "the table that replicas share",
    };
    const pair = keyPair({ certificate, privateKey });
    new Workload(
      name,
      {
        namespace,
        tier: tier(namespace.name, name, { web: edgePorts.web, health: edgePorts.health, peers: edgePorts.peers }),
        role: "edge",
        kind: "StatefulSet",
        // The gateways lead to hosts that are there when the stack is made.
        stableHostsOnly: true,
        image: image(namespace.cluster.registry, blockImages.haproxy),
        replicas: this.replicas,
        capacity,
        // The image's own user.
        user: 99,
        args: ["haproxy", "-W", "-db", "-f", "/etc/edge/haproxy.cfg"],
        mounts: [
          {
            name: "config",
            path: "/etc/edge",
            files: {
              "haproxy.cfg": haproxy({
                backends,
                connections: connectionsPerReplica,
                connectionsPerSource,
                peers: peers.map((peer) => ({ name: peer, address: `${peer}.${namespace.name}.svc.cluster.local` })),
              }),
            },
          },
          {
            name: "tls",
            path: "/tls",
            secrets: { [certificateFile]: pair.certificate, [`${certificateFile}.key`]: pair.privateKey },
          },
        ],
        probes: {
          ready: { get: "/healthz", port: edgePorts.health, everySeconds: 5, failures: 2 },
          alive: { get: "/healthz", port: edgePorts.health, failures: 6 },
        },
        resources: { cpu: 0.5, memoryMib: 1024 },
        drain: { seconds: 60 },
        ingress: [
          {
            peer: { ranges: namespace.cluster.gatewayAddresses.map((address) => `${address}/32`) },
            port: edgePorts.web,
            reason: "web and signalling from the gateways",
          },
          itself,
        ],
        egress: [...servers, itself],
      },
      { parent: this, dependsOn: peerServices },
    );
    new Service(
      `${name}-web`,
      {
        metadata: { name: `${name}-web`, namespace: namespace.name },
        spec: {
          type: "NodePort",
          // Traffic stays on the host where it came in, so that its source is still the gateway and the policy can name it.
          externalTrafficPolicy: "Local",
          selector: { "app.kubernetes.io/name": name },
          ports: [{ name: "web", port: 443, targetPort: "web", nodePort: this.nodePort, protocol: "TCP" }],
        },
      },
      own,
    );
    this.registerOutputs({ nodePort: this.nodePort });
  }
}

/** @throws RangeError when nothing was given, or text that is no PEM. */
export function pem(value: unknown, what: string): void {
  const missing = value === undefined || value === null;
  if (missing || (typeof value === "string" && !value.startsWith("-----BEGIN ")))
    throw invalid(what, missing ? undefined : "another text", "read it from a file or from the stack's secrets");
}

function readBackends(values: EdgeArgs["backends"]): void {
  if (!Array.isArray(values) || values.length === 0)
    throw invalid("at least one backend", values, "name the services behind the edge");
  validate(
    Object.fromEntries(
      values.map(({ name, domain, servers, health, stickOn, headers, workloads }: EdgeArgs["backends"][number], i) => [
        `[${i}]`,
        () => {
          dnsLabel(name);
          domainName(domain);
          for (const key of ["name", "domain"] as const)
            if (values.filter((other) => other[key] === values[i]?.[key]).length > 1)
              throw invalid(`a ${key} of its own`, values[i]?.[key], "rename one of the backends");
          if (!Array.isArray(servers) || servers.length === 0)
            throw invalid("at least one server", servers, `name the servers of "${name}"`);
          for (const server of servers) {
            dnsLabel(server.name);
            domainName(server.host);
            countInRange(server.port, "a port", 1, 65_535);
          }
          if (
            !Array.isArray(health) ||
            health.length === 0 ||
            !health.every((path) => /^\/[A-Za-z0-9/_.-]*$/.test(path))
          )
            throw invalid('paths like "/health"', health, `say how to see that a server of "${name}" works`);
          if (stickOn !== undefined && !/^[A-Za-z0-9_-]{1,30}$/.test(stickOn))
            throw invalid("the name of a query parameter", stickOn, `correct stickOn of "${name}"`);
          for (const [header, value] of Object.entries(headers ?? {}))
            // HAProxy gives quotes, backslashes, dollars and per cents in a value a meaning of their own.
            if (!/^[A-Za-z][A-Za-z0-9-]{0,60}$/.test(header) || !/^[ !#&-[\]-~]{1,4000}$/.test(value))
              throw invalid(
                "headers of plain text without quotation marks, backslashes, dollars and per cents",
                `${header}: ${value}`,
                `write headers of "${name}" without them`,
              );
          if (!Array.isArray(workloads) || workloads.length === 0)
            throw invalid("at least one workload", workloads, `name the workloads of "${name}": the policy opens them`);
        },
      ]),
    ),
  );
}
