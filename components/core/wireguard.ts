import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { invalid } from "./errors";

/** DER of an X25519 private key up to its 32 bytes (RFC 8410 section 7). */
const privateKeyHeader = Buffer.from("302e020100300506032b656e04220420", "hex");

/** Bytes of a DER public key that stand before its 32 bytes (RFC 8410 section 4). */
const publicKeyHeaderBytes = 12;

/**
 * A WireGuard key, private, public or preshared: 32 bytes in base64, as `wg` writes them. The message shows no part of what came: it may be a secret.
 *
 * @throws RangeError for anything else.
 */
export function wireguardKey(value: unknown): string {
  if (typeof value !== "string" || !/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(value))
    throw invalid(
      "a key of 32 bytes in base64",
      typeof value === "string" ? `${value.length} characters` : value,
      'give one as "wg genkey" writes it',
    );
  return value;
}

/**
 * The public key of a private one (X25519), as `wg pubkey` computes it. Any 32 bytes are a private key: WireGuard sets and clears the five bits that
 * the curve wants when it uses them.
 *
 * @throws RangeError when the private key is none.
 */
export function wireguardPublicKey(privateKey: unknown): string {
  const bytes = Buffer.from(wireguardKey(privateKey), "base64");
  const key = createPrivateKey({ key: Buffer.concat([privateKeyHeader, bytes]), format: "der", type: "pkcs8" });
  return createPublicKey(key).export({ format: "der", type: "spki" }).subarray(publicKeyHeaderBytes).toString("base64");
}

/**
 * The key that belongs to a secret text: its SHA-256 in base64. Keys are derived instead of made as random bytes because Pulumi takes those bytes as the id
 * of their resource, and a state holds ids in clear (`computeRandomBytesID` in `provider/resources.go` of pulumi-random 07bdbf2a); the id of a password says
 * nothing ("none", `internal/provider/resource_password.go` of terraform-provider-random 0117aa60).
 */
export const wireguardKeyOf = (secret: string): string => createHash("sha256").update(secret).digest("base64");
