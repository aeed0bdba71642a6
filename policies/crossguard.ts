import type { PolicyConfigSchema, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import {
  type Context,
  frameworks,
  legalTags,
  message,
  policyName,
  type Rule,
  type Subject,
  type Verdict,
} from "./rule";
import { settings, type Settings } from "./settings";
import { declaredIsolation } from "./extract/isolation";
import { isFilter } from "./extract/openings";
import { type Properties, properties } from "./extract/value";

type Policy = ResourceValidationPolicy | StackValidationPolicy;

/** Name of the policy that holds the pack's settings. It forbids nothing. */
export const settingsName = "settings";

/** State that the policies of one pack share during one operation. */
interface State {
  settings: Settings | undefined;
  /** Ranges from which networks are declared isolated, by URN of the network. */
  readonly isolated: Map<string, readonly string[]>;
  readonly filters: Map<string, Subject>;
}

/**
 * Rules as CrossGuard policies, with the settings before them.
 *
 * CrossGuard configures policies one by one, but a profile belongs to the whole pack. So the first policy has the settings, reads them at each resource
 * (which costs nothing after the first) and hands them to the others. Without it they refuse to judge.
 *
 * @param configuration the stack's configuration, as `namespace:key` → text.
 */
export function crossguard(rules: readonly Rule[], configuration: () => Readonly<Record<string, string>>): Policy[] {
  const state: State = { settings: undefined, isolated: new Map(), filters: new Map() };
  return [reader(state, configuration), ...rules.flatMap((rule) => policiesOf(rule, state))];
}

const schema: PolicyConfigSchema = {
  properties: {
    profile: { type: "string", enum: ["swiss", "european", "strict"] },
    ownDomains: { type: "array", items: { type: "string" } },
    isolated: { type: "array", items: { type: "string" } },
    opaque: {
      type: "array",
      items: {
        type: "object",
        properties: { resource: { type: "string" }, reason: { type: "string" } },
        required: ["resource", "reason"],
        additionalProperties: false,
      },
    },
  },
};

function reader(state: State, configuration: () => Readonly<Record<string, string>>): ResourceValidationPolicy {
  let last: string | undefined;
  return {
    name: settingsName,
    description: "Holds the settings of the pack: profile, own domains, isolated ranges, accepted opaque resources.",
    enforcementLevel: "mandatory",
    severity: "low",
    configSchema: schema,
    validateResource: (args) => {
      const pack = args.getConfig<Record<string, unknown>>();
      const text = JSON.stringify(pack);
      if (text !== last) {
        state.settings = spoken(() => settings(pack, configuration()));
        last = text;
      }
      const isolated = declaredIsolation(args.type, () => properties(args.props));
      if (isolated !== undefined) state.isolated.set(args.urn, isolated);
      if (isFilter(args.type)) state.filters.set(args.urn, new LazySubject(args));
      args.notApplicable("holds the settings of the other policies");
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
        const verdict = spoken(() => check(new LazySubject(args), context(name, args.getConfig(), state)));
        conclude(rule, verdict, report, args.notApplicable);
      },
    });
  if (checkStack !== undefined)
    policies.push({
      ...common,
      name: `${name}-stack`,
      validateStack: (args, report) => {
        const verdict = spoken(() =>
          checkStack(
            args.resources.map((resource) => new LazySubject(resource)),
            context(`${name}-stack`, args.getConfig(), state),
          ),
        );
        conclude(rule, verdict, report, args.notApplicable);
      },
    });
  return policies;
}

function context(name: string, own: object, { settings: common, isolated, filters }: State): Context {
  const [key] = Object.keys(own);
  if (key !== undefined)
    throw new RangeError(
      `expected no settings under ${name}, got ${JSON.stringify(key)}; settings stand under "${settingsName}", for all rules`,
    );
  if (common === undefined)
    throw new RangeError(
      `expected the policy "${settingsName}" to run first, got nothing; do not disable it, the rules need its profile`,
    );
  return { settings: common, isolated: [...new Set([...common.isolated, ...[...isolated.values()].flat()])], filters };
}

/** Reports every finding. A rule that does not apply, or cannot judge yet, is reported as not applicable, never as passed. */
function conclude(
  rule: Rule,
  verdict: Verdict,
  report: (text: string, urn?: string) => void,
  notApplicable: (reason: string) => never,
): void {
  if (verdict === undefined) notApplicable("says nothing about it");
  const findings = (verdict ?? []).filter((item) => "found" in item);
  for (const finding of findings) report(message(rule.id, finding), finding.urn);
  const open = (verdict ?? []).filter((item) => "undetermined" in item);
  if (findings.length === 0 && open.length > 0) notApplicable(open.map(({ undetermined }) => undetermined).join("; "));
}

interface Given {
  readonly type: string;
  readonly name: string;
  readonly props: object;
}

/** Input from CrossGuard, read once and only when a rule asks for it. */
class Lazy {
  readonly type: string;
  readonly name: string;
  private made: Properties | undefined;

  constructor(private readonly given: Given) {
    this.type = given.type;
    this.name = given.name;
  }

  get properties(): Properties {
    return (this.made ??= properties(this.given.props));
  }
}

class LazySubject extends Lazy implements Subject {
  readonly urn: string;
  readonly provider: Subject["provider"];

  constructor(given: Given & { readonly urn: string; readonly provider?: Given }) {
    super(given);
    this.urn = given.urn;
    this.provider = given.provider === undefined ? undefined : new Lazy(given.provider);
  }
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
