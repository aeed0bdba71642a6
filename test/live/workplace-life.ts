import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { workloadLabel } from "../../components/kubernetes/peers";
import { until } from "../support/programs/background";
import type { Answered, Asking } from "../servers/identity-servers";
import { codeOf, type Place, Visitor } from "../servers/identity-visitor";
import type { LiveCluster, Pod } from "./live-cluster";
import { domains, firstPassword, type Person } from "./workplace";

/** Address in the person's own program that a sign-in ends at; nobody is asked for it. */
const program = "https://app.example.ch/";

/** Session of a person at the homeserver. */
export interface Session {
  readonly token: string;
  readonly device: string;
}

/** A message that the homeserver said it has. */
export interface Acknowledged {
  readonly event: string;
  /** In seconds. */
  readonly at: number;
}

/** People of a workplace on live nodes: what they do in their browsers and programs, from outside through a gateway. */
export class Workplace {
  private readonly phones = new Map<Person, { readonly secret: string; readonly used: Set<string> }>();

  constructor(readonly cluster: LiveCluster) {}

  /** A request to a host of the workplace. @throws Error when there is no answer. */
  async ask(
    host: string,
    path: string,
    { method = "GET", headers = {}, body }: Asking = {},
    seconds = 20,
  ): Promise<Answered> {
    const answer = await this.cluster.outside
      .running("client")
      .exec(
        [
          ...["curl", "-sS", "-i", "--http1.1", "--max-time", String(seconds), "--cacert", "/etc/live/web.pem"],
          ...["--resolve", `${host}:443:${this.cluster.door}`, "-X", method, "-H", "expect:"],
          ...Object.entries(headers).flatMap(([key, value]) => ["-H", `${key}: ${value}`]),
          ...(body === undefined ? [] : ["--data-binary", "@-"]),
          `https://${host}${path}`,
        ],
        body,
      );
    const [head = "", ...rest] = answer.split("\r\n\r\n");
    const [status = "", ...lines] = head.split("\r\n");
    const given: Record<string, string | string[]> = {};
    for (const line of lines) {
      const [, key = "", value = ""] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
      const name = key.toLowerCase();
      if (name === "set-cookie") given[name] = [...(given[name] ?? []), value];
      else given[name] = value;
    }
    return { status: Number(status.split(" ")[1]), headers: given, text: rest.join("\r\n\r\n") };
  }

