import type { Settings } from "./settings";
import type { Exemption, ExemptionUse } from "./exemptions";
import type { Properties } from "./extract/value";

/** Severity of a violation. */
export type Severity = "low" | "medium" | "high" | "critical";

/**
 * Scope of a rule: the inputs of any resource, the inputs of our components (where only they show the intent), or the whole stack.
 */
export type Kind = "resource" | "component" | "stack";

/** Laws and catalogues to which rules are mapped. */
export const frameworks = {
  nis2: {
    name: "NIS-2",
    version: "Directive (EU) 2022/2555",
    specification: "https://eur-lex.europa.eu/eli/dir/2022/2555/oj",
  },
  "ir2024-2690": {
    name: "NIS-2 implementing regulation",
    version: "Regulation (EU) 2024/2690",
    specification: "https://eur-lex.europa.eu/eli/reg_impl/2024/2690/oj",
  },
  gdpr: {
    name: "GDPR",
    version: "Regulation (EU) 2016/679",
    specification: "https://eur-lex.europa.eu/eli/reg/2016/679/oj",
  },
  revfadp: {
    name: "Swiss FADP",
    version: "SR 235.1, 1 September 2023",
    specification: "https://www.fedlex.admin.ch/eli/cc/2022/491/en",
  },
  dpo: {
    name: "Swiss DPO",
    version: "SR 235.11, 1 September 2023",
    specification: "https://www.fedlex.admin.ch/eli/cc/2022/568/en",
  },
  aiact: {
    name: "AI Act",
    version: "Regulation (EU) 2024/1689",
    specification: "https://eur-lex.europa.eu/eli/reg/2024/1689/oj",
  },
  csf: { name: "EU Cloud Sovereignty Framework", version: "1.2.1", specification: "https://commission.europa.eu" },
  secnumcloud: { name: "SecNumCloud", version: "3.2", specification: "https://cyber.gouv.fr" },
} as const;

/** One point of one framework: `{ framework: "nis2", reference: "21.2.d" }` is letter (d) of Article 21(2) of NIS-2. */
export interface Legal {
  readonly framework: keyof typeof frameworks;
  readonly reference: string;
}

/** A resource as a rule sees it: plain data, with unknown values as values. */
export interface Subject {
  /** Type token: `hcloud:index/server:Server`. */
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** Inputs in a check of a resource, outputs in a check of a stack. */
  readonly properties: Properties;
  /** The provider that makes it; none for providers themselves and for components. */
  readonly provider: Pick<Subject, "type" | "name" | "properties"> | undefined;
  /** True if Pulumi itself refuses to delete it. @default false, also where nobody says it */
  readonly protect?: boolean;
}

/** A violation. No part of it may contain a secret: messages go to logs in clear. */
export interface Finding {
  /** Finding, with its place. */
  readonly found: string;
  readonly allowed: string;
  /** Change that resolves it. */
  readonly action: string;
  /** URN of its resource, in a check of a stack. */
  readonly urn?: string;
  /** True if it stops nothing, whatever the level of its rule. @default false */
  readonly advisory?: boolean;
}

/**
 * Why a rule cannot judge: a value that is not known before the update, a text that nobody can read, a host in no table. Never counted as passed: a note in a
 * preview, a failure in an update.
 */
export interface Undetermined {
  /** A value that cannot be judged, with its place. */
  readonly undetermined: string;
  /** Change that makes it possible. @default the value becomes known */
  readonly action?: string;
  /** The resource that it is about, in a check of a stack. */
  readonly urn?: string;
  /** True if the update itself will know the value: a preview counts such values and does not list them. @default false */
  readonly later?: boolean;
}

/** Findings that the check of the whole stack judges, since it takes more than one resource: neither passed nor failed here. */
export interface Deferred {
  readonly deferred: string;
}

/** Result of a rule for a resource. */
export type Item = Finding | Undetermined | Deferred;

/** `undefined`: the rule has nothing to say about it. An empty list: it passed. */
export type Verdict = readonly Item[] | undefined;

