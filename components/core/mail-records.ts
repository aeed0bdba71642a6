import { createHash } from "node:crypto";
import { textStrings } from "./dns-text";
import { invalid } from "./errors";
import type { RecordType } from "./dns";
import type { PlannedRecord } from "./planned-records";

/*
 * Records of a domain that has mail, as plain data: for a `Zone`, or to be printed. What a name says about mail, everybody can read, and everybody who is sent a message in
 * its name checks it.
 */

/** Rules for messages in the domain's name that do not verify. `none` is left out: forged messages would be delivered. */
export const dmarcPolicies = ["quarantine", "reject"] as const;
export type DmarcPolicy = (typeof dmarcPolicies)[number];

/** Modes of MTA-STS (RFC 8461, 5). `testing` reports and lets everything through. */
export const stsModes = ["enforce", "testing"] as const;
export type StsMode = (typeof stsModes)[number];

/** Seconds for which others keep a policy of MTA-STS: a week, upstream's own. */
export const stsMaxAge = 604_800;

/** Figures of a domain's records. */
export interface MailDomain {
  readonly domain: string;
  /** Name of the mail server. */
  readonly host: string;
  /** Ranges that may send in the domain's name; none for a domain whose mail stays inside. */
  readonly senders: readonly string[];
  /** True if it takes mail from outside. */
  readonly world: boolean;
  readonly dmarc: DmarcPolicy;
  /** Address that is sent reports of others: `postmaster@crisis.example.ch`. */
  readonly reports: string;
  /** Mode of MTA-STS. Without mail from outside there is no policy. */
  readonly sts: StsMode;
  /** Name of the authority that may issue certificates for the server and for the policy's host. @default - none may */
  readonly issuer?: string;
}

/** Host of a domain's policy (RFC 8461, 3.3). */
export const stsHost = (domain: string): string => `mta-sts.${domain}`;

/** Policy of MTA-STS as its host serves it (RFC 8461, 3.2). */
export const stsPolicy = ({ host, sts }: Pick<MailDomain, "host" | "sts">): string =>
  ["version: STSv1", `mode: ${sts}`, `mx: ${host}`, `max_age: ${stsMaxAge}`, ""].join("\r\n");

/** Changes with the policy, since others ask again only when it does: at most 32 letters and digits (RFC 8461, 3.1). */
const policyId = (settings: Pick<MailDomain, "host" | "sts">): string =>
  createHash("sha256").update(stsPolicy(settings)).digest("hex").slice(0, 16);

const ipRange = (range: string): string => `${range.includes(":") ? "ip6" : "ip4"}:${range}`;

/** Every record of a domain but those of its keys, which are known once the keys are made; see `dkimRecord`. */
export function mailRecords(settings: MailDomain): readonly PlannedRecord[] {
  const { domain, host, senders, world, dmarc, reports, issuer } = settings;
  const authority = `0 issue "${issuer ?? ";"}"`;
  const record = (name: string, type: RecordType, value: string, reason: string): PlannedRecord => ({
    name,
    type,
    value,
    reason,
  });
  const service = (name: string, port: number, reason: string) =>
    record(`_${name}._tcp.${domain}`, "SRV", port === 0 ? "0 0 0 ." : `0 1 ${port} ${host}`, reason);
  return [
    world
      ? record(domain, "MX", `10 ${host}`, "where mail for the domain goes")
      : record(domain, "MX", "0 .", "the domain takes no mail from outside (RFC 7505)"),
    record(
      domain,
      "TXT",
      ["v=spf1", ...senders.map(ipRange), "-all"].join(" "),
      "addresses that send in the domain's name, and no others (RFC 7208)",
    ),
    record(host, "TXT", "v=spf1 -all", "the server's own name is in no sender's address (RFC 7208, 10.1.3)"),
    record(
      `_dmarc.${domain}`,
      "TXT",
      `v=DMARC1; p=${dmarc}; sp=${dmarc}; adkim=s; aspf=s; rua=mailto:${reports}`,
      "messages in the domain's name that do not verify are not delivered (RFC 7489)",
    ),
    record(
      `_smtp._tls.${domain}`,
      "TXT",
      `v=TLSRPTv1; rua=mailto:${reports}`,
      "others report connections to the server that were not encrypted (RFC 8460)",
    ),
    ...(world
      ? [
          record(
            `_mta-sts.${domain}`,
            "TXT",
            `v=STSv1; id=${policyId(settings)};`,
            `others encrypt mail to the domain: its policy is at https://${stsHost(domain)}/.well-known/mta-sts.txt (RFC 8461)`,
          ),
          record(stsHost(domain), "CAA", authority, "who may issue the certificate of the policy's host (RFC 8659)"),
        ]
      : []),
    record(host, "CAA", authority, "who may issue the server's certificate (RFC 8659)"),
    service("imaps", 993, "where people read (RFC 8314)"),
    service("submissions", 465, "where people send (RFC 8314)"),
    service("imap", 0, "nobody reads without TLS (RFC 6186)"),
    service("submission", 0, "nobody sends without TLS from the start (RFC 6186)"),
  ];
}

/** Name of a key's record (RFC 6376, 3.6.2.1). */
export const dkimName = (selector: string, domain: string): string => `${selector}._domainkey.${domain}`;

/**
 * The record of a signing key.
 *
 * @param publicKey PEM, as `tls.PrivateKey` has it.
 * @throws RangeError for anything else.
 */
export function dkimRecord(domain: string, selector: string, publicKey: string): PlannedRecord {
  const [, body] = /^-----BEGIN PUBLIC KEY-----\s([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/.exec(publicKey) ?? [];
  const value = `v=DKIM1; k=rsa; p=${(body ?? "").replace(/\s/g, "")}`;
  if (body === undefined || textStrings(value) === undefined)
    throw invalid("a public key in PEM", "something else", "give publicKeyPem of a tls.PrivateKey");
  return {
    name: dkimName(selector, domain),
    type: "TXT",
    value,
    reason: "the key by which others verify messages of the domain (RFC 6376)",
  };
}
