import { synapsePorts, workerPorts } from "./settings";

/** Kinds of workers, by the part that each plays. */
export type WorkerKind = "reader" | "media" | "writer" | "sender";

/** Programs of workers: upstream's image takes the one that its variable `SYNAPSE_WORKER` names (docker/start.py). */
export const workerPrograms: Readonly<Record<WorkerKind, string>> = {
  reader: "synapse.app.generic_worker",
  media: "synapse.app.media_repository",
  writer: "synapse.app.generic_worker",
  sender: "synapse.app.generic_worker",
};

/** Resource that each serves (synapse/config/server.py, KNOWN_RESOURCES). */
const resources: Readonly<Record<WorkerKind, string>> = {
  reader: "client",
  media: "media",
  writer: "replication",
  sender: "replication",
};

/** Port at which a worker answers, its health included. */
export const workerPort = (kind: WorkerKind): number =>
  resources[kind] === "replication" ? workerPorts.replication : synapsePorts.http;

/**
 * Configuration of a worker beside `homeserver.yaml`, which it reads first: synapse/config/workers.py, read at a58ad44 (1.157.1) and in the release 1.163.2. Its name is
 * that of its pod, written at its start (`start-worker.sh`).
 */
export const workerConfig = (
  kind: WorkerKind,
  { config, address = "0.0.0.0" }: { readonly config: string; readonly address?: string },
): string =>
  `${JSON.stringify(
    {
      worker_app: workerPrograms[kind],
      worker_listeners: [
        {
          port: workerPort(kind),
          bind_addresses: [address],
          type: "http",
          x_forwarded: true,
          resources: [{ names: [resources[kind]], compress: false }],
        },
        { port: synapsePorts.metrics, bind_addresses: [address], type: "metrics" },
      ],
      worker_log_config: `${config}/log.yaml`,
    },
    undefined,
    2,
  )}\n`;
