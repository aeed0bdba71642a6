import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { readEvents } from "../../../policies/evidence/events";
import { type Evidence, resultsOf, type Source } from "../../../policies/evidence/model";
import { readState } from "../../../policies/evidence/state";
import { judgement } from "../../../policies/judge";
import { rules } from "../../../policies/pack";
import { said } from "../../../policies/said";
import type { Settings } from "../../../policies/settings";
import { files, load } from "../audit/load";
import type { Options } from "./options";

/** Evidence from an input, and the settings with which endpoints are looked up. */
export interface Collected {
  readonly evidence: Evidence;
  readonly settings: Settings;
  readonly ownDomains: readonly string[];
}

/** Source of settings that nothing which is judged can change. */
const given = "given on the command line";

/** Reads the input, and judges it where nobody has. @throws RangeError if it cannot be read. */
export function collect({ input: { kind, path }, settings, at }: Options): Collected {
  if (kind === "folder") return ofFolder(path, at ?? "", settings);
  const content = read(path, kind);
  const source = { name: basename(path), digest: digest(content) };
  if (kind === "events") {
    const {
      profile,
      ownDomains,
      kind: operation,
      at: end,
      stack,
      ...logged
    } = readEvents(content.toString("utf8"), rules);
    const own = settings();
    const evidence = {
      ...logged,
      source: { ...source, kind: operation, at: end, stack },
      profile: profile ?? "european",
      rules,
      unread: [],
    };
    return { evidence, settings: own, ownDomains: [...new Set([...ownDomains, ...own.ownDomains])] };
  }
  const { inputs, outputs, at: end, stack } = readState(content.toString("utf8"));
  const own = settings(end.slice(0, 10));
  const results = resultsOf(judgement(rules, inputs, own, { outputs }));
  return judged({ ...source, kind: "state", at: end, stack }, own, { results, resources: inputs, unread: [] });
}

function ofFolder(path: string, at: string, settings: Options["settings"]): Collected {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new RangeError(`expected a folder, got ${JSON.stringify(path)}; give one that exists`);
  const own = settings(at.slice(0, 10));
  const { found, unread } = load(path);
  const resources = found.map(({ subject }) => subject);
  const places = new Map(found.map(({ subject, file, line }) => [subject.urn, { file, line }]));
  const name = basename(resolve(path));
  // The digest of a folder is that of the list of its files with their digests.
  const list = files(path).map((file) => `${digest(readFileSync(file))}  ${relative(path, file)}\n`);
  const source: Source = { kind: "files", name, digest: digest(Buffer.from(list.join(""))), at, stack: name };
  return judged(source, own, { results: resultsOf(judgement(rules, resources, own), places), resources, unread });
}

const judged = (
  source: Source,
  settings: Settings,
  rest: Pick<Evidence, "results" | "resources" | "unread">,
): Collected => ({
  evidence: { source, profile: settings.profile.name, settings: said(settings, given), rules, ...rest },
  settings,
  ownDomains: settings.ownDomains,
});

const digest = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

function read(path: string, kind: string): Buffer {
  try {
    return readFileSync(join(path));
  } catch {
    throw new RangeError(`expected a file as --${kind}, got ${JSON.stringify(path)}; give one that can be read`);
  }
}
