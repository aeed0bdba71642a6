import { cloudFirewallWall } from "./cloud-firewall";
import { HostView } from "./hosts";
import { nftablesWall } from "./host-wall";
import { networkPolicyWall } from "./network-policy";
import { PodView } from "./pods";
import { internet, overlap } from "./ranges";
import { StateResource } from "./state";
import { counted, Gap, Mechanism, notCounted, Path, throughAll, Wall } from "./walls";

/** Host or pod whose paths are judged. */
export type Subject =
  { readonly kind: "host" | "door"; readonly host: HostView } | { readonly kind: "pod"; readonly pod: PodView };

/** Networks and policies of a stack, the same for every subject. */
export interface Surroundings {
  /** Ranges of the stack's own networks. */
  readonly networkRanges: readonly string[];
  readonly policies: readonly StateResource[];
}

/**
 * Every wall on a path, counted or not, each with its reason.
 *
 * A wall is counted only where packets of the path really pass it. nftables: at the host's end of the path, or in its forwarding chains for pods with
 * addresses of their own. Cloud firewall: only on the public interface of a door. NetworkPolicy: only for pods that are not on the host's network. No
 * route: only where neither the host nor its network has a way to the other side.
 */
export function mechanisms(subject: Subject, path: Path, { networkRanges, policies }: Surroundings): readonly Wall[] {
  if (subject.kind !== "pod") {
    const { host } = subject;
    return [
      noRoute([host], path, networkRanges),
      nftablesWall(host.ruleset === undefined ? [] : [host.ruleset], path, "local"),
      cloudFirewallWall(host, path),
    ];
  }
  const { pod } = subject;
  const foreign = pod.cluster?.foreign;
  if (foreign !== undefined)
    return [
      notCounted("no route", foreign),
      notCounted("nftables", foreign),
      networkPolicyWall(pod, policies, path),
      notCounted("cloud firewall", pod.hostNetwork ? foreign : "pods have no public interface of their own"),
    ];
  const rulesets = pod.hosts.flatMap(({ ruleset }) => (ruleset === undefined ? [] : [ruleset]));
  const known = rulesets.length === pod.hosts.length ? rulesets : [];
  return [
    noRoute(pod.hosts, path, networkRanges),
    nftablesWall(known, path, pod.hostNetwork ? "local" : "forwarded"),
    networkPolicyWall(pod, policies, path),
    podsFirewall(pod, path),
  ];
}

/** Verdict on a path from all of its walls together. */
export interface PathVerdict {
  /**
   * `closed`: blocked without a gap. `open`: a path to or from the internet that is blocked but for declared gaps. `exposed`: nothing blocks it, or a
   * path to an isolated system has a gap. `undetermined`: not enough is known.
   */
  readonly state: "closed" | "open" | "exposed" | "undetermined";
  readonly by: readonly Mechanism[];
  readonly gaps: readonly Gap[];
  readonly walls: readonly Wall[];
}

/** Judges a path. Only walls that apply count; a subject about which nothing is known is undetermined, never closed. */
export function verdict(subject: Subject, path: Path, surroundings: Surroundings): PathVerdict {
  const walls = mechanisms(subject, path, surroundings);
  const holding = walls.filter((wall) => wall.counted);
  const by = holding.map(({ mechanism }) => mechanism);
  const unknown = subject.kind === "pod" ? subject.pod.hosts.length === 0 : subject.host.ruleset === undefined;
  if (holding.length === 0) return { state: unknown ? "undetermined" : "exposed", by, gaps: [], walls };
  const gaps = throughAll(holding.map((wall) => wall.gaps));
  const all = gaps.some(({ protocol, first, last }) => protocol === undefined && first <= 1 && last === 65535);
  return {
    state: gaps.length === 0 ? "closed" : all || path.kind === "isolated" ? "exposed" : "open",
    by,
    gaps,
    walls,
  };
}

function noRoute(hosts: readonly HostView[], path: Path, networkRanges: readonly string[]): Wall {
  const mechanism = "no route";
  if (hosts.length === 0) return notCounted(mechanism, "it is not known on which hosts these pods run");
  const doors = hosts.filter(({ door }) => door);
  if (doors.length > 0)
    return notCounted(mechanism, `${doors.map(({ name }) => name).join(", ")} has a public address`);
  if (hosts.some(({ defaultRoute }) => defaultRoute)) return notCounted(mechanism, "a route leads out of the network");
  if (path.ranges.some((range) => !internet.includes(range) && networkRanges.some((own) => overlap(own, range))))
    return notCounted(mechanism, "these ranges touch a network of the stack");
  return counted(mechanism, "no public address, no default route, no peering");
}

/** Pods on the host's network stand behind the host's cloud firewall; others have no interface that it filters. */
const podsFirewall = (pod: PodView, path: Path): Wall => {
  if (!pod.hostNetwork) return notCounted("cloud firewall", "pods have no public interface of their own");
  const walls = pod.hosts.map((host) => cloudFirewallWall(host, path));
  const [first] = walls;
  if (first === undefined) return notCounted("cloud firewall", "it is not known on which hosts these pods run");
  return (
    walls.find((wall) => !wall.counted) ??
    counted(
      "cloud firewall",
      first.detail,
      walls.flatMap((wall) => (wall.counted ? wall.gaps : [])),
    )
  );
};

/** The paths that are judged for every subject: to and from each isolated system, to and from the internet. */
export function pathsOf(
  isolated: readonly { readonly name: string; readonly ranges: readonly string[] }[],
): readonly Path[] {
  return [
    ...isolated.flatMap(({ name, ranges }): Path[] => [
      { direction: "in", peer: name, kind: "isolated", ranges },
      { direction: "out", peer: name, kind: "isolated", ranges },
    ]),
    { direction: "in", peer: "internet", kind: "internet", ranges: internet },
    { direction: "out", peer: "internet", kind: "internet", ranges: internet },
  ];
}
