import { exampleFile } from "../examples";
import { type Party, partyText } from "../facts/entities";
import { pushkins, pushLines } from "../facts/push";
import { objection } from "../exposure";
import type { Context, Finding, Item, Rule, Subject, Verdict } from "../rule";
import { readableLines } from "../extract/comments";
import { having } from "../extract/keys";
import { remembering } from "../extract/memo";
import { containers, judgeComponents, judgeTexts, place, withKey } from "../extract/scan";
import { ofLeafUnder } from "../extract/leaf";
import type { Reading } from "../extract/text";
import { at, entries, isObject, isOn, unknown, type Value } from "../extract/value";
import type { Settings } from "../settings";

const homeserver = (push: string): string =>
  `server_name: crisis.example.ch\nlisteners: []\nreport_stats: false\ntrusted_key_servers: []\nfederation_domain_whitelist: []\npassword_config: {enabled: false}\npush:\n${push}`;

/** UC-PSH-001: telephones are told that there is a message, by a gateway of one's own. */
export const pushGateway: Rule = {
  id: "UC-PSH-001",
  name: "push-gateway",
  title: "Notifications go through a gateway of your own, and tell telephones no more than that there is a message.",
  rationale:
    "A notification through Apple or Google shows them who gets a message and when, and its content too where it is sent along: their servers can be told to keep it. A gateway of a chat program's maker sees the same of all its customers.",
  severity: "medium",
  kind: "component",
  legal: [
    { framework: "gdpr", reference: "25" },
    { framework: "gdpr", reference: "5.1.c" },
    { framework: "revfadp", reference: "7.3" },
    { framework: "csf", reference: "SOV-3" },
  ],
  remediation:
    "Run the gateway yourself, send ids of events only, and reach telephones by UnifiedPush; where the platforms' own services are needed, have an exemption for them.",
  types: ["kubernetes:*", "docker:*", "sovereign-uc:*", "*"],
  remedies: {
    components:
      "Leave `Matrix` and `Nextcloud` as they are: they push to nobody, and clients ask for messages themselves.",
    pulumi:
      "Remove the pushkins of APNs and FCM from Sygnal's file in user data, and `upstream-base-url` from that of ntfy.",
    kubernetes:
      "Write `push: { include_content: false }` in homeserver.yaml, and `PushNotificationContents: id_loaded` or its like in ConfigMaps.",
  },
  beyond:
    "No law names notifications. The rule asks for the least that a telephone needs, and leaves the platforms' services to an exemption with its reason.",
  examples: {
    good: [exampleFile("homeserver.yaml", homeserver("  enabled: false\n  include_content: false\n"))],
    bad: [
      exampleFile("sygnal.yaml", "apps:\n  ch.example.crisis:\n    type: apns\n    certfile: /etc/sygnal/apns.pem\n"),
    ],
  },
  check: (subject, context) => judge(subject, context),
  checkStack: (subjects, context) => judgeComponents(subjects, (subject) => judge(subject, context)),
};

function judge(subject: Subject, { settings }: Context): Verdict {
  return judgeTexts(
    subject,
    (leaf) => lines(leaf, settings),
    (read) => [...variables(read, settings), ...files(read, settings)],
    "words too",
  );
}

const refused = (what: string, action: string): Finding => ({
  found: what,
  allowed: "a gateway of your own, and notifications with the id of an event only",
  action,
});

/** A finding about a party is none where the profile accepts it. */
function byParty(what: string, party: Party | undefined, action: string, { profile }: Settings): readonly Finding[] {
  if (party === undefined) return [refused(what, action)];
  const reason = objection(profile, party);
  return reason === undefined ? [] : [refused(`${what}, of ${partyText(party)}: ${reason}`, action)];
}

