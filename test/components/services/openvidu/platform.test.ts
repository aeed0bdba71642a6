/** An OpenVidu on a whole platform: its hosts' filters, the edge's way to them, and the cache that it is given. */
import { OpenVidu, openViduServers, planOpenVidu, planValkey, Platform, Valkey, hetzner } from "../../../../components";
import { isolatedFrom, site } from "../../../support/arguments";
import { deployedHosts, type RenderedHost } from "../../../support/infrastructure";
import type { Deployment } from "../../../support/mocks";
import { object } from "../../kubernetes/target";
import { domain } from "./support";

jest.setTimeout(120_000);

describe("an OpenVidu on a platform", () => {
  let deployment: Deployment;
  let hosts: Readonly<Record<string, RenderedHost>>;

  beforeAll(async () => {
    ({ deployment, hosts } = await deployedHosts(() => {
      const events = { portal: "citizens", url: "https://portal.example.ch/rooms" };
      const rooms = planOpenVidu({ name: "rooms", domain, participants: 200, portals: ["citizens"], events });
      const store = planValkey({ name: "portal-cache", memoryMib: 128 });
      const platform = new Platform("portal", {
        cloud: hetzner(),
        location: "fsn1",
        machineTypes: { gateway: "cpx22", controlPlane: "cpx32", application: "cpx42", media: "ccx43", data: "ccx23" },
        isolatedFrom,
        domain: "crisis.example.ch",
        administrators: ["203.0.113.0/24"],
        site,
        plans: [rooms, store],
      });
      const cache = new Valkey("portal-cache", { on: platform, plan: store });
      new OpenVidu("rooms", {
        on: platform,
        plan: rooms,
        cache: cache.access({ from: openViduServers(platform, rooms) }),
      });
    }));
  });

  const filter = (host: string): string => hosts[host]?.files["/etc/nftables.conf"] ?? "";
  const applicationHosts = (): readonly string[] =>
    Object.keys(hosts).filter((name) => name.startsWith("portal-application-"));

  test("has media hosts whose filters let the API in from application hosts alone", () => {
    const lines = filter("portal-media-1")
      .split("\n")
      .filter((line) => /dport 7880\b/.test(line));
    expect(applicationHosts().length).toBeGreaterThanOrEqual(3);
    const addresses = applicationHosts().map((_, i) => `10.20.0.${30 + i}/32`);
    expect(lines.map((line) => line.trim())).toEqual([
      `ip saddr { ${addresses.join(", ")} } tcp dport 7880 accept comment "signalling and the API, from the edge"`,
    ]);
  });

  test("has media hosts that are reached for media, TURN over TLS and STUN, and private hosts that are not", () => {
    for (const port of ["udp dport 7882-7897", "tcp dport 7881", "tcp dport 443", "udp dport 3478"]) {
      expect([port, filter("portal-media-3").includes(`meta nfproto ipv4 ${port} accept`)]).toEqual([port, true]);
      expect([port, filter("portal-application-1").includes(`${port} accept`)]).toEqual([port, false]);
    }
  });

  test("has a cache that lets its media hosts in by their addresses", () => {
    expect(object(deployment.resources, "NetworkPolicy", "portal-cache-proxy-for-rooms-server")).toMatchObject({
      spec: {
        ingress: [
          {
            from: ["10.42.0.0/16", "10.20.0.60/32", "10.20.0.61/32", "10.20.0.62/32"].map((cidr) => ({
              ipBlock: { cidr },
            })),
          },
        ],
      },
    });
  });

  test("lets its messages out through the gateways' proxy, to the portal alone", () => {
    const squid = Object.entries(hosts["portal-gateway-1"]?.files ?? {}).find(([path]) =>
      path.endsWith("squid.conf"),
    )?.[1];
    expect(squid).toContain("portal.example.ch");
  });
});
