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
  const { participants, rooms, roomSize, region, cloud, bandwidth, cost, tiers } = plan;
  return [
    `${figure(participants)} participants in ${figure(rooms)} rooms of ${figure(roomSize)}, in ${region} (${cloud})`,
    ...(plan.platforms === 1
      ? []
      : [
          `Split over ${plan.platforms} platforms of ${figure(Math.ceil(participants / plan.platforms))}: one fewer would need ${plan.split ?? ""}.`,
        ]),
    "",
    "Machines",
    table([
      ["role", "hosts", "cores", "GiB", "type"],
      ...plan.hosts.map(({ role, count, cores, memoryGib, type }) => [
        role,
        figure(count),
        figure(cores * count),
        figure(memoryGib * count),
        type,
      ]),
    ]),
    `  ${figure(plan.bridges)} bridges, ${figure(plan.relays)} relays, ${figure(plan.shards)} shards, the spare ones included`,
    "",
    "Bandwidth, at most: every camera is on",
    table([
      ["", "in", "out", ""],
      ["a participant's browser", figure(bandwidth.receivedMbps), figure(bandwidth.sentMbps), "Mbit/s"],
      [
        "a bridge, one lost",
        figure(bandwidth.bridgeInMbps),
        figure(bandwidth.bridgeOutMbps),
        `Mbit/s, ${figure(bandwidth.betweenBridgesMbps)} of it to other bridges`,
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
        figure(fullAt),
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
    "One-way delay, from mouth to ear: each city's users to those that are farthest, through the bridges",
    table([
      ["from", "km", "terminals", "last miles", "network", "bridge", "ms", "verdict, to"],
      ...plan.delays.map((one) => [
        one.from,
        figure(one.km),
        figure(one.terminalsMs),
        figure(one.lastMilesMs),
        figure(one.networkMs),
        figure(one.bridgeMs),
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

const trust = ({ cost: { confidence } }: CapacityPlan): string =>
  ({
    agreed: "each price in two readings of the provider's list",
    single: "some prices in one reading of the provider's list only",
    unverified: "unverified",
  })[confidence];

/** Plans beside each other: one column for each. */
export function comparison(plans: readonly CapacityPlan[]): string {
  const row = (name: string, of: (plan: CapacityPlan) => string): readonly string[] => [name, ...plans.map(of), ""];
  const count = (plan: CapacityPlan, role: string): string => {
    const found = plan.hosts.find((one) => one.role === role);
    return found === undefined ? "none" : `${figure(found.count)} × ${found.type}`;
  };
  return table([
    row("participants", ({ participants }) => figure(participants)),
    row("rooms", ({ rooms }) => figure(rooms)),
    row("platforms", ({ platforms }) => figure(platforms)),
    row("shards", ({ shards }) => figure(shards)),
    row("bridges", ({ bridges }) => figure(bridges)),
    row("media hosts", (plan) => count(plan, "media")),
    row("gateways", (plan) => count(plan, "gateway")),
    row("control plane", (plan) => count(plan, "controlPlane")),
    row("application hosts", (plan) => count(plan, "application")),
    row("Mbit/s of a bridge, in", ({ bandwidth }) => figure(bandwidth.bridgeInMbps)),
    row("Mbit/s of a bridge, out", ({ bandwidth }) => figure(bandwidth.bridgeOutMbps)),
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
