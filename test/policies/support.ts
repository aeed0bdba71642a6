import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { crossguard } from "../../policies/crossguard";
import { legalTags, type Operation, policyName, type Rule } from "../../policies/rule";

/** The engine's sentinel for a string that is not known before the update. */
export const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A secret as the engine sends it. */
export const secret = (value: JavaScriptValue): { readonly [key: string]: JavaScriptValue } => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

/** A resource as the engine sends it. */
export interface Resource {
  readonly type: string;
  readonly props?: Readonly<Record<string, unknown>>;
  readonly name?: string;
  readonly provider?: {
    readonly type: string;
    /** @default "default" */
    readonly name?: string;
    readonly props?: Readonly<Record<string, unknown>>;
  };
  /** Types of what it is part of, as they stand in its URN: `a:b:C$a:b:D`. @default nothing */
  readonly within?: string;
  /** True if Pulumi itself refuses to delete it. @default false */
  readonly protect?: boolean;
}

/** Settings of the operator. */
export interface Options {
  readonly stack?: Readonly<Record<string, string>>;
  readonly pack?: Readonly<Record<string, unknown>>;
  /** True while nothing is made yet. @default true */
  readonly preview?: boolean;
  /** True if a preview says each value that only the update knows. @default true */
  readonly each?: boolean;
  /** The backend and its organization. @default it is not said */
  readonly operation?: Operation;
}

export interface Violation {
  readonly policy: string;
  readonly message: string;
  readonly mandatory: boolean;
  readonly urn: string;
}

export interface Answer {
  readonly violations: readonly Violation[];
  /** Values that nobody could judge: notes in a preview, failures else. */
  readonly open: readonly Violation[];
  /** Policies that neither passed nor failed. */
  readonly silent: readonly string[];
  /** Evidence about the settings, which is no verdict. */
  readonly evidence: readonly Violation[];
}

type Policy = ResourceValidationPolicy | StackValidationPolicy;
type Callback = (error: Error | null, response?: InstanceType<typeof analyzer.AnalyzeResponse>) => void;
type Call = (call: { readonly request: unknown }, callback: Callback) => void;
interface Server {
  makeAnalyzeRpcFun(pack: string, version: string, level: string, policies: readonly Policy[]): Call;
  makeAnalyzeStackRpcFun(pack: string, version: string, level: string, policies: readonly Policy[]): Call;
}

// The very functions that a served pack answers with; the SDK tests itself so. They are left out of its declarations.
const server = jest.requireActual<Server>("@pulumi/policy/server");

/** A pack that is asked as the engine asks it: real messages, real unknowns, real secrets. */
export class Pack {
  private readonly policies: Policy[];

  constructor(rules: readonly Rule[], { stack = {}, pack = {}, preview = true, each = true, operation }: Options = {}) {
    const printing = { preview: () => preview, each: () => each, operation: () => operation };
    this.policies = crossguard(rules, () => stack, printing).map((policy) => configured(policy, pack));
  }

  /** Asks about one resource. */
  async ask(resource: Resource): Promise<Answer> {
    const request = new analyzer.AnalyzeRequest();
    fill(request, resource);
    return this.call(server.makeAnalyzeRpcFun("pack", "0.0.1", "advisory", this.policies), request);
  }

  /** Asks about every resource and then about the stack; answers for the stack only. */
  async askStack(resources: readonly Resource[], outputs: readonly Resource[] = resources): Promise<Answer> {
    for (const resource of resources) await this.ask(resource);
    const request = new analyzer.AnalyzeStackRequest();
    request.setResourcesList(
      outputs.map((resource) => {
        const message = new analyzer.AnalyzerResource();
        fill(message, resource);
        return message;
      }),
    );
    return this.call(server.makeAnalyzeStackRpcFun("pack", "0.0.1", "advisory", this.policies), request);
  }

  private async call(answer: Call, request: unknown): Promise<Answer> {
    const response = await new Promise<InstanceType<typeof analyzer.AnalyzeResponse>>((resolve, reject) =>
      answer({ request }, (error, value) =>
        value === undefined ? reject(error ?? new Error("no answer")) : resolve(value),
      ),
    );
    const all = response.getDiagnosticsList().map((item) => ({
      policy: item.getPolicyname(),
      message: item.getMessage(),
      mandatory: item.getEnforcementlevel() === analyzer.EnforcementLevel.MANDATORY,
      urn: item.getUrn(),
    }));
    const isEvidence = ({ policy }: Violation): boolean => policy.startsWith("settings");
    const isOpen = ({ message }: Violation): boolean => / undetermined: /.test(message);
    return {
      violations: all.filter((item) => !isOpen(item) && !isEvidence(item)),
      open: all.filter(isOpen),
      evidence: all.filter(isEvidence),
      silent: response.getNotApplicableList().map((item) => item.getPolicyName()),
    };
  }
}

function configured(policy: Policy, pack: Readonly<Record<string, unknown>>): Policy {
  if (policy.name !== "settings" || !("validateResource" in policy) || typeof policy.validateResource !== "function")
    return policy;
  const { validateResource } = policy;
  return {
    ...policy,
    validateResource: (args, report) =>
      validateResource({ ...args, getConfig: <T extends object>() => pack as T }, report),
  };
}

