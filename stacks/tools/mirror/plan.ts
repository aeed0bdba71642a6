import { party } from "./party";
import { size } from "./jobs";

/** One entry that is, or would be, copied. */
export interface Planned {
  /** `image jitsi/jvb:stable-11146-2` */
  readonly what: string;
  readonly bytes: number | undefined;
  /** Address without the part that is already in `what`. */
  readonly from: string;
  /** Host that is contacted, if any. */
  readonly host?: string;
  readonly state: "to copy" | "there already" | "cannot be had";
}

/** Output of a dry run: a line per entry, then the amount per operator. */
export function planText(rows: readonly Planned[]): string {
  const widths = [
    Math.max(...rows.map(({ what }) => what.length)),
    Math.max(...rows.map(({ bytes }) => size(bytes).length)),
    Math.max(...rows.map(({ state }) => state.length)),
  ] as const;
  const lines = rows.map(({ what, bytes, state, from }) =>
    [what.padEnd(widths[0]), size(bytes).padStart(widths[1]), state.padEnd(widths[2]), from].join("  "),
  );
  const copied = rows.filter(({ state }) => state === "to copy");
  const lacking = rows.length - copied.length - rows.filter(({ state }) => state === "there already").length;
  const asked = [...new Set(copied.flatMap(({ host }) => host ?? []))];
  const hosts = asked.map((host) => {
    const of = copied.filter((row) => row.host === host);
    return `  ${host}: ${of.length}, ${total(of)}, controlled by ${party(host)}`;
  });
  return [
    ...lines,
    "",
    `${copied.length} to copy, ${total(copied)}${hosts.length === 0 ? "." : ", from"}`,
    ...hosts,
    ...(hosts.length === 0
      ? []
      : ["The controlling party sees what is downloaded, when and by whom, during the copy and never afterwards."]),
    ...(lacking === 0 ? [] : [`${lacking} not available, for the reasons below.`]),
    "",
  ].join("\n");
}

/** Sum of the sizes that are known. */
export function total(rows: readonly Pick<Planned, "bytes">[]): string {
  const known = rows.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  const unknown = rows.filter(({ bytes }) => bytes === undefined).length;
  return `${size(known)}${unknown === 0 ? "" : ` and ${unknown} of unknown size`}`;
}
