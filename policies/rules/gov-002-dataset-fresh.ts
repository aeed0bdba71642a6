import { exampleDeployment, exampleGuards } from "../examples";
import { dataset } from "../facts/dataset";
import type { Fact } from "../facts/fact";
import type { Finding, Rule } from "../rule";
import { tableOf } from "../own-facts";
import type { Settings } from "../settings";

/** UC-GOV-002: what the verdicts rest on was looked at lately. */
export const datasetFresh: Rule = {
  id: "UC-GOV-002",
  name: "dataset-fresh",
  title: "The facts on which verdicts rest were reviewed within a year, and better within half a year.",
  rationale:
    "Companies are sold, defaults change, services move. A table that nobody has looked at for long still gives verdicts, and they look as sure as on its first day.",
  severity: "medium",
  kind: "stack",
  legal: [
    { framework: "nis2", reference: "21.2.d" },
    { framework: "nis2", reference: "21.2.f" },
    { framework: "ir2024-2690", reference: "5.1.6" },
    { framework: "ir2024-2690", reference: "5.1.7" },
  ],
  remediation:
    "Take a release whose tables were reviewed; look at rows of your own again, and write the day of the review.",
  types: ["*"],
  remedies: {
    components:
      "Update the library: each release says when its tables were reviewed. Then run the packs on your stacks again.",
    pulumi:
      "Look at the sources of the rows under `facts` in the pack's configuration, correct them, and set `reviewed` to that day.",
  },
  beyond:
    "The regulation asks to review suppliers at planned intervals. The intervals are this rule's: an advice after 180 days, a finding after 365.",
  examples: {
    good: [exampleDeployment(), ...exampleGuards],
    bad: [exampleDeployment(), ...exampleGuards],
    day: "2028-11-30",
  },
  checkStack: (_, { settings }) => judge(settings),
};

/** Days after which a row is old, and after which nothing may rest on it. */
const [old, stale] = [180, 365];

const aDay = 86_400_000;

interface Row {
  readonly table: string;
  readonly reviewed: string;
}

const ofTable = (table: string, rows: readonly Fact[]): readonly Row[] =>
  rows.map(({ reviewed }) => ({ table, reviewed }));

const reviewedRows = Object.entries(dataset).flatMap(([table, rows]) => ofTable(table, rows));

function judge({ day, facts }: Settings): readonly Finding[] {
  const own = facts.flatMap((row) => ofTable(tableOf(row), [row]));
  return [
    ...aged(reviewedRows, day, "rows of the tables", "take a release whose tables were reviewed"),
    ...aged(own, day, "rows of your own", "look at their sources again, and set reviewed to that day"),
    ...ahead(own, day),
  ];
}

/** Rows that are too old, as a finding; else those that soon will be, as an advice. */
function aged(rows: readonly Row[], day: string, what: string, action: string): readonly Finding[] {
  for (const most of [stale, old]) {
    const late = rows.filter(({ reviewed }) => Date.parse(day) - Date.parse(reviewed) > most * aDay);
    const [oldest] = late.map(({ reviewed }) => reviewed).sort();
    if (oldest === undefined) continue;
    return [
      {
        found: `${late.length} of ${rows.length} ${what} that nobody has reviewed for more than ${most} days, the oldest on ${oldest} (${named(late)})`,
        allowed: `facts that were reviewed within ${stale} days, and better within ${old}`,
        action,
        ...(most === old ? { advisory: true } : {}),
      },
    ];
  }
  return [];
}

/** A day to come keeps a row fresh for as long as somebody likes. One more is another time zone's. */
const ahead = (rows: readonly Row[], day: string): readonly Finding[] => {
  const late = rows.filter(({ reviewed }) => Date.parse(reviewed) - Date.parse(day) > aDay);
  return late.length === 0
    ? []
    : [
        {
          found: `${late.length} rows of your own whose review is said to be after ${day} (${named(late)})`,
          allowed: "the day on which somebody has looked",
          action: "set reviewed to that day",
        },
      ];
};

const named = (rows: readonly Row[]): string => [...new Set(rows.map(({ table }) => table))].sort().join(", ");
