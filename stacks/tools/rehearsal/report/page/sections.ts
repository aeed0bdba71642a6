import type { Endpoint } from "../endpoints";
import type { MachineType, Mirrored } from "../bill-of-materials";
import type { ReportModel } from "../model";
import { count } from "../words";
import { topology } from "../picture/svg";
import type { Tier } from "../tiers";
import { badge, escape, section, table } from "./markup";

const code = (text: string): string => `<code>${escape(text)}</code>`;
const number = new Intl.NumberFormat("en-CH");
const figure = (value: number | undefined): string => (value === undefined ? "unknown" : number.format(value));

/** Exposure that remains under the profile, and what was not judged. */
export function remaining({ exposure, undetermined, profile, settings }: ReportModel): string {
  const exposed = exposure.map(
    ({ who, grade, why }) =>
      `<li><b>${escape(who)}</b> ${badge("open", grade)}<br><span class="soft">${escape(why)}</span></li>`,
  );
  const open = undetermined.map(
    ({ what, why }) => `<li><b>${escape(what)}</b><br><span class="soft">${escape(why)}</span></li>`,
  );
  return section(
    "remains",
    "What remains",
    `A profile decides how much exposure is acceptable; it removes none. This remains under <b>${escape(profile)}</b>; what could not be judged does not count as passed.`,
    `<div class="two"><div><h3>Residual exposure</h3><ul class="plain">${exposed.join("") || "<li>The profile accepts none, and none was found.</li>"}</ul></div>` +
      `<div><h3>Undetermined</h3><ul class="plain">${open.join("") || "<li>Nothing.</li>"}</ul></div></div>` +
      (settings.length === 0
        ? ""
        : `<h3>What the packs judged with</h3><ul class="plain">${settings.map((line) => `<li>${escape(line)}</li>`).join("")}</ul>`),
  );
}

/** The picture in three widths; the style sheet shows the one that fits. */
export function picture(model: ReportModel): string {
  const widths = [
    ["narrow", 340],
    ["middle", 700],
    ["wide", 1160],
  ] as const;
  const drawn = widths.map(([name, width]) =>
    topology(model, width, `picture-${name}`).replace('class="picture"', `class="picture ${name}"`),
  );
  const legend = [
    ["var(--gateway)", "gateway"],
    ["var(--media)", "media host"],
    ["var(--control)", "control plane"],
    ["var(--application)", "application host"],
    ["var(--bad)", "isolated: blocked both ways"],
  ].map(([colour = "", text = ""]) => `<span><i style="background:${colour}"></i>${text}</span>`);
  legend.push('<span><i class="outlined"></i>port for named ranges only; filled: for everybody</span>');
  return section(
    "topology",
    "Topology",
    `Only doors have a public address. ${model.planned ? "Shown is what the preview planned. " : ""}Tiers are placed by selectors and spread constraints; Kubernetes decides in the end.`,
    `${drawn.join("\n")}<p class="legend">${legend.join("")}</p>`,
  );
}

/** Rules with their passed and failed resources. */
export function rules({ rules: all }: ReportModel): string {
  const violations = all.flatMap((rule) => rule.failed.map((found) => ({ rule, found })));
  const shown = violations.map(
    ({ rule, found }) =>
      `<div class="violation"><b>${escape(rule.id)}</b> ${code(found.resource)} ${found.type === "" ? "" : `<span class="soft small">${escape(found.type)}</span>`}${found.mandatory ? "" : ` ${badge("open", "advisory")}`}` +
      `<p>${escape(found.message).replace(/\n/g, "<br>")}</p></div>`,
  );
  const tones = { passed: "good", failed: "bad", undetermined: "open", "not run": "open" } as const;
  const rows = all.map((rule) => [
    `${escape(rule.id)}<br><span class="small" style="font-weight:400">${escape(rule.title)}</span>`,
    badge(tones[rule.state], rule.state),
    figure(rule.passed),
    figure(rule.failed.length),
    figure(rule.undetermined.length),
    escape(rule.severity),
    `<span class="small">${rule.legal.map(escape).join(", ") || "not mapped"}</span>`,
  ]);
  return section(
    "rules",
    "Rules",
    "Each rule with the resources on which it found nothing, found something, or could not judge. A rule that the engine did not report did not run and did not pass.",
    `${shown.join("\n")}${table("Rules of the packs", [{ title: "Rule" }, { title: "Outcome" }, { title: "Passed", number: true }, { title: "Failed", number: true }, { title: "Undetermined", number: true }, { title: "Severity" }, { title: "Legal mapping" }], rows)}`,
  );
}

const tierStates: Readonly<Record<Tier["state"], readonly [tone: "good" | "bad" | "open" | "mute", text: string]>> = {
  held: ["good", "N+1"],
  short: ["bad", "too small"],
  declared: ["mute", "fails over"],
  undetermined: ["open", "undetermined"],
};

