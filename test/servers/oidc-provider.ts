import { createSign, generateKeyPairSync, createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";

/** A person whom the provider lets in. */
export interface Person {
  readonly sub: string;
  readonly groups?: readonly string[];
  readonly preferred_username: string;
  readonly name: string;
}

/** An OpenID Connect provider of the tests' own: discovery, keys, and the code flow with PKCE for one client. */
export interface Provider {
  readonly issuer: string;
  /** The person's consent to what an authorization URL asks for: the code to come back with. */
  code(authorization: URL, person: Person): string;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/** Makes the identity token of a sign-in: `sign` signs with the provider's own keys, RS256 or ES256. */
export type Forge = (
  claims: Readonly<Record<string, unknown>>,
  sign: (header: { readonly alg: string; readonly kid: string }, claims: Readonly<Record<string, unknown>>) => string,
  publicKey: string,
) => string;

const base64url = (value: string | Buffer): string => Buffer.from(value).toString("base64url");

/** Starts it on loopback. The client is known by `clientId` and `clientSecret`, and by nothing else. */
export async function startProvider(options: {
  readonly tls: { readonly certificate: string; readonly privateKey: string };
  readonly clientId: string;
  readonly clientSecret: string;
  /** @default - an honest one */
  readonly forge?: Forge;
  /** Address that it listens on, and its name. @default - loopback */
  readonly at?: { readonly address: string; readonly name: string };
}): Promise<Provider> {
  const { at = { address: "127.0.0.1", name: "localhost" } } = options;
  const { tls, clientId, clientSecret, forge = (claims, sign) => sign({ alg: "RS256", kid: "1" }, claims) } = options;
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const elliptic = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const asked: string[] = [];
  const granted = new Map<string, { readonly person: Person; readonly query: URLSearchParams }>();
  let issuer = "";
  const sign: Parameters<Forge>[1] = (header, claims) => {
    const text = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
    const key =
      header.alg === "ES256" ? { key: elliptic.privateKey, dsaEncoding: "ieee-p1363" as const } : { key: privateKey };
    return `${text}.${base64url(createSign("SHA256").update(text).sign(key))}`;
  };
  const token = (person: Person, nonce: string): string => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: clientId, iat: now, exp: now + 300, nonce, sid: randomUUID(), ...person };
    return forge(claims, sign, publicKey.export({ type: "spki", format: "pem" }).toString());
  };
  const exchange = (
    authorization: string,
    body: URLSearchParams,
  ): { readonly status: number; readonly answer: unknown } => {
    const known = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
    if (authorization !== known) return { status: 401, answer: { error: "invalid_client" } };
    const grant = granted.get(body.get("code") ?? "");
    granted.delete(body.get("code") ?? "");
    const proof = createHash("sha256")
      .update(body.get("code_verifier") ?? "")
      .digest("base64url");
    if (grant === undefined || proof !== grant.query.get("code_challenge"))
      return { status: 400, answer: { error: "invalid_grant" } };
    const id = token(grant.person, grant.query.get("nonce") ?? "");
    return { status: 200, answer: { access_token: randomUUID(), token_type: "Bearer", expires_in: 300, id_token: id } };
  };
  const server: Server = createServer({ cert: tls.certificate, key: tls.privateKey }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const path = new URL(request.url ?? "/", issuer).pathname;
      asked.push(path);
      const answers: Readonly<Record<string, () => { readonly status: number; readonly answer: unknown }>> = {
        "/.well-known/openid-configuration": () => ({
          status: 200,
          answer: {
            issuer,
            authorization_endpoint: `${issuer}/authorize`,
            token_endpoint: `${issuer}/token`,
            jwks_uri: `${issuer}/keys`,
            response_types_supported: ["code"],
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: ["RS256"],
            code_challenge_methods_supported: ["S256"],
            backchannel_logout_supported: true,
            backchannel_logout_session_supported: true,
          },
        }),
        "/keys": () => ({
          status: 200,
          answer: {
            keys: [
              { ...publicKey.export({ format: "jwk" }), kid: "1", alg: "RS256", use: "sig" },
              // Only where a test may choose the algorithm.
              ...(options.forge === undefined
                ? []
                : [{ ...elliptic.publicKey.export({ format: "jwk" }), kid: "2", alg: "ES256", use: "sig" }]),
            ],
          },
        }),
        "/token": () =>
          exchange(request.headers.authorization ?? "", new URLSearchParams(Buffer.concat(chunks).toString())),
      };
      const { status, answer } = answers[path]?.() ?? { status: 404, answer: {} };
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(answer));
    });
  }).listen(0, at.address);
  await once(server, "listening");
  issuer = `https://${at.name}:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    asked,
    code: (authorization, person) => {
      const code = randomUUID();
      granted.set(code, { person, query: authorization.searchParams });
      return code;
    },
    stop: async () => {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}
