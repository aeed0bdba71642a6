import type { DatabaseNeed, ServicePlan } from "../../core/plan";
import type { Tier } from "../../core/tier";
import type { CallsPlan } from "./calls";
import type { Federation } from "./federation";
import type {
  authenticationTier,
  callTier,
  elementTier,
  mediaTier,
  readerTier,
  routerTier,
  senderTier,
  synapseTier,
  writerTier,
} from "./tiers";

/** Tiers beside the main process. */
export interface WorkerTiers {
  readonly router: ReturnType<typeof routerTier>;
  readonly reader: ReturnType<typeof readerTier>;
  readonly media: ReturnType<typeof mediaTier>;
  readonly writer: ReturnType<typeof writerTier>;
  readonly sender?: ReturnType<typeof senderTier>;
}

/** Needs of a Matrix homeserver, and the figures that it is built from. */
export interface MatrixPlan extends ServicePlan {
  readonly service: "matrix";
  readonly domain: string;
  readonly serverName: string;
  readonly users: number;
  readonly mediaGib: number;
  readonly databases: readonly DatabaseNeed[];
  /** The main process, as databases and caches see it. */
  readonly homeserver: ReturnType<typeof synapseTier>;
  /** All processes that its database and its cache have to let in: the main one first. */
  readonly processes: readonly Tier[];
  readonly workers?: WorkerTiers;
  readonly federation: Federation;
  readonly authentication?: { readonly domain: string; readonly tier: ReturnType<typeof authenticationTier> };
  readonly app?: { readonly domain: string; readonly tier: ReturnType<typeof elementTier> };
  readonly calls?: CallsPlan & { readonly tier: ReturnType<typeof callTier> };
  readonly jitsi?: string;
  /** Only where that Jitsi lets the homeserver's people in. */
  readonly jitsiTokens?: true;
  readonly keepDays?: number;
  /** Address that the identity provider sends people back to, for its client. */
  readonly callback: string;
  /** Address at which it hears that somebody has signed out at the identity provider, for its client. */
  readonly signOut: string;
}
