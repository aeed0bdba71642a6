import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { type Secret, trusted } from "../../core/secret";
import { Secrets } from "../../infrastructure/secrets";
import type { MatrixArgs, MatrixSecret } from "./args";
import { secretFiles, trustFiles } from "./settings";

const own: readonly MatrixSecret[] = ["signing-key", "macaroons", "forms"];

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

/** Secret files of the homeserver, by name. */
export function secretFilesOf(
  name: string,
  args: MatrixArgs,
  opts: pulumi.ComponentResourceOptions,
): Readonly<Record<string, Secret>> {
  const { login, cache, turn, secretsGeneration = "1", secretsGenerations = {} } = args;
  const secrets = new Secrets(
    name,
    { roles: own, generation: secretsGeneration, generations: secretsGenerations },
    opts,
  );
  return {
    [secretFiles.signingKey]: signingKey(secrets.password("signing-key")),
    [secretFiles.macaroons]: secrets.password("macaroons"),
    [secretFiles.forms]: secrets.password("forms"),
    [secretFiles.loginClient]: login.clientSecret,
    ...(cache === undefined ? {} : { [secretFiles.cache]: cache.password }),
    ...(turn === undefined ? {} : { [secretFiles.turn]: turn.secret }),
  };
}

/** Authorities by file: those that were given. */
export const trustFilesOf = ({ database, login, cache, bucket }: MatrixArgs): Readonly<Record<string, Secret>> =>
  Object.fromEntries(
    (
      [
        [trustFiles.database, database.ca],
        [trustFiles.login, login.ca],
        [trustFiles.cache, cache?.ca],
        [trustFiles.bucket, bucket?.ca],
      ] as const
    ).flatMap(([file, pem]) => (pem === undefined ? [] : [[file, trusted(pem)] as const])),
  );
