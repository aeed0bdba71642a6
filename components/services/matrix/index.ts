import * as pulumi from "@pulumi/pulumi";
import { type Cache, linkTo } from "../../core/connections";
import { givenArgs, invalid, validateArgs } from "../../core/errors";
import { link, type Link } from "../../core/link";
import { dnsLabel } from "../../core/names";
import { planName, plannedEgress } from "../../core/plan";
import { fields, record } from "../../core/shapes";
import { Namespace } from "../../kubernetes/namespace";
import { Policies } from "../../kubernetes/policies";
import { carrier } from "../../kubernetes/volume";
import { type MatrixArgs, matrixArgsKeys } from "./args";
import { matrixPlan } from "./plan";
import { homeserverPods, placesOf } from "./pods";

export type { MatrixArgs, MatrixSecret } from "./args";
export { type MatrixPlan, type MatrixPlanArgs, planMatrix } from "./plan";

/**
 * A Matrix homeserver (Synapse) for one organisation: it federates with nobody, people log in at the identity provider, and rooms are encrypted from their first
 * message unless their maker says otherwise.
 *
 * No third party is contacted: no key server, no identity server, no push gateway, no address in a message, no statistics. Rooms are in the database and files on a
 * volume, and in a bucket where one is given.
 *
 * It is one process. While it is away, after its own end, an update or a host's loss, nobody reads or writes, and clients send again what waits: Kubernetes starts it
 * again in seconds; on the volume's host, for as long as that is away.
 *
 * @example
 * const chat = planMatrix({ name: "chat", domain: "chat.crisis.example.ch", users: 300, mediaGib: 100 });
 * const matrix = new Matrix("chat", { on: platform, plan: chat, database, login });
 */
export class Matrix extends pulumi.ComponentResource {
  /** Address that clients are given. */
  readonly url: string;

  constructor(name: string, args: MatrixArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, matrixArgsKeys, { on: "new Platform(…)" });
    const { on, plan, database, login, bucket, cache } = args;
    super(
      "sovereign-uc:index:Matrix",
      name,
      { domain: plan?.domain, serverName: plan?.serverName, users: plan?.users, federation: false },
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
      cache: () => plainHost(cache),
      image: () => storing(args),
    });
    this.url = `https://${valid.plan.domain}`;

    const own = { parent: this };
    const namespace = new Namespace(name, { cluster: on.cluster }, own);
    const tier = valid.plan.homeserver;
    const links: readonly Link[] = [
      link(on.edge, tier, "http", "clients, through the edge"),
      linkTo(tier, database, "rooms"),
      linkTo(tier, login, "logins"),
      ...(bucket === undefined ? [] : [linkTo(tier, bucket, "files")]),
      ...(cache === undefined ? [] : [linkTo(tier, cache, "talk between processes")]),
    ];
    const policies = new Policies(name, { namespace, tiers: [tier], links }, own);
    homeserverPods({ name, args, plan: valid.plan, policies, cacheHost: valid.cache, pool: valid.volumes }, own);
    this.registerOutputs({ url: this.url });
  }
}

/** @throws RangeError for a cache whose host is known only later: it stands in a file that is judged before. */
function plainHost(cache: Cache | undefined): string {
  const host = cache?.host ?? "";
  if (typeof host !== "string") throw invalid("a cache whose host is a plain name", host, "give the name itself");
  return host;
}

/** @throws RangeError for a place behind the gateways' proxy that the plan does not name. */
function planned({ plan, login, bucket }: MatrixArgs): void {
  // A missing login is said under its own argument.
  if (fields(login).issuer === undefined) return;
  for (const { key, address, proxied } of placesOf({ login, ...(bucket === undefined ? {} : { bucket }) }))
    if (proxied) plannedEgress(matrixPlan(plan), address, key);
}

/** @throws RangeError for a bucket with upstream's image, which cannot reach it. */
function storing({ bucket, image: own }: MatrixArgs): void {
  if (bucket !== undefined && own === undefined)
    throw invalid(
      "an image with the S3 storage provider beside a bucket",
      undefined,
      "build one from upstream's with PyPI's synapse-s3-storage-provider, mirror it, and give its row",
    );
}
