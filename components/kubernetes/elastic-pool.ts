import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { Autoscaling, Elastic } from "../clouds/cloud";
import { Cidr } from "../core/cidr";
import { validate, invalid, type Keys } from "../core/errors";
import { countInRange } from "../core/numbers";
import { inbound, openings as checkedOpenings } from "../core/openings";
import { elasticLabel } from "../core/taints";
import type { Gateway } from "../infrastructure/gateway";
import { Frozen, HostPlace, publicKeys, wall } from "../infrastructure/host";
import { frozenKeys } from "../infrastructure/host-args";
import { isolatedFrom, Network } from "../infrastructure/network";
import { ordained, ownLabels } from "../recipe/admission";
import { cloudInit } from "../recipe/cloud-init";
import { ruleset } from "../recipe/nftables";
import { base } from "../recipe/parts/base";
import { elasticAgent, MemberSettings } from "../recipe/parts/k3s";
import { privateHost, Surroundings } from "../recipe/parts/private-host";
import { join, joinPaths } from "../recipe/parts/join";
import { payload } from "../recipe/payload";
import { combine, Recipe } from "../recipe/recipe";
import type { SecretInput } from "../infrastructure/host-lifecycle";

/**
 * Hosts that come and go with the load: private, for applications that keep nothing on their hosts. Media hosts are never among them: each has a public address,
 * openings and a name in DNS, which the plan has to know before it exists.
 *
 * They are not in the stack's state. A destroy stops at the network while there are some: delete the machines that carry the label `hcloud/node-group` in
 * the cloud's console first, after the `Autoscaler` is gone.
 */
export interface ElasticPool {
  /** Host type in the cloud's own words. */
  readonly type: string;
  /** Maximum number of hosts. */
  readonly most: number;
  /** Minimum number of hosts. @default 0 */
  readonly least?: number;
  /** User data settings; a change applies to hosts that are made later. */
  readonly frozen?: Frozen;
}

export const elasticPoolKeys: Keys<ElasticPool> = {
  type: true,
  most: true,
  least: true,
  frozen: frozenKeys,
};

/** Facts about a cluster's elastic hosts for its autoscaler. */
export interface ElasticHosts extends Elastic {
  readonly least: number;
  readonly most: number;
  /** Host of the cloud's API. */
  readonly api: string;
}

/** The hosts' place in a cluster. */
export interface ElasticPlace {
  readonly network: Network;
  readonly gateway: Gateway;
  readonly member: Omit<MemberSettings, "address" | "labels" | "taints">;
  readonly labels: Readonly<Record<string, string>>;
  readonly surroundings: Surroundings;
  readonly forwards: readonly (readonly [from: string, to: string])[];
}

/** @throws RangeError with everything that cannot work, also where the gateway does not let through to the cloud's API. */
export function checkedElastic(
  name: string,
  { type, most, least = 0, frozen = {} }: ElasticPool,
  network: Network,
  gateway: Gateway,
): { readonly autoscaling: Autoscaling; readonly range: Cidr; readonly type: string } {
  const { cloud } = network;
  const { autoscaling } = cloud;
  if (autoscaling === undefined)
    throw invalid("a cloud that makes machines by load", cloud.id, cloud.absent.autoscaling ?? "leave elastic out");
  const valid = validate({
    type: () => cloud.hostType(type, network.location),
    most: () => countInRange(most, "hosts", 1, Math.min(cloud.hostsPerNetwork, 100)),
    least: () => {
      countInRange(least, "hosts", 0);
      if (least > most) throw invalid(`at most ${most} hosts, which is the most`, least, "lower least or raise most");
    },
    frozen: () => publicKeys(frozen.administratorKeys ?? []),
    range: () => network.takeElastic(name, most),
    egress: () => {
      if (!gateway.egress.some(({ host, port }) => host === autoscaling.api && port === 443))
        throw invalid(
          `${autoscaling.api} among what the gateway lets through on port 443`,
          gateway.egress.map(({ host }) => host),
          `add { host: "${autoscaling.api}", port: 443, reason: "machines by load" } to the gateway's egress`,
        );
    },
  });
  return { autoscaling, range: valid.range, type: valid.type };
}

