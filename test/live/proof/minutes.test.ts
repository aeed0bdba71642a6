/**
 * Minutes on live nodes, from end to end: a recording in the bucket becomes minutes that exactly its participants can open, while the host of the worker that had it in its hands is
 * lost. Whisper is real, and hears espeak-ng; the language model is a real server with weights that say nothing.
 */
import { createHash } from "node:crypto";
import { workloadLabel } from "../../../components/kubernetes/peers";
import { apiPort as speechPort } from "../../../components/services/speech/settings";
import { spoken } from "../../servers/speech-ground";
import { idOf } from "../../servers/minutes-rig";
import { type MadeShare } from "../../servers/minutes-places";
import { until } from "../../support/programs/background";
import { opens } from "../ask";
import { describeLive } from "../describe-live";
import { isReady, type LiveCluster, type Pod } from "../live-cluster";
import { laid, minutes, uploaded } from "../minutes";
import { hubPorts, passwordOf, people, present, readerPort } from "../minutes-people";
import { hub, operator } from "../minutes-program";
import { PostgresLife } from "../postgres-life";

jest.setTimeout(900_000);

/** State of the hub and of the relay. */
interface Held {
  readonly shares: readonly MadeShare[];
  readonly ever: readonly MadeShare[];
  readonly breaches: readonly string[];
  readonly files: readonly string[];
  readonly messages: readonly { readonly to: string; readonly id: string }[];
}

const room = "weekly-live";
const texts = [
  "We decide to move the data centre to Zurich. The budget is forty two thousand francs.",
  "The report is due on the fifth of December.",
] as const;

/** Two sentences, four minutes of silence between them: two pieces of sound. */
function recording(): Buffer {
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = texts.map((text) => spoken("en-gb", text));
  const head = Buffer.from(first.subarray(0, 44));
  const second16 = head.readUInt32LE(28);
  const body = Buffer.concat([first.subarray(44), Buffer.alloc(245 * second16), second.subarray(44)]);
  head.writeUInt32LE(36 + body.length, 4);
  head.writeUInt32LE(body.length, 40);
  return Buffer.concat([head, body]);
}

/** A folder as the keeper of Jitsi's recorders leaves it, with the record of who agreed. */
function lay(): void {
  const media = recording();
  const file = `${room}_2026-11-30-08-00-00.wav`;
  const person = (id: string, name: string): object => ({ user: { id, name } });
  const all = {
    [file]: media,
    "metadata.json": JSON.stringify({
      meeting_url: `https://meet.example.ch/${room}`,
      participants: [person("id-anna", "Anna Meier"), person("id-beat", "Beat Roth")],
    }),
    SHA256SUMS: `${createHash("sha256").update(media).digest("hex")}  ${file}\n`,
    "minutes.json": JSON.stringify({
      version: 1,
      confidentiality: "transport",
      consent: { recordedAt: "2026-11-30T08:00:00Z", from: ["Anna Meier", "Beat Roth"] },
    }),
  };
  for (const [name, content] of Object.entries(all)) laid(`recordings/${room}/${name}`, content);
}

