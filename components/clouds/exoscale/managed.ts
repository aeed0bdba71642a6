import * as pulumi from "@pulumi/pulumi";
import type { Opening } from "../../core/openings";
import { providerPoolLabel } from "../../core/taints";
import type { ManagedClusters } from "../managed-clusters";
import { hostsPerSpreadGroup } from "./facts";
import { AntiAffinityGroup, SecurityGroup, SecurityGroupRule } from "./resources";
import { SksCluster, SksKubeconfig, SksNodepool } from "./sks";

type Rules = (name: string, wall: SecurityGroup, opening: Opening, opts: pulumi.CustomResourceOptions) => void;

/** Seconds for which the administrator's certificate is good, and before whose end the next `up` renews it. */
const [month, week] = [30 * 24 * 3600, 7 * 24 * 3600];

/**
 * SKS, Exoscale's Kubernetes. What its nodes need of each other was not seen on a real account:
 *
 * | claim | where | state |
 * |---|---|---|
 * | names, types and defaults of the resources' properties | the plugin's published package, version 0.66.1 | compared by a test |
 * | nodes speak VXLAN (UDP 4789) among each other with Calico, and reach kubelets at TCP 10250 | Exoscale's documentation of SKS | unverified |
 */
export const managedClusters = (rules: Rules): ManagedClusters => ({
  most: hostsPerSpreadGroup,
  make: (name, { location: zone, labels, version, type, count, diskGib, openings, audit }, opts) => {
    const cluster = new SksCluster(
      name,
      {
        name,
        zone,
        version,
        serviceLevel: "pro",
        cni: "calico",
        exoscaleCcm: true,
        exoscaleCsi: true,
        metricsServer: false,
        autoUpgrade: false,
        ...(audit === undefined
          ? {}
          : { audit: { enabled: true, endpoint: audit.endpoint, bearerToken: pulumi.secret(audit.token) } }),
        labels,
      },
      opts,
    );
    const wall = new SecurityGroup(`${name}-wall`, { name: `${name}-wall`, description: `nodes of ${name}` }, opts);
    openings.forEach((opening) => rules(name, wall, opening, opts));
    for (const [what, protocol, port] of [
      ["vxlan", "UDP", 4789],
      ["kubelet", "TCP", 10250],
    ] as const)
      new SecurityGroupRule(
        `${name}-wall-${what}`,
        {
          securityGroupId: wall.id,
          userSecurityGroupId: wall.id,
          type: "INGRESS",
          protocol,
          startPort: port,
          endPort: port,
          description: `${what} between nodes`,
        },
        opts,
      );
    const spread = new AntiAffinityGroup(
      `${name}-spread`,
      { name: `${name}-spread`, description: `keeps the nodes of ${name} apart` },
      opts,
    );
    const nodes = new SksNodepool(
      `${name}-application`,
      {
        name: `${name}-application`,
        clusterId: cluster.id,
        zone,
        instanceType: type,
        size: count,
        diskSize: diskGib,
        instancePrefix: name,
        ipv6: false,
        antiAffinityGroupIds: [spread.id],
        securityGroupIds: [wall.id],
        labels: { ...labels, [providerPoolLabel]: "application" },
      },
      opts,
    );
    const access = new SksKubeconfig(
      `${name}-administrator`,
      {
        clusterId: cluster.id,
        zone,
        user: "administrator",
        groups: ["system:masters"],
        ttlSeconds: month,
        earlyRenewalSeconds: week,
      },
      opts,
    );
    return { kubeconfig: access.kubeconfig, group: nodes.instancePoolId, ready: [nodes] };
  },
});
