/** The service that signs people in to a Jitsi, run from the scripts that its pods have, by this machine's Node. */
import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { accountHashes } from "../../components/services/jitsi/access-keys";
import { accessEnv } from "../../components/services/jitsi/access-pods";
import { accessPath, accessTier } from "../../components/services/jitsi/access-settings";
import type { ReadAccess } from "../../components/services/jitsi/access";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { scriptFolder } from "./jitsi-rendered";

export const domain = "meet.example.ch";
export const passwords = { "duty-officer": "correct horse battery staple", deputy: "another password" } as const;

/** The key of the deployment, PEM. */
export const keys = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

/** One replica. */
export interface Replica {
  readonly program: Background;
  /** Asks below the service's path. A cookie jar takes what it sets. */
  ask(path: string, options?: Asking): Promise<Response>;
}

interface Asking {
  readonly jar?: Map<string, string>;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

const valueOf = (input: pulumi.Input<string>): Promise<string> =>
  new Promise((resolve) => void pulumi.output(input).apply(resolve));

/** Starts a replica with the environment that its pod has, beside what a test changes. */
export async function replica(
  folder: string,
  name: string,
  access: ReadAccess,
  {
    env = {},
    seals = "seal one\n",
    accounts: others,
  }: { readonly env?: Readonly<Record<string, string>>; readonly seals?: string; readonly accounts?: string } = {},
): Promise<Replica> {
  const at = join(folder, name);
  mkdirSync(at);
  const words = Object.entries(passwords).map(([who, value]) => [who, { value, version: "1" }] as const);
  const accounts = accountHashes(domain, Object.fromEntries(words));
  writeFileSync(join(at, "accounts.json"), others ?? (await valueOf(accounts.value)));
  writeFileSync(join(at, "token.key"), keys.privateKey);
  writeFileSync(join(at, "cookies"), seals);
  writeFileSync(join(at, "client-secret"), "client-secret");
  const [port = 0] = await freePorts(1);
  const secret = { value: "", version: "1" };
  const settings = accessEnv({
    ...{ domain, participants: 20, access, tier: accessTier("meet"), accounts, seals: secret },
    keys: { id: "1", signing: secret, verifying: {}, oneLine: secret },
  } as Parameters<typeof accessEnv>[0]);
  const all = { ...settings, ACCESS_PORT: `${port}`, ACCESS_ADDRESS: "127.0.0.1", ACCESS_SECRETS: at, ...env };
  const variables = Object.entries(all).map(([key, value]) => `${key}=${value}`);
  const program = background(
    "/usr/bin/env",
    [...variables, process.execPath, join(scriptFolder, "access-server.mjs")],
    at,
  );
  const base = `http://127.0.0.1:${port}${accessPath}`;
  const ask: Replica["ask"] = async (path, { jar = new Map(), form, headers = {} } = {}) => {
    const cookie = [...jar].map(([key, value]) => `${key}=${value}`).join("; ");
    const response = await fetch(`${base}${path}`, {
      redirect: "manual",
      headers: { ...(cookie === "" ? {} : { cookie }), Connection: "close", ...headers },
      ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, key = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") jar.delete(key);
      else jar.set(key, value);
    }
    return response;
  };
  await until(
    "the sign-in to serve",
    async () => {
      program.mustRun();
      return ask("/health").then(
        ({ status }) => status === 200,
        () => false,
      );
    },
    60,
  );
  return { program, ask };
}

/** The path that the page of the meetings sends people to, from a room. */
export const toRoom = (room: string, more: Readonly<Record<string, unknown>> = {}): string =>
  `/?state=${encodeURIComponent(JSON.stringify({ room, ...more }))}`;

/** The sealed part of a form. */
export const sealedIn = (html: string): string => /name="form" value="([^"]+)"/.exec(html)?.[1] ?? "";

/** Signs in with an account; the form comes from one replica, and can go to another. */
export async function signIn(
  from: Replica,
  {
    name,
    password,
    room,
    jar = new Map<string, string>(),
    to = from,
    headers = {},
  }: {
    readonly name: string;
    readonly password: string;
    readonly room: string;
    readonly jar?: Map<string, string>;
    readonly to?: Replica;
    readonly headers?: Readonly<Record<string, string>>;
  },
): Promise<Response> {
  const form = sealedIn(await (await from.ask(toRoom(room), { jar, headers })).text());
  return to.ask("/sign-in", { jar, headers, form: { form, name, password } });
}

/** The token that an answer sends to the meeting with. */
export const tokenOf = (response: Response): string =>
  new URL(response.headers.get("location") ?? "about:blank").searchParams.get("jwt") ?? "";

/** The header and the claims of a token that the deployment's key signed. */
export function opened(token: string): {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
} {
  const [header = "", claims = "", signature = ""] = token.split(".");
  const text = Buffer.from(`${header}.${claims}`);
  if (!verify("sha256", text, createPublicKey(keys.publicKey), Buffer.from(signature, "base64url")))
    throw new Error(`expected a token of the deployment, got ${token}`);
  const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
  return { header: read(header), claims: read(claims) };
}
