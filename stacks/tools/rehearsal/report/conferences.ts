import { type CapacityPlan, planCapacity } from "../../../../components/planner";
import type { HostView } from "./hosts";
import { number, text } from "./plain";
import { ofType, type StateResource } from "./state";
import type { Tier } from "./tiers";

/** Conferences of a stack with their plan. */
export interface Conferences {
  readonly name: string;
  readonly participants: number;
  /** Undefined where nothing can be planned. */
  readonly plan: CapacityPlan | undefined;
  /** Reason why nothing can be planned. */
  readonly why: string | undefined;
}

/** Cities for which a report shows the delay, beside the region's own: the middle and the ends of Europe. */
const europe = ["zurich", "berlin", "paris", "lisbon", "helsinki", "athens"] as const;

/** Participants of the largest room: one shard's. A stack does not say how many rooms it will have, and large rooms need the most. */
const largestRoom = 500;

const roles = {
  gateway: "gateway",
  "control-plane": "controlPlane",
  application: "application",
  media: "media",
} as const;

/** Plans of all conferences of a stack, for the region and the machine types that it has. */
export function conferencesOf(
  resources: readonly StateResource[],
  networks: readonly { readonly location: string }[],
  hosts: readonly HostView[],
  tiers: readonly Tier[],
): readonly Conferences[] {
  const region = networks[0]?.location ?? "unknown";
  const machineTypes = Object.fromEntries(
    Object.entries(roles).flatMap(([role, key]) => {
      const type = hosts.find((host) => host.role === role)?.type;
      return type === undefined ? [] : [[key, type]];
    }),
  );
  return ofType(resources, "Jitsi").map(({ name, inputs }) => {
    const participants = number(inputs["participants"]) ?? 0;
    const perBridge = tiers.find((tier) => tier.name === `${name}-bridge`)?.perReplica;
    const shown = { name, participants };
    try {
      const plan = planCapacity({
        participants,
        rooms: Math.max(1, Math.ceil(participants / largestRoom)),
        region,
        users: europe,
        machineTypes,
        confidentiality: text(inputs["confidentiality"]) === "end-to-end" ? "end-to-end" : "transport",
        ...(perBridge === undefined ? {} : { participantsPerBridge: perBridge }),
      });
      return { ...shown, plan, why: undefined };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return { ...shown, plan: undefined, why: error.message };
    }
  });
}
