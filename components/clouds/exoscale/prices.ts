import type { MachineTypes } from "../machine-types";
import { hoursPerMonth, type Price, type PriceList } from "../prices";

/** Machine types that a stack takes unless it says otherwise. */
export const exoscaleTypes: MachineTypes = {
  gateway: "standard.medium",
  controlPlane: "standard.large",
  application: "standard.extra-large",
  media: "cpu.huge",
  data: "standard.extra-large",
};

const source = "mixxor/eu-cloud-prices e818140, prices/exoscale.json";

/** A price by the hour, in euros: Exoscale bills what is used, in euros, francs or dollars. */
const hourly = (euros: number): Price => ({
  euros: euros * hoursPerMonth,
  source,
  seen: "2026-05-20",
  confidence: "single",
});

/**
 * List prices, the same in every zone of that reading. Exoscale's own page fills its prices in with a script, so no second reading was found.
 *
 * The price of the system disk (50 GiB per host here) and of an elastic address is in no reading: unverified, and left out of sums by name.
 */
export const exoscalePrices: PriceList = {
  hosts: {
    "standard.small": hourly(0.02333),
    "standard.medium": hourly(0.04666),
    "standard.large": hourly(0.09333),
    "standard.extra-large": hourly(0.18667),
    "standard.huge": hourly(0.37334),
    "standard.mega": hourly(0.74667),
    "standard.titan": hourly(1.49333),
    "cpu.extra-large": hourly(0.23333),
    "cpu.huge": hourly(0.46666),
    "cpu.mega": hourly(0.93333),
    "memory.huge": hourly(0.28),
    "memory.mega": hourly(0.56),
    "memory.titan": hourly(1.12),
  },
  // An instance's own address comes with it: no reading has a price for it.
  address: { euros: 0, source: `${source}: no such row`, seen: "2026-05-20", confidence: "unverified" },
  lastingAddress: undefined,
  volumeGib: { euros: 0.1022, source, seen: "2026-05-20", confidence: "single" },
  diskGib: undefined,
  trafficTb: { euros: 20, source: `${source}: 0.02 per GB`, seen: "2026-05-20", confidence: "single" },
  // Counted by the hour: what is not sent in one is lost.
  includedTb: (_, hours) => ({
    tb: (1.42 * hours) / 1_000,
    source: `1.42 GB per hour and instance: exoscale.com/blog/more-free-bandwidth of 2017-07-03, and ${source}`,
    seen: "2026-05-20",
    confidence: "agreed",
  }),
  // Every instance brings its share, whichever of them sends.
  sharedTraffic: true,
};
