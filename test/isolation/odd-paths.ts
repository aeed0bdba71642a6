/** Paths that no list of ports describes: fragments, answers, errors, neighbours, translated addresses, other protocols. */
import { addressLike, both, internet, isolated, type Pair, type Place, stranger, translated } from "./addresses";
import { isIsolated, ways } from "./allowed";
import { freePort, type Packet, type Path } from "./probe";

const families = ["ip", "ip6"] as const;

/** All odd packets that are tried at one host's filter. */
export const oddPaths = (host: Place): readonly Path[] => [
  ...fragments(host),
  ...answers(host),
  ...neighbours(host),
  ...services(host),
  ...strange(host),
  ...leases(host),
];

/** The wire's side of a host and the host's, as paths. */
function sides(host: Place) {
  const by =
    (link: "private" | "public") =>
    (group: string, packet: Packet, expected: boolean): Path => ({
      group,
      origin: "wire",
      link: `${host.name}/${link}`,
      at: host.name,
      ...packet,
      expected,
    });
  return {
    comes: by("private"),
    comesOutside: by(host.public === undefined ? "private" : "public"),
    goes: (group: string, packet: Packet, expected: boolean): Path => ({
      group,
      origin: host.name,
      at: "wire",
      ...packet,
      expected,
    }),
  };
}

/** A way in and a way out that the host has. */
function openWays(host: Place, protocol: "tcp" | "udp"): { readonly into: Packet; readonly out: Packet } {
  const find = (direction: "in" | "out") => {
    const way = ways.find(
      (one) =>
        one.roles.includes(host.role) &&
        one.direction === direction &&
        one.protocol === protocol &&
        one.user === undefined,
    );
    if (way === undefined) throw new Error(`expected a way ${direction} of a ${host.role}, got none`);
    const peer = (way.peers[0] ?? "").replace(/\/.*/, "").replace(/\.0$/, ".200");
    return { peer: peer === "0.0.0.200" ? internet.client.ip : peer, port: way.ports[0] };
  };
  const [into, out] = [find("in"), find("out")];
  const own = host.private.ip;
  const towards = host.public !== undefined && !into.peer.startsWith("10.") ? host.public.ip : own;
  return {
    into: { protocol, source: into.peer, target: towards, port: into.port },
    out: { protocol, source: own, target: out.peer, port: out.port },
  };
}

function fragments(host: Place): readonly Path[] {
  const { comes, goes } = sides(host);
  const group = "fragments";
  return (["tcp", "udp"] as const).flatMap((protocol) =>
    [25, 53, 389, 443, 445, 2049, 10000].flatMap((port) =>
      [isolated.directory, isolated.mail].flatMap((system) =>
        families.flatMap((family) => {
          const [theirs, own] = [system[family], host.private[family]];
          const packet = (source: string, target: string): Packet => ({
            ...{ protocol, source, target, port, fromPort: freePort(), fragmented: true },
          });
          return [
            { ...comes(group, packet(theirs, own), false), unfiltered: true },
            { ...goes(group, packet(own, theirs), false), unfiltered: true },
          ];
        }),
      ),
    ),
  );
}

