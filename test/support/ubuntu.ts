import { exoscale, Gateway, HostPool, metal, Network } from "../../components";
import { privateHost } from "../../components/recipe/parts/private-host";
import { combine } from "../../components/recipe/recipe";
import { gatewayArgs, isolatedFrom, mirror, site } from "./arguments";
import type { World } from "./infrastructure";
import { machine, sites } from "./inventory";

/** The operator's mirror with Ubuntu's archive. */
export const ubuntuMirror = { ...mirror, ubuntu: "https://packages.example.ch/ubuntu" } as const;

/** A repository of an upstream's own, signed by nobody. */
export const repository = {
  name: "conference",
  folder: "conference/jammy-300",
  suite: "conference-jammy",
  components: ["main"],
  key: "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nof a test\n-----END PGP PUBLIC KEY BLOCK-----\n",
} as const;

const clouds = {
  exoscale: () =>
    exoscale({
      templateId: "00000000-0000-4000-8000-000000000012",
      ubuntuTemplateId: "00000000-0000-4000-8000-000000002204",
    }),
  metal: () =>
    metal({
      sites,
      hosts: [1, 2, 10, 11, 70, 71].map((n) => machine(n, n < 70 ? {} : { system: "ubuntu-22.04" })),
      accessKey: "secret access key",
      vlan: { id: 4000, mtu: 1400 },
    }),
};

/** Two media hosts with Ubuntu behind gateways with Debian. */
export function ubuntuHosts({ id, cloud, location, type }: World): void {
  const network = new Network("net", {
    cloud: id === "hetzner" ? cloud() : clouds[id](),
    location,
    isolatedFrom,
  });
  const gateway = new Gateway("door", {
    network,
    type,
    ...gatewayArgs,
    site: { ...site, mirror: ubuntuMirror },
  });
  new HostPool("hearing", {
    network,
    role: "media",
    type,
    system: "ubuntu-22.04",
    count: 2,
    firstHost: 70,
    door: true,
    openings: [{ direction: "in", protocol: "udp", port: [16384, 32768], peers: ["0.0.0.0/0"], reason: "media" }],
    recipe: ({ system }) =>
      combine(privateHost({ gateways: gateway.addresses, mirror: ubuntuMirror, system, repositories: [repository] })),
    secrets: (place) => gateway.journalFilesOf(place),
    sshFrom: gateway.addresses.map((address) => `${address}/32`),
    jumpHosts: gateway.paths,
  });
}
