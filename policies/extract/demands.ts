import type { ContainerFact, FileFact, Purpose, ServiceFacts } from "../facts/container-fact";
import { serviceFacts } from "../facts/containers";
import type { Deferred, Finding } from "../rule";
import type { Container } from "./containers";
import { wholeFilesOf } from "./files";
import { image } from "./images";
import { attached, remembering } from "./memo";
import { containers, place } from "./scan";
import type { Reading } from "./text";
import { at, isList, isObject, isOn, unknown, type Value } from "./value";

type Environment = ReadonlyMap<string, string | typeof unknown>;

/** Unmet demands of one purpose in everything that a resource describes: containers, and configuration files of known services. */
export const demandsIn = (
  read: Reading,
  purpose: Purpose,
  services: readonly ServiceFacts[] = serviceFacts,
): readonly (Finding | Deferred)[] => [
  ...containers(read).flatMap((container) => demands(container, purpose, undefined, services)),
  ...fileDemands(read, purpose, services),
];

/**
 * Unmet demands of one purpose on a container: findings, or deferred where an object that the container names may hold the variable.
 *
 * @param resolved variables from the objects that the container names, once they are known.
 */
export function demands(
  container: Container,
  purpose: Purpose,
  resolved?: Environment,
  services: readonly ServiceFacts[] = serviceFacts,
): readonly (Finding | Deferred)[] {
  if (typeof container.image !== "string") return none;
  const rows = rowsOf(services)[purpose](container.image);
  if (rows.length === 0) return none;
  const environment = new Map([...(resolved ?? []), ...container.environment]);
  const open = container.sources.length > 0 && resolved === undefined;
  return rows
    .filter(({ when }) => when === undefined || isOn(environment.get(when)))
    .flatMap((row): readonly (Finding | Deferred)[] => {
      const problem = broken(row, environment);
      if (problem === undefined) return [];
      if (problem.absent && open)
        return [{ deferred: `the environment of ${container.path} comes from another object` }];
      return [finding(row, problem.what, container.path)];
    });
}

const none: readonly Finding[] = [];

const finding = ({ otherwise, action }: ContainerFact | FileFact, what: string, path: string): Finding => ({
  found: `${what}${place(path)}: ${otherwise}`,
  allowed: "no contact to third parties and no unencrypted path",
  action,
});

/** The demands of services on an image, by purpose. */
const rowsOf = attached((services: readonly ServiceFacts[]) => {
  const of = (purpose: Purpose) => remembering((reference) => rowsFor(reference, purpose, services));
  return { leaks: of("leaks"), media: of("media"), speech: of("speech") };
});

function rowsFor(reference: string, purpose: Purpose, services: readonly ServiceFacts[]): readonly ContainerFact[] {
  const parts = image(reference)?.repository.split("/") ?? [];
  const [above, last = ""] = [parts.slice(0, -1), parts.at(-1)];
  return services.flatMap((service) => {
    const { folders, distinct = [] } = service;
    // A mirror may keep the folder in the image's name: `jitsi-jvb` is `jitsi/jvb`.
    const prefix = folders.find((word) => last.startsWith(`${word}-`));
    const name = (prefix === undefined ? last : last.slice(prefix.length + 1)).replace(/^(docker|meet)-/, "");
    const known =
      prefix !== undefined ||
      distinct.includes(name) ||
      above.some((part) => folders.some((word) => part.includes(word)));
    return known ? service[purpose].filter((row): row is ContainerFact => "image" in row && row.image === name) : [];
  });
}

interface Broken {
  readonly what: string;
  /** True if something is missing, false if something is there that must not be. */
  readonly absent: boolean;
}

function broken({ needs = {}, equals, without }: ContainerFact, environment: Environment): Broken | undefined {
  const filled = (key: string): boolean => (environment.get(key) ?? "") !== "";
  if (without !== undefined) {
    const off = !filled(without) || isOff(environment.get(without));
    return off ? undefined : { what: `${without} set`, absent: false };
  }
  if (equals !== undefined) {
    const [key, expected] = equals;
    const value = environment.get(key);
    if (value === unknown || (typeof value === "string" && value.toUpperCase() === expected.toUpperCase()))
      return undefined;
    return { what: `${key} ${filled(key) ? `other than ${expected}` : "not set"}`, absent: !filled(key) };
  }
  const met = Object.entries(needs).some(([key, how]) => {
    const value = environment.get(key);
    return value === unknown || (how === "on" ? isOn(value) : filled(key));
  });
  return met ? undefined : { what: `${Object.keys(needs).join(" and ")} not set`, absent: true };
}

function fileDemands(read: Reading, purpose: Purpose, services: readonly ServiceFacts[]): readonly Finding[] {
  const having = wholeFilesOf(read);
  return fileRowsOf(services)[purpose].flatMap(({ file, keys, rows }): readonly Finding[] => {
    const files = having(keys);
    if (files.length === 0) return none;
    return rows.flatMap((row) =>
      files.flatMap(({ path, value }) => {
        const what = brokenKey(row, at(value, ...row.key.split(".")));
        return what === undefined ? [] : [finding(row, `${what} of ${file}`, path)];
      }),
    );
  });
}

/** The demands of services on their files, by purpose. */
const fileRowsOf = attached((services: readonly ServiceFacts[]) => {
  const of = (purpose: Purpose) =>
    services.flatMap((service) =>
      Object.entries(service.files ?? {}).flatMap(([file, keys]) => {
        const rows = service[purpose].filter((row): row is FileFact => "file" in row && row.file === file);
        return rows.length === 0 ? [] : [{ file, keys, rows }];
      }),
    );
  return { leaks: of("leaks"), media: of("media"), speech: of("speech") };
});

const isOff = (value: Value): boolean =>
  value === false ||
  value === 0 ||
  (typeof value === "string" && ["0", "false", "no", "off"].includes(value.toLowerCase()));

function brokenKey({ key, must, absent }: FileFact, value: Value): string | undefined {
  if (value === unknown) return undefined;
  if (value === undefined) return absent === "accepted" ? undefined : `${key} not set`;
  const empty =
    value === null ||
    value === "" ||
    (isList(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0);
  if (must === "set") return empty ? `${key} empty` : undefined;
  if (must === "empty") return empty ? undefined : `${key} not empty`;
  return empty || isOff(value) ? undefined : `${key} switched on`;
}
