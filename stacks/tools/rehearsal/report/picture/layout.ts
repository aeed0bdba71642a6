import type { HostView } from "../hosts";
import type { ReportModel } from "../model";
import { tiersByHost } from "./placement";
import { Card, CardText, grid, lines, Rect, size, Tone } from "./shapes";

/** A network's box, with its locations. */
interface NetworkBox extends Rect {
  readonly title: readonly string[];
  readonly titleAt: number;
  readonly zones: readonly Zone[];
}

/** A location of a network, with its hosts in groups. */
interface Zone extends Rect {
  readonly title: string;
  readonly groups: readonly { readonly x: number; readonly y: number; readonly lines: readonly string[] }[];
}

type Point = readonly [x: number, y: number];

/** Everything in the picture, with its coordinates. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly internet: Rect;
  readonly networks: readonly NetworkBox[];
  readonly cards: readonly Card[];
  /** Lines from the internet to doors, point by point: these paths are open. */
  readonly ways: readonly (readonly Point[])[];
  /** Lines between a network and isolated systems; `closed` is true if every host and pod is blocked in both directions. */
  readonly barred: readonly { readonly from: Point; readonly to: Point; readonly closed: boolean }[];
  /** Mechanism that blocks them, beside the isolated systems. */
  readonly caption: { readonly x: number; readonly y: number; readonly lines: readonly string[] } | undefined;
}

type Shown = Pick<ReportModel, "hosts" | "pods" | "networks" | "isolated" | "ports" | "paths" | "tiers">;

const gap = 14;
const frame = 20;
const internetHeight = 44;
const sideWidth = 190;

/** Computes the picture for a width: isolated systems are beside the network if there is room, else below it. */
export function layout(model: Shown, width: number): Picture {
  const beside = width >= 900 && model.isolated.length > 0;
  const barrier = beside ? 64 : 0;
  const main = beside ? width - sideWidth - barrier : width;
  const tiers = tiersByHost(model.hosts, model.pods);
  const text = (host: HostView): CardText => cardOf(host, model.ports, tiers.get(host.name) ?? []);

  const networks: NetworkBox[] = [];
  const cards: Card[] = [];
  const ways: (readonly Point[])[] = [];
  let y = internetHeight + 46;
  for (const { title, hosts } of networksOf(model)) {
    const doors = grid(
      inOrder(hosts.filter(({ door }) => door)).map(text),
      { x: frame, y, width: main - 2 * frame },
      least(main),
      most(main),
      gap,
    );
    cards.push(...doors.cards);
    ways.push(...doors.cards.map((card) => wayTo(card, y)));
    const top = doors.cards.length === 0 ? y : y + 28;
    const wrapped = lines(title, main - 2 * frame, 15);
    const titleAt = doors.cards.length === 0 ? y + 26 : doors.bottom + 30;
    const inside = zonesOf(
      hosts.filter(({ door }) => !door),
      model,
      text,
      { x: frame, y: titleAt + wrapped.length * 19 - 6, width: main - 2 * frame },
    );
    cards.push(...inside.cards);
    networks.push({
      x: 1.5,
      y: top,
      width: main - 3,
      height: inside.bottom + frame - top,
      title: wrapped,
      titleAt,
      zones: inside.zones,
    });
    y = inside.bottom + frame + 50;
  }

  const wall = networks[0];
  const last = networks.at(-1);
  const internet = { x: 0.5, y: 0.5, width: main - 1, height: internetHeight };
  const base = { width, internet, networks, ways };
  if (wall === undefined || last === undefined || model.isolated.length === 0)
    return {
      ...base,
      cards,
      barred: [],
      caption: undefined,
      height: Math.ceil(last === undefined ? internetHeight + 1 : last.y + last.height + 2),
    };

  const bottom = last.y + last.height;
  const area = beside
    ? { x: main + barrier, y: wall.y + 34, width: sideWidth - 1 }
    : { x: 1, y: bottom + 66, width: width - 2 };
  const systems = grid(
    model.isolated.map(({ kind, name, ranges }): CardText => ({
      tone: "isolated",
      role: `isolated · ${kind}`,
      name,
      notes: ranges,
      chips: [],
    })),
    area,
    beside ? area.width : least(width),
    beside ? area.width : most(width),
    beside ? 22 : gap,
  );
  const barred = systems.cards.map((card, i) => {
    const name = model.isolated[i]?.name;
    const closed = model.paths.every((row) =>
      row.paths.every(({ path, verdict }) => path.peer !== name || verdict.state === "closed"),
    );
    const [from, to]: readonly [Point, Point] = beside
      ? [
          [main - 1.5, Math.min(card.y + card.height / 2, bottom - 12)],
          [card.x, Math.min(card.y + card.height / 2, bottom - 12)],
        ]
      : [
          [card.x + card.width / 2, bottom],
          [card.x + card.width / 2, card.y],
        ];
    // Below the network, only the first row has a line of its own: the others stand behind it.
    return card.y === area.y || beside ? [{ from, to, closed }] : [];
  });
  const says = lines(caption(model), beside ? sideWidth : width - 8, size.note + 1);
  const captionAt = { x: beside ? area.x : 4, y: systems.bottom + 26, lines: says };
  return {
    ...base,
    cards: [...cards, ...systems.cards],
    barred: barred.flat(),
    caption: captionAt,
    height: Math.ceil(Math.max(bottom, captionAt.y + says.length * 16) + 2),
  };
}

