import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { scripts } from "../../components/services/openvidu/files";
import { livekit, type LiveKitSettings, relaysOf } from "../../components/services/openvidu/livekit";
import { type MediaPorts, secretFiles, trustFiles } from "../../components/services/openvidu/settings";
import { certificateFor } from "../support/certificates";
import { type Background, background, freePorts, until } from "../support/programs/background";
import { installed, program } from "../support/programs/programs";
import { type Heard, type WebSocketClient, webSocket } from "./web-socket";

/** An address of this machine that is not loopback, on which media can be: browsers and servers leave loopback out. */
export const ownAddress = (): string => {
  const found = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === "IPv4" && !one.internal)?.address;
  if (found === undefined)
    throw new Error("expected an IPv4 address that is not loopback, got none; give this machine one");
  return found;
};

/** Ports for a media server that nothing else has. */
export async function mediaPortsFree(): Promise<MediaPorts> {
  const [api = 0, tcp = 0, udp = 0] = await freePorts(3);
  return { api, tcp, udp: [udp, udp + 1] };
}

const tls = certificateFor(["localhost"]);

/** The cache of media servers: Redis, with TLS and a password. */
export async function startCache(
  folder: string,
  samePort?: number,
): Promise<Deployed["cache"] & { readonly program: Background; readonly port: number }> {
  const place = join(folder, "redis");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "tls.crt"), tls.certificate);
  writeFileSync(join(place, "tls.key"), tls.privateKey);
  const port = samePort ?? (await freePorts(1))[0] ?? 0;
  const program = background(
    installed("redis-server") ?? "",
    [
      ...["--port", "0", "--tls-port", `${port}`, "--bind", "127.0.0.1", "--requirepass", "password", "--save", ""],
      ...["--tls-cert-file", "tls.crt", "--tls-key-file", "tls.key", "--tls-auth-clients", "no"],
    ],
    place,
  );
  return { program, port, address: `localhost:${port}`, password: "password", authority: tls.certificate };
}

/** Everything that media servers of one deployment share. */
export interface Deployed {
  readonly folder: string;
  readonly relays: readonly string[];
  /** API keys by identifier. */
  readonly keys: Readonly<Record<string, string>>;
  readonly relaySecret: string;
  /** Cache: address, password and the authority that it is verified against. */
  readonly cache: { readonly address: string; readonly password: string; readonly authority: string };
}

/** A media server as it runs in a pod: by its script, on an address of its own. */
export class MediaServer {
  private running: Background | undefined;
  /** Its name among the servers, once it has started; every start gives another one. */
  node = "";

  constructor(
    private readonly deployed: Deployed,
    /** Address of the API. */
    readonly address: string,
    private readonly settings: Partial<LiveKitSettings> & Required<Pick<LiveKitSettings, "ports">>,
    /** Change of the configuration. */
    private readonly changed: (text: string) => string = (text) => text,
  ) {}

  get url(): string {
    return `http://${this.address}:${this.settings.ports.api}`;
  }

  /** Folder of this server's files. */
  get folder(): string {
    return join(this.deployed.folder, this.address);
  }

  /** Variables of the pod. */
  get environment(): Readonly<Record<string, string>> {
    return {
      NODE_NAME: "host-1",
      HOST_ADDRESS: this.address,
      ADDRESSES: join(this.folder, "addresses"),
      MEDIA_DIRECTORY: join(this.folder, "run"),
      MEDIA_CONFIGURATION: this.folder,
      MEDIA_PORT: `${this.settings.ports.api}`,
      REDIS_HOST: this.deployed.cache.address,
      REDIS_PASSWORD: this.deployed.cache.password,
    };
  }

