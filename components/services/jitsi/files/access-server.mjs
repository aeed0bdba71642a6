/** The program: reads its settings from the environment and from mounted files, and serves. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createPrivateKey } from "node:crypto";
import { accounts } from "./access-accounts.mjs";
import { ask } from "./access-http.mjs";
import { homeserver } from "./access-matrix.mjs";
import { provider } from "./access-oidc.mjs";
import { seals } from "./access-seals.mjs";
import { base, service } from "./access-service.mjs";

const mostBytes = 8_192;

function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`expected ${name} in the environment, got nothing`);
  return value;
}
const kept = (name) => readFileSync(`${setting("ACCESS_SECRETS")}/${name}`, "utf8");
const log = (event) => console.log(JSON.stringify(event));

const domain = setting("ACCESS_DOMAIN");
const moderators = process.env.ACCESS_MODERATOR_CLAIM
  ? { claim: process.env.ACCESS_MODERATOR_CLAIM, value: setting("ACCESS_MODERATOR_VALUE") }
  : undefined;

const trusted = (name) => (process.env[name] ? readFileSync(process.env[name], "utf8") : undefined);
const ca = trusted("ACCESS_OIDC_CA");
const matrixCa = trusted("ACCESS_MATRIX_CA");

const answer = service({
  domain,
  issuer: setting("ACCESS_ISSUER"),
  key: createPrivateKey(kept("token.key")),
  keyId: setting("ACCESS_KEY_ID"),
  tokenSeconds: Number(setting("ACCESS_TOKEN_SECONDS")),
  sessionSeconds: Number(setting("ACCESS_SESSION_SECONDS")),
  seals: seals(kept("cookies").trim().split("\n")),
  ...(process.env.ACCESS_OIDC_ISSUER
    ? {
        provider: provider({
          issuer: setting("ACCESS_OIDC_ISSUER"),
          clientId: setting("ACCESS_OIDC_CLIENT"),
          clientSecret: kept("client-secret"),
          redirect: `https://${domain}${base}/callback`,
          moderators,
          asking: (address, options) => ask(address, { ...options, ca }),
        }),
      }
    : { accounts: accounts(JSON.parse(kept("accounts.json"))) }),
  ...(process.env.ACCESS_MATRIX_SERVER
    ? {
        homeserver: homeserver({
          serverName: setting("ACCESS_MATRIX_SERVER"),
          address: setting("ACCESS_MATRIX_URL"),
          moderator: process.env.ACCESS_MATRIX_MODERATES === "true",
          // It is on the same platform: no proxy leads there.
          asking: (address) => ask(address, { ca: matrixCa, proxy: "" }),
        }),
      }
    : {}),
  log,
});

/** The body of a form; undefined for one that is too long. */
async function form(request) {
  const parts = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > mostBytes) return undefined;
    parts.push(part);
  }
  return new URLSearchParams(Buffer.concat(parts).toString());
}

const server = createServer({ requestTimeout: 15_000, headersTimeout: 10_000 }, async (request, response) => {
  try {
    const body = request.method === "POST" ? await form(request) : new URLSearchParams();
    if (body === undefined) return response.writeHead(413, { Connection: "close" }).end();
    const url = new URL(request.url ?? "/", "http://access");
    const { method, headers } = request;
    const remote = request.socket.remoteAddress;
    const {
      status,
      headers: sent,
      body: text,
    } = await answer({
      method: method === "HEAD" ? "GET" : method,
      path: url.pathname,
      query: url.searchParams,
      body,
      headers,
      remote,
    });
    response.writeHead(status, sent).end(method === "HEAD" ? "" : text);
  } catch (error) {
    log({ event: "fault", problem: error.message });
    if (!response.headersSent) response.writeHead(500);
    response.end();
  }
});

server.listen(Number(setting("ACCESS_PORT")), process.env.ACCESS_ADDRESS || undefined, () =>
  log({ event: "listening", port: server.address().port }),
);
process.on("SIGTERM", () => {
  server.close();
  server.closeIdleConnections();
});
