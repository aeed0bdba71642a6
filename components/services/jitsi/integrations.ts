import { invalid } from "../../core/errors";
import type { JitsiPlan } from "./plan";

/** Settings by which other services use this Jitsi for their calls. */
export interface JitsiWidget {
  readonly domain: string;
  /** Part of Element's `config.json`. Without it Element takes a server of its makers'. */
  readonly element: { readonly jitsi: { readonly preferred_domain: string } };
  /** Part of `/.well-known/matrix/client` of a homeserver, for Element on the web and, by its former name, on telephones. */
  readonly wellKnown: Readonly<
    Record<"io.element.jitsi" | "im.vector.riot.jitsi", { readonly preferredDomain: string }>
  >;
  /** Settings of Nextcloud's app `jitsi`, for `occ config:app:set jitsi KEY --value=VALUE`. Without a secret, people log in as everywhere else. */
  readonly nextcloud: { readonly app: "jitsi"; readonly settings: Readonly<Record<string, string>> };
}

/**
 * The values for other services. Those that show a room inside a page of theirs have to be among the plan's `embeddedBy`, or browsers show nothing.
 *
 * | claim | where | revision |
 * |---|---|---|
 * | `jitsi.preferred_domain`; `io.element.jitsi`, before it `im.vector.riot.jitsi`, with `preferredDomain` | matrix-react-sdk 3.114.0 src/widgets/Jitsi.ts | 3.114.0 |
 * | keys of the app; `display_join_using_the_jitsi_app`, on by default, leads to app stores | nextcloud/jitsi lib/Config/Config.php | 12b762d |
 */
export const jitsiWidget = ({ domain }: Pick<JitsiPlan, "domain">): JitsiWidget => ({
  domain,
  element: { jitsi: { preferred_domain: domain } },
  wellKnown: {
    "io.element.jitsi": { preferredDomain: domain },
    "im.vector.riot.jitsi": { preferredDomain: domain },
  },
  nextcloud: {
    app: "jitsi",
    settings: {
      jitsi_server_url: `https://${domain}/`,
      help_link: `https://${domain}/`,
      display_join_using_the_jitsi_app: "0",
    },
  },
});

/** An invitation to a room, for calendars and mail. */
export interface Invitation {
  readonly url: string;
  /** Text without numbers to dial: there are none. */
  readonly text: string;
  /** Properties of an event in iCalendar (RFC 5545; `CONFERENCE` is RFC 7986), to go between DTSTART and END. */
  readonly calendar: string;
}

/**
 * The invitation to a room.
 *
 * @throws RangeError for a room that no address can have.
 *
 * @example
 * const meetings = planJitsi({ name: "meetings", domain: "meet.crisis.example.ch", participants: 200 });
 * const { url, calendar } = invitation(meetings, "situation-report");
 */
export function invitation({ domain }: Pick<JitsiPlan, "domain">, room: string): Invitation {
  // The web server takes these characters for something else in a path.
  if (
    typeof room !== "string" ||
    room.trim() !== room ||
    room === "" ||
    room.length > 100 ||
    /[/?&:'"#%<>\p{Cc}]/u.test(room)
  )
    throw invalid("a room of 1 to 100 characters without / ? & : ' \" # % < >", room, "rename it");
  const url = `https://${domain}/${encodeURIComponent(room)}`;
  return {
    url,
    text: `Join in a browser: ${url}\n\nNo program has to be installed. There is no number to dial.\n`,
    calendar: [
      `CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO;LABEL=Join in a browser:${url}`,
      `LOCATION:${escaped(url)}`,
      `URL:${url}`,
    ]
      .map(folded)
      .join("\r\n"),
  };
}

/** Text of a property (RFC 5545, 3.3.11). */
const escaped = (text: string): string => text.replace(/[\\;,]/g, (found) => `\\${found}`);

/** A line of at most 75 bytes, and what is longer on further lines (RFC 5545, 3.1). All of it is ASCII. */
const folded = (line: string): string => line.match(/^.{1,75}|.{1,74}/g)?.join("\r\n ") ?? line;
