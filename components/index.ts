export { AdoptedCluster, type AdoptedClusterArgs } from "./adopted-cluster";
export { CertificateAuthority, type CertificateAuthorityArgs, type Issued, type IssueArgs } from "./authority";
export { type BalancedGroup, Balancer, type BalancerArgs } from "./balancer";
export { Bucket, type BucketArgs } from "./bucket";
export type { ElasticHosts, ElasticPool } from "./elastic-pool";
export { apiPort, Cluster, type ClusterArgs } from "./cluster";
export type { BalancedPort, Cloud, ZoneRecord } from "./clouds/cloud";
export { exoscale, type ExoscaleOptions, type ExoscaleZone, exoscaleZones } from "./clouds/exoscale";
export {
  type BalancerType,
  hetzner,
  type HetznerLocation,
  type HetznerOptions,
  type HetznerRoute,
  type VSwitch,
} from "./clouds/hetzner";
export { metal, type MetalHost, type MetalOptions, type Site, type Vlan } from "./clouds/metal";
export { type Capacity, replicasFor } from "./core/capacity";
export { validate, invalid } from "./core/errors";
export { image } from "./core/images";
export type { Isolated } from "./core/isolation";
export type { Mirror } from "./core/mirror";
export { inbound, type Opening, outbound } from "./core/openings";
export { type Collector, type Egress, Gateway, type GatewayArgs, type Published, type Resolver } from "./gateway";
export { type AdministratorAccess, type Frozen, type Host, type HostPlace, HostPool, type HostPoolArgs } from "./host";
export { Autoscaler, type AutoscalerArgs } from "./kubernetes/autoscaler";
export { Edge, type EdgeArgs } from "./kubernetes/edge";
export { Namespace, type NamespaceArgs } from "./kubernetes/namespace";
export type { KubernetesTarget } from "./kubernetes/target";
export { Workload, type WorkloadArgs } from "./kubernetes/workload";
export { ManagedCluster, type ManagedClusterArgs } from "./managed-cluster";
export { Network, type NetworkArgs } from "./network";
export type { ApplicationPool, GpuPool, MediaPool, MemberPool } from "./pools";
export type { Snapshots } from "./snapshots";
export { type LinkedSite, SiteLink, type SiteEnd, type SiteLinkArgs } from "./site-link";
export {
  type Confidentiality,
  endToEndLimit,
  Jitsi,
  type JitsiArgs,
  jitsiNames,
  jitsiOpenings,
  type JitsiOpeningsArgs,
  jitsiSizes,
} from "./services/jitsi";
export { Zone, type ZoneArgs } from "./zone";
