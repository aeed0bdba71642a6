import { commandsOf } from "../../policies/extract/commands";
import { openHosts, spokenLines } from "../../policies/extract/comments";
import { parsed } from "../../policies/extract/documents";
import { contactsIn, hostOf, isNear } from "../../policies/extract/hosts";
import { referencesInText } from "../../policies/extract/image-commands";
import { image, referencesIn } from "../../policies/extract/images";
import { destinationsOf, isFilter, openingsOf } from "../../policies/extract/openings";
import { Ranges } from "../../policies/extract/ranges";
import { containers, reading } from "../../policies/extract/scan";
import { unpack } from "../../policies/extract/unpack";
import { unknown } from "../../policies/extract/value";
import { rules } from "../../policies/pack";
import type { Given } from "./cases/case";
import { judged, subject } from "./judged";

const json = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) =>
    item === unknown ? "(unknown)" : item instanceof Map ? [...item] : item,
  ) ?? "nothing";

const plain = (text: string | symbol | undefined): string => (text === undefined ? "" : String(text));

/** Lines of what was found, without those of readers that found nothing. */
const said = (found: readonly (readonly [reader: string, result: string])[]): readonly string[] =>
  found.flatMap(([reader, result]) =>
    /^(|\[\]|false|nothing|\{"values":\[\],"tooLong":false\})$/.test(result) ? [] : [`${reader}: ${result}`],
  );

/** Everything that the readers find in a text by itself, by reader. */
export const ofText = (text: string): readonly string[] => [
  ...spokenLines(text).map((line) => `[${line}]`),
  ...said([
    [
      "contacts",
      contactsIn(text)
        .map(({ host, asked }) => `${host}${asked ? " (asked)" : ""}`)
        .join(", "),
    ],
    ["hosts of parts", openHosts(text).join(", ")],
    ["host", hostOf(text) ?? ""],
    ["near", String(isNear(text))],
    [
      "programs",
      commandsOf(text)
        .map(({ program, line }) => `${program} of ${line}`)
        .join(", "),
    ],
    [
      "images",
      referencesInText({ path: "", text })
        .map((one) => one.text)
        .join(", "),
    ],
    ["image", json(image(text))],
    ["address", String(Ranges.isAddress(text))],
    ["range", String(Ranges.valid(text))],
    ["unpacked", plain(unpack(text))],
    ["unpacked for certain", plain(unpack(text, true))],
    ["data", json(parsed(text))],
  ]),
];

/** Everything that the rules and the readers say of resources. */
export const ofStack = (given: readonly Given[]): readonly string[] => [
  ...rules
    .map((rule) => `${rule.id} ${judged(rule, given)}`)
    .filter((line) => !/^\S+( -| \|\||( \|\|)? stack: -)*$/.test(line)),
  ...given.map(subject).flatMap((one) => {
    const read = reading(one);
    return said([
      ["openings", json(openingsOf(one))],
      ["leads to", destinationsOf(one).map(String).join(", ")],
      ["a filter", String(isFilter(one.type))],
      ["containers", json(containers(read))],
      ["images", json(referencesIn(one.properties))],
      [
        "texts",
        read.leaves
          .map((leaf) => `${leaf.path}=${leaf.text}${read.texts.includes(leaf) ? "" : " (a word)"}`)
          .join("; "),
      ],
      ["data", json(read.documents.slice(1))],
      ["partial", String(read.partial)],
      ["unread", read.unread.join("; ")],
    ]);
  }),
];
