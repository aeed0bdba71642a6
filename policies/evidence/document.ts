/** A state that a word and a sign show, beside a colour. */
export type Tone = "good" | "bad" | "open" | "mute";

/** A cell of a table: a text, or a state. Lines of a text stand below each other. */
export type TableCell = string | { readonly tone: Tone; readonly text: string };

/** A table; the first cell of a row is its head. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly TableCell[])[];
  /** Sentence in place of rows, where there are none. */
  readonly none: string;
}

/** A part of a document. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly tables: readonly Table[];
}

/** A document, from which Markdown and the page are made. */
export interface Document {
  readonly language: string;
  readonly title: string;
  /** Lines below the title: what was judged, and when. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly sections: readonly Section[];
  readonly foot: string;
}

const signs: Readonly<Record<Tone, string>> = { good: "✓", bad: "✕", open: "?", mute: "–" };

/** A document as Markdown. */
export function markdown({ title, facts, sections, foot }: Document): string {
  const lines = [
    `# ${plain(title)}`,
    "",
    ...facts.map(([name, value]) => `- **${plain(name)}**: ${plain(value).replace(/\n/g, "; ")}`),
    "",
  ];
  for (const section of sections) {
    lines.push(`## ${plain(section.title)}`, "");
    if (section.lead !== "") lines.push(plain(section.lead), "");
    for (const table of section.tables) lines.push(...tableLines(table), "");
  }
  return `${[...lines, plain(foot)].join("\n")}\n`;
}

const tableLines = ({ columns, rows, none }: Table): readonly string[] =>
  rows.length === 0
    ? [plain(none)]
    : [
        `| ${columns.map(plain).join(" | ")} |`,
        `| ${columns.map(() => "---").join(" | ")} |`,
        ...rows.map((row) => `| ${row.map(cellText).join(" | ")} |`),
      ];

const cellText = (cell: TableCell): string =>
  typeof cell === "string" ? plain(cell).replace(/\n/g, "<br>") : `${signs[cell.tone]} ${plain(cell.text)}`;

/** A text in which nothing is a mark of Markdown or of HTML. */
const plain = (text: string): string =>
  text.replace(/[\\`*_[\]<>|#&]/g, (sign) =>
    sign === "<" ? "&lt;" : sign === ">" ? "&gt;" : sign === "&" ? "&amp;" : `\\${sign}`,
  );

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes a text for HTML and XML, in elements and in quoted attributes. Signs that XML cannot hold are left out. */
export const escape = (text: string): string =>
  text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);

const style = `:root{color-scheme:light dark;--ground:#f5f6f4;--sheet:#fff;--ink:#16211f;--soft:#56645f;--line:#d9dfdb;--accent:#0b6b5c;--good:#0d6b3f;--good-tint:#dff3e6;--bad:#b01e28;--bad-tint:#fde7e7;--open:#7a4b00;--open-tint:#fdf0d6;--mute-tint:#eef2ef}
@media (prefers-color-scheme:dark){:root{--ground:#0e1513;--sheet:#151e1b;--ink:#e8efec;--soft:#a1b0aa;--line:#2b3833;--accent:#54c9b2;--good:#6fd39b;--good-tint:#12351f;--bad:#ff8d8d;--bad-tint:#431a1d;--open:#f0bd66;--open-tint:#3b2c10;--mute-tint:#1b2622}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 "Segoe UI","Helvetica Neue","Liberation Sans",Arial,sans-serif}
main,header,nav ul{max-width:1240px;margin:0 auto;padding:0 24px}a{color:var(--accent)}:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
h1{font-size:clamp(26px,4vw,42px);line-height:1.15;margin:36px 0 12px;overflow-wrap:anywhere}h2{font-size:25px;line-height:1.2;margin:0 0 6px}
header dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 18px;margin:0 0 20px}header dt{color:var(--soft)}header dd{margin:0;overflow-wrap:anywhere}
nav{border-top:1px solid var(--line);border-bottom:1px solid var(--line);background:var(--sheet)}nav ul{display:flex;flex-wrap:wrap;gap:4px 20px;list-style:none;padding-top:10px;padding-bottom:10px}
section{background:var(--sheet);border:1px solid var(--line);border-radius:14px;padding:24px;margin:24px 0}.lead{color:var(--soft);max-width:90ch;margin:0 0 14px}
table{width:100%;border-collapse:collapse;font-size:15px;margin:14px 0}th,td{text-align:left;vertical-align:top;padding:9px 14px 9px 0;border-top:1px solid var(--line);overflow-wrap:anywhere;min-width:5.6em}tbody th,thead th:first-child{min-width:6.9em}td:last-child{min-width:max-content}thead th{color:var(--soft);font-weight:500;border-top:0}tbody th{font-weight:600}
.state{display:inline-block;white-space:nowrap;border-radius:99px;padding:1px 10px;font-weight:600;font-size:14px}.good{background:var(--good-tint);color:var(--good)}.bad{background:var(--bad-tint);color:var(--bad)}.open{background:var(--open-tint);color:var(--open)}.mute{background:var(--mute-tint);color:var(--soft)}
footer{max-width:1240px;margin:0 auto;padding:0 24px 40px;color:var(--soft)}
@media (max-width:960px){main,header,nav ul,footer{padding-left:12px;padding-right:12px}section{padding:16px 12px}table,tbody,tr,th,td{display:block}thead{display:none}tr{border-top:1px solid var(--line);padding:10px 0}th,td,td:last-child{border:0;padding:2px 0;min-width:0}td::before{content:attr(data-title) ": ";color:var(--soft)}header dl{grid-template-columns:1fr}header dd{margin-bottom:6px}}
@media print{nav{display:none}section{border:0;border-radius:0;padding:8px 0}tr{break-inside:avoid}}`;

/**
 * Documents as one page: no script, no request to anything outside, light and dark. The first document gives the title; sections of others stand after its own, in
 * their language.
 */
export function html(documents: readonly [Document, ...Document[]]): string {
  const [first] = documents;
  const all = documents.flatMap(({ language, sections }, i) =>
    sections.map((section) => ({ ...section, language, id: i === 0 ? section.id : `${section.id}-${language}` })),
  );
  return `<!DOCTYPE html>
<html lang="${escape(first.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escape(first.title)}</title>
<style>${style}</style>
</head>
<body>
<header><h1>${escape(first.title)}</h1><dl>${first.facts.map(([name, value]) => `<dt>${escape(name)}</dt><dd>${lines(value)}</dd>`).join("")}</dl></header>
<nav aria-label="Sections"><ul>${all.map(({ id, title, language }) => `<li><a href="#${escape(id)}" lang="${escape(language)}">${escape(title)}</a></li>`).join("")}</ul></nav>
<main>
${all.map(sectionHtml).join("\n")}
</main>
<footer>${documents.map(({ foot, language }) => `<p lang="${escape(language)}">${escape(foot)}</p>`).join("")}</footer>
</body>
</html>
`;
}

const lines = (text: string): string => escape(text).replace(/\n/g, "<br>");

const sectionHtml = ({ id, title, lead, tables, language }: Section & { readonly language: string }): string =>
  `<section id="${escape(id)}" lang="${escape(language)}" aria-labelledby="${escape(id)}-title"><h2 id="${escape(id)}-title">${escape(title)}</h2>${lead === "" ? "" : `<p class="lead">${escape(lead)}</p>`}${tables.map(tableHtml).join("")}</section>`;

const tableHtml = ({ columns, rows, none }: Table): string =>
  rows.length === 0
    ? `<p>${escape(none)}</p>`
    : `<table><thead><tr>${columns.map((column) => `<th scope="col">${escape(column)}</th>`).join("")}</tr></thead><tbody>${rows
        .map(
          (row) =>
            `<tr>${row.map((cell, i) => (i === 0 ? `<th scope="row">${cellHtml(cell)}</th>` : `<td data-title="${escape(columns[i] ?? "")}">${cellHtml(cell)}</td>`)).join("")}</tr>`,
        )
        .join("\n")}</tbody></table>`;

const cellHtml = (cell: TableCell): string =>
  typeof cell === "string"
    ? lines(cell)
    : `<span class="state ${cell.tone}"><span aria-hidden="true">${signs[cell.tone]}</span> ${escape(cell.text)}</span>`;
