import type { EngineEvent, Rehearsal } from "../support/rehearsal";

/** Deletions of the last run in the order of their ends. */
const deletions = (events: readonly EngineEvent[]): readonly { readonly type: string; readonly name: string }[] =>
  events.flatMap(({ resOutputsEvent }) => {
    if (resOutputsEvent?.metadata.op !== "delete") return [];
    const { type, urn } = resOutputsEvent.metadata;
    return [{ type, name: urn.slice(urn.lastIndexOf("::") + 2) }];
  });

/**
 * Faults in the order of the last run's deletions: everything in Kubernetes goes before the first member leaves, every member leaves before its host goes, and the
 * gateways, through which all others are reached, go after the last member left. Hosts of services are no members: each withdraws from its service before it goes, and
 * before the first of the deployments that it withdraws from.
 *
 * @param hosts the cloud's type of hosts: "Server".
 * @throws Error when nothing was deleted that the order is about.
 */
export function disorder(rehearsal: Rehearsal, hosts: string): readonly string[] {
  const deleted = deletions(rehearsal.events());
  const at = (wanted: (one: (typeof deleted)[number]) => boolean): readonly number[] =>
    deleted.flatMap((one, place) => (wanted(one) ? [place] : []));
  const named = (place: number): string => deleted[place]?.name ?? "";
  const pods = at(({ type }) => type.startsWith("kubernetes:"));
  const leaves = at(({ type, name }) => type === "command:remote:Command" && name.endsWith("-leave"));
  const withdrawals = at(({ type, name }) => type === "command:remote:Command" && name.endsWith("-withdraw"));
  const balancers = at(({ type, name }) => type.endsWith(":Deployment") && name.endsWith("-scalelite"));
  const machines = at(({ type }) => type.endsWith(`:${hosts}`));
  const gateways = machines.filter((place) => named(place).includes("-gateway-"));
  if ([pods, leaves, machines, gateways].some((found) => found.length === 0))
    throw new Error(
      `expected deletions of pods, members and gateways, got ${pods.length}, ${leaves.length}, ${gateways.length}; destroy a stack that has them`,
    );
  const lastPod = Math.max(...pods);
  const lastLeave = Math.max(...leaves);
  const leaveOf = (machine: number): number | undefined =>
    [...leaves, ...withdrawals].find((place) =>
      [`${named(machine)}-leave`, `${named(machine)}-withdraw`].includes(named(place)),
    );
  return [
    ...leaves.filter((place) => place < lastPod).map((place) => `${named(place)} before ${named(lastPod)}`),
    ...machines
      .filter((place) => !gateways.includes(place) && !((leaveOf(place) ?? Infinity) < place))
      .map((place) => `${named(place)} before it left`),
    ...withdrawals
      .filter((place) => !balancers.every((balancer) => place < balancer))
      .map((place) => `${named(place)} after its load balancer`),
    // Two that lead are enough for those who leave: of three or more, one may be gone by then.
    ...(gateways.filter((place) => place > lastLeave).length >= 2 ? [] : gateways)
      .filter((place) => place < lastLeave)
      .map((place) => `${named(place)} before ${named(lastLeave)}`),
  ];
}