  /** Writes its files and starts it, without waiting for it. */
  async begin(): Promise<Background> {
    const folders = { secrets: join(this.folder, "secrets"), trust: join(this.folder, "trust") };
    for (const name of ["addresses", "run", "secrets", "trust", "scripts", "relays"])
      mkdirSync(join(this.folder, name), { recursive: true });
    const { keys, relaySecret, cache, relays } = this.deployed;
    const files: Readonly<Record<string, string>> = {
      "addresses/host-1": ownAddress(),
      "livekit.yaml": this.changed(livekit({ relays, participantsPerHost: 100, folders, ...this.settings })),
      "relays/host-1.yaml": relaysOf(relays, 0, folders),
      [`secrets/${secretFiles.keys}`]: JSON.stringify(keys),
      [`secrets/${secretFiles.relay}`]: relaySecret,
      [`trust/${trustFiles.cache}`]: cache.authority,
      ...Object.fromEntries(Object.entries(scripts.media).map(([name, text]) => [`scripts/${name}`, text])),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text, { mode: 0o640 });
    const variables = Object.entries({ ...this.environment, MEDIA_PROGRAM: await program("livekit-server") });
    this.running = background(
      installed("env") ?? "",
      [
        ...variables.map(([key, value]) => `${key}=${value}`),
        ...["sh", "-c", 'echo $$ >pid && exec sh "$0"', join(this.folder, "scripts/start-media.sh")],
      ],
      this.folder,
    );
    return this.running;
  }

  async start(): Promise<void> {
    const started = await this.begin();
    await until(
      "a media server that answers",
      async () => {
        started.mustRun();
        return this.healthy();
      },
      30,
    );
    this.node = /"nodeID": ?"(ND_\w+)"/.exec(started.log())?.[1] ?? "";
  }

  /** Asks it to end, as the kubelet does. */
  ask(): void {
    process.kill(Number(readFileSync(join(this.folder, "pid"), "utf8")), "SIGTERM");
  }

  /** False once it has ended. */
  runs(): boolean {
    try {
      this.running?.mustRun();
      return true;
    } catch {
      return false;
    }
  }

  healthy(): Promise<boolean> {
    return fetch(this.url).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  log(): string {
    return this.running?.log() ?? "";
  }

  /** Ends it as a lost host does. */
  async kill(): Promise<void> {
    await this.running?.stop();
  }

  /** Joins as a browser does, with the token that it was given. @throws Error with the status of a refusal. */
  async join(ticket: string): Promise<Joined> {
    const query = new URLSearchParams({ access_token: ticket, protocol: "15", sdk: "js", version: "2.0.0" });
    const socket = await webSocket(`${this.url}/rtc?${query.toString()}`);
    return joined(await socket.hear(), socket);
  }
}

/** An ICE server that a browser is given. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username: string;
  readonly credential: string;
}

/** A browser's connection to a media server. */
export interface Joined {
  readonly iceServers: readonly IceServer[];
  /** Server that has the room. */
  readonly node: string;
  readonly socket: WebSocketClient;
}

/** Reads the first message: `SignalResponse.join` (1), with `ice_servers` (5) and `server_info` (12) of `JoinResponse` in livekit/protocol, livekit_rtc.proto. */
function joined({ data }: Heard, socket: WebSocketClient): Joined {
  const [join] = parts(data, 1);
  if (join === undefined) throw new Error(`expected an answer to joining, got ${data.toString("hex")}`);
  const texts = (message: Buffer, field: number): readonly string[] =>
    parts(message, field).map((part) => part.toString());
  return {
    socket,
    node: parts(join, 12).flatMap((info) => texts(info, 5))[0] ?? "",
    iceServers: parts(join, 5).map((server) => ({
      urls: texts(server, 1),
      username: texts(server, 2)[0] ?? "",
      credential: texts(server, 3)[0] ?? "",
    })),
  };
}

/** Every value of a field of a message in Protocol Buffers that has a length: texts and messages. */
function parts(message: Buffer, field: number): readonly Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const number = (): number => {
    let [value, shift] = [0, 1];
    for (;;) {
      const byte = message.readUInt8(at++);
      value += (byte & 127) * shift;
      shift *= 128;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = number();
    const kind = tag % 8;
    if (kind === 0) number();
    else if (kind === 1) at += 8;
    else if (kind === 5) at += 4;
    else {
      const length = number();
      if ((tag - kind) / 8 === field) found.push(message.subarray(at, at + length));
      at += length;
    }
  }
  return found;
}
