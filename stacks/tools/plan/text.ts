import type { CapacityPlan } from "../../../components/planner";

const number = new Intl.NumberFormat("en-CH", { maximumFractionDigits: 1 });
const money = new Intl.NumberFormat("en-CH", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
// A plain apostrophe: the golden file is read in editors, and the typographic one looks like a quotation mark.
const figure = (value: number): string => number.format(value).replaceAll("’", "'");
const euros = (value: number | undefined): string =>
  value === undefined ? "unknown" : money.format(value).replaceAll("’", "'");

/** Lines of a table: the first column left, the others right, as wide as needed. The last one is text. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) =>
          i === 0 || i === row.length - 1
            ? i === 0
              ? cell.padEnd(widths[i] ?? 0)
              : cell
            : cell.padStart(widths[i] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join("\n");
}

/** A plan for people to read. */
export function text(plan: CapacityPlan): string {
  const { participants, rooms, roomSize, recordings, region, cloud, bandwidth, cost, tiers } = plan;
  const media = plan.hosts.find(({ role }) => role === "media")?.name ?? "media hosts";
  return [
    `${names[plan.service]}: ${figure(participants)} participants in ${figure(rooms)} rooms of ${figure(roomSize)}, in ${region} (${cloud})${recordings === 0 ? "" : `, ${figure(recordings)} recorded at once`}`,
    ...(plan.platforms === 1
      ? []
      : [
          `Split over ${plan.platforms} platforms of ${figure(Math.ceil(participants / plan.platforms))}: one fewer would need ${plan.split ?? ""}.`,
        ]),
    "",
    "Machines",
    table([
      ["", "hosts", "cores", "GiB", "type"],
      ...plan.hosts.map(({ name, count, cores, memoryGib, type }) => [
        name,
        figure(count),
        figure(cores * count),
        figure(memoryGib * count),
        type,
      ]),
    ]),
    `  ${counted(plan).join(", ")}, the spare ones included`,
    "",
    "Bandwidth, at most: every camera is on",
    table([
      ["", "in", "out", ""],
      ["a participant's browser", figure(bandwidth.receivedMbps), figure(bandwidth.sentMbps), "Mbit/s"],
      [
        `one of the ${media}, one lost`,
        figure(bandwidth.hostInMbps),
        figure(bandwidth.hostOutMbps),
        `Mbit/s, ${figure(bandwidth.betweenHostsMbps)} of it to each other`,
      ],
      ["the cloud", figure(bandwidth.inMbps), figure(bandwidth.outMbps), "Mbit/s"],
      [
        "the cloud in a month",
        "",
        figure(bandwidth.trafficTb),
        `TB, in ${bandwidth.hoursPerMonth} hours with all participants`,
      ],
    ]),
    "",
    `Tiers of ${plan.platforms === 1 ? "the platform" : "one platform"}, with one replica lost; first full: ${plan.fullFirst.join(", ")}`,
    table([
      ["tier", "replicas", "load", "each", "full at", "unit and source"],
      ...tiers.map(({ name, replicas, load, perReplica, unit, source, fullAt, short }) => [
        name,
        figure(replicas),
        figure(load),
        figure(perReplica),
        fullAt === undefined ? "" : figure(fullAt),
        `${short ? "TOO SMALL; " : ""}${unit}; ${source}`,
      ]),
    ]),
    "",
    `List prices of a month in euros, without tax: ${euros(cost.euros)}, ${euros(cost.eurosPerParticipant)} per participant (${trust(plan)})`,
    table([
      ["", "amount", "each", "euros", "unit, trust, source and day"],
      ...cost.lines.map(({ what, amount, unit, each, euros: sum, confidence, source, seen }) => [
        what,
        figure(amount),
        each === undefined ? "unknown" : String(each),
        euros(sum),
        `${unit}; ${confidence}; ${source}; ${seen}`,
      ]),
    ]),
    ...(cost.missing.length === 0 ? [] : [`  Not in the sum, no price is known: ${cost.missing.join("; ")}`]),
    "",
    `One-way delay, from mouth to ear: each city's users to those that are farthest, through the ${media}`,
    table([
      ["from", "km", "terminals", "last miles", "network", "media", "ms", "verdict, to"],
      ...plan.delays.map((one) => [
        one.from,
        figure(one.km),
        figure(one.terminalsMs),
        figure(one.lastMilesMs),
        figure(one.networkMs),
        figure(one.mediaMs),
        figure(one.totalMs),
        `${one.verdict}, to ${one.to}; network ${one.network}`,
      ]),
    ]),
    "  Up to 150 ms is good, 300 ms and more is bad (ITU-T G.114 has 150 and 400).",
    "",
    "Ways of media",
    table([
      ["", "hosts", "copies", "recrypted", "through"],
      ...plan.paths.map(({ name, hops, copies, recrypted, through }) => [
        name,
        figure(hops),
        figure(copies),
        figure(recrypted),
        through.join(" → "),
      ]),
    ]),
    "",
    "Planned figures beside others",
    table([
      ["", "planned", "", "against, source"],
      ...plan.figures.map(({ what, planned, against, source, holds }) => [
        what,
        figure(planned),
        holds ? "holds" : "LOOK",
        `${against} (${source})`,
      ]),
    ]),
  ].join("\n");
}

const names = {
  jitsi: "Jitsi",
  bigbluebutton: "BigBlueButton",
  openvidu: "OpenVidu",
} as const satisfies Readonly<Record<CapacityPlan["service"], string>>;

const counted = ({ replicas }: CapacityPlan): readonly string[] =>
  Object.entries(replicas).map(([name, count]) => `${figure(count)} ${name}`);

const trust = ({ cost: { confidence } }: CapacityPlan): string =>
  ({
    agreed: "each price in two readings of the provider's list",
    single: "some prices in one reading of the provider's list only",
    unverified: "unverified",
  })[confidence];

/** Plans of one service beside each other: one column for each. */
export function comparison(plans: readonly CapacityPlan[]): string {
  const row = (name: string, of: (plan: CapacityPlan) => string): readonly string[] => [name, ...plans.map(of), ""];
  const every = (of: (plan: CapacityPlan) => readonly string[]): readonly string[] => [...new Set(plans.flatMap(of))];
  const replicas = every((plan) => Object.keys(plan.replicas));
  const hosts = every((plan) => plan.hosts.map(({ name }) => name));
  const count = (plan: CapacityPlan, name: string): string => {
    const found = plan.hosts.find((one) => one.name === name);
    return found === undefined ? "none" : `${figure(found.count)} × ${found.type}`;
  };
  return table([
    row("participants", ({ participants }) => figure(participants)),
    row("rooms", ({ rooms }) => figure(rooms)),
    row("platforms", ({ platforms }) => figure(platforms)),
    row("recordings at once", ({ recordings }) => figure(recordings)),
    ...replicas.map((name) => row(name, (plan) => figure(plan.replicas[name] ?? 0))),
    ...hosts.map((name) => row(name, (plan) => count(plan, name))),
    row("Mbit/s of one for media, in", ({ bandwidth }) => figure(bandwidth.hostInMbps)),
    row("Mbit/s of one for media, out", ({ bandwidth }) => figure(bandwidth.hostOutMbps)),
    row("Mbit/s out of the cloud", ({ bandwidth }) => figure(bandwidth.outMbps)),
    row("TB a month", ({ bandwidth }) => figure(bandwidth.trafficTb)),
    row("full first at", ({ tiers }) => figure(tiers[0]?.fullAt ?? 0)),
    row(
      "full first",
      ({ fullFirst }) => `${fullFirst[0] ?? ""}${fullFirst.length > 1 ? ` +${fullFirst.length - 1}` : ""}`,
    ),
    row("euros a month", ({ cost }) => euros(cost.euros)),
    row("euros per participant", ({ cost }) => euros(cost.eurosPerParticipant)),
    row("worst delay, ms", ({ delays }) => figure(delays[0]?.totalMs ?? 0)),
    row("verdict", ({ delays }) => delays[0]?.verdict ?? ""),
  ]);
}
