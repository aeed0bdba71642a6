import { createHash, scryptSync } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { type Secret, secretText } from "../../core/secret";
import type { Generation } from "../../infrastructure/secrets";

/** The key that signs rooms' tokens, and those that verify them. */
export interface TokenKeys {
  /** Name of the key that signs, as a token's header has it. */
  readonly id: string;
  readonly signing: Secret;
  /** Public keys by file name: the present one, and the one before while it still counts. */
  readonly verifying: Readonly<Record<string, Secret>>;
  /** The present public key on one line, as a text of Lua has it. */
  readonly oneLine: Secret;
}

/** Makes the keys of a generation, or of the present one and the one before. */
export function tokenKeys(name: string, generation: Generation, opts: pulumi.CustomResourceOptions): TokenKeys {
  const made = [generation].flat().map((version) => {
    const key = new tls.PrivateKey(`${name}-token-${version}`, { algorithm: "RSA", rsaBits: 2048 }, opts);
    return { version, key };
  });
  const [present] = made;
  if (present === undefined) throw new Error("a generation has at least one name");
  const { version, key } = present;
  return {
    id: version,
    signing: { value: pulumi.secret(key.privateKeyPem), version },
    verifying: Object.fromEntries(
      made.map((one) => [`${one.version}.pem`, { value: one.key.publicKeyPem, version: one.version }]),
    ),
    oneLine: { value: key.publicKeyPem.apply((pem) => pem.trim().split("\n").join("\\n")), version },
  };
}

/** Secrets that sealed cookies are opened with: the present one, and the one before while it still counts, a line each. */
export const sealSecrets = ({ previous, ...present }: Secret): Secret =>
  secretText<string>(previous === undefined ? { present } : { present, previous }, (texts) =>
    Object.values(texts)
      .map((text) => `${text}\n`)
      .join(""),
  );

const cost = { N: 16_384, r: 8, p: 1 } as const;

/**
 * Accounts as the sign-in has them: hashes of the passwords by name. A salt is made of the names: passwords are 32 random characters, so what it has to do is to
 * be another one elsewhere.
 */
export const accountHashes = (domain: string, words: Readonly<Record<string, Secret>>): Secret =>
  secretText(words, (texts) => {
    const hashed = Object.entries(texts).map(([who, password]) => {
      const salt = createHash("sha256").update(`${domain}/${who}`).digest().subarray(0, 16);
      const hash = scryptSync(password, salt, 32, cost);
      const parts = ["scrypt", cost.N, cost.r, cost.p, salt.toString("base64url"), hash.toString("base64url")];
      return [who, parts.join("$")] as const;
    });
    return `${JSON.stringify(Object.fromEntries(hashed), undefined, 2)}\n`;
  });
