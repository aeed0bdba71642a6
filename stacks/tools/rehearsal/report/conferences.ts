import { type CapacityPlan, type ConferenceService, planCapacity } from "../../../../components/planner";
import { conferences } from "../../../../components/planner/conferences";
import type { HostView } from "./hosts";
import { fields, flag, number, type Plain, text } from "./plain";
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

/** Components with conferences, by type, and the tier whose capacity says what one media host carries: `<name>-bridge`. */
const components: Readonly<Record<string, { readonly service: ConferenceService; readonly carrier: string }>> = {
  Jitsi: { service: "jitsi", carrier: "bridge" },
  BigBlueButton: { service: "bigbluebutton", carrier: "server" },
  OpenVidu: { service: "openvidu", carrier: "server" },
};

const roles = {
  gateway: "gateway",
  "control-plane": "controlPlane",
  application: "application",
  media: "media",
  data: "data",
} as const;

/** Participants of further regions by location. */
const regionsOf = (value: Plain | undefined): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(fields(value)).map(([code, region]) => [code, number(fields(region)["participants"]) ?? 0]),
  );

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
  const capacityOf = (name: string): Tier | undefined => tiers.find((tier) => tier.name === name);
  return Object.entries(components).flatMap(([type, { service, carrier }]) =>
    ofType(resources, type).map(({ name, inputs }): Conferences => {
      const participants = number(inputs["participants"]) ?? 0;
      const perHost = capacityOf(`${name}-${carrier}`)?.perReplica;
      // A stack does not say how many rooms it will have, and large ones need the most.
      const { largestRoom, perHost: usual } = conferences[service];
      const { most } = largestRoom(perHost ?? usual);
      const shown = { name, participants };
      try {
        const plan = planCapacity({
          service,
          participants,
          rooms: Math.max(1, Math.ceil(participants / most)),
          region,
          regions: regionsOf(inputs["regions"]),
          users: europe,
          machineTypes,
          confidentiality: text(inputs["confidentiality"]) === "end-to-end" ? "end-to-end" : "transport",
          // Where no tier counts recordings, one stands for all: numbers of tiers do not depend on it.
          recordings:
            capacityOf(`${name}-recorder`)?.load ?? (service === "bigbluebutton" && flag(inputs["recording"]) ? 1 : 0),
          ...(perHost === undefined ? {} : { participantsPerHost: perHost }),
        });
        return { ...shown, plan, why: undefined };
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return { ...shown, plan: undefined, why: error.message };
      }
    }),
  );
}
