// Runs in the chat's page: what somebody sees of a client, and what they do in it. The library stands in the page as `matrix`; nothing of it runs on other pages.
addEventListener("DOMContentLoaded", () => {
  if (window.matrix !== undefined) window.day = begin(window.matrix);
});

function begin(sdk) {
  const shown = (words) => {
    document.querySelector("h1").textContent = words;
  };
  const line = (words) => {
    const one = document.createElement("p");
    one.textContent = words;
    document.body.append(one);
  };
  let client;
  let home = "";
  let over = false;

  const door = (address) => {
    const link = document.createElement("a");
    link.id = "sign-in";
    link.textContent = "Sign in";
    // As Element's own button: the provider by its name, and back to this page (matrix-js-sdk, getSsoLoginUrl).
    link.href = sdk.createClient({ baseUrl: address }).getSsoLoginUrl(`${location.origin}/`, "sso", "oidc-login");
    document.body.append(link);
  };

  /** The end of a session as the homeserver tells it. */
  const ended = (address) => {
    if (over) return;
    over = true;
    client.stopClient();
    localStorage.clear();
    void client.clearStores();
    shown("signed out");
    door(address);
  };

  /** A message that could be read, and the type under which it came. */
  const look = (event) => {
    if (event.getType() === "m.room.message" && !event.isDecryptionFailure() && event.event.event_id?.startsWith("$"))
      line(`${event.getSender()}: ${event.getContent().body} (${event.getWireType()})`);
  };

  const start = async (address, { user, token, device }) => {
    client = sdk.createClient({ baseUrl: address, userId: user, accessToken: token, deviceId: device });
    client.on(sdk.HttpApiEvent.SessionLoggedOut, () => ended(address));
    await client.initRustCrypto();
    client.on(sdk.MatrixEventEvent.Decrypted, look);
    client.on(sdk.RoomEvent.Timeline, (event) => event.isEncrypted() || look(event));
    const caughtUp = new Promise((resolve) => {
      client.on(sdk.ClientEvent.Sync, (state) => state === "PREPARED" && resolve());
    });
    await client.startClient({ initialSyncLimit: 20 });
    await caughtUp;
    shown(`signed in as ${user}`);
  };

  const ready = (async () => {
    const config = await (await fetch("/config.json")).json();
    const address = config.default_server_config["m.homeserver"].base_url;
    home = address;
    const token = new URLSearchParams(location.search).get("loginToken");
    if (token !== null) {
      const said = await sdk.createClient({ baseUrl: address }).loginRequest({ type: "m.login.token", token });
      const session = { user: said.user_id, token: said.access_token, device: said.device_id };
      localStorage.setItem("session", JSON.stringify(session));
      history.replaceState(undefined, "", "/");
    }
    const kept = localStorage.getItem("session");
    if (kept === null) {
      shown("signed out");
      door(address);
    } else await start(address, JSON.parse(kept));
  })();
  ready.catch((error) => over || shown(`failed: ${error.message}`));

  /** The time at which somebody is in a room, as this client knows it. */
  const joined = (room, user) =>
    new Promise((resolve) => {
      const there = () => client.getRoom(room)?.getMember(user)?.membership === "join" && resolve();
      client.on(sdk.RoomStateEvent.Members, there);
      there();
    });

  /** A ticket for the call of a room, from where the homeserver says that calls are. */
  const ticket = async (room) => {
    const told = await (await fetch(`${home}/.well-known/matrix/client`)).json();
    const [{ livekit_service_url: service }] = told["org.matrix.msc4143.rtc_foci"];
    const openid_token = await client.getOpenIdToken();
    const body = JSON.stringify({ room, openid_token, device_id: client.getDeviceId() });
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(`${service}/sfu/get`, { method: "POST", headers, body });
    return { service, status: answer.status, ...(await answer.json()) };
  };

  const keys = new Set();
  const session = (room) => client.matrixRTC.getRoomSession(client.getRoom(room));

  /** Joins the call of a room as Element Call does: says so in the room, hands out a key for media, and sends a picture. */
  const call = async (room) => {
    const { service, url, jwt } = await ticket(room);
    const own = session(room);
    own.on("encryption_key_changed", (_, __, participant) => keys.add(participant));
    own.joinRoomSession(
      [{ type: "livekit", livekit_service_url: service, livekit_alias: room }],
      { type: "livekit", focus_selection: "oldest_membership" },
      { manageMediaKeys: true, useNewMembershipManager: true, useExperimentalToDeviceTransport: true },
    );
    await window.meeting.join(url, jwt);
    await window.meeting.publish();
  };

  return {
    user: () => client.getUserId(),
    // Everybody may be in a call: as Element makes rooms (matrix-react-sdk 3.114.0 src/createRoom.ts).
    invite: async (user) => {
      const power_level_content_override = { events: { "org.matrix.msc3401.call.member": 0 } };
      const made = await client.createRoom({ preset: "private_chat", invite: [user], power_level_content_override });
      return made.room_id;
    },
    join: (room) => client.joinRoom(room).then(() => undefined),
    joined,
    algorithm: async (room) => (await client.getStateEvent(room, "m.room.encryption", "")).algorithm,
    say: (room, words) => client.sendTextMessage(room, words).then(() => undefined),
    ticket,
    call,
    others: (room) => session(room).memberships.map(({ sender }) => sender),
    keys: () => [...keys],
  };
}
