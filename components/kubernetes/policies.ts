import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy";
import * as pulumi from "@pulumi/pulumi";
import { invalid, tryParse, validateArgs, givenArgs, type Keys, each } from "../core/errors";
import { endText, isTier, Link, linkKeys, sameEnd } from "../core/link";
import { dnsLabel } from "../core/names";
import { list, record } from "../core/shapes";
import { Tier, tierKeys, tierText } from "../core/tier";
import { Namespace } from "./namespace";
import { connections, connectionsOf, policySpec, readLinks, reasons, TierConnections, workloadLabel } from "./peers";

export interface PoliciesArgs {
  readonly namespace: Namespace;
  /** All tiers of the namespace, but those on the host network: network policies do not count there. */
  readonly tiers: readonly Tier[];
  /** All links of the service. Those of other namespaces are passed over. */
  readonly links: readonly Link[];
  /** Tiers of the namespace whose workloads make their own policies. @default [] */
  readonly elsewhere?: readonly Tier[];
}

const policiesArgsKeys: Keys<PoliciesArgs> = {
  namespace: true,
  tiers: each(tierKeys),
  links: each(linkKeys),
  elsewhere: each(tierKeys),
};

/** Type token of the component under which a policy stood before. */
const formerToken = "sovereign-uc:index:Workload";

/**
 * The network policies of all tiers of a namespace, one for each. They exist before any pod of these tiers, so that no pod runs a moment without its policy or
 * asks a peer that does not let it in yet.
 *
 * @example
 * const web = tier("wiki", "wiki-web", { http: 8000 });
 * const store = tier("wiki", "wiki-store", { s3: 9000 });
 * const policies = new Policies("wiki", {
 *   namespace: new Namespace("wiki", { cluster }),
 *   tiers: [web, store],
 *   links: [link(web, store, "s3", "pages and attachments")],
 * });
 */
export class Policies extends pulumi.ComponentResource {
  readonly namespace: Namespace;
  readonly tiers: readonly Tier[];
  readonly links: readonly Link[];
  /** Every workload of these tiers depends on them. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: PoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, policiesArgsKeys, { namespace: "new Namespace(…)" });
    const { namespace, tiers, links, elsewhere = [] } = args;
    super("sovereign-uc:index:Policies", name, { namespace: namespace.name }, opts);

    const valid = validateArgs(this, name, {
      name: () => dnsLabel(name, 63),
      tiers: () => ownTiers(tiers, namespace.name),
      links: () => {
        const read = readLinks(links);
        const own = tryParse(() => ownTiers(tiers, namespace.name)) ?? [];
        known(read, [...own, ...elsewhere], namespace.name);
        for (const one of own) readConnections(one, read, namespace);
        return read;
      },
    });
    this.namespace = namespace;
    this.tiers = valid.tiers;
    this.links = valid.links;
    this.ready = valid.tiers.map((one) =>
      tierPolicy(one, connectionsOf(one, valid.links), namespace, {
        parent: this,
        // Each stood below the workload of its tier before.
        aliases: [{ parent: pulumi.createUrn(one.name, formerToken, opts?.parent) }],
      }),
    );
    this.registerOutputs({});
  }
}

/** The connections of a tier in a namespace. @throws RangeError for ranges that lie in an isolated one. */
export function readConnections(one: Tier, links: readonly Link[], { isolatedFrom }: Namespace): TierConnections {
  const { ingress, egress } = connectionsOf(one, links);
  return { ingress: connections(ingress, isolatedFrom), egress: connections(egress, isolatedFrom) };
}

/** The network policy of one tier. */
export const tierPolicy = (
  { name, namespace: own }: Pick<Tier, "name" | "namespace">,
  { ingress, egress }: TierConnections,
  namespace: Namespace,
  opts: pulumi.CustomResourceOptions,
  labels: Readonly<Record<string, string>> = {},
  prefix = "",
): NetworkPolicy =>
  new NetworkPolicy(
    prefix + name,
    {
      metadata: {
        name,
        namespace: own,
        labels: { [workloadLabel]: name, ...labels },
        annotations: {
          "sovereign-uc/reasons": [...reasons("in", ingress), ...reasons("out", egress)].join("\n"),
        },
      },
      spec: policySpec(name, ingress, egress, namespace.isolatedFrom),
    },
    { provider: namespace.cluster.provider, dependsOn: [...namespace.ready], ...opts },
  );

function ownTiers(values: readonly Tier[], namespace: string): readonly Tier[] {
  return list(values, "tiers", '[tier("wiki", "web", { http: 8000 })]', (one, place) => {
    const { name, namespace: other } = record(one, "a tier", 'tier("wiki", "web", { http: 8000 })');
    if (other !== namespace)
      throw invalid(`a tier of the namespace "${namespace}"`, `${other}/${name}`, "give it to the policies of its own");
    if (values.findIndex((twin) => twin.name === name) !== place)
      throw invalid("a tier once", name, "remove the second, or rename it");
    return one;
  });
}

/** @throws RangeError for links of tiers that nobody makes a policy for: the connection would be open at one end only. */
function known(links: readonly Link[], tiers: readonly Tier[], namespace: string): void {
  const lost = links.flatMap((one) =>
    [one.from, one.to]
      .filter((end) => isTier(end) && end.namespace === namespace && !tiers.some((own) => sameEnd(own, end)))
      .map(
        (end) =>
          invalid(
            `tiers of "${namespace}" out of ${tiers.map((own) => own.name).join(", ") || "none"}`,
            `${endText(end)} in the link to ${endText(one.to)}: ${one.reason}`,
            "add the tier, or remove the link",
          ).message,
      ),
  );
  if (lost.length > 0) throw new RangeError([...new Set(lost)].join("\n"));
}

/** @throws RangeError unless the policies have the tier, with the same ports. */
export function hasPolicy(policies: Policies, own: Tier): void {
  const found = policies.tiers.find((one) => sameEnd(one, own));
  if (found === undefined)
    throw invalid(
      `policies with the tier "${tierText(own)}"`,
      policies.tiers.map(tierText).join(", "),
      "add it to the tiers of the policies",
    );
  if (portsText(found) !== portsText(own))
    throw invalid(
      `the ports of "${tierText(own)}" that its policies have: ${portsText(found)}`,
      portsText(own),
      "give both the same tier",
    );
}

const portsText = ({ ports }: Tier): string =>
  Object.entries(ports)
    .map(([name, { port, protocol = "tcp" }]) => `${name} ${protocol} ${port}`)
    .sort()
    .join(", ");
