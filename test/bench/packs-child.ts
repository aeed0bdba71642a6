/** Judges a folder, or so many resources, by the complete pack in a process of its own, and prints what that took, as JSON. */
import { performance } from "node:perf_hooks";
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { crossguard } from "../../policies/crossguard";
import { rules } from "../../policies/pack";
import { reading as read } from "../../policies/extract/scan";
import { properties } from "../../policies/extract/value";
import { settings } from "../../policies/settings";
import { load } from "../../stacks/tools/audit/load";
import { manifests } from "./manifests";

/** Rules that judge every text of a resource by itself. */
const reading = new Set(["UC-IMG-001", "UC-AI-001", "UC-MED-001", "UC-NET-002", "UC-OPQ-001"]);

/**
 * Results of a folder, counted in two ways.
 *
 * - `results`: a rule that judges a resource, and finds nothing, or something, or cannot know, is one. A rule that has nothing to do with a resource is none,
 *   as with Checkov, whose result is one check of one object (checkov/kubernetes/checks/resource/base_container_check.py at 0251b617: of all containers of an
 *   object together) that passed, failed or was skipped.
 * - `texts`: a check of Checkov's asks one thing of an object, such as whether a limit is set; a rule here asks the same of every text of it, such as whether
 *   somebody foreign is contacted. This counts each text that a rule has judged, and one for each rule that judges resources in another way. It counts no row
 *   of a table and no pattern.
 */
function folder(path: string): object {
  const context = { settings: settings({ ownDomains: ["example.ch"] }, {}), isolated: [], inputs: new Map() };
  const subjects = load(path).found.map(({ subject }) => subject);
  const judged = subjects.map((subject) => ({
    texts: read(subject).leaves.length,
    said: rules.flatMap((rule) => {
      const verdict = rule.check?.(subject, context);
      return verdict === undefined ? [] : [{ rule, verdict }];
    }),
  }));
  const verdicts = judged.flatMap(({ said }) => said.map(({ verdict }) => verdict));
  const stack = rules.map((rule) => rule.checkStack?.(subjects, context)).filter((verdict) => verdict !== undefined);
  return {
    resources: subjects.length,
    rules: rules.length,
    results: verdicts.length + stack.length,
    texts: judged
      .flatMap(({ texts, said }) => said.map(({ rule }) => (reading.has(rule.id) ? Math.max(texts, 1) : 1)))
      .reduce((sum, one) => sum + one, stack.length),
    found: [...verdicts, ...stack].reduce((sum, verdict) => sum + verdict.length, 0),
  };
}

type Args = Parameters<Extract<ResourceValidationPolicy["validateResource"], (...args: never[]) => unknown>>[0];

/** Cost per resource and rule, through the policies that CrossGuard calls, without its own marshalling. */
function cost(count: number): object {
  const all = manifests(count).map((manifest, i) => {
    const version = String(manifest["apiVersion"]);
    return {
      type: `kubernetes:${version.includes("/") ? version : `core/${version}`}:${String(manifest["kind"])}`,
      name: `item-${i}`,
      urn: `urn:pulumi:bench::bench::k::item-${i}`,
      props: properties(manifest),
    };
  });
  const policies = crossguard(rules, () => ({ "sovereign-uc:ownDomains": '["example.ch"]' })).filter(
    (policy): policy is ResourceValidationPolicy => "validateResource" in policy,
  );
  class NotApplicable extends Error {}
  const refused = new NotApplicable("says nothing");
  const getConfig = (): object => ({});
  const notApplicable = (): never => {
    throw refused;
  };
  const [begun, before] = [performance.now(), process.cpuUsage()];
  let [said, worst] = [0, 0];
  for (const resource of all) {
    // The clock: asking for the processor's time takes longer than judging a resource does, where the kernel is a simulated one.
    const own = performance.now();
    const args = { ...resource, getConfig, notApplicable } as unknown as Args;
    for (const { validateResource } of policies) {
      if (typeof validateResource !== "function") continue;
      try {
        void validateResource(args, () => said++);
      } catch (error) {
        if (error !== refused) throw error;
      }
    }
    worst = Math.max(worst, performance.now() - own);
  }
  const { user, system } = process.cpuUsage(before);
  return {
    resources: all.length,
    rules: policies.length,
    said,
    worst,
    milliseconds: performance.now() - begun,
    processor: (user + system) / 1000,
    mib: process.resourceUsage().maxRSS / 1024,
  };
}

const [what, value = ""] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(what === "folder" ? folder(value) : cost(Number(value)))}\n`);
