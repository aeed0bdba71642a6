import { backupWords, remoteWords, schemeWords, thanosWords, type WordFact } from "../facts/words";
import { ofLeaf } from "./leaf";
import { containers } from "./scan";
import { spokenLines } from "./comments";
import { hostOf } from "./hosts";
import { having } from "./keys";
import { remembering } from "./memo";
import type { Reading } from "./text";
import { at, entries, isList, type Value } from "./value";
import type { Chosen } from "./words";

const ours = "use a store of your own, by its endpoint";
const place = (path: string): string => (path === "" ? "" : ` in ${path}`);
const of = (table: readonly WordFact[], word: string): WordFact | undefined => table.find((row) => row.word === word);
const chosen = (row: WordFact | undefined, what: string): readonly Chosen[] =>
  row === undefined ? [] : [{ what, party: row.party, action: ours }];

/** Services that a text chooses by the scheme of a URL, by the word before a repository, or by the type of a remote: `gs://…`, `b2:…`, `type = drive`. */
export function schemesIn(read: Reading): readonly Chosen[] {
  return [
    ...read.texts.flatMap((leaf) => written(leaf)),
    ...containers(read).flatMap(({ path, environment }) =>
      [...environment].flatMap(([name, value]) => (typeof value === "string" ? variable(name, value, path) : [])),
    ),
    ...read.documents.flatMap(({ path, value }) => (hasConfig(value) ? typed(value, path) : [])),
  ];
}

const written = ofLeaf(({ path, text }) => [...urls(text, path), ...backups(text, path), ...remotes(text, path)]);

/** URLs whose scheme is one party's own. */
const urls = (text: string, path: string): readonly Chosen[] =>
  schemes(text).flatMap((row) => chosen(row, `${row.word}://${place(path)}`));

const schemes = remembering((text): readonly WordFact[] => {
  if (!text.includes("://")) return [];
  const found = spokenLines(text).flatMap((line) =>
    !line.includes("://")
      ? []
      : [...line.matchAll(/(?:^|[^a-z0-9+.-])([a-z][a-z0-9+.-]{1,20}):\/\/(?=[\w$<{*])/gi)].flatMap(
          ([, scheme = ""]) => {
            const row = of(schemeWords, scheme.toLowerCase());
            return row === undefined ? [] : [row];
          },
        ),
  );
  return [...new Set(found)];
});

/** The repository of a backup program: the word before the first colon names the service. */
function backups(text: string, path: string): readonly Chosen[] {
  return spokenLines(text).flatMap((line) => {
    const [, word = ""] = /\brestic\b.{0,200}?\s(?:-r|--repo)[\s=]+["']?([a-z0-9]{1,20}):/.exec(line) ?? [];
    return chosen(of(backupWords, word), `a repository of ${word}:${place(path)}`);
  });
}

/** Remotes in a file of rclone's. */
function remotes(text: string, path: string): readonly Chosen[] {
  if (!/^\s{0,8}type\s{0,8}=/m.test(text) || !/^\s{0,8}\[[^\]\n]{1,80}\]/m.test(text)) return [];
  return spokenLines(text).flatMap((line) => {
    const [, key, word = ""] = /^\s{0,8}(type|provider)\s{0,8}=\s{0,8}([A-Za-z][\w ]{0,40}?)\s{0,8}$/.exec(line) ?? [];
    return chosen(remote(key === "type" ? "type" : "provider", word), `the remote ${word}${place(path)}`);
  });
}

const remote = (key: "type" | "provider", word: string): WordFact | undefined =>
  of(remoteWords, key === "type" ? word : `s3 ${word}`);

/** The same by variables: restic's repository, and rclone's remotes. */
function variable(name: string, value: string, path: string): readonly Chosen[] {
  if (name === "RESTIC_REPOSITORY")
    return chosen(
      of(backupWords, value.split(":")[0] ?? ""),
      `a repository of ${value.split(":")[0] ?? ""}:${place(path)}`,
    );
  const [, key] = /^RCLONE_CONFIG_\w{1,80}_(TYPE|PROVIDER)$/.exec(name) ?? [];
  return key === undefined
    ? []
    : chosen(remote(key === "TYPE" ? "type" : "provider", value), `the remote ${value}${place(path)}`);
}

const hasConfig = having((key) => key === "config");

/** Stores that Thanos and its kin name by `type`, beside a `config` with a bucket. */
function typed(value: Value, path: string): readonly Chosen[] {
  if (isList(value)) return value.flatMap((item) => typed(item, path));
  const type = at(value, "type");
  const config = at(value, "config");
  const bucket = ["bucket", "container"].some((key) => at(config, key) !== undefined);
  const endpoint = at(config, "endpoint");
  const led = typeof endpoint === "string" && hostOf(endpoint) !== undefined;
  const row = typeof type === "string" && bucket ? of(thanosWords, type.toUpperCase()) : undefined;
  return [
    ...(row === undefined || (row.word === "S3" && led)
      ? []
      : chosen(row, `a store of type ${row.word}${place(path)}`)),
    ...entries(value).flatMap(([, item]) => typed(item, path)),
  ];
}
