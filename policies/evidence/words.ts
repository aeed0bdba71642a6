/** Languages of the evidence. The whole of it is in English; the register and the matrix are in all of them. */
export const languages = ["en", "de", "fr"] as const;
export type Language = (typeof languages)[number];

const english = {
  register: "Register of technical measures (GDPR Art. 32)",
  registerLead:
    "Each row is an article, with the rules that speak about it and what they proved on this input. A rule that passed has read the resources and found nothing: that does not mean that the article is fulfilled. A row without a proof says so; organisational measures are not part of this evidence.",
  encryption: "End-to-end encryption by service",
  matrix: "NIS-2 Article 21(2), by letter",
  matrixLead:
    "Each cell is a letter, with the measures, the resources that were judged, and the proofs. A rule that passed has read the resources and found nothing: that does not mean that the letter is fulfilled. A cell without a proof says so: nothing is filled in.",
  article: "Article",
  letter: "Letter",
  demand: "Demand",
  measures: "Measures",
  resources: "Resources",
  proofs: "Proofs",
  state: "State",
  service: "Service",
  choice: "Choice",
  effect: "Effect",
  reason: "Reason",
  noProof: "no proof",
  noRule: "no rule of this run speaks about it",
  notRun: "judged nothing",
  noReason: "no reason was given",
  noService: "no service of this library was seen, so nothing is proved about end-to-end encryption",
  passed: "passed",
  failed: "failed",
  undetermined: "undetermined",
  exempt: "exempt",
  theStack: "the stack",
  judged: "Judged",
  profile: "Profile",
  input: "Input",
  advice: "No legal advice. The words for laws are ours, no official text.",
  "end-to-end": "end-to-end",
  transport: "transport only",
  "not known": "not known",
};

/** Words of the evidence in one language. */
export type Words = Readonly<Record<keyof typeof english, string>>;

const german: Words = {
  register: "Verzeichnis der technischen Massnahmen (Art. 32 DSGVO)",
  registerLead:
    "Jede Zeile ist ein Artikel, mit den Regeln dazu und dem, was sie an dieser Eingabe nachgewiesen haben. Eine bestandene Regel hat die Ressourcen gelesen und nichts gefunden: damit ist der Artikel noch nicht erfüllt. Wo ein Nachweis fehlt, steht das da; organisatorische Massnahmen gehören nicht zu diesen Nachweisen.",
  encryption: "Ende-zu-Ende-Verschlüsselung nach Dienst",
  matrix: "NIS-2 Artikel 21 Absatz 2, nach Buchstaben",
  matrixLead:
    "Jede Zelle ist ein Buchstabe, mit den Massnahmen, den beurteilten Ressourcen und den Nachweisen. Eine bestandene Regel hat die Ressourcen gelesen und nichts gefunden: damit ist der Buchstabe noch nicht erfüllt. Wo ein Nachweis fehlt, steht das da: nichts wird aufgefüllt.",
  article: "Artikel",
  letter: "Buchstabe",
  demand: "Verlangt",
  measures: "Massnahmen",
  resources: "Ressourcen",
  proofs: "Nachweise",
  state: "Stand",
  service: "Dienst",
  choice: "Wahl",
  effect: "Wirkung",
  reason: "Begründung",
  noProof: "kein Nachweis",
  noRule: "keine Regel dieses Laufs betrifft es",
  notRun: "hat nichts beurteilt",
  noReason: "keine Begründung angegeben",
  noService: "kein Dienst dieser Bibliothek gesehen, also kein Nachweis zur Ende-zu-Ende-Verschlüsselung",
  passed: "bestanden",
  failed: "verletzt",
  undetermined: "nicht beurteilbar",
  exempt: "ausgenommen",
  theStack: "der Stack",
  judged: "Beurteilt",
  profile: "Profil",
  input: "Eingabe",
  advice: "Keine Rechtsberatung. Die Worte zu den Gesetzen sind unsere, kein amtlicher Text.",
  "end-to-end": "Ende zu Ende",
  transport: "nur auf dem Transportweg",
  "not known": "nicht bekannt",
};

