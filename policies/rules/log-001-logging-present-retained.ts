import { exampleMachine, exampleUserData } from "../examples";
import { partyText } from "../facts/entities";
import { collectors, keeping, type KeepingFact, sending, sendingKeys } from "../facts/logs";
import { spokenLines } from "../extract/comments";
import { hostOf, isNear, ofHost } from "../extract/hosts";
import { image } from "../extract/images";
import { machinesOf } from "../extract/machines";
import { ofLeaf } from "../extract/leaf";
import { attached, remembering } from "../extract/memo";
import { containers, judgeComponents, place, reading, together, unseen } from "../extract/scan";
import type { Reading } from "../extract/text";
import { at, isOn, unknown, type Value } from "../extract/value";
import { isOwn, type Settings } from "../settings";
import type { Context, Finding, Item, Rule, Subject, Verdict } from "../rule";

const sks = "exoscale:index/sksCluster:SksCluster";

/** UC-LOG-001: records are somewhere else, and still there in a year. */
export const loggingRetained: Rule = {
  id: "UC-LOG-001",
  name: "logging-present-retained",
  title: "What machines and clusters record leaves them at once, and is kept for a year.",
  rationale:
    "Whoever breaks into a machine deletes its journal first. One that has left it tells what happened, if it is still there on the day when somebody notices, which is months later as a rule.",
  severity: "high",
  kind: "stack",
  legal: [
    { framework: "nis2", reference: "21.2.b" },
    { framework: "ir2024-2690", reference: "3.2.3" },
    { framework: "ir2024-2690", reference: "3.2.5" },
    { framework: "dpo", reference: "4" },
    { framework: "dpo", reference: "3.3" },
  ],
  remediation: "Send journals to a keeper of your own, and keep them there for 365 days.",
  types: [
    "hcloud:index/server:Server",
    "exoscale:index/computeInstance:ComputeInstance",
    "exoscale:index/instancePool:InstancePool",
    sks,
    "sovereign-uc:index:HostPool",
    "*",
  ],
  remedies: {
    components:
      "Use `Gateway` and `HostPool`: hosts send their journals to the gateways over TLS, which keep them for a year.",
    pulumi:
      'Write `rsyslog: { remotes: { keeper: "@@logs.example.ch:6514" } }` into the cloud-config of `userData`, and `audit` with `enabled` and an `endpoint` of your own at an SksCluster.',
    kubernetes:
      "Run a collector as a DaemonSet, as Fluent Bit or Vector, and set `retention_period: 8760h` in `limits_config` of Loki.",
  },
  beyond:
    "The Swiss ordinance asks for a year where sensitive data is processed at large, and the regulation for a period that is stated. The rule asks for a year everywhere. How long a keeper outside of the stack keeps, and whether its disk is large enough, it cannot see.",
  examples: {
    good: [exampleMachine()],
    bad: [exampleMachine({ userData: exampleUserData.replace(/^rsyslog:.*\n/m, "") })],
  },
  check: (subject, { settings }) => judge(subject, settings),
  checkStack: (subjects, context) =>
    together(
      judgeComponents(subjects, (subject) => judge(subject, context.settings)),
      silent(subjects, context),
    ),
};

const allowed = "records that leave their machine, to a keeper of your own, for a year";
const year = 365;

function judge(subject: Subject, settings: Settings): Verdict {
  if (subject.type === sks) return audited(at(subject.properties, "audit"), settings);
  const found = reading(subject).leaves.flatMap((leaf) => keptInLeaf(leaf));
  const open = unseen(subject);
  if (found.length === 0 && open.length === 0) return undefined;
  const short = found.filter(({ days }) => days < year);
  return [
    ...short.map(({ keeper, length, path }) => ({
      found: `records that ${keeper} keeps for ${length}${place(path)}`,
      allowed,
      action: `keep them for ${year} days`,
    })),
    ...open,
  ];
}

const keptInLeaf = ofLeaf(({ path, text }) =>
  keptBy(path, text).map(({ keeper, days, length }) => ({ keeper, days, length, path })),
);

