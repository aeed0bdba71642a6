import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { dkimRecord } from "../../core/mail-records";
import type { PlannedRecord } from "../../core/planned-records";
import { keyPair, type Secret, secretText, trusted } from "../../core/secret";
import { authorityIn } from "../../infrastructure/certificate-authority";
import { Secrets } from "../../infrastructure/secrets";
import type { MailArgs, MailSecret } from "./args";
import type { MailPlan } from "./plan-args";
import { secretFiles } from "./settings";

/** Name of a mailbox's secret: an address may have characters that names of secrets have not. */
export const mailboxSecret = (address: string): `mailbox-${string}` =>
  `mailbox-${createHash("sha256").update(address).digest("hex").slice(0, 12)}`;

/** Roles of all passwords. */
export const passwordRoles = ({ relays, mailboxes }: MailPlan, login: boolean): readonly MailSecret[] => [
  ...Object.keys(relays).map((name) => `relay-${name}` as const),
  ...(login ? [] : mailboxes.map(mailboxSecret)),
];

/** Everything of a mail service that is secret, or stands beside what is. */
export interface MailSecrets {
  readonly password: (role: MailSecret) => Secret;
  /** Secret files of servers and of the task. */
  readonly files: Readonly<Record<string, Secret>>;
  /** PEM of the authority by which clients verify the servers; none where the certificate was given. */
  readonly ca: pulumi.Output<string> | undefined;
  /** Records of the signing keys. */
  readonly records: pulumi.Output<readonly PlannedRecord[]>;
  /** Selectors, the one that signs first. */
  readonly selectors: readonly [string, ...string[]];
}

/** Makes the secrets of a mail service, as children of it. */
export function mailSecrets(
  parts: {
    readonly name: string;
    readonly args: MailArgs;
    readonly plan: MailPlan;
    readonly generations: readonly [string, ...string[]];
  },
  parent: pulumi.ComponentResource,
): MailSecrets {
  const { name, args, plan, generations } = parts;
  const { database, bucket, cache, certificate, next, login, secretsGeneration = "1", secretsGenerations = {} } = args;
  const roles = passwordRoles(plan, login !== undefined);
  const secrets = new Secrets<MailSecret>(
    name,
    { roles, generation: secretsGeneration, generations: secretsGenerations },
    { parent },
  );
  const issued =
    certificate === undefined ? authorityIn(parent, `${name}-authority`, { commonName: `${name} mail` }) : undefined;
  const pair = keyPair(
    certificate ??
      // A given certificate has no authority of ours.
      (issued as NonNullable<typeof issued>).issue("server", {
        commonName: plan.host,
        dnsNames: [plan.host],
        usage: "server",
      }),
  );
  const [first, ...rest] = generations;
  const keys = generations.map((generation) =>
    plan.domains.map((domain) => ({
      domain,
      selector: `k${generation}`,
      key: signingKey(name, domain, generation, parent),
    })),
  );
  const signing = keys[0] ?? [];
  return {
    password: (role) => secrets.password(role),
    ca: issued?.certificate,
    selectors: [`k${first}`, ...rest.map((generation) => `k${generation}`)],
    records: pulumi
      .all(keys.flat().map(({ key }) => key.publicKeyPem))
      .apply((texts) => keys.flat().map(({ domain, selector }, i) => dkimRecord(domain, selector, texts[i] ?? ""))),
    files: {
      [secretFiles.database]: database.password,
      [secretFiles.bucketAccess]: bucket.accessKey,
      [secretFiles.bucketSecret]: bucket.secretKey,
      [secretFiles.cache]: cacheUrl(cache),
      [secretFiles.certificate]: pair.certificate,
      [secretFiles.key]: pair.privateKey,
      ...(next?.password === undefined ? {} : { [secretFiles.next]: next.password }),
      ...Object.fromEntries(
        signing.map(({ domain, selector, key }) => [
          secretFiles.dkim(domain),
          { value: key.privateKeyPemPkcs8, version: selector },
        ]),
      ),
      ...Object.fromEntries(roles.map((role) => [secretFiles.account(role), secrets.password(role)])),
    },
  };
}

const signingKey = (name: string, domain: string, generation: string, parent: pulumi.Resource): tls.PrivateKey =>
  // 2,048 bits: a record of more does not fit into one answer by UDP, and many verify no Ed25519 (RFC 8301, RFC 8463).
  new tls.PrivateKey(`${name}-dkim-${domain}-${generation}`, { algorithm: "RSA", rsaBits: 2_048 }, { parent });

/** Address of the cache with its password: upstream reads it from no file. */
const cacheUrl = ({ host, port, password }: MailArgs["cache"]): Secret =>
  secretText(
    { password },
    ({ password: word }) => `rediss://:${encodeURIComponent(word)}@${String(host)}:${port}`,
    `${String(host)}:${port}`,
  );

/** Authorities of what it connects to, by file. */
export const authoritiesOf = ({ database, cache, bucket, login, next }: MailArgs): Readonly<Record<string, Secret>> =>
  Object.fromEntries(
    Object.entries({
      database: database.ca,
      cache: cache.ca,
      bucket: bucket.ca,
      login: login?.ca,
      next: next?.ca,
    }).flatMap(([of, pem]) => (pem === undefined ? [] : [[`${of}.crt`, trusted(pem)] as const])),
  );
