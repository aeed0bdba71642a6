import type { Keys } from "../core/errors";

/** Machine types by role, in the cloud's own words. */
export interface MachineTypes {
  readonly gateway: string;
  readonly controlPlane: string;
  readonly application: string;
  /** 16 cores and 32 GiB at least: the capacity of a bridge is stated for that. */
  readonly media: string;
  /** Private hosts that carry volumes. */
  readonly data: string;
}

export const machineTypesKeys: Keys<MachineTypes> = {
  gateway: true,
  controlPlane: true,
  application: true,
  media: true,
  data: true,
};
