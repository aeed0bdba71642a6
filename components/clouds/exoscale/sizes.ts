import type { HostSize } from "../../core/plan";

/**
 * Exoscale's instance types as far as a source was at hand; a type that is missing here is unknown.
 *
 * | type | source |
 * |---|---|
 * | `standard.large`, `standard.extra-large`, `cpu.extra-large` | README of a published Terraform module for jambonz on Exoscale |
 * | `standard.huge` | Spinifex's published notes on Exoscale, 2026-09-28 |
 * | all of them, in agreement with the others | mixxor/eu-cloud-prices e818140, `prices/exoscale.json` of 2026-05-20 |
 * | `standard.extra-large`, `.huge`, `.mega`, `memory.huge`, `.mega`, `.titan`, `cpu.extra-large`, `.huge` | stakater/kubestackplus-docs, `content/about/cloud-providers/exoscale.md` |
 *
 * All of them are second-hand: the list of the API itself wants an account. Exoscale's disks are chosen by the program, not by the type.
 */
export const instanceSizes: Readonly<Record<string, HostSize>> = {
  "standard.small": { cores: 2, memoryGib: 2 },
  "standard.medium": { cores: 2, memoryGib: 4 },
  "standard.large": { cores: 4, memoryGib: 8 },
  "standard.extra-large": { cores: 4, memoryGib: 16 },
  "standard.huge": { cores: 8, memoryGib: 32 },
  "standard.mega": { cores: 12, memoryGib: 64 },
  "standard.titan": { cores: 16, memoryGib: 128 },
  "cpu.extra-large": { cores: 8, memoryGib: 16 },
  "cpu.huge": { cores: 16, memoryGib: 32 },
  "cpu.mega": { cores: 32, memoryGib: 64 },
  "memory.huge": { cores: 4, memoryGib: 32 },
  "memory.mega": { cores: 8, memoryGib: 64 },
  "memory.titan": { cores: 12, memoryGib: 128 },
};
