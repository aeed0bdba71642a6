/** The way into a Jitsi: what its arguments make of the sign-in, the signalling servers and the page. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { givenOidcClient } from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { tier } from "../../../../components/core/tier";
import { Workload } from "../../../../components/kubernetes/workload";
import { planJitsi } from "../../../../components/services/jitsi";
import type { Deployment } from "../../../support/mocks";
import { object } from "../../kubernetes/target";
import { domain, jitsi } from "./support";

const issuer = "https://login.example.ch/realms/crisis";
const outside = { name: "identity service", ranges: ["203.0.113.7/32"] };
const client = {
  issuer,
  clientId: "meet",
  clientSecret: givenSecret("secret of the client"),
  peer: outside,
  port: 443,
};
const oidc = givenOidcClient(client);

interface Pods {
  readonly template: {
    readonly spec: {
      readonly containers: readonly [{ readonly env: readonly { readonly name: string; readonly value?: string }[] }];
      readonly hostAliases?: readonly { readonly ip: string; readonly hostnames: readonly string[] }[];
    };
  };
}

const pods = (made: Deployment, name: string): Pods => object(made.resources, "Deployment", name)["spec"] as Pods;
const env = (made: Deployment, name: string): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(pods(made, name).template.spec.containers[0].env.map((one) => [one.name, one.value]));
const secret = (made: Deployment, name: string): Readonly<Record<string, string>> =>
  made.one("kubernetes:core/v1:Secret", name).inputs["stringData"] as Record<string, string>;
const waysOut = (made: Deployment): unknown =>
  (object(made.resources, "NetworkPolicy", "meet-access")["spec"] as { readonly egress: unknown }).egress;

describe("a Jitsi with accounts", () => {
  let made: Deployment;
  beforeAll(async () => {
    made = await jitsi({ access: { accounts: ["duty-officer", "deputy"] } });
  });

  test("hands out a password for each, of which its pods have the hash alone", () => {
    expect(made.outputs["accounts"]).toEqual({
      "duty-officer": "secret of meet-moderator-duty-officer-1",
      deputy: "secret of meet-moderator-deputy-1",
    });
    const mounted = secret(made, "meet-access-secrets");
    const accounts = JSON.parse(mounted["accounts.json"] ?? "") as Record<string, string>;
    expect(Object.keys(accounts)).toEqual(["duty-officer", "deputy"]);
    const hashes = Object.values(accounts);
    for (const hash of hashes) expect(hash).toMatch(/^scrypt\$16384\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(new Set(hashes.map((hash) => hash.split("$")[4])).size).toBe(2);
    expect(JSON.stringify(mounted)).not.toContain("secret of meet-moderator");
  });

  test("depends on no other system: the sign-in has no way out", () => {
    expect(waysOut(made)).toEqual([]);
    expect(made.one("Jitsi", "meet").inputs).toMatchObject({ access: "accounts", guests: "lobby" });
  });

  test("signs with a key that the signalling servers know by its public part only", () => {
    expect(secret(made, "meet-access-secrets")["token.key"]).toBe("secret key of meet-token-1");
    for (const shard of [1, 2]) {
      expect(secret(made, `meet-signalling-${shard}-access-keys`)).toEqual({ "1.pem": "public key of meet-token-1" });
      expect(secret(made, `meet-signalling-${shard}-env`)).toMatchObject({
        JWT_APP_SECRET: "public key of meet-token-1",
      });
    }
    for (const { name, inputs } of made.all("kubernetes:core/v1:Secret"))
      if (name !== "meet-access-secrets") expect(JSON.stringify(inputs)).not.toContain("secret key of meet-token");
  });

  test("issues what the signalling servers ask for, and is where the page leads to", () => {
    const desk = env(made, "meet-access");
    expect(env(made, "meet-signalling-1")).toMatchObject({
      AUTH_TYPE: "jwt",
      JWT_SIGN_TYPE: "RS256",
      JWT_ACCEPTED_ISSUERS: desk["ACCESS_ISSUER"],
      JWT_ACCEPTED_AUDIENCES: desk["ACCESS_DOMAIN"],
      JWT_ALLOW_EMPTY: "0",
      JWT_ENABLE_DOMAIN_VERIFICATION: "true",
    });
    expect(env(made, "meet-web-1")["TOKEN_AUTH_URL"]).toBe(`https://${domain}/_access/?state={state}`);
    const [route] = planJitsi({ name: "meet", domain, participants: 200 }).routes;
    expect(route).toMatchObject({ paths: { "/_access": { health: ["/_access/health"], headers: {} } } });
  });

  test("leaves its pages their own policy, which is stricter than that of the meetings", () => {
    const text =
      (object(made.resources, "ConfigMap", "edge-config")["data"] as Record<string, string>)["haproxy.cfg"] ?? "";
    const section = (name: string): string =>
      text.split(/^(?=\w)/m).find((one) => one.startsWith(`backend ${name}\n`)) ?? "";
    expect(section("web-meet")).toContain("set-header Content-Security-Policy \"default-src 'self'");
    expect(section("web-meet-1")).toContain("meet-access-pods");
    expect(section("web-meet-1")).toContain("set-header Strict-Transport-Security");
    expect(section("web-meet-1")).not.toContain("Content-Security-Policy");
  });

  test("accepts both keys while one takes the place of the other, and signs with the new one", async () => {
    const rotated = await jitsi({ secretGenerations: { token: ["2", "1"], cookies: ["b", "a"] } });
    expect(secret(rotated, "meet-signalling-2-access-keys")).toEqual({
      "2.pem": "public key of meet-token-2",
      "1.pem": "public key of meet-token-1",
    });
    expect(secret(rotated, "meet-access-secrets")).toMatchObject({
      "token.key": "secret key of meet-token-2",
      cookies: "secret of meet-cookies-b\nsecret of meet-cookies-a\n",
    });
    expect(env(rotated, "meet-access")["ACCESS_KEY_ID"]).toBe("2");
    // Every shard knows it before.
    const after = [rotated.one("Deployment", "meet-access").opts.dependsOn]
      .flat()
      .filter((one) => one instanceof Workload);
    expect(after).toHaveLength(3);
  });

  test("says how many wrong passwords each replica lets through", async () => {
    const read = (path: string): string => readFileSync(join(__dirname, "../../../..", path), "utf8");
    const folder = "components/services/jitsi";
    const script = read(`${folder}/files/access-accounts.mjs`);
    const [, source = "", account = ""] =
      /source: limit\((\d+), 300\), account: limit\((\d+), 300\)/.exec(script) ?? [];
    const said = new RegExp(`${source}[^.]{0,20} of a source[^.]* ${account} for an account`);
    for (const path of ["README.md", `${folder}/access.ts`])
      expect({ path, words: read(path).replace(/\s+(?:\* )?/g, " ") }).toEqual({
        path,
        words: expect.stringMatching(said) as string,
      });
    const passwords = (await jitsi({ access: { accounts: ["duty-officer"] } }))
      .all("RandomPassword")
      .filter(({ name }) => name.includes("moderator"));
    expect(passwords.map(({ inputs }) => inputs["length"])).toEqual([32]);
  });

  test("has no place for guests where it is told so", async () => {
    const closed = await jitsi({ access: { accounts: ["duty-officer"], guests: "none" } });
    for (const name of ["meet-signalling-1", "meet-web-1"]) expect(env(closed, name)["ENABLE_GUESTS"]).toBe("0");
    expect(env(closed, "meet-signalling-1")["XMPP_MUC_CONFIGURATION"]).toContain(
      `token_verification_allowlist = { "hidden.${domain}" }`,
    );
  });
});

describe("a Jitsi with an identity service", () => {
  test("reaches one outside by its address, and nothing else", async () => {
    const made = await jitsi({ access: { oidc, moderators: { claim: "groups", value: "chairs" } } });
    expect(JSON.stringify(waysOut(made))).toContain('"cidr":"203.0.113.7/32"');
    expect(env(made, "meet-access")).toMatchObject({
      ACCESS_OIDC_ISSUER: issuer,
      ACCESS_OIDC_CLIENT: "meet",
      ACCESS_MODERATOR_CLAIM: "groups",
      ACCESS_MODERATOR_VALUE: "chairs",
      ACCESS_SESSION_SECONDS: "3600",
    });
    expect(env(made, "meet-access")).not.toHaveProperty("HTTPS_PROXY");
    const mounted = secret(made, "meet-access-secrets");
    expect(Object.keys(mounted).sort()).toEqual(["client-secret", "cookies", "token.key"]);
    expect(made.outputs["accounts"]).toEqual({});
    expect(made.one("Jitsi", "meet").inputs).toMatchObject({ access: "oidc", guests: "lobby" });
  });

  test("reaches one in the cluster by its tier, and verifies it with the authority that is given", async () => {
    const peer = tier("identity", "identity-web", { https: 8443 });
    const made = await jitsi({ access: { oidc: { ...client, peer, port: 8443, ca: "authority of the login" } } });
    expect(JSON.stringify(waysOut(made))).toContain("identity-web");
    expect(env(made, "meet-access")).toMatchObject({ ACCESS_OIDC_CA: "/access-trust/login.crt" });
    expect(env(made, "meet-access")).not.toHaveProperty("ACCESS_MODERATOR_CLAIM");
    expect(secret(made, "meet-access-trust")).toEqual({ "login.crt": "authority of the login" });
  });

  test("reaches one on the same platform at its own name, through the gateways inside the network", async () => {
    const addresses = ["10.20.0.10", "10.20.0.11"];
    const peer = { name: "gateways", ranges: addresses.map((address) => `${address}/32`) };
    const made = await jitsi({ access: { oidc: { ...client, peer, addresses } } });
    expect(pods(made, "meet-access").template.spec.hostAliases).toEqual(
      addresses.map((ip) => ({ ip, hostnames: ["login.example.ch"] })),
    );
    expect(env(made, "meet-access")).not.toHaveProperty("HTTPS_PROXY");
    expect(JSON.stringify(waysOut(made))).toContain('"cidr":"10.20.0.11/32"');
  });

  test("reaches one outside through the gateways' proxy, where its plan names it", async () => {
    const proxied = { ...client, peer: { name: "gateways", ranges: ["10.20.0.10/31"] }, port: 3128 };
    const made = await jitsi({ access: { oidc: proxied }, login: issuer });
    expect(env(made, "meet-access")["HTTPS_PROXY"]).toBe("http://gateway.internal:3128");
    expect(planJitsi({ name: "meet", domain, participants: 20, login: issuer }).egress).toEqual([
      { host: "login.example.ch", port: 443, reason: "people who sign in to meet" },
    ]);
    await expect(jitsi({ access: { oidc: proxied } })).rejects.toThrow(
      /access: expected a place that its plan names: it names none, got "https:\/\/login[^]*give the plan the same address as `login`/,
    );
  });
});

describe("a Jitsi whose meetings people of a homeserver enter from Element", () => {
  const addresses = ["10.20.0.10", "10.20.0.11"];
  const matrix = {
    serverName: "example.ch",
    domain: "chat.example.ch",
    peer: { name: "gateways", ranges: addresses.map((address) => `${address}/32`) },
    port: 443,
    addresses,
  };

  test("asks that homeserver at its own name, through the gateways inside the network", async () => {
    const made = await jitsi({
      access: { accounts: ["duty-officer"], matrix: { ...matrix, ca: "authority of the chat" } },
    });
    expect(env(made, "meet-access")).toMatchObject({
      ACCESS_MATRIX_SERVER: "example.ch",
      ACCESS_MATRIX_URL: "https://chat.example.ch",
      ACCESS_MATRIX_MODERATES: "false",
      ACCESS_MATRIX_CA: "/access-trust/chat.crt",
    });
    expect(pods(made, "meet-access").template.spec.hostAliases).toEqual(
      addresses.map((ip) => ({ ip, hostnames: ["chat.example.ch"] })),
    );
    expect(JSON.stringify(waysOut(made))).toContain('"cidr":"10.20.0.11/32"');
    expect(secret(made, "meet-access-trust")).toEqual({ "chat.crt": "authority of the chat" });
  });

  test("knows no homeserver that it was not given, and asks none", async () => {
    const made = await jitsi({ access: { accounts: ["duty-officer"] } });
    expect(Object.keys(env(made, "meet-access")).filter((name) => name.includes("MATRIX"))).toEqual([]);
  });

  test.each([
    ["everybody who signs in moderates", {}, "true"],
    ["a claim makes moderators", { moderators: { claim: "groups", value: "chairs" } }, "false"],
  ])("where %s, that holds for them, too", async (_, more, moderates) => {
    const made = await jitsi({ access: { oidc, ...more, matrix } });
    expect(env(made, "meet-access")["ACCESS_MATRIX_MODERATES"]).toBe(moderates);
  });
});

describe("a Jitsi refuses", () => {
  test.each<[string, unknown, RegExp]>([
    ["no way in", {}, /access: expected either accounts or oidc, got nothing; give \{ accounts/],
    ["two ways in", { accounts: ["a"], oidc }, /access: expected either accounts or oidc, got "both"/],
    ["a way in that is a word", "accounts", /access: expected accounts or an identity service, got "accounts"/],
    [
      "a misspelt one",
      { account: ["a"] },
      /access: expected accounts, oidc, moderators, guests and matrix, got "account"/,
    ],
    [
      "moderators among accounts",
      { accounts: ["a"], moderators: {} },
      /access: expected no moderators beside accounts/,
    ],
    ["guests anywhere", { accounts: ["a"], guests: "inside" }, /access: guests: expected a place for guests/],
    [
      "a client without a secret",
      { oidc: { ...oidc, clientSecret: undefined } },
      /access: oidc: clientSecret: expected a secret/,
    ],
    [
      "an issuer in clear",
      { oidc: { ...oidc, issuer: "http://login.example.ch" } },
      /access: oidc: issuer: expected an HTTPS URL/,
    ],
    [
      "a claim without a value",
      { oidc, moderators: { claim: "groups" } },
      /access: moderators: value: expected the value of a claim/,
    ],
    [
      "a homeserver that is a word",
      { accounts: ["a"], matrix: "chat.example.ch" },
      /matrix: expected a homeserver, got/,
    ],
    [
      "a homeserver without a name, a peer and a port",
      { accounts: ["a"], matrix: { domain: "chat" } },
      /access: matrix: serverName: [^]*access: matrix: domain: [^]*access: matrix: port: [^]*access: matrix: peer: /,
    ],
    [
      "a homeserver with a key that there is not",
      { oidc, matrix: { serverName: "a.ch", url: "https://a.ch" } },
      /matrix: url: expected one of the arguments/,
    ],
    [
      "a claim on two lines",
      { oidc, moderators: { claim: "a\nb", value: "x" } },
      /access: moderators: claim: expected the name/,
    ],
  ])("%s", async (_, access, message) => {
    await expect(jitsi({ access })).rejects.toThrow(message);
  });
});
