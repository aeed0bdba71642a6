import * as pulumi from "@pulumi/pulumi";
import type { Cloud, ZoneRecord, Zones } from "../clouds/cloud";
import { givenCloud, zoneRecordKeys } from "../clouds/cloud";
import { checkTogether, recordName, recordTypes, recordValue } from "../core/dns";
import { givenArgs, type Keys, validate, validateArgs, invalid, tryParse, each } from "../core/errors";
import { dnsLabel, domainName } from "../core/names";
import { countInRange } from "../core/numbers";
import { fields, items, list, record } from "../core/shapes";

export interface ZoneArgs {
  readonly cloud: Cloud;
  /** The domain that the zone is for. */
  readonly domain: string;
  /** All values of one name and type are one record. Values that are resources' outputs are not checked. */
  readonly records: readonly ZoneRecord[];
}

const zoneArgsKeys: Keys<ZoneArgs> = {
  cloud: true,
  domain: true,
  records: each(zoneRecordKeys),
};

/**
 * A zone of the domain name system on the cloud's name servers, with its records. It answers once the registrar delegates the domain to these servers.
 *
 * Hetzner runs its name servers itself. Exoscale's run at DNSimple, a company in the United States: the packs refuse a zone there under every profile
 * (`policies/facts/services.ts`). What a value has to look like is said at `recordValue`; which types and how short a life the cloud takes differs:
 * Hetzner has no SSHFP and at least a minute, Exoscale no DS, HTTPS, PTR, SVCB and TLSA.
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
    givenArgs(name, args, zoneArgsKeys);
    const { cloud, domain, records } = args;
    super("sovereign-uc:index:Zone", name, { cloud: fields(cloud).id, domain }, opts);

    validateArgs(this, name, { cloud: () => givenCloud(cloud) });
    const valid = validateArgs(this, name, {
      name: () => dnsLabel(name),
      cloud: () => {
        if (cloud.zones === undefined)
          throw invalid("a cloud with zones", cloud.id, cloud.absent.zones ?? "keep the zone elsewhere");
        return cloud.zones;
      },
      domain: () => domainName(domain),
      records: () =>
        checkedRecords(
          records,
          fields(cloud).zones,
          fields(cloud).id,
          tryParse(() => domainName(domain)),
        ),
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

/** Records in the form that the cloud is given. @throws RangeError with every problem of every record. */
function checkedRecords(
  records: readonly ZoneRecord[],
  zones: Zones | undefined,
  cloud: string | undefined,
  zone: string | undefined,
): readonly ZoneRecord[] {
  const names = items(records).map((one) => tryParse(() => recordName(fields(one).name, zone)));
  return list(records, "records", `[${example}]`, (value, i) => {
    const given = record(value, "a record", example);
    const {
      name,
      values: typed,
      ttl,
    } = validate({
      name: () => {
        const valid = recordName(given.name, zone);
        alone(
          items(records).map((other, n) => ({ name: names[n], type: fields(other).type })),
          i,
        );
        return valid;
      },
      values: () => typedValues(given, zones, cloud),
      ttl: () => countInRange(given.ttl, "seconds", zones?.leastTtl ?? 0, 2 ** 31 - 1),
    });
    return { name, ttl, ...typed };
  });
}

/** One record holds all values of a name and type, and an alias stands alone at its name (RFC 1034, 3.6.2; RFC 2181, 10.1). */
function alone(
  records: readonly { readonly name?: string | undefined; readonly type?: unknown }[],
  index: number,
): void {
  const { name, type } = records[index] ?? {};
  const others = records.filter((other, i) => i < index && other.name === name);
  if (others.some((other) => other.type === type))
    throw invalid(`one record of type ${String(type)} for "${name ?? ""}"`, "a second", "put all values into one");
  const alias = records.filter((other) => other.name === name).some((other) => other.type === "CNAME");
  if (alias && (name === "@" || others.length > 0))
    throw invalid(`a CNAME that is alone at its name, and not at "@"`, type, `give "${name ?? ""}" addresses instead`);
}

function typedValues(
  { type, values: given }: Partial<ZoneRecord>,
  zones: Zones | undefined,
  cloud: string | undefined,
): Pick<ZoneRecord, "type" | "values"> {
  if (type === undefined || !recordTypes.includes(type))
    throw invalid(`a type out of ${recordTypes.join(", ")}`, type, "choose one");
  if (zones !== undefined && !zones.types.includes(type))
    throw invalid(
      `a type that zones of ${cloud ?? "the cloud"} take (${zones.types.join(", ")})`,
      type,
      "keep the name in another zone",
    );
  if (!Array.isArray(given) || given.length === 0 || (type === "CNAME" && given.length > 1))
    throw invalid(type === "CNAME" ? "one value" : "at least one value", given, `say what the ${type} record holds`);
  const read = (given as readonly unknown[]).map((value) =>
    pulumi.Output.isInstance(value) || value instanceof Promise
      ? (value as pulumi.Input<string>)
      : recordValue(type, value),
  );
  checkTogether(
    type,
    read.filter((value) => typeof value === "string"),
  );
  return { type, values: read };
}
