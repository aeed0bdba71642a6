import type { CapacityPlan } from "../../../../../components/planner";
import type { Conferences } from "../conferences";
import type { ReportModel } from "../model";
import { delayPicture } from "../picture/delay";
import { badge, escape, section, table } from "./markup";

const number = new Intl.NumberFormat("en-CH", { maximumFractionDigits: 1 });
const money = new Intl.NumberFormat("en-CH", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const figure = (value: number): string => number.format(value);
const euros = (value: number | undefined): string => (value === undefined ? "unknown" : money.format(value));
const small = (text: string): string => `<span class="small soft">${escape(text)}</span>`;

const tones = { good: "good", acceptable: "open", bad: "bad" } as const;
const trust = { agreed: "good", single: "mute", unverified: "open" } as const;

/** Capacity, list prices and delay of the stack's conferences; nothing where it has none. */
export function conferences({ conferences: all }: ReportModel): string {
  return all.length === 0
    ? ""
    : section(
        "conferences",
        "Conferences",
        "What these conferences need on a platform of their own, in the largest rooms that they can have and with every camera on: an upper bound. Prices are the provider's list prices without tax; none was read from the provider itself.",
        all.map(one).join("\n"),
      );
}

function one({ name, participants, plan, why }: Conferences): string {
  const title = `<h3>${escape(name)}: ${figure(participants)} participants</h3>`;
  return plan === undefined
    ? `${title}<p>${badge("open", "undetermined")} ${escape(why ?? "no plan")}</p>`
    : `${title}${sentence(plan)}${delayPicture(plan.delays, 1_100)}${[delayTable, tierTable, costTable, pathTable, figureTable].map((part) => part(plan)).join("\n")}`;
}

const sentence = ({ bandwidth, cost, tiers, fullFirst, replicas, platforms }: CapacityPlan): string =>
  `<p>${Object.entries(replicas)
    .map(([name, count]) => `<b>${figure(count)} ${escape(name)}</b>`)
    .join(", ")}${platforms === 1 ? "" : ` on ${platforms} platforms`}. ` +
  `A media host sends up to <b>${figure(bandwidth.hostOutMbps)} Mbit/s</b> when another one is lost; the cloud sends ${figure(bandwidth.outMbps)} Mbit/s, ` +
  `${figure(bandwidth.trafficTb)} TB in a month of ${bandwidth.hoursPerMonth} hours. ` +
  `Full first, at ${figure(tiers[0]?.fullAt ?? 0)} participants: <b>${escape(fullFirst.join(", "))}</b>. ` +
  `List prices: <b>${euros(cost.euros)} euros</b> a month${cost.missing.length === 0 ? "" : `, without ${escape(cost.missing.join(" and "))}, for which no price is known`}.</p>`;

const delayTable = ({ delays }: CapacityPlan): string =>
  table(
    "One-way delay from mouth to ear, to the users that are farthest",
    [
      { title: "From" },
      { title: "To" },
      { title: "Over the media hosts, km", number: true },
      { title: "Network, ms", number: true },
      { title: "Together, ms", number: true },
      { title: "Verdict" },
    ],
    delays.map((delay) => [
      escape(delay.from),
      escape(delay.to),
      figure(delay.km),
      figure(delay.networkMs),
      figure(delay.totalMs),
      `${badge(tones[delay.verdict], delay.verdict)} ${small(`network ${delay.network}`)}`,
    ]),
  );

const tierTable = ({ tiers }: CapacityPlan): string =>
  table(
    "Tiers by the participants that fill them, one replica lost",
    [{ title: "Tier" }, { title: "Replicas", number: true }, { title: "Full at", number: true }, { title: "Source" }],
    tiers.map(({ name, replicas, fullAt, short, load, perReplica, unit, source }) => [
      escape(name),
      figure(replicas),
      `${fullAt === undefined ? "" : figure(fullAt)}${short ? ` ${badge("bad", "too small")}` : ""}`,
      small(`${figure(load)} ${unit}, ${figure(perReplica)} each; ${source}`),
    ]),
  );

const costTable = ({ cost }: CapacityPlan): string =>
  table(
    "List prices of a month",
    [
      { title: "What" },
      { title: "Amount", number: true },
      { title: "Each, euros", number: true },
      { title: "Euros", number: true },
      { title: "Trust and source" },
    ],
    [
      ...cost.lines.map(({ what, amount, unit, each, euros: sum, confidence, source, seen }) => [
        escape(what),
        `${figure(amount)} ${escape(unit)}`,
        each === undefined ? "unknown" : String(each),
        euros(sum),
        `${badge(trust[confidence], confidence)} ${small(`${source}; ${seen}`)}`,
      ]),
      ["Together", "", "", euros(cost.euros), small(`${euros(cost.eurosPerParticipant)} per participant`)],
    ],
  );

const pathTable = ({ paths }: CapacityPlan): string =>
  table(
    "Ways of media",
    [
      { title: "Way" },
      { title: "Hosts", number: true },
      { title: "Copies", number: true },
      { title: "Encrypted anew", number: true },
      { title: "Through" },
    ],
    paths.map(({ name, hops, copies, recrypted, through }) => [
      escape(name),
      figure(hops),
      figure(copies),
      figure(recrypted),
      escape(through.join(" → ")),
    ]),
  );

const figureTable = ({ figures }: CapacityPlan): string =>
  table(
    "Planned figures beside others",
    [{ title: "Figure" }, { title: "Planned", number: true }, { title: "Outcome" }, { title: "Against" }],
    figures.map(({ what, planned, against, source, holds }) => [
      escape(what),
      figure(planned),
      holds ? badge("good", "holds") : badge("open", "look"),
      `${escape(against)}<br>${small(source)}`,
    ]),
  );
