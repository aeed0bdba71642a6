import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { objection } from "../../policies/exposure";
import { aiServices } from "../../policies/facts/ai";
import { entities, partyText } from "../../policies/facts/entities";
import { certificateAuthorities, hosts } from "../../policies/facts/hosts";
import { parties } from "../../policies/facts/parties";
import { suffixes } from "../../policies/facts/suffixes";
import { judgeAll } from "../../policies/judge";
import { rules } from "../../policies/pack";
import { type Profile, profiles } from "../../policies/profiles";
import { properties } from "../../policies/extract/value";
import type { Subject } from "../../policies/rule";
import { noPublicAiEndpoint } from "../../policies/rules/ai-001-no-public-ai-endpoint";
import { settings } from "../../policies/settings";
import { golden } from "../support/golden";
import { examples } from "./examples";
import { longerDomains } from "./probe-commands";
import { pod, text } from "./probe";
import { named, type Probed, probes } from "./probes";

const updating = process.env["UPDATE_GOLDEN"] === "1";

/** A profile that accepts nobody, so that every row says whose it is and where. */
const nobody: Profile = { name: "strict", countries: [], nexus: [], undetermined: false };

/** A profile that accepts everybody, and no country: what is said is where something stands or processes. */
const nowhere: Profile = {
  name: "strict",
  countries: [],
  nexus: ["none", "presence", "listed", "controlled"],
  undetermined: true,
};

const accepting = settings({ ownDomains: ["crisis.example.ch"] }, {});
const refusing = { ...accepting, profile: nobody };

function subject({ type, props = {}, provider }: Probed): Subject {
  const [name, given = {}] = provider ?? [];
  return {
    type,
    name: "it",
    urn: `urn:pulumi:test::project::${type}::it`,
    properties: properties(props),
    provider:
      name === undefined
        ? undefined
        : { type: `pulumi:providers:${name}`, name: "default", properties: properties(given) },
  };
}

/** Rules that ask the tables of the probes. The others would say of each probe what it is beside its word: a single Deployment, an image by a tag. */
const asking = rules.filter(
  ({ id }) =>
    !/^UC-(SUP|SEC|STA|TLS|GOV|PRT|ADM|BKP|DAT|LOG|MON|TIM|EMG|TAG|DNS|CDN|PSH|HA-002|HA-003|NET-003|NET-004)/.test(id),
);

/** Verdicts of those rules on a resource where nobody is accepted, and the rules that say something under `european`. */
function verdict(probed: Probed): string {
  const one = [subject(probed)];
  const said = judgeAll(asking, one, refusing).map(
    ({ rule, item }) => `${rule.id} ${"found" in item ? item.found : "undetermined" in item ? item.undetermined : ""}`,
  );
  const european = new Set(judgeAll(asking, one, accepting).map(({ rule }) => rule.id));
  return `${said.join(" | ") || "nothing"} || european: ${[...european].join(", ") || "nothing"}`;
}

/**
 * Words of a probe: those in the golden file, so that a row that is gone from a table is still asked for; and those of the tables, where they are written anew.
 */
function words(name: string, ofTables: readonly string[]): readonly string[] {
  const file = join(__dirname, "../golden/policies", `${name.replaceAll(" ", "-")}.txt`);
  if (updating || !existsSync(file)) return [...new Set(ofTables)];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => (line.includes(" → ") ? [line.slice(0, line.indexOf(" → "))] : []));
}

const written = (name: string, list: readonly string[], say: (word: string) => string): void =>
  golden(
    `policies/${name.replaceAll(" ", "-")}.txt`,
    list.map((word) => `${word} → ${say(word).replaceAll("\n", " ")}\n`).join(""),
  );

/** Answer of the settings to a domain of one's own. */
function refused(name: string): string {
  try {
    settings({ ownDomains: [name] }, {});
    return "accepted";
  } catch (error) {
    return error instanceof RangeError ? "refused" : "a fault";
  }
}

describe("What the packs say of each row of their tables", () => {
  test.each(Object.entries(probes))("as a %s", (name, { words: ofTables, make }) => {
    const list = words(name, ofTables);
    // A new row has a verdict too: write the files anew with UPDATE_GOLDEN=1, and read what changed.
    expect(ofTables.filter((word) => !list.includes(word))).toEqual([]);
    written(name, list, (word) => verdict(make(...word.split(" "))));
  });

  test("as an AI service that processes abroad", () => {
    const list = words("abroad", named(aiServices));
    expect(named(aiServices).filter((word) => !list.includes(word))).toEqual([]);
    written("abroad", list, (host) => {
      const one = [subject(text(`url = https://${host}/a`))];
      return judgeAll([noPublicAiEndpoint], one, { ...accepting, profile: nowhere })
        .map(({ item }) => ("found" in item ? item.found : ""))
        .join(" | ");
    });
  });

  test("an AI service whose party and places a profile accepts is no finding, whether a host or a word chooses it", () => {
    const accepts: Profile = { ...nowhere, countries: ["FR", "US"] };
    const asked = [text("url = https://api.mistral.ai/a"), pod({ env: [{ name: "LLM_PROVIDER", value: "mistral" }] })];
    const found = (profile: Profile): number =>
      judgeAll([noPublicAiEndpoint], asked.map(subject), { ...accepting, profile }).length;
    expect([found(nowhere), found(accepts)]).toEqual([2, 0]);
  });

  test("as a party", () => {
    const list = words("party", Object.keys(entities));
    expect(Object.keys(entities).filter((word) => !list.includes(word))).toEqual([]);
    written("party", list, (word) => {
      const id = word as keyof typeof entities;
      if (!Object.prototype.hasOwnProperty.call(entities, id)) return "in no table";
      const { why, confidence, europeanControl } = entities[id];
      const objections = Object.values(profiles).map((profile) => `${profile.name}: ${objection(profile, id) ?? "-"}`);
      return `${partyText(id)} | ${why} | ${confidence}, European control: ${europeanControl} | ${objections.join(" | ")}`;
    });
  });

  test("as a domain that somebody calls their own", () => {
    const ofTables = named([hosts, certificateAuthorities, ...parties].flat());
    const list = words("own domain", ofTables);
    expect(ofTables.filter((word) => !list.includes(word))).toEqual([]);
    written("own domain", list, refused);
  });

  test("as a domain under which anybody can have a name", () => {
    const ofTables = suffixes.flatMap(({ pattern }) => examples(pattern)).concat(longerDomains);
    const list = words("suffix", ofTables);
    expect(ofTables.filter((word) => !list.includes(word))).toEqual([]);
    written("suffix", list, (domain) => `${refused(domain)}, below it ${refused(`crisis.${domain}`)}`);
  });
});
