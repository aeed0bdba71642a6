import * as pulumi from "@pulumi/pulumi";
import { givenArgs, validateArgs } from "../../core/errors";
import { planName } from "../../core/plan";
import { record } from "../../core/shapes";
import { Namespace } from "../../kubernetes/namespace";
import { Policies } from "../../kubernetes/policies";
import { type MinutesArgs, minutesArgsKeys } from "./args";
import { hubAccount, inside, notices, peopleClient, plannedPlaces, recordedRooms, withGateways } from "./checks";
import { minutesLinks } from "./links";
import { minutesPlan } from "./plan";
import { workerPods } from "./pods";

export type { ChatAccount, MinutesArgs, RecordedRooms } from "./args";
export { type MinutesPlan, type MinutesPlanArgs, planMinutes, type Program } from "./plan";

/**
 * Workers that make minutes of recorded meetings: they hear a recording by the network's own server of speech, sum it up by its own language model, and put transcript,
 * minutes and evidence into the hub, open to exactly those who were there and whom the identity service knows.
 *
 * Nothing is processed without the recorded consent of everybody in a meeting, and nothing of a room that is encrypted from end to end: such rooms have no place among the
 * arguments, and a recording that says it of itself is set aside. Recipients never come from a model. Every document says that a machine made it.
 *
 * Consent is in the record beside a recording, which no platform writes: none tells its server who agreed. Whoever keeps the workers writes it with their commands `waiting`
 * and `agree`, or another program of the operator's does.
 *
 * The workers keep nothing: the state of each meeting is in the database, which lets one worker at a time go on with it. When a worker dies, another one takes its
 * meetings up after two minutes, where the last step or the last piece of sound left them; nothing is delivered twice. When a server that they need is away, meetings wait,
 * and `minutes_server_away` says which one it is.
 *
 * Their program is a file that comes from the operator's store by its SHA-256 at every start; while the store is away no worker can start, and those that run do not
 * notice. Nobody reaches the page of all meetings but who may forward a port (`kubectl port-forward service/<name>-worker 8080`); it has no names and no titles.
 *
 * @example
 * const notes = planMinutes({
 *   name: "notes",
 *   program: {
 *     url: "https://artefacts.example.ch/minutes/worker.cjs",
 *     sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
 *   },
 *   meetingHoursPerDay: 20,
 * });
 * const config = new pulumi.Config();
 * const addresses = platform.cluster.gatewayAddresses;
 * const peer = { name: "gateways", ranges: addresses.map((address) => `${address}/32`) };
 * const models = (server: string) => ({ port: 8443, peer: tier("models", server, { api: 8443 }) });
 * const minutes = new Minutes("notes", {
 *   on: platform,
 *   plan: notes,
 *   recordings: { confidentiality: "transport", bucket },
 *   database,
 *   speech: givenSpeech({ url: "https://speech.models.svc.cluster.local:8443/v1", model: "whisper-large-v3", ...models("speech") }),
 *   language: givenLanguage({ url: "https://words.models.svc.cluster.local:8443/v1", model: "mistral-7b", ...models("words") }),
 *   hub: {
 *     url: "https://hub.example.ch",
 *     user: "minutes",
 *     password: givenSecret(config.requireSecret("hubPassword")),
 *     ...{ addresses, peer, port: 443 },
 *   },
 *   people: login,
 *   chat: {
 *     url: "https://chat.example.ch",
 *     serverName: "chat.example.ch",
 *     token: givenSecret(config.requireSecret("chatToken")),
 *     ...{ addresses, peer, port: 443 },
 *   },
 * });
 */
export class Minutes extends pulumi.ComponentResource {
  constructor(name: string, args: MinutesArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, minutesArgsKeys, { on: "new Platform(…)" });
    const { on, plan } = args;
    super(
      "sovereign-uc:index:Minutes",
      name,
      {
        confidentiality: args.recordings?.confidentiality,
        program: plan?.program?.sha256,
        keepDays: plan?.keepDays,
        hub: args.hub?.url,
      },
      opts,
    );
    validateArgs(this, name, {
      name: () => planName(name, plan),
      plan: () => minutesPlan(plan),
      on: () => withGateways(on),
      recordings: () => recordedRooms(args.recordings),
      database: () => record(args.database, "a database", 'postgres.database("notes", { from: plan.worker })'),
      speech: () => inside(args.speech, "a server of speech", "givenSpeech({ … })"),
      language: () => inside(args.language, "a language model", "language.endpoint({ from: plan.worker })"),
      hub: () => hubAccount(args.hub),
      people: () => peopleClient(args.people),
      notices: () => notices(args),
    });
    validateArgs(this, name, { outside: () => plannedPlaces(args, plan) });

    const own = { parent: this };
    const namespace = new Namespace(name, { cluster: on.cluster }, own);
    const policies = new Policies(name, { namespace, tiers: [plan.worker], links: minutesLinks(args) }, own);
    workerPods(args, policies, own);
    this.registerOutputs({});
  }
}
