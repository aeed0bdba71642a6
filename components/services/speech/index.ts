import * as pulumi from "@pulumi/pulumi";
import { type BucketAccess, linkTo, type SpeechEndpoint, throughProxy } from "../../core/connections";
import { givenArgs, invalid, validateArgs } from "../../core/errors";
import type { CatalogueImage } from "../../core/images";
import { endText, type LinkEnd } from "../../core/link";
import { plannedEgress, planName } from "../../core/plan";
import { keyPair, type Secret, secretText, usedAfter } from "../../core/secret";
import { record } from "../../core/shapes";
import { serviceHost, type Tier } from "../../core/tier";
import { authorityIn } from "../../infrastructure/certificate-authority";
import { readGeneration, Secrets } from "../../infrastructure/secrets";
import { letIn } from "../../kubernetes/clients";
import { Namespace } from "../../kubernetes/namespace";
import { Policies } from "../../kubernetes/policies";
import { onCluster } from "../../kubernetes/target";
import { type SpeechArgs, speechArgsKeys } from "./args";
import { speechImages } from "./images";
import { speechPlan } from "./plan";
import { captionsPods, type SpeechParts, whisperPods } from "./pods";
import { captionsModel } from "./server";
import { apiPort } from "./settings";

export type { SpeechArgs } from "./args";
export { type SpeechModel, type SpeechModelName, speechModels, type SpeechSpeed } from "./models";
export { planSpeech, type SpeechPlan, type SpeechPlanArgs } from "./plan";
export type { Captions, CaptionsPlan, SpeechWeights } from "./plan-captions";

/**
 * Servers that turn speech into text, for services inside. Recordings are written down by Whisper (faster-whisper), in the language that is spoken; they speak the part of
 * OpenAI's interface that transcribes. Where captions are planned, others write along while people speak (Vosk), by OpenAI's realtime protocol. Both answer over TLS, by an
 * authority of the deployment's own, to whoever asked for an endpoint and has its key.
 *
 * Models come from a bucket of the operator's at every start and are held in memory; other bytes than those of the planned digest start nothing, and no client can name
 * another one. Nothing is ever asked of anybody outside: the pods reach the bucket alone. What people said is kept nowhere and stands in no log.
 *
 * A server writes down one piece of sound at a time. A few wait for their turn; whoever comes then is told to come again. When a server dies, the piece that it was at is asked
 * for again by its client. While the bucket is away no server can start, and those that run do not notice.
 *
 * @example
 * const heard = planSpeech({
 *   name: "speech",
 *   weights: {
 *     folder: "whisper-small",
 *     sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
 *   },
 *   audioHoursPerDay: 20,
 * });
 * const speech = new Speech("speech", {
 *   on: platform,
 *   plan: heard,
 *   image: { path: "intranet/speech", upstream: "registry.example.ch/speech", version: "1.2.1-1" },
 *   models: bucket,
 * });
 * const endpoint = speech.endpoint({ from: tier("minutes", "minutes-worker", { http: 8080 }) });
 */
export class Speech extends pulumi.ComponentResource {
  /** The servers that write down recordings, as other tiers see them. */
  readonly tier: Tier<"api">;
  /** PEM of the authority by which clients verify all servers. */
  readonly ca: pulumi.Output<string>;

  private readonly namespace: Namespace;
  private readonly key: Secret;
  private readonly model: string;
  private readonly captionsTier?: Tier<"api">;
  private readonly clients = new Set<string>();

