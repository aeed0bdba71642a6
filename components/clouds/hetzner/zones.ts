import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import { root } from "../../core/dns";
import { quoted, textStrings } from "../../core/dns-text";
import type { ZoneRecord, Zones } from "../cloud";

/**
 * Zones on Hetzner's own name servers.
 *
 * | fact | source |
 * |---|---|
 * | types of records; the API has no SSHFP | hcloud-go v2, `hcloud/zone_rrset.go` |
 * | a record lives a minute at least | Hetzner's API reference, not at hand: unverified |
 * | names in values end with a dot, or are inside the zone; a set needs a value, and each once | terraform-provider-hcloud v1.66.1, `internal/zonerrset/resource.go` |
 */
export const zones = (deleteProtection: boolean): Zones => ({
  types: ["A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NS", "PTR", "SRV", "SVCB", "TLSA", "TXT"],
  leastTtl: 60,
  make: (name, { domain, records, labels }, opts) => {
    const zone = new hcloud.Zone(name, { name: domain, mode: "primary", deleteProtection, labels }, opts);
    for (const record of records)
      new hcloud.ZoneRrset(
        `${name}-${record.type.toLowerCase()}-${record.name}`,
        {
          zone: zone.name,
          name: record.name,
          type: record.type,
          ttl: record.ttl,
          records: record.values.map((value) => ({ value: written(record.type, value) })),
          labels,
        },
        { ...opts, deleteBeforeReplace: true },
      );
    return { id: zone.id };
  },
});

/** A value as Hetzner stores it. What is plain stays plain, so that a preview shows it. */
function written(type: ZoneRecord["type"], value: pulumi.Input<string>): pulumi.Input<string> {
  const write = (text: string): string => {
    if (type === "TXT") return quoted(textStrings(text) ?? [text]);
    const place = namePlaces[type];
    if (place === undefined) return text;
    // Without the dot, the name would be one below the zone; the root has one already.
    return text
      .split(" ")
      .map((part, i) => (i === place && part !== root ? `${part}.` : part))
      .join(" ");
  };
  return typeof value === "string" ? write(value) : pulumi.output(value).apply(write);
}

/** Which field of a value is a name, counted from 0. */
const namePlaces: Readonly<Partial<Record<ZoneRecord["type"], number>>> = {
  CNAME: 0,
  HTTPS: 1,
  MX: 1,
  NS: 0,
  PTR: 0,
  SRV: 3,
  SVCB: 1,
};
