import type { Artefact } from "./artefacts";
import type { Materials, MachineType } from "./bill-of-materials";
import type { Conferences } from "./conferences";
import type { Endpoint, Knowledge } from "./endpoints";
import type { HostView } from "./hosts";
import type { IsolatedSystem } from "./isolation";
import type { PathVerdict, Subject } from "./mechanisms";
import type { PodView } from "./pods";
import type { RuleFacts, RuleOutcome } from "./rules";
import type { Tier } from "./tiers";
import type { Path } from "./walls";

/** Outcome of the operation. */
export type Outcome = "deployed" | "unchanged" | "blocked" | "failed";

/** A party that could be compelled to act against the operator, under the profile in use. */
export interface Exposure {
  readonly who: string;
  readonly grade: string;
  readonly why: string;
}

/** Input of a report. */
export interface ReportSource {
  readonly stack: string;
  readonly blueprint: string;
  readonly profile: string;
  readonly outcome: Outcome;
  /** End of the operation, in ISO 8601. */
  readonly at: string;
  /** Output of `pulumi stack export`; undefined if nothing was made: the report then shows the preview's plan. */
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
  /** True if the whole internet may connect, false if named ranges only. */
  readonly anybody: boolean;
}

/** A thing that was not judged, and why: never counted as passed. */
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
  /** True if it shows the plan instead of the state. */
  readonly planned: boolean;
  readonly verdict: { readonly state: "passed" | "blocked" | "failed"; readonly sentence: string };
  readonly exposure: readonly Exposure[];
  /** Settings that the packs judged with, who named them, and rules that are weakened: as the packs say it. */
  readonly settings: readonly string[];
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
  readonly conferences: readonly Conferences[];
  readonly paths: readonly PathRow[];
  readonly endpoints: readonly Endpoint[];
  readonly artefacts: readonly Artefact[];
  readonly rules: readonly RuleOutcome[];
}
