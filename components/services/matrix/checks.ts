import type { Cache, LiveKitServers } from "../../core/connections";
import { invalid } from "../../core/errors";
import { plannedEgress } from "../../core/plan";
import { fields, record } from "../../core/shapes";
import type { MatrixArgs } from "./args";
import { federatedServers } from "./federation";
import { matrixPlan } from "./plan";
import { placesOf } from "./pods";

/** @throws RangeError for a cache whose host is known only later: it stands in a file that is judged before; and for workers without one. */
export function readCache({ plan, cache }: Pick<MatrixArgs, "plan" | "cache">): string {
  if (cache === undefined && matrixPlan(plan).workers !== undefined)
    throw invalid(
      "a cache, over which workers talk",
      undefined,
      'give cache valkey.access({ from: … }) for every one of the plan\'s processes, or plan with "workers: false"',
    );
  const host: Cache["host"] | undefined = cache?.host ?? "";
  if (typeof host !== "string") throw invalid("a cache whose host is a plain name", host, "give the name itself");
  return host;
}

/** @throws RangeError for a place behind the gateways' proxy that the plan does not name. */
export function planned({ plan, login, bucket }: MatrixArgs): void {
  // A missing login is said under its own argument.
  if (fields(login).issuer === undefined) return;
  for (const { key, address, proxied } of placesOf({ login, ...(bucket === undefined ? {} : { bucket }) }))
    if (proxied) plannedEgress(matrixPlan(plan), address, key);
}

/** @throws RangeError for a bucket with upstream's image, which cannot reach it. */
export function storing({ bucket, image: own }: MatrixArgs): void {
  if (bucket !== undefined && own === undefined)
    throw invalid(
      "an image with the S3 storage provider beside a bucket",
      undefined,
      "build one from upstream's with PyPI's synapse-s3-storage-provider, mirror it, and give its row",
    );
}

/** @throws RangeError for half of it: servers that sign people in without their data, or data of none. */
export function authenticating({ plan, authentication }: MatrixArgs): void {
  const wanted = matrixPlan(plan).authentication !== undefined;
  if (wanted && authentication === undefined)
    throw invalid(
      "data of Matrix Authentication Service, which the plan has",
      undefined,
      "give authentication { database }",
    );
  if (!wanted && authentication !== undefined)
    throw invalid(
      "a plan with Matrix Authentication Service",
      "one without",
      "plan authentication with its host name, or leave its data out",
    );
  if (authentication !== undefined)
    record(fields(authentication).database, "a database", 'postgres.database("chat_auth")');
}

/** @throws RangeError for half of it: calls without LiveKit servers, or servers without calls; and for other servers than the plan's. */
export function calling({ plan, calls }: MatrixArgs): void {
  const wanted = matrixPlan(plan).calls;
  if (wanted !== undefined && calls === undefined)
    throw invalid(
      "LiveKit servers for the calls of the plan",
      undefined,
      "give calls { url, key, secret, peer, port }",
    );
  if (wanted === undefined && calls !== undefined)
    throw invalid("a plan with calls", "one without", "plan calls with their host name, or leave the servers out");
  const { url } = fields<LiveKitServers>(calls);
  if (wanted !== undefined && url !== undefined && url !== wanted.livekit)
    throw invalid(`the address of the plan, ${wanted.livekit}`, url, "give both the same");
}

/** @throws RangeError for authorities of other homeservers where there are none. */
export function federating({ plan, federationCa }: MatrixArgs): void {
  if (federationCa !== undefined && federatedServers(matrixPlan(plan).federation).length === 0)
    throw invalid(
      "a plan with other homeservers",
      "one without",
      "name them in the plan's federation, or leave their authorities out",
    );
}
