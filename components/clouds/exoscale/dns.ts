import * as pulumi from "@pulumi/pulumi";
import { problem } from "../../core/errors";
import type { ZoneRecord, Zones } from "../cloud";
import { Domain, DomainRecord } from "./reach";

/** Zones of Exoscale's DNS, one resource per value of a record. They take no labels. */
export const dns: Zones = {
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
  if (type !== "MX" && type !== "SRV") return { content: value };
  if (typeof value === "string") return ranked(type, value);
  const parts = pulumi.output(value).apply((text) => ranked(type, text));
  return { content: parts.content, prio: parts.prio };
}

function ranked(type: "MX" | "SRV", value: string): { readonly content: string; readonly prio: number } {
  const [, prio, content] = /^(\d{1,5}) (\S.*)$/.exec(value) ?? [];
  if (prio === undefined || content === undefined)
    throw problem(
      `${type} as in a zone file`,
      value,
      type === "MX" ? 'write "10 mail.example.ch"' : 'write "0 5 5222 chat.example.ch"',
    );
  return { content, prio: Number(prio) };
}
