import { instanceSizes } from "../../../../components/clouds/exoscale/sizes";
import { serverSizes } from "../../../../components/clouds/hetzner/sizes";
import type { MachineType } from "./bill-of-materials";

/** Disk of every Exoscale instance here: the program chooses it, not the type. */
const exoscaleDiskGib = 50;

/** Processors, memory and disk of a host type; undefined where no table knows it. */
export function machineType(cloud: string, type: string): MachineType | undefined {
  if (cloud === "exoscale") {
    const found = instanceSizes[type];
    return found && { ...found, diskGib: exoscaleDiskGib };
  }
  // A type of an inventory means what its operator says, also where it is called like one of Hetzner's.
  if (cloud !== "hetzner") return undefined;
  const found = serverSizes[type];
  return found && { cores: found.cores, memoryGib: found.memoryGib, diskGib: found.diskGb };
}