  /** A question to the homeserver. */
  async chat(
    method: string,
    path: string,
    { token, body }: { readonly token?: string; readonly body?: unknown } = {},
  ): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
    const { status, text } = await this.ask(domains.chat, path, {
      method,
      headers: {
        "Content-Type": "application/json",
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status, body: text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {} };
  }

  /** A browser in which nobody is signed in. */
  browser(seconds?: number): Visitor {
    return new Visitor(`https://${domains.login}`, "login", (path, asking) =>
      this.ask(domains.login, path, asking, seconds),
    );
  }

  /** Begins a sign-in at the homeserver: the page that its redirection leads to, and the homeserver's own cookie. */
  async begin(visitor: Visitor): Promise<{ readonly place: Place; readonly cookie: string }> {
    const path = `/_matrix/client/v3/login/sso/redirect/oidc-login?redirectUrl=${encodeURIComponent(program)}`;
    const { status, headers } = await this.ask(domains.chat, path);
    const to = headers["location"];
    if (typeof to !== "string") throw new Error(`expected to be sent to the identity provider, got ${status}`);
    const cookie = [headers["set-cookie"] ?? []]
      .flat()
      .map((one) => one.split(";")[0])
      .join("; ");
    return { place: await visitor.visit(to), cookie };
  }

  /** Ends a sign-in at the homeserver. @throws Error without a session. */
  async end(place: Place, cookie: string): Promise<Session> {
    const { back } = place;
    if (back === undefined) throw new Error(`expected to be sent back, got "${place.page}" ${place.complaint}`);
    const page = await this.ask(back.hostname, `${back.pathname}${back.search}`, { headers: { Cookie: cookie } });
    const token = /loginToken=([^"&]+)/.exec(page.text)?.[1];
    if (token === undefined) throw new Error(`expected a token to log in with, got ${page.status}: ${page.text}`);
    const { status, body } = await this.chat("POST", "/_matrix/client/v3/login", {
      body: { type: "m.login.token", token },
    });
    if (status !== 200) throw new Error(`expected a session, got ${status} ${JSON.stringify(body)}`);
    return { token: String(body["access_token"]), device: String(body["device_id"]) };
  }

  /** Signs a person in for the first time: a password of their own, and an enrolled phone. */
  async first(person: Person, visitor: Visitor): Promise<Session> {
    const { place, cookie } = await this.begin(visitor);
    let here = await visitor.password(place, person, firstPassword(person));
    for (let steps = 0; here.back === undefined && steps < 3; steps += 1) {
      if (here.page === "choose a password")
        here = await visitor.submit(here, { "password-new": password(person), "password-confirm": password(person) });
      else if (here.page === "enrol a code") here = await visitor.enrol(here);
      else break;
    }
    // One of them was given: the page may be older than half a minute by now.
    const used = [0, -30].map((later) => codeOf(visitor.phone, later));
    this.phones.set(person, { secret: visitor.phone, used: new Set(used) });
    return this.end(here, cookie);
  }

  /** Signs a person in with password and code. */
  async signIn(person: Person, visitor = this.browser()): Promise<Session> {
    const { place, cookie } = await this.begin(visitor);
    if (place.page !== "sign in") throw new Error(`expected to be asked who it is, got "${place.page}"`);
    const asked = await visitor.password(place, person, password(person));
    if (asked.page !== "give a code")
      throw new Error(`expected to be asked for a code, got "${asked.page}" ${asked.complaint}`);
    return this.end(await visitor.submit(asked, { otp: this.code(person), login: "" }), cookie);
  }

  /** Signs a person out at the identity provider, as its page does. */
  async signOut(visitor: Visitor): Promise<Place> {
    const asked = await visitor.visit("/realms/login/protocol/openid-connect/logout");
    return visitor.submit(asked, { session_code: asked.field("session_code"), confirmLogout: "Logout" });
  }

  /** A code that the server has not seen: it takes the one before and after the present one, and each counts once. */
  private code(person: Person): string {
    const phone = this.phones.get(person);
    if (phone === undefined) throw new Error(`expected ${person} to have enrolled a phone, got none`);
    const code = [0, 30, -30].map((later) => codeOf(phone.secret, later)).find((one) => !phone.used.has(one));
    if (code === undefined) throw new Error(`expected a code of ${person} that was not given, got none; wait`);
    phone.used.add(code);
    return code;
  }

  /** Statuses that a session's owner sees. */
  async knows({ token }: Session): Promise<number> {
    return (await this.chat("GET", "/_matrix/client/v3/account/whoami", { token })).status;
  }

  /** Identifiers of all events of a room. */
  async events(token: string, room: string): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (let from = ""; ;) {
      const query = `dir=b&limit=500${from === "" ? "" : `&from=${encodeURIComponent(from)}`}`;
      const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/messages?${query}`;
      const { status, body } = await this.chat("GET", path, { token });
      if (status !== 200) throw new Error(`expected the room's messages, got ${status}`);
      for (const event of body["chunk"] as readonly { readonly event_id: string }[]) found.add(event.event_id);
      if (typeof body["end"] !== "string") return found;
      from = body["end"];
    }
  }

  /** Writes into a room without a pause until it is told to end. */
  sender({ token }: Session, room: string, name: string): Sender {
    const client = this.cluster.outside.running("client");
    const script = join(__dirname, "files", "matrix-sender.py");
    const place = ["-t", String(client.pid()), "-m", "-n", "-p", "-u"];
    const words = [script, domains.chat, this.cluster.door, "/etc/live/web.pem", token, room, name];
    const child: ChildProcess = spawn("nsenter", [...place, "python3", ...words], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const answers: (Acknowledged | { readonly instead: string })[] = [];
    if (child.stdout !== null)
      createInterface(child.stdout).on("line", (line) => answers.push(JSON.parse(line) as Acknowledged));
    const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
    const acknowledged = (): readonly Acknowledged[] => answers.flatMap((answer) => ("event" in answer ? answer : []));
    return {
      goesOn: (since) =>
        until("messages to be acknowledged", async () => (acknowledged().at(-1)?.at ?? 0) > since, 120),
      end: async () => {
        child.stdin?.end("\n");
        await closed;
        const instead = answers.flatMap((answer) => ("event" in answer ? [] : answer.instead));
        return {
          acknowledged: acknowledged(),
          failures: Object.fromEntries(
            [...new Set(instead)].map((why) => [why, instead.filter((one) => one === why).length]),
          ),
        };
      },
    };
  }

  /** Pods of a workload. */
  async pods(namespace: string, workload: string): Promise<readonly Pod[]> {
    return (await this.cluster.pods([namespace])).filter(({ metadata }) => metadata.labels[workloadLabel] === workload);
  }

  /** Kills a pod's programs at once. */
  async kill({ metadata: { name, namespace } }: Pod): Promise<void> {
    await this.cluster.kubectl(["delete", "pod", name, "-n", namespace, "--grace-period=0", "--force"]);
  }

  /** The pod that is the cache's primary. */
  async cachePrimary(): Promise<Pod> {
    const ask = '. /scripts/common.sh; ask "$POD_IP" 6379 ROLE | head -n 1';
    for (const pod of await this.pods("cache", "cache-replica")) {
      const { name, namespace } = pod.metadata;
      const role = await this.cluster.kubectl(["exec", "-n", namespace, name, "--", "sh", "-c", ask]).catch(() => "");
      if (role.trim() === "master") return pod;
    }
    throw new Error("expected a primary of the cache, got none");
  }

  /** Seconds until somebody has signed in whose sign-in began after now; attempts follow each other. */
  async untilSignedIn(
    person: Person,
    seconds: number,
  ): Promise<{ readonly seconds: number; readonly session: Session }> {
    const begun = Date.now();
    let session: Session | undefined;
    let last = "";
    await until(
      `${person} to sign in`,
      async () => {
        session = await this.signIn(person, this.browser(5)).catch((error: Error) => void (last = error.message));
        // A person takes a breath; without one the edge would take them for a flood.
        if (session === undefined) await new Promise((resolve) => setTimeout(resolve, 1_000));
        return session !== undefined;
      },
      seconds,
    ).catch((error: Error) => {
      throw new Error(`${error.message}: ${last}`);
    });
    return { seconds: (Date.now() - begun) / 1_000, session: session as Session };
  }

  /** Waits until all pods of namespaces are ready again. */
  async whole(...namespaces: readonly string[]): Promise<void> {
    await this.cluster.ready(namespaces, 240);
  }
}

/** A program that writes into a room. */
export interface Sender {
  /** Waits until something was acknowledged after a moment, in seconds. */
  readonly goesOn: (since: number) => Promise<void>;
  readonly end: () => Promise<Sent>;
}

/** Everything that a sender was told. */
export interface Sent {
  readonly acknowledged: readonly Acknowledged[];
  /** Number of attempts by what came instead. */
  readonly failures: Readonly<Record<string, number>>;
}

/** The longest time without an acknowledged message, in seconds. */
export const pauseOf = ({ acknowledged }: Sent): number =>
  acknowledged.reduce((most, { at }, i) => Math.max(most, (acknowledged[i + 1]?.at ?? at) - at), 0);

export const password = (person: Person): string => `three words and ${person.length} more, for the chat`;
