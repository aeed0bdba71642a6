import { aiProviders } from "../../policies/facts/ai";
import { choices } from "../../policies/facts/choices";
import type { ContainerFact, FileFact, ServiceFacts } from "../../policies/facts/container-fact";
import { serviceFacts } from "../../policies/facts/containers";
import { memberWords } from "../../policies/facts/keys";
import { placeProperties } from "../../policies/facts/places";
import { portNames } from "../../policies/facts/ports";
import { imageWords, keyWords } from "../../policies/facts/programs";
import { backupWords, remoteWords, schemeWords, thanosWords } from "../../policies/facts/words";
import { kubernetes, nested, pod, type Probe, type Probed, text, whole } from "./probe";
import { commandsThatAreSet, mediaLines, modelNames, variableEnds, variablesThatChoose } from "./probe-commands";

const own = "https://own.crisis.example.ch";

/** A pod with variables. */
const env = (variables: Readonly<Record<string, string>>, image?: string): Probed =>
  pod({
    env: Object.entries(variables).map(([name, value]) => ({ name, value })),
    ...(image === undefined ? {} : { image }),
  });

/** The words of a row before the one that leads elsewhere, which stands last. */
const apart = (words: readonly string[]): readonly [words: readonly string[], led: string] => [
  words.slice(0, -1),
  words.at(-1) ?? "",
];

/** A remote in a file of rclone's: `s3 AWS` is a provider of its type `s3`. */
const remote = (words: readonly string[]): Probed =>
  text(words[0] === "s3" ? `[a]\ntype = s3\nprovider = ${words[1] ?? ""}\n` : `[a]\ntype = ${words.join(" ")}\n`);

const rowsOf = ({ leaks, media, speech }: ServiceFacts): readonly (ContainerFact | FileFact)[] => [
  ...leaks,
  ...media,
  ...speech,
];

const variablesOf = ({ needs = {}, equals, without, when }: ContainerFact): readonly string[] => [
  ...Object.keys(needs),
  ...(equals === undefined ? [] : [equals[0]]),
  ...(without === undefined ? [] : [without]),
  ...(when === undefined ? [] : [when]),
];

/** Images of services, each alone and with each variable that a row names, switched on: under a folder of the service, and under another. */
const demanded: readonly string[] = serviceFacts.flatMap((service) =>
  rowsOf(service)
    .filter((row): row is ContainerFact => "image" in row)
    .flatMap((row) =>
      [...service.folders, "mirror"].flatMap((folder) =>
        ["-", ...variablesOf(row)].map((variable) => `${folder} ${row.image} ${variable}`),
      ),
    ),
);

/** Files of services, each with one key of a row, and with none. */
const files: readonly string[] = serviceFacts.flatMap((service) =>
  Object.entries(service.files ?? {}).flatMap(([name, keys]) =>
    ["-", ...rowsOf(service).flatMap((row) => ("file" in row && row.file === name ? [row.key] : []))].map(
      (key) => `${keys.join(",")} ${key}`,
    ),
  ),
);

