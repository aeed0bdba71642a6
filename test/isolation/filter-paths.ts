/** Paths through one host's filter alone: from the wire into it, from it onto the wire, and through it. */
import {
  addressLike,
  both,
  edges,
  internet,
  isolated,
  type Place,
  sameFamily,
  stranger,
  translated,
} from "./addresses";
import { egress, isAllowed, isForwarded, isIsolated, registry, type User, users, ways } from "./allowed";
import { oddPaths } from "./odd-paths";
import { freePort, type Packet, type Path } from "./probe";

/** Both ends of every port range and their neighbours, and a port of each kind of isolated system. */
const ports: readonly number[] = [
  ...new Set([
    ...ways.flatMap(({ ports: [first, last] }) => [first, last]),
    ...[21, 52, 54, 444, 1023, 2378, 2381, 3129, 9999, 10001, 10251, 6444],
    ...[25, 389, 445],
  ]),
].sort((a, b) => a - b);
const somePorts = [22, 53, 389, 443, 10000] as const;
const proxyPorts = [...somePorts, registry.port, egress[0].port, egress[0].port + 1] as const;
const protocols = ["tcp", "udp"] as const;

/** Hosts of every role, and a pod on a host that does not exist. */
const insiders = [
  ...[10, 11, 20, 21, 22, 30, 31, 60].map((number) => ({ ip: `10.20.0.${number}`, ip6: `fd20::${number}` })),
  stranger,
  { ip: "10.42.99.2", ip6: "fd42:99::2" },
];
/** Destinations of a host that forges its source: those allowed to any host. */
const written = [insiders[0], insiders[1], stranger, { ip: "10.42.99.2", ip6: "fd42:99::2" }, internet.client].filter(
  (pair) => pair !== undefined,
);
const outsiders = Object.values(internet);
const attacked = [...Object.values(isolated).flatMap((pair) => Object.values(pair)), ...Object.values(edges).flat()];

/** All packets that are tried at one host's filter. */
export const filterPaths = (host: Place): readonly Path[] => [
  ...inbound(host),
  ...outbound(host),
  ...through(host),
  ...oddPaths(host),
];

function inbound(host: Place): readonly Path[] {
  const { name, role } = host;
  const links = [
    {
      link: `${name}/private`,
      own: host.private,
      near: host.public === undefined ? [...insiders, ...outsiders] : insiders,
    },
    ...(host.public === undefined ? [] : [{ link: `${name}/public`, own: host.public, near: outsiders }]),
  ];
  const comes = (group: string, link: string, packet: Packet, expected: boolean): Path => ({
    group,
    origin: "wire",
    link,
    at: name,
    fromPort: freePort(),
    ...packet,
    expected,
  });
  return links.flatMap(({ link, own, near }) => {
    const target = (source: string): string => addressLike(own, source);
    return protocols.flatMap((protocol) => [
      ...near
        .flatMap(both)
        .filter((source) => source !== target(source))
        .flatMap((source) =>
          (source.includes(":") ? somePorts : ports).map((port) => {
            const packet = { protocol, source, target: target(source), port };
            return comes("into a host", link, packet, isAllowed(role, { ...packet, direction: "in", user: "root" }));
          }),
        ),
      ...attacked.flatMap((source) =>
        somePorts.map((port) => ({
          ...comes("from isolated systems", link, { protocol, source, target: target(source), port }, false),
          unfiltered: true,
        })),
      ),
      // A packet with a private source on a public link is forged.
      ...(near === outsiders ? insiders.slice(-4) : [])
        .flatMap(both)
        .flatMap((source) =>
          (source.includes(":") ? somePorts : ports).map((port) =>
            comes("private sources by public links", link, { protocol, source, target: target(source), port }, false),
          ),
        ),
    ]);
  });
}

function outbound(host: Place): readonly Path[] {
  const { name, role } = host;
  const own = both(host.private);
  const goes = (group: string, user: User, packet: Packet, expected: boolean): Path => ({
    group,
    origin: name,
    user,
    at: "wire",
    fromPort: freePort(),
    ...packet,
    expected,
  });
  const senders = (role === "gateway" ? Object.keys(users) : ["root"]) as readonly User[];
  return senders.flatMap((user) =>
    protocols.flatMap((protocol) => [
      ...[...insiders, ...outsiders]
        .flatMap(both)
        .filter((target) => !own.includes(target))
        .flatMap((target) =>
          portsOf(user, target).map((port) => {
            const packet = { protocol, source: addressLike(host.private, target), target, port };
            return goes("out of a host", user, packet, isAllowed(role, { ...packet, direction: "out", user }));
          }),
        ),
      ...attacked.flatMap((target) =>
        somePorts.map((port) => ({
          ...goes(
            "to isolated systems",
            user,
            { protocol, source: addressLike(host.private, target), target, port },
            false,
          ),
          unfiltered: true,
        })),
      ),
      // A compromised host may forge its source, but not that of an isolated system.
      ...attacked.flatMap((source) =>
        written.flatMap((pair) => {
          const target = addressLike(pair, source);
          return (own.includes(target) ? [] : [53, 443, 5000]).map((port) =>
            goes("sources of isolated systems", user, { protocol, source, target, port }, false),
          );
        }),
      ),
    ]),
  );
}

function portsOf(user: User, target: string): readonly number[] {
  if (user === "proxy") return proxyPorts;
  return user === "root" && !target.includes(":") ? ports : somePorts;
}

/** A host as a router for others: only members of the cluster are routers, for pods. */
function through(host: Place): readonly Path[] {
  const { name, pod, role } = host;
  const pairs = [{ ip: "10.42.99.2", ip6: "fd42:99::2" }, stranger, internet.client, ...Object.values(isolated)];
  // Packets from the internet come by the public link, if there is one: else the kernel's reverse path filter would drop them.
  const link = (source: string): string =>
    `${name}/${host.public !== undefined && both(internet.client).includes(source) ? "public" : "private"}`;
  const passes = (source: string, target: string): boolean =>
    role !== "gateway" && isForwarded(source, target) && !isIsolated(source) && !isIsolated(target);
  const path = (packet: Packet, from: Pick<Path, "origin" | "link">, at: string): Path => ({
    group: "through a host",
    ...from,
    at,
    fromPort: freePort(),
    ...packet,
    expected: passes(packet.source, packet.target),
    ...(isIsolated(packet.source) || isIsolated(packet.target) ? { unfiltered: true } : {}),
  });
  const onWire = pairs.flatMap(both);
  return protocols.flatMap((protocol) =>
    [443, 389, 8443].flatMap((port) => [
      ...onWire.flatMap((source) => [
        ...onWire
          .filter((target) => target !== source && sameFamily(source, target))
          .map((target) => path({ protocol, source, target, port }, { origin: "wire", link: link(source) }, "wire")),
        ...(pod === undefined
          ? []
          : [
              path(
                { protocol, source, target: addressLike(pod, source), port },
                { origin: "wire", link: link(source) },
                `${name}/pod`,
              ),
            ]),
      ]),
      ...(pod === undefined
        ? []
        : [...onWire, ...both(translated.service)].map((target) =>
            path({ protocol, source: addressLike(pod, target), target, port }, { origin: `${name}/pod` }, "wire"),
          )),
    ]),
  );
}
