import type { MachineTypes } from "../machine-types";
import type { Confidence, Price, PriceList } from "../prices";

/** Machine types that a stack takes unless it says otherwise. Media hosts have processors of their own: a shared one loses packets when a neighbour works. */
export const hetznerTypes: MachineTypes = {
  gateway: "cpx22",
  controlPlane: "cpx32",
  application: "cpx42",
  media: "ccx43",
  data: "ccx23",
};

/** True for a type whose processors no other customer shares: by the names of Hetzner's price list, ccx alone. */
export const ownProcessors = (type: string): boolean => type.startsWith("ccx");

/**
 * Origin of the prices. They hold for orders from 2026-06-15 on; a server that is older keeps its own until it is rescaled.
 *
 * | reading | what it has |
 * |---|---|
 * | mixxor/eu-cloud-prices 40e3af6, `prices/hetzner.json` of 2026-08-17 | every type, with 19 % tax and an IPv4 address of 0.50: both are taken off below |
 * | moveinfra/eu-cloud-prices, `data/eu-cloud-prices.csv` of 2026-10-28 | ccx13, ccx23, ccx33 without either, from Hetzner's API |
 * | robhunter/agentdeals, pull requests 1286 and 1324 of 2026-09-03, from Hetzner's price API and its page "price adjustment" | cx23, cx33, cx43, cx53, cpx12, cpx22, ccx13, ccx53 |
 */
const source =
  "mixxor/eu-cloud-prices 40e3af6, less tax and address; agreed ones also in moveinfra/eu-cloud-prices (2026-10-28) or robhunter/agentdeals#1286 and #1324 (2026-09-03)";

const price = (euros: number, confidence: Confidence): Price => ({ euros, source, seen: "2026-08-17", confidence });

const hosts: Readonly<Record<string, Price>> = {
  cx23: price(5.49, "agreed"),
  cx33: price(8.49, "agreed"),
  cx43: price(15.99, "agreed"),
  cx53: price(29.49, "agreed"),
  cpx12: price(11.49, "agreed"),
  cpx22: price(19.49, "agreed"),
  cpx32: price(35.49, "single"),
  cpx42: price(69.49, "single"),
  cpx52: price(100.49, "single"),
  cpx62: price(129.99, "single"),
  ccx13: price(42.99, "agreed"),
  ccx23: price(85.99, "agreed"),
  ccx33: price(138.49, "agreed"),
  ccx43: price(275.99, "single"),
  ccx53: price(533.49, "agreed"),
  ccx63: price(853.49, "single"),
};

/** TB a month that a server of a type includes in Europe; every other type has 20. */
const included: Readonly<Record<string, number>> = { ccx33: 30, ccx43: 40, ccx53: 50, ccx63: 60 };

const api = "Hetzner's API, GET /v1/pricing for fsn1, quoted in devantler-tech/platform cb791c6f";

/** List prices in Europe; those of other locations are higher, and not at hand. */
export const hetznerPrices: PriceList = {
  hosts,
  address: {
    euros: 0.5,
    source: "mixxor/eu-cloud-prices 40e3af6; tonoid/hcloud-multiregion-mongodb-replicaset 0753c4c, HETZNER_SERVERS.md",
    seen: "2026-08-17",
    confidence: "agreed",
  },
  // A door's address is a primary one, which outlives it already.
  lastingAddress: {
    euros: 0,
    source: "a primary address outlives its server",
    seen: "2026-08-17",
    confidence: "agreed",
  },
  volumeGib: {
    euros: 0.0572,
    source: `${api}; mixxor/eu-cloud-prices 40e3af6, less tax`,
    seen: "2026-05-27",
    confidence: "agreed",
  },
  diskGib: { euros: 0, source: "the type includes it", seen: "2026-08-17", confidence: "agreed" },
  trafficTb: { euros: 1, source: api, seen: "2026-05-27", confidence: "single" },
  includedTb: (type) =>
    hosts[type] === undefined
      ? undefined
      : {
          tb: included[type] ?? 20,
          source: "tonoid/hcloud-multiregion-mongodb-replicaset 0753c4c, HETZNER_SERVERS.md",
          seen: "2025-10-21",
          confidence: "single",
        },
  // Counted per server.
  sharedTraffic: false,
};
