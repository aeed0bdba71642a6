import { givenBucket } from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { tier } from "../../../../components/core/tier";
import { Language, type LanguagePlanArgs, languageModels, planLanguage } from "../../../../components";
import { hoursPerDay, tokensOfHour } from "../../../../components/services/language/plan";
import { type Deployment, deploy } from "../../../support/mocks";
import { object, target } from "../../kubernetes/target";

const sha256 = "5".repeat(64);
const args: LanguagePlanArgs = {
  name: "words",
  weights: { object: "mistral-7b-q4_k_m.gguf", sha256 },
  meetingHoursPerDay: 20,
};
const minutes = tier("minutes", "minutes-worker", { http: 8080 });

const models = givenBucket({
  endpoint: "https://objects.crisis.example.ch",
  bucket: "models",
  region: "ch-dk-2",
  accessKey: givenSecret("the bucket's key"),
  secretKey: givenSecret("the bucket's secret"),
  port: 443,
  peer: { name: "objects", ranges: ["192.0.3.20/32"] },
});

const made = (change: Partial<LanguagePlanArgs> = {}, asks = 1): Promise<Deployment> =>
  deploy(() => {
    const plan = planLanguage({ ...args, ...change });
    const cluster = target({});
    const gpu = plan.graphics ? { gpu: ["10.20.0.150", "10.20.0.151"] } : {};
    const on = { cluster: { ...cluster, hostAddresses: { ...cluster.hostAddresses, ...gpu } } };
    const language = new Language("words", { on, plan, models });
    const [endpoint] = Array.from({ length: asks }, () => language.endpoint({ from: minutes }));
    return { url: endpoint?.url, model: endpoint?.model };
  });

interface Controller {
  readonly replicas: number;
  readonly template: {
    readonly spec: {
      readonly runtimeClassName?: string;
      readonly tolerations?: readonly object[];
      readonly nodeSelector: Readonly<Record<string, string>>;
      readonly containers: readonly { readonly image: string; readonly args: readonly string[] }[];
    };
  };
}
const spec = (deployment: Deployment): Controller =>
  object(deployment.resources, "Deployment", "words-server")["spec"] as Controller;

/** The same bucket in a store outside, behind the gateways' proxy. */
const outside = { ...models, port: 3128, peer: { name: "gateways", ranges: ["10.20.0.2/32"] } };

test("weights in a store outside want a plan with a way to it", async () => {
  const { endpoint } = models;
  const built = (store?: string): Promise<Deployment> =>
    deploy(() => {
      const plan = planLanguage({ ...args, ...(store === undefined ? {} : { store }) });
      return { url: new Language("words", { on: { cluster: target({}) }, plan, models: outside }).ca };
    });
  expect(planLanguage({ ...args, store: endpoint }).egress).toEqual([
    { host: "objects.crisis.example.ch", port: 443, reason: "weights of words" },
  ]);
  await expect(built()).rejects.toThrow(/store: expected a place that its plan names/);
  await expect(built(endpoint)).resolves.toBeDefined();
});

