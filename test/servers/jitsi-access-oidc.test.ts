/** The sign-in of a Jitsi at an OpenID Connect provider, a real one of the tests' own. */
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import type { ReadAccess } from "../../components/services/jitsi/access";
import { certificateFor } from "../support/certificates";
import { domain, opened, replica, type Replica, tokenOf, toRoom } from "./jitsi-access-rig";
import { workFolder } from "./jitsi-rendered";
import { type Forge, type Person, type Provider, startProvider } from "./oidc-provider";

const folder = workFolder();

describe("the sign-in at an identity service", () => {
  const person: Person = { sub: "4711", preferred_username: "anna", name: "Anna", groups: ["staff", "chairs"] };
  const tls = certificateFor(["localhost"]);
  const tunnels: string[] = [];
  let honest = true;
  let forge: Forge = (claims, sign) => sign({ alg: "RS256", kid: "1" }, claims);
  let provider: Provider;
  let proxy: Server;
  let one: Replica;
  let two: Replica;
  let unsure: Replica;

  beforeAll(async () => {
    provider = await startProvider({
      tls,
      clientId: "meet",
      clientSecret: "client-secret",
      forge: (claims, sign, publicKey) =>
        honest ? sign({ alg: "RS256", kid: "1" }, claims) : forge(claims, sign, publicKey),
    });
    proxy = createServer().listen(0, "127.0.0.1");
    proxy.on("connect", ({ url = "" }, socket) => {
      tunnels.push(url);
      const upstream = connect(Number(url.split(":").at(-1)), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        upstream.pipe(socket).pipe(upstream);
      });
      for (const end of [upstream, socket]) end.on("error", () => end.destroy());
    });
    await once(proxy, "listening");
    writeFileSync(join(folder(), "ca.crt"), tls.certificate);
    const access: ReadAccess = {
      kind: "oidc",
      guests: "lobby",
      proxied: false,
      moderators: { claim: "groups", value: "chairs" },
      oidc: {
        issuer: provider.issuer,
        clientId: "meet",
        clientSecret: { value: "client-secret", version: "1" },
        ca: tls.certificate,
        peer: { name: "identity", ranges: ["192.0.2.1/32"] },
        port: 443,
      },
    };
    const ca = { ACCESS_OIDC_CA: join(folder(), "ca.crt") };
    const through = { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
    [one, two, unsure] = await Promise.all([
      replica(folder(), "first", access, { env: ca }),
      replica(folder(), "second", access, { env: { ...ca, ...through } }),
      replica(folder(), "unsure", access, { env: { ACCESS_OIDC_CA: "" } }),
    ]);
  }, 90_000);
  afterAll(async () => {
    await Promise.all([one, two, unsure].map(({ program }) => program.stop()));
    proxy.close();
    await provider.stop();
  });
  beforeEach(() => {
    honest = true;
  });

  /** A browser's way: to the provider, and with a code back to a replica. */
  async function back(
    { who = person, from = one, to = one, jar = new Map<string, string>() } = {},
    change: (query: URLSearchParams) => void = () => {},
  ): Promise<Response> {
    const begun = await from.ask(toRoom("board"), { jar });
    const authorization = new URL(begun.headers.get("location") ?? "");
    const query = new URLSearchParams({
      code: provider.code(authorization, who),
      state: authorization.searchParams.get("state") ?? "",
    });
    change(query);
    return to.ask(`/callback?${query.toString()}`, { jar });
  }

  test("asks with PKCE, state and nonce, anew each time", async () => {
    const [first, second] = await Promise.all(
      [1, 2].map(async () => new URL((await one.ask(toRoom("board"))).headers.get("location") ?? "").searchParams),
    );
    expect(Object.fromEntries(first ?? [])).toEqual({
      response_type: "code",
      client_id: "meet",
      redirect_uri: `https://${domain}/_access/callback`,
      scope: "openid profile",
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
    });
    for (const key of ["state", "nonce", "code_challenge"]) expect(first?.get(key)).not.toBe(second?.get(key));
  });

  test("makes moderators by claim, on whatever replica somebody comes back, also through the gateways' proxy", async () => {
    const chair = opened(tokenOf(await back({ from: one, to: two }))).claims;
    expect(chair).toMatchObject({ room: "board", context: { user: { id: "4711", name: "Anna", moderator: true } } });
    const { groups: _, ...plain } = person;
    for (const who of [{ ...person, groups: ["staff"] }, plain, { ...person, groups: ["chairs-of-another"] }])
      expect(opened(tokenOf(await back({ who }))).claims).toMatchObject({ context: { user: { moderator: false } } });
    expect([...new Set(tunnels)]).toEqual([new URL(provider.issuer).host]);
  });

  test("takes a token that an elliptic key signed", async () => {
    honest = false;
    forge = (claims, sign) => sign({ alg: "ES256", kid: "2" }, claims);
    expect((await back()).status).toBe(303);
  });

  const unsigned = (header: object, claims: object): string =>
    [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");

  test.each<[string, Forge, RegExp]>([
    ["without a signature", (claims) => `${unsigned({ alg: "none" }, claims)}.`, /not a signed token/],
    ["with a signature of nothing", (claims) => `${unsigned({ alg: "none", kid: "1" }, claims)}.AA`, /not signed by/],
    [
      "signed with the public key as a shared secret",
      (claims, _, publicKey) => {
        const text = unsigned({ alg: "HS256", kid: "1" }, claims);
        return `${text}.${createHmac("sha256", publicKey).update(text).digest("base64url")}`;
      },
      /not signed by/,
    ],
    [
      "with a key's name under another algorithm",
      (claims, sign) => sign({ alg: "ES256", kid: "1" }, claims),
      /not signed by/,
    ],
    ["with a key that nobody knows", (claims, sign) => sign({ alg: "RS256", kid: "3" }, claims), /not signed by/],
    [
      "that was changed",
      (claims, sign) => {
        const [header, , signature] = sign({ alg: "RS256", kid: "1" }, claims).split(".");
        return [header, Buffer.from(JSON.stringify({ ...claims, sub: "1" })).toString("base64url"), signature].join(
          ".",
        );
      },
      /not signed by/,
    ],
    [
      "for another client",
      (claims, sign) => sign({ alg: "RS256", kid: "1" }, { ...claims, aud: "chat" }),
      /for another client/,
    ],
    [
      "given to another client",
      (claims, sign) => sign({ alg: "RS256", kid: "1" }, { ...claims, aud: ["meet", "chat"], azp: "chat" }),
      /given to another client/,
    ],
    [
      "of another issuer",
      (claims, sign) => sign({ alg: "RS256", kid: "1" }, { ...claims, iss: "https://login.example.org" }),
      /another issuer/,
    ],
    [
      "that has expired",
      (claims, sign) => sign({ alg: "RS256", kid: "1" }, { ...claims, exp: 1_700_000_000 }),
      /expired/,
    ],
    [
      "without an end",
      (claims, sign) => {
        const { exp: _, ...endless } = claims;
        return sign({ alg: "RS256", kid: "1" }, endless);
      },
      /expired/,
    ],
    [
      "with another nonce",
      (claims, sign) => sign({ alg: "RS256", kid: "1" }, { ...claims, nonce: "x" }),
      /another sign-in/,
    ],
    [
      "without a nonce",
      (claims, sign) => {
        const { nonce: _, ...other } = claims;
        return sign({ alg: "RS256", kid: "1" }, other);
      },
      /another sign-in/,
    ],
  ])("refuses an identity token %s", async (_, forged, why) => {
    honest = false;
    forge = forged;
    const jar = new Map<string, string>();
    const response = await back({ jar });
    expect([response.status, response.headers.get("location"), [...jar.keys()]]).toEqual([403, null, []]);
    expect(one.program.log().trim().split("\n").at(-1)).toMatch(why);
  });

  test.each<[string, (query: URLSearchParams) => void]>([
    ["a forged state", (query) => query.set("state", "x".repeat(43))],
    ["no state", (query) => query.delete("state")],
    ["another code", (query) => query.set("code", "x")],
    ["no code", (query) => query.delete("code")],
    ["another provider's name", (query) => query.set("iss", "https://login.example.org")],
    ["the provider's refusal", (query) => query.set("error", "access_denied")],
  ])("refuses %s", async (_, change) => {
    const jar = new Map<string, string>();
    expect([(await back({ jar }, change)).status, [...jar.keys()]]).toEqual([403, []]);
  });

  test("refuses who comes back with what another browser began, and a code twice", async () => {
    const begun = new Map<string, string>();
    await one.ask(toRoom("board"), { jar: begun });
    const query = new URLSearchParams();
    await back({}, (own) => own.forEach((value, key) => query.set(key, value)));
    expect((await one.ask(`/callback?${query.toString()}`, { jar: begun })).status).toBe(403);
    expect((await one.ask(`/callback?${query.toString()}`)).status).toBe(403);
  });

  test("has no form for accounts", async () => {
    expect((await one.ask("/sign-in", { form: { name: "duty-officer", password: "x" } })).status).toBe(404);
  });

  test("says so when the identity service is not the one that it knows", async () => {
    expect((await unsure.ask(toRoom("board"))).status).toBe(502);
    expect(unsure.program.log()).toMatch(/"event":"provider","problem":"[^"]*self-signed certificate/);
  });
});
