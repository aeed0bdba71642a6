import * as pulumi from "@pulumi/pulumi";
import { type BucketAccess, type LanguageEndpoint, linkTo, throughProxy } from "../../core/connections";
import { givenArgs, validateArgs } from "../../core/errors";
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
import type { Workload } from "../../kubernetes/workload";
import { type LanguageArgs, languageArgsKeys } from "./args";
import { languagePlan } from "./plan";
import { serverPods } from "./pods";
import { apiPort } from "./settings";

export type { LanguageArgs } from "./args";
export { type Model, type ModelName, models, type Speed } from "./models";
export { type LanguagePlan, type LanguagePlanArgs, planLanguage, type Weights } from "./plan";

/**
 * Servers that run a language model (llama.cpp), for services inside: minutes of meetings. They speak the interface that OpenAI's clients know, over TLS by an authority of
 * the deployment's own, to whoever asked for the endpoint and has its key.
 *
 * The weights come from a bucket of the operator's at every start and are held in memory; other bytes than those of the planned digest start nothing. Nothing is ever
 * asked of anybody outside: the pods reach the bucket alone. What people said is kept nowhere: no question outlives its answer, and none is in the log.
 *
 * When a server dies or is replaced, the question that it was answering fails and is asked again by its client; the others go on. While the bucket is away no server can start, and those
 * that run do not notice.
 *
 * @example
 * const words = planLanguage({
 *   name: "words",
 *   weights: {
 *     object: "mistral-7b-instruct-v0.3-q4_k_m.gguf",
 *     sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
 *   },
 *   meetingHoursPerDay: 20,
 * });
 * const language = new Language("words", { on: platform, plan: words, models: bucket });
 * const endpoint = language.endpoint({ from: tier("minutes", "minutes-worker", { http: 8080 }) });
 */
export class Language extends pulumi.ComponentResource {
  /** The servers, as other tiers see them. */
  readonly tier: Tier<"api">;
  /** PEM of the authority by which clients verify them. */
  readonly ca: pulumi.Output<string>;

  private readonly namespace: Namespace;
  private readonly key: Secret;
  private readonly model: string;
  private readonly servers: Workload;
  private readonly clients = new Set<string>();

  constructor(name: string, args: LanguageArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, languageArgsKeys, { on: "new Platform(…)" });
    const { on, plan, models, secretsGeneration = "1" } = args;
    super(
      "sovereign-uc:index:Language",
      name,
      { model: plan?.model, sha256: plan?.weights?.sha256, graphics: plan?.graphics, secretsGeneration },
      opts,
    );
    const valid = validateArgs(this, name, {
      name: () => planName(name, plan),
      plan: () => languagePlan(plan),
      on: () => onCluster(on),
      models: () =>
        record(models, "a bucket with the weights", 'storage.bucket("models", { from: plan.server })') as BucketAccess,
      secretsGeneration: () => readGeneration(secretsGeneration),
    });
    const way = valid.models;
    validateArgs(this, name, {
      store: () => throughProxy(way, way.endpoint) && plannedEgress(valid.plan, way.endpoint, "store"),
    });
    this.tier = valid.plan.server;
    this.model = valid.plan.model;

    const own = { parent: this };
    const secrets = new Secrets(name, { roles: ["client"], generation: valid.secretsGeneration }, own);
    const key = secrets.password("client");
    const authority = authorityIn(this, `${name}-authority`, { commonName: `${name} language` });
    this.ca = authority.certificate;
    const certificate = authority.issue("server", {
      commonName: `${name}-server`,
      dnsNames: [serviceHost(this.tier)],
      usage: "server",
    });
    this.namespace = new Namespace(name, { cluster: valid.on.cluster }, own);
    const policies = new Policies(
      name,
      {
        namespace: this.namespace,
        tiers: [this.tier],
        links: [linkTo(this.tier, valid.models, "weights of the model")],
      },
      own,
    );
    this.servers = serverPods(
      { plan: valid.plan, models: valid.models, policies, keys: keyFile(key), pair: keyPair(certificate) },
      own,
    );
    this.key = usedAfter(key, [this.servers]);
    this.registerOutputs({ model: this.model });
  }

  /**
   * The endpoint, for one who asks: its policy is opened to them.
   *
   * @param from tier that will connect.
   */
  endpoint({ from }: { readonly from: LinkEnd }): LanguageEndpoint {
    if (!this.clients.has(endText(from)))
      letIn({ to: this.tier, namespace: this.namespace, from, port: apiPort, reason: "questions" }, this);
    this.clients.add(endText(from));
    return {
      url: `https://${serviceHost(this.tier)}:${apiPort}/v1`,
      model: this.model,
      token: this.key,
      ca: this.ca,
      port: apiPort,
      peer: this.tier,
    };
  }
}

/** The file of keys: one on each line. */
const keyFile = (key: Secret): Secret => {
  const { previous } = key;
  const all: Readonly<Record<string, Secret>> = { key, ...(previous === undefined ? {} : { previous }) };
  return secretText(all, (texts) => `${Object.values(texts).join("\n")}\n`);
};
