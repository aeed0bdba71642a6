import type { Counts, Measure } from "./cells";
import type { Document, Section } from "./document";
import { countsText, encryptionTable, lawTable, stateCell } from "./law-tables";
import type { Report } from "./report";
import { type Language, words } from "./words";

const factsOf = ({ evidence: { source, profile } }: Report, language: Language): Document["facts"] => {
  const said = words[language];
  return [
    [said.judged, `${source.stack}, ${source.kind}, ${source.at}`],
    [said.profile, profile],
    [said.input, `${source.name}, SHA-256 ${source.digest}`],
  ];
};

const registerSection = (report: Report, language: Language): Section => {
  const said = words[language];
  return {
    id: "register",
    title: said.register,
    lead: said.registerLead,
    tables: [lawTable(report.register, said.article, language), encryptionTable(report.encryption, language)],
  };
};

const matrixSection = (report: Report, language: Language): Section => {
  const said = words[language];
  return {
    id: "nis2",
    title: said.matrix,
    lead: said.matrixLead,
    tables: [lawTable(report.nis2, said.letter, language)],
  };
};

/** The register in one language. */
export const registerDocument = (report: Report, language: Language): Document => ({
  language,
  title: words[language].register,
  facts: factsOf(report, language),
  sections: [registerSection(report, language)],
  foot: words[language].advice,
});

/** The matrix in one language. */
export const matrixDocument = (report: Report, language: Language): Document => ({
  language,
  title: words[language].matrix,
  facts: factsOf(report, language),
  sections: [matrixSection(report, language)],
  foot: words[language].advice,
});

/** Register and matrix in one language, for the page. */
export const bothDocument = (report: Report, language: Language): Document => ({
  ...registerDocument(report, language),
  sections: [registerSection(report, language), matrixSection(report, language)],
});

/** The whole report in English. */
export function wholeDocument(report: Report): Document {
  const { evidence } = report;
  const said = words.en;
  return {
    language: "en",
    title: `Evidence of ${evidence.source.stack}`,
    facts: [
      ...factsOf(report, "en"),
      ["Settings", evidence.settings.length === 0 ? "the defaults" : evidence.settings.join("\n")],
      ["Results", countsText(sum(report.measures), said) || said.noProof],
    ],
    sections: [
      rulesSection(report),
      exemptSection(report),
      registerSection(report, "en"),
      matrixSection(report, "en"),
      {
        id: "swiss",
        title: "Swiss data protection: FADP and DPO",
        lead: "A transfer that Swiss law allows may still be refused by a rule: the profiles are stricter than the law, by design.",
        tables: [lawTable(report.revfadp, "FADP", "en"), lawTable(report.dpo, "DPO", "en")],
      },
      {
        id: "ai",
        title: "AI Act: transparency",
        lead: "Article 50 asks that people are told. A configuration shows it only where a rule reads it.",
        tables: [lawTable(report.aiact, "AI Act", "en")],
      },
      sovereigntySection(report),
      suppliersSection(report),
      endpointsSection(report),
    ],
    foot: said.advice,
  };
}

function sum(measures: readonly Measure[]): Counts {
  const total = { passed: 0, failed: 0, undetermined: 0, exempt: 0 };
  for (const { counts } of measures)
    for (const state of ["passed", "failed", "undetermined", "exempt"] as const) total[state] += counts[state];
  return total;
}

function rulesSection({ measures, evidence }: Report): Section {
  const said = words.en;
  const known = new Set(measures.map(({ rule }) => rule.id as string));
  const open = evidence.results.filter(({ state }) => state === "failed" || state === "undetermined");
  return {
    id: "rules",
    title: "Rules",
    lead: "A rule that judged nothing has passed nothing.",
    tables: [
      {
        columns: ["Rule", "Title", "Severity", "Proofs", "State"],
        none: said.noProof,
        rows: measures.map(({ rule, counts, state }) => [
          rule.id,
          rule.title,
          rule.severity,
          countsText(counts, said) || said.noProof,
          stateCell(state, said),
        ]),
      },
      {
        columns: ["Resource", "Rule", "Message", "State"],
        none: evidence.unread.length > 0 ? "no finding; see the files below" : "no finding, and nothing undetermined",
        rows: open.map(({ name, type, rule, message, state, place }) => [
          place === undefined ? `${name}\n${type}` : `${place.file}:${place.line}\n${name}`,
          known.has(rule) ? rule : `${rule} (of another pack)`,
          message,
          stateCell(state, said),
        ]),
      },
      ...(evidence.unread.length === 0
        ? []
        : [
            {
              columns: ["File", "Why nobody can judge it"],
              none: "",
              rows: evidence.unread.map(({ file, why }) => [file, why]),
            },
          ]),
    ],
  };
}

