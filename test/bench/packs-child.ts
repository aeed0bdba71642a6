/** Judges a folder, or so many resources, by the complete pack in a process of its own, and prints what that took, as JSON. */
import { performance } from "node:perf_hooks";
import type { ResourceValidationPolicy } from "@pulumi/policy";
import { crossguard } from "../../policies/crossguard";
import { rules } from "../../policies/pack";
import { properties } from "../../policies/extract/value";
import { settings } from "../../policies/settings";
import { load } from "../../stacks/tools/audit/load";
import { manifests } from "./manifests";

/** Results of a folder: a rule that has something to say about a resource is one, as with other scanners. */
function folder(path: string): object {
  const context = { settings: settings({ ownDomains: ["example.ch"] }, {}), isolated: [], inputs: new Map() };
  const subjects = load(path).found.map(({ subject }) => subject);
  const verdicts = subjects.flatMap((subject) => rules.map((rule) => rule.check?.(subject, context)));
  const stack = rules.map((rule) => rule.checkStack?.(subjects, context));
  return {
    resources: subjects.length,
    rules: rules.length,
    results: [...verdicts, ...stack].filter((verdict) => verdict !== undefined).length,
    found: [...verdicts, ...stack].reduce((sum, verdict) => sum + (verdict?.length ?? 0), 0),
  };
}

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
  const [begun, before] = [performance.now(), process.cpuUsage()];
  let [said, worst] = [0, 0];
  for (const resource of all) {
    // The clock: asking for the processor's time takes longer than judging a resource does, where the kernel is a simulated one.
    const own = performance.now();
    for (const { validateResource } of policies) {
      if (typeof validateResource !== "function") continue;
      const args = {
        ...resource,
        getConfig: () => ({}),
        notApplicable: () => {
          throw refused;
        },
      } as unknown as Parameters<typeof validateResource>[0];
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
