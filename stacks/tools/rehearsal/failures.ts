import { fields, Plain, text } from "./report/plain";
import { resourceOf } from "./report/rules";

/** One error, with its resource. */
export interface Failure {
  /** "" where it is about no resource. */
  readonly urn: string;
  readonly resource: string;
  readonly type: string;
  readonly message: string;
}

/** Errors that the engine printed, without its closing lines and without repetitions. */
export function failuresOf(events: readonly unknown[]): readonly Failure[] {
  const all = events.flatMap((event): Failure[] => {
    const diagnostic = fields(fields(event as Plain)["diagnosticEvent"]);
    const message = (text(diagnostic["message"]) ?? "").replace(/<\{%[^%]*%\}>/g, "").trim();
    if (
      diagnostic["severity"] !== "error" ||
      message === "" ||
      /^((update|preview|destroy|refresh) failed|context canceled)$/.test(message)
    )
      return [];
    const urn = text(diagnostic["urn"]) ?? "";
    return [{ urn, ...resourceOf(urn), message: withoutStack(message) }];
  });
  return all.filter(
    (failure, i) =>
      all.findIndex((other) => other.resource === failure.resource && other.message === failure.message) === i,
  );
}

/** Lines of a JavaScript stack say nothing to an operator. */
const withoutStack = (message: string): string =>
  message
    .replace(/^Unhandled exception: (?=RangeError|RunError|ResourceError)\w+: /, "")
    .split("\n")
    .filter(
      (line) =>
        !/^\s+at .*(:\d+:\d+\)?|<anonymous>\)?)$/.test(line) &&
        !/^\s+at (async )?(Object|Module|processTicks)/.test(line),
    )
    .join("\n")
    .trim();

/** A known problem of the machinery around a deployment, as one sentence; undefined for an unknown text. */
export function explained(output: string, stack: string): string | undefined {
  const locked = /created by (\S+) \(pid (\d+)\) at (\S+)/.exec(output);
  if (/currently locked by/.test(output))
    return `expected no other deployment of "${stack}", got one${locked === null ? "" : ` by ${locked[1]} in process ${locked[2]} since ${locked[3]}`}; wait for it to end`;
  if (/incorrect passphrase|passphrase must be set/.test(output))
    return `expected the passphrase with which the state of "${stack}" was encrypted, got another; set PULUMI_CONFIG_PASSPHRASE to it`;
  if (/no space left on device/i.test(output))
    return `expected room for the state of "${stack}", got a full disk; free some and run again`;
  if (/permission denied/i.test(output))
    return `expected files that can be written, got "permission denied"; check the owner of the folder of "${stack}"`;
  return undefined;
}
