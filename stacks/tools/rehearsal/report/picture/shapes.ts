/** A rectangle in the picture's own units: one unit is one pixel at full size. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Kind of thing that a card shows; decides its colour. */
export type Tone = "gateway" | "media" | "control-plane" | "application" | "host" | "isolated";

/** A port that is open to everybody, one that is open to named ranges only, or a tier that runs there. */
export interface Chip {
  readonly text: string;
  readonly kind: "port" | "restricted" | "tier";
}

/** A box with a name, notes and chips: a host, a door, an isolated system. */
export interface Card extends Rect {
  readonly tone: Tone;
  /** The host's name, to find its box; undefined for isolated systems. */
  readonly host: string | undefined;
  readonly door: boolean;
  readonly role: string;
  /** The name in lines that fit. */
  readonly title: readonly string[];
  readonly notes: readonly string[];
  readonly chips: readonly (Rect & Chip)[];
}

/** Content of a card before its layout. */
export interface CardText {
  readonly tone: Tone;
  readonly host?: string;
  readonly door?: boolean;
  readonly role: string;
  readonly name: string;
  readonly notes: readonly string[];
  readonly chips: readonly Chip[];
}

export const size = { pad: 12, role: 11, title: 14, note: 12, chip: 11.5, chipHeight: 21, gap: 6 } as const;

/** Width of one character in em: names are set in a fixed pitch (0.602 in every common one), the rest reckoned wide so that nothing overflows. */
const em = { fixed: 0.615, text: 0.6, bold: 0.7 } as const;

/** Breaks a text after hyphens, dots and spaces, and elsewhere only if a word is too long. */
export function lines(
  text: string,
  width: number,
  fontSize: number,
  pitch: keyof typeof em = "text",
): readonly string[] {
  const most = Math.max(4, Math.floor(width / (fontSize * em[pitch])));
  const parts = text.split(/(?<=[-.\s])/).flatMap((part) => part.match(new RegExp(`.{1,${most}}`, "g")) ?? []);
  const result: string[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (last !== undefined && (last + part).trimEnd().length <= most) result[result.length - 1] = last + part;
    else result.push(part);
  }
  return result.map((line) => line.trim());
}

/** Places a card; its height follows from its text. */
export function place(
  { tone, host, door = false, role, name, notes, chips }: CardText,
  x: number,
  y: number,
  width: number,
): Card {
  const inner = width - 2 * size.pad;
  const title = lines(name, inner, size.title, "fixed");
  const wrapped = notes.flatMap((note) => lines(note, inner, size.note));
  const top = y + size.pad + size.role + 6 + title.length * 17 + wrapped.length * 15 + (chips.length > 0 ? 8 : 0);
  const placed: (Rect & Chip)[] = [];
  let [left, row] = [x + size.pad, top];
  for (const { text, kind } of chips) {
    const needed = Math.min(inner, text.length * size.chip * (kind === "tier" ? em.text : em.bold) + 14);
    if (left > x + size.pad && left + needed > x + width - size.pad)
      [left, row] = [x + size.pad, row + size.chipHeight + size.gap];
    placed.push({ x: left, y: row, width: needed, height: size.chipHeight, text, kind });
    left += needed + size.gap;
  }
  const bottom = chips.length > 0 ? row + size.chipHeight : top;
  return { x, y, width, height: bottom + size.pad - y, tone, host, door, role, title, notes: wrapped, chips: placed };
}

/** Places cards in rows of equal width and height from a point on; returns them with the y below the last row. */
export function grid(
  texts: readonly CardText[],
  area: Omit<Rect, "height">,
  least: number,
  most: number,
  gap: number,
): { readonly cards: readonly Card[]; readonly bottom: number } {
  const fitting = Math.max(1, Math.floor((area.width + gap) / (least + gap)));
  // Rows of even length look better than a full row and a single card.
  const perRow = Math.ceil(texts.length / Math.max(1, Math.ceil(texts.length / fitting)));
  const width = Math.min(most, (area.width - (perRow - 1) * gap) / Math.max(1, perRow));
  const cards: Card[] = [];
  let y = area.y;
  for (let i = 0; i < texts.length; i += perRow) {
    const row = texts.slice(i, i + perRow).map((text, j) => place(text, area.x + j * (width + gap), y, width));
    const height = Math.max(...row.map((card) => card.height));
    cards.push(...row.map((card) => ({ ...card, height })));
    y += height + gap;
  }
  return { cards, bottom: texts.length === 0 ? area.y : y - gap };
}
