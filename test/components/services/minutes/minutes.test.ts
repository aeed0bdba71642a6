import { Minutes, type MinutesArgs, type MinutesPlanArgs, planMinutes } from "../../../../components";
import { nodeFlags } from "../../../../components/services/minutes/limits";
import { readSettings } from "../../../../components/services/minutes/worker/settings";
import { type Deployment, deploy } from "../../../support/mocks";
import { object, target } from "../../kubernetes/target";
import { minutesArgs, recordingsStore } from "./given";

const program = { url: "https://artefacts.crisis.example.ch/minutes/worker.cjs", sha256: "5".repeat(64) };
const outside = { name: "gateways", ranges: ["10.20.0.10/32"] };
const args: MinutesPlanArgs = { name: "notes", program, meetingHoursPerDay: 20 };

describe("a plan of minutes", () => {
  test("has as many workers as a day's meetings need, and one more", () => {
    const { perReplica } = planMinutes(args).capacity;
    for (const [hours, workers] of [
      [perReplica, 2],
      [perReplica + 1, 3],
    ] as const)
      expect(planMinutes({ ...args, meetingHoursPerDay: hours }).requests[0]?.replicas).toBe(workers);
  });

  test("has connections to its database for one worker more than there are", () => {
    expect(planMinutes(args).databases).toEqual([{ name: "notes", connections: 24 }]);
  });

  test("names the store of its program, what lies outside, and the way to a relay, and no other way out", () => {
    const relay = { port: 2465, addresses: ["192.0.2.25"] };
    const { egress, outlets } = planMinutes({ ...args, outside: ["https://sos-ch-dk-2.exo.io"], relay });
    expect(egress?.map(({ host, port }) => `${host}:${port}`)).toEqual([
      "artefacts.crisis.example.ch:443",
      "sos-ch-dk-2.exo.io:443",
    ]);
    expect(outlets).toEqual([{ ...relay, reason: "messages of notes" }]);
    expect(planMinutes(args).egress).toHaveLength(1);
    expect(planMinutes(args).outlets).toBeUndefined();
  });

  test.each<[string, Partial<MinutesPlanArgs>, RegExp]>([
    ["a program in clear", { program: { ...program, url: "http://artefacts.example.ch/worker.cjs" } }, /HTTPS address/],
    ["a program without a digest", { program: { ...program, sha256: "latest" } }, /SHA-256.*"latest"/],
    ["no meetings", { meetingHoursPerDay: 0 }, /hours.*got 0/],
    ["half a day", { keepDays: 0.5 }, /days.*got 0\.5/],
    ["no pieces", { piecesAtOnce: 0 }, /pieces.*got 0/],
    ["a place outside in clear", { outside: ["http://store.example.ch"] }, /outside.*HTTPS address/s],
    ["a key that is none", { keepDay: 3 } as Partial<MinutesPlanArgs>, /keepDay/],
  ])("refuses %s", (_, change, said) => {
    expect(() => planMinutes({ ...args, ...change })).toThrow(said);
  });
});

/** Workers with everything that they can be connected to, and some of it changed. */
const made = (change: (args: MinutesArgs) => object = () => ({})): Promise<Deployment> =>
  deploy(() => {
    const given = minutesArgs({ cluster: target({}) }, planMinutes({ ...args, outside: [recordingsStore] }));
    new Minutes("notes", { ...given, ...change(given) });
    return {};
  });

interface Pod {
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
  readonly hostAliases: readonly { readonly ip: string; readonly hostnames: readonly string[] }[];
}
interface Container {
  readonly image: string;
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
}
const pod = ({ resources }: Deployment): Pod =>
  (object(resources, "Deployment", "notes-worker")["spec"] as { readonly template: { readonly spec: Pod } }).template
    .spec;
