import { givenBucket } from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { tier } from "../../../../components/core/tier";
import { planSpeech, Speech, speechModels, type SpeechPlanArgs } from "../../../../components";
import { hoursPerDay } from "../../../../components/services/speech/plan";
import { type Deployment, deploy } from "../../../support/mocks";
import { object, target } from "../../kubernetes/target";

const sha256 = "5".repeat(64);
const args: SpeechPlanArgs = {
  name: "speech",
  weights: { folder: "whisper-small", sha256 },
  audioHoursPerDay: 20,
};
const captions = { models: { de: { folder: "vosk-de", sha256: "6".repeat(64) } }, streams: 30 };
const minutes = tier("minutes", "minutes-worker", { http: 8080 });
const image = { path: "intranet/speech", upstream: "registry.example.ch/speech", version: "1.2.1-1" };

const models = givenBucket({
  endpoint: "https://objects.crisis.example.ch",
  bucket: "models",
  region: "ch-dk-2",
  accessKey: givenSecret("the bucket's key"),
  secretKey: givenSecret("the bucket's secret"),
  port: 443,
  peer: { name: "objects", ranges: ["192.0.3.20/32"] },
});

const made = (
  change: Partial<SpeechPlanArgs> = {},
  ask = (speech: Speech): object => speech.endpoint({ from: minutes }),
) =>
  deploy(() => {
    const plan = planSpeech({ ...args, ...change });
    const cluster = target({});
    const gpu = plan.graphics ? { gpu: ["10.20.0.150", "10.20.0.151"] } : {};
    const on = { cluster: { ...cluster, hostAddresses: { ...cluster.hostAddresses, ...gpu } } };
    const { url, model } = ask(new Speech("speech", { on, plan, image, models })) as { url: string; model: string };
    return { url, model };
  });

interface Controller {
  readonly replicas: number;
  readonly template: {
    readonly spec: {
      readonly runtimeClassName?: string;
      readonly nodeSelector: Readonly<Record<string, string>>;
      readonly initContainers: readonly { readonly name: string }[];
      readonly containers: readonly { readonly image: string; readonly args: readonly string[] }[];
    };
  };
}
const spec = (deployment: Deployment, name = "speech-whisper"): Controller =>
  object(deployment.resources, "Deployment", name)["spec"] as Controller;
const doors = (deployment: Deployment): readonly string[] =>
  deployment.resources
    .filter(({ type }) => type.endsWith("NetworkPolicy"))
    .map(({ name }) => name)
    .filter((name) => name.includes("-for-"));

describe("a plan of speech", () => {
  test("has as many servers as a day's recordings need, and one more", () => {
    const each = hoursPerDay(speechModels["whisper-small"].speed.cores);
    for (const [hours, servers] of [
      [each, 2],
      [each + 1, 3],
      [each * 4, 5],
    ] as const)
      expect(planSpeech({ ...args, audioHoursPerDay: hours }).requests[0]?.replicas).toBe(servers);
  });

  test("counts with what the operator measured, and says so", () => {
    const { capacity } = planSpeech({ ...args, speed: 3.5 });
    expect(capacity.perReplica).toBe(70);
    expect(capacity.source).toMatch(/operator measured: 3\.5 hours of sound in an hour/);
  });

  test("plans less work for fewer cores, and names the source of each figure", () => {
    const [four, eight] = [4, 8].map((cores) => planSpeech({ ...args, cores }).capacity);
    expect((four?.perReplica ?? 0) * 2).toBe(eight?.perReplica);
    for (const { source } of Object.values(speechModels)) expect(source).toMatch(/assumption|faster-whisper/);
  });

  test("asks for a host with a graphics processor for each server", () => {
    const plan = planSpeech({ ...args, graphics: true });
    expect(plan.model).toBe("whisper-large-v3");
    expect(plan.requests).toEqual([
      expect.objectContaining({ tier: "speech-whisper", replicas: 2, hosts: "graphics" }),
    ]);
  });

  test("has servers that write along for everybody who speaks at once, and one more", () => {
    const plan = planSpeech({ ...args, captions });
    expect(plan.captions?.streams).toBe(16);
    expect(plan.requests.map(({ tier: name, replicas }) => [name, replicas])).toContainEqual(["speech-captions", 3]);
    expect(plan.servers.map(({ name }) => name)).toEqual(["speech-whisper", "speech-captions"]);
  });

  test.each<[string, Partial<SpeechPlanArgs>, RegExp]>([
    ["another model", { model: "gpt-4o-transcribe" as "whisper-base" }, /expected a model.*got "gpt-4o-transcribe"/],
    ["a folder outside the bucket", { weights: { folder: "../other", sha256 } }, /folder.*got "\.\.\/other"/s],
    ["a folder by its address", { weights: { folder: "https://hub/x", sha256 } }, /folder in the bucket/],
    ["weights without a digest", { weights: { folder: "whisper", sha256: "latest" } }, /SHA-256.*"latest"/],
    ["no recordings", { audioHoursPerDay: 0 }, /hours.*got 0/],
    ["no speed", { speed: 0 }, /hours of sound in an hour, more than none, got 0/],
    ["captions in no language", { captions: { ...captions, models: {} } }, /one to six models/],
    [
      "captions with a language by its name",
      { captions: { ...captions, models: { German: captions.models.de } } },
      /a language as "de", got "German"/,
    ],
    [
      "captions without a digest",
      { captions: { ...captions, models: { de: { folder: "vosk-de", sha256: "" } } } },
      /SHA-256/,
    ],
    ["a key that is none", { modell: "whisper-base" } as Partial<SpeechPlanArgs>, /modell/],
  ])("refuses %s", (_, change, said) => {
    expect(() => planSpeech({ ...args, ...change })).toThrow(said);
  });
});

