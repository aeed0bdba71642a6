/** Findings of the readers of texts in tables, as they were read last: `UPDATE_GOLDEN=1` writes it, and a reviewer reads what changed. */
import { referencesInText } from "../../policies/extract/image-commands";
import { filledWith, joinedIn } from "../../policies/extract/joined";
import { filtersIn } from "../../policies/extract/packet-filters";
import { reading } from "../../policies/extract/scan";
import { sharesIn } from "../../policies/extract/shares";
import { ledIn } from "../../policies/extract/tunnels";
import { golden } from "../support/golden";
import { type Given, text } from "./cases/case";
import { fetchedTexts } from "./cases/fetched";
import { filterTexts, ledSettings, ledTexts } from "./cases/filters";
import { joinedTexts } from "./cases/pieces";
import { shareLines, shareObjects } from "./cases/shares";
import { subject } from "./judged";

const short = (one: string): string =>
  one.length > 300 ? `${one.slice(0, 40)}… (${one.length} characters)` : one.replaceAll("\n", "\\n");

/** Compares one line for each title with the readings below it. */
const read = (name: string, rows: readonly (readonly [title: string, found: readonly string[]])[]): void => {
  const titles = rows.map(([title]) => title);
  expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
  golden(
    `policies/readers/${name}.txt`,
    rows.map(([title, found]) => `${short(title)}\n  → ${found.map(short).join(" | ") || "nothing"}\n`).join(""),
  );
};

describe("What the readers of texts find", () => {
  test("of file and directory services that stand by address", () => {
    const shares = (given: Given): readonly string[] => {
      const one = subject(given);
      return sharesIn(one, reading(one)).map(({ what, path }) => `${what} (${path})`);
    };
    read(
      "shares-in-lines",
      shareLines.map((line) => [line, shares(text(line))]),
    );
    read(
      "shares-in-objects",
      shareObjects.map(([title, ...given]) => [title, given.flatMap(shares)]),
    );
  });

  test("of filters", () => {
    read(
      "filters",
      filterTexts.map((text) => {
        const { openings, dropped, partial } = filtersIn(text);
        return [
          text,
          [
            ...openings
              .slice(0, 20)
              .map(
                ({ what, direction, protocol, first, last, peers }) =>
                  `${what} ${direction} ${protocol} ${first}-${last} [${peers.join(", ")}]`,
              ),
            ...(openings.length > 20 ? [`${openings.length} openings`] : []),
            ...(dropped.length > 0 ? [`dropped: ${dropped.join(", ")}`] : []),
            ...(partial ? ["partial"] : []),
          ],
        ];
      }),
    );
  });

  test("of tunnels and routes", () => {
    const ways = (text: string, path = ""): readonly string[] =>
      ledIn({ path, text }).map(({ range, by, isRoute }) => `${range} by ${by}${isRoute ? " (a route)" : ""}`);
    read("tunnels", [
      ...ledTexts.map((text) => [text, ways(text)] as const),
      ["a setting whose text is a command", ways("ip route add 10.20.0.0/16 via 10.0.0.1", "peer.allowedIps")] as const,
      ...ledSettings.map((path) => [`the setting ${path}`, ways("10.20.0.0/16", path)] as const),
    ]);
  });

  test("of images that commands, Dockerfiles and settings name", () => {
    read(
      "fetched-images",
      fetchedTexts.map((text) => [text, referencesInText({ path: "", text }).map((one) => one.text)]),
    );
  });

  test("of hosts that are put together of parts", () => {
    read(
      "joined",
      joinedTexts.map((text) => {
        const { lines, open } = joinedIn(text.split("\n"));
        return [text, [...lines, ...open.map((url) => `open: ${url}`)]];
      }),
    );
  });

  test("of variables of a container: each that is known is filled in, and what it takes, four times over", () => {
    const known = new Map([
      ["A", "a"],
      ["B", "$(A).${A}.$A"],
      ...[1, 2, 3, 4].map((i): [string, string] => [`V${i}`, `$(V${i + 1})`]),
      ["V5", "end"],
    ]);
    const filled = [
      "$(A)",
      "${A}",
      "$A",
      "$(A)/${A}/$A",
      "$B",
      "$(X) ${X} $X",
      "$",
      "$V2",
      "$V1",
      "$A".padEnd(3999, "."),
      "$A".padEnd(4000, "."),
    ].map((text) => filledWith(text, known));
    expect(filled).toEqual([
      "a",
      "a",
      "a",
      "a/a/a",
      "a.a.a",
      "$(X) ${X} $X",
      "$",
      "end",
      "$(V5)",
      "a".padEnd(3998, "."),
      "$A".padEnd(4000, "."),
    ]);
  });
});
