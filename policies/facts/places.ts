import { type Fact, lastReview as reviewed } from "./fact";

/** A place of an accepted cloud whose resources name it in one of the usual properties. */
export interface PlaceFact extends Fact {
  /** Package of the provider. */
  readonly provider: string;
  /** Code, or its beginning where `*` ends it: OVH numbers the regions of one site. */
  readonly code: string;
  readonly country: string;
}

const places = (
  provider: string,
  source: string,
  ...list: readonly (readonly [code: string, country: string])[]
): readonly PlaceFact[] => list.map(([code, country]) => ({ provider, code, country, source, reviewed }));

/** Properties in which the resources and the providers of these clouds state where they are. */
export const placeProperties = [
  "zone",
  "region",
  "location",
  "datacenter",
  "availabilityZone",
  "zoneId",
  "regionId",
  "regionName",
  "regions",
  "zones",
  "defaultRegion",
  "s3Region",
];

export const placesOf: readonly PlaceFact[] = [
  ...places(
    "upcloud",
    "https://upcloud.com/data-centres",
    ["fi-hel1", "FI"],
    ["fi-hel2", "FI"],
    ["de-fra1", "DE"],
    ["nl-ams1", "NL"],
    ["es-mad1", "ES"],
    ["pl-waw1", "PL"],
    ["se-sto1", "SE"],
    ["dk-cph1", "DK"],
    ["no-svg1", "NO"],
    ["uk-lon1", "GB"],
    ["us-chi1", "US"],
    ["us-nyc1", "US"],
    ["us-sjo1", "US"],
    ["sg-sin1", "SG"],
    ["au-syd1", "AU"],
    ["europe-1", "FI"],
    ["europe-2", "DE"],
    ["us-1", "US"],
    ["apac-1", "SG"],
  ),
  ...places(
    "ovh",
    "https://www.ovhcloud.com/en/public-cloud/regions-availability/",
    ["GRA*", "FR"],
    ["SBG*", "FR"],
    ["RBX*", "FR"],
    ["EU-WEST-PAR*", "FR"],
    ["DE*", "DE"],
    ["EU-SOUTH-MIL*", "IT"],
    ["WAW*", "PL"],
    ["UK*", "GB"],
    ["BHS*", "CA"],
    ["CA-*", "CA"],
    ["SGP*", "SG"],
    ["SYD*", "AU"],
    ["AP-*", "SG"],
    ["US-*", "US"],
  ),
  ...places(
    "scaleway",
    "https://www.scaleway.com/en/docs/account/reference-content/products-availability/",
    ["fr-par*", "FR"],
    ["nl-ams*", "NL"],
    ["pl-waw*", "PL"],
    ["it-mil*", "IT"],
  ),
  ...places(
    "ionoscloud",
    "https://docs.ionos.com/cloud (data center locations)",
    ["de/*", "DE"],
    ["fr/*", "FR"],
    ["es/*", "ES"],
    ["gb/*", "GB"],
    ["us/*", "US"],
    ["de", "DE"],
    ["eu-central-1", "DE"],
    ["eu-central-2", "DE"],
    ["eu-central-3", "DE"],
    ["eu-south-2", "ES"],
    ["us-central-1", "US"],
  ),
  ...places(
    "opentelekomcloud",
    "https://docs.otc.t-systems.com/regions-and-endpoints/",
    ["eu-de*", "DE"],
    ["eu-nl*", "NL"],
    ["eu-ch2*", "CH"],
    ["ap-sg*", "SG"],
  ),
  ...places("stackit", "https://docs.stackit.cloud (regions)", ["eu01*", "DE"], ["eu02*", "AT"]),
  ...places(
    "infomaniak",
    "https://docs.infomaniak.cloud (regions)",
    ["dc3-a*", "CH"],
    ["dc4-a*", "CH"],
    ["dc5-a*", "CH"],
  ),
];

/** The row of a place, by the longest code that fits. */
export const placeOf = (provider: string, code: string): PlaceFact | undefined =>
  placesOf
    .filter((row) => row.provider === provider)
    .filter(({ code: known }) => (known.endsWith("*") ? code.startsWith(known.slice(0, -1)) : code === known))
    .sort((one, other) => other.code.length - one.code.length)[0];

/** Types of clouds with a table of placements that stand nowhere themselves, or where the object that they belong to stands. */
export const placeless: readonly (Fact & { readonly provider: string; readonly types: readonly string[] })[] = [
  {
    provider: "hcloud",
    types: [
      "certificate:Certificate",
      "firewall:Firewall",
      "firewallAttachment:FirewallAttachment",
      "floatingIpAssignment:FloatingIpAssignment",
      "loadBalancerNetwork:LoadBalancerNetwork",
      "loadBalancerService:LoadBalancerService",
      "loadBalancerTarget:LoadBalancerTarget",
      "managedCertificate:ManagedCertificate",
      "network:Network",
      "networkRoute:NetworkRoute",
      "placementGroup:PlacementGroup",
      "rdns:Rdns",
      "serverNetwork:ServerNetwork",
      "snapshot:Snapshot",
      "sshKey:SshKey",
      "storageBoxSnapshot:StorageBoxSnapshot",
      "storageBoxSubaccount:StorageBoxSubaccount",
      "txtRecord:TxtRecord",
      "uploadedCertificate:UploadedCertificate",
      "volumeAttachment:VolumeAttachment",
      "zone:Zone",
      "zoneRecord:ZoneRecord",
      "zoneRrset:ZoneRrset",
    ],
    source: "declarations of @pulumi/hcloud 1.41.0",
    reviewed,
  },
  {
    provider: "exoscale",
    types: [
      "antiAffinityGroup:AntiAffinityGroup",
      "domain:Domain",
      "domainRecord:DomainRecord",
      "iamAccessKey:IamAccessKey",
      "iamApiKey:IamApiKey",
      "iamOrgPolicy:IamOrgPolicy",
      "iamRole:IamRole",
      "securityGroup:SecurityGroup",
      "securityGroupRule:SecurityGroupRule",
      "sshKey:SshKey",
    ],
    source: "schema of the exoscale package, version 0.66.1",
    reviewed,
  },
];
