import type { EntityId } from "./entities";
import type { Fact } from "./fact";

/** A service that a provider sells and another party operates. */
export interface ServiceFact extends Fact {
  /** Type token of the resources of this service. */
  readonly type: string;
  /** Package of the provider that sells it. */
  readonly package: string;
  /** Name in messages. */
  readonly what: string;
  /** Party that operates it. */
  readonly party: EntityId;
}

/**
 * Exoscale's DNS is based on DNSimple's. Evidence:
 *
 * | evidence | where | of |
 * |---|---|---|
 * | "Exoscale (my employer) DNS offer is based on DNSimple v1 API", by one of its engineers | AnalogJ/lexicon#257 | 2018-07-03 |
 * | a zone's name servers are ns1 to ns4.dnsimple.com, its SOA names admin.dnsimple.com | exoscale/egoscale#147 | 2018 |
 * | SOA of a zone made with the plugin: "ns1.exoscale.ch admin.dnsimple.com" | exoscale/terraform-provider-exoscale b692022e, `examples/dns/README.md` | serial of 2022-07, file of 2025-06-24 |
 * | the plugin calls a record of it a "DNSimple Zone Record" | the same revision, `exoscale/resource_exoscale_domain_record.go` | 2026-08-12 |
 *
 * Not checked: a list of Exoscale's processors by contract (its data processing addendum of 2025-05-05 was at hand in parts only), and the answers of live name
 * servers. If you know better, change this row.
 */
const exoscaleDns = (name: string): ServiceFact => ({
  type: `exoscale:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`,
  package: "exoscale",
  what: "Exoscale's DNS",
  party: "dnsimple",
  source:
    "exoscale/terraform-provider-exoscale b692022e, examples/dns/README.md and exoscale/resource_exoscale_domain_record.go; AnalogJ/lexicon#257; exoscale/egoscale#147",
  reviewed: "2026-11-28",
});

export const services: readonly ServiceFact[] = [
  exoscaleDns("Domain"),
  exoscaleDns("DomainRecord"),
  {
    type: "hcloud:index/managedCertificate:ManagedCertificate",
    package: "hcloud",
    what: "Hetzner's managed certificates",
    party: "isrg",
    source: "https://docs.hetzner.com/cloud/load-balancers/faq (managed certificates come from Let's Encrypt)",
    reviewed: "2026-11-28",
  },
];

const byType = new Map(services.map((row) => [row.type, row]));

/** Facts about the service behind a resource, if the provider does not operate it itself. */
export const serviceFact = (type: string): ServiceFact | undefined => byType.get(type);
