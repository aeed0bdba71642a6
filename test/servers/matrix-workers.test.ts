/**
 * A real Synapse with workers and the rendered configuration, router and start script, beside a second homeserver, in a network with no way out: people write to each other
 * end to end, workers do the work, federation is for the servers of the list alone, and nobody else is asked for anything.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { synapsePorts } from "../../components/services/matrix/settings";
import { makeMatrixSdk, matrixSdk } from "../support/programs/matrix-sdk";
import { until } from "../support/programs/background";
import { describeWithSynapse } from "../support/programs/synapse";
import { homeserverPrograms } from "./homeserver";
import { type Client, Homeservers, names, places } from "./matrix-rig";

jest.setTimeout(600_000);

const anna = { sub: "1", preferred_username: "anna", name: "Anna Example" };
const beat = { sub: "2", preferred_username: "beat", name: "Beat Example" };
const clara = { sub: "3", preferred_username: "clara", name: "Clara Example" };

const told = matrixSdk() === undefined && process.env["CI"] !== "true" ? " (matrix-js-sdk is installed first)" : "";

describeWithSynapse([...homeserverPrograms, "haproxy", "ip", "node"], `a homeserver with workers${told}`, () => {
  const servers = new Homeservers();
  const readers = ["reader-a", "reader-b"] as const;
  let people: readonly [Client, Client];
  /** Runs the clients of both people with matrix-js-sdk. */
  const write = (): { readonly room: string; readonly algorithm: string; readonly heard: readonly unknown[] } => {
    const given = { url: `http://${places.router}:8080`, library: makeMatrixSdk(), people };
    const { stdout, stderr } = spawnSync("node", [join(__dirname, "matrix-friends.mjs"), JSON.stringify(given)], {
      encoding: "utf8",
      timeout: 120_000,
    });
    const said = stdout.split("\n").find((line) => line.startsWith('{"room"'));
    if (said === undefined) throw new Error(`expected what people read, got ${(stdout + stderr).slice(-2_000)}`);
    return JSON.parse(said) as ReturnType<typeof write>;
  };
  const sum = async (of: readonly Parameters<Homeservers["answered"]>[0][], servlet: string): Promise<number> =>
    (await Promise.all(of.map((name) => servers.answered(name)))).reduce((all, one) => all + (one[servlet] ?? 0), 0);
  const path = (room: string): string => `/_matrix/client/v3/rooms/${encodeURIComponent(room)}`;
  const roomOf = async (token: string, body: unknown = {}): Promise<string> =>
    String((await servers.ask("POST", "/_matrix/client/v3/createRoom", { token, body })).json["room_id"]);

  beforeAll(async () => {
    await servers.start();
    people = [await servers.signIn(anna), await servers.signIn(beat)];
  });
  afterAll(() => servers.stop());

  it("stands in a network whose routes lead to nobody but a neighbour", () => {
    expect(servers.network.routes().split("\n").length).toBeGreaterThan(0);
    expect(servers.network.routes()).not.toMatch(/default|via/);
  });

  it("two people exchange messages that only their clients can read", () => {
    const { room, algorithm, heard } = write();
    expect(algorithm).toBe("m.megolm.v1.aes-sha2");
    expect(heard).toEqual([
      { read: "good morning", sent: "m.room.encrypted" },
      { read: "good morning to you", sent: "m.room.encrypted" },
    ]);
    const kept = servers.records("chat", `SELECT type, count(*) FROM events WHERE room_id = '${room}' GROUP BY type`);
    expect(kept).toContain("m.room.encrypted|2");
    expect(kept).not.toContain("m.room.message");
    const written = `SELECT count(*) FROM event_json WHERE json LIKE '%good morning%'`;
    expect(servers.records("chat", written)).toBe("0");
  });

  it("readers answered them, and the main process only what readers cannot", async () => {
    const [send, sync, keys] = ["RoomSendEventRestServlet", "SyncRestServlet", "KeyQueryServlet"];
    for (const servlet of [send, sync, keys] as const)
      expect([servlet, await sum(readers, servlet ?? ""), await sum(["main"], servlet ?? "")]).toEqual([
        servlet,
        expect.any(Number),
        0,
      ]);
    for (const servlet of [send, sync, keys] as const) expect(await sum(readers, servlet ?? "")).toBeGreaterThan(0);
    expect(await sum(["main"], "SendToDeviceRestServlet")).toBeGreaterThan(0);
    expect(await sum(["writer"], "ReplicationSendEventsRestServlet")).toBeGreaterThan(0);
  });

  it("a reader answers sliding sync", async () => {
    const before = await sum(readers, "SlidingSyncRestServlet");
    const room = await roomOf(people[0].token);
    const asked = await servers.ask("POST", "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync", {
      token: people[0].token,
      body: { lists: { all: { ranges: [[0, 20]], required_state: [], timeline_limit: 1 } } },
    });
    expect(asked.status).toBe(200);
    expect(Object.keys(asked.json["rooms"] as object)).toContain(room);
    expect((await sum(readers, "SlidingSyncRestServlet")) - before).toBe(1);
  });

  it("a file goes to the worker with the files and comes back from there", async () => {
    const [{ token }] = people;
    const sent = await servers.ask("POST", "/_matrix/media/v3/upload?filename=a.txt", {
      token,
      raw: Buffer.from("it"),
    });
    const media = String(sent.json["content_uri"]).slice("mxc://".length);
    expect((await servers.ask("GET", `/_matrix/client/v1/media/download/${media}`, { token })).text).toBe("it");
    expect((await servers.ask("GET", `/_matrix/client/v1/media/download/${media}`)).status).toBe(401);
    expect(await sum(["media"], "UploadServlet")).toBe(1);
  });

  it("registration is closed, by name and as a guest, at a reader and at the main process", async () => {
    const body = { username: "mallory", password: "p4ssword!" };
    for (const kind of ["user", "guest"])
      for (const address of [places["reader-a"], places.main]) {
        const { status } = await servers.ask("POST", `/_matrix/client/v3/register?kind=${kind}`, {
          ...{ body, address, port: synapsePorts.http },
        });
        expect([kind, address, status]).toEqual([kind, address, 403]);
      }
    const known = servers.records("chat", "SELECT name FROM users ORDER BY 1");
    expect(known.split("\n")).toEqual([people[0].user, people[1].user]);
  });

  it("retention is in force: what is older than a room's policy is shown to nobody", async () => {
    // The plan's days are the most that a room can have. A message cannot be made older here: Synapse notices a changed date by the event's hash.
    const [{ token }] = people;
    const room = await roomOf(token);
    const body = { algorithm: "m.megolm.v1.aes-sha2", ciphertext: "of-old" };
    await servers.ask("PUT", `${path(room)}/send/m.room.encrypted/1`, { token, body });
    const shown = async (): Promise<readonly boolean[]> => {
      const { text } = await servers.ask("GET", `${path(room)}/messages?dir=b&limit=20`, { token });
      return [text.includes("m.room.create"), text.includes("of-old")];
    };
    expect(await shown()).toEqual([true, true]);
    const policy = { token, body: { max_lifetime: 1 } };
    expect((await servers.ask("PUT", `${path(room)}/state/m.room.retention/`, policy)).status).toBe(200);
    await until("the message to be hidden", async () => (await shown()).join() === "true,false", 20);
  });

  describe("without a list of homeservers", () => {
    it("what others ask is not there", async () => {
      for (const asked of ["/_matrix/federation/v1/version", "/_matrix/key/v2/server", "/.well-known/matrix/server"])
        expect([asked, (await servers.askPartner("GET", asked)).status]).toEqual([asked, 404]);
    });

    it("what people want of others is refused, and nobody is asked", async () => {
      const { token } = await servers.signIn(clara, servers.askPartner);
      const questions = servers.network.questions.length;
      const asked = servers.network.asked.length;
      const join = await servers.askPartner(
        "POST",
        `/_matrix/client/v3/join/${encodeURIComponent(`#a:${names.own}`)}`,
        {
          ...{ token, body: {} },
        },
      );
      const profile = await servers.askPartner("GET", `/_matrix/client/v3/profile/@anna:${names.own}`, { token });
      expect([join.status, profile.status].every((status) => status >= 400)).toBe(true);
      expect([servers.network.questions.length, servers.network.asked.length]).toEqual([questions, asked]);
    });
  });

  describe("with a list of homeservers", () => {
    beforeAll(async () => {
      await servers.kill("partner");
      servers.configure("partner", [names.own]);
      await servers.startProcess("partner");
    });

    it("people of the named server come into a room, and what is said there arrives at both", async () => {
      const guest = await servers.signIn(clara, servers.askPartner);
      const [{ token }] = people;
      const room = await roomOf(token, { preset: "private_chat", initial_state: [] });
      const invited = await servers.ask("POST", `${path(room)}/invite`, { token, body: { user_id: guest.user } });
      expect([invited.status, invited.text]).toEqual([200, "{}"]);
      const joined = await servers.askPartner("POST", `${path(room)}/join`, { token: guest.token, body: {} });
      expect([joined.status, joined.json["room_id"]]).toEqual([200, room]);
      const say = async (ask: Homeservers["ask"], by: string, words: string): Promise<void> => {
        const { status } = await ask("PUT", `${path(room)}/send/m.room.encrypted/${words}`, {
          ...{ token: by, body: { algorithm: "m.megolm.v1.aes-sha2", ciphertext: words } },
        });
        expect(status).toBe(200);
      };
      const arrives = (ask: Homeservers["ask"], by: string, words: string): Promise<void> =>
        until(
          `"${words}" to arrive`,
          async () => (await ask("GET", `${path(room)}/messages?dir=b&limit=20`, { token: by })).text.includes(words),
          60,
        );
      const here = servers.ask.bind(servers);
      await say(here, token, "from-here");
      await arrives(servers.askPartner, guest.token, "from-here");
      await say(servers.askPartner, guest.token, "from-there");
      await arrives(here, token, "from-there");
    });

    it("a stranger is refused, in and out, and is not asked for anything", async () => {
      const stranger = "chat.stranger.example.org";
      const signed = `X-Matrix origin="${stranger}",destination="${names.own}",key="ed25519:1",sig="c2ln"`;
      const asked = await servers.ask("PUT", "/_matrix/federation/v1/send/1", {
        headers: { Authorization: signed },
        body: { origin: stranger, origin_server_ts: 1, pdus: [] },
      });
      expect([asked.status, asked.json["errcode"]]).toEqual([403, "M_FORBIDDEN"]);
      const forged = await servers.ask("PUT", "/_matrix/federation/v1/send/1", {
        headers: { Authorization: signed.replace(stranger, names.partner) },
        body: { origin: names.partner, origin_server_ts: 1, pdus: [] },
      });
      expect([forged.status, forged.json["errcode"]]).toEqual([401, "M_UNAUTHORIZED"]);
      const [{ token }] = people;
      const invited = await servers.ask("POST", `${path(await roomOf(token))}/invite`, {
        ...{ token, body: { user_id: `@eve:${stranger}` } },
      });
      expect(invited.status).toBeGreaterThanOrEqual(400);
      const reached = [...servers.network.questions, ...servers.network.asked].join("\n");
      expect(reached).not.toContain(stranger);
    });

    it("the named server was asked, through the gateways' proxy, by the sender alone", () => {
      expect([...new Set(servers.network.asked)].sort()).toEqual([`${names.own}:443`, `${names.partner}:443`]);
      const out = servers
        .attempts()
        .filter(({ address, port }) => address === servers.network.neighbour && port === 3128);
      expect([...new Set(out.map(({ process }) => process))].sort()).toEqual(["partner", "sender"]);
    });
  });

  it.each([
    ["a reader", "reader-a", "3"],
    ["the main process", "main", "4"],
  ] as const)("people go on reading and writing while %s is lost", async (_, lost, sub) => {
    // A person of its own each time: messages are limited to ten at once, and each that is refused meanwhile counts.
    const { token } = await servers.signIn({ sub, preferred_username: `guest-${sub}`, name: `Guest ${sub}` });
    const room = await roomOf(token);
    const say = async (words: string): Promise<number> =>
      (
        await servers.ask("PUT", `${path(room)}/send/m.room.encrypted/${words}`, {
          ...{ token, body: { algorithm: "m.megolm.v1.aes-sha2", ciphertext: words } },
        })
      ).status;
    await servers.kill(lost);
    await until(`an answer without ${lost}`, async () => (await say("first")) === 200, 30);
    for (const words of ["second", "third", "fourth"]) expect([words, await say(words)]).toEqual([words, 200]);
    const { status, text } = await servers.ask("GET", "/_matrix/client/v3/sync?timeout=0", { token });
    expect([status, status === 200 ? "" : text]).toEqual([200, ""]);
    expect(text).toContain("fourth");
    await servers.startProcess(lost);
  });

  it("no process tried to reach anybody but the others, its data, the provider and the proxy, and none asked for a name", () => {
    const known = new Set<string>([...Object.values(places), servers.network.neighbour, "127.0.0.1", "::1"]);
    const attempts = servers.attempts();
    const processes = new Set(attempts.map((one) => one.process));
    expect([...processes].sort()).toEqual(
      ["main", "media", "partner", "reader-a", "reader-b", "sender", "writer"].sort(),
    );
    // Port 0 asks the kernel which address it would take (getaddrinfo), and sends nothing.
    const real = attempts.filter(({ port }) => port !== 0 && port !== 53);
    expect(real.filter(({ address }) => !known.has(address))).toEqual([]);
    // The server of metrics asks for the name of its own address, which a pod has in its hosts file.
    expect(servers.network.questions.filter((name) => !/^[\d.]+\.in-addr\.arpa$/.test(name))).toEqual([]);
    const provider = Number(new URL(servers.provider.issuer).port);
    const toProvider = real.filter(({ port }) => port === provider).map((one) => one.process);
    expect([...new Set(toProvider)].sort()).toEqual(["main", "partner"]);
    const counts = [...processes].map((name) => `${name} ${real.filter((one) => one.process === name).length}`);
    process.stderr.write(`connections: ${counts.join(", ")}; to others: 0; names asked for: 0\n`);
  });
});
