const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text for HTML, in elements and in quoted attributes. */
export const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? character);

/** A row's cells; the first is the row's head. Each knows its column, which a narrow page shows beside it. */
export interface Column {
  readonly title: string;
  /** Numbers are aligned right. */
  readonly number?: boolean;
}

/** A table; cells are markup. On a narrow page each row becomes a block, with the column's title before each cell. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const kind = (i: number): string => (columns[i]?.number === true ? ' class="number"' : "");
  return [
    `<div class="scroll" role="region" aria-label="${escape(caption)}" tabindex="0"><table><caption>${escape(caption)}</caption>`,
    `<thead><tr>${columns.map(({ title }, i) => `<th scope="col"${kind(i)}>${escape(title)}</th>`).join("")}</tr></thead>`,
    "<tbody>",
    ...rows.map(
      (row) =>
        `<tr>${row
          .map((cell, i) =>
            i === 0
              ? `<th scope="row"${kind(i)}>${cell}</th>`
              : `<td${kind(i)} data-title="${escape(columns[i]?.title ?? "")}">${cell}</td>`,
          )
          .join("")}</tr>`,
    ),
    "</tbody></table></div>",
  ].join("\n");
}

/** State as a word with a colour and a sign: never by colour alone. */
export const badge = (tone: "good" | "bad" | "open" | "mute", text: string): string =>
  `<span class="badge ${tone}"><span aria-hidden="true">${{ good: "✓", bad: "✕", open: "?", mute: "–" }[tone]}</span> ${escape(text)}</span>`;

/** A section of the page with its headline. */
export const section = (id: string, title: string, lead: string, body: string): string =>
  `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${escape(title)}</h2>${lead === "" ? "" : `<p class="lead">${lead}</p>`}\n${body}\n</section>`;
