import type { EntityId } from "./entities";
import { type Fact, lastReview as reviewed } from "./fact";

/** A domain of name servers and who runs them. */
export interface NameServerFact extends Fact {
  /** Domain above the servers' names. */
  readonly host: string;
  /** Pattern for names that no suffix describes; `host` is then for messages only. */
  readonly pattern?: RegExp;
  readonly party: EntityId;
}

const servers = (
  source: string,
  ...rows: readonly (readonly [host: string, party: EntityId, pattern?: RegExp])[]
): readonly NameServerFact[] =>
  rows.map(([host, party, pattern]) => ({
    host,
    party,
    source,
    reviewed,
    ...(pattern === undefined ? {} : { pattern }),
  }));

/** Name servers of operators whom stacks hand their names to, accepted or not: a profile decides by the party. */
export const nameServers: readonly NameServerFact[] = [
  ...servers(
    "https://developers.cloudflare.com/dns/foundation-dns/advanced-nameservers/ and https://developers.cloudflare.com/dns/nameservers/",
    ["ns.cloudflare.com", "cloudflare"],
    ["secondary.cloudflare.com", "cloudflare"],
    ["foundationdns.com", "cloudflare"],
    ["foundationdns.net", "cloudflare"],
    ["foundationdns.org", "cloudflare"],
  ),
  ...servers("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/GetInfoAboutHostedZone.html", [
    "awsdns-NN",
    "amazon",
    /\.awsdns-\d+\.(com|net|org|co\.uk)$/,
  ]),
  ...servers("https://cloud.google.com/dns/docs/update-name-servers", ["googledomains.com", "google"]),
  ...servers("https://learn.microsoft.com/en-us/azure/dns/dns-delegate-domain-azure-dns", [
    "azure-dns",
    "microsoft",
    /\.azure-dns\.(com|net|org|info)$/,
  ]),
  ...servers(
    "the operator's own manual, at the domain of its name servers",
    ["nsone.net", "ibm"],
    ["akam.net", "akamai"],
    ["linode.com", "akamai"],
    ["dnsimple.com", "dnsimple"],
    ["dnsimple-edge.net", "dnsimple"],
    ["dnsimple-edge.org", "dnsimple"],
    ["digitalocean.com", "digitalocean"],
    ["vultr.com", "vultr"],
    ["oraclecloud.net", "oracle"],
    ["vercel-dns.com", "vercel"],
    ["alidns.com", "alibaba"],
    ["hichina.com", "alibaba"],
    ["dnspod.net", "tencent"],
    ["domaincontrol.com", "unreviewed"],
    ["registrar-servers.com", "unreviewed"],
    ["dnsmadeeasy.com", "unreviewed"],
    ["constellix.com", "unreviewed"],
    ["he.net", "unreviewed"],
    ["cloudns.net", "unreviewed"],
    ["ultradns", "unreviewed", /\.ultradns\.(com|net|org|biz|info|co\.uk)$/],
  ),
  ...servers(
    "exoscale/terraform-provider-exoscale b692022e, examples/dns/README.md (its DNS stands on DNSimple's: facts/services.ts)",
    ["exoscale.ch", "dnsimple"],
    ["exoscale.com", "dnsimple"],
    ["exoscale.net", "dnsimple"],
    ["exoscale.io", "dnsimple"],
  ),
  ...servers(
    "https://docs.hetzner.com/dns-console/dns/general/authoritative-name-servers/",
    ["ns.hetzner.com", "hetzner"],
    ["ns.hetzner.de", "hetzner"],
    ["first-ns.de", "hetzner"],
    ["second-ns.de", "hetzner"],
    ["second-ns.com", "hetzner"],
  ),
  ...servers(
    "https://www.infomaniak.com/en/support/faq/2004/ (name servers)",
    ["infomaniak.ch", "infomaniak"],
    ["infomaniak.com", "infomaniak"],
  ),
  ...servers(
    "https://help.ovhcloud.com/csm/en-dns-servers-general-information",
    ["ovh.net", "ovh"],
    ["anycast.me", "ovh"],
  ),
  ...servers("https://www.scaleway.com/en/docs/domains-and-dns/", ["dom.scw.cloud", "scaleway"]),
];