/**
 * Makes what the cloud needs to make hosts, and what the control plane needs to join them to the cluster. A host boots with a filter and no secret; name
 * and address are the cloud's. A member of the control plane sends it the rest, as one recipe for all that is rendered here.
 */
export function elasticPool(
  name: string,
  { least = 0, most, frozen = {} }: ElasticPool,
  { autoscaling, range, type }: ReturnType<typeof checkedElastic>,
  { network, gateway, member, labels, surroundings, forwards }: ElasticPlace,
  parent: pulumi.Resource,
): {
  readonly hosts: ElasticHosts;
  /** Files of a control-plane member beside its recipe. */
  readonly recipe: (place: HostPlace) => Recipe;
  readonly secrets: readonly SecretInput[];
  /** Files of an elastic host, without secrets and its own identity. */
  readonly rendered: { readonly userData: string; readonly files: Readonly<Record<string, string>> };
} {
  const joinedFrom = member.controlPlane.map((address) => `${address}/32`);
  const userData = cloudInit(
    { administratorKeys: frozen.administratorKeys ?? [], sshFrom: joinedFrom },
    network.cloud.userDataLimit,
  );
  const isolated = isolatedFrom(network);
  const nodeLabels = { ...labels, [elasticLabel]: "true" };
  const parts = combine(
    base(),
    privateHost(surroundings),
    elasticAgent({ ...member, labels: ownLabels(nodeLabels), taints: [] }),
  );
  const openings = checkedOpenings(
    [
      inbound("tcp", 22, joinedFrom, "the control plane joins the host to the cluster"),
      inbound(
        "tcp",
        22,
        gateway.addresses.map((address) => `${address}/32`),
        "administration",
      ),
      ...parts.openings,
    ],
    isolated,
  );
  const filter = ruleset({
    isolatedFrom: isolated,
    openings,
    forwards: forwards.map(([from, to]) => [Cidr.parse(from), Cidr.parse(to)] as const),
  });
  const recipe = combine(parts, wall(filter));

  const key = new tls.PrivateKey(
    `${name}-join`,
    { algorithm: "ED25519" },
    // A stack of before keeps the key, which opens the hosts that it has.
    { parent, aliases: [{ name: `${name}-welcome` }] },
  );
  const made = autoscaling.make(
    name,
    {
      location: network.location,
      network: network.handle,
      range,
      labels: { ...network.labels, "sovereign-uc-tier": "application" },
      nodeLabels,
      type,
      least,
      most,
      userData,
      joinKey: key.publicKeyOpenssh.apply((text) => text.trim()),
    },
    { parent },
  );
  const addresses = Array.from({ length: range.size - 2 }, (_, i) => range.host(i + 1));
  const secrets = gateway.journalFiles;
  return {
    hosts: { ...made, least, most, api: autoscaling.api },
    recipe: (place) =>
      join({
        ...place,
        range: range.toString(),
        addresses,
        groups: made.groups,
        idPrefix: autoscaling.idPrefix,
        labels: ordained(nodeLabels),
      }),
    secrets: [
      { path: joinPaths.key, content: key.privateKeyOpenssh, mode: "0600" },
      {
        path: joinPaths.payload,
        content: pulumi.secret(
          pulumi.all(secrets.map(({ content }) => content)).apply((contents) =>
            payload(
              recipe,
              secrets.map((file, i) => ({ ...file, content: contents[i] ?? "" })),
            ),
          ),
        ),
        mode: "0600",
      },
    ],
    rendered: { userData, files: Object.fromEntries(recipe.files.map(({ path, content }) => [path, content])) },
  };
}
