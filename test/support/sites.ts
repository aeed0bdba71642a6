import { type Cloud, Gateway, type GatewayArgs, hetzner, HostPool, Network, SiteLink } from "../../components";
import { gatewayArgs } from "./arguments";
import { outputs } from "./infrastructure";
import { deploy, type Deployment } from "./mocks";

/** Two linked sites with two gateways each and a private host, as in a blueprint. */
export const sites = [
  { name: "zurich", range: "10.20.0.0/24", gateways: ["192.0.2.10", "192.0.2.11"] },
  { name: "geneva", range: "10.30.0.0/24", gateways: ["198.51.100.10", "198.51.100.11"] },
] as const;

/** Isolated at both sites. */
export const isolated = "10.99.0.0/24";

/** Number of the virtual address in each network. */
export const virtual = 5;

/** A cloud whose networks are one segment. */
export const segmented = (): Cloud => ({ ...hetzner(), segment: true });

/** Makes both sites. */
export function linkedSites(args: Partial<GatewayArgs> = {}): SiteLink {
  const link = new SiteLink("sites", { sites: sites.map((site) => ({ ...site, isolatedFrom: [isolated] })) });
  for (const { name, range } of sites) {
    const network = new Network(name, {
      cloud: segmented(),
      location: "fsn1",
      range,
      isolatedFrom: [{ name: "head office", kind: "directory", ranges: [isolated] }],
    });
    const gateway = new Gateway(`${name}-door`, {
      network,
      type: "cpx22",
      ...gatewayArgs,
      links: [link.of(name)],
      virtualAddress: virtual,
      ...args,
    });
    const peers = sites.map((site) => site.range);
    new HostPool(`${name}-tools`, {
      network,
      role: "tools",
      type: "cpx22",
      count: 1,
      firstHost: 30,
      sshFrom: gateway.addresses.map((address) => `${address}/32`),
      jumpHosts: gateway.paths,
      recipe: () => gateway.siteRoutes,
      openings: [
        { direction: "in", protocol: "udp", port: 7000, peers, reason: "a test" },
        { direction: "out", protocol: "udp", port: 7000, peers: [...peers, "203.0.113.9/32"], reason: "a test" },
      ],
    });
  }
  return link;
}

/** Deploys a program that makes sites. */
export const deployed = (program: () => void): Promise<Deployment> => deploy(program, { outputs });

/** Everything that convergence writes on a host, secret files included. */
export function filesOf(made: Deployment, host: string): Readonly<Record<string, string>> {
  const decode = (word = ""): string => Buffer.from(word, "base64").toString();
  return Object.fromEntries(
    String(made.one("command:remote:Command", `${host}-converge`).inputs["stdin"])
      .split("\n")
      .map((line) => line.split(" "))
      .filter(([kind]) => kind === "file")
      .map(([, , , path, content]) => [decode(path), decode(content)]),
  );
}