  constructor(name: string, args: SpeechArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, speechArgsKeys, { on: "new Platform(…)" });
    const { on, plan, models, secretsGeneration = "1" } = args;
    super(
      "sovereign-uc:index:Speech",
      name,
      {
        ...{ model: plan?.model, sha256: plan?.weights?.sha256, graphics: plan?.graphics, secretsGeneration },
        captions: Object.keys(plan?.captions?.models ?? {}),
      },
      opts,
    );
    const valid = validateArgs(this, name, {
      name: () => planName(name, plan),
      plan: () => speechPlan(plan),
      on: () => onCluster(on),
      image: () => ownImage(args.image),
      models: () =>
        record(models, "a bucket with the models", 'storage.bucket("models", { from: plan.server })') as BucketAccess,
      secretsGeneration: () => readGeneration(secretsGeneration),
    });
    const way = valid.models;
    validateArgs(this, name, {
      store: () => throughProxy(way, way.endpoint) && plannedEgress(valid.plan, way.endpoint, "store"),
    });
    this.tier = valid.plan.server;
    this.model = valid.plan.model;
    const { captions, servers } = valid.plan;
    if (captions !== undefined) this.captionsTier = captions.server;

    const own = { parent: this };
    const key = new Secrets(name, { roles: ["client"], generation: valid.secretsGeneration }, own).password("client");
    const authority = authorityIn(this, `${name}-authority`, { commonName: `${name} speech` });
    this.ca = authority.certificate;
    const certificate = authority.issue("server", {
      commonName: `${name}-speech`,
      dnsNames: servers.map(serviceHost),
      usage: "server",
    });
    this.namespace = new Namespace(name, { cluster: valid.on.cluster }, own);
    const links = servers.map((one) => linkTo(one, valid.models, "models"));
    const policies = new Policies(name, { namespace: this.namespace, tiers: servers, links }, own);
    const parts: SpeechParts = {
      ...{ plan: valid.plan, image: valid.image, models: valid.models, policies },
      ...{ keys: keyFile(key), pair: keyPair(certificate) },
    };
    const written = whisperPods(parts, own);
    const along = captions === undefined ? [] : [captionsPods(parts, captions, own)];
    this.key = usedAfter(key, [written, ...along]);
    this.registerOutputs({ model: this.model });
  }

  /**
   * The endpoint that writes down recordings, for one who asks: its policy is opened to them.
   *
   * @param from tier that will connect.
   */
  endpoint({ from }: { readonly from: LinkEnd }): SpeechEndpoint {
    return this.open(this.tier, from, "recordings", "https", this.model);
  }

  /**
   * The endpoint that writes along, by OpenAI's realtime protocol: its policy is opened to who asks.
   *
   * @param from tier that will connect.
   * @throws Error where no captions are planned.
   */
  captions({ from }: { readonly from: LinkEnd }): SpeechEndpoint {
    if (this.captionsTier === undefined)
      throw invalid("a plan with captions", undefined, "plan them: planSpeech({ …, captions: { models, streams } })");
    return this.open(this.captionsTier, from, "sound of meetings", "wss", captionsModel);
  }

  private open(to: Tier<"api">, from: LinkEnd, reason: string, scheme: string, model: string): SpeechEndpoint {
    const client = `${to.name} ${endText(from)}`;
    if (!this.clients.has(client)) letIn({ to, namespace: this.namespace, from, port: apiPort, reason }, this);
    this.clients.add(client);
    return {
      url: `${scheme}://${serviceHost(to)}:${apiPort}/v1${scheme === "wss" ? "/realtime?intent=transcription" : ""}`,
      ...{ model, token: this.key, ca: this.ca, port: apiPort, peer: to },
    };
  }
}

/** An image with the servers' packages. @throws RangeError for none, and for Python's own. */
function ownImage(value: CatalogueImage | undefined): CatalogueImage {
  const example = '{ path: "intranet/speech", upstream: "registry.example.ch/speech", version: "1.2.1-1" }';
  const own = record(
    value,
    "an image with the servers' packages",
    `${example}; files/Containerfile makes one`,
  ) as CatalogueImage;
  if (own.upstream === speechImages.python.upstream)
    throw invalid(
      "an image with the servers' packages",
      own.upstream,
      "build one upon it with files/Containerfile: nothing is installed while a server starts",
    );
  return own;
}

/** The file of keys: one on each line. */
const keyFile = (key: Secret): Secret => {
  const { previous } = key;
  const all: Readonly<Record<string, Secret>> = { key, ...(previous === undefined ? {} : { previous }) };
  return secretText(all, (texts) => `${Object.values(texts).join("\n")}\n`);
};
