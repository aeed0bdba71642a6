/** People who come from Element into a Jitsi: the sign-in as its pods run it, and a real Synapse that says who they are. */
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { ReadAccess } from "../../components/services/jitsi/access";
import { certificateFor } from "../support/certificates";
import { describeWithSynapse } from "../support/programs/synapse";
import { Homeserver, homeserverPrograms } from "./homeserver";
import { domain, opened, replica, type Replica, tokenOf } from "./jitsi-access-rig";
import { workFolder } from "./jitsi-rendered";

jest.setTimeout(180_000);

const folder = workFolder();
const room = "EFNEWTKJKNHTCMLGMNUGCVJ2MNUGC5BOMNZGS43JOMXGK6DBNVYGYZJOMNUA";
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** The token that Element's widget puts into the address of a meeting: element-hq/element-web 02170e5 src/vector/jitsi/index.ts, createJWTToken. */
function widget(matrix: unknown, user: unknown = { avatar: "", name: "Anna Example" }): string {
  const claims = { iss: "a", sub: "a", aud: "https://a", room: "*", context: { matrix, user } };
  const text = `${encoded({ alg: "HS256", typ: "JWT" })}.${encoded(claims)}`;
  return `${text}.${createHmac("sha256", "notused").update(text).digest("base64url")}`;
}

describeWithSynapse(homeserverPrograms, "people who come from Element", () => {
  const server = new Homeserver({ identifies: true });
  const tls = certificateFor(["localhost"]);
  const asked: string[] = [];
  let answer: object | undefined;
  let edge: Server;
  let one: Replica;
  let without: Replica;
  let accessToken: string;
  let idToken: string;

  const access: ReadAccess = {
    kind: "accounts",
    accounts: ["duty-officer"],
    guests: "lobby",
    matrix: {
      serverName: server.domain,
      domain: server.domain,
      ca: tls.certificate,
      peer: { name: "gateways", ranges: ["192.0.2.1/32"] },
      port: 443,
    },
  };
  const enters = (replica: Replica, jwt: string | undefined, name = room): Promise<Response> =>
    replica.ask(`/element/${name}${jwt === undefined ? "" : `?jwt=${jwt}`}`);

  beforeAll(async () => {
    await server.start();
    // The edge: TLS for clients, and plain behind it. A test can answer in the homeserver's place.
    edge = createServer({ cert: tls.certificate, key: tls.privateKey }, (incoming, outgoing) => {
      asked.push(incoming.url ?? "");
      if (answer !== undefined) return void outgoing.writeHead(200).end(JSON.stringify(answer));
      const { url: path, method } = incoming;
      const onward = request({ host: server.address, port: 8008, path, method, headers: { host: server.domain } });
      onward.on("response", (back) => back.pipe(outgoing.writeHead(back.statusCode ?? 502)));
      onward.on("error", () => outgoing.destroy());
      incoming.pipe(onward);
    }).listen(0, "127.0.0.1");
    await once(edge, "listening");
    writeFileSync(join(folder(), "chat.crt"), tls.certificate);
    const address = `https://localhost:${(edge.address() as AddressInfo).port}`;
    const env = { ACCESS_MATRIX_URL: address, ACCESS_MATRIX_CA: join(folder(), "chat.crt") };
    one = await replica(folder(), "one", access, { env });
    without = await replica(folder(), "without", { kind: "accounts", accounts: ["duty-officer"], guests: "lobby" });
    accessToken = await server.login({ sub: "1", preferred_username: "anna", name: "Anna Example" });
    const { json } = await server.ask("POST", `/_matrix/client/v3/user/@anna:${server.domain}/openid/request_token`, {
      token: accessToken,
      body: {},
    });
    idToken = String(json["access_token"]);
  });
  beforeEach(() => {
    asked.length = 0;
    answer = undefined;
  });
  afterAll(async () => {
    await Promise.all([one, without].map(({ program }) => program.stop()));
    edge.closeAllConnections();
    edge.close();
    await server.stop();
  });

  test("Element's widget is told how to come in, whatever page it is of", async () => {
    const told = await one.ask("/element/.well-known/element/jitsi");
    expect([told.status, told.headers.get("access-control-allow-origin"), await told.json()]).toEqual([
      200,
      "*",
      { auth: "openidtoken-jwt" },
    ]);
    expect((await without.ask("/element/.well-known/element/jitsi")).status).toBe(404);
    expect((await enters(without, widget({ token: idToken, server_name: server.domain }))).status).toBe(404);
  });

  test("somebody whom the homeserver knows goes on to the meeting with a token of the deployment, and none of theirs", async () => {
    const entered = await enters(one, widget({ token: idToken, room_id: "!a", server_name: server.domain }));
    const location = new URL(entered.headers.get("location") ?? "");
    expect([entered.status, location.origin, location.pathname]).toEqual([
      303,
      `https://${domain}`,
      `/${room.toLowerCase()}`,
    ]);
    expect(opened(tokenOf(entered)).claims).toMatchObject({
      aud: domain,
      room: room.toLowerCase(),
      context: { user: { id: `@anna:${server.domain}`, name: "Anna Example", moderator: false } },
    });
    expect(location.href).not.toContain(idToken);
    expect(one.program.log()).not.toContain(idToken);
    expect(asked).toEqual([`/_matrix/federation/v1/openid/userinfo?access_token=${idToken}`]);
  });

  test.each<[string, () => string | undefined, number]>([
    ["no token", () => undefined, 0],
    ["a token that is none", () => "a.b", 0],
    ["a token that carries nothing", () => widget(undefined), 0],
    ["a token that names another homeserver", () => widget({ token: idToken, server_name: "evil.example" }), 0],
    ["a token that names none", () => widget({ token: idToken }), 0],
    ["a token that the homeserver does not know", () => widget({ token: "guessed", server_name: server.domain }), 1],
    ["the key of a session in a token's place", () => widget({ token: accessToken, server_name: server.domain }), 1],
    ["a token that is a list", () => widget({ token: [idToken], server_name: server.domain }), 0],
  ])("%s is refused, and the homeserver is asked about what could be its own only", async (_, jwt, questions) => {
    const refused = await enters(one, jwt());
    expect([refused.status, refused.headers.get("location"), asked.length]).toEqual([403, null, questions]);
  });

  test.each([
    ["somebody of another homeserver", { sub: "@eve:evil.example" }],
    ["somebody whose name ends like one of this", { sub: "@eve:evil.example:chat.crisis.example.ch" }],
    ["nobody", {}],
    ["something else than a name", { sub: 5 }],
  ])("an answer that names %s lets nobody in", async (_, said) => {
    answer = said;
    expect((await enters(one, widget({ token: idToken, server_name: server.domain }))).status).toBe(403);
    expect(asked).toHaveLength(1);
  });

  test.each(["", "a%2Fb", "%2e%2e", "a/b"])("no meeting is called %p", async (name) => {
    expect((await enters(one, widget({ token: idToken, server_name: server.domain }), name)).status).not.toBe(303);
    expect(asked).toEqual([]);
  });

  test("a source that comes too often waits", async () => {
    answer = { sub: "@eve:evil.example" };
    const statuses = new Set<number>();
    for (let i = 0; i < 601; i += 50) {
      const many = Array.from({ length: 50 }, () =>
        one.ask("/element/a?jwt=x", { headers: { "X-Forwarded-For": "203.0.113.77" } }),
      );
      for (const { status } of await Promise.all(many)) statuses.add(status);
    }
    expect([...statuses].sort()).toEqual([403, 429]);
  });
});
