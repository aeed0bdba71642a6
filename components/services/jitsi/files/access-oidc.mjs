/** A client of an OpenID Connect provider: code flow with PKCE, state and nonce. The identity token is verified here, whatever way it came. */
import { createHash } from "node:crypto";
import { ask } from "./access-http.mjs";
import { random, same } from "./access-seals.mjs";
import { parsed, signedBy } from "./access-tokens.mjs";

/** Seconds that two clocks may differ. */
const skew = 60;

/** Seconds after which the provider's addresses and keys are asked for again; a key that nobody knows, no more often than the second. */
const fresh = { addresses: 600, keys: 30 };

/** The value at `realm_access.roles` of the claims, or at a claim whose name has dots. */
export const claimAt = (claims, path) =>
  Object.hasOwn(claims, path)
    ? claims[path]
    : path
        .split(".")
        .reduce((at, key) => (at && typeof at === "object" && Object.hasOwn(at, key) ? at[key] : undefined), claims);

const holds = (found, value) =>
  Array.isArray(found) ? found.includes(value) : found === value || (value === "true" && found === true);

/** @param moderators claim and value that make a moderator; without them everybody who signs in is one. */
export function provider({
  issuer,
  clientId,
  clientSecret,
  redirect,
  moderators,
  asking = ask,
  now = () => Date.now() / 1000,
}) {
  let addresses;
  let keys;

  async function discovered() {
    if (addresses !== undefined && now() - addresses.at < fresh.addresses) return addresses;
    const { status, body } = await asking(`${issuer}/.well-known/openid-configuration`);
    if (status !== 200 || body.issuer !== issuer) throw new Error("the provider's configuration names another issuer");
    addresses = { at: now(), authorize: body.authorization_endpoint, token: body.token_endpoint, keys: body.jwks_uri };
    return addresses;
  }

  /** The keys that a token can be signed with. */
  async function candidates(keyId) {
    const named = () => (keys?.all ?? []).filter((jwk) => keyId === undefined || jwk.kid === keyId);
    const age = keys === undefined ? Infinity : now() - keys.at;
    if (age > fresh.addresses || (named().length === 0 && age > fresh.keys)) {
      const { status, body } = await asking((await discovered()).keys);
      if (status !== 200 || !Array.isArray(body.keys)) throw new Error("the provider gives no keys");
      keys = { at: now(), all: body.keys };
    }
    return named();
  }

  /** @throws Error unless the provider signed it, for this client, now, and for the person who was sent there. */
  async function verified(text, nonce) {
    const token = parsed(text);
    const { header, claims } = token;
    const found = await candidates(header.kid);
    if (!found.some((jwk) => signedBy(token, jwk))) throw new Error("the identity token is not signed by the provider");
    const audience = [claims.aud].flat();
    if (claims.iss !== issuer) throw new Error("the identity token is of another issuer");
    if (!audience.includes(clientId)) throw new Error("the identity token is for another client");
    if (claims.azp !== undefined ? claims.azp !== clientId : audience.length > 1)
      throw new Error("the identity token was given to another client");
    if (typeof claims.exp !== "number" || claims.exp + skew <= now()) throw new Error("the identity token has expired");
    if (typeof claims.iat !== "number" || claims.iat - skew > now())
      throw new Error("the identity token is not of this time");
    if (!same(claims.nonce, nonce)) throw new Error("the identity token was made for another sign-in");
    if (typeof claims.sub !== "string" || claims.sub === "") throw new Error("the identity token names nobody");
    return claims;
  }

  return {
    /** Where a browser goes to sign in, and what it keeps until it comes back. */
    async begin() {
      const flow = { state: random(), nonce: random(), verifier: random() };
      const url = new URL((await discovered()).authorize);
      const challenge = createHash("sha256").update(flow.verifier).digest("base64url");
      for (const [key, value] of Object.entries({
        response_type: "code",
        client_id: clientId,
        redirect_uri: redirect,
        scope: "openid profile",
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: challenge,
        code_challenge_method: "S256",
      }))
        url.searchParams.set(key, value);
      return { address: url.href, flow };
    },

    /** Who came back. @throws Error for what was not begun here, and for everything that the provider does not vouch for. */
    async finish(query, { state, nonce, verifier }) {
      if (!same(query.get("state") ?? "", state)) throw new Error("the answer belongs to another sign-in");
      if (query.has("iss") && query.get("iss") !== issuer) throw new Error("the answer is of another provider");
      if (query.has("error")) throw new Error(`the provider refuses: ${query.get("error")}`);
      const code = query.get("code");
      if (!code) throw new Error("the answer has no code");
      // Both as in a form, before they are joined (RFC 6749, 2.3.1).
      const pair = [clientId, clientSecret].map((text) => `${new URLSearchParams({ x: text })}`.slice(2)).join(":");
      const { status, body } = await asking((await discovered()).token, {
        method: "POST",
        headers: {
          "Content-Type": "application/x-www-form-urlencoded",
          Authorization: `Basic ${Buffer.from(pair).toString("base64")}`,
        },
        body: new URLSearchParams({
          grant_type: "authorization_code",
          code,
          redirect_uri: redirect,
          code_verifier: verifier,
        }).toString(),
      });
      if (status !== 200) throw new Error(`the provider gives no token: ${body.error ?? status}`);
      const claims = await verified(body.id_token, nonce);
      return {
        id: claims.sub,
        name: String(claims.name ?? claims.preferred_username ?? claims.sub).slice(0, 100),
        moderator: moderators === undefined || holds(claimAt(claims, moderators.claim), moderators.value),
      };
    },
  };
}
