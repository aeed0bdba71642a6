import type { RecordType } from "./dns";
import { domainName } from "./names";

/** A record that a plan wants to be in DNS. */
export interface PlannedRecord {
  /** Complete name: `_dmarc.crisis.example.ch`. */
  readonly name: string;
  readonly type: RecordType;
  /** In the form that `recordValue` takes. */
  readonly value: string;
  /** Reason for it, on one line. */
  readonly reason: string;
}

/** True for a name that is a domain's own, or stands below it. */
export const isWithin = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`);

/**
 * Records that close a domain: no mail comes from it and none is for it, unless a plan says so, and only the authority of its certificates may issue any.
 *
 * @param issuer name by which the authority is known in CAA records (RFC 8659, 4.2), ";" for none, undefined where nobody has said it: then there is no such record.
 * @param planned records of the plans, which are left as they are.
 */
export function closingRecords(
  domain: string,
  issuer: string | undefined,
  planned: readonly PlannedRecord[],
): readonly PlannedRecord[] {
  const own = domainName(domain);
  const closing: readonly PlannedRecord[] = [
    ...(issuer === undefined
      ? []
      : (
          [
            ["issue", issuer],
            ["issuewild", ";"],
          ] as const
        ).map(([property, value]) => ({
          name: own,
          type: "CAA" as const,
          value: `0 ${property} "${value}"`,
          reason: "who may issue certificates for names of the domain (RFC 8659)",
        }))),
    { name: own, type: "MX", value: "0 .", reason: "the domain takes no mail (RFC 7505)" },
    { name: own, type: "TXT", value: "v=spf1 -all", reason: "nobody sends in the domain's name (RFC 7208)" },
    {
      name: `_dmarc.${own}`,
      type: "TXT",
      value: "v=DMARC1; p=reject; sp=reject; adkim=s; aspf=s",
      reason: "messages in the domain's name are not delivered (RFC 7489)",
    },
  ];
  return closing.filter(({ name, type }) => !planned.some((other) => other.name === name && other.type === type));
}
