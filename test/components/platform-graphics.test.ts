/** Speech and language models on a platform's hosts with graphics processors: one pod to a host, of whatever service it is. */
import { generateKeyPairSync } from "node:crypto";
import {
  exoscale,
  givenBucket,
  givenSecret,
  Language,
  planJitsi,
  planLanguage,
  planSpeech,
  Platform,
  Speech,
} from "../../components";
import { isolatedFrom, site as debianSite } from "../support/arguments";
import { outputs } from "../support/infrastructure";
import { deploy, type Deployment } from "../support/mocks";
import { ubuntuMirror } from "../support/ubuntu";
import { object } from "./kubernetes/target";

jest.setTimeout(300_000);

const publicKeyPem = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();
const toolkitKey = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n";
const store = "https://sos-ch-dk-2.exo.io";
const image = { path: "intranet/speech", upstream: "registry.example.ch/speech", version: "1.2.1-1" };
const sha256 = "5".repeat(64);

const made = (hasGraphics: boolean): Promise<Deployment> =>
  deploy(
    () => {
      const speech = planSpeech({
        name: "speech",
        weights: { folder: "whisper-large-v3", sha256 },
        audioHoursPerDay: 20,
        graphics: true,
        store,
      });
      const words = planLanguage({
        name: "words",
        weights: { object: "mistral-small-24b-q4_k_m.gguf", sha256 },
        meetingHoursPerDay: 20,
        graphics: true,
        store,
      });
      const platform = new Platform("uc", {
        cloud: exoscale({ templateId: "00000000-0000-4000-8000-000000000012" }),
        location: "de-fra-1",
        machineTypes: {
          gateway: "standard.medium",
          controlPlane: "standard.medium",
          application: "standard.extra-large",
          media: "standard.huge",
          data: "standard.huge",
        },
        isolatedFrom,
        domain: "uc.example.ch",
        administrators: ["203.0.113.0/24"],
        site: { ...debianSite, mirror: ubuntuMirror },
        plans: [speech, words, planJitsi({ name: "meetings", domain: "meet.uc.example.ch", participants: 50 })],
        ...(hasGraphics ? { graphics: { type: "gpu3.small", toolkitKey } } : {}),
      });
      const models = givenBucket({
        ...{ endpoint: store, bucket: "models", region: "ch-dk-2", ...platform.proxy },
        ...{ accessKey: givenSecret("key"), secretKey: givenSecret("secret") },
      });
      new Speech("speech", { on: platform, plan: speech, models, image });
      new Language("words", { on: platform, plan: words, models });
    },
    {
      outputs: (resource) => ({
        ...outputs(resource),
        ...(resource.type.endsWith(":PrivateKey") ? { publicKeyPem } : {}),
      }),
    },
  );

test("has as many such hosts as pods, and no two of them share one, nor while one is replaced", async () => {
  const deployment = await made(true);
  const pool = deployment.one("sovereign-uc:index:HostPool", "uc-gpu").inputs;
  expect(pool).toMatchObject({ role: "gpu" });
  const controllers = ["speech-whisper", "words-server"].map(
    (name) =>
      object(deployment.resources, "Deployment", name)["spec"] as {
        readonly replicas: number;
        readonly strategy: object;
        readonly template: {
          readonly metadata: { readonly labels: Readonly<Record<string, string>> };
          readonly spec: { readonly affinity: object; readonly runtimeClassName: string };
        };
      },
  );
  const hosts = deployment.resources.filter(({ name }) => /^uc-gpu-\d+-converge$/.test(name));
  expect(hosts).toHaveLength(controllers.reduce((sum, { replicas }) => sum + replicas, 0));
  for (const { template, strategy } of controllers) {
    expect(template.metadata.labels).toMatchObject({ "sovereign-uc/graphics": "true" });
    expect(template.spec.runtimeClassName).toBe("nvidia");
    expect(template.spec.affinity).toEqual({
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            topologyKey: "kubernetes.io/hostname",
            labelSelector: { matchLabels: { "sovereign-uc/graphics": "true" } },
            namespaceSelector: {},
          },
        ],
      },
    });
    // There is no host for one more pod while a new one starts.
    expect(strategy).toEqual({ type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } });
  }
});

test("without such hosts is refused", () =>
  expect(made(false)).rejects.toThrow(
    /layout: graphics: expected hosts with graphics processors for speech-whisper, words-server, got nothing; give their machine type and the key/,
  ));
