import { givenSecret, planPostgres, type PostgresArgs, type PostgresPlanArgs } from "../../../components";
import { offered } from "../../../components/kubernetes/volume";
import { target } from "./target";

const store = "https://sos-ch-dk-2.exo.io";

/** A cluster whose pool "data" carries two volumes on three hosts. Call it inside a program. */
export const dataTarget = () =>
  target({
    volumes: {
      data: offered(["crisis-data-1", "crisis-data-2", "crisis-data-3"], { records: { gib: 100 }, more: { gib: 50 } }),
    },
  });

/** A plan that is right; arguments can be changed, also against their type. */
export const postgresPlan = (change: Partial<Record<keyof PostgresPlanArgs, unknown>> = {}) =>
  planPostgres({
    name: "records",
    gib: 80,
    resources: { cpu: 2, memoryMib: 4096 },
    databases: [
      { name: "synapse", connections: 10, locale: "C" },
      { name: "nextcloud", connections: 80 },
    ],
    archive: store,
    ...change,
  } as PostgresPlanArgs);

/** Arguments that are right. Call it inside a program. */
export const goodPostgres = (plan: Parameters<typeof postgresPlan>[0] = {}): PostgresArgs => ({
  on: { cluster: dataTarget() },
  plan: postgresPlan(plan),
  archive: {
    bucket: {
      endpoint: store,
      bucket: "crisis-archive",
      region: "ch-dk-2",
      accessKey: givenSecret("access key"),
      secretKey: givenSecret("secret key"),
      port: 443,
      peer: { name: "object store", ranges: ["0.0.0.0/0"] },
    },
  },
});
