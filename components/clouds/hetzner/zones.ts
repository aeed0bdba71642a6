import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import type { ZoneRecord, Zones } from "../cloud";

/** Zones on Hetzner's own name servers. */
export const zones = (deleteProtection: boolean): Zones => ({
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
    if (type === "TXT") return quoted(text);
    // Without the dot, the name would be one below the zone.
    return ["CNAME", "MX", "NS", "SRV"].includes(type) ? `${text}.` : text;
  };
  return typeof value === "string" ? write(value) : pulumi.output(value).apply(write);
}

/** Quoted strings of at most 255 characters each. Source: terraform-provider-hcloud, `internal/zonerrset/resource.go` at 005bf783. */
const quoted = (text: string): string =>
  (text.match(/[^]{1,255}/g) ?? []).map((part) => `"${part.replace(/["\\]/g, "\\$&")}"`).join(" ");