const french: Words = {
  register: "Registre des mesures techniques (art. 32 RGPD)",
  registerLead:
    "Chaque ligne est un article, avec les règles qui le concernent et ce qu'elles ont prouvé sur cette entrée. Une règle respectée a lu les ressources sans rien trouver : l'article n'est pas pour autant rempli. L'absence de preuve est dite ; les mesures organisationnelles n'en font pas partie.",
  encryption: "Chiffrement de bout en bout par service",
  matrix: "NIS 2, article 21, paragraphe 2, par lettre",
  matrixLead:
    "Chaque cellule est une lettre, avec les mesures, les ressources jugées et les preuves. Une règle respectée a lu les ressources sans rien trouver : la lettre n'est pas pour autant remplie. L'absence de preuve est dite : rien n'est rempli d'office.",
  article: "Article",
  letter: "Lettre",
  demand: "Exigence",
  measures: "Mesures",
  resources: "Ressources",
  proofs: "Preuves",
  state: "État",
  service: "Service",
  choice: "Choix",
  effect: "Effet",
  reason: "Motif",
  noProof: "aucune preuve",
  noRule: "aucune règle de cette exécution ne le concerne",
  notRun: "n'a rien jugé",
  noReason: "aucun motif indiqué",
  noService: "aucun service de cette bibliothèque n'a été vu : rien n'est prouvé sur le chiffrement de bout en bout",
  passed: "respectée",
  failed: "violée",
  undetermined: "indéterminée",
  exempt: "exemptée",
  theStack: "la pile",
  judged: "Jugé",
  profile: "Profil",
  input: "Entrée",
  advice: "Aucun conseil juridique. Les mots sur les lois sont les nôtres, non un texte officiel.",
  "end-to-end": "de bout en bout",
  transport: "transport seulement",
  "not known": "inconnu",
};

export const words: Readonly<Record<Language, Words>> = { en: english, de: german, fr: french };

