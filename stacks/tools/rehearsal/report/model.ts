import { Artefact, artefactsOf } from "./artefacts";
import { clustersOf } from "./clusters";
import { Endpoint, endpointsOf, Knowledge } from "./endpoints";
import { HostView, hostsOf } from "./hosts";
import { IsolatedSystem, isolatedOf } from "./isolation";
import { MachineType, Materials, materialsOf } from "./bill-of-materials";
import { pathsOf, PathVerdict, Subject, verdict } from "./mechanisms";
import { policiesOf } from "./network-policy";
import { text } from "./plain";
import { PodView, podsOf, requested } from "./pods";
import { outcomes, RuleFacts, RuleOutcome } from "./rules";
import { ofType, resourcesOfEvents, resourcesOfState } from "./state";
import { Tier, tiersOf } from "./tiers";
import { judge, undeterminedOf } from "./verdict";
import { gapText, Path } from "./walls";

/** How the operation ended. */
export type Outcome = "deployed" | "unchanged" | "blocked" | "failed";

/** Who could be made to act against the operator, under the profile in use. */
export interface Exposure {
  readonly who: string;
  readonly grade: string;
  readonly why: string;
}

/** Everything that a report is made from. */
export interface ReportSource {
  readonly stack: string;
  readonly blueprint: string;
  readonly profile: string;
  readonly outcome: Outcome;
  /** When the operation ended, as ISO text. */
  readonly at: string;
  /** What `pulumi stack export` prints; undefined where nothing was made, and the preview's plan is shown. */
  readonly state: unknown;
  /** The engine's events of the operation. */
  readonly events: readonly unknown[];
  readonly rules: readonly RuleFacts[];
  readonly exposure: readonly Exposure[];
  readonly ownDomains: readonly string[];
  readonly facts: Knowledge["facts"];
  readonly machineType: (cloud: string, type: string) => MachineType | undefined;
}

/** A subject with every path's verdict. */
export interface PathRow {
  readonly kind: Subject["kind"];
  readonly name: string;
  /** "on the host's network", "10.20.0.10", … */
  readonly note: string;
  readonly paths: readonly { readonly path: Path; readonly verdict: PathVerdict }[];
}

/** A port on a door. */
export interface DoorPort {
  readonly text: string;
  readonly reason: string;
  /** Whether everybody may come in, or named ranges only. */
  readonly anybody: boolean;
}

/** What nobody has judged, and why: never a pass. */
export interface Undetermined {
  readonly what: string;
  readonly why: string;
}

/** A report as data: what the page and the JSON file show. */
export interface ReportModel {
  readonly stack: string;
  readonly blueprint: string;
  readonly profile: string;
  readonly outcome: Outcome;
  readonly at: string;
  /** Whether it shows what was planned instead of what is there. */
  readonly planned: boolean;
  readonly verdict: { readonly state: "passed" | "blocked" | "failed"; readonly sentence: string };
  readonly exposure: readonly Exposure[];
  readonly undetermined: readonly Undetermined[];
  readonly networks: readonly {
    readonly name: string;
    readonly cloud: string;
    readonly location: string;
    readonly range: string;
  }[];
  readonly isolated: readonly IsolatedSystem[];
  readonly hosts: readonly HostView[];
  readonly pods: readonly PodView[];
  /** Ports of doors by host name. */
  readonly ports: Readonly<Record<string, readonly DoorPort[]>>;
  readonly materials: Materials;
  readonly tiers: readonly Tier[];
  readonly paths: readonly PathRow[];
  readonly endpoints: readonly Endpoint[];
  readonly artefacts: readonly Artefact[];
  readonly rules: readonly RuleOutcome[];
}

/** Makes the report's data from the engine's state and events. Pure: the same source gives the same report. */
export function model(source: ReportSource): ReportModel {
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
  return {
    stack,
    blueprint,
    profile,
    outcome,
    at: time,
    planned,
    verdict: judge(outcome, rules, paths, tiers),
    exposure,
    undetermined: undeterminedOf({ rules, paths, tiers, endpoints, resources }),
    networks,
    isolated,
    hosts,
    pods,
    ports: Object.fromEntries(paths.filter(({ kind }) => kind === "door").map((row) => [row.name, portsOf(row)])),
    materials: materialsOf(resources, hosts, source.machineType),
    tiers,
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

/** What a door is open for, as its walls together say: every gap in the way in from the internet. */
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