describe("a plan of a language model", () => {
  test("counts on fewer cores for less, and on more of them for nothing: what is written is as fast as memory", () => {
    const each = (cores: number) => planLanguage({ ...args, cores }).capacity.perReplica;
    expect([each(4), each(6), each(8), each(16)]).toEqual([
      Math.floor(hoursPerDay({ reads: 10, writes: 2.5 })),
      Math.floor(hoursPerDay({ reads: 15, writes: 3.75 })),
      Math.floor(hoursPerDay(languageModels["mistral-7b"].speed.cores)),
      Math.floor(hoursPerDay(languageModels["mistral-7b"].speed.cores)),
    ]);
  });

  test("has as many servers as a day's meetings need, and one more", () => {
    const each = Math.floor(hoursPerDay(languageModels["mistral-7b"].speed.cores));
    for (const [hours, servers] of [
      [each, 2],
      [each + 1, 3],
      [each * 4, 5],
    ] as const)
      expect(planLanguage({ ...args, meetingHoursPerDay: hours }).requests[0]?.replicas).toBe(servers);
  });

  test("counts with the tokens that a meeting of an hour has, read twice", () => {
    const speed = { reads: tokensOfHour.read / 3_600, writes: tokensOfHour.written / 3_600 };
    expect(hoursPerDay(speed)).toBeCloseTo(12, 6);
    expect(planLanguage({ ...args, speed }).capacity).toMatchObject({
      perReplica: 12,
      source: /operator measured/ as unknown as string,
    });
  });

  test("gives a server memory for its weights and all that it looks at", () => {
    const { gib, tokenBytes } = languageModels["mistral-7b"];
    const { resources, questions, context } = planLanguage(args);
    expect(resources.memoryMib).toBeGreaterThanOrEqual(gib * 1_024 + (questions * context * tokenBytes) / 1_048_576);
  });

  test.each<[string, Partial<LanguagePlanArgs>, RegExp]>([
    ["another model", { model: "gpt-4" as "mistral-7b" }, /expected a model.*got "gpt-4"/],
    [
      "weights of no format that it reads",
      { weights: { object: "model.bin", sha256 } },
      /ends in \.gguf.*"model\.bin"/,
    ],
    [
      "weights outside the bucket",
      { weights: { object: "../other/model.gguf", sha256 } },
      /weights.*object.*ends in \.gguf/s,
    ],
    ["weights without a digest", { weights: { object: "model.gguf", sha256: "latest" } }, /SHA-256.*"latest"/],
    ["no meetings", { meetingHoursPerDay: 0 }, /hours.*got 0/],
    ["no speed", { speed: { reads: 0, writes: 5 } }, /tokens in a second, more than none, got 0/],
    ["a key that is none", { modell: "mistral-7b" } as Partial<LanguagePlanArgs>, /modell/],
  ])("refuses %s", (_, change, said) => {
    expect(() => planLanguage({ ...args, ...change })).toThrow(said);
  });
});

describe("a language model", () => {
  test("lets in who asked for its endpoint, once, and nobody else", async () => {
    const deployment = await made({}, 2);
    const policies = deployment.resources.filter(({ type }) => type.endsWith("NetworkPolicy"));
    const names = policies.map(({ name }) => name).filter((name) => name.includes("-for-"));
    expect(names).toEqual(["words-server-for-minutes-minutes-worker"]);
    expect(deployment.outputs).toMatchObject({
      url: "https://words-server.words.svc.cluster.local:8443/v1",
      model: "mistral-7b",
    });
  });

  test("stands on application hosts without graphics processors", async () => {
    const { replicas, template } = spec(await made());
    expect(replicas).toBe(2);
    expect(template.spec.runtimeClassName).toBeUndefined();
    expect(Object.values(template.spec.nodeSelector)).toEqual(["application"]);
    expect(template.spec.containers[0]?.image).toMatch(/\/ggml-org\/llama\.cpp:server-b11434$/);
  });

  test("with graphics processors stands on their hosts, in their runtime class, with upstream's image for them and all layers there", async () => {
    const { template } = spec(await made({ graphics: true }));
    expect(template.spec.runtimeClassName).toBe("nvidia");
    expect(Object.values(template.spec.nodeSelector)).toEqual(["gpu"]);
    expect(template.spec.tolerations).toEqual([expect.objectContaining({ key: "sovereign-uc/gpu", value: "true" })]);
    const [container] = template.spec.containers;
    expect(container?.image).toMatch(/\/ggml-org\/llama\.cpp-cuda:server-cuda-b11434$/);
    expect(container?.args.join(" ")).toContain("--alias mistral-small-24b");
    expect(container?.args.join(" ")).toContain("--gpu-layers all");
  });
});
