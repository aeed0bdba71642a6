/** Paths from end to end, as legitimate users and attackers would use them. */
import { internet, isolated, type Pair, type Place, type System, systems, translated } from "./addresses";
import { isAllowed, type User, ways } from "./allowed";
import { podPaths } from "./pod-paths";
import { listedPorts, numbers, somePorts } from "./ports";
import { freePort, type Path } from "./probe";

/** The seed of every random choice: printed with the result; change it to try other packets. */
export const seed = 20_261_123;

const protocols = ["tcp", "udp"] as const;
const families = ["ip", "ip6"] as const;
const wayPorts: readonly number[] = [...new Set(ways.flatMap(({ ports }) => ports))];

/** All paths between hosts, pods, isolated systems and the internet. */
export function allPaths(places: readonly Place[]): readonly Path[] {
  const random = numbers(seed);
  const ports = (count: number, known: readonly number[]): readonly number[] => [...known, ...somePorts(random, count)];
  return [
    ...places.flatMap((host) => [
      ...systems.flatMap((system) =>
        isolation(host, system, ports(16, listedPorts), ports(4, [25, 53, 389, 445, 2049])),
      ),
      ...forged(host),
      ...fromOutside(host, ports(16, [...new Set([...wayPorts, ...listedPorts])])),
      ...towardsOutside(host, ports(16, [...new Set([...wayPorts, ...listedPorts])])),
    ]),
    ...places.flatMap((from) =>
      places.filter((to) => to !== from).flatMap((to) => inside(from, to, ports(2, wayPorts))),
    ),
    ...podPaths(places),
  ];
}

/** Every host, its pod and every isolated system, in both directions. */
function isolation(
  host: Place,
  system: System,
  ports: readonly number[],
  fewPorts: readonly number[],
): readonly Path[] {
  const theirs = isolated[system];
  const common = { expected: false, unfiltered: true } as const;
  const userTo = (user: User) => (host.role === "gateway" ? [{ user }] : []);
  return protocols.flatMap((protocol) =>
    families.flatMap((family) => [
      ...ports.flatMap((port) => [
        ...[{ user: "root" as const }, ...userTo("proxy"), ...userTo("_apt")].map(({ user }) => ({
          ...{ group: "hosts to isolated systems", origin: host.name, user, at: system, protocol, port },
          ...{ source: host.private[family], target: theirs[family], fromPort: freePort(), ...common },
        })),
        ...ownAddresses(host).map((own) => ({
          ...{ group: "isolated systems to hosts", origin: system, at: host.name, protocol, port },
          ...{ source: theirs[family], target: own[family], fromPort: freePort(), ...common },
        })),
      ]),
      ...(host.pod === undefined ? [] : podIsolation(host, host.pod, system, family, protocol, fewPorts)),
      ...fewPorts.flatMap((port) => [
        {
          ...{ group: "fragments to and from isolated systems", origin: host.name, at: system, protocol, port },
          ...{
            source: host.private[family],
            target: theirs[family],
            fromPort: freePort(),
            fragmented: true,
            ...common,
          },
        },
        {
          ...{ group: "fragments to and from isolated systems", origin: system, at: host.name, protocol, port },
          ...{
            source: theirs[family],
            target: host.private[family],
            fromPort: freePort(),
            fragmented: true,
            ...common,
          },
        },
      ]),
    ]),
  );
}

function podIsolation(
  host: Place,
  pod: Pair,
  system: System,
  family: keyof Pair,
  protocol: "tcp" | "udp",
  ports: readonly number[],
): readonly Path[] {
  const inner = `${host.name}/pod`;
  const theirs = isolated[system][family];
  const common = { group: "pods and isolated systems", protocol, expected: false, unfiltered: true } as const;
  return ports.flatMap((port) => [
    { ...common, origin: inner, at: system, source: pod[family], target: theirs, port, fromPort: freePort() },
    { ...common, origin: system, at: inner, source: theirs, target: pod[family], port, fromPort: freePort() },
    // By a service that points at the directory, translated on the host.
    ...(system === "directory"
      ? [
          {
            ...common,
            origin: inner,
            at: system,
            source: pod[family],
            target: translated.service[family],
            port,
            fromPort: freePort(),
          },
        ]
      : []),
  ]);
}

