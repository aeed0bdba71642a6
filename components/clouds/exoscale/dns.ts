import * as pulumi from "@pulumi/pulumi";
import { invalid } from "../../core/errors";
import { textStrings } from "../../core/dns-text";
import type { ZoneRecord, Zones } from "../cloud";
import { Domain, DomainRecord } from "./reach";

/**
 * Zones of Exoscale's DNS, one resource per value of a record. They take no labels.
 *
 * **They are not Exoscale's own work alone:** the service stands on DNSimple's, a company in the United States (`policies/facts/services.ts` has the
 * sources). Profile `strict` refuses such a zone, the others say so in their report; keep the names with a registrar of your own where that matters.
 *
 * | fact | source |
 * |---|---|
 * | types of records: no DS, HTTPS, PTR, SVCB, TLSA (said at preview) | exoscale/terraform-provider-exoscale v0.66.0, `exoscale/resource_exoscale_domain_record.go`; plugin 0.66.1 |
 * | a life of 0 is left out of the request, and becomes an hour | exoscale/egoscale v3.1.27, `v3/operations.go` (`omitempty`) |
 * | so is a priority of 0: what the API makes of an MX without one is unverified | the same |
 * | texts are given without quotes, names without a final dot | examples of the plugin; unverified for texts of more than 255 characters and for the root as a target |
 */
export const dns: Zones = {
  types: ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SRV", "SSHFP", "TXT"],
  leastTtl: 1,
  make: (name, { domain, records }, opts) => {
    const zone = new Domain(name, { name: domain }, opts);
    for (const { name: record, type, values, ttl } of records)
      values.forEach((value, i) => {
        const place = `${name}-${placeOf(record)}-${type.toLowerCase()}`;
        new DomainRecord(
          i === 0 ? place : `${place}-${i + 1}`,
          { domain: zone.id, name: record === "@" ? "" : record, recordType: type, ttl, ...content(type, value) },
          opts,
        );
      });
    return { id: zone.id };
  },
};

/** The zone itself stands as "apex" in names; a record of that name gets a final dot, which no other can have. */
const placeOf = (record: string): string => (record === "@" ? "apex" : record === "apex" ? "apex." : record);

/** The preference of MX and the priority of SRV, which stand before the rest in a zone file, are a property of their own here. */
function content(
  type: ZoneRecord["type"],
  value: pulumi.Input<string>,
): { readonly content: pulumi.Input<string>; readonly prio?: pulumi.Input<number> } {
  if (type === "TXT")
    return { content: typeof value === "string" ? joined(value) : pulumi.output(value).apply(joined) };
  if (type !== "MX" && type !== "SRV") return { content: value };
  if (typeof value === "string") return ranked(type, value);
  const parts = pulumi.output(value).apply((text) => ranked(type, text));
  return { content: parts.content, prio: parts.prio };
}

/** A text without quotes. */
const joined = (value: string): string => textStrings(value)?.join("") ?? value;

function ranked(type: "MX" | "SRV", value: string): { readonly content: string; readonly prio: number } {
  const [, prio, content] = /^(\d{1,5}) (\S.*)$/.exec(value) ?? [];
  if (prio === undefined || content === undefined)
    throw invalid(
      `${type} as in a zone file`,
      value,
      type === "MX" ? 'write "10 mail.example.ch"' : 'write "0 5 5222 chat.example.ch"',
    );
  return { content, prio: Number(prio) };
}
