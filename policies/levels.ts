import { Server } from "@grpc/grpc-js";
import analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import { policyName, type Rule } from "./rule";

type Callback = (error: unknown, response?: unknown) => void;
type Call = (call: { readonly request: unknown }, callback: Callback) => void;

/** Answers of a pack to the engine, by the names of the protocol's methods (pulumi/pulumi proto/pulumi/analyzer.proto at v3.256.0). */
export type Answers = Readonly<Record<string, Call>>;

/** Levels that stop a deployment. */
const binding: readonly number[] = [analyzer.EnforcementLevel.MANDATORY, analyzer.EnforcementLevel.REMEDIATE];

/**
 * The rules that a pack's configuration has weakened, as one line; undefined if there are none.
 *
 * @param levels the engine's levels of policies by name, as the configuration sets them.
 */
export function weakened(rules: readonly Rule[], levels: ReadonlyMap<string, number>): string | undefined {
  const of = (rule: Rule): readonly number[] =>
    [policyName(rule), `${policyName(rule)}-stack`].flatMap((name) => levels.get(name) ?? []);
  const off = (rule: Rule): boolean => of(rule).includes(analyzer.EnforcementLevel.DISABLED);
  // A rule that advises by itself is weaker only where it is silent.
  const weak = rules.filter((rule) =>
    rule.enforcement === undefined ? of(rule).some((level) => !binding.includes(level)) : off(rule),
  );
  if (weak.length === 0) return undefined;
  const disabled = weak.filter(off);
  if (disabled.length === rules.length)
    return `NOTHING WAS JUDGED: the pack's configuration disables all ${rules.length} rules; this operation is no evidence of anything`;
  const list = weak.map((rule) => `${rule.id} ${off(rule) ? "disabled" : "advisory"}`).join(", ");
  return `${weak.length} OF ${rules.length} RULES ARE WEAKENED by the pack's configuration: ${list}; what they find, or would find, stops nothing`;
}

/**
 * The same answers, which also say what the configuration has weakened. A disabled policy never runs, so none of them could say that it is disabled: the
 * engine's call that sets the levels is heard, and the answer about the whole stack carries the note.
 */
export function outspoken(
  answers: Answers,
  rules: readonly Rule[],
  pack: { readonly name: string; readonly policy: string },
  levels = new Map<string, number>(),
): Answers {
  const { configure, analyzeStack } = answers;
  if (configure === undefined || analyzeStack === undefined) return answers;
  return {
    ...answers,
    configure: (call, callback) => {
      const configured = (call.request as InstanceType<typeof analyzer.ConfigureAnalyzerRequest>).getPolicyconfigMap();
      for (const [name, policy] of configured.entries()) levels.set(name, policy.getEnforcementlevel());
      configure(call, callback);
    },
    analyzeStack: (call, callback) =>
      analyzeStack(call, (error, response) => {
        const said = weakened(rules, levels);
        if (said !== undefined && response instanceof analyzer.AnalyzeResponse) {
          const note = new analyzer.AnalyzeDiagnostic();
          note.setPolicyname(pack.policy);
          note.setPolicypackname(pack.name);
          note.setDescription(said);
          note.setMessage(said);
          note.setEnforcementlevel(analyzer.EnforcementLevel.ADVISORY);
          response.addDiagnostics(note);
        }
        callback(error, response);
      }),
  };
}

/** Makes packs of this process say what their configuration weakens. The SDK gives no way to hear of levels, so its server's methods are wrapped as it is made. @returns the line as far as it is known. */
export function sayWeakened(
  rules: readonly Rule[],
  pack: { readonly name: string; readonly policy: string },
): () => string | undefined {
  const levels = new Map<string, number>();
  const add = Server.prototype.addService;
  Server.prototype.addService = function (this: Server, service, implementation) {
    return add.call(this, service, outspoken(implementation as Answers, rules, pack, levels) as typeof implementation);
  };
  return () => weakened(rules, levels);
}