/** Context of a check beside the resource. */
export interface Context {
  readonly settings: Settings;
  /** Ranges from which the stack is declared isolated, as far as they have been seen. */
  readonly isolated: readonly string[];
  /** Inputs of machines and of everything that opens, routes, is replicated or says where machines stand, by URN, as far as it has been seen: a stack's check is given outputs only. */
  readonly inputs: ReadonlyMap<string, Subject>;
  /** The operation in which it is judged. @default a state is judged as it stands, without one */
  readonly operation?: Operation;
  /** Exemptions, as far as the other rules have used them. @default none */
  readonly exemptions?: () => readonly ExemptionUse[];
  /** Verdicts that other rules have left undetermined so far, exempt ones aside. @default a preview: the update will know more */
  readonly open?: () => readonly Open[];
}

/** A verdict that stays undetermined: of which rule, and about which resource. */
export interface Open {
  /** Id of the rule. */
  readonly rule: string;
  /** URN; `stack` for no resource in particular. */
  readonly urn: string;
}

/** An operation of the engine, as far as it decides where the state goes. */
export interface Operation {
  /** Organization of the stack; `organization` with every backend but Pulumi's service. */
  readonly organization: string;
  /** Address of the backend. @default the one that somebody has logged in to, which no pack is told */
  readonly backend?: string;
}

/** A resource of an example: its type, and its inputs as a program gives them. */
export interface Example {
  readonly type: string;
  /** @default "it" */
  readonly name?: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** The provider that makes it, by package. @default the one that the type's token names, without settings */
  readonly provider?: readonly [name: string, settings: Readonly<Record<string, unknown>>];
  /** True if Pulumi itself refuses to delete it. @default false */
  readonly protect?: boolean;
}

/** Ways to resolve a finding, each as a sentence: with components of ours, with resources of one's own in Pulumi, in YAML of Kubernetes. */
export interface Remedies {
  readonly components: string;
  readonly pulumi: string;
  /** @default Kubernetes has no such thing */
  readonly kubernetes?: string;
}

/** One rule, with its explanation and legal mapping. */
export interface Rule {
  /** Stable: `UC-JUR-001`. Never used again for something else. */
  readonly id: `UC-${string}-${number}`;
  /** In kebab case. */
  readonly name: string;
  /** The rule as a sentence. */
  readonly title: string;
  readonly rationale: string;
  readonly severity: Severity;
  readonly kind: Kind;
  /** The first one is the primary one. */
  readonly legal: readonly [Legal, ...Legal[]];
  readonly remediation: string;
  /** Ids of the same rule in other catalogues, or before. @default none */
  readonly aliases?: readonly string[];
  /** Types that it reads; `*` stands for any end of a type, and alone for any resource. */
  readonly types: readonly [string, ...string[]];
  readonly remedies: Remedies;
  /** Demands beyond those of the law, with the reason. @default it asks for what the law asks */
  readonly beyond?: string;
  /** A stack that passes all rules, and one that breaks this rule and no other. */
  readonly examples: {
    readonly good: readonly Example[];
    readonly bad: readonly Example[];
    /** Operation in which the bad one is judged. @default a state is judged as it stands */
    readonly operation?: Operation;
    /** Exemptions under which the bad one is judged. @default none */
    readonly exemptions?: readonly Exemption[];
    /** Day on which the bad one is judged, as `2026-11-30`. @default the day of the judgement */
    readonly day?: string;
  };
  /** @default "mandatory" */
  readonly enforcement?: "advisory";
  /** Judges one resource by its inputs. */
  readonly check?: (subject: Subject, context: Context) => Verdict;
  /** Judges the stack by its outputs. In an update it runs after everything has been made: only the preview before it can block. */
  readonly checkStack?: (subjects: readonly Subject[], context: Context) => Verdict;
}

/** Name of a rule in CrossGuard: the id in lower case, then the name. */
export const policyName = ({ id, name }: Pick<Rule, "id" | "name">): string => `${id.toLowerCase()}-${name}`;

/** Tags of a rule: `nis2:21.2.d`. */
export const legalTags = ({ legal }: Pick<Rule, "legal">): readonly string[] =>
  legal.map(({ framework, reference }) => `${framework}:${reference}`);

/** A finding as one line: rule, what was found, what is allowed, what to do. */
export const message = (id: string, { found, allowed, action }: Finding): string =>
  `${id}: found ${found}; allowed: ${allowed}; do: ${action}`;

/** Something undetermined as one line. */
export const openMessage = (id: string, { undetermined, action }: Undetermined): string =>
  `${id}: undetermined: ${undetermined}; do: ${action ?? "give the value as plain text, so that it is known before the update"}`;