describeLive("minutes on live nodes", minutes, (live) => {
  const cluster = (): LiveCluster => live().cluster;
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const id = idOf(room);
  const asked = async (question: string): Promise<string> => {
    const database = new PostgresLife(cluster());
    return database.ask(await database.leader(), question, "notes");
  };
  const state = (): Promise<string> => asked(`SELECT state FROM minutes_meeting WHERE id = '${id}'`);
  const inHub = (script: string): Promise<string> =>
    cluster().kubectl(["exec", "-n", hub.namespace, hub.name, "--", "node", "-e", script]);
  const held = async (): Promise<Held> =>
    JSON.parse(
      await inHub(`fetch("http://127.0.0.1:${readerPort}/").then((r) => r.text()).then((t) => console.log(t))`),
    ) as Held;
  /** A file as somebody opens it: its status and content. */
  const opened = async (
    who: string,
    name: string,
    folder: string,
  ): Promise<{ readonly status: number; readonly text: string }> => {
    const path = `/remote.php/dav/files/${who}/${encodeURIComponent(folder)}/${name}`;
    const authorization = `Basic ${Buffer.from(`${who}:${passwordOf(who)}`).toString("base64")}`;
    const options = JSON.stringify({
      host: "127.0.0.1",
      port: hubPorts.https,
      path,
      servername: `${hub.name}.${hub.namespace}.svc.cluster.local`,
      headers: { authorization },
    });
    const script = `const o = ${options}; o.ca = require("fs").readFileSync("/hub/ca.crt");
      require("https").get(o, (r) => { let text = ""; r.on("data", (d) => (text += d)); r.on("end", () => console.log(JSON.stringify({ status: r.statusCode, text }))); });`;
    return JSON.parse(await inHub(script)) as { status: number; text: string };
  };
  const workers = async (): Promise<readonly Pod[]> => (await cluster().pods(["notes"])).filter(isReady);
  const logOf = (pod: Pod): Promise<string> =>
    cluster()
      .kubectl(["logs", "-n", "notes", pod.metadata.name])
      .catch(() => "");
  const ready = async (namespace: string, workload: string): Promise<Pod> => {
    const found = (await cluster().pods([namespace])).find(
      (pod) => pod.metadata.labels[workloadLabel] === workload && isReady(pod),
    );
    if (found === undefined) throw new Error(`expected a ready pod of ${namespace}/${workload}, got none`);
    return found;
  };

  it("a worker reaches its places, and nothing else", async () => {
    const [worker] = await workers();
    if (worker === undefined) throw new Error("expected a worker that is ready, got none");
    const address = async (namespace: string, workload: string): Promise<string> =>
      (await ready(namespace, workload)).status.podIP ?? "";
    const [gateway] = cluster().byRole("gateway");
    const [control] = cluster().byRole("control-plane");
    const targets = [
      [await address("speech", "speech-whisper"), speechPort, true],
      [await address("words", "words-server"), 8443, true],
      [await address("store", "store-gateway"), 8333, true],
      [await address("records", "records"), 5432, true],
      [await address(hub.namespace, hub.name), hubPorts.https, true],
      [gateway?.address ?? "", 3128, true],
      [await address("store", "store-volume"), 8080, false],
      [await address("store", "store-gateway"), 8888, false],
      [await address("records", "records"), 8008, false],
      [control?.address ?? "", 6443, false],
      ["10.0.0.10", 389, false],
      ["192.0.2.81", 443, false],
      ["198.18.0.1", 443, false],
    ] as const;
    const found = await opens(
      cluster(),
      worker,
      targets.map(([to, port]) => [to, port] as const),
    );
    expect(found).toEqual(targets.map(([, , open]) => open));
  });

  it("nobody else hears speech, asks the model, or puts anything into the hub", async () => {
    const from = await ready(operator.namespace, operator.name);
    const targets = await Promise.all(
      (
        [
          ["speech", "speech-whisper", speechPort],
          ["words", "words-server", 8443],
          [hub.namespace, hub.name, hubPorts.https],
        ] as const
      ).map(
        async ([namespace, workload, port]) => [(await ready(namespace, workload)).status.podIP ?? "", port] as const,
      ),
    );
    expect(await opens(cluster(), from, targets)).toEqual([false, false, false]);
    // Speech and language reach the bucket alone: a server that was told of an outside address finds no way.
    for (const [namespace, workload] of [
      ["speech", "speech-whisper"],
      ["words", "words-server"],
    ] as const)
      expect(
        await opens(cluster(), await ready(namespace, workload), [
          ["198.18.0.1", 443],
          ["192.0.2.83", 443],
          ["10.0.0.10", 389],
        ]),
      ).toEqual([false, false, false]);
  });

  it("a recording becomes minutes although the worker's host is lost in between", async () => {
    lay();
    await uploaded(cluster(), "recordings", "recordings:recordings");
    const put = Date.now();
    await until("a first piece to be heard", async () => (await asked(pieces)) !== "0", 600);
    const [before, logs] = [
      await state(),
      await Promise.all((await workers()).map(async (pod) => [pod, await logOf(pod)] as const)),
    ];
    const holder = logs.find(([, log]) => log.includes(id))?.[0];
    const host = holder?.spec.nodeName ?? "";
    expect(before).not.toBe("finished");
    expect(host).toMatch(/^live-application-/);
    await cluster().powerOff(host);
    const lost = Date.now();
    say(
      `the host of the worker, ${host}, was lost ${((lost - put) / 1_000).toFixed(0)} s after the recording came, in the state ${before}`,
    );
    await until("the minutes to be delivered", async () => (await state().catch(() => "")) === "finished", 600);
    say(`delivered ${((Date.now() - lost) / 1_000).toFixed(0)} s after that`);
    expect(await asked("SELECT count(*) FROM minutes_piece")).toBe("0");
  });
  const pieces = "SELECT count(*) FROM minutes_piece WHERE kind = 'heard'";

  it("exactly its participants can open them, once told, and nothing was ever open to anybody else", async () => {
    const { shares, ever, breaches, files, messages } = await held();
    const named = (all: readonly MadeShare[]): readonly string[] => all.map(({ who }) => who).sort();
    expect(named(shares)).toEqual([...present]);
    expect(named(ever)).toEqual([...present]);
    expect(breaches).toEqual([]);
    expect(new Set(messages.map((message) => message.id)).size).toBe(present.length);
    expect([...new Set(messages.map(({ to }) => to))].sort()).toEqual(present.map((name) => `${name}@example.ch`));
    expect(files.length).toBe(5);
    const folder = shares[0]?.path.split("/").pop() ?? "";
    for (const { username } of people) {
      const { status, text } = await opened(username, "transcript.txt", folder);
      const there = (present as readonly string[]).includes(username);
      expect([username, status]).toEqual([username, there ? 200 : 404]);
      if (!there) continue;
      // Words of both sentences: the sound of before the host's death and of after it.
      expect(text).toMatch(/zurich|data cent/i);
      expect(text).toMatch(/december|report/i);
      expect((await opened(username, "minutes.md", folder)).text).toMatch(/machine/i);
    }
  });

  it("no word of it is in a log, and no name was asked for but those of the operator", async () => {
    const pods = await cluster().pods(["notes", "speech", "words"]);
    const logs = await Promise.all(
      pods.filter(isReady).map(({ metadata }) =>
        cluster()
          .kubectl(["logs", "-n", metadata.namespace, metadata.name])
          .catch(() => ""),
      ),
    );
    expect(logs.join("\n")).not.toMatch(/zurich|francs|anna\.meier|weekly-live/i);
    const questions = (await cluster().outside.questions()).filter((one) => !/(^|\.)example\.ch\. /.test(one));
    expect(questions).toEqual([]);
  });
});
