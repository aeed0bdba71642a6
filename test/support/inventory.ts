import type { MetalHost } from "../../components";

export const sites = { bern: { city: "Bern", country: "CH" } } as const;

/** A valid Ed25519 host key that belongs to nobody. */
export const hostKey = (n: number): string =>
  `ssh-ed25519 ${Buffer.concat([
    Buffer.from("0000000b7373682d6564323535313900000020", "hex"),
    Buffer.alloc(32, n),
  ]).toString("base64")}`;

/** The machine whose private address ends in `n`. */
export const machine = (n: number, other: Partial<MetalHost> = {}): MetalHost => ({
  name: `machine-${n}`,
  site: "bern",
  type: "large",
  address: `10.20.0.${n}`,
  publicAddress: `198.51.100.${n}`,
  hostKey: hostKey(n),
  interfaces: { private: "eno1", public: "eno1" },
  dataDisk: `/dev/disk/by-id/nvme-${n}`,
  failureDomain: `rack-${n % 3}`,
  ...other,
});

/** A machine at every host number that tests use; those at 80 and 81 have graphics processors. */
export const inventory = (): readonly MetalHost[] =>
  Array.from({ length: 100 }, (_, i) =>
    machine(i + 1, i + 1 === 80 || i + 1 === 81 ? { type: "graphics", graphicsProcessors: 1 } : {}),
  );