/** Types of resources that are zones or records of an operator whose package no pack accepts: `type` begins so. */
export const dnsTypes: readonly (Fact & { readonly type: string; readonly party: EntityId })[] = (
  [
    ["aws:route53/", "amazon"],
    ["aws-native:route53:", "amazon"],
    ["azure:dns/", "microsoft"],
    ["azure-native:dns:", "microsoft"],
    ["azure-native:network:Zone", "microsoft"],
    ["azure-native:network:RecordSet", "microsoft"],
    ["gcp:dns/", "google"],
    ["google-native:dns/", "google"],
    ["cloudflare:index/record:", "cloudflare"],
    ["cloudflare:index/dnsRecord:", "cloudflare"],
    ["cloudflare:index/zone", "cloudflare"],
    ["digitalocean:index/domain:", "digitalocean"],
    ["digitalocean:index/dnsRecord:", "digitalocean"],
    ["linode:index/domain", "akamai"],
    ["akamai:index/dns", "akamai"],
    ["vultr:index/dns", "vultr"],
    ["oci:Dns/", "oracle"],
    ["alicloud:dns/", "alibaba"],
    ["tencentcloud:Dnspod/", "tencent"],
    ["vercel:index/dnsRecord:", "vercel"],
    ["netlify:index/dns", "netlify"],
    ["dnsimple:index/", "dnsimple"],
    ["ns1:index/", "ibm"],
  ] as const
).map(([type, party]) => ({
  type,
  party,
  source: `https://www.pulumi.com/registry/packages/${type.split(":")[0] ?? ""}/`,
  reviewed,
}));

/** Types of zones, with the properties of their records, as far as the checks read them. */
export const zoneTypes: readonly (Fact & { readonly zone: string; readonly records: readonly RecordFact[] })[] = [
  {
    zone: "hcloud:index/zone:Zone",
    records: [
      { type: "hcloud:index/zoneRrset:ZoneRrset", zone: "zone", kind: "type", values: "records" },
      { type: "hcloud:index/zoneRecord:ZoneRecord", zone: "zone", kind: "type", values: "value" },
    ],
    source: "schema of the hcloud package, version 1.41.0 (zone, zoneRrset, zoneRecord)",
    reviewed,
  },
  {
    zone: "exoscale:index/domain:Domain",
    records: [
      { type: "exoscale:index/domainRecord:DomainRecord", zone: "domain", kind: "recordType", values: "content" },
    ],
    source: "schema of the exoscale package, version 0.66.1 (domain, domainRecord)",
    reviewed,
  },
  {
    zone: "powerdns:index/zone:Zone",
    records: [{ type: "powerdns:index/record:Record", zone: "zone", kind: "type", values: "records" }],
    source: "pan-net/terraform-provider-powerdns website/docs/r/record.html.markdown at 0d0f2c68",
    reviewed,
  },
];

/** A type of records: where its zone, its kind (`NS`, `CAA`) and its values stand. */
export interface RecordFact {
  readonly type: string;
  readonly zone: string;
  readonly kind: string;
  readonly values: string;
}

/** Lines by which a resolver believes answers that nobody has signed. */
export const unsignedAnswers: readonly (Fact & {
  /** A word of the line: most texts hold none of them. */
  readonly word: string;
  readonly pattern: RegExp;
  /** A text in which the line means nothing: a server that asks nobody. */
  readonly unless?: RegExp;
  readonly what: string;
  readonly action: string;
})[] = [
  {
    word: "dnssec-validation",
    pattern: /(^|[\s;{])dnssec-validation\s+no\s*;/i,
    unless: /(^|[\s;{])recursion\s+no\s*;/i,
    what: "dnssec-validation no of BIND",
    action: "set dnssec-validation auto",
    source: "BIND 9 Administrator Reference Manual, version 9.20 (dnssec-validation)",
    reviewed,
  },
  {
    word: "val-permissive-mode",
    pattern: /(^|\s)val-permissive-mode:\s*"?yes\b/i,
    what: "val-permissive-mode of Unbound",
    action: "set val-permissive-mode: no",
    source: "NLnetLabs/unbound doc/example.conf.in at 00f301d3 (val-permissive-mode)",
    reviewed,
  },
  {
    word: "module-config",
    pattern: /(^|\s)module-config:(?![^#]{0,200}validator)[^#]{0,200}iterator/i,
    what: "Unbound without its validator",
    action: 'set module-config: "validator iterator"',
    source: "NLnetLabs/unbound doc/example.conf.in at 00f301d3 (module-config)",
    reviewed,
  },
  {
    word: "dnssec",
    pattern: /^\s*dnssec\s*=\s*(off|process-no-validate)\s*$/i,
    what: "a PowerDNS Recursor that checks no signatures",
    action: "set dnssec=validate",
    source: "https://docs.powerdns.com/recursor/settings.html (dnssec)",
    reviewed,
  },
];
