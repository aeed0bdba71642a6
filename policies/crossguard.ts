import type { EnforcementLevel, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import {
  type Context,
  frameworks,
  legalTags,
  message,
  type Open,
  openMessage,
  type Operation,
  policyName,
  type Rule,
  type Subject,
  type Verdict,
} from "./rule";
import { said } from "./said";
import { settings, type Settings } from "./settings";
import { settingsSchema } from "./settings-schema";
import { Exemptions, today } from "./exemptions";
import { exemptMessage } from "./exemptions-said";
import { guardPolicy } from "./guard";
import { GivenResources } from "./given";
import { Notes } from "./notes";
import { declaredIsolation } from "./extract/isolation";
import { isMachine } from "./extract/machines";
import { isFilter } from "./extract/openings";
import { site } from "./extract/subject";

type Policy = ResourceValidationPolicy | StackValidationPolicy;

/** Name of the policy that holds the pack's settings. It forbids nothing. */
export const settingsName = "settings";

/** State that the policies of one pack share during one operation. */
interface State {
  settings: Settings | undefined;
  /** Ranges from which networks are declared isolated, by URN of the network. */
  readonly isolated: Map<string, readonly string[]>;
  readonly inputs: Map<string, Subject>;
  readonly given: GivenResources;
  readonly notes: Notes;
  readonly printing: Printing;
  exemptions: Exemptions;
  /** Verdicts that stay undetermined, by rule and resource: a resource may be judged twice in one operation. */
  readonly open: Map<string, Open>;
  /** True for a rule of this pack; in the complete one, for every id that anybody writes. */
  readonly isHere: (rule: string) => boolean;
}

/** The operation that asks, and how much of it is printed. */
export interface Printing {
  /** True while nothing is made yet. @default never: what is undetermined fails */
  readonly preview?: () => boolean;
  /** True if each value that only the update knows gets a line of its own in a preview. @default one line for each rule */
  readonly each?: () => boolean;
  /** The backend and its organization. @default it is not said, as where a state is judged */
  readonly operation?: () => Operation | undefined;
  /** True for a pack that is a part of the complete one: an exemption from a rule that it lacks is not its business. @default false */
  readonly partial?: boolean;
  /** Rules that the pack's configuration has weakened, as one line. @default none */
  readonly weakened?: () => string | undefined;
}

/**
 * Rules as CrossGuard policies, with the settings before them.
 *
 * CrossGuard configures policies one by one, but a profile belongs to the whole pack. So the first policy has the settings, reads them at each resource
 * (which costs nothing after the first) and hands them to the others. Without it they refuse to judge.
 *
 * @param configuration the stack's configuration, as `namespace:key` → text.
 */
export function crossguard(
  rules: readonly Rule[],
  configuration: () => Readonly<Record<string, string>>,
  printing: Printing = {},
): Policy[] {
  const state: State = {
    settings: undefined,
    isolated: new Map(),
    inputs: new Map(),
    given: new GivenResources(() => printing.preview?.() === true),
    notes: new Notes(),
    printing,
    exemptions: new Exemptions([], today()),
    open: new Map(),
    isHere: (id) => printing.partial !== true || rules.some((rule) => rule.id === id),
  };
  const guard =
    printing.partial === true
      ? []
      : [guardPolicy(`${settingsName}-guard`, "sovereign-uc", () => printing.weakened?.())];
  return [reader(state, configuration), evidence(state), ...rules.flatMap((rule) => policiesOf(rule, state)), ...guard];
}

function reader(state: State, configuration: () => Readonly<Record<string, string>>): ResourceValidationPolicy {
  let last: string | undefined;
  return {
    name: settingsName,
    description:
      "Holds the settings of the pack: profile, own domains, isolated ranges, accepted opaque resources, ports of its own.",
    enforcementLevel: "mandatory",
    severity: "low",
    configSchema: settingsSchema,
    validateResource: (args) => {
      const pack = args.getConfig<Record<string, unknown>>();
      const text = JSON.stringify(pack);
      if (text !== last) {
        const read = spoken(() => settings(pack, configuration()));
        state.settings = read;
        state.exemptions = new Exemptions(read.exemptions, read.day, state.isHere);
        last = text;
      }
      const subject = state.given.read(args);
      const isolated = declaredIsolation(args.type, () => subject.properties);
      if (isolated !== undefined) state.isolated.set(args.urn, isolated);
      if (isFilter(args.type) || isMachine(args.type) || args.type === site) state.inputs.set(args.urn, subject);
      args.notApplicable("holds the settings of the other policies");
    },
  };
}

/** A note of the settings that decided the verdicts, and of who named them: evidence that nobody has to look for. It stops nothing. */
function evidence(state: State): StackValidationPolicy {
  return {
    name: `${settingsName}-stack`,
    description: "Says under which settings a stack was judged, and who named them.",
    enforcementLevel: "advisory",
    severity: "low",
    validateStack: (args, report) => {
      state.given.readStack(args.resources);
      const lines = state.settings === undefined ? [] : said(state.settings);
      if (lines.length === 0) args.notApplicable("judged under the defaults");
      (report as Report)({ message: lines.join("\n"), enforcementLevel: "advisory" });
    },
  };
}

function policiesOf(rule: Rule, state: State): Policy[] {
  const { check, checkStack } = rule;
  const [primary] = rule.legal;
  const { name: framework, version, specification } = frameworks[primary.framework];
  const common: Omit<Policy, "name"> = {
    description: rule.title,
    displayName: `${rule.id} ${rule.title}`,
    enforcementLevel: rule.enforcement ?? "mandatory",
    severity: rule.severity,
    framework: { name: framework, version, reference: primary.reference, specification },
    tags: [...legalTags(rule)],
    remediationSteps: rule.remediation,
  };
  const name = policyName(rule);
  const policies: Policy[] = [];
  if (check !== undefined)
    policies.push({
      ...common,
      name,
      validateResource: (args, report) => {
        const verdict = spoken(() => check(state.given.subject(args), context(name, args.getConfig(), state)));
        const unsaid = say(rule, verdict, state, report as Report, args.urn);
        if (unsaid !== undefined) args.notApplicable(unsaid);
      },
    });
  policies.push({
    ...common,
    name: `${name}-stack`,
    validateStack: (args, report) => {
      const verdict = spoken(() =>
        checkStack?.(state.given.stack(args.resources), context(`${name}-stack`, args.getConfig(), state)),
      );
      const unsaid = say(rule, verdict, state, report as Report);
      const summary = state.notes.summary(rule);
      if (summary !== undefined) (report as Report)({ message: summary, enforcementLevel: "advisory" });
      else if (unsaid !== undefined) args.notApplicable(unsaid);
    },
  });
  return policies;
}

function context(
  name: string,
  own: object,
  { settings: common, isolated, inputs, printing, exemptions, open }: State,
): Context {
  const [key] = Object.keys(own);
  if (key !== undefined)
    throw new RangeError(
      `expected no settings under ${name}, got ${JSON.stringify(key)}; settings stand under "${settingsName}", for all rules`,
    );
  if (common === undefined)
    throw new RangeError(
      `expected the policy "${settingsName}" to run first, got nothing; do not disable it, the rules need its profile`,
    );
  const operation = printing.operation?.();
  return {
    settings: common,
    isolated: together(common.isolated, isolated),
    inputs,
    ...(operation === undefined ? {} : { operation }),
    exemptions: () => exemptions.uses(),
    ...(printing.preview?.() === true ? {} : { open: () => [...open.values()] }),
  };
}

/** Ranges without doubles: of the settings, and those that were declared. Most stacks declare few, and every rule asks at every resource. */
const together = (settled: readonly string[], declared: State["isolated"]): readonly string[] =>
  declared.size === 0 ? settled : [...new Set([...settled, ...[...declared.values()].flat()])];

type Report = (
  text: string | { readonly message: string; readonly enforcementLevel: EnforcementLevel },
  urn?: string,
) => void;

/**
 * Says every finding and everything undetermined; what is exempt too, at a level that stops nothing. What is undetermined is a note in a preview, since the update will know more, and as bad as a finding in
 * an update, or where a state is judged: nothing more will be known. What only the update can know is counted in a preview, for one note at its end.
 *
 * The SDK takes a message with a level of its own, though its declarations name the text only (`makeReportViolationFun` of @pulumi/policy 1.21.0).
 *
 * @returns a reason why the policy has nothing to say, so that it is kept out of those that passed; undefined if it has judged.
 */
function say(
  rule: Rule,
  verdict: Verdict,
  { notes, exemptions, open, printing: { preview, each } }: State,
  report: Report,
  urn?: string,
): string | undefined {
  if (verdict === undefined) return "says nothing about it";
  const early = preview?.() === true;
  const unsaid: string[] = [];
  for (const item of verdict) {
    if ("deferred" in item) {
      unsaid.push(item.deferred);
      continue;
    }
    const about = urn ?? item.urn;
    const exemption = exemptions.of(rule.id, about ?? "stack");
    const advise = (text: string): void =>
      report(
        { message: text, enforcementLevel: "advisory", ...(item.urn === undefined ? {} : { urn: item.urn }) },
        item.urn,
      );
    if (exemption !== undefined) advise(exemptMessage(rule.id, item, exemption));
    else if ("found" in item && item.advisory === true) advise(message(rule.id, item));
    else if ("found" in item) report(message(rule.id, item), item.urn);
    else if (early && item.later === true && each?.() !== true) {
      notes.add(rule, about?.split("::")[2]?.split("$").at(-1) ?? "the stack", about ?? "");
      unsaid.push("the update judges it");
    } else if (early) advise(openMessage(rule.id, item));
    else {
      open.set(`${rule.id} ${about ?? "stack"}`, { rule: rule.id, urn: about ?? "stack" });
      report(openMessage(rule.id, item), item.urn);
    }
  }
  return unsaid.length > 0 && unsaid.length === verdict.length ? [...new Set(unsaid)].join("; ") : undefined;
}

/** An error message that says what to do needs no stack. */
function spoken<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof RangeError) error.stack = error.message;
    throw error;
  }
}
