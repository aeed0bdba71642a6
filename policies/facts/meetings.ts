import { lastReview as reviewed } from "./fact";
import { commandLine, type Program, type SettingLine, type SwitchFact } from "./switch";

const jitsi = (path: string): string => `jitsi/docker-jitsi-meet ${path} at 2e6b31d8`;
const prosodyFile = jitsi("prosody/rootfs/defaults/conf.d/jitsi-meet.cfg.lua");

const signalling: Program = { name: "Jitsi's signalling", images: ["prosody"], folders: ["jitsi", "meet"] };
const web: Program = { name: "Jitsi's web server", images: ["web"], folders: ["jitsi", "meet"] };
const livekit: Program = { name: "LiveKit", images: ["livekit-server", "livekit"] };
const livekitFile: Program = {
  name: "LiveKit",
  files: [
    ["rtc", "port"],
    ["rtc", "keys"],
  ],
};
const matrixCalls: Program = { name: "the authorization of Matrix calls", images: ["lk-jwt-service"] };
const synapse: Program = { name: "Synapse", files: [["server_name", "listeners"]] };
const dendrite: Program = { name: "Dendrite", files: [["global", "client_api"]] };
const authentication: Program = { name: "Matrix Authentication Service", files: [["matrix", "secrets", "database"]] };
const conduit: Program = { name: "Conduit", images: ["matrix-conduit", "conduit"] };
const realm: Program = {
  name: "Keycloak",
  files: [["realm", "registrationAllowed"]],
  types: ["keycloak:index/realm:Realm"],
};
const bigBlueButton: Program = { name: "BigBlueButton", types: ["sovereign-uc:index:BigBlueButton"] };
const jitsiComponent: Program = { name: "Jitsi", types: ["sovereign-uc:index:Jitsi"] };

const anybody = "anybody who can open the page makes an account, and enters as one who belongs here";