const saidIn = remembering((text) => {
  const lower = text.toLowerCase().replace(/_/g, "-");
  const rows = pushLines.filter(({ word }) => lower.includes(word.replace(/_/g, "-")));
  if (rows.length === 0) return [];
  const spoken = readableLines(text);
  return rows.filter(({ pattern }) => spoken.some((line) => pattern.test(line)));
});

/** Lines of a text, and a value by the key under which it stands. */
const lines = ofLeafUnder((leaf, settings: Settings): readonly Finding[] =>
  [...new Set(withKey(leaf).flatMap(saidIn))].flatMap(({ what, party, action }) =>
    byParty(`${what}${place(leaf.path)}`, party, action, settings),
  ),
);

/** Variables of containers: Mattermost and Rocket.Chat take each setting as one, with a prefix. */
const variables = (read: Reading, settings: Settings): readonly Finding[] =>
  containers(read).flatMap(({ path, environment }) =>
    [...environment].flatMap(([name, value]) =>
      typeof value === "string"
        ? saidIn(`${name}=${value}`).flatMap(({ what, party, action }) =>
            byParty(`${what} in ${path} ${name}`, party, action, settings),
          )
        : [],
    ),
  );

const keys = new Set(["apps", "push", "mod_push", "Push_show_message"]);
const mayPush = having((key) => keys.has(key));

/** Files of Sygnal, Synapse and ejabberd. */
function files({ documents }: Reading, settings: Settings): readonly Item[] {
  return documents.flatMap(({ path, value }) =>
    mayPush(value)
      ? [
          ...sygnal(at(value, "apps"), path, settings),
          ...synapse(value, path),
          ...ejabberd(value, path),
          ...flags(value, path),
        ]
      : [],
  );
}

const open = (what: string, path: string): Item => ({
  undetermined: `${what}${place(path)} is not known before the update`,
  later: true,
});

/** Sygnal's pushkins. A type in full, as a class of Python, may be one of one's own. */
const sygnal = (apps: Value, path: string, settings: Settings): readonly Item[] =>
  entries(apps).flatMap(([name, app]): readonly Item[] => {
    const type = at(app, "type");
    if (type === unknown) return [open(`the type of ${name}`, path)];
    const row = typeof type === "string" ? pushkins.find((known) => known.type === type.toLowerCase()) : undefined;
    return row === undefined
      ? []
      : byParty(
          `the pushkin ${name} of type ${row.type}${place(path)}`,
          row.party,
          "reach telephones by UnifiedPush, or have an exemption for this service",
          settings,
        );
  });

/** Synapse sends content along unless it is told not to. Source: element-hq/synapse synapse/config/push.py at a58ad44e. */
function synapse(value: Value, path: string): readonly Item[] {
  const push = at(value, "push");
  if (at(value, "server_name") === undefined || !isObject(push)) return [];
  const [enabled, content] = [at(push, "enabled"), at(push, "include_content")];
  if (enabled === false || content === false) return [];
  if (enabled === unknown || content === unknown) return [open("push", path)];
  return [
    refused(
      `push.include_content ${content === undefined ? "not set" : "switched on"}${place(path)}, so that notifications hold the messages`,
      "set push.include_content to false",
    ),
  ];
}

/** ejabberd's `mod_push` sends neither body nor sender unless it is told to. Source: processone/ejabberd src/mod_push_opt.erl (include_body, include_sender). */
const ejabberd = (value: Value, path: string): readonly Item[] =>
  (["include_body", "include_sender"] as const).flatMap((key) => {
    const given = at(value, "modules", "mod_push", key);
    if (given === unknown) return [open(key, path)];
    return isOn(given) ? [refused(`${key} of mod_push${place(path)}`, `set ${key} to false`)] : [];
  });

/** Settings that are no texts, as JSON has them. */
const flags = (value: Value, path: string): readonly Item[] =>
  at(value, "Push_show_message") === true
    ? [refused(`messages in notifications of Rocket.Chat${place(path)}`, "set Push_show_message to false")]
    : [];
