import type { HostSize } from "../../core/plan";

/**
 * Exoscale's instance types as far as a source was at hand; a type that is missing here is unknown.
 *
 * | type | source |
 * |---|---|
 * | `standard.large`, `standard.extra-large`, `cpu.extra-large` | README of a published Terraform module for jambonz on Exoscale |
 * | `standard.huge` | Spinifex's published notes on Exoscale, 2026-09-28 |
 *
 * All of them are second-hand: the list of the API itself wants an account. Exoscale's disks are chosen by the program, not by the type.
 */
export const instanceSizes: Readonly<Record<string, HostSize>> = {
  "standard.large": { cores: 4, memoryGib: 8 },
  "standard.extra-large": { cores: 4, memoryGib: 16 },
  "standard.huge": { cores: 8, memoryGib: 32 },
  "cpu.extra-large": { cores: 8, memoryGib: 16 },
};
