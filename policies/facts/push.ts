import type { EntityId } from "./entities";
import { type Fact, lastReview as reviewed } from "./fact";

/** A line, or a variable with its value as `NAME=value`, by which messages for telephones go through somebody, or tell more than that there is one. */
export interface PushLineFact extends Fact {
  /** A word of the line in lower case: most texts hold none of them. */
  readonly word: string;
  readonly pattern: RegExp;
  readonly what: string;
  /** Party that gets it; none where only its content is the matter. */
  readonly party?: EntityId;
  readonly action: string;
}

const line = (
  word: string,
  pattern: RegExp,
  what: string,
  action: string,
  source: string,
  party?: EntityId,
): PushLineFact => ({ word, pattern, what, action, source, reviewed, ...(party === undefined ? {} : { party }) });

const mattermost = "mattermost/mattermost server/public/model/config.go at 33b68c60 (EmailSettings)";
const rocket =
  "RocketChat/Rocket.Chat apps/meteor/server/settings/push.ts at 09241cbf (Push_gateway, Push_show_message)";
const zulip = "zulip/zulip zproject/dev_settings.py at 02976a85 (ZULIP_SERVICE_PUSH_NOTIFICATIONS)";
const olderZulip =
  "zulip/zulip docs/production/mobile-push-notifications.md at cfd22c68 (PUSH_NOTIFICATION_BOUNCER_URL)";
const ntfy = "binwiederhier/ntfy server/server.yml at 02099699";
const prosody =
  "hg.prosody.im prosody-modules mod_cloud_notify/README (push_notification_with_body, push_notification_with_sender)";
const own = "use a gateway of your own (Sygnal to UnifiedPush, ntfy), or have an exemption for the platforms' own";

/** Lines of files and variables of programs that push. */
export const pushLines: readonly PushLineFact[] = [
  line(
    "upstream-base-url",
    /(^|\s|["'])(upstream[-_]base[-_]url["']?\s*[:=]|NTFY_UPSTREAM_BASE_URL=)\s*["']?https?:\/\/\S/i,
    "an upstream of ntfy",
    own,
    ntfy,
    "unreviewed",
  ),
  line(
    "firebase",
    /(^|\s|["'])(firebase[-_]key[-_]file["']?\s*[:=]|NTFY_FIREBASE_KEY_FILE=)\s*["']?[\w./]/i,
    "Firebase in ntfy",
    own,
    ntfy,
    "google",
  ),
  line(
    "pushnotificationserver",
    /PushNotificationServer["']?\s*[:=]\s*["']?https?:\/\/([\w-]+\.)*push(-test)?\.mattermost\.com/i,
    "the push proxy of Mattermost's maker",
    "run mattermost-push-proxy yourself, or set SendPushNotifications to false",
    mattermost,
    "unreviewed",
  ),
  line(
    "pushnotificationcontents",
    /PushNotificationContents["']?\s*[:=]\s*["']?full\b/i,
    "whole messages in notifications of Mattermost",
    "set PushNotificationContents to id_loaded",
    mattermost,
  ),
  line(
    "push_gateway",
    /Push_gateway["']?\s*[:=]\s*["']?https?:\/\/gateway\.rocket\.chat/i,
    "the push gateway of Rocket.Chat's maker",
    "set Push_gateway to one of your own, or Push_enable to false",
    rocket,
    "unreviewed",
  ),
  line(
    "push_show_message",
    /Push_show_message["']?\s*[:=]\s*["']?true\b/i,
    "messages in notifications of Rocket.Chat",
    "set Push_show_message to false, or Push_request_content_from_server to true",
    rocket,
  ),
  line(
    "zulip_service_push",
    /ZULIP_SERVICE_PUSH_NOTIFICATIONS["']?\s*[:=]\s*["']?true\b/i,
    "the push service of Zulip's maker",
    "set ZULIP_SERVICE_PUSH_NOTIFICATIONS = False",
    zulip,
    "unreviewed",
  ),
  line(
    "bouncer_url",
    /PUSH_NOTIFICATION_BOUNCER_URL["']?\s*[:=]\s*["']?https?:\/\/push\.zulipchat\.com/i,
    "the push service of Zulip's maker",
    "remove PUSH_NOTIFICATION_BOUNCER_URL",
    olderZulip,
    "unreviewed",
  ),
  line(
    "with_body",
    /(^|\s)push_notification_with_body\s*=\s*true\b/,
    "messages in notifications of Prosody",
    "set push_notification_with_body = false",
    prosody,
  ),
  line(
    "with_sender",
    /(^|\s)push_notification_with_sender\s*=\s*true\b/,
    "senders in notifications of Prosody",
    "set push_notification_with_sender = false",
    prosody,
  ),
];

/** Types of Sygnal's pushkins, with the party whose service each hands messages to. */
export const pushkins: readonly (Fact & { readonly type: string; readonly party: EntityId })[] = (
  [
    ["apns", "apple"],
    ["gcm", "google"],
  ] as const
).map(([type, party]) => ({ type, party, source: "matrix-org/sygnal sygnal.yaml.sample at 031f25bf", reviewed }));
