import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { settings, type Settings } from "../../../policies/settings";
import { exemptions, facts } from "../audit/options";

/** Kinds of input, by their options. */
export const inputs = ["events", "state", "folder"] as const;

/** Options of a bundle of evidence. */
export interface Options {
  readonly input: { readonly kind: (typeof inputs)[number]; readonly path: string };
  readonly out: string;
  /** Settings for a given day of the judgement; the default is today. */
  readonly settings: (day?: string) => Settings;
  readonly reasons: Readonly<Record<string, string>>;
  /** Time of the judgement of a folder, in ISO 8601. */
  readonly at: string | undefined;
  readonly sign: string | undefined;
}

export const help = `npm run evidence -- (--events FILE | --state FILE | --folder FOLDER) --out FOLDER [options]

Turns what the policy packs proved into files for an auditor: the register of technical measures (GDPR Art. 32) and the matrix of NIS-2 Art. 21(2) in English, German and French;
Swiss data protection, AI Act, Cloud Sovereignty Framework, suppliers and external endpoints (evidence.md, .html, .json); SARIF 2.1.0; JUnit; OSCAL assessment results.
What nothing proves is written as "no proof". The same input and options give the same bytes. It ends with 0 where the files were written, whatever they say, and with 2 where it
was asked wrongly, and then writes nothing.

  --events FILE      log of an operation: pulumi up --policy-pack policies --event-log FILE
  --state FILE       output of pulumi stack export; it is judged by the complete pack
  --folder FOLDER    manifests, rendered charts, compose files and cloud-init, judged as by npm run audit; needs --at
  --at TIME          time of the judgement of a folder, as 2026-11-30T12:00:00Z; exemptions are judged on the day of the input
  --out FOLDER       folder to write; it must be new, or hold a bundle, which is replaced
  --reasons FILE     reasons for or against end-to-end encryption, as JSON: { "name of the component": "sentence" }
  --sign KEY         private SSH key that signs the list of digests (SHA256SUMS.sig); with an Ed25519 or RSA key the same input gives the same signature
  --profile NAME     swiss, european or strict (default: european); a log says its own
  --own DOMAIN       a domain of your own; may be given several times; those of a log count, too
  --isolated RANGE   a range of mail, directory and file services; may be given several times; not for a log
  --facts FILE       rows of the tables that you have reviewed, as for npm run audit
  --exemptions FILE  exemptions that two persons have signed; not for a log, which says its own
  --signers FILE     whose signatures count; needed with exemptions
  --help             this text

An auditor checks a bundle with sha256sum -c SHA256SUMS, and its signature with
ssh-keygen -Y verify -f ALLOWED_SIGNERS -I NAME -n sovereign-uc-evidence -s SHA256SUMS.sig < SHA256SUMS
`;

/**
 * Reads the command line.
 *
 * @returns "help" where it is asked for.
 * @throws RangeError with what is wrong.
 */
export function options(args: readonly string[]): Options | "help" {
  const values = parsed(args);
  if (values.help === true) return "help";
  const given = inputs.filter((kind) => values[kind] !== undefined);
  const [kind] = given;
  const path = kind === undefined ? undefined : values[kind];
  if (kind === undefined || path === undefined || given.length > 1)
    throw new RangeError(
      `expected one of --events, --state and --folder, got ${given.length === 0 ? "none" : given.map((one) => `--${one}`).join(" and ")}; see --help`,
    );
  if (values.out === undefined) throw new RangeError("expected a folder to write, got none; give --out FOLDER");
  const unfit = (["profile", "isolated", "exemptions", "signers"] as const).filter(
    (name) => values[name] !== undefined,
  );
  if (kind === "events" && unfit.length > 0)
    throw new RangeError(
      `expected no --${unfit.join(", no --")} with --events, since the log says under which settings it was judged; leave it out`,
    );
  if ((kind === "folder") !== (values.at !== undefined))
    throw new RangeError(
      kind === "folder"
        ? "expected the time of the judgement with --folder, got none; give --at like 2026-11-30T12:00:00Z"
        : `expected no --at with --${kind}, which says its own time; leave it out`,
    );
  return {
    input: { kind, path },
    out: values.out,
    sign: values.sign,
    at: values.at === undefined ? undefined : time(values.at),
    reasons: values.reasons === undefined ? {} : reasons(values.reasons),
    settings: (day) =>
      settings(
        {
          ...(values.profile === undefined ? {} : { profile: values.profile }),
          ...(values.own === undefined ? {} : { ownDomains: values.own }),
          ...(values.isolated === undefined ? {} : { isolated: values.isolated }),
          ...(values.facts === undefined ? {} : { facts: facts(values.facts) }),
          ...exemptions(values.exemptions, values.signers),
        },
        {},
        day,
      ),
  };
}

function time(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new RangeError(
      `expected a time in UTC as --at, got ${JSON.stringify(text)}; give one like 2026-11-30T12:00:00Z`,
    );
  return new Date(text).toISOString();
}

function reasons(file: string): Readonly<Record<string, string>> {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new RangeError(
      `expected JSON in ${file}, got none that can be read; give { "name of the component": "sentence" }`,
    );
  }
  const isMap = typeof read === "object" && read !== null && !Array.isArray(read);
  const wrong = isMap
    ? Object.entries(read as object).find(
        ([, value]) => typeof value !== "string" || value.trim().length < 20 || value.length > 1000,
      )
    : ["", read];
  if (wrong !== undefined)
    throw new RangeError(
      `expected a sentence of 20 to 1000 characters for each component in ${file}, got ${JSON.stringify(wrong[1]) ?? "nothing"}${wrong[0] === "" ? "" : ` for ${String(wrong[0])}`}; correct it`,
    );
  return read as Readonly<Record<string, string>>;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        events: { type: "string" },
        state: { type: "string" },
        folder: { type: "string" },
        at: { type: "string" },
        out: { type: "string" },
        reasons: { type: "string" },
        sign: { type: "string" },
        profile: { type: "string" },
        own: { type: "string", multiple: true },
        isolated: { type: "string", multiple: true },
        facts: { type: "string" },
        exemptions: { type: "string" },
        signers: { type: "string" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new RangeError(
      `expected known options, got ${(error as Error).message.split(". ")[0] ?? "others"}; see --help`,
    );
  }
}
