import { createHash, createHmac, randomUUID, timingSafeEqual } from "node:crypto";

/** Access of a portal's back end to rooms: what `openvidu.portals.citizens` holds, with the secret as text. */
export interface Access {
  /** Address of the API: `https://rooms.example.ch`. */
  readonly url: string;
  /** Address for browsers: `wss://rooms.example.ch`. */
  readonly webSocketUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** Ticket of one person for one room: the page gives both to LiveKit's client. */
export interface Ticket {
  readonly webSocketUrl: string;
  readonly token: string;
}

/** Grants of a token: `VideoGrant` of livekit/protocol, auth/grants.go. */
export interface Grants {
  readonly roomCreate?: boolean;
  readonly roomList?: boolean;
  readonly roomAdmin?: boolean;
  readonly roomRecord?: boolean;
  readonly roomJoin?: boolean;
  readonly room?: string;
  readonly canPublish?: boolean;
  readonly canSubscribe?: boolean;
  readonly canPublishData?: boolean;
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token (JSON Web Token, HMAC with SHA-256) for what the grants say. */
export function token(
  { apiKey, apiSecret }: Pick<Access, "apiKey" | "apiSecret">,
  grants: Grants,
  { identity = "", seconds = 600 }: { readonly identity?: string; readonly seconds?: number } = {},
): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: apiKey, sub: identity, jti: randomUUID(), nbf: now - 10, exp: now + seconds, video: grants };
  const signed = `${encoded({ alg: "HS256", typ: "JWT" })}.${encoded(claims)}`;
  return `${signed}.${createHmac("sha256", apiSecret).update(signed).digest("base64url")}`;
}

/**
 * Rooms of a citizens' portal: its back end opens a room for each appointment, and lets the clerk and the citizen in, whom it knows from its own login. Browsers never see
 * the key.
 */
export class Rooms {
  constructor(private readonly access: Access) {}

  /** Opens the room of an appointment, which ends when nobody has come for a quarter of an hour, or one minute after the last has left. */
  async open(appointment: string, { people = 2 }: { readonly people?: number } = {}): Promise<void> {
    await this.ask(
      "RoomService/CreateRoom",
      { roomCreate: true },
      {
        name: appointment,
        max_participants: people,
        empty_timeout: 900,
        departure_timeout: 60,
      },
    );
  }

  /** Names of the rooms that there are. */
  async list(): Promise<readonly string[]> {
    const { rooms = [] } = await this.ask<{ readonly rooms?: readonly { readonly name: string }[] }>(
      "RoomService/ListRooms",
      { roomList: true },
      {},
    );
    return rooms.map(({ name }) => name);
  }

  /** Ends the room for everybody. */
  async close(appointment: string): Promise<void> {
    await this.ask("RoomService/DeleteRoom", { roomCreate: true }, { room: appointment });
  }

  /**
   * Starts to record everybody in the room, where the deployment has recorders, and returns the recording's identifier. Its MP4 is in the bucket some minutes after its end.
   * Who is recorded has to know and to agree beforehand: that is the page's part.
   */
  async record(appointment: string): Promise<string> {
    const file = { file_type: "MP4", filepath: "{room_name}/{time}.mp4" };
    const { egress_id: recording } = await this.ask<{ readonly egress_id: string }>(
      "Egress/StartRoomCompositeEgress",
      { roomRecord: true },
      { room_name: appointment, layout: "speaker", file_outputs: [file] },
    );
    return recording;
  }

  /** Ends a recording before the room ends. */
  async stopRecording(recording: string): Promise<void> {
    await this.ask("Egress/StopEgress", { roomRecord: true }, { egress_id: recording });
  }

  /** The ticket of a person, with which that person alone gets into that room alone. Valid for joining within ten minutes. */
  ticket(appointment: string, person: string): Ticket {
    const grants = { roomJoin: true, room: appointment, canPublish: true, canSubscribe: true, canPublishData: true };
    return { webSocketUrl: this.access.webSocketUrl, token: token(this.access, grants, { identity: person }) };
  }

  /** One call of the API (livekit/protocol, livekit_room.proto and livekit_egress.proto). @throws Error with the status and the text of a refusal. */
  private async ask<T = unknown>(method: string, grants: Grants, body: unknown): Promise<T> {
    const answer = await fetch(`${this.access.url}/twirp/livekit.${method}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token(this.access, grants, { seconds: 60 })}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`expected ${method} to be answered, got ${answer.status}: ${text}`);
    return JSON.parse(text) as T;
  }
}

/**
 * True if a message about rooms is from this deployment: its token is signed with the portal's key and holds the digest of the message (livekit/protocol,
 * webhook/verifier.go).
 */
export function isFromRooms(
  { apiKey, apiSecret }: Pick<Access, "apiKey" | "apiSecret">,
  body: string,
  authorization: string,
): boolean {
  const [head = "", claims = "", signature = ""] = authorization.split(".");
  const expected = createHmac("sha256", apiSecret).update(`${head}.${claims}`).digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const {
    iss,
    exp = 0,
    sha256,
  } = JSON.parse(Buffer.from(claims, "base64url").toString()) as {
    readonly iss?: string;
    readonly exp?: number;
    readonly sha256?: string;
  };
  return iss === apiKey && exp * 1_000 > Date.now() && sha256 === createHash("sha256").update(body).digest("base64");
}
