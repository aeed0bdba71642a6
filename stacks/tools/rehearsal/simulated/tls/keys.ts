import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  KeyObject,
  randomBytes,
} from "node:crypto";
import { ProviderError } from "../kind";
import { Properties } from "../values";

const curves: Readonly<Record<string, { readonly node: string; readonly ssh?: string }>> = {
  P224: { node: "secp224r1" },
  P256: { node: "prime256v1", ssh: "nistp256" },
  P384: { node: "secp384r1", ssh: "nistp384" },
  P521: { node: "secp521r1", ssh: "nistp521" },
};

export const curveNames = Object.keys(curves);

/** A new key pair, in every format of the real provider. */
export function keyOutputs(algorithm: string, rsaBits: number, curve: string): Properties {
  const key = generated(algorithm, rsaBits, curve);
  const pkcs8 = text(key.export({ type: "pkcs8", format: "pem" }));
  const legacy = algorithm === "RSA" ? "pkcs1" : "sec1";
  const blob = sshPublic(key);
  return {
    privateKeyPem: algorithm === "ED25519" ? pkcs8 : text(key.export({ type: legacy, format: "pem" })),
    privateKeyPemPkcs8: pkcs8,
    privateKeyOpenssh: blob === undefined ? "" : openSsh(key, blob),
    ...publicOutputs(key, blob),
  };
}

function publicOutputs(key: KeyObject, blob: SshKey | undefined): Properties {
  const md5 = blob === undefined ? "" : createHash("md5").update(blob.bytes).digest("hex");
  return {
    publicKeyPem: text(createPublicKey(key).export({ type: "spki", format: "pem" })),
    publicKeyOpenssh: blob === undefined ? "" : `${blob.kind} ${blob.bytes.toString("base64")}\n`,
    publicKeyFingerprintMd5: (md5.match(/../g) ?? []).join(":"),
    publicKeyFingerprintSha256:
      blob === undefined ? "" : `SHA256:${createHash("sha256").update(blob.bytes).digest("base64").replace(/=+$/, "")}`,
  };
}

function generated(algorithm: string, modulusLength: number, curve: string): KeyObject {
  if (algorithm === "RSA") return generateKeyPairSync("rsa", { modulusLength }).privateKey;
  if (algorithm === "ED25519") return generateKeyPairSync("ed25519").privateKey;
  const namedCurve = curves[curve]?.node;
  if (algorithm !== "ECDSA" || namedCurve === undefined)
    throw new ProviderError(`Key Algorithm "${algorithm}" with curve "${curve}" is not supported`);
  return generateKeyPairSync("ec", { namedCurve }).privateKey;
}

/** A private key in any format of the provider. @throws ProviderError for anything else. */
export function parsedKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new ProviderError(`Failed to parse private key PEM: ${(error as Error).message}`);
  }
}

/** The provider's name of a key's algorithm. */
export function algorithmOf(key: KeyObject): "RSA" | "ECDSA" | "ED25519" {
  if (key.asymmetricKeyType === "rsa") return "RSA";
  return key.asymmetricKeyType === "ec" ? "ECDSA" : "ED25519";
}

interface SshKey {
  readonly kind: string;
  /** As in `authorized_keys`, decoded (RFC 4253, RFC 5656, RFC 8709). */
  readonly bytes: Buffer;
}

/** Undefined for keys that SSH does not support (P-224). */
export function sshPublic(key: KeyObject): SshKey | undefined {
  const curve = Object.values(curves).find(({ node }) => node === key.asymmetricKeyDetails?.namedCurve);
  // Node cannot even write P-224 as a JWK.
  if (curve !== undefined && curve.ssh === undefined) return undefined;
  const jwk = key.export({ format: "jwk" });
  const part = (value: string | undefined): Buffer => Buffer.from(value ?? "", "base64url");
  if (key.asymmetricKeyType === "rsa")
    return { kind: "ssh-rsa", bytes: packed("ssh-rsa", whole(part(jwk.e)), whole(part(jwk.n))) };
  if (curve?.ssh === undefined) return { kind: "ssh-ed25519", bytes: packed("ssh-ed25519", part(jwk.x)) };
  const kind = `ecdsa-sha2-${curve.ssh}`;
  return { kind, bytes: packed(kind, curve.ssh, Buffer.concat([Buffer.from([4]), part(jwk.x), part(jwk.y)])) };
}

/** The private key in OpenSSH's own format, unencrypted. Source: openssh-portable, `PROTOCOL.key`. */
function openSsh(key: KeyObject, { kind, bytes }: SshKey): string {
  const jwk = key.export({ format: "jwk" });
  const part = (value: string | undefined): Buffer => Buffer.from(value ?? "", "base64url");
  const secret =
    kind === "ssh-rsa"
      ? packed("ssh-rsa", ...[jwk.n, jwk.e, jwk.d, jwk.qi, jwk.p, jwk.q].map((value) => whole(part(value))))
      : kind === "ssh-ed25519"
        ? packed(kind, part(jwk.x), Buffer.concat([part(jwk.d), part(jwk.x)]))
        : Buffer.concat([bytes, packed(whole(part(jwk.d)))]);
  const check = randomBytes(4);
  const plain = Buffer.concat([check, check, secret, packed("")]);
  const padding = Buffer.from(Array.from({ length: (8 - (plain.length % 8)) % 8 }, (_, i) => i + 1));
  const one = Buffer.from([0, 0, 0, 1]);
  const body = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    packed("none", "none", ""),
    one,
    packed(bytes, Buffer.concat([plain, padding])),
  ]);
  const lines = body.toString("base64").match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join("\n")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

/** SSH's encoding: each part after its length in four bytes. */
export function packed(...parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part);
      const size = Buffer.alloc(4);
      size.writeUInt32BE(bytes.length);
      return [size, bytes];
    }),
  );
}

/** SSH's mpint: no leading zeros but the one that keeps it positive. */
function whole(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const plain = first < 0 ? Buffer.alloc(0) : bytes.subarray(first);
  return (plain[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), plain]) : plain;
}

const text = (exported: string | Buffer): string => exported.toString();
