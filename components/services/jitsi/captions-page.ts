/** Sentences of the page about captions, in one language. */
interface Words {
  readonly tab: string;
  readonly start: string;
  readonly none: string;
  readonly on: string;
  readonly onBy: string;
  readonly off: string;
  readonly about: string;
  readonly recorded: string;
  readonly recordedBy: string;
}

const words: Readonly<Record<string, Words>> = {
  en: {
    tab: "Captions by machine",
    start: "Switch captions on for everybody",
    none: "A moderator can switch captions on. A program then writes along what everybody says.",
    on: "Captions are on: a program writes along what everybody says. They are made by a machine and may be wrong; nothing is kept.",
    onBy: "{{name}} switched captions on: a program writes along what everybody says. They are made by a machine and may be wrong; nothing is kept.",
    off: "Captions are off.",
    about:
      "A program writes along what everybody says. Captions are made by a machine and may be wrong; nothing is kept.",
    recorded: "Recording has started. Captions are on, too: a machine makes them.",
    recordedBy: "{{name}} started the recording. Captions are on, too: a machine makes them.",
  },
  de: {
    tab: "Untertitel (Maschine)",
    start: "Untertitel für alle einschalten",
    none: "Die Moderation kann Untertitel einschalten. Ein Programm schreibt dann mit, was alle sagen.",
    on: "Untertitel sind eingeschaltet: Ein Programm schreibt mit, was alle sagen. Sie sind von einer Maschine und können falsch sein; nichts wird aufbewahrt.",
    onBy: "{{name}} hat Untertitel eingeschaltet: Ein Programm schreibt mit, was alle sagen. Sie sind von einer Maschine und können falsch sein; nichts wird aufbewahrt.",
    off: "Untertitel sind ausgeschaltet.",
    about:
      "Ein Programm schreibt mit, was alle sagen. Untertitel sind von einer Maschine und können falsch sein; nichts wird aufbewahrt.",
    recorded: "Die Aufzeichnung läuft. Auch Untertitel sind eingeschaltet: Eine Maschine macht sie.",
    recordedBy: "{{name}} zeichnet auf. Auch Untertitel sind eingeschaltet: Eine Maschine macht sie.",
  },
  fr: {
    tab: "Sous-titres (machine)",
    start: "Activer les sous-titres pour tous",
    none: "La modération peut activer les sous-titres. Un programme écrit alors ce que tous disent.",
    on: "Les sous-titres sont activés : un programme écrit ce que tous disent. Une machine les produit et ils peuvent être faux ; rien n’est conservé.",
    onBy: "{{name}} a activé les sous-titres : un programme écrit ce que tous disent. Une machine les produit et ils peuvent être faux ; rien n’est conservé.",
    off: "Les sous-titres sont désactivés.",
    about:
      "Un programme écrit ce que tous disent. Une machine produit les sous-titres et ils peuvent être faux ; rien n’est conservé.",
    recorded: "L’enregistrement a commencé. Les sous-titres sont aussi activés : une machine les produit.",
    recordedBy: "{{name}} enregistre. Les sous-titres sont aussi activés : une machine les produit.",
  },
  it: {
    tab: "Sottotitoli (macchina)",
    start: "Attivare i sottotitoli per tutti",
    none: "La moderazione può attivare i sottotitoli. Un programma scrive allora ciò che tutti dicono.",
    on: "I sottotitoli sono attivi: un programma scrive ciò che tutti dicono. Li fa una macchina e possono essere sbagliati; nulla viene conservato.",
    onBy: "{{name}} ha attivato i sottotitoli: un programma scrive ciò che tutti dicono. Li fa una macchina e possono essere sbagliati; nulla viene conservato.",
    off: "I sottotitoli sono disattivati.",
    about:
      "Un programma scrive ciò che tutti dicono. I sottotitoli li fa una macchina e possono essere sbagliati; nulla viene conservato.",
    recorded: "La registrazione è iniziata. Anche i sottotitoli sono attivi: li fa una macchina.",
    recordedBy: "{{name}} registra. Anche i sottotitoli sono attivi: li fa una macchina.",
  },
};

/**
 * Sentences by which the page says that captions are a machine's (EU AI Act, Art. 50), in place of upstream's, which say neither that nor that nothing is kept: at the head of
 * the captions, when they are switched on, and on the sign that stands in the room as long as they are. In other languages than these, upstream's own stay.
 */
export const captionsLabels = Object.fromEntries(
  Object.entries(words).map(([language, one]) => [
    language,
    {
      chat: { tabs: { closedCaptions: one.tab } },
      closedCaptionsTab: { emptyState: one.none, startClosedCaptionsButton: one.start },
      recording: {
        onByWithTranscription: one.recordedBy,
        onWithTranscription: one.recorded,
        recordTranscription: one.tab,
      },
      transcribing: {
        ccButtonTooltip: one.tab,
        expandedLabel: one.about,
        labelTooltip: one.about,
        off: one.off,
        on: one.on,
        onBy: one.onBy,
        openClosedCaptions: one.tab,
      },
    },
  ]),
);

/** Settings of the client: captions as a moderator switches them on, with no recording and no translation. */
export const captionsConfig = {
  transcription: {
    enabled: true,
    disableClosedCaptions: false,
    // A recording is no reason for them; upstream's default is another.
    autoTranscribeOnRecord: false,
    translationEnabled: false,
    translationLanguages: [],
    translationLanguagesHead: [],
  },
} as const;
