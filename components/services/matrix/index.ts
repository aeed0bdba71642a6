import * as pulumi from "@pulumi/pulumi";
import { givenArgs, validateArgs } from "../../core/errors";
import { dnsLabel } from "../../core/names";
import { planName } from "../../core/plan";
import { fields, record } from "../../core/shapes";
import { Namespace } from "../../kubernetes/namespace";
import { Policies } from "../../kubernetes/policies";
import { carrier } from "../../kubernetes/volume";
import { type MatrixArgs, matrixArgsKeys } from "./args";
import { aroundPods } from "./around";
import { authenticating, calling, federating, planned, readCache, storing } from "./checks";
import { federatedServers } from "./federation";
import { linksOf, tiersOf } from "./links";
import { matrixPlan } from "./plan";
import { homeserverPods } from "./pods";
import { secretFilesOf } from "./secrets";
import { workerPods } from "./worker-pods";

export type { AuthenticationArgs, MatrixArgs, MatrixSecret } from "./args";
export type { CallsPlan } from "./calls";
export { matrixData } from "./data";
export type { Federation } from "./federation";
export { type MatrixPlan, type MatrixPlanArgs, planMatrix, type WorkerTiers } from "./plan";

/**
 * A Matrix homeserver (Synapse) for one organisation: it federates with nobody but servers that are named, people log in at the identity provider, and rooms of every kind
 * are encrypted from their first message unless their maker says otherwise.
 *
 * No third party is contacted: no key server, no identity server, no integration manager, no push gateway, no address in a message, no statistics. Rooms are in the
 * database and files on a volume, and in a bucket where one is given. Clients sync by sliding sync or as before.
 *
 * Small, it is one process. While that is away, after its own end, an update or a host's loss, nobody reads or writes, and clients send again what waits: Kubernetes
 * starts it again in seconds; on the volume's host, for as long as that is away. With workers, any of several readers answers anybody, and one may be lost. The main
 * process, the writer of events, the worker with the files and the one that talks to others are one each, because upstream has it so: what one of them does waits until it
 * is there again. People are not shown who is there just now: every sync would wait for the main process.
 *
 * Element Web, Matrix Authentication Service and tickets for Element Call stand beside it where the plan names their hosts. Element X needs the second; where it is, an
 * account that the homeserver knew before keeps its name.
 *
 * The light alternative is Dendrite, which is not built here: its makers only maintain it, it has neither sliding sync nor Matrix Authentication Service, so Element X does
 * not work with it, it is one process whose loss is an outage, and nothing moves rooms from it to Synapse. One process of Synapse for some hundred people takes 2 cores and
 * 2.5 GiB, so what there is to save is small.
 *
 * @example
 * const chat = planMatrix({ name: "chat", domain: "chat.crisis.example.ch", users: 300, mediaGib: 100 });
 * const matrix = new Matrix("chat", { on: platform, plan: chat, database, login });
 */
export class Matrix extends pulumi.ComponentResource {
  /** Address that clients are given. */
  readonly url: string;
  /** Address of Element Web; undefined without it. */
  readonly app: string | undefined;

  constructor(name: string, args: MatrixArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, matrixArgsKeys, { on: "new Platform(…)" });
    const { on, plan, database, login } = args;
    super(
      "sovereign-uc:index:Matrix",
      name,
      {
        domain: plan?.domain,
        serverName: plan?.serverName,
        users: plan?.users,
        federation: federatedServers(plan?.federation ?? {}),
        workers: plan?.workers !== undefined,
      },
      opts,
    );
    const valid = validateArgs(this, name, {
      name: () => planName(dnsLabel(name, 9), plan),
      plan: () => matrixPlan(plan),
      on: () => record(on, "a platform", "new Platform(…)"),
      volumes: () => {
        const [media] = matrixPlan(plan).volumes ?? [];
        return media === undefined ? "" : carrier(media, fields(fields(on).cluster).volumes);
      },
      egress: () => planned(args),
      database: () => record(database, "a database", 'postgres.database("chat")'),
      login: () => record(login, "a client of the identity provider", 'identity.client("chat")'),
      authentication: () => authenticating(args),
      calls: () => calling(args),
      federationCa: () => federating(args),
      cache: () => readCache(args),
      image: () => storing(args),
    });
    this.url = `https://${valid.plan.domain}`;
    this.app = valid.plan.app === undefined ? undefined : `https://${valid.plan.app.domain}`;

    const own = { parent: this };
    const namespace = new Namespace(name, { cluster: on.cluster }, own);
    const tiers = tiersOf(valid.plan);
    const policies = new Policies(name, { namespace, tiers, links: linksOf(args, valid.plan) }, own);
    const parts = {
      ...{ name, args, plan: valid.plan, policies, cacheHost: valid.cache, pool: valid.volumes },
      secrets: secretFilesOf(name, args, valid.plan, own),
    };
    homeserverPods(parts, own);
    if (valid.plan.workers !== undefined) workerPods(parts, valid.plan.workers, own);
    aroundPods(parts, own);
    this.registerOutputs({ url: this.url, app: this.app });
  }
}
