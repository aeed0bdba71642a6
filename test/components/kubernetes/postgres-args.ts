import { givenSecret, type PostgresArgs } from "../../../components";
import { offered } from "../../../components/kubernetes/volume";
import { target } from "./target";

/** A cluster whose pool "data" carries two volumes on three hosts. Call it inside a program. */
export const dataTarget = () =>
  target({
    volumes: {
      data: offered(["crisis-data-1", "crisis-data-2", "crisis-data-3"], { postgres: { gib: 100 }, more: { gib: 50 } }),
    },
  });

/** Arguments that are right. Call it inside a program. */
export const goodPostgres = (): PostgresArgs => ({
  cluster: dataTarget(),
  pool: "data",
  volume: { from: "postgres", gib: 80 },
  resources: { cpu: 2, memoryMib: 4096 },
  databases: { synapse: { locale: "C" }, nextcloud: { generation: 3 } },
  archive: {
    bucket: {
      endpoint: "https://sos-ch-dk-2.exo.io",
      bucket: "crisis-archive",
      region: "ch-dk-2",
      accessKey: givenSecret("access key"),
      secretKey: givenSecret("secret key"),
      port: 443,
      peer: { name: "object store", ranges: ["0.0.0.0/0"] },
    },
  },
});