/** The N+1 arithmetic, tier by tier. */
export function capacity({ tiers }: ReportModel): string {
  const rows = tiers.map((tier) => [
    `${escape(tier.name)}<br><span class="small soft" style="font-weight:400">${tier.of}</span>`,
    badge(...tierStates[tier.state]),
    figure(tier.replicas),
    `${tier.arithmetic === undefined ? "" : `<span class="once">${code(tier.arithmetic)}</span><br>`}<span class="small">${
      tier.load === undefined
        ? "no load stated"
        : `${figure(tier.load)} ${escape(tier.unit ?? "")}, ${figure(tier.perReplica)} each`
    }</span>`,
    escape(tier.afterLoss),
    `<span class="small">${escape(tier.spread)}<br><span class="soft">${escape(tier.source ?? "no figure given")}</span></span>`,
  ]);
  return section(
    "capacity",
    "Capacity",
    "A tier has as many replicas as its load needs, and one more. The last columns show the capacity with one replica lost, the spread of replicas, and the source of the figure.",
    table(
      "Tiers",
      [
        { title: "Tier" },
        { title: "State" },
        { title: "There", number: true },
        { title: "Needed" },
        { title: "With one lost" },
        { title: "Spread, source of the figure" },
      ],
      rows,
    ),
  );
}

/** Hosts, disks and resources, counted. */
export function materials({
  materials: { hosts, total, incomplete, ownMachines, dataGib, publicAddresses, resources },
}: ReportModel): string {
  const rows = hosts.map(({ role, type, cloud, location, count: n, each, own }) => {
    const shown = (value: (one: MachineType) => number): string =>
      own ? "own machine" : figure(each && value(each) * n);
    return [
      escape(role),
      code(type),
      `${escape(location)} · ${escape(cloud)}`,
      figure(n),
      shown(({ cores }) => cores),
      shown(({ memoryGib }) => memoryGib),
      shown(({ diskGib }) => diskGib),
    ];
  });
  const sum = [
    "Together",
    "",
    "",
    figure(total.hosts),
    figure(total.cores),
    figure(total.memoryGib),
    figure(total.diskGib),
  ];
  return section(
    "materials",
    "Bill of materials",
    `${count(total.hosts, "host")}, ${count(publicAddresses, "public address", "public addresses")}, ${figure(dataGib)} GiB of protected data volumes.${incomplete ? " Sums leave out types that are in no table of facts." : ""}${ownMachines > 0 ? ` Sums leave out ${count(ownMachines, "machine")} of the operator's own, for which the inventory has no figures.` : ""}`,
    `${table(
      "Hosts by type",
      [
        { title: "Role" },
        { title: "Type" },
        { title: "Place" },
        { title: "Hosts", number: true },
        { title: "Cores", number: true },
        { title: "Memory, GiB", number: true },
        { title: "Disk, GiB", number: true },
      ],
      [...rows, sum],
    )}<details><summary>${count(
      resources.reduce((all, { count: n }) => all + n, 0),
      "resource",
    )} by type</summary>${table(
      "Resources by type",
      [{ title: "Type" }, { title: "Count", number: true }],
      resources.map(({ type, count: n }) => [code(type), figure(n)]),
    )}</details>`,
  );
}

const held: Readonly<Record<Mirrored["state"], "good" | "bad">> = { locked: "good", signed: "good", trusted: "bad" };

/** Content from the mirror, and what an attacker who controls the mirror could change. */
export function mirrored({ materials: { mirrored: all } }: ReportModel): string {
  const open = all.filter(({ state }) => state === "trusted");
  const sentence =
    open.length === 0
      ? "An attacker who controls the mirror can change nothing that runs."
      : `<b>Not locked: ${count(open.length, "thing")} of ${all.length}.</b> Whoever holds the mirror decides what these are. A stack on a real cloud refuses to go up like this unless its configuration accepts it: <code>npm run mirror</code> writes the lock.`;
  return section(
    "mirror",
    "What the mirror could change",
    sentence,
    table(
      "From the mirror",
      [{ title: "What" }, { title: "State" }, { title: "How" }],
      all.map(({ what, state, how }) => [code(what), badge(held[state], state), escape(how)]),
    ),
  );
}

const controllers: Readonly<
  Record<Endpoint["controller"]["kind"], readonly [tone: "good" | "bad" | "open" | "mute", text: string]>
> = {
  undetermined: ["open", "undetermined"],
  known: ["mute", "known"],
  own: ["good", "own"],
  stack: ["mute", "inside"],
};

/** Host names and addresses from everything that is rendered. */
export function endpoints({ endpoints: all, artefacts }: ReportModel): string {
  const row = ({ host, ports, where, controller }: Endpoint): string[] => [
    code(host),
    ports.length === 0 ? '<span class="soft">none</span>' : escape(ports.join(", ")),
    `${badge(...controllers[controller.kind])} ${escape(controller.who)}${controller.nexus === undefined ? "" : ` <span class="soft">(US nexus: ${escape(controller.nexus)})</span>`}`,
    `<span class="small mono">${where.slice(0, 2).map(escape).join("<br>")}</span>${where.length > 2 ? `<details><summary>and ${where.length - 2} more</summary><span class="small mono">${where.slice(2).map(escape).join("<br>")}</span></details>` : ""}`,
  ];
  const columns = [{ title: "Endpoint" }, { title: "Ports" }, { title: "Who controls it" }, { title: "Found in" }];
  const outside = all.filter(({ controller }) => controller.kind !== "stack");
  const inside = all.filter(({ controller }) => controller.kind === "stack");
  return section(
    "endpoints",
    "Endpoints",
    `Every host name and address in ${count(artefacts.length, "rendered artefact")}: user data, files of hosts, manifests with their environment.`,
    `${table("Outside the stack", columns, outside.map(row))}<details><summary>${count(inside.length, "address or name", "addresses and names")} inside the stack</summary>${table("Inside the stack", columns, inside.map(row))}</details>`,
  );
}