/** Settings by which anybody opens a room, enters one, or records it. */
export const openMeetings: readonly SwitchFact[] = [
  {
    program: signalling,
    path: ["ENABLE_AUTH"],
    refused: "not on",
    absent: "refused",
    otherwise: "whoever knows a name opens a room, and moderates it",
    action: "set ENABLE_AUTH=1, with ENABLE_GUESTS=1 for people without an account",
    source: prosodyFile,
    reviewed,
  },
  {
    program: signalling,
    path: ["JWT_ALLOW_EMPTY"],
    refused: "on",
    where: { ENABLE_AUTH: "on" },
    otherwise: "whoever has no token opens rooms as if there were no sign-in",
    action: "set JWT_ALLOW_EMPTY=0, and ENABLE_GUESTS=1 for people without an account",
    source: prosodyFile,
    reviewed,
  },
  {
    program: signalling,
    path: ["ENABLE_LOBBY"],
    refused: "off",
    where: { ENABLE_GUESTS: "on" },
    otherwise: "guests cannot be made to wait until a moderator lets them in",
    action: "remove ENABLE_LOBBY: it is on by upstream's default",
    source: prosodyFile,
    reviewed,
  },
  {
    program: web,
    path: ["DISABLE_LOCAL_RECORDING"],
    refused: "not on",
    absent: "refused",
    where: { ENABLE_LOCAL_RECORDING_NOTIFY_ALL_PARTICIPANT: "not on" },
    otherwise: "everybody in a meeting, guests too, records it in their browser, and nobody else sees it",
    action: "set DISABLE_LOCAL_RECORDING=true, or ENABLE_LOCAL_RECORDING_NOTIFY_ALL_PARTICIPANT=true",
    source: jitsi("web/rootfs/defaults/settings-config.js"),
    reviewed,
  },
  {
    program: livekit,
    path: [commandLine],
    refused: /(^|\s)--dev(\s|$)/,
    otherwise: "its keys are those of its manual, with which anybody makes a token for any room",
    action: "remove --dev, and give it keys of your own",
    source: "livekit/livekit cmd/server/main.go at v1.13.11",
    reviewed,
  },
  {
    program: livekitFile,
    path: ["keys", "devkey"],
    refused: "filled",
    otherwise: "a key of its manual stands there, with which anybody makes a token for any room",
    action: "remove devkey, and make a key of your own",
    source: "livekit/livekit cmd/server/main.go at v1.13.11",
    reviewed,
  },
  {
    program: matrixCalls,
    path: ["LIVEKIT_FULL_ACCESS_HOMESERVERS"],
    refused: /(^|,)\s{0,8}\*\s{0,8}(,|$)/,
    absent: "refused",
    where: { LIVEKIT_AS_REGISTRATION_FILE: "empty", LIVEKIT_AS_TOKEN: "empty" },
    otherwise: "people of every homeserver open rooms here",
    action: "set LIVEKIT_FULL_ACCESS_HOMESERVERS to the names of your own homeservers",
    source: "element-hq/lk-jwt-service config.go at a375b13",
    reviewed,
  },
  {
    program: synapse,
    path: ["enable_registration"],
    refused: "on",
    where: { registration_requires_token: "not on" },
    otherwise: anybody,
    action: "set enable_registration to false",
    source: "element-hq/synapse synapse/config/registration.py at a58ad44e",
    reviewed,
  },
  {
    program: synapse,
    path: ["allow_guest_access"],
    refused: "on",
    otherwise: "people without an account enter rooms",
    action: "set allow_guest_access to false",
    source: "element-hq/synapse synapse/config/registration.py at a58ad44e",
    reviewed,
  },
  {
    program: authentication,
    path: ["account", "password_registration_enabled"],
    refused: "on",
    where: { "account.registration_token_required": "not on" },
    otherwise: anybody,
    action: "set account.password_registration_enabled to false",
    source: "element-hq/matrix-authentication-service crates/config/src/sections/account.rs at 682b8d26",
    reviewed,
  },
  {
    program: dendrite,
    path: ["client_api", "registration_disabled"],
    refused: "off",
    otherwise: anybody,
    action: "set client_api.registration_disabled to true",
    source: "matrix-org/dendrite dendrite-sample.yaml at 0fecb13",
    reviewed,
  },
  {
    program: dendrite,
    path: ["client_api", "guests_disabled"],
    refused: "off",
    where: { "client_api.registration_disabled": "off" },
    otherwise: "people without an account enter rooms",
    action: "set client_api.guests_disabled to true",
    source: "matrix-org/dendrite dendrite-sample.yaml at 0fecb13",
    reviewed,
  },
  {
    program: conduit,
    path: ["CONDUIT_ALLOW_REGISTRATION"],
    refused: "on",
    where: { CONDUIT_REGISTRATION_TOKEN: "empty" },
    otherwise: anybody,
    action: "set CONDUIT_ALLOW_REGISTRATION=false, or give a CONDUIT_REGISTRATION_TOKEN",
    source: "https://docs.conduit.rs/configuration.html",
    reviewed,
  },
  {
    program: realm,
    path: ["registrationAllowed"],
    refused: "on",
    otherwise: anybody,
    action: "set registrationAllowed to false",
    source: "Maven org.keycloak:keycloak-quarkus-dist 26.7.3 RealmRepresentation.class",
    reviewed,
  },
  {
    program: bigBlueButton,
    path: ["guests"],
    refused: ["always_accept"],
    otherwise: "whoever has the link enters at once",
    action: "leave guests at its default, so that moderators let them in",
    source: "components/services/bigbluebutton/index.ts",
    reviewed,
  },
  {
    program: jitsiComponent,
    path: ["guests"],
    refused: /^(?!lobby$|none$)/,
    otherwise: "people without an account enter at once",
    action: 'set guests to "lobby" or "none"',
    source: "components/services/jitsi/access.ts",
    reviewed,
  },
];

/** Lines of files that are no data, and of scripts that write them. */
export const openMeetingLines: readonly SettingLine[] = [
  {
    word: "guestpolicy",
    pattern: /\b(default)?guestPolicy["']?\s{0,8}[=:]\s{0,8}["']?ALWAYS_ACCEPT\b/i,
    what: "ALWAYS_ACCEPT as BigBlueButton's policy for guests, so that whoever has the link enters at once",
    action: "set ASK_MODERATOR in its place",
    source: "bigbluebutton/bigbluebutton bigbluebutton-web/grails-app/conf/bigbluebutton.properties at 0001331",
    reviewed,
  },
  {
    word: "livekit-server",
    pattern: /\blivekit-server\s(.{0,400}\s)?--dev(\s|$)/,
    what: "LiveKit with the keys of its manual (--dev), with which anybody makes a token for any room",
    action: "remove --dev, and give it keys of your own",
    source: "livekit/livekit cmd/server/main.go at v1.13.11",
    reviewed,
  },
];

/** Words of Prosody for a sign-in of nobody. Source: jitsi/docker-jitsi-meet prosody/rootfs/defaults/conf.d/jitsi-meet.cfg.lua at 2e6b31d8; prosody.im/doc/anonymous_logins. */
export const anonymousSignIn = /^\s{0,40}authentication\s{0,8}=\s{0,8}["'](jitsi-)?anonymous["']/;

/** Beginnings of the names of virtual hosts for guests, who wait for somebody with an account. Source: jitsi/handbook docs/devops-guide/secure-domain.md at 39ea553. */
export const guestHost = /^guests?\./i;
