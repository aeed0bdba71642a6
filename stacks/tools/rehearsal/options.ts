import { parseArgs } from "node:util";
import { invalid } from "../../../components/core/errors";
import { profiles } from "../../../policies/profiles";
import { configKeys, ofCloud, stackOwned } from "./config-keys";

/** Options of a rehearsal. */
export interface Options {
  readonly help: boolean;
  readonly stack: string;
  /** Configuration that overrides the stack file for this run, by full key. */
  readonly set: Readonly<Record<string, string>>;
  readonly destroy: boolean;
  /** True if data is destroyed too. */
  readonly withData: boolean;
  /** True to refresh first: compare the state with the clouds. */
  readonly refresh: boolean;
  /** An object that a cloud has and the state has not: type, name in the program, id at the provider. */
  readonly adopt: Adoption | undefined;
  /** Output folder of the rehearsal. */
  readonly out: string;
}

export interface Adoption {
  readonly type: string;
  readonly name: string;
  readonly id: string;
}

/** The part of a stack file that the command line needs. */
export interface StackFile {
  readonly name: string;
  readonly blueprint: string;
  readonly cloud: string;
}

export const usage = `npm start [-- BLUEPRINT] [-- options]

  Rehearses a blueprint on simulated clouds: preview, policies, deployment, report. No account is needed.

  BLUEPRINT            what to deploy (default: crisis)
  --stack NAME         stack of the blueprint, as in stacks/Pulumi.NAME.yaml (default: crisis-hetzner)
  --set KEY=VALUE      configuration for this run, as often as needed: --set sovereign-uc:location=nbg1
  --profile PROFILE    swiss, european or strict: how much residual exposure is acceptable
  --refresh            first compares the state with the clouds, then corrects the differences
  --adopt TYPE=NAME=ID takes an object that a broken deployment left behind into the state
  --destroy            removes everything but protected data
  --with-data STACK    with --destroy: removes data too; the stack's name has to be typed again
  --out FOLDER         where state, event log, rendered files and report go (default: out)
  --help               prints this`;

/**
 * Reads the command line.
 *
 * @param files existing stacks.
 * @throws RangeError with every problem on a line of its own.
 */
export function options(argv: readonly string[], files: readonly StackFile[]): Options {
  const { values, positionals } = parsed(argv);
  const problems: string[] = [];
  const attempt = <T>(parse: () => T, fallback: T): T => {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push(error.message);
      return fallback;
    }
  };

  const help = values.help ?? false;
  const stack = attempt(() => chosen(positionals, values.stack, files), { name: "", blueprint: "", cloud: "" });
  const set: Record<string, string> = {};
  for (const text of values.set ?? []) attempt(() => setting(text, stack, set), undefined);
  if (values.profile !== undefined) attempt(() => (set["sovereign-uc:profile"] = profile(values.profile)), "");
  const destroy = values.destroy ?? false;
  const besides = ["set", "profile", "refresh", "adopt"]
    .filter((name) => Object.hasOwn(values, name))
    .map((name) => `--${name}`);
  if (destroy && besides.length > 0)
    problems.push(
      invalid(
        "--destroy without other changes",
        besides.join(", "),
        "destroy the stack, or deploy it with other settings",
      ).message,
    );
  const typed = values["with-data"];
  if (typed !== undefined && !destroy)
    problems.push(invalid("--with-data together with --destroy", "--with-data alone", "add --destroy").message);
  if (typed !== undefined && stack.name !== "" && typed !== stack.name)
    problems.push(
      invalid(
        `the name of the stack after --with-data, "${stack.name}"`,
        typed,
        "type it exactly: its data would be lost for good",
      ).message,
    );
  const adopt = values.adopt === undefined ? undefined : attempt(() => adoption(values.adopt), undefined);
  if (problems.length > 0 && !help) throw new RangeError(problems.join("\n"));
  return {
    help,
    stack: stack.name,
    set,
    destroy,
    withData: typed !== undefined,
    refresh: values.refresh ?? false,
    adopt,
    out: values.out ?? "out",
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        stack: { type: "string", short: "s" },
        set: { type: "string", multiple: true },
        profile: { type: "string" },
        refresh: { type: "boolean" },
        adopt: { type: "string" },
        destroy: { type: "boolean" },
        "with-data": { type: "string" },
        out: { type: "string" },
      },
    });
  } catch (error) {
    // Node's first sentence names the option; the rest explains Node's parser.
    const [said = ""] = (error as Error).message.split(". ");
    throw invalid("options as --help prints them", said.replace(/\.$/, ""), "correct the command line");
  }
}

function chosen(positionals: readonly string[], wanted: string | undefined, files: readonly StackFile[]): StackFile {
  const [blueprint, ...more] = positionals;
  if (more.length > 0) throw invalid("one blueprint", positionals.join(" "), "rehearse one after the other");
  const blueprints = [...new Set(files.map((file) => file.blueprint))];
  if (blueprint !== undefined && !blueprints.includes(blueprint))
    throw invalid(`a blueprint out of ${blueprints.join(", ")}`, blueprint, "choose one of them");
  const of = files.filter((file) => file.blueprint === (blueprint ?? file.blueprint));
  const name = wanted ?? of.find((file) => file.name === `${blueprint ?? "crisis"}-hetzner`)?.name ?? of[0]?.name;
  const found = of.find((file) => file.name === name);
  if (found === undefined)
    throw invalid(
      `a stack${blueprint === undefined ? "" : ` of ${blueprint}`} out of ${of.map((file) => file.name).join(", ")}`,
      name,
      "choose one of them, or add its file to stacks/",
    );
  return found;
}

function setting(text: string, stack: StackFile, set: Record<string, string>): void {
  const [, key, value] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined)
    throw invalid("--set KEY=VALUE", text, 'give both, as in "sovereign-uc:location=nbg1"');
  const known = configKeys[key];
  if (known === undefined)
    throw invalid(`a configuration key out of ${Object.keys(configKeys).join(", ")}`, key, "correct the key");
  if (stackOwned.includes(key))
    throw invalid(`a setting that may vary within the stack "${stack.name}"`, key, "take another stack with --stack");
  if (known === "secret")
    throw invalid(
      "no secret on the command line, where other users of the machine can read it",
      key,
      "a rehearsal makes a certificate of its own",
    );
  const cloud = ofCloud[key];
  if (cloud !== undefined && stack.cloud !== "" && cloud !== stack.cloud)
    throw invalid(
      `a setting of ${stack.cloud}, the cloud of "${stack.name}"`,
      key,
      `take a stack on ${cloud} with --stack`,
    );
  if (known === "data") structured(key, value);
  set[key] = value;
}

function structured(key: string, value: string): void {
  try {
    JSON.parse(value);
  } catch {
    throw invalid(`JSON as the value of ${key}`, value, `give it like ${key}='["203.0.113.0/24"]'`);
  }
}

function profile(value: string | undefined): string {
  if (value === undefined || !Object.hasOwn(profiles, value))
    throw invalid(`a profile out of ${Object.keys(profiles).join(", ")}`, value, "choose one of them");
  return value;
}

function adoption(text: string | undefined): Adoption {
  const [, type, name, id] = /^([^=\s]+:[^=\s]+)=([^=\s]+)=([^=\s]+)$/.exec(text ?? "") ?? [];
  if (type === undefined || name === undefined || id === undefined)
    throw invalid("--adopt TYPE=NAME=ID", text, "copy the line that the broken deployment printed");
  return { type, name, id };
}
