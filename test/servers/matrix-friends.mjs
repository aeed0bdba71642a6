/**
 * Two people's clients (matrix-js-sdk), which meet in a new room and write to each other. Argument: JSON with the homeserver's address, the folder of the library, and both
 * people. Prints JSON: the room, how it is encrypted, and what each of them read.
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const { url, library, people } = JSON.parse(process.argv[2]);
const sdk = await import(pathToFileURL(createRequire(`${library}/package.json`).resolve("matrix-js-sdk")).href);
const { logger } = await import(
  pathToFileURL(createRequire(`${library}/package.json`).resolve("matrix-js-sdk/lib/logger.js")).href
);
logger.setLevel("silent");

/** A client that has caught up. */
async function start({ user, token, device }) {
  const client = sdk.createClient({ baseUrl: url, userId: user, accessToken: token, deviceId: device });
  await client.initRustCrypto({ useIndexedDB: false });
  const caughtUp = new Promise((resolve) =>
    client.on(sdk.ClientEvent.Sync, (state) => state === "PREPARED" && resolve()),
  );
  await client.startClient({ initialSyncLimit: 20 });
  await caughtUp;
  return client;
}

/** A message of a client's room that it could decrypt. */
const reads = (client, room, body) =>
  new Promise((resolve) => {
    const look = (event) => {
      const { body: read } = event.getContent();
      if (event.getRoomId() === room && read === body) resolve({ read, sent: event.getWireType() });
    };
    client.on(sdk.MatrixEventEvent.Decrypted, look);
    client.on(sdk.RoomEvent.Timeline, look);
  });

/** The time at which somebody is in a room, as a client knows it. */
const joined = (client, room, user) =>
  new Promise((resolve) => {
    const look = () => client.getRoom(room)?.getMember(user)?.membership === "join" && resolve();
    client.on(sdk.RoomMemberEvent.Membership, look);
    client.on(sdk.RoomStateEvent.Members, look);
    look();
  });

const [anna, beat] = await Promise.all(people.map(start));
const { room_id: room } = await anna.createRoom({ preset: "private_chat", invite: [beat.getUserId()] });
await beat.joinRoom(room);
await Promise.all([joined(anna, room, beat.getUserId()), joined(beat, room, anna.getUserId())]);
const heard = [];
for (const [from, to, body] of [
  [anna, beat, "good morning"],
  [beat, anna, "good morning to you"],
]) {
  const reading = reads(to, room, body);
  await from.sendTextMessage(room, body);
  heard.push(await reading);
}
const { algorithm } = await anna.getStateEvent(room, "m.room.encryption", "");
process.stdout.write(`${JSON.stringify({ room, algorithm, heard })}\n`);
process.exit(0);
