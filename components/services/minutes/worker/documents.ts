import type { Summary } from "./summary";
import { clock } from "./transcript";

/** Facts of a meeting that stand on its minutes. */
export interface Heading {
  readonly title: string;
  readonly startedAt?: string;
  readonly seconds: number;
  readonly people: readonly string[];
  readonly language: string;
  readonly speechModel: string;
  readonly languageModel: string;
}

/** Words of the documents, by language. */
const vocabulary = {
  en: {
    minutes: "Minutes",
    began: "Began",
    length: "Length",
    people: "Participants",
    summary: "Summary",
    decisions: "Decisions",
    actions: "Tasks",
    none: "None were found.",
    unassigned: "unassigned",
    due: "due",
    machine:
      "Made by a machine: transcribed by {speech}, summarised by {language}. It can be wrong; names above all. Check it against the recording's times before you rely on it.",
  },
  de: {
    minutes: "Protokoll",
    began: "Beginn",
    length: "Dauer",
    people: "Teilnehmende",
    summary: "Zusammenfassung",
    decisions: "Beschlüsse",
    actions: "Aufgaben",
    none: "Es wurden keine gefunden.",
    unassigned: "nicht zugeteilt",
    due: "bis",
    machine:
      "Maschinell erstellt: transkribiert mit {speech}, zusammengefasst mit {language}. Es kann falsch sein, vor allem bei Namen. Prüfen Sie es an den Zeiten der Aufnahme, bevor Sie sich darauf verlassen.",
  },
  fr: {
    minutes: "Procès-verbal",
    began: "Début",
    length: "Durée",
    people: "Participants",
    summary: "Résumé",
    decisions: "Décisions",
    actions: "Tâches",
    none: "Aucune n'a été trouvée.",
    unassigned: "non attribué",
    due: "pour le",
    machine:
      "Établi par une machine : transcrit par {speech}, résumé par {language}. Il peut contenir des erreurs, surtout dans les noms. Vérifiez-le aux temps de l'enregistrement avant de vous y fier.",
  },
  it: {
    minutes: "Verbale",
    began: "Inizio",
    length: "Durata",
    people: "Partecipanti",
    summary: "Riassunto",
    decisions: "Decisioni",
    actions: "Compiti",
    none: "Nessuno trovato.",
    unassigned: "non assegnato",
    due: "entro",
    machine:
      "Redatto da una macchina: trascritto da {speech}, riassunto da {language}. Può contenere errori, soprattutto nei nomi. Verificatelo ai tempi della registrazione prima di farvi affidamento.",
  },
} as const;

type Words = { readonly [K in keyof (typeof vocabulary)["en"]]: string };

const wordsOf = (language: string): Words =>
  Object.hasOwn(vocabulary, language) ? vocabulary[language as keyof typeof vocabulary] : vocabulary.en;

/** The sentence that says that a machine made a document (Regulation (EU) 2024/1689, Art. 50), in the language of the minutes. */
export const machineNote = ({ language, speechModel, languageModel }: Heading): string =>
  wordsOf(language).machine.replace("{speech}", speechModel).replace("{language}", languageModel);

/** One block of a document: both Markdown and PDF are made from these. */
export type Block =
  | { readonly kind: "title" | "heading" | "note" | "text"; readonly text: string }
  | { readonly kind: "item"; readonly text: string; readonly at: string };

/** The minutes as blocks. */
export function blocks(heading: Heading, { summary, decisions, actions }: Summary): readonly Block[] {
  const words = wordsOf(heading.language);
  const none: Block = { kind: "text", text: words.none };
  const facts = [
    ...(heading.startedAt === undefined ? [] : [`${words.began}: ${heading.startedAt}`]),
    `${words.length}: ${clock(heading.seconds)}`,
    `${words.people}: ${heading.people.join(", ")}`,
  ];
  return [
    { kind: "title", text: `${words.minutes}: ${heading.title}` },
    { kind: "note", text: machineNote(heading) },
    ...facts.map((text): Block => ({ kind: "text", text })),
    { kind: "heading", text: words.summary },
    ...(summary === "" ? [none] : summary.split(/\n{2,}/).map((text): Block => ({ kind: "text", text }))),
    { kind: "heading", text: words.decisions },
    ...(decisions.length === 0
      ? [none]
      : decisions.map(({ text, at }): Block => ({ kind: "item", text, at: clock(at) }))),
    { kind: "heading", text: words.actions },
    ...(actions.length === 0
      ? [none]
      : actions.map(({ task, owner, due, at }): Block => ({
          kind: "item",
          text: `${task} (${owner ?? words.unassigned}${due === undefined ? "" : `, ${words.due} ${due}`})`,
          at: clock(at),
        }))),
  ];
}

/** Text that Markdown takes for nothing but text: what a model wrote makes no link, picture, heading or HTML. */
export const plain = (text: string): string =>
  text
    .replace(/[\p{C}\s]+/gu, " ")
    .replace(/[\\`*_{}[\]<>()#+\-!|~&:$^=@]/g, "\\$&")
    .replace(/^(\s*\d+)([.)])/, "$1\\$2")
    .trim();

/** The minutes as Markdown. The front matter says to programs that a machine made it. */
export function markdown(heading: Heading, all: readonly Block[]): string {
  const mark = {
    "machine-generated": true,
    language: heading.language,
    "speech-model": heading.speechModel,
    "language-model": heading.languageModel,
  };
  const front = Object.entries(mark).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const body = all.map((block) => {
    const text = plain(block.text);
    switch (block.kind) {
      case "title":
        return `# ${text}`;
      case "heading":
        return `## ${text}`;
      case "note":
        return `> ${text}`;
      case "text":
        return text;
      case "item":
        return `- ${text} \\[${block.at}\\]`;
    }
  });
  return `${["---", ...front, "---"].join("\n")}\n\n${body.join("\n\n")}\n`;
}
