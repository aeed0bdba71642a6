import { outbound } from "../../core/openings";
import { Mirror } from "../../core/mirror";
import { combine, Recipe } from "../recipe";
import { type OperatingSystem, type Repository, repositoryKey, sources } from "../system";
import { sendsJournal } from "./journals";

/** Settings of a host without a default route: its gateways' proxy, resolver and clock. */
export interface Surroundings {
  /** Private addresses of the gateways. */
  readonly gateways: readonly string[];
  readonly mirror: Mirror;
  /** Its routes to other sites. @default {} */
  readonly routes?: Recipe;
  /** Names of the deployment's own web that the host asks for: they lead to the gateways inside the network. @default [] */
  readonly names?: readonly string[];
  /** @default "debian-12" */
  readonly system?: OperatingSystem;
  /** Package repositories beside the system's own archive. @default [] */
  readonly repositories?: readonly Repository[];
}

/** Name under which every gateway answers: clients try one address after the other. */
export const gatewayName = "gateway.internal";

/** Port of the forward proxy on the gateways. */
export const proxyPort = 3128;

export const proxyUrl = `http://${gatewayName}:${proxyPort}`;

/** Names, time and packages through the gateways, the journal to them, and nothing else. */
export function privateHost({
  gateways,
  mirror,
  routes = {},
  names = [],
  system,
  repositories = [],
}: Surroundings): Recipe {
  const peers = gateways.map((address) => `${address}/32`);
  const own: Recipe = {
    packages: ["chrony"],
    files: [
      {
        path: "/etc/resolv.conf",
        content: ["options timeout:1 attempts:2", ...gateways.map((address) => `nameserver ${address}`), ""].join("\n"),
      },
      {
        path: "/etc/hosts",
        content: [
          "127.0.0.1 localhost",
          "::1 localhost",
          ...gateways.map((address) => [address, gatewayName, ...names].join(" ")),
          "",
        ].join("\n"),
      },
      { path: "/etc/chrony/chrony.conf", content: clock(gateways) },
      { path: "/etc/apt/sources.list", content: sources(mirror, system, repositories) },
      ...repositories.map((repository) => ({ path: repositoryKey(repository), content: `${repository.key.trim()}\n` })),
      {
        path: "/etc/apt/apt.conf.d/50-proxy",
        content: `${noOtherSources}Acquire::http::Proxy "${proxyUrl}";\nAcquire::https::Proxy "${proxyUrl}";\n`,
      },
    ],
    units: [{ name: "chrony.service", files: ["/etc/chrony/chrony.conf"] }],
    openings: [
      outbound("udp", 53, peers, "names from the gateways"),
      outbound("tcp", 53, peers, "names from the gateways"),
      outbound("udp", 123, peers, "time from the gateways"),
      outbound("tcp", proxyPort, peers, "the gateways' proxy"),
    ],
  };
  return combine(own, routes, sendsJournal(gatewayName, gateways));
}

/** chrony that asks the given servers. */
export const clock = (servers: readonly string[], serve: readonly string[] = []): string =>
  [
    ...servers.map((server) => `server ${server} iburst`),
    // A client that asks too often is left without an answer, not the others: 16 at once, then one in two seconds on average.
    ...serve.map((range) => `allow ${range}`),
    ...(serve.length === 0 ? [] : ["ratelimit interval 1 burst 16 leak 2"]),
    "driftfile /var/lib/chrony/chrony.drift",
    "makestep 1 3",
    "rtcsync",
    "cmdport 0",
    "",
  ].join("\n");

/** apt's setting that leaves out what an image has in `sources.list.d`. */
export const noOtherSources = 'Dir::Etc::SourceParts "/dev/null";\n';
