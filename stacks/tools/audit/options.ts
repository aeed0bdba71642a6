import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { settings, type Settings } from "../../../policies/settings";

/** Options of an audit. */
export interface Options {
  readonly folder: string;
  readonly settings: Settings;
  /** Settings as plain data, without exemptions: these are no matter of a single resource's verdict. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly sarif: string | undefined;
}

export const help = `npm run audit -- FOLDER [options]

Judges Kubernetes manifests, rendered charts, compose files and cloud-init in a folder by the rules of the packs, without Pulumi and without an account.
It ends with 1 where a rule finds something or cannot judge it, with 2 where it was asked wrongly, else with 0.

  --profile NAME     swiss, european or strict (default: european)
  --own DOMAIN       a domain of your own; may be given several times
  --isolated RANGE   a range of mail, directory and file services; may be given several times
  --facts FILE       rows of the tables that you have reviewed, as JSON: [{ "host", "party", "country", "nexus", "source", "reviewed" }];
                     "table" names another table than hosts: registries, certificateAuthorities, aiServices, clusters, objectStores, providers, locations,
                     containers
  --exemptions FILE  exemptions that two persons have signed; its signatures stand beside it
  --signers FILE     whose signatures count, as ssh-keygen reads allowed signers; needed with exemptions
  --sarif FILE       writes the findings as SARIF 2.1.0
  --help             this text

Render charts before (helm template), and set variables of compose files: what is a template cannot be judged, and counts as undetermined.
`;

/**
 * Reads the command line.
 *
 * @returns "help" where it is asked for.
 * @throws RangeError with every problem.
 */
export function options(args: readonly string[]): Options | "help" {
  const { values, positionals } = parsed(args);
  if (values.help === true) return "help";
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0)
    throw new RangeError(`expected one folder, got ${positionals.length}; give it like \`npm run audit -- manifests\``);
  const given = {
    ...(values.profile === undefined ? {} : { profile: values.profile }),
    ...(values.own === undefined ? {} : { ownDomains: values.own }),
    ...(values.isolated === undefined ? {} : { isolated: values.isolated }),
    ...(values.facts === undefined ? {} : { facts: facts(values.facts) }),
  };
  return {
    folder,
    sarif: values.sarif,
    settings: settings({ ...given, ...exemptions(values.exemptions, values.signers) }, {}),
    given,
  };
}

/** Setting of the exemptions. @throws RangeError if one of the two files is missing. */
export function exemptions(file: string | undefined, signers: string | undefined): object {
  if (file === undefined && signers === undefined) return {};
  if (file === undefined || signers === undefined)
    throw new RangeError(
      `expected both --exemptions and --signers, got only --${file === undefined ? "signers" : "exemptions"}; give the other one, too`,
    );
  return { exemptions: { file, signers } };
}

/** Rows of the operator's own, from a file. @throws RangeError if it is no JSON. */
export function facts(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new RangeError(`expected JSON in ${file}, got none that can be read; give a list of reviewed rows`);
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        profile: { type: "string" },
        own: { type: "string", multiple: true },
        isolated: { type: "string", multiple: true },
        facts: { type: "string" },
        exemptions: { type: "string" },
        signers: { type: "string" },
        sarif: { type: "string" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new RangeError(
      `expected known options, got ${(error as Error).message.split(". ")[0] ?? "others"}; see --help`,
    );
  }
}