/** Mechanisms that every host and pod has against isolated systems; if one has none, the text says so instead. */
function caption({ paths }: Shown): string {
  const all = paths.flatMap((row) => row.paths).filter(({ path }) => path.kind === "isolated");
  const open = new Set(
    paths
      .filter((row) => row.paths.some(({ path, verdict }) => path.kind === "isolated" && verdict.state !== "closed"))
      .map(({ name }) => name),
  );
  if (open.size > 0)
    return `Not closed for ${[...open].slice(0, 4).join(", ")}${open.size > 4 ? " and others" : ""}: see Paths.`;
  const common = (["nftables", "no route", "NetworkPolicy", "cloud firewall"] as const).filter((mechanism) =>
    all.every(({ verdict }) => verdict.by.includes(mechanism)),
  );
  return `Closed in both directions on every host and for every pod${common.length === 0 ? "" : `; on all of them by ${common.join(" and ")}`}.`;
}

/** Places side by side where there are several and room for them, else one below the other. */
function zonesOf(
  hosts: readonly HostView[],
  model: Shown,
  text: (host: HostView) => CardText,
  area: Omit<Rect, "height">,
): { readonly zones: readonly Zone[]; readonly cards: readonly Card[]; readonly bottom: number } {
  const places = [...new Set(hosts.map(({ cloud, location }) => `${location} · ${cloud}`))];
  const across = area.width / Math.max(1, places.length) >= 260 ? places.length : 1;
  const width = (area.width - (across - 1) * gap) / Math.max(1, across);
  const zones: Zone[] = [];
  const cards: Card[] = [];
  let [y, row] = [area.y, area.y];
  for (const [i, title] of places.entries()) {
    if (i % across === 0) y = i === 0 ? area.y : row + gap;
    const x = area.x + (i % across) * (width + gap);
    const here = hosts.filter(({ cloud, location }) => `${location} · ${cloud}` === title);
    let below = y + 34;
    const groups = [...new Set(here.map(({ role }) => role))].map((role) => {
      const members = here.filter((host) => host.role === role);
      const spread = model.tiers.find(({ name, of }) => of === "hosts" && name === members[0]?.pool)?.spread;
      const said = lines(
        spread === undefined || spread === "not said" ? role : `${role}, kept apart by ${spread}`,
        width - 2 * frame,
        size.note,
      );
      const label = { x: x + frame, y: below + 16, lines: said };
      const placed = grid(
        members.map(text),
        { x: x + frame, y: below + 12 + said.length * 15, width: width - 2 * frame },
        least(width),
        most(width),
        gap,
      );
      cards.push(...placed.cards);
      below = placed.bottom + 10;
      return label;
    });
    zones.push({ x, y, width, height: below + 8 - y, title, groups });
    row = Math.max(i % across === 0 ? 0 : row, below + 8);
  }
  // Places in one row are equally tall.
  const tall = zones.map((zone) => ({
    ...zone,
    height: Math.max(...zones.filter((other) => other.y === zone.y).map(({ height }) => height)),
  }));
  return { zones: tall, cards, bottom: places.length === 0 ? area.y : row };
}

const least = (width: number): number => (width < 420 ? width : 150);
const most = (width: number): number => (width < 420 ? width : 300);

/** Doors as people look for them, in whatever order they were made: the gateways, then each pool's hosts by their numbers. */
const inOrder = (doors: readonly HostView[]): readonly HostView[] =>
  [...doors].sort(
    (a, b) =>
      Number(b.role === "gateway") - Number(a.role === "gateway") ||
      a.name.localeCompare(b.name, "en", { numeric: true }),
  );

/** The way ends at the door's upper edge; doors of lower rows are reached through the space beside them. */
const wayTo = ({ x, y, width, height }: Card, first: number): readonly Point[] =>
  y === first
    ? [
        [x + width / 2, internetHeight + 1],
        [x + width / 2, y - 2],
      ]
    : [
        [x - gap / 2, internetHeight + 1],
        [x - gap / 2, y + height / 2],
        [x - 1, y + height / 2],
      ];

interface Grouped {
  readonly title: string;
  readonly hosts: readonly HostView[];
}

/** Networks with their hosts; hosts of no network of ours stand in a box of their own. */
function networksOf({ networks, hosts }: Pick<ReportModel, "networks" | "hosts">): readonly Grouped[] {
  const named = networks.map(({ name, range }) => ({
    title: `Network ${name} · ${range} · no route, no peering`,
    hosts: hosts.filter((host) => host.network === name),
  }));
  const others = hosts.filter((host) => !networks.some(({ name }) => name === host.network));
  return others.length === 0
    ? named
    : [...named, { title: "Hosts outside any Network of this library", hosts: others }];
}

const tones: readonly Tone[] = ["gateway", "media", "control-plane", "application"];

function cardOf(host: HostView, ports: ReportModel["ports"], tiers: readonly string[]): CardText {
  const { name, role, type, address, publicAddresses, door, location } = host;
  return {
    tone: tones.find((tone) => tone === role) ?? "host",
    host: name,
    door,
    role: door ? `${role} · door` : role,
    name,
    notes: [...publicAddresses, ...(address === undefined ? [] : [address]), door ? `${type} · ${location}` : type],
    chips: [
      ...(ports[name] ?? []).map(({ text, anybody }) => ({
        text,
        kind: anybody ? ("port" as const) : ("restricted" as const),
      })),
      ...tiers.map((text) => ({ text, kind: "tier" as const })),
    ],
  };
}
