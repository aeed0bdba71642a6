import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Secret } from "../../core/secret";
import { fingerprint } from "../../core/secret";
import { authorityIn } from "../../infrastructure/certificate-authority";
import type { ReadArchive, RestoreSettings } from "./args";
import { archiveVariables } from "./pgbackrest";
import { type Login, rolesFile } from "./roles";
import { settled } from "./text";

/** Everything of a cluster that is secret, or stands beside what is. */
export interface ClusterSecrets {
  /** PEM of the authority by which members and clients know the cluster. */
  readonly ca: pulumi.Output<string>;
  readonly passphrase: Secret;
  /** Password of a login. */
  readonly password: (login: Login) => pulumi.Output<string>;
  /** Certificates and keys by file name. */
  readonly certificates: Readonly<Record<string, pulumi.Input<string>>>;
  /** Variables of the archive. */
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  /** The file of databases and logins. */
  readonly roles: pulumi.Output<string>;
  /** Changes when pods have to be replaced for what they hold; passwords of databases are not among it. */
  readonly version: pulumi.Output<string>;
}

/** Uses of a cluster's secrets. */
export interface SecretsSettings {
  readonly host: string;
  readonly databases: readonly { readonly name: string; readonly locale: string; readonly logins: readonly Login[] }[];
  readonly archive: ReadArchive;
  readonly restore?: RestoreSettings | undefined;
  readonly keepData: boolean;
}

/** Makes the secrets of a cluster, as children of it. */
export function clusterSecrets(
  name: string,
  { host, databases, archive, restore, keepData }: SecretsSettings,
  parent: pulumi.ComponentResource,
): ClusterSecrets {
  const authority = authorityIn(parent, `${name}-authority`, { commonName: `${name}-authority` });
  const server = authority.issue("server", {
    commonName: host,
    dnsNames: [host, `${name}.${name}`, `${name}.${name}.svc`],
    usage: "server",
  });
  const standby = authority.issue("standby", { commonName: "standby", usage: "client" });
  const rewind = authority.issue("rewind", { commonName: "rewind", usage: "client" });
  const made = new Map<string, pulumi.Output<string>>();
  const password = ({ user }: Login): pulumi.Output<string> => {
    const found =
      made.get(user) ?? new random.RandomPassword(`${name}-${user}`, { length: 40, special: false }, { parent }).result;
    made.set(user, found);
    return found;
  };
  const passphrase: Secret = {
    // Without it, the archive is nothing but bytes.
    value: new random.RandomPassword(
      `${name}-passphrase`,
      { length: 48, special: false },
      { parent, protect: keepData },
    ).result,
    version: "1",
  };
  const variables: Readonly<Record<string, Secret>> = {
    [archiveVariables.accessKey]: archive.bucket.accessKey,
    [archiveVariables.secretKey]: archive.bucket.secretKey,
    [archiveVariables.passphrase]: passphrase,
    ...(restore === undefined ? {} : { RESTORE_PASSPHRASE: restore.archive.passphrase }),
  };
  const roles = databases.map(({ name: database, locale, logins }) => ({
    name: database,
    locale,
    logins: logins.map((login) => ({ user: login.user, password: password(login) })),
  }));
  const { ca } = archive.bucket;
  return {
    ca: authority.certificate,
    passphrase,
    password,
    certificates: {
      "ca.crt": authority.certificate,
      "server.crt": server.certificate,
      "server.key": server.privateKey,
      "standby.crt": standby.certificate,
      "standby.key": standby.privateKey,
      "rewind.crt": rewind.certificate,
      "rewind.key": rewind.privateKey,
      ...(ca === undefined ? {} : { "archive.crt": ca }),
    },
    variables: Object.fromEntries(Object.entries(variables).map(([key, { value }]) => [key, pulumi.secret(value)])),
    roles: pulumi.secret(pulumi.output(roles).apply(rolesFile)),
    version: settled([
      ...[authority, server, standby, rewind].map(({ certificate }) => fingerprint(certificate)),
      ...(ca === undefined ? [] : [fingerprint(ca)]),
      ...Object.values(variables).map(({ version }) => version),
    ]),
  };
}
