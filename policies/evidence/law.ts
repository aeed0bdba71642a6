import type { Language } from "./words";

/** A text in the languages of the evidence. */
export type Text = Readonly<Record<Language, string>>;

/** A point of a law or a catalogue, in our own words: no official translation. */
export interface Point {
  /** Reference as rules have it, after the framework: `21.2.a`. A rule on a part of the point counts for it. */
  readonly reference: string;
  readonly label: Text;
  readonly demand: Text;
}

const same = (text: string): Text => ({ en: text, de: text, fr: text });
/** Reference to an article as each language writes it: `32(1)(a)` is "Art. 32 Abs. 1 lit. a". */
function article(number: string): Text {
  const [, base = number, paragraph, letter] = /^(\d+)(?:\((\d+)\))?(?:\((\w)\))?$/.exec(number) ?? [];
  const part = (before: string, value: string | undefined, after = ""): string =>
    value === undefined ? "" : `${before}${value}${after}`;
  return {
    en: `Art. ${number}`,
    de: `Art. ${base}${part(" Abs. ", paragraph)}${part(" lit. ", letter)}`,
    fr: `art. ${base}${part(", par. ", paragraph)}${part(", point ", letter, ")")}`,
  };
}

const row = (reference: string, label: Text, en: string, de: string, fr: string): Point => ({
  reference,
  label,
  demand: { en, de, fr },
});

/**
 * Measures of Article 21(2) of NIS-2 by letter. Source: Directive (EU) 2022/2555, https://eur-lex.europa.eu/eli/dir/2022/2555/oj; the words are ours.
 */
export const nis2: readonly Point[] = (
  [
    [
      "a",
      "risk analysis and security of information systems",
      "Risikoanalyse und Sicherheit der Informationssysteme",
      "analyse des risques et sécurité des systèmes d'information",
    ],
    ["b", "handling of incidents", "Bewältigung von Sicherheitsvorfällen", "gestion des incidents"],
    [
      "c",
      "continuity: backup, recovery, crisis management",
      "Fortführung des Betriebs: Sicherung, Wiederherstellung, Krisenmanagement",
      "continuité des activités : sauvegarde, reprise, gestion des crises",
    ],
    ["d", "security of the supply chain", "Sicherheit der Lieferkette", "sécurité de la chaîne d'approvisionnement"],
    [
      "e",
      "security in acquisition, development and maintenance of systems, with vulnerabilities",
      "Sicherheit bei Erwerb, Entwicklung und Wartung der Systeme, mit Schwachstellen",
      "sécurité de l'acquisition, du développement et de la maintenance des systèmes, vulnérabilités comprises",
    ],
    [
      "f",
      "assessment whether the measures work",
      "Bewertung der Wirksamkeit der Massnahmen",
      "évaluation de l'efficacité des mesures",
    ],
    ["g", "cyber hygiene and training", "Cyberhygiene und Schulung", "cyberhygiène et formation"],
    [
      "h",
      "cryptography and, where appropriate, encryption",
      "Kryptografie und gegebenenfalls Verschlüsselung",
      "cryptographie et, le cas échéant, chiffrement",
    ],
    [
      "i",
      "personnel, access control, assets",
      "Personal, Zugriffskontrolle, Anlagen",
      "ressources humaines, contrôle d'accès, actifs",
    ],
    [
      "j",
      "several factors of authentication; secured voice, video, text and emergency communication",
      "mehrere Faktoren der Anmeldung; gesicherte Sprach-, Video-, Text- und Notfallkommunikation",
      "authentification à plusieurs facteurs ; communications vocales, vidéo, textuelles et d'urgence sécurisées",
    ],
  ] as const
).map(([letter, en, de, fr]) => row(`21.2.${letter}`, same(`(${letter})`), en, de, fr));

/** Articles of the GDPR behind the register of technical measures. Source: Regulation (EU) 2016/679; the words are ours. */
export const gdpr: readonly Point[] = [
  row(
    "32.1.a",
    article("32(1)(a)"),
    "encryption and pseudonymisation",
    "Verschlüsselung und Pseudonymisierung",
    "chiffrement et pseudonymisation",
  ),
  row(
    "32.1.b",
    article("32(1)(b)"),
    "lasting confidentiality, integrity, availability and resilience",
    "dauerhafte Vertraulichkeit, Integrität, Verfügbarkeit und Belastbarkeit",
    "confidentialité, intégrité, disponibilité et résilience constantes",
  ),
  row(
    "32.1.c",
    article("32(1)(c)"),
    "recovery in time after an incident",
    "rasche Wiederherstellung nach einem Zwischenfall",
    "rétablissement rapide après un incident",
  ),
  row(
    "32.1.d",
    article("32(1)(d)"),
    "regular tests of the measures",
    "regelmässige Überprüfung der Massnahmen",
    "tests réguliers des mesures",
  ),
  row(
    "32.2",
    article("32(2)"),
    "risk of disclosure and access without authority",
    "Risiko unbefugter Offenlegung und unbefugten Zugangs",
    "risque de divulgation et d'accès non autorisés",
  ),
  row(
    "25",
    article("25"),
    "protection by design and by default",
    "Schutz durch Technikgestaltung und Voreinstellungen",
    "protection dès la conception et par défaut",
  ),
  row(
    "28",
    article("28"),
    "processors with sufficient guarantees",
    "Auftragsverarbeiter mit hinreichenden Garantien",
    "sous-traitants présentant des garanties suffisantes",
  ),
  row(
    "44",
    article("44"),
    "no transfer to a third country without a basis",
    "keine Übermittlung in ein Drittland ohne Grundlage",
    "aucun transfert vers un pays tiers sans fondement",
  ),
  row(
    "48",
    article("48"),
    "orders of third countries are not simply obeyed",
    "Anordnungen aus Drittländern gelten nicht ohne Weiteres",
    "les injonctions de pays tiers ne s'appliquent pas d'elles-mêmes",
  ),
];

