import type {
  EnforcementLevel,
  PolicyConfigSchema,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import {
  type Context,
  frameworks,
  legalTags,
  message,
  openMessage,
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
  readonly inputs: Map<string, Subject>;
  readonly preview: () => boolean;
}

/**
 * Rules as CrossGuard policies, with the settings before them.
 *
 * CrossGuard configures policies one by one, but a profile belongs to the whole pack. So the first policy has the settings, reads them at each resource
 * (which costs nothing after the first) and hands them to the others. Without it they refuse to judge.
 *
 * @param configuration the stack's configuration, as `namespace:key` → text.
 * @param preview true while nothing is made yet. @default never: what is undetermined fails
 */
export function crossguard(
  rules: readonly Rule[],
  configuration: () => Readonly<Record<string, string>>,
  preview: () => boolean = () => false,
): Policy[] {
  const state: State = { settings: undefined, isolated: new Map(), inputs: new Map(), preview };
  return [reader(state, configuration), ...rules.flatMap((rule) => policiesOf(rule, state))];
}

const schema: PolicyConfigSchema = {
  properties: {
    profile: { type: "string", enum: ["swiss", "european", "strict"] },
    ownDomains: { type: "array", items: { type: "string" } },
    isolated: { type: "array", items: { type: "string" } },
    facts: {
      type: "array",
      items: {
        type: "object",
        properties: Object.fromEntries(
          ["host", "party", "country", "nexus", "source", "reviewed"].map((key) => [key, { type: "string" }]),
        ),
        required: ["host", "party", "country", "nexus", "source", "reviewed"],
        additionalProperties: false,
      },
    },
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
      if (isFilter(args.type)) state.inputs.set(args.urn, new LazySubject(args));
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
        conclude(rule, verdict, state.preview(), report as Report, args.notApplicable);
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
        conclude(rule, verdict, state.preview(), report as Report, args.notApplicable);
      },
    });
  return policies;
}

function context(name: string, own: object, { settings: common, isolated, inputs }: State): Context {
  const [key] = Object.keys(own);
  if (key !== undefined)
    throw new RangeError(
      `expected no settings under ${name}, got ${JSON.stringify(key)}; settings stand under "${settingsName}", for all rules`,
    );
  if (common === undefined)
    throw new RangeError(
      `expected the policy "${settingsName}" to run first, got nothing; do not disable it, the rules need its profile`,
    );
  return { settings: common, isolated: [...new Set([...common.isolated, ...[...isolated.values()].flat()])], inputs };
}

type Report = (
  text: string | { readonly message: string; readonly enforcementLevel: EnforcementLevel },
  urn?: string,
) => void;

/**
 * Says every finding and everything undetermined. What is undetermined is a note in a preview, since the update will know more, and as bad as a finding in
 * an update, or where a state is judged: nothing more will be known. A rule that has nothing to say is kept out of those that passed.
 *
 * The SDK takes a message with a level of its own, though its declarations name the text only (`makeReportViolationFun` of @pulumi/policy 1.21.0).
 */
function conclude(
  rule: Rule,
  verdict: Verdict,
  preview: boolean,
  report: Report,
  notApplicable: (reason: string) => never,
): void {
  if (verdict === undefined) return notApplicable("says nothing about it");
  for (const item of verdict)
    if ("found" in item) report(message(rule.id, item), item.urn);
    else if ("undetermined" in item)
      report(
        {
          message: openMessage(rule.id, item),
          enforcementLevel: preview ? "advisory" : (rule.enforcement ?? "mandatory"),
          ...(item.urn === undefined ? {} : { urn: item.urn }),
        },
        item.urn,
      );
  const deferred = verdict.flatMap((item) => ("deferred" in item ? [item.deferred] : []));
  if (deferred.length > 0 && deferred.length === verdict.length) notApplicable(deferred.join("; "));
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
