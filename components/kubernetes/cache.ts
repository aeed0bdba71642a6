import { Service } from "@pulumi/kubernetes/core/v1/service";
import * as pulumi from "@pulumi/pulumi";
import type { Cache } from "../core/connections";
import { givenArgs, type Keys, validateArgs } from "../core/errors";
import { type Link, link, type LinkEnd } from "../core/link";
import { dnsLabel } from "../core/names";
import { planName } from "../core/plan";
import { keyPair, type Secret, trusted, usedAfter, versionsDigest } from "../core/secret";
import { serviceHost, type Tier } from "../core/tier";
import { authorityIn } from "../infrastructure/certificate-authority";
import { type Generation, readGeneration, Secrets } from "../infrastructure/secrets";
import { cacheTiers, type ValkeyPlan, valkeyPlan } from "./cache/plan";
import { cacheReplicas, cachePorts, cacheUsers } from "./cache/valkey";
import { type CacheParts, proxies, replicas, watchers } from "./cache/workloads";
import { letIn } from "./clients";
import { Namespace } from "./namespace";
import { Policies } from "./policies";
import { type OnCluster, onCluster } from "./target";

export { planValkey, type ValkeyPlan, type ValkeyPlanArgs } from "./cache/plan";

export interface ValkeyArgs {
  /** The platform that it stands on. */
  readonly on: OnCluster;
  /** Plan from `planValkey`; the platform has it, too. */
  readonly plan: ValkeyPlan;
  /** Generation of the clients' password: with `["2", "1"]` both are valid, so that nothing is interrupted. @default "1" */
  readonly secretsGeneration?: Generation;
}

const valkeyArgsKeys: Keys<ValkeyArgs> = { on: "elsewhere", plan: "elsewhere", secretsGeneration: true };

/**
 * A Redis-compatible cache (Valkey) that outlives its primary: three replicas, of which one is the primary, and three watchers (Sentinel) that make another one the
 * primary when it is gone. Clients know one host name. Behind it stands a proxy on every application host, which leads to the present primary and ends connections to
 * a former one.
 *
 * A client is led to the proxy of its own host (`trafficDistribution: PreferSameNode`, Kubernetes 1.34): a proxy that is lost with its host takes no other host's
 * clients with it.
 *
 * It is a cache: nothing reaches a disk, writes are copied to the replicas after they were acknowledged (some milliseconds of them can be lost with the primary),
 * and everything is lost when all replicas are. A primary that no replica hears takes no writes.
 *
 * @example
 * const chat = planMatrix({ name: "chat", domain: "chat.crisis.example.ch", users: 300, mediaGib: 100 });
 * const store = planValkey({ name: "store", memoryMib: 256 });
 * const messaging = new Platform("messaging", { ...place, plans: [chat, store] });
 * const cache = new Valkey("store", { on: messaging, plan: store });
 * const access = cache.access({ from: chat.homeserver });
 */
export class Valkey extends pulumi.ComponentResource {
  private readonly namespace: Namespace;
  /** Host name of the primary, whichever replica it is. */
  readonly host: string;
  /** The proxies: what clients' policies name. */
  readonly tier: Tier<"data" | "health">;
  private readonly password: Secret;
  private readonly ca: pulumi.Output<string>;

  constructor(name: string, args: ValkeyArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, valkeyArgsKeys, { on: "new Platform(…)" });
    const { on, plan, secretsGeneration = "1" } = args;
    super(
      "sovereign-uc:index:Valkey",
      name,
      { memoryMib: plan?.memoryMib, clients: plan?.clients, secretsGeneration },
      opts,
    );
    const valid = validateArgs(this, name, {
      name: () => planName(dnsLabel(name, 40), plan),
      plan: () => valkeyPlan(plan),
      on: () => onCluster(on),
      secretsGeneration: () => readGeneration(secretsGeneration),
    });
    const tiers = cacheTiers(name);
    this.host = serviceHost({ namespace: name, name });
    this.tier = tiers.proxy;