/** An answer passes because of the request before it, an error because of its connection; neither passes without. */
function answers(host: Place): readonly Path[] {
  const { comes, comesOutside, goes } = sides(host);
  // Not over TCP: the kernel does not know a probe's connection, and resets it.
  const { into, out } = openWays(host, "udp");
  const arrive = into.source.startsWith("10.") ? comes : comesOutside;
  const meet = out.target.startsWith("10.") ? comes : comesOutside;
  const reverse = ({ protocol, source, target, fromPort, port }: Packet): Packet => ({
    ...{ protocol, source: target, target: source },
    ...(port === undefined ? {} : { fromPort: port }),
    ...(fromPort === undefined ? {} : { port: fromPort }),
  });
  // From a low port, so that only the request opens the return path: media may go to any high port.
  const asked = { ...into, fromPort: 500 };
  const asking = { ...out, fromPort: freePort() };
  const never = openWays(host, "tcp");
  const unknown = { ...never.out, fromPort: freePort() };
  const unknownIn = { ...never.into, fromPort: freePort() };
  const errorTo = (quotes: Packet): Packet => ({
    ...{ protocol: "icmp", icmp: [3, 1], source: quotes.target, target: quotes.source, quotes },
  });
  const redirect6: Packet = {
    ...{ protocol: "icmpv6", icmp: [137, 0], hops: 255, source: stranger.ip6, target: host.private.ip6 },
  };
  return [
    arrive("answers", asked, true),
    goes("answers", reverse(asked), true),
    goes("answers", errorTo(asked), true),
    goes("answers to nothing", { ...reverse(unknownIn), flags: "ack" }, false),
    goes("answers to nothing", errorTo(unknownIn), false),
    goes("answers", asking, true),
    meet("answers", reverse(asking), true),
    meet("answers", errorTo(asking), true),
    // ICMP redirects would divert a host's traffic; over IPv6 they need not even refer to a connection.
    meet("redirects", { ...errorTo(asking), icmp: [5, 1] }, false),
    meet("redirects", redirect6, false),
    meet("answers to nothing", { ...reverse(unknown), flags: "ack" }, false),
    meet("answers to nothing", errorTo(unknown), false),
    ...podErrors(host),
  ];
}

/** An error from a router in between about a connection between pods, which no rule about pods names. */
function podErrors({ name, pod, public: outer }: Place): readonly Path[] {
  if (pod === undefined) return [];
  const link = `${name}/${outer === undefined ? "private" : "public"}`;
  const quotes: Packet = { protocol: "udp", source: pod.ip, target: "10.42.99.2", fromPort: freePort(), port: 8443 };
  const error: Packet = { protocol: "icmp", icmp: [3, 4], source: internet.client.ip, target: pod.ip, quotes };
  const group = "answers";
  return [
    { group, origin: `${name}/pod`, at: "wire", ...quotes, expected: true },
    { group, origin: "wire", link, at: `${name}/pod`, ...error, expected: true },
    // No honest host sends this for a connection that does not exist.
    {
      group: "answers to nothing",
      origin: "wire",
      link,
      at: `${name}/pod`,
      ...error,
      quotes: { ...quotes, port: 8444 },
      expected: false,
    },
    {
      group: "flags of no connection",
      origin: `${name}/pod`,
      at: "wire",
      ...quotes,
      protocol: "tcp",
      flags: "none",
      expected: false,
    },
  ];
}

/** Without neighbours there is no IPv6. Its messages do not cross routers, which their hop limit proves; a host does not send router advertisements. */
function neighbours(host: Place): readonly Path[] {
  const { comes, goes } = sides(host);
  const own = host.private.ip6;
  const group = "neighbours";
  const types = { solicitRouter: 133, advertiseRouter: 134, solicit: 135, advertise: 136 } as const;
  return Object.values(types).flatMap((type) =>
    [255, 64].flatMap((hops) => {
      const packet = { protocol: "icmpv6", icmp: [type, 0], hops } as const;
      return [
        comes(group, { ...packet, source: stranger.ip6, target: own }, hops === 255 && type !== types.solicitRouter),
        goes(group, { ...packet, source: own, target: stranger.ip6 }, hops === 255 && type !== types.advertiseRouter),
      ];
    }),
  );
}

