import * as pulumi from "@pulumi/pulumi";
import type { ZoneRecord } from "./clouds/cloud";
import type { RecordType } from "./core/dns";
import { invalid } from "./core/errors";
import { domainName } from "./core/names";
import { isWithin, type PlannedRecord } from "./core/planned-records";

/** A name of a deployment in DNS, with its values of one type. */
export interface DnsName {
  /** Complete: `meet.crisis.example.ch`. */
  readonly name: string;
  readonly type: RecordType;
  /** In the form that `recordValue` takes; addresses are known once their hosts are there. */
  readonly values: readonly pulumi.Input<string>[];
}

/** Planned records, each name and type once. */
export function namesOf(planned: readonly PlannedRecord[]): readonly DnsName[] {
  const sets = new Map<string, { readonly name: string; readonly type: RecordType; readonly values: Set<string> }>();
  for (const { name, type, value } of planned) {
    const set = sets.get(`${name} ${type}`) ?? { name, type, values: new Set() };
    set.values.add(value);
    sets.set(`${name} ${type}`, set);
  }
  return [...sets.values()].map(({ name, type, values }) => ({ name, type, values: [...values] }));
}

/** Certificates of a deployment, as far as CAA records go: `GivenCertificates`. */
interface Certified {
  readonly certificate?: unknown;
  readonly relayCertificate?: unknown;
  readonly acme?: unknown;
  readonly issuer?: string;
}

/** Authority of a deployment's certificates in CAA records; undefined where nobody said it. @throws RangeError for what is no name. */
export function issuerOf({ certificate, relayCertificate, acme, issuer }: Certified): string | undefined {
  const bought = certificate !== undefined || relayCertificate !== undefined || acme !== undefined;
  if (issuer === undefined) return bought ? undefined : ";";
  if (!bought)
    throw invalid(
      "an issuer beside certificates that it issued",
      issuer,
      "give certificate, relayCertificate or acme as well, or leave it out: the deployment's own authority is in no CAA record",
    );
  return domainName(issuer);
}

/** Lines for whoever keeps the zone elsewhere: `name type value`. */
export const printed = (names: readonly DnsName[]): pulumi.Output<readonly string[]> =>
  pulumi
    .all(names.map(({ name, type, values }) => pulumi.all([...values]).apply((all) => ({ name, type, all }))))
    .apply((sets) => sets.flatMap(({ name, type, all }) => all.map((value) => `${name} ${type} ${value}`)));

/** Seconds for which others keep an address, so that a gateway that is replaced is soon forgotten, and anything else. */
const ttlOf = (type: RecordType): number => (type === "A" || type === "AAAA" ? 300 : 3600);

/**
 * The names of a deployment that stand in a zone, as records of it; names outside it are left out.
 *
 * @throws RangeError for a zone in which there is none.
 *
 * @example
 * const zone = new Zone("public", { cloud: hetzner(), domain: "example.ch", records: zoneRecords("example.ch", platform.names) });
 */
export function zoneRecords(zone: string, names: readonly DnsName[]): readonly ZoneRecord[] {
  const own = domainName(zone);
  const within = names.filter(({ name }) => isWithin(name, own));
  if (within.length === 0)
    throw invalid(
      `a zone of ${[...new Set(names.map(({ name }) => name))].slice(0, 3).join(", ")}`,
      zone,
      "name the domain that the deployment's names stand in",
    );
  return within.map(({ name, type, values }) => ({
    name: name === own ? "@" : name.slice(0, -own.length - 1),
    type,
    values,
    ttl: ttlOf(type),
  }));
}
