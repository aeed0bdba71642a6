/** A plan with everything, and what a service with such a plan is given. */
import { givenBucket, givenCache, givenDatabase, givenSmtpRelay } from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import type { MailArgs, MailPlanArgs } from "../../../../components/services/mail";

const outside = (name: string, address: string) => ({ name, ranges: [`${address}/32`] });
const authority = (of: string): string => `-----BEGIN CERTIFICATE-----\n${of}\n-----END CERTIFICATE-----\n`;

export const planArgs = (name: string, domain: string): MailPlanArgs => ({
  name,
  host: `mail.${domain}`,
  domains: [domain, `people.${domain}`],
  people: 1_000,
  mailboxes: [`postmaster@${domain}`, `duty.officer@people.${domain}`],
  dmarc: { policy: "reject", reports: `postmaster@${domain}` },
  relays: { cloud: { from: `cloud@${domain}` } },
  // What the tests' cluster is isolated from.
  conferencing: { ranges: ["10.0.0.0/16"], through: ["192.0.2.10/32"], reason: "invitations of meetings" },
  // No port of mail's own: the packs refuse those to every stack that has not said that it is the mail's (UC-NET-001).
  next: { host: "smtp.example.ch", port: 2525, senders: ["192.0.2.25/32"], issuer: "ca.example.ch" },
});

/** @param word stands in every secret. */
export const connections = (name: string, word = "given"): Omit<MailArgs, "on" | "plan"> => ({
  database: givenDatabase({
    host: "db.crisis.example.ch",
    port: 5432,
    name,
    user: name,
    password: givenSecret(`${word} of the database`),
    ca: authority("database"),
    peer: outside("database", "192.0.3.10"),
  }),
  bucket: givenBucket({
    endpoint: "https://store.crisis.example.ch",
    bucket: `${name}-messages`,
    region: "ch-gva-2",
    accessKey: givenSecret(`${word} of the store, access key`),
    secretKey: givenSecret(`${word} of the store, secret key`),
    ca: authority("store"),
    port: 443,
    peer: outside("store", "192.0.3.12"),
  }),
  cache: givenCache({
    host: "cache.crisis.example.ch",
    port: 6379,
    password: givenSecret(`${word} of the cache`),
    ca: authority("cache"),
    peer: outside("cache", "192.0.3.13"),
  }),
  certificate: { certificate: authority("mail"), privateKey: `${word} of the certificate` },
  next: givenSmtpRelay({
    host: "smtp.example.ch",
    port: 2525,
    user: "crisis",
    password: givenSecret(`${word} of the way out`),
    from: "postmaster@crisis.example.ch",
    peer: outside("way out", "192.0.2.25"),
  }),
  doors: ["198.51.100.25"],
});