/** Addresses that are translated on the host: neither a service that points at an isolated system nor one with its address is reachable. */
function services(host: Place): readonly Path[] {
  const { comes, goes } = sides(host);
  const { into } = openWays(host, "tcp");
  return families.flatMap((family) => {
    const to = (pair: Pair, port: number): Packet => ({
      ...{ protocol: "tcp", source: host.private[family], target: pair[family], port, fromPort: freePort() },
    });
    const inside = into.source.startsWith("10.") ? into.source : stranger.ip;
    const port = host.role === "gateway" ? 3128 : (into.port ?? 0);
    return [
      { ...goes("translated addresses", to(translated.service, 389), false), unfiltered: true },
      { ...goes("translated addresses", to(translated.service, 445), false), unfiltered: true },
      {
        ...comes(
          "translated addresses",
          { ...to(translated.stolen, port), source: family === "ip" ? inside : stranger.ip6 },
          false,
        ),
        unfiltered: true,
      },
    ];
  });
}

/** A host renews its DHCP lease with a server in a private range, with no other, and no server may start the exchange. */
function leases(host: Place): readonly Path[] {
  const { comes, goes } = sides(host);
  const own = host.private.ip;
  const group = "leases";
  const ask = (target: string, fromPort = 68): Packet => ({ protocol: "udp", source: own, target, fromPort, port: 67 });
  const tell = (source: string): Packet => ({ protocol: "udp", source, target: own, fromPort: 67, port: 68 });
  return [
    ...["10.20.0.1", "172.31.1.1", "192.168.0.1"].map((server) => goes(group, ask(server), true)),
    comes(group, tell("10.20.0.1"), true),
    comes(group, tell("10.20.0.2"), false),
    goes(group, ask("10.20.0.1", freePort()), false),
    goes(group, { ...ask("10.20.0.1"), port: 69 }, false),
    goes(group, ask(internet.client.ip), false),
    { ...goes(group, ask(isolated.directory.ip), false), unfiltered: true },
  ];
}

/** Packets that no honest host sends: TCP flags without a connection, other protocols, echoes, loopback addresses from outside. And the loopback itself. */
function strange(host: Place): readonly Path[] {
  const { comes, comesOutside, goes } = sides(host);
  const { into, out } = openWays(host, "tcp");
  const arrive = into.source.startsWith("10.") ? comes : comesOutside;
  const loop = (address: string): Path => ({
    ...{ group: "loopback", origin: host.name, at: host.name, protocol: "udp", source: address, target: address },
    ...{ fromPort: freePort(), port: 8125, expected: true },
  });
  const protocols = [4, 47, 50, 112, 132] as const;
  const peers: readonly Pair[] = [stranger, internet.client, isolated.directory];
  return [
    ...(["none", "all"] as const).flatMap((flags) => [
      arrive("flags of no connection", { ...into, flags, fromPort: freePort() }, false),
      goes("flags of no connection", { ...out, flags, fromPort: freePort() }, false),
    ]),
    loop("127.0.0.1"),
    loop("::1"),
    comes("loopback", { ...into, source: "127.0.0.1", fromPort: freePort() }, false),
    // Packets with the source of the host's own pod do not come from outside.
    ...(host.pod === undefined ? [] : both(host.pod)).flatMap((source) =>
      [6443, 10250].map((port) => {
        const target = addressLike(host.private, source);
        return comes("forged sources", { protocol: "tcp", source, target, port, fromPort: freePort() }, false);
      }),
    ),
    ...peers.flatMap((peer) =>
      families.flatMap((family) => {
        const [theirs, own] = [peer[family], host.private[family]];
        const echo =
          family === "ip"
            ? ({ protocol: "icmp", icmp: [8, 0] } as const)
            : ({ protocol: "icmpv6", icmp: [128, 0] } as const);
        const come = host.public !== undefined && peer === internet.client ? comesOutside : comes;
        return [...protocols.map((protocol) => ({ protocol })), echo].flatMap((packet) => [
          come("other protocols", { ...packet, source: theirs, target: own }, false),
          {
            ...goes("other protocols", { ...packet, source: own, target: theirs }, false),
            ...(isIsolated(theirs) ? { unfiltered: true } : {}),
          },
        ]);
      }),
    ),
  ];
}
