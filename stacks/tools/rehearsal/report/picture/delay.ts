import { delayBounds, type UserDelay } from "../../../../../components/planner";
import { escape } from "../page/markup";

const parts = [
  ["terminalsMs", "var(--host)", "terminals"],
  ["lastMilesMs", "var(--application)", "last miles"],
  ["networkMs", "var(--control)", "network"],
  ["mediaMs", "var(--media)", "media host"],
] as const;

const rowHeight = 34;
const label = 190;

/** Bars of the one-way delay of each city's users, by their shares, with the bounds of what is good and bad. */
export function delayPicture(delays: readonly UserDelay[], width: number): string {
  const most = Math.max(delayBounds.bad * 1.1, ...delays.map(({ totalMs }) => totalMs * 1.05));
  const scale = (ms: number): number => Math.round((ms / most) * (width - label - 60) * 10) / 10;
  const height = delays.length * rowHeight + 40;
  const bound = (ms: number, text: string, colour: string): string =>
    `<line x1="${label + scale(ms)}" y1="22" x2="${label + scale(ms)}" y2="${height - 10}" stroke="${colour}" stroke-width="2" stroke-dasharray="5 4"/>` +
    `<text x="${label + scale(ms)}" y="15" text-anchor="middle" class="caption">${text}</text>`;
  const rows = delays.map((one, i) => {
    const y = 30 + i * rowHeight;
    let x = label;
    const bars = parts.map(([key, colour]) => {
      const length = scale(one[key]);
      const bar = `<rect x="${Math.round(x * 10) / 10}" y="${y}" width="${length}" height="20" fill="${colour}"/>`;
      x += length;
      return bar;
    });
    return `<text x="${label - 10}" y="${y + 15}" text-anchor="end" class="note">${escape(`${one.from} → ${one.to}`)}</text>${bars.join("")}<text x="${Math.round(x) + 8}" y="${y + 15}" class="note">${one.totalMs} ms</text>`;
  });
  const said = delays.map((one) => `${one.from} to ${one.to} ${one.totalMs} ms`).join(", ");
  return (
    `<div class="scroll" role="region" aria-label="One-way delay" tabindex="0"><svg class="delay" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(`One-way delay: ${said}`)}">` +
    `${bound(delayBounds.good, `good up to ${delayBounds.good} ms`, "var(--good)")}${bound(delayBounds.bad, `bad from ${delayBounds.bad} ms`, "var(--bad)")}${rows.join("")}</svg></div>` +
    `<p class="legend">${parts.map(([, colour, text]) => `<span><i style="background:${colour}"></i>${text}</span>`).join("")}</p>`
  );
}
