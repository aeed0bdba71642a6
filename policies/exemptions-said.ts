import type { Exemption } from "./exemptions";
import { type Item, message, openMessage } from "./rule";

type Said = Pick<Exemption, "kind" | "ticket" | "author" | "approver" | "expires" | "reason">;

const words = ({ kind, ticket, author, approver, expires, reason }: Said): string =>
  `exempt until ${expires} (${kind}, ticket ${ticket}, asked by ${author}, approved by ${approver}, reason ${JSON.stringify(reason)})`;

/** A finding that is exempt, as one line. It is said as every other one, so that it stays visible; it stops nothing. */
export function exemptMessage(id: string, item: Exclude<Item, { readonly deferred: string }>, exemption: Said): string {
  const text = "found" in item ? message(id, item) : openMessage(id, item);
  return `${id}: ${words(exemption)}: ${text.slice(id.length + 2)}`;
}

/** An exemption as one line of evidence, whether or not anything was exempt. */
export const exemptionLine = (exemption: Exemption): string =>
  `${exemption.rule} on ${exemption.resource}: ${words(exemption)}`;

const form =
  /^(UC-[A-Z0-9]+-\d+): exempt until (\d{4}-\d{2}-\d{2}) \((waiver|mitigated), ticket (\S+), asked by (\S+), approved by (\S+), reason ("(?:[^"\\]|\\.)*")\): /;

/** Reads the exemption back out of a message; undefined if the message is of something that is not exempt. */
export function exemptionIn(text: string): (Said & { readonly rest: string }) | undefined {
  const [whole, rule, expires, kind, ticket, author, approver, reason] = form.exec(text) ?? [];
  if (
    whole === undefined ||
    expires === undefined ||
    ticket === undefined ||
    author === undefined ||
    approver === undefined
  )
    return undefined;
  return {
    expires,
    kind: kind === "mitigated" ? kind : "waiver",
    ticket,
    author,
    approver,
    reason: JSON.parse(reason ?? '""') as string,
    rest: `${rule ?? ""}: ${text.slice(whole.length)}`,
  };
}
