import { hostTypes } from "../simulated/hcloud/facts";
import type { MachineType } from "./bill-of-materials";

/**
 * Exoscale's types as far as a source was available; a type that is missing here is shown as unknown.
 *
 * | type | source |
 * |---|---|
 * | `standard.large`, `standard.extra-large`, `cpu.extra-large` | README of a published Terraform module for jambonz on Exoscale |
 * | `standard.huge` | Spinifex's published notes on Exoscale, 2026-09-28 |
 *
 * All of them are from secondary sources: the list of the API itself needs an account. Exoscale's disks are chosen by the program, not by the type.
 */
const exoscale: Readonly<Record<string, MachineType>> = {
  "standard.large": { cores: 4, memoryGib: 8, diskGib: 50 },
  "standard.extra-large": { cores: 4, memoryGib: 16, diskGib: 50 },
  "standard.huge": { cores: 8, memoryGib: 32, diskGib: 50 },
  "cpu.extra-large": { cores: 8, memoryGib: 16, diskGib: 50 },
};

/** Cores and memory of a host type; undefined if no table has it. */
export function machineType(cloud: string, type: string): MachineType | undefined {
  if (cloud === "exoscale") return exoscale[type];
  // A type of an inventory is defined by its operator, even if it has the name of one of Hetzner's.
  if (cloud !== "hetzner") return undefined;
  const found = hostTypes[type];
  return found && { cores: found.cores, memoryGib: found.memoryGib, diskGib: found.diskGb };
}
