import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../../policies/pack";
import type { Profile } from "../../policies/profiles";
import { golden } from "../support/golden";
import { chosen, judged } from "./judged";
import { type Asked, type Question, resources } from "./rows";
import { asked as askedOfTables } from "./rows-asked";
import { askedOfRules } from "./rows-of-rules";
import { thinner } from "./mutation/patterns";
import { variants } from "./variants";
import * as dns from "../../policies/facts/dns";
import * as encryption from "../../policies/facts/encryption";
import * as federation from "../../policies/facts/federation";
import * as logs from "../../policies/facts/logs";
import * as meetings from "../../policies/facts/meetings";
import * as prohibited from "../../policies/facts/prohibited";
import * as proxies from "../../policies/facts/proxies";
import * as push from "../../policies/facts/push";
import * as recording from "../../policies/facts/recording";
import * as secrets from "../../policies/facts/secrets";
import * as signatures from "../../policies/facts/signatures";
import * as signIn from "../../policies/facts/sign-in";
import * as tls from "../../policies/facts/tls";
import * as transcription from "../../policies/facts/transcription";
import * as weights from "../../policies/facts/weights";

const asked = { ...askedOfTables, ...askedOfRules };

const updating = process.env["UPDATE_GOLDEN"] === "1";

/** A profile that accepts nobody, so that every row says whose it is. */
const nobody: Profile = { name: "strict", countries: [], nexus: [], undetermined: false };

const answer = ({ rule, accepting }: Asked, question: Question): string =>
  judged(rule, resources(question), accepting === true ? chosen : { ...chosen, profile: nobody });

/** Questions of a golden file, so that a row that is gone from a table is still asked for; those of the tables, where it is written anew. */
function questions(file: string, ofTables: readonly Question[]): readonly Question[] {
  const path = join(__dirname, "../golden", file);
  if (updating || !existsSync(path)) return [...new Map(ofTables.map((one) => [JSON.stringify(one), one])).values()];
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line) => (line.startsWith("[") ? [JSON.parse(line) as Question] : []));
}

describe("What a rule says of each row of its tables, of texts that are nearly one, and of each of its conditions, as it was read last", () => {
  test.each(Object.entries<Asked>(asked))("%s", (name, group) => {
    const { questions: ofTables } = group;
    const file = `policies/rows/${name.replaceAll(" ", "-")}.txt`;
    const list = questions(file, ofTables);
    const known = new Set(list.map((one) => JSON.stringify(one)));
    // A new row has answers too: write the files anew with UPDATE_GOLDEN=1, and read what changed.
    expect(ofTables.map((one) => JSON.stringify(one)).filter((one) => !known.has(one))).toEqual([]);
    golden(
      file,
      list
        .map((one) => {
          return `${JSON.stringify(one)}\n  → ${answer(group, one).replaceAll("\n", " ")}\n`;
        })
        .join(""),
    );
  });

  test("every question is answered by a rule of the packs, and some row of each table is refused", () => {
    for (const [name, group] of Object.entries<Asked>(asked)) {
      expect(rules).toContain(group.rule);
      expect([name, group.questions.some((one) => answer(group, one).includes("{"))]).toEqual([name, true]);
    }
  });
});

/** Patterns anywhere in a value, each once. */
function patternsIn(value: unknown, found = new Set<RegExp>()): ReadonlySet<RegExp> {
  if (value instanceof RegExp) found.add(value);
  else if (typeof value === "object" && value !== null) for (const one of Object.values(value)) patternsIn(one, found);
  return found;
}

const tables = {
  dns,
  encryption,
  federation,
  logs,
  meetings,
  prohibited,
  proxies,
  push,
  recording,
  secrets,
  signatures,
  signIn,
  tls,
  transcription,
  weights,
};

describe("Texts that are nearly what a pattern describes", () => {
  test.each(Object.entries(tables))(
    "tell those of %s from every one that is a little wider or narrower",
    (_, table) => {
      const patterns = [...patternsIn(table)];
      expect(patterns.length).toBeGreaterThan(0);
      const same = patterns.flatMap((pattern) => {
        const texts = variants(pattern);
        expect(texts.some((text) => pattern.test(text))).toBe(true);
        return thinner(String(pattern)).filter(({ text }) => {
          const end = text.lastIndexOf("/");
          const other = new RegExp(text.slice(1, end), text.slice(end + 1));
          return !texts.some((one) => pattern.test(one) !== other.test(one));
        });
      });
      // An alternative that takes nothing which another one does not take is to be removed.
      expect(same).toEqual([]);
    },
  );
});
