import * as hcloud from "@pulumi/hcloud";
import { invalid } from "../../core/errors";
import type { Autoscaling } from "../cloud";
import { hostsPerSpreadGroup } from "./facts";
import { own } from "./network";

/**
 * Machines that Kubernetes' cluster autoscaler makes at Hetzner. It is one minor version ahead of our Kubernetes: no earlier one can keep its machines in a
 * subnet of their own, and elsewhere they would take addresses that belong to other hosts.
 *
 * | claim | file in kubernetes/autoscaler, `cluster-autoscaler/cloudprovider/hetzner/` | revision |
 * |---|---|---|
 * | `HCLOUD_TOKEN`, `_NETWORK`, `_SSH_KEY` (by name or id), `_PUBLIC_IPV4`, `_PUBLIC_IPV6`, `_CLUSTER_CONFIG_FILE` (JSON, not encoded) | hetzner_manager.go | 1.35.2 (2d42588) |
 * | keys of that file: `imagesForArch`, `nodeConfigs` with `cloudInit`, `placementGroup`, `labels`, `subnetIPRange` | hetzner_manager.go | the same |
 * | `subnetIPRange` names a subnet exactly; 1.34.5 (d63eaf8) has no such key | hetzner_cloud_provider.go | the same |
 * | `--nodes=min:max:type:location:name`; a placement group takes machines of 10 at most, counted by `max` | hetzner_cloud_provider.go | the same |
 * | a machine is named `<group>-<hexadecimal digits>` and found again by `hcloud://<its number>` | hetzner_node_group.go | the same |
 * | the API's address; requests go through `HTTPS_PROXY` (the default transport of Go) | hcloud-go/hcloud/client.go, hetzner_metrics.go | the same |
 * | a machine without any network may be made if it is started later, as the autoscaler does | Hetzner's API | unverified |
 */
export const autoscaling = (image: string): Autoscaling => ({
  api: "api.hetzner.cloud",
  idPrefix: "hcloud://",
  make: (name, spec, opts) => {
    const { location, range, labels, nodeLabels, type, least, most, userData, joinKey } = spec;
    const network = own(spec.network, name);
    if (network.elastic === undefined)
      throw invalid("a network with an elasticRange", network.name, "make the network with one");
    const key = new hcloud.SshKey(
      `${name}-join`,
      { name: `${name}-join`, publicKey: joinKey, labels },
      { ...opts, deleteBeforeReplace: true, aliases: [{ name: `${name}-welcome` }] },
    );
    const sizes = Array.from({ length: Math.ceil(most / hostsPerSpreadGroup) }, (_, i) => ({
      group: i === 0 ? name : `${name}-${i + 1}`,
      least: Math.max(0, Math.min(hostsPerSpreadGroup, least - i * hostsPerSpreadGroup)),
      most: Math.min(hostsPerSpreadGroup, most - i * hostsPerSpreadGroup),
    }));
    const spread = sizes.map(
      ({ group }) =>
        new hcloud.PlacementGroup(`${group}-spread`, { name: `${group}-spread`, type: "spread", labels }, opts),
    );
    const config = {
      imagesForArch: { amd64: image, arm64: image },
      nodeConfigs: Object.fromEntries(
        sizes.map(({ group }) => [
          group,
          {
            cloudInit: userData,
            placementGroup: `${group}-spread`,
            labels: nodeLabels,
            subnetIPRange: range.toString(),
          },
        ]),
      ),
    };
    return {
      groups: sizes.map(({ group }) => group),
      provider: "hetzner",
      nodes: sizes.map((size) => [size.least, size.most, type, location, size.group].join(":")),
      env: {
        HCLOUD_NETWORK: network.name,
        HCLOUD_SSH_KEY: `${name}-join`,
        HCLOUD_PUBLIC_IPV4: "false",
        HCLOUD_PUBLIC_IPV6: "false",
      },
      credential: "HCLOUD_TOKEN",
      configuration: { variable: "HCLOUD_CLUSTER_CONFIG_FILE", content: `${JSON.stringify(config, null, 2)}\n` },
      resources: [key, network.elastic, ...spread],
    };
  },
});
