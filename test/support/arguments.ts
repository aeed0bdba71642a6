/** Arguments that tests give to networks and gateways. */
export const isolatedFrom = [
  { name: "directory", kind: "directory", ranges: ["10.0.0.0/20", "fd00:10::/48"] },
  { name: "mail", kind: "mail", ranges: ["10.0.16.0/24"] },
] as const;

export const mirror = {
  registry: "registry.example.ch",
  packages: "https://packages.example.ch/debian",
  artefacts: "https://artefacts.example.ch",
} as const;

/** What every gateway depends on. */
export const site = {
  resolvers: [
    { address: "192.0.2.53", name: "dns1.example.ch" },
    { address: "198.51.100.53", name: "dns2.example.ch" },
  ],
  timeServers: ["192.0.2.123", "198.51.100.123"],
  mirror,
} as const;

export const gatewayArgs = {
  administrators: ["203.0.113.0/24"],
  site,
} as const;
