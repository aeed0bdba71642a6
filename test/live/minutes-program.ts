/** Minutes of recordings as a program: a store, servers of speech and of language, a database and workers, by their components. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  givenOidcClient,
  givenSecret,
  givenSmtpRelay,
  Language,
  Minutes,
  Namespace,
  planLanguage,
  planMinutes,
  planPostgres,
  planSpeech,
  planStorage,
  Policies,
  Postgres,
  Speech,
  Storage,
  tier,
} from "../../components";
import { serviceHost } from "../../components/core/tier";
import { letIn } from "../../components/kubernetes/clients";
import { nextcloudAccount } from "../servers/minutes-places";
import { tinyModel } from "../servers/tiny-model";
import { speechPlaces } from "../support/programs/speech";
import { hubPorts } from "./minutes-people";
import { outsideAuthority } from "./outside";
import { authority, type Pair } from "./pki";
import { archiveBucket, store as archive } from "./postgres-program";
import { smallCluster } from "./small-cluster";

export const artefacts = "artefacts.example.ch";

/** The hub, the identity service and the mail relay. */
export const hub = tier("hub", "hub-front", hubPorts);
/** The client that puts models and recordings into the buckets. */
export const operator = tier("operator", "operator", { none: 1 });

const sum = (content: Buffer): string => createHash("sha256").update(content).digest("hex");
const root = join(__dirname, "..", "..");

/** Folder of the operator's: the worker's program, and what goes into the buckets. It is written anew each time. */
export const folder = join(root, "out", "minutes-live");
/** Place of Whisper below the folder: the model itself lies elsewhere, and is not copied. */
export const whisperFolder = "models/whisper-base";

/** Digests of what lies there. */
interface Digests {
  readonly worker: string;
  readonly whisper: string;
  readonly words: string;
}

let digests: Digests | undefined;

function made(): Digests {
  if (digests !== undefined) return digests;
  mkdirSync(join(folder, whisperFolder), { recursive: true });
  const bundle = join(root, "components", "services", "minutes", "bundle.mjs");
  const worker = execFileSync(process.execPath, [bundle, join(folder, "worker.cjs")], { encoding: "utf8" }).trim();
  // A closed answer to every question: a context as long as the plan's, and words without a meaning.
  const weights = tinyModel({ context: 16_384, tidy: true });
  writeFileSync(join(folder, "models", "tiny.gguf"), weights);
  const places = speechPlaces();
  const whisper = places === undefined ? undefined : readFileSync(join(places.models.whisper, "SHA256SUMS"));
  // Where the model was not installed, no node is started either: what is rendered is looked at all the same.
  digests = { worker, whisper: sum(whisper ?? Buffer.alloc(0)), words: sum(weights) };
  return digests;
}

let hubAuthority: Pair | undefined;
/** The authority of the certificate of the hub. */
export const hubCa = (): Pair => (hubAuthority ??= authority("hub of the tests"));

export const program = (): Record<string, unknown> => {
  const { worker, whisper, words: wordsSum } = made();
  const store = planStorage({ name: "store", gib: 14, buckets: [{ name: "models" }, { name: "recordings" }] });
  const heard = planSpeech({
    name: "speech",
    model: "whisper-base",
    weights: { folder: "whisper-base", sha256: whisper },
    audioHoursPerDay: 1,
    cores: 2,
  });
  const words = planLanguage({
    name: "words",
    weights: { object: "tiny.gguf", sha256: wordsSum },
    meetingHoursPerDay: 1,
    cores: 2,
  });
  const notes = planMinutes({
    name: "notes",
    program: { url: `https://${artefacts}/worker.cjs`, sha256: worker },
    meetingHoursPerDay: 1,
  });
  const records = planPostgres({
    name: "records",
    serves: [store, notes],
    gib: 8,
    archive: `https://${archive.host}`,
    resources: { cpu: 0.25, memoryMib: 512 },
  });
  const cluster = smallCluster({
    application: 3,
    pools: {
      data: {
        count: 3,
        taints: ["data=true:NoSchedule"],
        volumes: Object.fromEntries(
          [...(records.volumes ?? []), ...(store.volumes ?? [])].map(({ name, gib }) => [name, { gib }]),
        ),
      },
    },
    egress: [...(records.egress ?? []), ...(notes.egress ?? [])],
  });
  const on = { cluster };
  const postgres = new Postgres("records", {
    on,
    plan: records,
    archive: { bucket: archiveBucket() },
  });
  const storage = new Storage("store", {
    on,
    plan: store,
    database: postgres.database("store", { from: store.gateways }),
  });
  const speech = new Speech("speech", {
    on,
    plan: heard,
    image: { path: "live/speech", upstream: "registry.example.ch/speech", version: "1" },
    models: storage.bucket("models", { from: heard.server }),
  });
  const language = new Language("words", {
    on,
    plan: words,
    models: storage.bucket("models", { from: words.server }),
  });
  const place = new Namespace(hub.namespace, { cluster });
  new Policies(hub.namespace, { namespace: place, tiers: [hub], links: [] });
  for (const [name, port] of Object.entries(hubPorts))
    letIn({ to: hub, namespace: place, from: notes.worker, port, reason: "minutes", name: `notes-${name}` }, place);
  const ca = hubCa().certificate;
  new Minutes("notes", {
    on,
    plan: notes,
    recordings: {
      confidentiality: "transport",
      bucket: storage.bucket("recordings", { from: notes.worker }),
    },
    database: postgres.database("notes", { from: notes.worker }),
    speech: speech.endpoint({ from: notes.worker }),
    language: language.endpoint({ from: notes.worker }),
    hub: {
      url: `https://${serviceHost(hub)}:${hubPorts.https}`,
      user: nextcloudAccount.user,
      password: givenSecret(nextcloudAccount.password),
      ca,
      peer: hub,
      port: hubPorts.https,
    },
    people: {
      ...givenOidcClient({
        issuer: "https://login.example.ch/realms/crisis",
        clientId: "minutes",
        clientSecret: givenSecret("client secret"),
        peer: hub,
        port: hubPorts.http,
      }),
      server: `http://${serviceHost(hub)}:${hubPorts.http}`,
    },
    relay: givenSmtpRelay({
      host: serviceHost(hub),
      port: hubPorts.mail,
      from: "minutes@example.ch",
      ca,
      peer: hub,
    }),
    programCa: outsideAuthority().certificate,
  });
  const keys = (["models", "recordings"] as const).map((name) => storage.bucket(name, { from: operator }));
  return {
    kubeconfig: cluster.kubeconfig,
    endpoint: storage.endpoint,
    ca: storage.ca,
    keys: Object.fromEntries(
      keys.map(({ bucket, accessKey, secretKey }) => [bucket, [accessKey.value, secretKey.value]]),
    ),
  };
};
