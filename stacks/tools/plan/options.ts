import { parseArgs } from "node:util";
import type { CapacityArgs, ConferenceService } from "../../../components/planner";
import { validate } from "../../../components/core/errors";

export const help = `npm run plan -- --participants N --rooms N --region CODE [options]

Plans conferences before anything is made: machines, bandwidth, list prices, the tier that fills first, the hosts and copies on each way of media, and the
delay between users. It contacts nobody. It ends with 0, or with 2 where it was asked for something that cannot be.

  --participants N      participants at once, over all rooms
  --rooms N             rooms at once
  --region CODE         a location of Hetzner or a zone of Exoscale: fsn1, ch-gva-2
  --also CODE=N         participants who have media hosts in another location of the same network; may be given several times (jitsi)
  --service NAME        jitsi, bigbluebutton or openvidu (default: jitsi)
  --recordings N        recordings by servers at once (default: 0)
  --users CITIES        cities of the users, separated by commas (default: the region's own)
  --end-to-end          rooms are encrypted end to end: Jitsi alone
  --per-host N          participants that one bridge, meeting server or media server carries (default: 100; 200 for bigbluebutton)
  --type ROLE=TYPE      machine type of gateway, controlPlane, application, media or data; may be given several times
  --hours N             hours of a month in which all participants are there (default: 160)
  --json                data instead of text
  --help                this text
`;

/** Options of a plan. */
export interface Options {
  readonly args: CapacityArgs;
  readonly json: boolean;
}

/**
 * Reads the command line.
 *
 * @returns "help" where it is asked for.
 * @throws RangeError with every problem.
 */
export function options(args: readonly string[]): Options | "help" {
  const values = parsed(args);
  if (values.help === true) return "help";
  const { region = "", users, service, json = false } = values;
  const maybe = (value: string | undefined) => (): number | undefined =>
    value === undefined ? undefined : whole(value);
  const read = validate({
    "--participants": () => whole(values.participants),
    "--rooms": () => whole(values.rooms),
    "--recordings": maybe(values.recordings),
    "--per-host": maybe(values["per-host"]),
    "--hours": maybe(values.hours),
    "--type": () => types(values.type ?? []),
    "--also": () => also(values.also ?? []),
  });
  const [recordings, perHost, hours] = [read["--recordings"], read["--per-host"], read["--hours"]];
  return {
    json,
    args: {
      participants: read["--participants"],
      rooms: read["--rooms"],
      region,
      machineTypes: read["--type"],
      regions: read["--also"],
      // Its own words say which there are.
      ...(service === undefined ? {} : { service: service as ConferenceService }),
      ...(recordings === undefined ? {} : { recordings }),
      ...(users === undefined ? {} : { users: users.split(",") }),
      ...(values["end-to-end"] === true ? { confidentiality: "end-to-end" } : {}),
      ...(perHost === undefined ? {} : { participantsPerHost: perHost }),
      ...(hours === undefined ? {} : { hoursPerMonth: hours }),
    },
  };
}

/** Digits only: "1e3", "0x10" and "" are numbers to JavaScript. */
function whole(value: string | undefined): number {
  if (value === undefined || !/^\d{1,9}$/.test(value))
    throw new RangeError(
      `expected a whole number, got ${value === undefined ? "nothing" : JSON.stringify(value)}; see --help`,
    );
  return Number(value);
}

const also = (values: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    values.map((value) => {
      const [, code, many] = /^([^=]+)=(.*)$/.exec(value) ?? [];
      if (code === undefined)
        throw new RangeError(`expected CODE=N, got ${JSON.stringify(value)}; give it like hel1=150`);
      return [code, whole(many)];
    }),
  );

const types = (values: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    values.map((value) => {
      const at = value.indexOf("=");
      if (at < 1) throw new RangeError(`expected ROLE=TYPE, got ${JSON.stringify(value)}; give it like media=ccx43`);
      return [value.slice(0, at), value.slice(at + 1)];
    }),
  );

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        participants: { type: "string" },
        rooms: { type: "string" },
        region: { type: "string" },
        also: { type: "string", multiple: true },
        users: { type: "string" },
        "end-to-end": { type: "boolean" },
        service: { type: "string" },
        recordings: { type: "string" },
        "per-host": { type: "string" },
        type: { type: "string", multiple: true },
        hours: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new RangeError(
      `expected known options, got ${(error as Error).message.split(". ")[0] ?? "others"}; see --help`,
    );
  }
}
