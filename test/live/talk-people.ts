/** People of a hub on live nodes: their pages' requests, and their connections to the signaling servers, from outside through a gateway. */
import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { Duplex } from "node:stream";
import { connect } from "node:tls";
import { workloadLabel } from "../../components/kubernetes/peers";
import { webSocket, type WebSocketClient } from "../servers/web-socket";
import type { LiveCluster, Pod } from "./live-cluster";
import { domains, passwords, type Person } from "./talk";

/** A message of a signaling server. */
export interface Said {
  readonly type: string;
  readonly id?: string;
  readonly error?: { readonly code: string };
  readonly hello?: {
    readonly sessionid: string;
    readonly resumeid: string;
    readonly server?: { readonly features?: readonly string[] };
  };
  readonly event?: {
    readonly target: string;
    readonly type: string;
    readonly join?: readonly { readonly userid: string }[];
    readonly message?: { readonly data?: { readonly type?: string } };
  };
  readonly message?: { readonly data: { readonly number?: number } };
}

/** The interface that signaling servers ask the hub by. */
export const entry = `https://${domains.hub}/ocs/v2.php/apps/spreed/api/v3/signaling/backend`;

/** Parameters by which a page says hello, in both versions. */
export interface Tickets {
  readonly "1.0": { readonly userid: string; readonly ticket: string };
  readonly "2.0": { readonly token: string };
}

/** A hub on live nodes. */
export class Hub {
  private authority = "";

  constructor(readonly cluster: LiveCluster) {}

  /** Public addresses of the gateways. */
  get gateways(): readonly string[] {
    return this.cluster.byRole("gateway").flatMap(({ publicAddress }) => publicAddress ?? []);
  }

  /** A request of a person's page: the status and the data. */
  async ask(
    who: Person,
    method: string,
    path: string,
    body: object = {},
    password = passwords[who],
  ): Promise<{ readonly status: number; readonly data: Record<string, unknown> }> {
    const text = await this.cluster.outside
      .running("client")
      .exec([
        ...["curl", "-sS", "--http1.1", "--max-time", "20", "--cacert", "/etc/live/web.pem", "-w", "\n%{http_code}"],
        ...["--resolve", `${domains.hub}:443:${this.cluster.door}`, "-X", method, "-u", `${who}:${password}`],
        ...["-H", "OCS-APIRequest: true", "-H", "content-type: application/json"],
        ...(method === "GET" ? [] : ["-d", JSON.stringify(body)]),
        `https://${domains.hub}/ocs/v2.php/apps/spreed/api/${path}`,
      ]);
    const [, json = "", status] = /^([^]*)\n(\d+)$/.exec(text) ?? [];
    const data = json.startsWith("{") ? (JSON.parse(json) as { ocs: { data: Record<string, unknown> } }).ocs.data : {};
    return { status: Number(status), data };
  }

  async tickets(who: Person): Promise<Tickets> {
    const { status, data } = await this.ask(who, "GET", "v3/signaling/settings");
    if (status !== 200) throw new Error(`expected tickets of ${who}, got ${status}`);
    return data["helloAuthParams"] as Tickets;
  }

  /** A connection of somebody outside to the signaling servers, by one gateway. @throws Error where there is no answer. */
  async connection(gateway = this.cluster.door): Promise<Page> {
    const client = this.cluster.outside.running("client");
    this.authority ||= await client.sh("cat /etc/live/web.pem");
    const words = ["-t", String(client.pid()), "-n", "socat", "STDIO", `TCP:${gateway}:443,connect-timeout=5`];
    const child = spawn("nsenter", words, { stdio: ["pipe", "pipe", "ignore"] });
    const wire = Duplex.from({ readable: child.stdout, writable: child.stdin });
    wire.once("error", () => child.kill());
    const socket = connect({ socket: wire, servername: domains.talk, ca: this.authority });
    socket.once("close", () => child.kill());
    return new Page(await webSocket(`http://${domains.talk}/spreed`, socket));
  }

  /** A page on which a person has said hello. */
  async page(who: Person, gateway?: string): Promise<Page> {
    const [{ "1.0": own }, page] = [await this.tickets(who), await this.connection(gateway)];
    const { hello, error } = await page.hello("1.0", own);
    if (hello === undefined) throw new Error(`expected a session of ${who}, got ${error?.code}`);
    page.session = hello.sessionid;
    page.resume = hello.resumeid;
    return page;
  }