/** Words that choose a service by a scheme, a model, a port or a variable, and what leads a chosen service elsewhere. */
export const chosenElsewhere: Readonly<Record<string, Probe>> = {
  scheme: {
    words: schemeWords.map(({ word }) => word),
    make: (word = "") => text(`target = ${word}://a/b\n`),
  },
  repository: {
    words: backupWords.map(({ word }) => word),
    make: (word = "") => text(`restic -r ${word}:a/b backup c\n`),
  },
  remote: { words: remoteWords.map(({ word }) => word), make: (...words) => remote(words) },
  "type of store": {
    words: thanosWords.map(({ word }) => word),
    make: (type = "") => text(JSON.stringify({ type, config: { bucket: "a", container: "a" } })),
  },
  "port by name": {
    words: portNames.map(({ name }) => name),
    make: (port = "") =>
      kubernetes("networking.k8s.io/v1:NetworkPolicy", {
        spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ ports: [{ port }] }] },
      }),
  },
  "name of a model": {
    words: modelNames,
    make: (model = "") => text(JSON.stringify({ litellm_params: { model } })),
  },
  "provider of a model": {
    words: aiProviders.map(({ word }) => word),
    make: (provider = "") => text(JSON.stringify({ model: "a", provider })),
  },
  "variable that chooses": { words: variablesThatChoose, make: (name = "", value = "") => env({ [name]: value }) },
  "end of a variable": { words: variableEnds, make: (name = "") => env({ [name]: "a" }) },
  "member led": {
    words: memberWords.flatMap(({ under, key, word, led }) =>
      led.map((to) => `${under} ${key === "" ? "-" : key} ${whole(word)} ${to}`),
    ),
    make: (under = "", key = "", word = "", led = "") =>
      text(
        JSON.stringify({
          [under]: key === "-" ? { [word]: { bucket: "a", [led]: own } } : [{ [key]: word, [led]: own }],
        }),
      ),
  },
  "program set": {
    words: commandsThatAreSet,
    make: (...words) => text(`#!/bin/sh\n${words.join(" ").replace(" ¶ ", "\n")}\n`),
  },
  "image led": {
    words: imageWords.flatMap(({ image, led }) => led.map((to) => `${whole(image)} ${to}`)),
    make: (image = "", led = "") => env({ [led]: own }, `registry.crisis.example.ch/a/${image}:1`),
  },
  "key led": {
    words: keyWords.flatMap(({ variable, led }) => led.map((to) => `${whole(variable)} ${to}`)),
    make: (variable = "", led = "") => env({ [variable]: "a", [led]: own }),
  },
  "choice led": {
    words: choices.flatMap(({ group, kinds: [kind] = ["Thing"], path, word, led }) =>
      led.map((to) => `${group}/v1:${kind ?? ""} ${path} ${whole(word)} ${to}`),
    ),
    make: (...words) => {
      const [[type = "", path = "", word = ""], led] = apart(words);
      const isValue = /\.(type|resolver)$/.test(path);
      const steps = path.split(".");
      return kubernetes(
        type,
        isValue
          ? nested(steps.slice(0, -1), { [steps.at(-1) ?? ""]: word, ...nested(led.split("."), own) })
          : nested(steps, { [word]: nested(led.split("."), own) }),
      );
    },
  },
  "choice of another kind": {
    words: choices
      .filter(
        ({ group, kinds, path }, i) =>
          kinds !== undefined && choices.findIndex((row) => row.group === group && row.path === path) === i,
      )
      .map(({ group, path, word }) => `${group === "" ? "core" : group}/v1:Thing ${path} ${whole(word)}`),
    make: (type = "", path = "", word = "") => {
      const [above = "", annotation] = path.split(/(?<=\.annotations)\./);
      return kubernetes(type, nested(above.split("."), annotation === undefined ? word : { [annotation]: word }));
    },
  },
  "line of media": { words: mediaLines, make: (...words) => text(`a b\n${words.join(" ")}\n`) },
  "property of a place": {
    words: placeProperties.flatMap((property) => [`${property} resource`, `${property} provider`]),
    make: (property = "", where = "") => ({
      type: "scaleway:index/thing:Thing",
      props: where === "resource" ? { [property]: "fr-par" } : {},
      provider: ["scaleway", where === "provider" ? { [property]: "fr-par" } : {}],
    }),
  },
  container: {
    words: demanded,
    make: (folder = "", image = "", variable = "") =>
      env(variable === "-" ? {} : { [variable]: "true" }, `registry.crisis.example.ch/${folder}/${image}:1`),
  },
  "file of a service": {
    words: files,
    make: (keys = "", key = "") =>
      text(
        JSON.stringify({
          ...Object.fromEntries(keys.split(",").map((one) => [one, { a: 1 }])),
          ...(key === "-" ? {} : nested(key.split("."), true)),
        }),
      ),
  },
};