export const urnOf = ({ type, name = "it", within }: Resource): string =>
  `urn:pulumi:test::project::${within === undefined ? "" : `${within}$`}${type}::${name}`;

function fill(
  message: InstanceType<typeof analyzer.AnalyzeRequest> | InstanceType<typeof analyzer.AnalyzerResource>,
  resource: Resource,
): void {
  message.setType(resource.type);
  message.setName(resource.name ?? "it");
  message.setUrn(urnOf(resource));
  message.setProperties(struct(resource.props));
  const options = new analyzer.AnalyzerResourceOptions();
  options.setProtect(resource.protect === true);
  message.setOptions(options);
  if (resource.provider !== undefined) {
    const provider = new analyzer.AnalyzerProviderResource();
    const { type, name = "default" } = resource.provider;
    provider.setType(type);
    provider.setName(name);
    provider.setUrn(`urn:pulumi:test::project::${type}::${name}`);
    provider.setProperties(struct(resource.provider.props));
    message.setProvider(provider);
  }
}

const struct = (props: Readonly<Record<string, unknown>> = {}): Struct =>
  Struct.fromJavaScript(JSON.parse(JSON.stringify(props)) as Record<string, JavaScriptValue>);

/**
 * Expectation of a row: passes; says nothing (unrelated, or left to the check of the stack); is undetermined, as a note in a preview and a failure in an
 * update; a violation whose message matches.
 */
export type Expectation = "passes" | "says nothing" | "is undetermined" | RegExp | { readonly undetermined: RegExp };

export interface Row extends Options {
  readonly title: string;
  readonly resource: Resource;
  readonly expect: Expectation;
}

/** Runs a table of single resources through one rule. The titles are sentences about the rule. */
export function table(rule: Rule, rows: readonly Row[]): void {
  test.each(rows.map((row) => [row.title, row] as const))("%s", async (_, row) => {
    await expectAnswer(rule, (options) => new Pack([rule], options).ask(row.resource), row, policyName(rule));
  });
}

export interface StackRow extends Options {
  readonly title: string;
  readonly resources: readonly Resource[];
  /** Outputs of the stack after the update. @default - as its inputs */
  readonly outputs?: readonly Resource[];
  readonly expect: Expectation;
}

/** Runs a table of whole stacks through the part of a rule that judges them. */
export function stackTable(rule: Rule, rows: readonly StackRow[]): void {
  test.each(rows.map((row) => [row.title, row] as const))("%s", async (_, row) => {
    const ask = (options: Options): Promise<Answer> => new Pack([rule], options).askStack(row.resources, row.outputs);
    await expectAnswer(rule, ask, row, `${policyName(rule)}-stack`);
  });
}

async function expectAnswer(
  rule: Rule,
  ask: (options: Options) => Promise<Answer>,
  row: Options & { readonly expect: Expectation },
  policy: string,
): Promise<void> {
  const { expect: expectation } = row;
  const answer = await ask(row);
  const messages = answer.violations.map(({ message }) => message);
  if (expectation instanceof RegExp) {
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.join("\n")).toMatch(expectation);
    for (const violation of answer.violations) {
      expect(violation.policy).toBe(policy);
      expect(violation.mandatory).toBe(rule.enforcement === undefined);
      expect(violation.message).toMatch(new RegExp(`^[^\\n]+\\n${rule.id}: found .+; allowed: .+; do: .+`, "s"));
    }
    return;
  }
  expect(messages).toEqual([]);
  if (expectation === "is undetermined" || typeof expectation === "object") {
    if (typeof expectation === "object")
      expect(answer.open.map(({ message }) => message).join("\n")).toMatch(expectation.undetermined);
    const update = await ask({ ...row, preview: false });
    for (const [{ open }, mandatory] of [
      [answer, false],
      [update, rule.enforcement === undefined],
    ] as const) {
      expect(open.length).toBeGreaterThan(0);
      expect(open.map((item) => item.policy)).toEqual(open.map(() => policy));
      expect(open.map((item) => item.mandatory)).toEqual(open.map(() => mandatory));
    }
    return;
  }
  expect(answer.open).toEqual([]);
  expect(answer.silent.includes(policy)).toBe(expectation === "says nothing");
}

/** Tests that every rule must pass. */
export function shape(rule: Rule): void {
  test("it has a stable id, a name, a rationale, a remediation and a legal mapping", () => {
    expect(policyName(rule)).toMatch(/^uc-[a-z0-9]+-\d{3}-[a-z0-9]+(-[a-z0-9]+)*$/);
    for (const text of [rule.title, rule.rationale, rule.remediation]) expect(text).toMatch(/^\S.{30,}\.$/);
    for (const tag of legalTags(rule)) expect(tag).toMatch(/^[a-z0-9-]+:[A-Za-z0-9.-]+$/);
  });
}

const user = { stack: { "sovereign-uc:ownDomains": '["crisis.example.ch"]' } } as const;

/** A stack of somebody who has declared a domain of theirs. */
export const own: Options = user;

/** The same under another profile. */
export const under = (profile: string, options: Options = own): Options => ({
  ...options,
  stack: { ...options.stack, "sovereign-uc:profile": profile },
});