const exemptSection = ({ evidence }: Report): Section => ({
  id: "exemptions",
  title: "Exemptions",
  lead: "Findings that stop nothing, because two persons have signed for them, until a day. They count for no proof.",
  tables: [
    {
      columns: ["Resource", "Rule", "Kind", "Until", "Ticket", "Asked and approved by", "Reason", "Finding"],
      none: "nothing was exempt",
      rows: evidence.results.flatMap(({ name, rule, exemption, message }) =>
        exemption === undefined
          ? []
          : [
              [
                name,
                rule,
                exemption.kind,
                exemption.expires,
                exemption.ticket,
                `${exemption.author}\n${exemption.approver}`,
                exemption.reason,
                message,
              ],
            ],
      ),
    },
  ],
});

function sovereigntySection({ sovereignty: { objectives, score, covered, level } }: Report): Section {
  const said = words.en;
  return {
    id: "sovereignty",
    title: "Cloud Sovereignty Framework of the European Commission",
    lead: `Score ${score} %, with proofs for objectives of ${covered} % of the weight; an objective without a proof counts as 0. Lowest level: at most SEAL-${level.level}, since ${level.because}. Score and level are our reading of the framework, from a configuration alone; they are no certificate.`,
    tables: [
      {
        columns: ["Objective", "Weight", "Rules", "Proofs", "Score", "State"],
        none: "",
        rows: objectives.map(({ objective, rules, counts, score: share, state }) => [
          `${objective.id} ${objective.name}`,
          `${objective.weight} %`,
          rules.join(", ") || said.noRule,
          countsText(counts, said) || said.noProof,
          state === "no proof" ? "0 % (no proof)" : `${share} %`,
          stateCell(state, said),
        ]),
      },
    ],
  };
}

const suppliersSection = ({ directory: { suppliers } }: Report): Section => ({
  id: "suppliers",
  title: "Directory of suppliers",
  lead: "Parties of the tables of facts that control something which the stack uses (point 5.2 of Regulation (EU) 2024/2690). Contracts and contacts are for the operator to add.",
  tables: [
    {
      columns: ["Party", "Country", "US nexus", "European control", "Uses", "Why", "Confidence", "Source"],
      none: "no supplier of the tables was seen",
      rows: suppliers.map(({ party, country, nexus, europeanControl, uses, why, confidence, source, reviewed }) => [
        party,
        country,
        nexus,
        europeanControl === true ? "yes" : europeanControl === false ? "no" : "undetermined",
        uses.join("\n"),
        why,
        confidence,
        `${source}, reviewed ${reviewed}`,
      ]),
    },
  ],
});

const endpointsSection = ({ directory: { endpoints } }: Report): Section => ({
  id: "endpoints",
  title: "Bill of materials of external endpoints",
  lead: "Every host outside the stack that a resource names, with the party that controls it. A host in no table is controlled by nobody that is known. Values of secrets name none here.",
  tables: [
    {
      columns: ["Host", "Controller", "Country", "US nexus", "Named by"],
      none: "no external endpoint was seen",
      rows: endpoints.map(({ host, controller, party, country, nexus, where, count }) => [
        host,
        controller === "undetermined" ? { tone: "open", text: party } : party,
        country || "–",
        nexus || "–",
        `${where.join("\n")}${count > where.length ? `\nand ${count - where.length} more` : ""}`,
      ]),
    },
  ],
});