/** Forged sources: of isolated systems from the internet, of hosts from isolated systems by the public side. */
function forged(host: Place): readonly Path[] {
  const group = "forged sources";
  const [own, outer] = [host.private, host.public];
  const common = { group, expected: false } as const;
  return protocols.flatMap((protocol) =>
    [22, 53, 123, 443, 3128, 6443, 10000, 10250, 51820].flatMap((port) => [
      ...systems.flatMap((system) =>
        families.flatMap((family) => [
          // The host forges a source towards the isolated system, and the system's source towards the internet.
          {
            ...common,
            origin: host.name,
            at: system,
            protocol,
            source: internet.client[family],
            target: isolated[system][family],
            port,
            fromPort: freePort(),
            unfiltered: true,
          },
          {
            ...common,
            origin: host.name,
            at: "internet",
            protocol,
            source: isolated[system][family],
            target: internet.client[family],
            port,
            fromPort: freePort(),
          },
          // A host on the internet forges the system's source.
          ...(outer === undefined
            ? []
            : [
                {
                  ...common,
                  origin: "internet",
                  at: host.name,
                  protocol,
                  source: isolated[system][family],
                  target: outer[family],
                  port,
                  fromPort: freePort(),
                  unfiltered: true,
                },
              ]),
        ]),
      ),
      // The system forges the source of a private host or a pod: the kernel's reverse path filter stops it, for IPv4, which alone has private openings.
      ...(outer === undefined
        ? []
        : [own.ip.replace(/\d+$/, "20"), "10.42.20.2", own.ip].flatMap((source) =>
            ["mail", "internet"].map((origin) => ({
              ...common,
              origin,
              at: host.name,
              protocol,
              source,
              target: outer.ip,
              port,
              fromPort: freePort(),
            })),
          )),
    ]),
  );
}

const ownAddresses = (host: Place): readonly Pair[] => [
  host.private,
  ...(host.public === undefined ? [] : [host.public]),
];

/** From the internet to every public address. */
function fromOutside(host: Place, ports: readonly number[]): readonly Path[] {
  const { name, role, public: outer } = host;
  if (outer === undefined) return [];
  return [internet.client, internet.administrator].flatMap((from) =>
    families.flatMap((family) =>
      protocols.flatMap((protocol) =>
        ports.map((port) => {
          const packet = { protocol, source: from[family], target: outer[family], port };
          const expected = isAllowed(role, { ...packet, direction: "in", user: "root" });
          return {
            group: "the internet to hosts",
            origin: "internet",
            at: name,
            ...packet,
            fromPort: freePort(),
            expected,
          };
        }),
      ),
    ),
  );
}

/** From every host to the internet, without the proxy: to listed addresses only, and by allowed users. */
function towardsOutside(host: Place, ports: readonly number[]): readonly Path[] {
  const { name, role, public: outer, private: own } = host;
  const senders: readonly User[] = role === "gateway" ? ["root", "proxy", "_apt"] : ["root"];
  return Object.values(internet).flatMap((to) =>
    families.flatMap((family) =>
      protocols.flatMap((protocol) =>
        senders.flatMap((user) =>
          (to === internet.client ? ports : [22, 53, 80, 123, 443, 853]).map((port) => {
            const packet = { protocol, source: (outer ?? own)[family], target: to[family], port };
            const expected = isAllowed(role, { ...packet, direction: "out", user });
            return {
              group: "hosts to the internet",
              origin: name,
              user,
              at: "internet",
              ...packet,
              fromPort: freePort(),
              expected,
            };
          }),
        ),
      ),
    ),
  );
}

/** From host to host: allowed if one filter lets it out and the other lets it in. */
function inside(from: Place, to: Place, ports: readonly number[]): readonly Path[] {
  return protocols.flatMap((protocol) =>
    families.flatMap((family) =>
      ports.map((port) => {
        const packet = { protocol, source: from.private[family], target: to.private[family], port };
        const expected =
          isAllowed(from.role, { ...packet, direction: "out", user: "root" }) &&
          isAllowed(to.role, { ...packet, direction: "in", user: "root" });
        // A member forwards this port to its pod, so it reaches no program on the host.
        const passedOn = protocol === "tcp" && port === translated.nodePort;
        return {
          group: "hosts to hosts",
          origin: from.name,
          at: to.name,
          ...packet,
          fromPort: freePort(),
          expected: expected && !passedOn,
        };
      }),
    ),
  );
}
