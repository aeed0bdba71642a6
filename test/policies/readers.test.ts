/** Findings of the readers in tables of texts and objects, as they were read last: `UPDATE_GOLDEN=1` writes it, and a reviewer reads what changed. */
import { choicesIn } from "../../policies/extract/choices";
import { commandsOf } from "../../policies/extract/commands";
import { spokenLines } from "../../policies/extract/comments";
import { contactsIn, hostOf } from "../../policies/extract/hosts";
import { destinationsOf, isFilter, openingsOf } from "../../policies/extract/openings";
import { reachedIn } from "../../policies/extract/reached";
import { reading } from "../../policies/extract/scan";
import { schemesIn } from "../../policies/extract/schemes";
import { properties } from "../../policies/extract/value";
import { wordsIn } from "../../policies/extract/words";
import type { Subject } from "../../policies/rule";
import { golden } from "../support/golden";
import type { Case, Given } from "./cases/case";
import { choosing, chosenByObjects, explained, reaching } from "./cases/data";
import { commands, lines } from "./cases/lines";
import { cloudOpenings, clusterOpenings, clusterRoutes } from "./cases/objects";

const subject = ({ type, name = "it", props = {} }: Given): Subject => ({
  type,
  name,
  urn: `urn:pulumi:test::project::${type}::${name}`,
  properties: properties(props),
  provider: undefined,
});

const short = (text: string): string =>
  text.length > 300 ? `${text.slice(0, 40)}… (${text.length} characters)` : text.replaceAll("\n", "\\n");

/** Compares one line for each text or object. */
const read = (name: string, rows: readonly (readonly [title: string, found: readonly string[]])[]): void =>
  golden(
    `policies/readers/${name}.txt`,
    rows.map(([title, found]) => `${short(title)}\n  → ${found.map(short).join(" | ") || "nothing"}\n`).join(""),
  );

const ofEach = (cases: readonly Case[], find: (one: Subject) => readonly string[]): [string, readonly string[]][] =>
  cases.flatMap(([title, ...given]) =>
    given.map((one, i): [string, readonly string[]] => [i === 0 ? title : `${title} (${i})`, find(subject(one))]),
  );

describe("What the readers find", () => {
  test("in lines", () => {
    read(
      "lines",
      lines.map((line) => [
        line,
        [
          ...spokenLines(line),
          ...contactsIn(line).map(({ host, asked }) => `${host}${asked ? " (asked)" : ""}`),
          ...(line.length < 60 ? [hostOf(line) ?? "no host"] : []),
        ],
      ]),
    );
  });

  test("in commands", () => {
    read(
      "commands",
      commands.map((line) => [line, commandsOf(line).map(({ program, line: part }) => `${program} of ${short(part)}`)]),
    );
  });

  test.each([
    ["openings-of-clouds", cloudOpenings],
    ["openings-of-clusters", clusterOpenings],
    ["routes-of-clusters", clusterRoutes],
  ])("in objects that open or lead: %s", (name, cases) => {
    read(
      name,
      ofEach(cases, (one) => {
        const found = openingsOf(one);
        return [
          ...(found?.openings ?? []).map(
            ({ what, direction, protocol, first, last, peers, except, inside }) =>
              `${what} ${direction} ${protocol} ${first}-${last} [${peers.join(", ")}] without [${except.join(", ")}]${inside ? " inside" : ""}`,
          ),
          ...(found?.partial === true ? ["partial"] : []),
          ...destinationsOf(one).map((to) => `to ${String(to)}`),
          ...(found === undefined ? ["no filter"] : []),
          ...(isFilter(one.type) ? [] : ["not kept"]),
        ];
      }),
    );
  });

  test("in objects with texts that explain, name or forbid", () => {
    read(
      "explained",
      ofEach(explained, (one) => {
        const { leaves, texts, partial } = reading(one);
        return [
          ...leaves.map((leaf) => `${leaf.path}=${leaf.text}${texts.includes(leaf) ? "" : " (a word)"}`),
          ...(partial ? ["partial"] : []),
        ];
      }),
    );
  });

  test("in settings that hold a host", () => {
    read(
      "reaching",
      ofEach(reaching, (one) => reachedIn(one, reading(one)).map(({ host, path }) => `${host} at ${path}`)),
    );
  });

  test.each([
    ["choosing", choosing],
    ["chosen-by-objects", chosenByObjects],
  ])("in words that choose: %s", (name, cases) => {
    read(
      name,
      ofEach(cases, (one) =>
        [...wordsIn(one, reading(one)), ...schemesIn(reading(one)), ...choicesIn(one, reading(one))].map(
          ({ what, party }) => `${what} of ${party}`,
        ),
      ),
    );
  });
});