/** Articles of the Swiss FADP. Source: SR 235.1, https://www.fedlex.admin.ch/eli/cc/2022/491/en; the words are ours. */
export const revfadp: readonly Point[] = [
  row(
    "7",
    article("7"),
    "protection by design and by default",
    "Datenschutz durch Technik und Voreinstellungen",
    "protection dès la conception et par défaut",
  ),
  row("8", article("8"), "security of data", "Datensicherheit", "sécurité des données"),
  row("9", article("9"), "processing by others", "Bearbeitung durch Auftragsbearbeiter", "sous-traitance"),
  row("16", article("16"), "disclosure abroad", "Bekanntgabe ins Ausland", "communication à l'étranger"),
];

/** Articles of the Swiss DPO. Source: SR 235.11, https://www.fedlex.admin.ch/eli/cc/2022/568/en; the words are ours. */
export const dpo: readonly Point[] = [
  row(
    "3.1",
    article("3(1)"),
    "control of access and of users",
    "Zugriffs- und Benutzerkontrolle",
    "contrôle de l'accès et des utilisateurs",
  ),
  row(
    "3.2",
    article("3(2)"),
    "control of carriers, storage and transport; recovery; availability; security of systems",
    "Datenträger-, Speicher- und Transportkontrolle; Wiederherstellung; Verfügbarkeit; Systemsicherheit",
    "contrôle des supports, de la mémoire et du transport ; restauration ; disponibilité ; sécurité du système",
  ),
  row("3.3", article("3(3)"), "traceability", "Nachvollziehbarkeit", "traçabilité"),
  row(
    "4",
    article("4"),
    "journals, kept a year and apart",
    "Protokollierung, ein Jahr und getrennt aufbewahrt",
    "journalisation, conservée un an et séparément",
  ),
];

/** Points of the AI Act on transparency. Source: Regulation (EU) 2024/1689, https://eur-lex.europa.eu/eli/reg/2024/1689/oj; the words are ours. */
export const aiact: readonly Point[] = [
  row(
    "50.1",
    article("50(1)"),
    "people know that they deal with an AI system",
    "Personen wissen, dass sie es mit einem KI-System zu tun haben",
    "les personnes savent qu'elles ont affaire à un système d'IA",
  ),
  row(
    "50.2",
    article("50(2)"),
    "synthetic text and sound are marked",
    "künstlich erzeugte Texte und Töne sind gekennzeichnet",
    "les textes et sons synthétiques sont marqués",
  ),
  row(
    "50.3",
    article("50(3)"),
    "people are told of emotion recognition and biometric categories",
    "Personen werden über Emotionserkennung und biometrische Kategorien informiert",
    "les personnes sont informées de la reconnaissance des émotions et des catégories biométriques",
  ),
  row(
    "50.4",
    article("50(4)"),
    "deep fakes and texts of public interest are disclosed",
    "Deepfakes und Texte von öffentlichem Interesse sind offengelegt",
    "les hypertrucages et textes d'intérêt public sont signalés",
  ),
  row(
    "50.5",
    article("50(5)"),
    "all of it is clear, at the first contact",
    "all das ist klar, beim ersten Kontakt",
    "tout cela est clair, dès le premier contact",
  ),
  row(
    "5.1.f",
    article("5(1)(f)"),
    "no inference of emotions at work",
    "keine Ableitung von Emotionen am Arbeitsplatz",
    "aucune déduction des émotions au travail",
  ),
  row(
    "5.1.g",
    article("5(1)(g)"),
    "no biometric categorisation",
    "keine biometrische Kategorisierung",
    "aucune catégorisation biométrique",
  ),
  row(
    "26",
    article("26"),
    "duties of whoever uses a high-risk system",
    "Pflichten der Betreiber von Hochrisikosystemen",
    "obligations des déployeurs de systèmes à haut risque",
  ),
];

/** An objective of the Cloud Sovereignty Framework of the European Commission. */
export interface Objective {
  readonly id: `SOV-${number}`;
  readonly name: string;
  /** Weight in per cent. */
  readonly weight: number;
}

/**
 * Objectives of the framework with their weights.
 *
 * Source: Cloud Sovereignty Framework 1.2.1 of October 2025, as the library of intuitem/ciso-assistant-community has it; the Commission's own text could not be read here.
 */
export const objectives: readonly Objective[] = [
  { id: "SOV-1", name: "Strategic", weight: 15 },
  { id: "SOV-2", name: "Legal and jurisdictional", weight: 10 },
  { id: "SOV-3", name: "Data and AI", weight: 10 },
  { id: "SOV-4", name: "Operational", weight: 15 },
  { id: "SOV-5", name: "Supply chain", weight: 20 },
  { id: "SOV-6", name: "Technology", weight: 15 },
  { id: "SOV-7", name: "Security and compliance", weight: 10 },
  { id: "SOV-8", name: "Environmental", weight: 5 },
];
