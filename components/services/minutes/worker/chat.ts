import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { type Answer, ask, json } from "./http";
import { type Notice, noticeId } from "./notices";
import { Odd } from "./problems";

export interface ChatSettings {
  /** Address of the homeserver, without a final slash. */
  readonly url: string;
  /** End of everybody's name. */
  readonly serverName: string;
  /** Access token of the account that tells people. */
  readonly token: string;
}

const server = "chat";

const roomShape = z.object({ room_id: z.string().check(z.minLength(1)) });
const devicesShape = z.object({ device_keys: z.record(z.string(), z.record(z.string(), z.unknown())) });
const errorShape = z.object({ errcode: z.string() });

/**
 * Messages by Matrix, in a room of the account's and one person's. The room has an address that is made of the person's name, so that there is one however often it is
 * made; a message has an identifier of its own, so that a homeserver that took it already does not take it again.
 *
 * The account has no keys, so a notice is not encrypted from end to end, and clients say so beside it where the homeserver makes every room an encrypted one (seen with
 * Synapse 1.163.2, which lets nobody make another). It holds the meeting's title and an address of the hub, and nothing that was said.
 *
 * | claim | file of element-hq/synapse | revision |
 * |---|---|---|
 * | `POST /_matrix/client/v3/createRoom`; 400 with `M_ROOM_IN_USE` for an address that is taken | synapse/handlers/room.py, create_room | 1.163.2 |
 * | `PUT /rooms/<id>/send/<type>/<transaction>` is done once for a transaction | synapse/rest/client/room.py, RoomSendEventRestServlet; transactions.py | 1.163.2 |
 * | `POST /keys/query` names every device with keys of a person of the homeserver, and none for nobody; profiles can be shut to who shares no room | synapse/handlers/e2e_keys.py, query_local_devices; profile.py, check_profile_query_allowed | 1.163.2 |
 * | an invitation of who is there already: 403 | synapse/event_auth.py, _is_membership_change_allowed | 1.163.2 |
 */
export class Chat {
  constructor(private readonly settings: ChatSettings) {}

  /**
   * Tells a person: `to` is the name by which the person signs in, with which the name in the chat begins.
   *
   * @returns false for who never used a client there: nothing was sent.
   * @throws Away, Odd as `ask`.
   */
  async send(notice: Notice): Promise<boolean> {
    const person = `@${localpart(notice.to)}:${this.settings.serverName}`;
    if (!(await this.uses(person))) return false;
    const room = await this.room(person);
    await this.ask("PUT", `/rooms/${encodeURIComponent(room)}/send/m.room.message/${noticeId(notice)}`, {
      body: { msgtype: "m.text", body: `${notice.subject}\n${notice.text}` },
    });
    return true;
  }

  /** True for who has a client: each tells its keys when it is first used. */
  private async uses(person: string): Promise<boolean> {
    const answer = await this.ask("POST", "/keys/query", { body: { device_keys: { [person]: [] } } });
    const read = devicesShape.safeParse(json(server, answer));
    if (!read.success) throw new Odd(server, "an answer without devices");
    return Object.keys(read.data.device_keys[person] ?? {}).length > 0;
  }

  /** The room of the account's and a person's, which the person is in or invited to. */
  private async room(person: string): Promise<string> {
    const name = `minutes-${createHash("sha256").update(person).digest("hex").slice(0, 20)}`;
    const made = await this.ask("POST", "/createRoom", {
      expected: [400],
      body: {
        preset: "private_chat",
        is_direct: true,
        name: "Minutes",
        room_alias_name: name,
        invite: [person],
      },
    });
    if (made.status !== 400) return roomOf(made);
    const error = errorShape.safeParse(json(server, made));
    if (!error.success || error.data.errcode !== "M_ROOM_IN_USE") throw new Odd(server, "no room for a person");
    const alias = encodeURIComponent(`#${name}:${this.settings.serverName}`);
    const room = roomOf(await this.ask("GET", `/directory/room/${alias}`));
    // Who left it is asked in again; 403 is for who is there.
    await this.ask("POST", `/rooms/${encodeURIComponent(room)}/invite`, { expected: [403], body: { user_id: person } });
    return room;
  }

  private ask(
    method: string,
    path: string,
    { expected = [], body }: { readonly expected?: readonly number[]; readonly body?: object } = {},
  ): Promise<Answer> {
    const { url, token } = this.settings;
    return ask(`${url}/_matrix/client/v3${path}`, {
      server,
      seconds: 30,
      mostBytes: 1_048_576,
      expected,
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

/** @throws Odd for an answer without a room. */
function roomOf(answer: Answer): string {
  const read = roomShape.safeParse(json(server, answer));
  if (!read.success) throw new Odd(server, "an answer without a room");
  return read.data.room_id;
}

/** A name as Synapse makes a localpart of it: ASCII in lower case, other signs and a first underscore as their bytes (synapse/types/__init__.py, map_username_to_mxid_localpart, 1.163.2). */
export const localpart = (name: string): string =>
  [...Buffer.from(name.replace(/[A-Z]/g, (sign) => sign.toLowerCase()))]
    .map((byte, i) => {
      const sign = String.fromCharCode(byte);
      return /[a-z0-9._/+-]/.test(sign) && !(i === 0 && sign === "_") ? sign : `=${byte.toString(16).padStart(2, "0")}`;
    })
    .join("");