/** Titles of rules in other languages, by id. A rule without a row here keeps its English title, and the page says so. */
const titles: Readonly<Record<string, Readonly<Record<Exclude<Language, "en">, string>>>> = {
  "UC-JUR-001": { de: "Nur zugelassene Anbieter", fr: "Fournisseurs autorisés seulement" },
  "UC-JUR-002": {
    de: "Wer einen Anbieter beherrscht, hat nicht mehr US-Bezug, als das Profil zulässt",
    fr: "Qui contrôle un fournisseur n'a pas plus de lien avec les États-Unis que le profil n'en admet",
  },
  "UC-REG-001": {
    de: "Jeder Standort ist genannt und zugelassen",
    fr: "Chaque emplacement est indiqué et autorisé",
  },
  "UC-IMG-001": {
    de: "Abbilder kommen aus zugelassenen Registern",
    fr: "Les images viennent de registres autorisés",
  },
  "UC-AI-001": { de: "Kein öffentlicher KI-Dienst", fr: "Aucun service d'IA public" },
  "UC-MED-001": { de: "Kein unverschlüsseltes RTP", fr: "Aucun RTP non chiffré" },
  "UC-NET-001": {
    de: "Mail, Verzeichnis und Dateiablage sind nicht erreichbar",
    fr: "La messagerie, l'annuaire et les fichiers sont hors d'atteinte",
  },
  "UC-HA-001": {
    de: "Jede Stufe hat einen Ersatz mehr als nötig",
    fr: "Chaque étage a une réserve de plus qu'il ne faut",
  },
  "UC-NET-002": {
    de: "Kein Kontakt zu Dritten, auch nicht durch eine Voreinstellung",
    fr: "Aucun contact avec des tiers, même par défaut",
  },
  "UC-K8S-001": {
    de: "Der Cluster steht bei einem zugelassenen Betreiber",
    fr: "Le cluster est chez un exploitant autorisé",
  },
  "UC-OPQ-001": {
    de: "Keine Ressource, in die niemand sehen kann",
    fr: "Aucune ressource dont nul ne voit le contenu",
  },
  "UC-IDN-001": {
    de: "Wer moderiert oder verwaltet, meldet sich mit zwei Faktoren an",
    fr: "Qui modère ou administre se connecte avec un second facteur",
  },
  "UC-IDN-002": {
    de: "Angemeldet wird bei einem eigenen oder zugelassenen Anbieter",
    fr: "On se connecte chez un fournisseur d'identité propre ou autorisé",
  },
  "UC-REC-001": {
    de: "Aufzeichnungen beginnen absichtlich, sind geschützt und haben ein Ende",
    fr: "Les enregistrements sont voulus, protégés et limités dans le temps",
  },
  "UC-AI-002": {
    de: "Wer spricht, weiss, wann eine Maschine mitschreibt",
    fr: "Qui parle sait quand une machine écrit",
  },
  "UC-AI-003": {
    de: "Keine Maschine liest Gefühle oder erkennt Menschen am Körper",
    fr: "Aucune machine ne lit les émotions ni ne reconnaît les gens à leur corps",
  },
  "UC-FED-001": {
    de: "Der Matrix-Server spricht nur mit genannten Servern",
    fr: "Le serveur Matrix ne parle qu'aux serveurs désignés",
  },
  "UC-AI-004": {
    de: "Modelle kommen aus eigenem Speicher, mit Prüfsumme",
    fr: "Les modèles viennent d'un dépôt propre, avec leur empreinte",
  },
  "UC-IDN-003": {
    de: "Gäste warten, und niemand zeichnet unbemerkt auf",
    fr: "Les invités attendent, et nul n'enregistre à l'insu des autres",
  },
  "UC-HA-003": {
    de: "Daten stehen an zwei Standorten",
    fr: "Les données sont en deux emplacements",
  },
  "UC-BKP-001": {
    de: "Daten haben eine verschlüsselte Sicherung mit Frist, die kein fremder Betreiber hält",
    fr: "Les données ont une sauvegarde chiffrée, à durée fixée, qu'aucun exploitant étranger ne détient",
  },
  "UC-DAT-001": {
    de: "Daten auf Datenträgern sind mit eigenem Schlüssel verschlüsselt",
    fr: "Les données sur les volumes sont chiffrées par une clé propre",
  },
  "UC-LOG-001": {
    de: "Protokolle verlassen die Maschine und bleiben ein Jahr",
    fr: "Les journaux quittent la machine et sont conservés un an",
  },
  "UC-MON-001": {
    de: "Messwerte und Nutzung erfährt nur, wer die Plattform betreibt",
    fr: "Les mesures et l'usage ne sont connus que de l'exploitant de la plateforme",
  },
  "UC-TIM-001": {
    de: "Jede Maschine fragt eine bestimmte, zugelassene Uhr",
    fr: "Chaque machine interroge une horloge choisie et autorisée",
  },
  "UC-EMG-001": {
    de: "Ein zweiter Kanal mit anderem Produkt an anderem Ort ist benannt",
    fr: "Un second canal, d'un autre produit et en un autre lieu, est désigné",
  },
  "UC-TAG-001": {
    de: "Anlagen tragen Zuständige, Schutzklasse, Dienst und Rechtsträger",
    fr: "Les actifs portent responsable, classe de données, service et entité juridique",
  },
  "UC-GOV-001": {
    de: "Jede Ausnahme ist in Kraft und wird gebraucht",
    fr: "Chaque exemption est en vigueur et utile",
  },
};

/** Title of a rule in a language. */
export function titleOf({ id, title }: { readonly id: string; readonly title: string }, language: Language): string {
  if (language === "en") return title;
  const row = Object.keys(titles).includes(id) ? titles[id] : undefined;
  return row === undefined ? `${title} (en)` : row[language];
}
