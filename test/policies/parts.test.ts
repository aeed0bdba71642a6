/** Results of the smaller parts of the readers for tables, as they were read last: `UPDATE_GOLDEN=1` writes it, and a reviewer reads what changed. */
import { containersIn } from "../../policies/extract/containers";
import { demands, demandsIn } from "../../policies/extract/demands";
import { parsed } from "../../policies/extract/documents";
import { image, referencesIn } from "../../policies/extract/images";
import { Ranges } from "../../policies/extract/ranges";
import { containers as containersOf, reading } from "../../policies/extract/scan";
import { read } from "../../policies/extract/text";
import { unpack } from "../../policies/extract/unpack";
import { properties, unknown, type Value } from "../../policies/extract/value";
import { openWays, podsOf, wallsOf } from "../../policies/extract/walls";
import { serviceFacts } from "../../policies/facts/containers";
import type { Subject } from "../../policies/rule";
import { golden } from "../support/golden";
import type { Given } from "./cases/case";
import { text } from "./cases/case";
import { containers, data, imageData, packed, pods, ranges, references, walls } from "./cases/parts";

const subject = ({ type, name = "it", props = {} }: Given): Subject => ({
  type,
  name,
  urn: `urn:pulumi:test::project::${type}::${name}`,
  properties: properties(props),
  provider: undefined,
});

const json = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) =>
    item === unknown ? "(unknown)" : item instanceof Map ? [...item] : item,
  ) ?? "nothing";

const written = (name: string, rows: readonly (readonly [title: string, found: string])[]): void =>
  golden(
    `policies/readers/${name}.txt`,
    rows
      .map(
        ([title, found]) =>
          `${title.length > 200 ? `${title.slice(0, 40)}… (${title.length})` : title.replaceAll("\n", "\\n")}\n  → ${found.replaceAll("\n", "\\n")}\n`,
      )
      .join(""),
  );

describe("What the parts of the readers make", () => {
  test("of references", () => {
    written(
      "references",
      references.map((text) => [text, json(image(text))]),
    );
  });

  test("of data that names images", () => {
    written(
      "named-images",
      imageData.map((value) => [
        json(value),
        referencesIn(properties(value))
          .map(({ path, text, certain }) => `${text} at ${path}${certain ? " (certain)" : ""}`)
          .join(" | "),
      ]),
    );
  });

  test("of ranges", () => {
    written(
      "ranges",
      ranges.map((text) => [
        text,
        json({
          valid: Ranges.valid(text),
          address: Ranges.isAddress(text),
          private: Ranges.isPrivate(text),
          everything: Ranges.isEverything(text),
          contains: ranges.filter((other) => Ranges.contains(text, other)),
          overlaps: ranges.filter((other) => Ranges.overlap(text, other)).length,
          coveredByHalves: Ranges.covers(["10.0.0.0/9", "10.128.0.0/9", "fd00::/9", "fd80::/9"], text),
          coveredByHalf: Ranges.covers(["10.0.0.0/9", "fd00::/9"], text),
        }),
      ]),
    );
  });

  test("of packed texts", () => {
    const plain = (text: string | symbol | undefined): string => String(text ?? "nothing");
    written(
      "packed",
      packed.map((text) => {
        const { leaves, unread } = read(text);
        return [
          text,
          `${plain(unpack(text))} / ${plain(unpack(text, true))} / ${leaves.map((leaf) => `${leaf.path}=${leaf.text}`).join(" ; ")} / ${unread.join()}`,
        ];
      }),
    );
  });

  test("of data", () => {
    written(
      "data",
      data.map((text) => [text, json(parsed(text))]),
    );
  });

  test("of containers", () => {
    written(
      "containers",
      containers.flatMap(([title, ...given]) =>
        given.map((one) => [title, json(containersOf(reading(subject(one))))] as const),
      ),
    );
  });

  test.each<Value>(["containers", 1, null, undefined, unknown])("of no containers in %p", (value) => {
    expect(containersIn(value)).toEqual([]);
  });

  test("of containers of known services, with and without what they have to have", () => {
    const rows = serviceFacts.flatMap((service) =>
      (["leaks", "media", "speech"] as const).flatMap((purpose) =>
        service[purpose].flatMap((row) => ("image" in row ? [{ service, purpose, row }] : [])),
      ),
    );
    written(
      "demands",
      rows.flatMap(({ service, purpose, row }, i) => {
        const [key = "A", value = "on"] = row.equals ?? [row.without ?? Object.keys(row.needs ?? {})[0]];
        const set = row.when === undefined ? [] : [[row.when, "true"] as const];
        return [[], [[key, value]], [[key, "false"]], [[key, "x"]], [[key, ""]]].map((more) => {
          const environment = [...set, ...more.map(([name = "", text = ""]) => [name, text] as const)];
          const container = {
            path: "a",
            image: `${service.folders[0] ?? "a"}/${row.image}`,
            environment: new Map(environment),
            sources: [],
            command: "",
            hostPorts: [],
          };
          const found = demands(container, purpose).flatMap((one) =>
            "found" in one ? [`${one.found}; ${one.action}`] : [],
          );
          return [`${i} ${container.image} ${purpose} ${json(environment)}`, found.join(" | ") || "met"] as const;
        });
      }),
    );
  });

  test("of files of known services, with and without what they have to say", () => {
    const values = [undefined, "", "x", "a.example.ch", true, false, [], ["a.example.ch"]];
    written(
      "file-demands",
      serviceFacts.flatMap(({ service, files = {}, ...rows }) =>
        (["leaks", "media", "speech"] as const).flatMap((purpose) =>
          rows[purpose].flatMap((row) =>
            "file" in row
              ? values.map((value) => {
                  const told = Object.fromEntries((files[row.file] ?? []).map((key) => [key, {}]));
                  const nested = row.key
                    .split(".")
                    .reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Readonly<
                    Record<string, unknown>
                  >;
                  const found = demandsIn(reading(subject(text(JSON.stringify({ ...told, ...nested })))), purpose)
                    .flatMap((one) => ("found" in one ? [`${one.found}; ${one.action}`] : []))
                    .filter((one) => one.startsWith(`${row.key} `));
                  return [`${service} ${row.file} ${row.key} ${json(value)}`, found.join(" | ") || "met"] as const;
                })
              : [],
          ),
        ),
      ),
    );
  });

  test("of a key that would set the prototype: a key like others", () => {
    const made = properties(JSON.parse('{"__proto__": {"a": 1}, "b": 2}') as object);
    expect(Object.keys(made)).toEqual(["__proto__", "b"]);
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
  });

  test("of policies that close pods", () => {
    const all = pods.map((pod) => podsOf(subject(pod)));
    written("walls", [
      ...all.map(
        (one, i) =>
          [pods[i]?.type ?? "", json(one === undefined ? undefined : { ...one, subject: undefined })] as const,
      ),
      ...walls.flatMap(([title, ...given]) =>
        given.map((one) => {
          const built = wallsOf(subject(one));
          const open = all.map((of) => (of === undefined ? "-" : openWays(of, built).join("+") || "closed"));
          return [title, `${built.length}: ${open.join(", ")}`] as const;
        }),
      ),
    ]);
  });
});
