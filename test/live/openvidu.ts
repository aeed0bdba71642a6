/** An OpenVidu for fifty people, which tests start on live nodes. */
import { OpenVidu, openViduServers, planOpenVidu, planValkey, Platform, Valkey, hetzner } from "../../components";

export const domain = "meet.crisis.example.ch";

/** Servers, their cache, and the key of a portal as outputs. */
export const program = (): Record<string, unknown> => {
  const rooms = planOpenVidu({ name: "rooms", domain, participants: 50, portals: ["citizens"] });
  const store = planValkey({ name: "cache", memoryMib: 32 });
  const platform = new Platform("live", {
    cloud: hetzner(),
    location: "fsn1",
    machineTypes: { gateway: "cpx22", controlPlane: "cpx32", application: "cpx42", media: "ccx43", data: "ccx23" },
    isolatedFrom: [{ name: "directory", kind: "directory", ranges: ["10.0.0.0/20"] }],
    birthSecret: "protects nothing here",
    domain,
    administrators: ["203.0.113.0/24"],
    site: {
      resolvers: [
        { address: "192.0.2.53", name: "dns1.example.ch" },
        { address: "198.51.100.53", name: "dns2.example.ch" },
      ],
      timeServers: ["192.0.2.123", "198.51.100.123"],
      mirror: {
        registry: "registry.crisis.example.ch",
        packages: "https://packages.crisis.example.ch/debian",
        artefacts: "https://artefacts.crisis.example.ch",
      },
    },
    plans: [rooms, store],
  });
  const cache = new Valkey("cache", { on: platform, plan: store });
  const { portals } = new OpenVidu("rooms", {
    on: platform,
    plan: rooms,
    cache: cache.access({ from: openViduServers(platform, rooms) }),
    drainSeconds: 60,
  });
  return {
    kubeconfig: platform.kubeconfig,
    apiKey: portals["citizens"]?.apiKey,
    apiSecret: portals["citizens"]?.apiSecret.value,
  };
};
