import type { PathVerdict } from "../mechanisms";
import type { PathRow, ReportModel } from "../model";
import { gapText, Path } from "../walls";
import { badge, escape, section, table } from "./markup";

/** Table of every host, pod and door: what blocks each path, and what does not count there. */
export function paths({ paths: all, isolated }: ReportModel): string {
  const columns = [
    { title: "" },
    ...isolated.map(({ name }) => ({ title: `${name}, both ways` })),
    { title: "in from the internet" },
    { title: "out to the internet" },
  ];
  const tables = (
    [
      ["Doors", "door"],
      ["Hosts without a public address", "host"],
      ["Pods", "pod"],
    ] as const
  ).flatMap(([caption, kind]) => {
    const rows = all.filter((row) => row.kind === kind);
    return rows.length === 0
      ? []
      : [
          table(
            caption,
            columns,
            rows.map((row) =>
              cells(
                row,
                isolated.map(({ name }) => name),
              ),
            ),
          ),
        ];
  });
  return section(
    "paths",
    "Paths and what blocks them",
    "Only a mechanism that is really on a path is named. A NetworkPolicy counts for no pod on the host's network; a cloud's firewall counts on no private network and on no host without a public address.",
    [...(isolated.length === 0 ? [] : [held(isolated)]), ...tables].join("\n"),
  );
}

/** Isolated systems, the network that declares each, and the mechanism that isolates it. */
const held = (isolated: ReportModel["isolated"]): string =>
  table(
    "Isolated systems, and the mechanism that isolates them",
    [{ title: "System" }, { title: "Ranges" }, { title: "Isolated from it" }],
    isolated.map(({ name, kind, ranges, holders }) => [
      `${escape(name)}<br><span class="small soft" style="font-weight:400">${escape(kind)}</span>`,
      ranges.map((range) => `<code>${escape(range)}</code>`).join("<br>"),
      holders.map(({ who, by }) => `<b>${escape(who)}</b>: ${escape(by)}`).join("<br>"),
    ]),
  );

function cells(row: PathRow, isolated: readonly string[]): string[] {
  const of = (peer: string, direction: Path["direction"]): PathVerdict | undefined =>
    row.paths.find(({ path }) => path.peer === peer && path.direction === direction)?.verdict;
  return [
    `${escape(row.name)}<br><span class="small soft" style="font-weight:400">${escape(row.note)}</span>${walls(row)}`,
    ...isolated.map((peer) => both(of(peer, "in"), of(peer, "out"))),
    one(of("internet", "in")),
    one(of("internet", "out")),
  ];
}

const badges = {
  closed: badge("good", "closed"),
  open: badge("mute", "declared only"),
  exposed: badge("bad", "exposed"),
  undetermined: badge("open", "undetermined"),
} as const;

/** Both directions in one cell where they are alike. */
function both(inward: PathVerdict | undefined, outward: PathVerdict | undefined): string {
  const [first, second] = [one(inward), one(outward)];
  return first === second ? first : `in: ${first}<br>out: ${second}`;
}

function one(verdict: PathVerdict | undefined): string {
  if (verdict === undefined) return badges.undetermined;
  const open = verdict.gaps.map(
    (gap) => `<li>${escape(gapText(gap))} <span class="soft">${escape(gap.reason)}</span></li>`,
  );
  const by = verdict.by.length === 0 ? "" : `<br><span class="small">${verdict.by.join(" + ")}</span>`;
  return `${badges[verdict.state]}${by}${open.length === 0 ? "" : `<ul class="small">${[...new Set(open)].join("")}</ul>`}`;
}

/** Every wall of every path with the reason why it counts or does not; equal paths are listed once. */
function walls({ paths: all }: PathRow): string {
  const said = new Map<string, string[]>();
  for (const { path, verdict } of all) {
    const text = verdict.walls
      .map(
        (wall) =>
          `<li>${wall.counted ? "✓ counts" : "✕ does not count"}: <b>${wall.mechanism}</b>, ${escape(wall.detail)}</li>`,
      )
      .join("");
    said.set(text, [...(said.get(text) ?? []), `${path.direction === "in" ? "in from" : "out to"} ${path.peer}`]);
  }
  return `<details><summary>each wall</summary>${[...said].map(([text, names]) => `<p class="small" style="margin:8px 0 0;font-weight:600">${escape(names.join(", "))}</p><ul class="walls">${text}</ul>`).join("")}</details>`;
}
