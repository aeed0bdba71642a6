/** Notices of the minutes worker by Matrix, told to a real Synapse with the rendered configuration. */
import { Chat } from "../../components/services/minutes/worker/chat";
import { Away } from "../../components/services/minutes/worker/problems";
import { synapsePorts } from "../../components/services/matrix/settings";
import { describeWithSynapse } from "../support/programs/synapse";
import { Homeserver, homeserverPrograms } from "./homeserver";

jest.setTimeout(240_000);

interface Event {
  readonly type: string;
  readonly sender: string;
  readonly content: Readonly<Record<string, unknown>>;
}

describeWithSynapse(homeserverPrograms, "notices by Matrix", () => {
  const server = new Homeserver();
  let [keeper, anna, chat] = ["", "", new Chat({ url: "", serverName: "", token: "" })];
  const notice = { meeting: "m1", to: "Anna", subject: "Weekly", text: "https://hub.example.ch/apps/files/" };

  beforeAll(async () => {
    await server.start();
    keeper = await server.login({ sub: "9", preferred_username: "minutes", name: "Minutes" });
    anna = await server.login({ sub: "1", preferred_username: "anna", name: "Anna Example" });
    await usesClient("anna", anna);
    await server.login({ sub: "2", preferred_username: "beat", name: "Beat Example" });
    chat = new Chat({
      url: `http://${server.address}:${synapsePorts.http}`,
      serverName: server.domain,
      token: keeper,
    });
  });
  afterAll(() => server.stop());

  /** Tells the keys of a person's device, as a client does when it is first used. The homeserver does not look into them. */
  const usesClient = async (name: string, token: string): Promise<void> => {
    const { device_id: device } = await get("/account/whoami", token);
    const user = `@${name}:${server.domain}`;
    const keys = { [`ed25519:${String(device)}`]: "a key", [`curve25519:${String(device)}`]: "another key" };
    const body = { device_keys: { user_id: user, device_id: device, algorithms: [], keys, signatures: {} } };
    const { status } = await server.ask("POST", "/_matrix/client/v3/keys/upload", { token, body });
    expect(status).toBe(200);
  };

  const get = async (path: string, token: string): Promise<Readonly<Record<string, unknown>>> =>
    (await server.ask("GET", `/_matrix/client/v3${path}`, { token })).json;
  const invitations = async (): Promise<readonly string[]> => {
    const { rooms } = (await get("/sync?timeout=0", anna)) as {
      readonly rooms?: { readonly invite?: Readonly<Record<string, unknown>> };
    };
    return Object.keys(rooms?.invite ?? {});
  };
  const room = async (): Promise<string> => ((await get("/joined_rooms", keeper))["joined_rooms"] as string[])[0] ?? "";
  const messages = async (token: string): Promise<readonly string[]> => {
    const { chunk } = (await get(`/rooms/${encodeURIComponent(await room())}/messages?dir=b&limit=100`, token)) as {
      readonly chunk?: readonly Event[];
    };
    return (chunk ?? [])
      .filter(({ type }) => type === "m.room.message")
      .map(({ sender, content }) => `${sender} ${String(content["body"])}`);
  };

  it("invite a person into a room of both, where the notice is there for who joins later", async () => {
    expect(await chat.send(notice)).toBe(true);
    expect(await invitations()).toEqual([await room()]);
    await server.ask("POST", `/_matrix/client/v3/rooms/${encodeURIComponent(await room())}/join`, {
      token: anna,
      body: {},
    });
    expect(await messages(anna)).toEqual([`@minutes:${server.domain} Weekly\nhttps://hub.example.ch/apps/files/`]);
  });

  it("told again after a death are not there twice, and the next meeting's are in the same room", async () => {
    expect(await chat.send(notice)).toBe(true);
    expect(await chat.send({ ...notice, meeting: "m2", subject: "Monthly" })).toBe(true);
    expect((await messages(anna)).map((text) => text.split("\n")[0])).toEqual([
      `@minutes:${server.domain} Monthly`,
      `@minutes:${server.domain} Weekly`,
    ]);
    expect((await get("/joined_rooms", keeper))["joined_rooms"]).toHaveLength(1);
  });

  it("ask a person in again who left", async () => {
    await server.ask("POST", `/_matrix/client/v3/rooms/${encodeURIComponent(await room())}/leave`, {
      token: anna,
      body: {},
    });
    expect(await chat.send({ ...notice, meeting: "m3" })).toBe(true);
    expect(await invitations()).toEqual([await room()]);
  });

  it("say so where a person has no account, or never used it, and make no room", async () => {
    expect(await chat.send({ ...notice, to: "nobody" })).toBe(false);
    expect(await chat.send({ ...notice, to: "beat" })).toBe(false);
    expect((await get("/joined_rooms", keeper))["joined_rooms"]).toHaveLength(1);
  });

  it("wait where the account is not let in", async () => {
    const url = `http://${server.address}:${synapsePorts.http}`;
    const stranger = new Chat({ url, serverName: server.domain, token: "a stranger's" });
    await expect(stranger.send(notice)).rejects.toBeInstanceOf(Away);
  });
});
