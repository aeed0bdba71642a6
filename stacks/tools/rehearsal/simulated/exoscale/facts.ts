/**
 * Facts about the Exoscale resources beyond their typed classes.
 *
 * | facts | source |
 * |---|---|
 * | plan-time refusals | exoscale/terraform-provider-exoscale v0.66.0: `pkg/resources/{instance,block_storage}/`, `exoscale/resource_exoscale_{private_network,security_group_rule}.go` |
 * | user data below 32 KiB in base64 | the same, `pkg/utils/utils.go` and `pkg/config/config.go` |
 * | zones | the same, `pkg/config/config.go` |
 * | families and sizes of instance types | exoscale/egoscale v3.1.42, `v3/schemas.go` |
 * | what replaces | schema of pulumiverse-exoscale 0.66.1; BlockStorageVolume: `pkg/resources/block_storage/resource_volume.go` |
 * | resources of the plugin framework, which the bridge never deletes first by itself | the same, `pkg/provider/provider.go`, Resources; all others: `exoscale/provider.go`, ResourcesMap; names made up: pulumi-exoscale ad8c24f, `provider/resources.go`, SetAutonaming |
 * | 8 per anti-affinity group | Exoscale's documentation, not at hand when this was written: unverified |
 * | what load balancers, pools, elastic addresses, records and clusters refuse | exoscale/terraform-provider-exoscale v0.66.0: `exoscale/resource_exoscale_{nlb_service,elastic_ip,domain_record,sks_cluster,sks_nodepool,sks_kubeconfig}.go`, `pkg/resources/instance_pool/resource.go`; exoscale/egoscale at d767924d: `v3/{schemas,operations}.go` (bounds of health checks, sizes of disks, levels, networks of pods) |
 * | one service to a port of a balancer; a zone with records, a cluster with node pools are not deleted | unverified |
 * | outputs | schema of pulumiverse-exoscale 0.66.1 |
 * | two objects of one name | names of groups and keys are unique in the API; those of instances, networks and volumes need not be, but here they are within their zone, whose API is its own: an orphan has to show |
 * | what stays as it is where the program says nothing, planned defaults, sets, texts in any case | exoscale/terraform-provider-exoscale v0.66.0, the files of each under `exoscale/`, `pkg/resources/{instance,instance_pool,block_storage}/` (Optional with Computed, Default, TypeSet, DiffSuppressFunc); seen at the plugin pulumi-exoscale ad8c24f |
 * | resources of the plugin framework, which the bridge never deletes first by itself | the same, `pkg/provider/provider.go`, Resources; all others: `exoscale/provider.go`, ResourcesMap; names made up: pulumi-exoscale ad8c24f, `provider/resources.go`, SetAutonaming |
 */
export const zones: readonly string[] = [
  "ch-gva-2",
  "ch-dk-2",
  "at-vie-1",
  "at-vie-2",
  "de-fra-1",
  "bg-sof-1",
  "de-muc-1",
  "hr-zag-1",
];

/** Resources of the plugin framework. */
export const framework: readonly string[] = [
  "exoscale:index/blockStorageVolume:BlockStorageVolume",
  "exoscale:index/dbaas:Dbaas",
  "exoscale:index/dbaasPgDatabase:DbaasPgDatabase",
  "exoscale:index/iamApiKey:IamApiKey",
  "exoscale:index/iamRole:IamRole",
];

const families = "standard|cpu|memory|storage|colossus|gpu|gpu2|gpu3|gpua30|gpu3080ti|gpua5000|gpub300|gpurtx6000pro";
const sizes = "micro|tiny|small|medium|large|extra-large|huge|mega|titan|titan48c|jumbo|colossus";

export const instanceType = new RegExp(`^(${families})\\.(${sizes})$`);

export const limits = {
  perAntiAffinityGroup: 8,
  userDataBase64: 32_768,
  diskGib: 10,
  nodeDiskGib: 20,
  largestDiskGib: 51_200,
  volumeGib: 10,
} as const;

export const recordTypes: readonly string[] = [
  "A",
  "AAAA",
  "ALIAS",
  "CAA",
  "CNAME",
  "HINFO",
  "MX",
  "NAPTR",
  "NS",
  "POOL",
  "SPF",
  "SRV",
  "SSHFP",
  "TXT",
  "URL",
];

export const protocols: readonly string[] = ["AH", "ALL", "ESP", "GRE", "ICMP", "ICMPv6", "IPIP", "TCP", "UDP"];

export const templateId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
