import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { type Secret, secretText, trusted } from "../../core/secret";
import { type Generation, Secrets } from "../../infrastructure/secrets";
import type { MatrixArgs, MatrixSecret } from "./args";
import { authenticationFiles } from "./authentication";
import type { MatrixPlan } from "./plan";
import { secretFiles, trustFiles } from "./settings";

/** Roles of all secrets of a plan. */
export const secretRoles = ({ workers, authentication }: MatrixPlan): readonly MatrixSecret[] => [
  "signing-key",
  "macaroons",
  "forms",
  ...(workers === undefined ? [] : (["replication"] as const)),
  ...(authentication === undefined
    ? []
    : (["authentication", "authentication-cookies", "authentication-key"] as const)),
];

/**
 * The homeserver's signing key of a generation, in the format of signedjson (`key.py`, read_signing_keys): algorithm, name, seed of 32 bytes in base64 without padding.
 * The seed is a digest of a random password: the provider of random bytes keeps them in clear, as their id.
 */
const signingKey = ({ value, version }: Secret): Secret => ({
  value: pulumi.secret(
    pulumi.all([value, version]).apply(([password, generation]) => {
      const seed = createHash("sha256").update(password).digest("base64").replace(/=+$/, "");
      return `ed25519 a_${generation.replace(/[^A-Za-z0-9_]/g, "_")} ${seed}\n`;
    }),
  ),
  version,
});

/** Secret files by name: those of the homeserver's processes, and those of the servers that sign people in. */
export interface MatrixSecretFiles {
  readonly processes: Readonly<Record<string, Secret>>;
  readonly authentication: Readonly<Record<string, Secret>>;
}

/** Makes all secrets of a deployment. */
export function secretFilesOf(
  name: string,
  args: MatrixArgs,
  plan: MatrixPlan,
  opts: pulumi.ComponentResourceOptions,
): MatrixSecretFiles {
  const { login, cache, turn, authentication, secretsGeneration = "1", secretsGenerations = {} } = args;
  const secrets = new Secrets(
    name,
    { roles: secretRoles(plan), generation: secretsGeneration, generations: secretsGenerations },
    opts,
  );
  return {
    processes: {
      [secretFiles.signingKey]: signingKey(secrets.password("signing-key")),
      [secretFiles.macaroons]: secrets.password("macaroons"),
      [secretFiles.forms]: secrets.password("forms"),
      ...(plan.workers === undefined ? {} : { [secretFiles.replication]: secrets.password("replication") }),
      ...(authentication === undefined
        ? { [secretFiles.loginClient]: login.clientSecret }
        : { [secretFiles.authentication]: secrets.password("authentication") }),
      ...(cache === undefined ? {} : { [secretFiles.cache]: cache.password }),
      ...(turn === undefined ? {} : { [secretFiles.turn]: turn.secret }),
    },
    authentication:
      authentication === undefined
        ? {}
        : {
            [authenticationFiles.database]: authentication.database.password,
            [authenticationFiles.loginClient]: login.clientSecret,
            [authenticationFiles.homeserver]: secrets.password("authentication"),
            [authenticationFiles.encryption]: cookieKey(secrets.password("authentication-cookies")),
            [authenticationFiles.signing]: tokenKey(
              name,
              secretsGenerations["authentication-key"] ?? secretsGeneration,
              opts,
            ),
          },
  };
}

/** Key of 32 bytes in hexadecimal, without an end of line (`secrets.rs`, encryption). */
const cookieKey = ({ value, version }: Secret): Secret =>
  secretText({ one: { value, version } }, ({ one }) => createHash("sha256").update(one).digest("hex"));

/** The key that tokens of identity are signed with. The program accepts one at a time from one file; tokens that a client holds are none of these. */
function tokenKey(name: string, generation: Generation, opts: pulumi.ComponentResourceOptions): Secret {
  const [version = ""] = [generation].flat();
  const key = new tls.PrivateKey(`${name}-auth-key-${version}`, { algorithm: "RSA", rsaBits: 2048 }, opts);
  return { value: pulumi.secret(key.privateKeyPem), version };
}

type Authorities = Partial<Pick<MatrixArgs, "database" | "login" | "cache" | "bucket" | "federationCa">>;

/** Authorities by file: those that were given. */
export const trustFilesOf = ({ database, login, cache, bucket, federationCa }: Authorities) =>
  Object.fromEntries(
    (
      [
        [trustFiles.database, database?.ca],
        [trustFiles.login, login?.ca],
        [trustFiles.cache, cache?.ca],
        [trustFiles.bucket, bucket?.ca],
        [trustFiles.federation, federationCa],
      ] as const
    ).flatMap(([file, pem]) => (pem === undefined ? [] : [[file, trusted(pem)] as const])),
  );
