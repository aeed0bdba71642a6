/** JSON Web Tokens with Node's own cryptography: room tokens that the signalling servers verify, and the check of signatures of others. */
import { createPublicKey, sign, verify } from "node:crypto";

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** What a token's algorithm demands of its key. Anything else is refused, "none" and shared secrets first of all. */
const algorithms = {
  RS256: { type: "rsa", options: {} },
  ES256: { type: "ec", options: { dsaEncoding: "ieee-p1363" } },
};

/** A token signed with an RSA key, RS256. */
export function signed(claims, { key, keyId }) {
  const text = `${encode({ alg: "RS256", typ: "JWT", kid: keyId })}.${encode(claims)}`;
  return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
}

/** Header, claims and signature of a token; nothing of them is verified. @throws Error for what is none. */
export function parsed(token) {
  const parts = typeof token === "string" ? token.split(".") : [];
  if (parts.length !== 3 || parts.some((part) => !/^[\w-]+$/.test(part))) throw new Error("not a signed token");
  const [header, claims] = parts.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url").toString()));
  if (![header, claims].every((part) => typeof part === "object" && part !== null && !Array.isArray(part)))
    throw new Error("not a signed token");
  return { header, claims, text: parts.slice(0, 2).join("."), signature: Buffer.from(parts[2], "base64url") };
}

/** True if the key in JWK format signed the token, with an algorithm that its type allows. */
export function signedBy({ header, text, signature }, jwk) {
  const algorithm = Object.hasOwn(algorithms, header.alg) ? algorithms[header.alg] : undefined;
  if (algorithm === undefined || (jwk.alg !== undefined && jwk.alg !== header.alg)) return false;
  if (jwk.use !== undefined && jwk.use !== "sig") return false;
  const key = createPublicKey({ key: jwk, format: "jwk" });
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type !== algorithm.type || (type === "ec" && details.namedCurve !== "prime256v1")) return false;
  if (type === "rsa" && details.modulusLength < 2048) return false;
  return verify("sha256", Buffer.from(text), { key, ...algorithm.options }, signature);
}