  /** Lets a page into a room, with a session of the hub's. */
  async join(who: Person, page: Page, room = "call"): Promise<string> {
    const { status, data } = await this.ask(who, "POST", `v4/room/${room}/participants/active`);
    if (status !== 200) throw new Error(`expected a session of ${who} in the room, got ${status}`);
    const sessionid = String(data["sessionId"]);
    const { type, error } = await page.join(room, sessionid);
    if (type !== "room") throw new Error(`expected ${who} in the room, got ${error?.code}`);
    return sessionid;
  }

  /** Pods of one of the hub's workloads. */
  async pods(namespace: string, workload: string): Promise<readonly Pod[]> {
    return (await this.cluster.pods([namespace])).filter(({ metadata }) => metadata.labels[workloadLabel] === workload);
  }

  /** Pod of the signaling server that made a session: its log has it. */
  async serverOf(page: Page): Promise<Pod> {
    for (const pod of await this.pods("hub", "hub-signaling")) {
      const log = await this.cluster.kubectl(["logs", "-n", "hub", pod.metadata.name]).catch(() => "");
      if (log.split("\n").some((line) => line.includes("Register ") && line.includes(page.session))) return pod;
    }
    throw new Error(`expected a signaling server that knows the session ${page.session}, got none`);
  }

  /** A page of each person, both in the room, at servers that are not the same. */
  async apart(one: Person, other: Person): Promise<readonly [Page, Page]> {
    const first = await this.page(one);
    const at = await this.serverOf(first);
    const [gateway, ...more] = this.gateways;
    for (const through of [gateway, ...more, gateway, ...more, gateway, ...more]) {
      const second = await this.page(other, through);
      if ((await this.serverOf(second)).metadata.name !== at.metadata.name) {
        await this.join(one, first);
        await this.join(other, second);
        return [first, second];
      }
      second.close();
    }
    throw new Error("expected connections to both signaling servers, got one alone");
  }
}

/** A page with its connection to a signaling server. What it hears is kept until somebody asks for it. */
export class Page {
  session = "";
  resume = "";
  /** Time at which the connection ended, in milliseconds. */
  ended: number | undefined;
  /** Times and numbers of the counted messages that it heard. */
  readonly counted: (readonly [at: number, number: number])[] = [];
  private readonly said: Said[] = [];
  private readonly news = new EventEmitter();
  private counting: NodeJS.Timeout | undefined;

  constructor(private readonly socket: WebSocketClient) {
    void this.listen();
  }

  say = (message: object): void => this.socket.say(JSON.stringify(message));

  /** The next message of a kind. @throws Error with what came instead, or that the connection ended. */
  async hear(wanted: (said: Said) => boolean, seconds = 30): Promise<Said> {
    const late = AbortSignal.timeout(seconds * 1_000);
    for (;;) {
      const found = this.said.findIndex(wanted);
      const [said] = found < 0 ? [] : this.said.splice(found, 1);
      if (said !== undefined) return said;
      if (this.ended !== undefined || late.aborted)
        throw new Error(`expected another message, got ${JSON.stringify(this.said)}, ended: ${String(this.ended)}`);
      await once(this.news, "news", { signal: late }).catch(() => undefined);
    }
  }

  hello(version: "1.0" | "2.0", params: object, url = entry): Promise<Said> {
    this.say({ id: "hello", type: "hello", hello: { version, auth: { url, params } } });
    return this.hear(({ id }) => id === "hello");
  }

  join(roomid: string, sessionid: string): Promise<Said> {
    this.say({ id: "join", type: "room", room: { roomid, sessionid } });
    return this.hear(({ id }) => id === "join");
  }

  /** Says a number to the room ten times a second, from now until it is told to stop. */
  count(): void {
    let number = 0;
    this.counting = setInterval(
      () => this.say({ type: "message", message: { recipient: { type: "room" }, data: { number: number++ } } }),
      100,
    );
  }

  stop = (): void => clearInterval(this.counting);

  close = (): void => {
    this.stop();
    this.socket.close();
  };

  private async listen(): Promise<void> {
    try {
      for (;;) {
        const said = JSON.parse((await this.socket.hear()).data.toString()) as Said;
        const number = said.message?.data.number;
        if (number === undefined) this.said.push(said);
        else this.counted.push([Date.now(), number]);
        this.news.emit("news");
      }
    } catch {
      this.ended = Date.now();
      this.stop();
      this.news.emit("news");
    }
  }
}

/** The longest time between two of the counted messages that a page heard, in seconds; of those after a moment. */
export const pauseOf = ({ counted }: Page, since: number): number =>
  counted
    .filter(([at]) => at >= since)
    .reduce((most, [at], i, all) => Math.max(most, ((all[i + 1]?.[0] ?? at) - at) / 1_000), 0);
