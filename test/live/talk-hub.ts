/**
 * A hub with Talk as far as its signaling goes, in the place of Nextcloud's web servers: it vouches for people to signaling servers, and tells these what happens in rooms.
 * It follows nextcloud/spreed's lib/Controller/SignalingController.php (023bd07), lib/Config.php (00bb210) and lib/Signaling/BackendNotifier.php (0a4f89c). It refuses
 * more than they do: it knows its rooms and people from the start, a session is for one room alone, and tickets end after a minute.
 *
 * It keeps nothing, so that any of several answers for all: what it gives out carries its own checksum.
 */
import { createHmac, createPrivateKey, createPublicKey, randomBytes, sign, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import type { HubSettings } from "./talk";

type Answer = readonly [status: number, data: unknown];

const { domains, port, secret, tokenKey, passwords, rooms, webAuthority } = JSON.parse(
  readFileSync(process.argv[2] ?? "", "utf8"),
) as HubSettings;
const base = `https://${domains.hub}`;

const hmac = (key: string, text: string): string => createHmac("sha256", key).update(text).digest("hex");
const same = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
/** Key of what a person is given: upstream makes one up for each of them. */
const keyOf = (use: string, user: string): string => hmac(secret, `${use} ${user}`);
const sealed = (key: string, data: string): string => `${data}:${hmac(key, data)}`;
const opened = (key: string, text: string): readonly string[] | undefined => {
  const end = text.lastIndexOf(":");
  const data = text.slice(0, Math.max(end, 0));
  return end > 0 && same(hmac(key, data), text.slice(end + 1)) ? data.split(":") : undefined;
};
const now = (): number => Math.floor(Date.now() / 1_000);

/** getSignalingTicketV1: random, time, person and their checksum. */
const ticket = (user: string): string =>
  sealed(keyOf("ticket", user), `${randomBytes(8).toString("hex")}:${now()}:${user}`);
const isTicket = (user: string, text: string): boolean => {
  const [, time = "", whose] = opened(keyOf("ticket", user), text) ?? [];
  return whose === user && Math.abs(now() - Number(time)) <= 60;
};

/** getSignalingTicketV2: a JWT that signaling servers verify by the key among the capabilities. */
function token(user: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: `${base}/`, iat: now(), exp: now() + 60, sub: user, userdata: { displayname: user } };
  const text = `${part({ typ: "JWT", alg: "ES256" })}.${part(claims)}`;
  const key = { key: createPrivateKey(tokenKey), dsaEncoding: "ieee-p1363" } as const;
  return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
}

const capabilities = {
  version: { string: "34.0.2" },
  capabilities: {
    spreed: {
      features: ["signaling-v3"],
      config: {
        signaling: {
          "hello-v2-token-key": createPublicKey(createPrivateKey(tokenKey)).export({ type: "spki", format: "pem" }),
        },
      },
      version: "24.0.0",
    },
  },
};

/** A session of a person in a room: what their page shows the signaling server when it joins. */
const session = (user: string, room: string): string =>
  sealed(keyOf("session", user), `${user}:${room}:${randomBytes(8).toString("hex")}`);
const sessionOf = (text: string): { readonly user: string; readonly room: string } | undefined => {
  const user = text.split(":")[0] ?? "";
  const [whose, room] = opened(keyOf("session", user), text) ?? [];
  return whose === user && room !== undefined ? { user, room } : undefined;
};

const refusal = (code: string, message: string): Answer => [200, { type: "error", error: { code, message } }];

/** `backend()`: questions of signaling servers. Refusals, too, have the status 200. */
function backend(headers: IncomingHttpHeaders, body: string): Answer {
  const [random, checksum] = ["random", "checksum"].map((name) => String(headers[`spreed-signaling-${name}`] ?? ""));
  if ((random ?? "").length < 32 || !same(hmac(secret, `${random}${body}`), (checksum ?? "").toLowerCase()))
    return refusal("invalid_request", "The request could not be authenticated.");
  const asked = JSON.parse(body) as {
    readonly type: string;
    readonly auth?: { readonly params: { readonly userid: string; readonly ticket: string } };
    readonly room?: { readonly roomid: string; readonly userid: string; readonly sessionid: string };
  };
  if (asked.type === "auth" && asked.auth !== undefined) {
    const { userid, ticket: own } = asked.auth.params;
    if (!(userid in passwords) || !isTicket(userid, own))
      return refusal("invalid_ticket", "The given ticket is not valid for this user.");
    return [200, { type: "auth", auth: { version: "1.0", userid, user: { displayname: userid } } }];
  }
  if (asked.type === "room" && asked.room !== undefined) {
    const { roomid, userid, sessionid } = asked.room;
    const found = sessionOf(sessionid);
    if (found?.user !== userid || found.room !== roomid || rooms[roomid]?.includes(userid) !== true)
      return refusal("no_such_room", "The user is not invited to this room.");
    const permissions = ["publish-audio", "publish-video", "publish-screen"];
    return [
      200,
      { type: "room", room: { version: "1.0", roomid, properties: { name: roomid, type: 2 }, permissions } },
    ];
  }
  if (asked.type === "ping") return [200, { type: "room", room: { version: "1.0" } }];
  return refusal("unknown_type", `The given type ${asked.type} is not supported.`);
}

