/** Judges a folder, or so many resources, by the complete pack in a process of its own, and prints what that took, as JSON. */
import { performance, PerformanceObserver } from "node:perf_hooks";
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { crossguard } from "../../policies/crossguard";
import { rules } from "../../policies/pack";
import { reading as read } from "../../policies/extract/scan";
import { properties } from "../../policies/extract/value";
import { settings } from "../../policies/settings";
import { load } from "../../stacks/tools/audit/load";
import { manifestsOneByOne } from "./manifests";

/** Rules that judge each text of a resource by itself, words too (`judgeTexts` with "words too", and readers of `leaves`), and those that leave out words. */
const words = "SEC-001 CDN-001 DNS-001 PSH-001 MED-001 TLS-001 SUP-002 IDN-002 LOG-001 MON-001".split(" ");
const texts = "AI-001 IMG-001 NET-002 SUP-001".split(" ");

/** True if a rule says that it reads resources of a type. */
const reads = (types: readonly string[], type: string): boolean =>
  types.some((one) => (one.endsWith("*") ? type.startsWith(one.slice(0, -1)) : type === one));

/**
 * Work on a folder, counted in three ways. The first two are counted of Checkov in the same way.
 *
 * - `asked`: pairs of a rule and a resource whose type the rule says that it reads. Of Checkov: pairs of a check and an object for whose kind the check is registered.
 * - `verdicts`: those of them that end with a result: passed, failed or undetermined. A rule that finds nothing in a resource that it could judge says nothing, and is
 *   none; nor is Checkov's `UNKNOWN`. Its result is one check of one object, of all its containers together (checkov/kubernetes/checks/resource/base_container_check.py at 0251b617).
 * - `texts`: pairs of a rule that judges each text by itself, and a text, where the rule has a verdict. It counts no row of a table and no pattern.
 */
function folder(path: string): object {
  const context = { settings: settings({ ownDomains: ["example.ch"] }, {}), isolated: [], inputs: new Map() };
  const subjects = load(path).found.map(({ subject }) => subject);
  const asked = subjects.flatMap((subject) =>
    rules.flatMap(({ id, types, check }) => {
      if (check === undefined || !reads(types, subject.type)) return [];
      return [{ id: id.slice("UC-".length), subject, verdict: check(subject, context) }];
    }),
  );
  const verdicts = asked.flatMap(({ verdict }) => (verdict === undefined ? [] : [verdict]));
  const stack = rules.map((rule) => rule.checkStack?.(subjects, context)).filter((verdict) => verdict !== undefined);
  return {
    resources: subjects.length,
    rules: rules.length,
    asked: asked.length,
    verdicts: verdicts.length,
    texts: asked.reduce((sum, { id, subject, verdict }) => {
      if (verdict === undefined) return sum;
      const all = read(subject);
      return sum + (words.includes(id) ? all.leaves.length : texts.includes(id) ? all.texts.length : 0);
    }, 0),
    found: [...verdicts, ...stack].reduce((sum, verdict) => sum + verdict.length, 0),
  };
}

type Args = Parameters<Extract<ResourceValidationPolicy["validateResource"], (...args: never[]) => unknown>>[0];

/** Resources that are made, and then judged, at once. The engine sends them one by one, so that no pack holds those of a whole stack. */
const some = 100;

/** A stretch of time, in milliseconds of the process' clock. */
interface Stretch {
  readonly begin: number;
  readonly end: number;
}

const shared = (one: Stretch, other: Stretch): number =>
  Math.max(0, Math.min(one.end, other.end) - Math.max(one.begin, other.begin));

/**
 * Cost per resource and rule, through the policies that CrossGuard calls, without its own marshalling. Of the resource that took longest by the clock also what it
 * took without V8's collections of garbage, which stop any program: one of some tens of megabytes takes longer than judging does.
 */
async function cost(count: number): Promise<object> {
  const collections: Stretch[] = [];
  const observer = new PerformanceObserver((list) =>
    collections.push(
      ...list.getEntries().map(({ startTime, duration }) => ({ begin: startTime, end: startTime + duration })),
    ),
  );
  observer.observe({ entryTypes: ["gc"] });
  const given = manifestsOneByOne(count);
  const resource = (i: number): object => {
    const manifest = given.next().value as Readonly<Record<string, unknown>>;
    const version = String(manifest["apiVersion"]);
    return {
      type: `kubernetes:${version.includes("/") ? version : `core/${version}`}:${String(manifest["kind"])}`,
      name: `item-${i}`,
      urn: `urn:pulumi:bench::bench::k::item-${i}`,
      props: properties(manifest),
    };
  };
  const policies = crossguard(rules, () => ({ "sovereign-uc:ownDomains": '["example.ch"]' })).filter(
    (policy): policy is ResourceValidationPolicy => "validateResource" in policy,
  );
  class NotApplicable extends Error {}
  const refused = new NotApplicable("says nothing");
  const getConfig = (): object => ({});
  const notApplicable = (): never => {
    throw refused;
  };
  const judged: Stretch[] = [];
  let [said, milliseconds, processor] = [0, 0, 0];
  for (let made = 0; made < count; made += some) {
    const resources = Array.from({ length: Math.min(some, count - made) }, (_, i) => resource(made + i));
    const [begun, before] = [performance.now(), process.cpuUsage()];
    for (const one of resources) {
      // The clock: asking for the processor's time takes longer than judging a resource does, where the kernel is a simulated one.
      const begin = performance.now();
      const args = { ...one, getConfig, notApplicable } as unknown as Args;
      for (const { validateResource } of policies) {
        if (typeof validateResource !== "function") continue;
        try {
          void validateResource(args, () => said++);
        } catch (error) {
          if (error !== refused) throw error;
        }
      }
      judged.push({ begin, end: performance.now() });
    }
    const { user, system } = process.cpuUsage(before);
    milliseconds += performance.now() - begun;
    processor += (user + system) / 1000;
  }
  // Collections are told in the next turn.
  await new Promise((resolve) => setTimeout(resolve, 10));
  observer.disconnect();
  const took = judged.map((one) => one.end - one.begin);
  const alone = judged.map((one, i) => (took[i] ?? 0) - collections.reduce((sum, gc) => sum + shared(one, gc), 0));
  return {
    resources: count,
    rules: policies.length,
    said,
    worst: Math.max(...alone),
    stopped: Math.max(...took),
    milliseconds,
    processor,
    mib: process.resourceUsage().maxRSS / 1024,
  };
}

const [what, value = ""] = process.argv.slice(2);
void Promise.resolve(what === "folder" ? folder(value) : cost(Number(value))).then((result) =>
  process.stdout.write(`${JSON.stringify(result)}\n`),
);
