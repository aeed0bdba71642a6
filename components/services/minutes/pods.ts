import type * as pulumi from "@pulumi/pulumi";
import { issuerNames, relayNames } from "../../core/connections";
import { image } from "../../core/images";
import type { Policies } from "../../kubernetes/policies";
import { Workload } from "../../kubernetes/workload";
import { gatewayName } from "../../recipe/parts/private-host";
import type { MinutesArgs } from "./args";
import { authorities, nodeEnv, workerEnv, workerSecrets } from "./env";
import { minutesScripts } from "./files";
import { minutesImages } from "./images";
import { nodeFlags } from "./limits";
import { workerResources } from "./plan";
import { folders, httpPort, nodeUser, programPath, trustFile } from "./settings";

/** Names that the workers know beside those of the resolver: of places on the same platform, and the gateways'. */
function names({ on, hub, people, chat, relay }: MinutesArgs): Readonly<Record<string, readonly string[]>> {
  const own = (url: string, addresses: readonly string[] = []): Readonly<Record<string, readonly string[]>> =>
    addresses.length === 0 ? {} : { [new URL(url).hostname]: addresses };
  return {
    [gatewayName]: on.cluster.gatewayAddresses,
    ...issuerNames(people),
    ...own(hub.url, hub.addresses),
    ...(chat === undefined ? {} : own(chat.url, chat.addresses)),
    ...(relay === undefined ? {} : relayNames(relay)),
  };
}

/** The workers. They keep nothing, and know nothing of each other: a meeting is held by a lease in the database. */
export function workerPods(args: MinutesArgs, policies: Policies, opts: pulumi.ComponentResourceOptions): Workload {
  const { plan } = args;
  const node = image(policies.namespace.cluster.registry, minutesImages.node);
  const trust = authorities(args);
  const env = nodeEnv(args);
  return new Workload(
    plan.worker.name,
    {
      namespace: policies.namespace,
      policies,
      tier: plan.worker,
      role: "minutes",
      image: node,
      capacity: plan.capacity,
      user: nodeUser,
      init: [
        {
          name: "program",
          image: node,
          command: ["node", `${folders.scripts}/fetch-worker.mjs`],
          env: {
            ...env,
            WORKER_URL: plan.program.url,
            WORKER_SHA256: plan.program.sha256,
            WORKER_FILE: programPath,
          },
        },
      ],
      command: ["node", ...nodeFlags, programPath],
      env: { ...env, ...workerEnv(args) },
      names: names(args),
      mounts: [
        { name: "program", path: folders.program, memoryMib: 32 },
        { name: "scripts", path: folders.scripts, files: minutesScripts },
        { name: "secrets", path: folders.secrets, secrets: workerSecrets(args) },
        ...(trust === undefined ? [] : [{ name: "trust", path: folders.trust, secrets: { [trustFile]: trust } }]),
      ],
      probes: {
        ready: { get: "/readyz", port: httpPort },
        alive: { get: "/healthz", port: httpPort, failures: 6 },
        // It is ready once the database has its tables, which may be started at the same time.
        startSeconds: 600,
      },
      // A meeting under way is let go of at its next step, or when its lease has ended: nothing of it is lost.
      drain: { seconds: 60 },
      metrics: { port: "http" },
      resources: workerResources,
    },
    opts,
  );
}
