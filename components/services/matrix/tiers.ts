import { type Tier, tier } from "../../core/tier";
import { authenticationPorts, callPorts, elementPorts, routerPorts, synapsePorts, workerPorts } from "./settings";

/** The homeserver as one process, which is a tier of its own. */
export const synapseTier = (name: string): Tier<keyof typeof synapsePorts> =>
  tier(name, `${name}-synapse`, synapsePorts);

/** The main process beside workers: the tier of one process, and a port that workers talk to. */
export const mainTier = (name: string): Tier<keyof typeof workerPorts> => tier(name, `${name}-synapse`, workerPorts);

/** Workers that answer clients. Any of them answers anybody. */
export const readerTier = (name: string): Tier<keyof typeof synapsePorts> => tier(name, `${name}-reader`, synapsePorts);

/** The worker that has the files. */
export const mediaTier = (name: string): Tier<keyof typeof synapsePorts> => tier(name, `${name}-media`, synapsePorts);

/** The worker that writes what is sent to rooms. */
export const writerTier = (name: string): Tier<"replication" | "metrics"> =>
  tier(name, `${name}-writer`, { replication: workerPorts.replication, metrics: workerPorts.metrics });

/** The worker that talks to other homeservers: the only process that can. */
export const senderTier = (name: string): Tier<"replication" | "metrics"> =>
  tier(name, `${name}-sender`, { replication: workerPorts.replication, metrics: workerPorts.metrics });

/** Proxies that know by its path which process answers a request. */
export const routerTier = (name: string): Tier<keyof typeof routerPorts> => tier(name, `${name}-router`, routerPorts);

/** Servers that sign people in: Matrix Authentication Service. */
export const authenticationTier = (name: string): Tier<keyof typeof authenticationPorts> =>
  tier(name, `${name}-auth`, authenticationPorts);

/** Web servers with Element's files. */
export const elementTier = (name: string): Tier<keyof typeof elementPorts> =>
  tier(name, `${name}-element`, elementPorts);

/** Servers that give out tickets for calls. */
export const callTier = (name: string): Tier<keyof typeof callPorts> => tier(name, `${name}-calls`, callPorts);
