import { exampleDeployment, exampleGuards } from "../examples";
import { type AgentFact, agentCharts, agentGroups, reporters, watchers } from "../facts/telemetry";
import { spokenLines } from "../extract/comments";
import type { Container } from "../extract/containers";
import { judgeResolved } from "../extract/environments";
import { image } from "../extract/images";
import { manifestsIn } from "../extract/manifests";
import { containers, place, reading, unseen } from "../extract/scan";
import { ofLeaf } from "../extract/leaf";
import type { Reading } from "../extract/text";
import { at, isOn, type unknown, type Value } from "../extract/value";
import type { Deferred, Finding, Item, Rule, Subject, Verdict } from "../rule";

/** UC-MON-001: nobody else watches. */
export const ownTelemetry: Rule = {
  id: "UC-MON-001",
  name: "telemetry-saas",
  title: "What people do and how programs fare is told to services of your own, and to nobody else.",
  rationale:
    "An agent of somebody else's reads everything on its machine, and a counter in a page sees who opens which room. Both send it by a key alone, so that no host stands in the configuration by which it could be found.",
  severity: "medium",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.b" },
    { framework: "nis2", reference: "21.2.d" },
    { framework: "gdpr", reference: "28" },
    { framework: "gdpr", reference: "44" },
    { framework: "revfadp", reference: "16" },
    { framework: "csf", reference: "SOV-3" },
  ],
  remediation: "Remove the key, and watch with Prometheus, GlitchTip and Matomo on machines of your own.",
  types: ["kubernetes:*", "docker:*", "hcloud:index/server:Server", "exoscale:index/*", "*"],
  remedies: {
    components:
      "Leave out `env` for such services: components of ours report to nobody, and offer metrics inside the cluster.",
    pulumi: "Remove the variable or the chart, and run Prometheus, GlitchTip or Matomo from your own registry.",
    kubernetes: "Remove the variable that the message names; where a program reports by default, set it to `false`.",
  },
  beyond:
    "The laws ask for a contract with whoever processes personal data, and for a basis where it leaves the country. The rule asks that it does not leave.",
  examples: {
    good: [
      exampleDeployment({ env: [{ name: "MATOMO_URL", value: "https://matomo.crisis.example.ch" }] }),
      ...exampleGuards,
    ],
    bad: [exampleDeployment({ env: [{ name: "GOOGLE_ANALYTICS_ID", value: "G-0123456789" }] }), ...exampleGuards],
  },
  check: judge,
  checkStack: (subjects) => judgeResolved(subjects, (container, environment) => watched(container, environment)),
};

const allowed = "services of your own";

type Environment = ReadonlyMap<string, string | typeof unknown>;

function judge(subject: Subject): Verdict {
  const read = reading(subject);
  const found = [
    ...containers(read).flatMap((container) => watched(container)),
    ...read.leaves.flatMap((leaf) => counters(leaf)),
    ...agents(subject, read),
    ...unseen(subject),
  ];
  return found.length > 0 || containers(read).length > 0 ? found : undefined;
}

/** @param resolved variables from the objects that the container names, once they are known. */
function watched(container: Container, resolved?: Environment): readonly (Finding | Deferred)[] {
  const environment: Environment = new Map([...(resolved ?? []), ...container.environment]);
  const names = [...environment.keys()];
  const isSet = (name: string): boolean => (environment.get(name) ?? "") !== "";
  const keys = watchers.flatMap(({ variable, service, led }): readonly Finding[] =>
    names
      .filter((name) => isNamed(name, variable) && isSet(name))
      .filter(() => !led.some((one) => names.some((name) => isNamed(name, one) && isSet(name))))
      .map((name) => ({
        found: `${name}${place(container.path)}, by which ${service} is told`,
        allowed,
        action: `remove ${name}`,
      })),
  );
  return [...keys, ...reports(container, environment, resolved)];
}

const isNamed = (name: string, pattern: string): boolean =>
  pattern.startsWith("*") ? name.endsWith(pattern.slice(1)) : name === pattern;

/** Programs that report unless a variable says no. */
function reports({ image: reference, sources, path }: Container, environment: Environment, resolved?: Environment) {
  const last = typeof reference === "string" ? image(reference)?.repository.split("/").at(-1) : undefined;
  return reporters.flatMap(({ image: name, variable, service }): readonly (Finding | Deferred)[] => {
    if (last !== name) return [];
    const value = environment.get(variable);
    // A value from elsewhere, which is not known, was set by somebody.
    if (value !== undefined && value !== "" && !isOn(value)) return [];
    if (value === undefined && sources.length > 0 && resolved === undefined)
      return [{ deferred: `the environment of ${path} comes from another object` }];
    return [
      {
        found: `${name} without ${variable}=false${place(path)}, so that ${service} is told how it is used`,
        allowed,
        action: `set ${variable} to false`,
      },
    ];
  });
}

/**
 * Keys by which pages count their readers, in files of any kind. Sources: jitsi/jitsi-meet config.js at 01daa07c (`analytics`); grafana/grafana conf/defaults.ini at
 * d6b85077 (`[analytics]`).
 */
const counting =
  /^["'\s]*(googleAnalyticsTrackingId|amplitudeAPPKey|google_analytics_(?:ua|4)_id|google_tag_manager_id)["']?\s*[:=]\s*["']?[\w-]/;

const counters = ofLeaf(({ path, text }): readonly Finding[] => {
  const key = /[\w-]*$/.exec(path.slice(-64))?.[0] ?? "";
  return [...linesOf(text), `${key}: ${text}`].flatMap((line) => {
    const name = line.length > 1000 ? undefined : counting.exec(line)?.[1];
    return name === undefined ? [] : [{ found: `${name}${place(path)}`, allowed, action: `remove ${name}` }];
  });
});

const linesOf = (text: string): readonly string[] =>
  /analytics|amplitude|tag_manager/i.test(text) ? spokenLines(text) : [];

/** Agents that a chart installs, or that an operator makes. */
function agents(subject: Subject, read: Reading): readonly Item[] {
  const told = (row: AgentFact, what: string, path: string): Finding => ({
    found: `${what}${place(path)}, the agent of ${row.service}`,
    allowed,
    action: "remove it, and watch with a service of your own",
  });
  return manifestsIn(subject, read).flatMap(({ group, kind, value, path }) => [
    ...agentGroups
      .filter(({ name }) => group === name || group.endsWith(`.${name}`))
      .map((row) => told(row, `${kind} of ${group}`, path)),
    ...chartsIn(`${group}/${kind}`, value).flatMap((name) =>
      agentCharts.filter((row) => row.name === name).map((row) => told(row, `the chart ${name}`, path)),
    ),
  ]);
}

/** Places of a chart's name in the objects that install one: of Helm itself, of Flux and of Argo CD. */
const chartAt: ReadonlyMap<string, readonly string[]> = new Map([
  ["helm.sh/Release", ["chart"]],
  ["helm.sh/Chart", ["chart"]],
  ["helm.cattle.io/HelmChart", ["spec", "chart"]],
  ["helm.toolkit.fluxcd.io/HelmRelease", ["spec", "chart", "spec", "chart"]],
  ["argoproj.io/Application", ["spec", "source", "chart"]],
]);

function chartsIn(object: string, value: Value): readonly string[] {
  const path = chartAt.get(object);
  const name = path === undefined ? undefined : at(value, ...path);
  return typeof name === "string" ? [name.replace(/\/+$/, "").split("/").at(-1) ?? ""] : [];
}
