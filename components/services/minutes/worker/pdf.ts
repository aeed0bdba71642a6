import { jsPDF } from "jspdf";
import type { Block, Heading } from "./documents";

const page = { width: 210, height: 297, margin: 20 } as const;

const styles = {
  title: { size: 17, style: "bold", after: 4 },
  heading: { size: 12.5, style: "bold", after: 2 },
  note: { size: 9, style: "italic", after: 4 },
  text: { size: 10.5, style: "normal", after: 2.5 },
  item: { size: 10.5, style: "normal", after: 2 },
} as const satisfies Readonly<Record<Block["kind"], unknown>>;

/** Signs of WinAnsi beside Latin-1, which the fonts of every PDF reader have. */
const further = /[€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/u;

/** Text in letters of Western Europe. A letter with an accent that they lack loses it; any other sign becomes a question mark, and the Markdown has it right. */
export const printable = (text: string): string =>
  [...text.normalize("NFC").replace(/[\p{C}\s]+/gu, " ")]
    .map((sign) => {
      if ((sign.codePointAt(0) ?? 0) <= 0xff || further.test(sign)) return sign;
      const [bare = "?"] = sign.normalize("NFKD");
      return (bare.codePointAt(0) ?? 0) <= 0xff ? bare : "?";
    })
    .join("");

/** The minutes as a PDF on A4, in the fonts that every reader has. Its properties say that a machine made it. The same minutes give the same bytes. */
export function pdf(heading: Heading, all: readonly Block[]): Buffer {
  const document = new jsPDF({ unit: "mm", format: "a4", compress: true });
  document.setCreationDate(heading.startedAt === undefined ? new Date(0) : new Date(heading.startedAt));
  document.setFileId("0".repeat(32));
  document.setLanguage(heading.language as "en-US");
  document.setProperties({
    title: printable(all[0]?.text ?? heading.title),
    subject: "machine-generated minutes",
    keywords: `machine-generated, ${printable(heading.speechModel)}, ${printable(heading.languageModel)}`,
    creator: "minutes worker",
  });
  let y: number = page.margin;
  for (const block of all) {
    const { size, style, after } = styles[block.kind];
    const indent = block.kind === "item" ? 5 : 0;
    const text = printable(block.kind === "item" ? `${block.text} [${block.at}]` : block.text);
    document.setFont("helvetica", style).setFontSize(size);
    const step = size * 0.45;
    if (block.kind === "heading") y += 3;
    const lines = document.splitTextToSize(text, page.width - 2 * page.margin - indent) as string[];
    lines.forEach((row, i) => {
      if (y + step > page.height - page.margin) {
        document.addPage();
        y = page.margin;
      }
      y += step;
      if (block.kind === "item" && i === 0) document.text("–", page.margin, y);
      document.text(row, page.margin + indent, y);
    });
    y += after;
  }
  return Buffer.from(document.output("arraybuffer"));
}