describe("servers of speech", () => {
  test("let in who asked for their endpoint, once, and nobody else", async () => {
    const deployment = await made({}, (speech) => {
      speech.endpoint({ from: minutes });
      return speech.endpoint({ from: minutes });
    });
    expect(doors(deployment)).toEqual(["speech-whisper-for-minutes-minutes-worker"]);
    expect(deployment.outputs).toMatchObject({
      url: "https://speech-whisper.speech.svc.cluster.local:8443/v1",
      model: "whisper-small",
    });
  });

  test("with captions lead who asks for them to the servers that write along", async () => {
    const deployment = await made({ captions }, (speech) => speech.captions({ from: minutes }));
    expect(doors(deployment)).toEqual(["speech-captions-for-minutes-minutes-worker"]);
    expect(deployment.outputs).toMatchObject({
      url: "wss://speech-captions.speech.svc.cluster.local:8443/v1/realtime?intent=transcription",
      model: "vosk",
    });
    const { initContainers, containers } = spec(deployment, "speech-captions").template.spec;
    expect(initContainers.map(({ name }) => name)).toEqual(["weights-de"]);
    expect(containers[0]?.args.join(" ")).toContain(`--model de=/models/${"6".repeat(64)}`);
  });

  test("without captions refuse to lead anybody to them", async () => {
    await expect(made({}, (speech) => speech.captions({ from: minutes }))).rejects.toThrow(/a plan with captions/);
  });

  test("stand on application hosts without graphics processors", async () => {
    const { replicas, template } = spec(await made());
    expect(replicas).toBe(2);
    expect(template.spec.runtimeClassName).toBeUndefined();
    expect(Object.values(template.spec.nodeSelector)).toEqual(["application"]);
    expect(template.spec.containers[0]?.image).toBe("registry.crisis.example.ch/intranet/speech:1.2.1-1");
    expect(template.spec.containers[0]?.args).not.toContain("--graphics");
  });

  test("with graphics processors stand on their hosts, in their runtime class", async () => {
    const { template } = spec(await made({ graphics: true }));
    expect(template.spec.runtimeClassName).toBe("nvidia");
    expect(Object.values(template.spec.nodeSelector)).toEqual(["gpu"]);
    expect(template.spec.containers[0]?.args).toContain("--graphics");
  });

  test("want a plan with a way to models in a store outside", async () => {
    const { endpoint: store } = models;
    const outside = { ...models, port: 3128, peer: { name: "gateways", ranges: ["10.20.0.2/32"] } };
    const on = { cluster: target({}) };
    const plans = [planSpeech(args), planSpeech({ ...args, store })] as const;
    const [without, planned] = plans.map((plan) =>
      deploy(() => ({ url: new Speech("speech", { on, plan, image, models: outside }).ca })),
    );
    await expect(without).rejects.toThrow(/store: expected a place that its plan names/);
    await expect(planned).resolves.toBeDefined();
    expect(plans[1].egress).toEqual([{ host: "objects.crisis.example.ch", port: 443, reason: "models of speech" }]);
  });

  test("refuse Python's own image, which has none of their packages", async () => {
    const own = { ...image, upstream: "docker.io/library/python" };
    const plan = planSpeech(args);
    await expect(
      deploy(() => ({ url: new Speech("speech", { on: { cluster: target({}) }, plan, image: own, models }).ca })),
    ).rejects.toThrow(/files\/Containerfile/);
  });
});
