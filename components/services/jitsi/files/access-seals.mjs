/** Values that browsers keep for this service and can neither read nor change: encrypted, for one purpose, for a time. Every replica opens those of the others. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";

const derived = (secret) => Buffer.from(hkdfSync("sha256", secret, "", "sovereign-uc access", 32));

/**
 * Seals and opens values.
 *
 * @param secrets the present secret, then those before it, which still open.
 */
export function seals(secrets, now = () => Math.floor(Date.now() / 1000)) {
  const keys = secrets.map(derived);
  return {
    seal(purpose, value, seconds) {
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", keys[0], iv).setAAD(Buffer.from(purpose));
      const text = JSON.stringify({ value, until: now() + seconds });
      return Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString("base64url");
    },
    /** The value; undefined for one of another purpose or deployment, a changed one, and one whose time is over. */
    open(purpose, sealed) {
      const bytes = Buffer.from(typeof sealed === "string" ? sealed : "", "base64url");
      if (bytes.length < 28) return undefined;
      for (const key of keys) {
        try {
          const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12)).setAAD(Buffer.from(purpose));
          decipher.setAuthTag(bytes.subarray(-16));
          const text = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
          const { value, until } = JSON.parse(text.toString());
          return until > now() ? value : undefined;
        } catch {
          // Another key may open it.
        }
      }
      return undefined;
    },
  };
}

/** Text that nobody guesses. */
export const random = () => randomBytes(32).toString("base64url");

/** True if two texts are the same, found in a time that says nothing about where they differ. */
export const same = (one, other) =>
  typeof one === "string" &&
  typeof other === "string" &&
  one.length === other.length &&
  timingSafeEqual(Buffer.from(one), Buffer.from(other));

/** Cookies of a request by name. */
export const cookies = (header = "") =>
  Object.fromEntries(
    header.split(";").flatMap((pair) => {
      const at = pair.indexOf("=");
      return at < 1 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()]];
    }),
  );