/** Audit of a cluster that the provider runs: it goes to an endpoint, or nowhere. */
function audited(audit: Value, settings: Settings): Verdict {
  if (audit === unknown) return [{ undetermined: "its audit is not known before the update", later: true }];
  const enabled = at(audit, "enabled");
  const endpoint = at(audit, "endpoint");
  const action = "set audit with enabled and an endpoint of your own";
  if (enabled === unknown || endpoint === unknown)
    return [{ undetermined: "where its audit goes is not known before the update", later: true }];
  const host = typeof endpoint === "string" ? hostOf(endpoint) : undefined;
  // What the provider does where nothing is said was not read anywhere: it counts as off.
  if (host === undefined || !isOn(enabled)) return [{ found: "a cluster without an audit", allowed, action }];
  if (isOwn(settings, host) || isNear(host)) return [];
  const row = ofHost(settings.tables.hosts, host);
  return row === undefined
    ? [
        {
          undetermined: `an audit that goes to ${host}, which is in no table`,
          action: "add its domain to ownDomains if it is yours",
        },
      ]
    : [{ found: `an audit that goes to ${host}, which ${partyText(row.party)} operates`, allowed, action }];
}

interface Length {
  readonly keeper: string;
  readonly days: number;
  readonly length: string;
}

/** Days of a unit; a day is not among them. */
const units: Readonly<Record<string, number>> = { s: 1 / 86_400, m: 1 / 1440, h: 1 / 24, w: 7, y: 365 };

const named = /KEPT_DAYS|retention|min_age/;

const keptBy = (path: string, text: string): readonly Length[] =>
  named.test(text) || named.test(path) ? keptIn(`${path}\n${text}`) : [];

const keptIn = remembering((leaf): readonly Length[] => keeping.flatMap((row) => lengths(row, leaf)));

/** @param leaf a path, and the text in it: the last key of the path is a setting, too. */
function lengths({ keeper, line, beside, days: usual = 1 }: KeepingFact, leaf: string): readonly Length[] {
  if (beside !== undefined && !beside.test(leaf)) return [];
  const start = leaf.indexOf("\n");
  const text = leaf.slice(start + 1);
  const key = /[\w-]*$/.exec(leaf.slice(Math.max(0, start - 64), start))?.[0] ?? "";
  return [...spokenLines(text), `${key}: ${text}`].flatMap((one) => {
    const length = one.length > 1000 ? undefined : line.exec(one)?.[1];
    if (length === undefined) return [];
    const count = Number.parseInt(length, 10);
    const unit = /[a-z]/.exec(length)?.[0];
    return [
      {
        keeper,
        // Nought switches the end off.
        days: count === 0 ? Infinity : count * (unit === undefined ? usual : (units[unit] ?? 1)),
        length: unit === undefined ? `${length} ${usual === 1 ? "days" : "months"}` : length,
      },
    ];
  });
}

/** Machines whose records stay on them. */
function silent(subjects: readonly Subject[], { inputs }: Context): Verdict {
  const machines = machinesOf(subjects, inputs);
  if (machines.length === 0) return undefined;
  const collected = subjects.some((subject) => collects(inputs.get(subject.urn) ?? subject));
  return machines.flatMap(({ name, urn, told }): readonly Item[] => {
    if (collected || told.some(sends)) return [];
    if (told.some(({ partial }) => partial))
      return [{ undetermined: `whether records leave "${name}": what it is told is not known`, later: true, urn }];
    return [
      {
        found: `"${name}", whose records stay on it`,
        allowed,
        action: "send them to a keeper of your own",
        urn,
      } satisfies Finding,
    ];
  });
}

/** True for a setting that is said; one that is not known may be anything. */
const isThere = (value: Value): boolean => value !== undefined && value !== unknown;

const sends = attached(
  ({ texts, documents }: Reading): boolean =>
    texts.some(({ text }) => isSending(text)) ||
    documents.some(({ value }) => sendingKeys.some(({ path }) => isThere(at(value, ...path)))),
);

const isSending = remembering((text) => {
  const lines = spokenLines(text);
  return sending.some(
    ({ line, beside }) =>
      (beside === undefined || beside.test(text)) && lines.some((one) => one.length < 1000 && line.test(one)),
  );
});

/** A program on every node that collects what is written there. */
const collects = (subject: Subject): boolean =>
  subject.type === "kubernetes:apps/v1:DaemonSet" &&
  containers(reading(subject)).some(({ image: reference }) => {
    const last = typeof reference === "string" ? image(reference)?.repository.split("/").at(-1) : undefined;
    return collectors.some((row) => row.image === last);
  });