    const own = { parent: this };
    const namespace = new Namespace(name, { cluster: valid.on.cluster }, own);
    this.namespace = namespace;
    const secrets = new Secrets(
      name,
      { roles: ["clients", "internal", "proxy"], generations: { clients: valid.secretsGeneration } },
      own,
    );
    const passwords = {
      clients: secrets.password("clients"),
      internal: secrets.password("internal"),
      proxy: secrets.password("proxy"),
    };
    const names = (of: Tier): readonly string[] => memberNames(of).map((one) => serviceHost({ ...of, name: one }));
    const authority = authorityIn(this, `${name}-authority`, { commonName: `${name} cache` });
    this.ca = authority.certificate;
    const certificate = authority.issue("server", {
      commonName: name,
      dnsNames: [this.host, ...names(tiers.replica), ...names(tiers.watcher)],
      usage: "server",
    });
    const policies = new Policies(name, { namespace, tiers: Object.values(tiers), links: cacheLinks(tiers) }, own);
    const services = [tiers.replica, tiers.watcher].flatMap((of) => memberServices(of, this, namespace));
    const parts: CacheParts = {
      tiers,
      policies,
      names: { replicas: names(tiers.replica), watchers: names(tiers.watcher) },
      memoryMib: valid.plan.memoryMib,
      clients: valid.plan.clients,
      passwords,
      users: usersOf(passwords),
      pair: keyPair(certificate),
      authority: trusted(authority.certificate),
    };
    const behind = { ...own, dependsOn: services };
    const workloads = [replicas, watchers, proxies].map((make) => make(parts, behind));
    this.password = usedAfter(passwords.clients, workloads);
    new Service(
      name,
      {
        metadata: { name, namespace: namespace.name },
        spec: {
          selector: { "app.kubernetes.io/name": tiers.proxy.name },
          trafficDistribution: "PreferSameNode",
          ports: [{ name: "data", port: cachePorts.data, targetPort: "data", protocol: "TCP" }],
        },
      },
      { ...own, provider: namespace.cluster.provider, dependsOn: [...namespace.ready] },
    );
    this.registerOutputs({ host: this.host });
  }

  /**
   * Opens the way for a client and says how it gets in.
   *
   * @param from tier that will connect, or pods on the host network by the addresses of their hosts; each can ask once.
   */
  access({ from }: { readonly from: LinkEnd }): Cache {
    const name = `${this.tier.name}-for-${from.name}`;
    letIn({ to: this.tier, namespace: this.namespace, from, port: cachePorts.data, reason: "cache", name }, this);
    return { host: this.host, port: cachePorts.data, password: this.password, ca: this.ca, peer: this.tier, tls: true };
  }
}

const cacheLinks = ({ replica, watcher, proxy }: ReturnType<typeof cacheTiers>): readonly Link[] => [
  link(replica, replica, "data", "copies of the primary's data"),
  link(replica, watcher, "watch", "name of the primary, when a replica starts or hands over"),
  link(watcher, replica, "data", "watch over replicas"),
  link(watcher, watcher, "watch", "votes"),
  link(proxy, replica, "data", "clients to the primary, and the question which one it is"),
];

/** Names of the pods of a tier. */
const memberNames = ({ name }: Tier): readonly string[] =>
  Array.from({ length: cacheReplicas }, (_, i) => `${name}-${i}`);

/** A service for each pod: its name and address stay when the pod is made again, and lead to that pod before it is ready. */
const memberServices = (of: Tier, parent: pulumi.Resource, { cluster, ready }: Namespace): readonly Service[] =>
  memberNames(of).map(
    (name) =>
      new Service(
        name,
        {
          metadata: { name, namespace: of.namespace },
          spec: {
            selector: { "statefulset.kubernetes.io/pod-name": name },
            publishNotReadyAddresses: true,
            ports: Object.entries(of.ports).map(([port, { port: number }]) => ({
              name: port,
              port: number,
              targetPort: port,
            })),
          },
        },
        { parent, provider: cluster.provider, dependsOn: [...ready] },
      ),
  );

/** The users' file, which holds every password. */
function usersOf(passwords: CacheParts["passwords"]): Secret {
  const { clients, internal, proxy } = passwords;
  return {
    value: pulumi.secret(
      pulumi
        .all([clients.value, clients.previous?.value ?? "", internal.value, proxy.value])
        .apply(([now, before, own, asking]) =>
          cacheUsers({ clients: before === "" ? [now] : [now, before], internal: own, proxy: asking }),
        ),
    ),
    version: versionsDigest(passwords) ?? "",
  };
}
