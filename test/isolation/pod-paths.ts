import { addressLike, internet, type Place } from "./addresses";
import { isAllowed, isForwarded } from "./allowed";
import { freePort, type Path } from "./probe";

const protocols = ["tcp", "udp"] as const;
const families = ["ip", "ip6"] as const;

/** Pods, among each other, with hosts and with the internet. */
export function podPaths(places: readonly Place[]): readonly Path[] {
  const members = places.flatMap(({ name, role, private: own, pod }) =>
    pod === undefined ? [] : [{ name, role, own, pod }],
  );
  const group = "pods";
  return members.flatMap((from) =>
    protocols.flatMap((protocol) =>
      [53, 443, 8443, 10250, 6443].flatMap((port) => [
        ...members
          .filter((to) => to !== from)
          .flatMap((to) => {
            const common = { group, origin: `${from.name}/pod`, protocol, source: from.pod.ip, port } as const;
            const masked = {
              direction: "in",
              protocol,
              source: from.own.ip,
              target: to.own.ip,
              port,
              user: "root",
            } as const;
            return [
              {
                ...common,
                at: `${to.name}/pod`,
                target: to.pod.ip,
                fromPort: freePort(),
                expected: isForwarded(from.pod.ip, to.pod.ip),
              },
              // A pod goes to hosts under its own host's address.
              { ...common, at: to.name, target: to.own.ip, fromPort: freePort(), expected: isAllowed(to.role, masked) },
              {
                ...common,
                origin: from.name,
                at: `${to.name}/pod`,
                source: from.own.ip,
                target: to.pod.ip,
                fromPort: freePort(),
                expected: true,
              },
            ];
          }),
        ...families.flatMap((family) => [
          {
            group,
            origin: `${from.name}/pod`,
            at: "internet",
            protocol,
            source: from.pod[family],
            target: internet.client[family],
            port,
            fromPort: freePort(),
            expected: false,
          },
          {
            group,
            origin: "internet",
            at: `${from.name}/pod`,
            protocol,
            source: internet.client[family],
            target: addressLike(from.pod, internet.client[family]),
            port,
            fromPort: freePort(),
            expected: false,
          },
        ]),
      ]),
    ),
  );
}
