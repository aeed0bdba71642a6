import * as pulumi from "@pulumi/pulumi";
import type { Cloud, ZoneRecord } from "./clouds/cloud";
import { givenCloud } from "./clouds/given";
import { ipAddress, ipv4Address } from "./core/cidr";
import { checked, parsed, problem, tried } from "./core/errors";
import { dnsLabel, domainName } from "./core/names";
import { whole } from "./core/numbers";
import { fields, items, list, record } from "./core/shapes";

export interface ZoneArgs {
  readonly cloud: Cloud;
  /** The domain that the zone is for. */
  readonly domain: string;
  /** All values of one name and type are one record. Values that are resources' outputs are not checked. */
  readonly records: readonly ZoneRecord[];
}

/**
 * A zone of the domain name system on the cloud's own name servers, with its records. It answers once the registrar delegates the domain to these servers.
 *
 * @throws RangeError for a cloud without zones, with the reason, and with every bad argument.
 *
 * @example
 * const zone = new Zone("public", { cloud: network.cloud, domain: "crisis.example.ch", records: [
 *   { name: "meet", type: "A", values: ["198.51.100.10", "198.51.100.11"], ttl: 300 },
 *   { name: "@", type: "MX", values: ["10 mail.example.ch"], ttl: 3600 },
 *   { name: "@", type: "CAA", values: ['0 issue "ca.example.ch"'], ttl: 3600 },
 * ] });
 */
export class Zone extends pulumi.ComponentResource {
  readonly domain: string;

  constructor(name: string, args: ZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cloud, domain, records } = args;
    super("sovereign-uc:index:Zone", name, { cloud: fields(cloud).id, domain }, opts);

    parsed(this, name, { cloud: () => givenCloud(cloud) });
    const valid = parsed(this, name, {
      name: () => dnsLabel(name),
      cloud: () => {
        if (cloud.zones === undefined)
          throw problem("a cloud with zones", cloud.id, cloud.absent.zones ?? "keep the zone elsewhere");
        return cloud.zones;
      },
      domain: () => domainName(domain),
      records: () => checkedRecords(records),
    });
    this.domain = valid.domain;

    const { id } = valid.cloud.make(
      name,
      { domain: valid.domain, records: valid.records, labels: { "sovereign-uc-zone": name } },
      { parent: this },
    );
    this.registerOutputs({ id });
  }
}

const example = '{ name: "meet", type: "A", values: ["198.51.100.10"], ttl: 300 }';

function checkedRecords(records: readonly ZoneRecord[]): readonly ZoneRecord[] {
  const all = items(records).map(fields);
  list(records, "records", `[${example}]`, (value, i) => {
    const given = record(value, "a record", example);
    checked({ name: () => recordName(all, i), values: () => values(given), ttl: () => seconds(given) });
  });
  return records;
}

/** Hetzner takes no less than a minute; the upper limit is that of RFC 2181. */
const seconds = ({ ttl }: Partial<ZoneRecord>): number => whole(ttl, "seconds", 60, 2 ** 31 - 1);

const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?$/;

function recordName(records: readonly Partial<ZoneRecord>[], index: number): void {
  const { name, type } = records[index] ?? {};
  const labels = typeof name === "string" ? name.split(".") : [];
  const valid =
    name === "@" || (labels.length > 0 && labels.every((part, i) => (part === "*" && i === 0) || label.test(part)));
  if (!valid) throw problem("a name inside the zone in lower case", name, 'give one like "meet", or "@" for the zone');
  const others = records.filter((other, i) => i < index && other.name === name);
  if (others.some((other) => other.type === type))
    throw problem(`one record of type ${type} for "${name}"`, "a second", "put all values into one");
  const alias = records.filter((other) => other.name === name).some((other) => other.type === "CNAME");
  if (alias && (name === "@" || others.length > 0))
    throw problem(`a CNAME that is alone at its name, and not at "@"`, type, `give "${name}" addresses instead`);
}

/** How the values of a type look. */
const shapes: Readonly<Record<ZoneRecord["type"], readonly [expected: string, fits: (value: string) => boolean]>> = {
  A: ["an IPv4 address", (value) => tried(() => ipv4Address(value)) !== undefined],
  AAAA: ["an IPv6 address", (value) => tried(() => ipAddress(value))?.includes(":") === true],
  CAA: ['a value like 0 issue "ca.example.ch"', (value) => /^(0|128) (issue|issuewild|iodef) "[^"\\]*"$/.test(value)],
  CNAME: ["a complete domain name without a final dot", isName],
  MX: ['a value like "10 mail.example.ch"', (value) => numbers(value, 1)],
  NS: ["a complete domain name without a final dot", isName],
  SRV: ['a value like "10 5 5061 sip.example.ch"', (value) => numbers(value, 3)],
  TXT: ["a text of 1 to 2000 printable ASCII characters", (value) => /^[\x20-\x7e]{1,2000}$/.test(value)],
};

function values({ type, values: given }: Partial<ZoneRecord>): void {
  if (type === undefined || !Object.hasOwn(shapes, type))
    throw problem(`a type out of ${Object.keys(shapes).join(", ")}`, type, "choose one");
  if (!Array.isArray(given) || given.length === 0 || (type === "CNAME" && given.length > 1))
    throw problem(type === "CNAME" ? "one value" : "at least one value", given, `say what the ${type} record holds`);
  const [expected, fits] = shapes[type];
  const plain = (given as readonly unknown[]).filter(
    (value) => !pulumi.Output.isInstance(value) && !(value instanceof Promise),
  );
  for (const value of plain)
    if (typeof value !== "string" || !fits(value)) throw problem(`${expected} in a ${type} record`, value, "mend it");
  const twice = plain.find((value, i) => plain.indexOf(value) !== i);
  if (twice !== undefined) throw problem("each value once", twice, "remove one");
}

function isName(value: string): boolean {
  return tried(() => domainName(value)) !== undefined;
}

/** Some numbers of 16 bits and a name. */
function numbers(value: string, count: number): boolean {
  const parts = value.split(" ");
  return (
    parts.length === count + 1 &&
    parts.slice(0, count).every((part) => /^\d{1,5}$/.test(part) && Number(part) <= 65535) &&
    isName(parts[count] ?? "")
  );
}