/** `backendRequest()`: news of a room, for the signaling server that the name leads to. */
function notify(room: string, data: object): Promise<number> {
  const body = JSON.stringify(data);
  const random = randomBytes(32).toString("hex");
  const headers = {
    "content-type": "application/json",
    "spreed-signaling-random": random,
    "spreed-signaling-checksum": hmac(secret, random + body),
    "spreed-signaling-backend": base,
  };
  const options = { method: "POST", headers, ca: readFileSync(webAuthority), agent: false, timeout: 10_000 } as const;
  return new Promise((resolve) => {
    const asked = request(`https://${domains.talk}/api/v1/room/${room}`, options, (answer) =>
      resolve(answer.resume().statusCode ?? 0),
    );
    asked.on("timeout", () => asked.destroy(new Error("no answer")));
    asked.on("error", () => resolve(0));
    asked.end(body);
  });
}

function personOf({ authorization = "" }: IncomingHttpHeaders): string | undefined {
  const [user = "", password = ""] = Buffer.from(authorization.replace(/^Basic /, ""), "base64")
    .toString()
    .split(":");
  const known = passwords[user];
  return known !== undefined && same(known, password) ? user : undefined;
}

/** Answers to people's pages. */
async function page(method: string, path: string, user: string, body: string): Promise<Answer> {
  const [, version, what, room = "", more = ""] =
    /^\/ocs\/v2\.php\/apps\/spreed\/api\/(v\d)\/(signaling\/settings|room|call|chat)(?:\/(\w+))?(\/participants\/active)?$/.exec(
      path,
    ) ?? [];
  const route = `${method} ${version} ${what}${more}`;
  if (route === "GET v3 signaling/settings")
    return [
      200,
      {
        server: `https://${domains.talk}`,
        helloAuthParams: { "1.0": { userid: user, ticket: ticket(user) }, "2.0": { token: token(user) } },
      },
    ];
  if (rooms[room]?.includes(user) !== true) return [404, []];
  if (route === "POST v4 room/participants/active") return [200, { token: room, sessionId: session(user, room) }];
  if (route === "POST v1 chat")
    return [
      (await notify(room, { type: "message", message: { data: { type: "chat", chat: { refresh: true } } } })) === 200
        ? 201
        : 502,
      [],
    ];
  if (route === "POST v4 call") {
    const { sessionId = "", flags = 0 } = JSON.parse(body) as { sessionId?: string; flags?: number };
    const found = sessionOf(sessionId);
    if (found?.user !== user || found.room !== room) return [404, []];
    const changed = [{ inCall: flags, lastPing: now(), sessionId, participantType: 1, userId: user }];
    const told = await notify(room, { type: "incall", incall: { incall: flags, changed, users: changed } });
    return [told === 200 ? 200 : 502, []];
  }
  return [404, []];
}

async function answered(method: string, path: string, headers: IncomingHttpHeaders, body: string): Promise<Answer> {
  if (method === "GET" && path === "/ocs/v2.php/cloud/capabilities") return [200, capabilities];
  if (method === "POST" && path === "/ocs/v2.php/apps/spreed/api/v3/signaling/backend") return backend(headers, body);
  const user = personOf(headers);
  if (user === undefined || headers["ocs-apirequest"] !== "true") return [401, []];
  return page(method, path, user, body);
}

createServer((asked, answer) => {
  const [path = ""] = (asked.url ?? "").split("?");
  let body = "";
  asked.on("data", (part: Buffer) => (body += part.toString()));
  asked.on("end", () => {
    // Of the server itself: the probe, and the page that says where to sign in.
    if (path === "/status.php" || path === "/")
      return void answer.end(JSON.stringify({ installed: true, maintenance: false }));
    answered(asked.method ?? "", path, asked.headers, body).then(
      ([status, data]) =>
        answer
          .writeHead(status, { "content-type": "application/json" })
          .end(
            JSON.stringify({ ocs: { meta: { status: status < 300 ? "ok" : "failure", statuscode: status }, data } }),
          ),
      () => answer.writeHead(400).end(),
    );
  });
}).listen(port);
