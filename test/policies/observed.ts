import { joinedIn } from "../../policies/extract/joined";
import { commandsOf } from "../../policies/extract/commands";
import { openHosts, spokenLines } from "../../policies/extract/comments";
import { parsed } from "../../policies/extract/documents";
import { contactsIn, hostOf, isNear } from "../../policies/extract/hosts";
import { referencesInText } from "../../policies/extract/image-commands";
import { image, referencesIn } from "../../policies/extract/images";
import { destinationsOf, isFilter, openingsOf } from "../../policies/extract/openings";
import { Ranges } from "../../policies/extract/ranges";
import { containers, reading } from "../../policies/extract/scan";
import { read } from "../../policies/extract/text";
import { unpack } from "../../policies/extract/unpack";
import { unknown } from "../../policies/extract/value";
import { rules } from "../../policies/pack";
import type { Given } from "./cases/case";
import { judged, subject } from "./judged";

const json = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) =>
    item === unknown ? "(unknown)" : item instanceof Map ? [...item] : item,
  ) ?? "nothing";

const plain = (text: string | symbol | undefined): string => String(text ?? "nothing");

/** Everything that the readers find in a text by itself. */
export const ofText = (text: string): readonly string[] => [
  ...spokenLines(text),
  `contacts ${contactsIn(text)
    .map(({ host, asked }) => `${host}${asked ? " (asked)" : ""}`)
    .join()}`,
  `open ${openHosts(text).join()}`,
  `host ${hostOf(text) ?? "none"}`,
  `near ${isNear(text)}`,
  `programs ${commandsOf(text)
    .map(({ program, line }) => `${program} of ${line}`)
    .join()}`,
  `images ${referencesInText({ path: "", text })
    .map((one) => `${one.text}${one.certain ? " (certain)" : ""}`)
    .join()}`,
  `image ${json(image(text))}`,
  `range ${Ranges.valid(text)} ${Ranges.isAddress(text)} ${Ranges.isPrivate(text)} ${Ranges.isEverything(text)}`,
  `unpacked ${plain(unpack(text))} ${plain(unpack(text, true))}`,
  `data ${json(parsed(text))}`,
  `joined ${json(joinedIn([text]))}`,
];

/** Everything that rules and readers say of resources. */
export function ofStack(given: readonly Given[]): readonly string[] {
  const verdicts = rules.map((rule) => `${rule.id} ${judged(rule, given)}`);
  const found = given.map(subject).map((one) => {
    const opened = openingsOf(one);
    const { leaves, documents, partial, unread, texts } = reading(one);
    return json([
      opened,
      destinationsOf(one).map(String),
      isFilter(one.type),
      containers(reading(one)),
      referencesIn(one.properties),
      leaves,
      texts.length,
      documents,
      partial,
      unread,
      read(one.properties).leaves.length,
    ]);
  });
  return [...verdicts, ...found];
}
