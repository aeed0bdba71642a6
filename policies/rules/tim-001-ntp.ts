import { exampleMachine, exampleUserData } from "../examples";
import { partyText } from "../facts/entities";
import { type Clock, clocksIn } from "../extract/clocks";
import { isNear, ofHost } from "../extract/hosts";
import { machinesOf } from "../extract/machines";
import { Ranges } from "../extract/ranges";
import { judgeComponents, partial, place, reading, together, unseen } from "../extract/scan";
import { isOwn, type Settings } from "../settings";
import type { Context, Finding, Item, Rule, Subject, Undetermined, Verdict } from "../rule";

/** UC-TIM-001: every machine asks a clock that somebody chose. */
export const clocks: Rule = {
  id: "UC-TIM-001",
  name: "ntp",
  title: "Every machine is told which clock it asks, and the clock is one of your own or of an accepted operator.",
  rationale:
    "Journals of several machines tell one story only where their clocks agree, certificates and one-time passwords end at a time, and whoever answers for time decides on it. Left alone, a machine asks the pool of its distribution, which anybody may join, and shows it that it is there.",
  severity: "low",
  enforcement: "advisory",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.b" },
    { framework: "ir2024-2690", reference: "3.2.6" },
    { framework: "dpo", reference: "3.3" },
  ],
  remediation: "Name the clocks in the machine's user data, or in the configuration that it gets later.",
  types: [
    "hcloud:index/server:Server",
    "exoscale:index/computeInstance:ComputeInstance",
    "exoscale:index/instancePool:InstancePool",
    "sovereign-uc:index:HostPool",
    "*",
  ],
  remedies: {
    components: "Name your clocks under `timeServers`: gateways ask them, and hosts ask the gateways.",
    pulumi: "Write `ntp: { servers: [ntp.example.ch] }` into the cloud-config of `userData`, or a file for chrony.",
  },
  beyond:
    "The regulation asks for clocks that agree. The rule asks that somebody has chosen them. An address that stands in no table is taken as chosen: it names nobody. It advises: a clock stops nothing.",
  examples: {
    good: [exampleMachine()],
    bad: [exampleMachine({ userData: exampleUserData.replace(/ntp:.*/, "") })],
  },
  check: (subject, { settings }) => judge(subject, settings),
  checkStack: (subjects, context) =>
    together(
      judgeComponents(subjects, (subject) => judge(subject, context.settings)),
      left(subjects, context),
    ),
};

const allowed = "clocks of your own, or of an operator that the profile accepts";

function judge(subject: Subject, settings: Settings): Verdict {
  const found = clocksIn(reading(subject));
  const open = unseen(subject);
  if (found.length === 0 && open.length === 0) return undefined;
  return [...found.flatMap((clock) => objected(clock, settings)), ...open];
}

function objected({ host, path }: Clock, settings: Settings): readonly (Finding | Undetermined)[] {
  if (host === undefined)
    return [
      {
        found: `a configuration of time without a server${place(path)}, so that the pool of its distribution is asked`,
        allowed,
        action: "name the clocks",
      },
    ];
  if (isOwn(settings, host) || isNear(host) || /\.(internal|lan|local|home\.arpa|localhost)$/.test(host)) return [];
  const row = ofHost(settings.tables.hosts, host);
  if (row !== undefined)
    return [
      {
        found: `the clock ${host}${place(path)}, which ${partyText(row.party)} operates`,
        allowed,
        action: "name a clock of your own",
      },
    ];
  if (Ranges.isAddress(host)) return [];
  return [
    {
      undetermined: `the clock ${host}${place(path)}, which is in no table`,
      action: "add its domain to ownDomains if it is yours, or to the facts with who operates it",
    },
  ];
}

/** Machines that nothing in the stack tells of a clock. */
function left(subjects: readonly Subject[], { inputs }: Context): Verdict {
  const machines = machinesOf(subjects, inputs);
  if (machines.length === 0) return undefined;
  return machines.flatMap(({ name, urn, told }): readonly Item[] => {
    if (told.some((read) => clocksIn(read).length > 0)) return [];
    if (told.some((read) => read.partial))
      return [{ ...partial, undetermined: `what "${name}" is told is not known`, urn }];
    return [
      {
        found: `"${name}", which nobody tells of a clock, so that it asks the one of its image`,
        allowed,
        action: "name the clocks in its user data",
        urn,
      },
    ];
  });
}
