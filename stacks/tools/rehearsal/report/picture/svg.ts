import type { ReportModel } from "../model";
import { count } from "../words";
import { escape } from "../page/markup";
import { pictureStyle } from "../page/style";
import { layout, Picture } from "./layout";
import { Card, size } from "./shapes";

/** The topology as SVG for a width; colours come from the page's style sheet, so it follows light and dark. */
export function topology(model: ReportModel, width: number, id: string): string {
  const picture = layout(model, width);
  const { internet } = picture;
  return [
    `<svg class="picture" viewBox="0 0 ${picture.width} ${picture.height}" width="${picture.width}" height="${picture.height}" role="img" aria-labelledby="${id}-title ${id}-desc">`,
    `<title id="${id}-title">Topology of ${escape(model.stack)}</title>`,
    `<desc id="${id}-desc">${escape(described(model))}</desc>`,
    `<rect class="internet" x="${internet.x}" y="${internet.y}" width="${internet.width}" height="${internet.height}" rx="22"/>`,
    `<text class="internet-text" x="${internet.x + internet.width / 2}" y="${internet.height / 2 + 6}" text-anchor="middle">Internet</text>`,
    ...picture.networks.map(network),
    ...picture.ways.map(way),
    ...picture.barred.map(bar),
    ...picture.cards.map(card),
    ...(picture.caption?.lines ?? []).map(
      (line, i) =>
        `<text class="caption" x="${picture.caption?.x}" y="${(picture.caption?.y ?? 0) + i * 16}">${escape(line)}</text>`,
    ),
    "</svg>",
  ].join("\n");
}

/** The topology as a file of its own, for documents: with its colours, light and dark, and the ground that a page would have. */
export const topologyFile = (model: ReportModel): string =>
  topology(model, 1160, "topology").replace(
    /^<svg ([^>]*)>/,
    `<svg xmlns="http://www.w3.org/2000/svg" $1>\n<style>${pictureStyle}</style>\n<rect class="ground" width="100%" height="100%"/>`,
  ) + "\n";

/** Text alternative of the picture. */
function described({ hosts, isolated, networks, ports, paths }: ReportModel): string {
  const doors = hosts.filter(({ door }) => door);
  const inside = hosts.filter(({ door }) => !door);
  return [
    `${count(networks.length, "private network")} with ${count(hosts.length, "host")}.`,
    `From the internet, ${count(doors.length, "door")}: ${doors.map(({ name }) => `${name} (${(ports[name] ?? []).map(({ text }) => text).join(", ") || "no published port"})`).join("; ")}.`,
    `Without a public address: ${inside.map(({ name, role }) => `${name} (${role})`).join(", ")}.`,
    isolated.length === 0
      ? "Isolated from nothing."
      : `Isolated from ${isolated.map(({ name }) => name).join(", ")}: ${paths.every((row) => row.paths.every(({ path, verdict }) => path.kind !== "isolated" || verdict.state === "closed")) ? "blocked in both directions" : "not closed everywhere, see Paths"}.`,
  ].join(" ");
}

function network({ x, y, width, height, title, titleAt, zones }: Picture["networks"][number]): string {
  return [
    `<rect class="network" x="${x}" y="${y}" width="${width}" height="${height}" rx="16"/>`,
    ...title.map(
      (line, i) => `<text class="network-text" x="${x + 20}" y="${titleAt + i * 19}">${escape(line)}</text>`,
    ),
    ...zones.map((zone) =>
      [
        `<rect class="zone" x="${zone.x}" y="${zone.y}" width="${zone.width}" height="${zone.height}" rx="12"/>`,
        `<text class="zone-text" x="${zone.x + 20}" y="${zone.y + 26}">${escape(zone.title)}</text>`,
        ...zone.groups.flatMap(({ x: left, y: base, lines }) =>
          lines.map((line, i) => `<text class="group-text" x="${left}" y="${base + i * 15}">${escape(line)}</text>`),
        ),
      ].join(""),
    ),
  ].join("");
}

/** A line from the internet with an arrowhead at the door. */
function way(points: Picture["ways"][number]): string {
  const [x, y] = points.at(-1) ?? [0, 0];
  const down = points.length === 2;
  const head = down
    ? `M${x - 5} ${y - 8}L${x} ${y}L${x + 5} ${y - 8}Z`
    : `M${x - 6} ${y - 4}L${x} ${y}L${x - 6} ${y + 4}Z`;
  const line = points
    .map(
      ([px, py], i) =>
        `${i === 0 ? "M" : "L"}${i === points.length - 1 && !down ? px - 3 : px} ${i === points.length - 1 && down ? py - 6 : py}`,
    )
    .join("");
  return `<path class="way" d="${line}"/><path class="way-head" d="${head}"/>`;
}

/** A line that ends at a stop sign if nothing passes in either direction, and at a warning if something may. */
function bar({ from: [x1, y1], to: [x2, y2], closed }: Picture["barred"][number]): string {
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
  return [
    `<path class="${closed ? "barred" : "leaking"}" d="M${x1} ${y1}L${x2} ${y2}"/>`,
    closed
      ? `<circle class="stop" cx="${x}" cy="${y}" r="13"/><path class="stop-bar" d="M${x - 7} ${y}H${x + 7}"/>`
      : `<path class="warning" d="M${x} ${y - 14}L${x + 15} ${y + 11}H${x - 15}Z"/><text class="warning-text" x="${x}" y="${y + 8}" text-anchor="middle">!</text>`,
  ].join("");
}

function card({ x, y, width, height, tone, host, door, role, title, notes, chips }: Card): string {
  const left = x + size.pad;
  let base = y + size.pad + size.role;
  const row = (step: number): number => (base += step);
  const name = host === undefined ? "" : ` data-host="${escape(host)}"${door ? ` data-door="${escape(host)}"` : ""}`;
  return [
    `<g class="card ${tone}${door ? " door" : ""}"${name}>`,
    `<rect class="body" x="${x}" y="${y}" width="${width}" height="${height}" rx="10"/>`,
    `<rect class="stripe" x="${x}" y="${y + 10}" width="4" height="${height - 20}" rx="2"/>`,
    `<text class="role" x="${left}" y="${base}">${escape(role)}</text>`,
    `<text class="name" x="${left}">${title.map((line, i) => `<tspan x="${left}" y="${row(i === 0 ? 20 : 17)}">${escape(line)}</tspan>`).join("")}</text>`,
    ...notes.map((note) => `<text class="note" x="${left}" y="${row(15)}">${escape(note)}</text>`),
    ...chips.map(
      (chip) =>
        `<rect class="${chip.kind}" x="${chip.x}" y="${chip.y}" width="${chip.width}" height="${chip.height}" rx="${chip.kind === "tier" ? 10 : 4}"/>` +
        `<text class="${chip.kind}-text" x="${chip.x + 7}" y="${chip.y + 14}">${escape(chip.text)}</text>`,
    ),
    "</g>",
  ].join("");
}