const envOf = (one: Container | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries((one?.env ?? []).map(({ name, value }) => [name, value]));
const secret = ({ resources }: Deployment, name: string): Readonly<Record<string, string>> =>
  object(resources, "Secret", name)["stringData"] as Readonly<Record<string, string>>;

/** Network policy of the workers, as ports by their peers. */
function ways(
  { resources }: Deployment,
  name: string,
): { readonly in: readonly string[]; readonly out: readonly string[] } {
  interface Rule {
    readonly ports?: readonly { readonly port: number }[];
    readonly from?: readonly object[];
    readonly to?: readonly object[];
  }
  const { ingress = [], egress = [] } = object(resources, "NetworkPolicy", name)["spec"] as {
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
  const text = (rules: readonly Rule[]): readonly string[] =>
    rules
      .map(({ ports = [], from = [], to = [] }) => {
        const peers = JSON.stringify([...from, ...to]).match(/notes-[\w-]+|monitoring|collector|[\d.]+\/\d+/g) ?? [];
        return `${[...new Set(peers)].join(" ")} at ${ports.map(({ port }) => port).join(" ")}`;
      })
      .sort();
  return { in: text(ingress), out: text(egress) };
}

describe("workers that make minutes", () => {
  test("reach what they are given and nothing else, and let in who collects figures alone", async () => {
    const deployment = await made();
    expect(ways(deployment, "notes-worker")).toEqual({
      in: [],
      out: [
        "10.20.0.10/32 10.20.0.11/32 at 3128",
        "10.20.0.10/32 10.20.0.11/32 at 443",
        "10.21.0.25/32 at 2465",
        "notes-data notes-records at 5432",
        "notes-login notes-login-server at 8080",
        "notes-models notes-speech at 8443",
        "notes-models notes-words at 8443",
      ],
    });
    expect(ways(deployment, "notes-worker-metrics")).toEqual({ in: ["monitoring collector at 8080"], out: [] });
    const policies = deployment.resources.filter(({ type }) => type.endsWith(":NetworkPolicy"));
    expect(
      policies
        .map(({ name }) => name)
        .filter((name) => name.includes("worker"))
        .sort(),
    ).toHaveLength(2);
  });

  test("run their program from the operator's store, by its digest, on stock Node with the flags that keep it small", async () => {
    const { initContainers, containers } = pod(await made());
    const [fetcher] = initContainers;
    expect(fetcher?.command).toEqual(["node", "/scripts/fetch-worker.mjs"]);
    expect(envOf(fetcher)).toMatchObject({
      WORKER_URL: program.url,
      WORKER_SHA256: program.sha256,
      WORKER_FILE: "/program/worker.cjs",
      HTTPS_PROXY: "http://gateway.internal:3128",
    });
    expect(containers[0]?.command).toEqual(["node", ...nodeFlags, "/program/worker.cjs"]);
    for (const { image } of [...initContainers, ...containers]) expect(image).toMatch(/\/library\/node:24\./);
  });

  test("go through the gateways' proxy to places outside alone", async () => {
    const env = envOf(pod(await made()).containers[0]);
    expect(env["NO_PROXY"]?.split(",").sort()).toEqual([
      "chat.crisis.example.ch",
      "hub.crisis.example.ch",
      "notes-login-server.notes-login.svc.cluster.local",
      "notes-speech.notes-models.svc.cluster.local",
      "notes-words.notes-models.svc.cluster.local",
    ]);
  });

  test("are told what their program reads, which takes it", async () => {
    const deployment = await made();
    const files = secret(deployment, "notes-worker-secrets");
    const settings = readSettings(envOf(pod(deployment).containers[0]), (name) => {
      const text = files[name];
      if (text === undefined) throw new Error("no such file");
      return text;
    });
    expect(settings).toMatchObject({
      speech: { url: "https://notes-speech.notes-models.svc.cluster.local:8443", model: "whisper-large-v3" },
      language: { url: "https://notes-words.notes-models.svc.cluster.local:8443" },
      bucket: { endpoint: recordingsStore, bucket: "recordings", region: "ch-dk-2" },
      identity: { server: "http://notes-login-server.notes-login.svc.cluster.local:8080" },
      nextcloud: { folder: "Meeting minutes" },
      chat: { serverName: "crisis.example.ch" },
      mail: { port: 2465, user: "minutes@crisis.example.ch", tls: true },
      pieces: 2,
      keepDays: 30,
    });
  });

  test("trust every authority that they are given, in one file, and each once", async () => {
    const same = "-----BEGIN CERTIFICATE-----\nhub\n-----END CERTIFICATE-----\n";
    const text = secret(
      await made(({ hub, chat }) => ({ hub, ...(chat ? { chat: { ...chat, ca: same } } : {}) })),
      "notes-worker-trust",
    )["authorities.crt"];
    expect(text?.split("\n").filter((line) => /^[a-z]+$/.test(line))).toEqual([
      "bucket",
      "speech",
      "language",
      "hub",
      "relay",
      "artefacts",
    ]);
  });

  test.each<[string, object, RegExp, RegExp]>([
    ["chat", { relay: undefined }, /MINUTES_CHAT_URL/, /MINUTES_MAIL/],
    ["mail", { chat: undefined }, /MINUTES_MAIL_HOST/, /MINUTES_CHAT/],
  ])("tell people by %s alone", async (_, change, has, lacks) => {
    const names = Object.keys(envOf(pod(await made(() => change)).containers[0])).join(" ");
    expect(names).toMatch(has);
    expect(names).not.toMatch(lacks);
  });

  test.each<[string, (args: MinutesArgs) => object, RegExp]>([
    [
      "recordings of rooms that are encrypted from end to end",
      ({ recordings }) => ({ recordings: { ...recordings, confidentiality: "end-to-end" } }),
      /recordings.*confidentiality "transport".*got "end-to-end".*nobody but their members/s,
    ],
    [
      "a server of speech outside",
      ({ speech }) => ({ speech: { ...speech, url: "https://speech.example.org", port: 3128, peer: outside } }),
      /speech.*inside the network.*https:\/\/speech\.example\.org through the gateways' proxy/s,
    ],
    [
      "a language model outside",
      ({ language }) => ({ language: { ...language, url: "https://api.example.org/v1", port: 3128, peer: outside } }),
      /language.*inside the network.*https:\/\/api\.example\.org\/v1 through/s,
    ],
    [
      "a place outside that the plan does not name",
      ({ hub }) => ({ hub: { ...hub, url: "https://hub.example.org", port: 3128, peer: outside } }),
      /expected a place that its plan names.*got "https:\/\/hub\.example\.org"/s,
    ],
    ["nobody who tells people", () => ({ chat: undefined, relay: undefined }), /a chat or a mail relay/],
    [
      "a relay behind the gateways without a way to it",
      ({ relay }) => ({ relay: { ...relay, addresses: ["10.20.0.10"] } }),
      /a plan with a way to the relay at port 2465.*got "?none/s,
    ],
    [
      "a hub's folder that leads elsewhere",
      ({ hub }) => ({ hub: { ...hub, folder: "../admin" } }),
      /folder's name.*"\.\.\/admin"/s,
    ],
    ["a hub with a final slash", ({ hub }) => ({ hub: { ...hub, url: "https://hub.example.ch/" } }), /final slash/],
    [
      "a cluster without gateways inside",
      () => ({ on: { cluster: target({ gatewayAddresses: [] }) } }),
      /gateways inside its network/,
    ],
  ])("refuse %s", async (_, change, said) => {
    await expect(made(change)).rejects.toThrow(said);
  });

  test("cannot be given an end-to-end encrypted room by type", () => {
    const recordings = { confidentiality: "end-to-end" as const };
    // @ts-expect-error there is no such room among the arguments
    const refused: Pick<MinutesArgs["recordings"], "confidentiality"> = recordings;
    expect(refused.confidentiality).toBe("end-to-end");
  });
});
