import { artefactsOf } from "./artefacts";
import { materialsOf } from "./bill-of-materials";
import { clustersOf } from "./clusters";
import { conferencesOf } from "./conferences";
import { endpointsOf } from "./endpoints";
import { type HostView, hostsOf } from "./hosts";
import { isolatedOf } from "./isolation";
import { pathsOf, type Subject, verdict } from "./mechanisms";
import type { DoorPort, PathRow, ReportModel, ReportSource } from "./model";
import { policiesOf } from "./network-policy";
import { text } from "./plain";
import { type PodView, podsOf, requested } from "./pods";
import { outcomes, saidBy } from "./rules";
import { ofType, resourcesOfEvents, resourcesOfState } from "./state";
import { tiersOf } from "./tiers";
import { judge, undeterminedOf } from "./verdict";
import { gapText } from "./walls";

/** Makes the report's data from the engine's state and events. Pure: the same source gives the same report. */
export function buildModel(source: ReportSource): ReportModel {
  const { stack, blueprint, profile, outcome, at: time, exposure } = source;
  const made = source.state === undefined ? [] : resourcesOfState(source.state);
  const planned = made.length === 0;
  const resources = planned ? resourcesOfEvents(source.events) : made;
  const hosts = hostsOf(resources);
  const clusters = clustersOf(resources, hosts);
  const pods = podsOf(resources, hosts, clusters);
  const isolated = isolatedOf(resources);
  const networks = ofType(resources, "Network").map(({ name, inputs }) => ({
    name,
    cloud: text(inputs["cloud"]) ?? "unknown",
    location: text(inputs["location"]) ?? "unknown",
    range: text(inputs["range"]) ?? "unknown",
  }));
  const artefacts = artefactsOf(resources, hosts);
  const endpoints = endpointsOf(artefacts, {
    ownDomains: source.ownDomains,
    ownRanges: [...networks.map(({ range }) => range), ...[...clusters.values()].flatMap(({ ranges }) => ranges)],
    ownAddresses: hosts.flatMap(({ publicAddresses }) => publicAddresses),
    isolatedRanges: isolated.flatMap(({ ranges }) => ranges),
    facts: source.facts,
  });
  const surroundings = { networkRanges: networks.map(({ range }) => range), policies: policiesOf(resources) };
  const paths = subjects(hosts, pods).map(({ name, note, subject }): PathRow => {
    const all = pathsOf(isolated);
    return {
      kind: subject.kind,
      name,
      note,
      paths: all.map((path) => ({ path, verdict: verdict(subject, path, surroundings) })),
    };
  });
  const tiers = tiersOf(resources, (pool) => requested(pool, hosts, pods, source.machineType));
  const rules = outcomes(source.rules, source.events);
  const conferences = conferencesOf(resources, networks, hosts, tiers);
  return {
    stack,
    blueprint,
    profile,
    outcome,
    at: time,
    planned,
    verdict: judge(outcome, rules, paths, tiers),
    exposure,
    settings: saidBy(source.events),
    undetermined: undeterminedOf({ rules, paths, tiers, endpoints, resources, conferences }),
    networks,
    isolated,
    hosts,
    pods,
    ports: Object.fromEntries(paths.filter(({ kind }) => kind === "door").map((row) => [row.name, portsOf(row)])),
    materials: materialsOf(resources, hosts, source.machineType),
    tiers,
    conferences,
    paths,
    endpoints,
    artefacts,
    rules,
  };
}

function subjects(
  hosts: readonly HostView[],
  pods: readonly PodView[],
): { readonly name: string; readonly note: string; readonly subject: Subject }[] {
  return [
    ...hosts.map((host) => ({
      name: host.name,
      note: [host.address, ...host.publicAddresses].filter((address) => address !== undefined).join(" · "),
      subject: { kind: host.door ? ("door" as const) : ("host" as const), host },
    })),
    ...pods.map((pod) => ({
      name: pod.name,
      note: pod.hostNetwork ? "on the host's network" : `namespace ${pod.namespace}`,
      subject: { kind: "pod" as const, pod },
    })),
  ];
}

/** Ports on which the internet reaches a door: every gap that all of its walls leave open. */
function portsOf({ paths }: PathRow): readonly DoorPort[] {
  const gaps = paths.find(({ path }) => path.kind === "internet" && path.direction === "in")?.verdict.gaps ?? [];
  const ports = gaps.map((gap) => ({
    text: gapText(gap),
    reason: gap.reason,
    anybody: gap.peers.some((peer) => peer.endsWith("/0")),
  }));
  return ports
    .filter(({ text: port }, i) => ports.findIndex((other) => other.text === port) === i)
    .sort((a, b) => Number(b.anybody) - Number(a.anybody));
}
