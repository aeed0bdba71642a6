import { exampleDeployment, exampleGuards } from "../examples";
import { anonymousSignIn, guestHost, openMeetingLines, openMeetings } from "../facts/meetings";
import type { Finding, Rule } from "../rule";
import { spokenLines } from "../extract/comments";
import { remembering } from "../extract/memo";
import { place } from "../extract/scan";
import { type Found, judgeSourced, judgeSwitches, type Switches } from "../extract/switches";
import { ofLeaf } from "../extract/leaf";
import type { Reading } from "../extract/text";

const switches: Switches = {
  rows: openMeetings,
  lines: openMeetingLines,
  allowed: "rooms that people with an account open, and in which everybody else waits to be let in",
};

const image = (name: string): string =>
  `registry.crisis.example.ch/jitsi/${name}@sha256:${"0123456789abcdef".repeat(4)}`;
const signalling = (allowEmpty: string) =>
  exampleDeployment({
    image: image("prosody"),
    env: [
      { name: "ENABLE_AUTH", value: "1" },
      { name: "AUTH_TYPE", value: "jwt" },
      { name: "ENABLE_GUESTS", value: "1" },
      { name: "JWT_ALLOW_EMPTY", value: allowEmpty },
    ],
  });

/** UC-IDN-003: a meeting is nobody's but those who were let in. */
export const meetingDefaults: Rule = {
  id: "UC-IDN-003",
  name: "meeting-defaults",
  title: "Rooms are opened by people who signed in, guests wait until they are let in, and nobody records unseen.",
  rationale:
    "Names of rooms are guessed and links are passed on. Where anybody opens a room, a stranger is its moderator; where guests enter at once, a stranger listens before anybody looks; and where every browser may record, nobody knows that it does.",
  severity: "medium",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.j" },
    { framework: "revfadp", reference: "7.3" },
    { framework: "gdpr", reference: "25" },
  ],
  remediation:
    "Ask for a sign-in to open rooms, keep the lobby, and switch off recording in browsers or show it to all.",
  types: ["kubernetes:*", "docker:*", "keycloak:index/realm:Realm", "sovereign-uc:index:*", "*"],
  remedies: {
    components:
      'Leave `access` and `guests` of Jitsi at "lobby" or "none"; moderators of BigBlueButton let guests in whatever a frontend asks for.',
    pulumi:
      "Write `defaultGuestPolicy=ASK_MODERATOR` into BigBlueButton's properties in user data, and keep `--dev` away from LiveKit.",
    kubernetes:
      'Set `ENABLE_AUTH: "1"` at Prosody, `DISABLE_LOCAL_RECORDING: "true"` at the web server, and name homeservers in LIVEKIT_FULL_ACCESS_HOMESERVERS.',
  },
  beyond:
    "The laws ask for defaults that show as little as possible. The rule says which defaults of these programs show more.",
  examples: {
    good: [signalling("0"), ...exampleGuards],
    bad: [signalling("1"), ...exampleGuards],
  },
  check: (subject) => judgeSwitches(subject, switches, anonymous),
  checkStack: (subjects) => judgeSourced(subjects, switches),
};

/** Virtual hosts of Prosody whose people need no account, beside those for guests. */
const anonymous = ({ leaves }: Reading): Found => {
  const found = leaves.flatMap((leaf) => openHosts(leaf));
  return { items: found, related: found.length > 0 };
};

const openHosts = ofLeaf(({ path, text }): readonly Finding[] =>
  openHostsOf(text).map((host) => ({
    found: `the host ${host}${place(path)} of Prosody without a sign-in: whoever knows a name opens a room, and moderates it`,
    allowed: switches.allowed,
    action: 'set authentication = "token" or "internal_hashed", with a host of its own for guests',
  })),
);

/**
 * Hosts by the sign-in that they ask for. One that names none has that of everybody, which stands before the first; a component asks nobody by itself. Source:
 * bjc/prosody core/configmanager.lua at 00cf4fcf.
 */
const openHostsOf = remembering((text): readonly string[] => {
  if (!text.includes("anonymous")) return [];
  const open = new Map<string, boolean | undefined>();
  let host = "";
  for (const line of spokenLines(text)) {
    const [, kind, name] =
      /^\s{0,40}(VirtualHost|[Hh]ost|[Cc]omponent)\s{0,8}\(?\s{0,8}["']([^"']{1,253})["']/.exec(line) ?? [];
    if (name !== undefined) {
      host = name;
      open.set(host, kind?.toLowerCase() === "component" ? false : undefined);
    } else if (/^\s{0,40}authentication\s{0,8}=/.test(line)) open.set(host, anonymousSignIn.test(line));
  }
  return [...open].flatMap(([name, isOpen]) =>
    name !== "" && !guestHost.test(name) && (isOpen ?? open.get("")) === true ? [name] : [],
  );
});
