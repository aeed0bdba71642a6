/** Notifications for telephones: through whom they go, and what they say. */
import { pushGateway } from "../../../policies/rules/psh-001-push-gateway";
import { type Expectation, own, type Resource, type Row, shape, stackTable, table, unknownString } from "../support";
import type { Profile } from "../../../policies/profiles";
import { text } from "../cases/case";
import { chosen, judged } from "../judged";
import { host, map, pod } from "./fixtures";

const row = (title: string, resource: Resource, expect: Expectation, options: object = own): Row => ({
  title,
  resource,
  expect,
  ...options,
});
const file = (title: string, text: string, expect: Expectation): Row => row(title, map({ "a.yaml": text }), expect);
const variable = (title: string, name: string, value: string, expect: Expectation): Row =>
  row(title, pod("a:1", [[name, value]]), expect);
const synapse = (push: string): string => `server_name: crisis.example.ch\nlisteners: []\n${push}`;
const sygnal = (type: string): string => `apps:\n  ch.example.crisis:\n    type: ${type}\n    keyfile: /a/b.pem\n`;
const ejabberd = (options: string): string => `hosts: [a.crisis.example.ch]\nmodules:\n  mod_push:\n    ${options}\n`;

describe("UC-PSH-001 push-gateway", () => {
  shape(pushGateway);
  table(pushGateway, [
    file(
      "it refuses Apple's service in Sygnal",
      sygnal("apns"),
      /the pushkin ch\.example\.crisis of type apns in data.*Apple/,
    ),
    file("it refuses Google's, in any case", sygnal("GCM"), /type gcm .*Google/),
    file("it accepts a pushkin of one's own", sygnal("crisis.push.UnifiedPushkin"), "passes"),
    file("it accepts web push", sygnal("webpush"), "passes"),
    ...["include_body", "include_sender"].map((key) =>
      row(
        `it cannot judge ${key} of ejabberd that is not known`,
        { type: "acme:index:Chat", props: { modules: { mod_push: { [key]: unknownString } } } },
        { undetermined: new RegExp(`${key} is not known`) },
      ),
    ),
    row(
      "it cannot judge a pushkin whose type is not known",
      { type: "sovereign-uc:index:Host", props: { apps: { a: { type: unknownString } } } },
      { undetermined: /the type of a is not known/ },
    ),
    file("it has nothing against apps of something else", "apps: [apns, gcm]\nother: a.b\n", "passes"),
    file(
      "it refuses Synapse that sends messages along",
      synapse("push:\n  include_content: true\n"),
      /push\.include_content switched on/,
    ),
    file("it refuses Synapse by its default", synapse("push:\n  enabled: true\n"), /push\.include_content not set/),
    file("it accepts Synapse that sends ids only", synapse("push:\n  include_content: false\n"), "passes"),
    file("it accepts Synapse that pushes nothing", synapse("push:\n  enabled: false\n"), "passes"),
    file("it leaves a file without a word on it to another rule", synapse("report_stats: false\n"), "passes"),
    file("it has nothing against the same key elsewhere", "push:\n  include_content: true\nbranches: a.b\n", "passes"),
    file(
      "it reads JSON",
      JSON.stringify({ server_name: "a", listeners: [], push: { include_content: true } }),
      /include_content/,
    ),
    file(
      "it reads the second of two documents",
      `apiVersion: v1\nkind: ConfigMap\ndata: {}\n---\napiVersion: v1\nkind: ConfigMap\ndata:\n  s.yaml: |\n    ${sygnal("apns").replace(/\n/g, "\n    ")}\n`,
      /type apns/,
    ),
    row(
      "it reads a Secret in base64",
      {
        type: "kubernetes:core/v1:Secret",
        props: { data: { "s.yaml": Buffer.from(sygnal("apns")).toString("base64") } },
      },
      /type apns/,
    ),
    row(
      "it cannot judge Synapse where it is not known",
      {
        type: "sovereign-uc:index:Host",
        props: { server_name: "a", push: { include_content: unknownString } },
      },
      { undetermined: /push is not known/ },
    ),
    file("it refuses ejabberd that sends messages along", ejabberd("include_body: true"), /include_body of mod_push/),
    file("it refuses ejabberd that sends who wrote", ejabberd("include_sender: yes"), /include_sender of mod_push/),
    file("it accepts ejabberd by its default", ejabberd("use_cache: true"), "passes"),
    file("it accepts ejabberd that does not", ejabberd("include_body: false"), "passes"),
    file(
      "it refuses an upstream of ntfy",
      'base-url: "https://n.crisis.example.ch"\nupstream-base-url: "https://ntfy.sh"\n',
      /an upstream of ntfy/,
    ),
    file(
      "it refuses it with underscores",
      "# a\nlisten_http: :80\nupstream_base_url: https://ntfy.sh\n",
      /an upstream of ntfy/,
    ),
    file(
      "it has nothing against ntfy alone",
      'base-url: "https://n.crisis.example.ch"\nlisten-http: ":80"\n',
      "passes",
    ),
    file(
      "it has nothing against a comment",
      'base-url: "https://n.crisis.example.ch"\n# upstream-base-url: "https://ntfy.sh"\n',
      "passes",
    ),
    file(
      "it refuses Firebase in ntfy",
      "listen-http: :80\nfirebase-key-file: /etc/ntfy/firebase.json\n",
      /Firebase in ntfy.*Google/,
    ),
    variable(
      "it refuses the upstream as a variable",
      "NTFY_UPSTREAM_BASE_URL",
      "https://ntfy.sh",
      /NTFY_UPSTREAM_BASE_URL/,
    ),
    variable("it accepts an empty one", "NTFY_UPSTREAM_BASE_URL", "", "passes"),
    variable("it refuses Firebase as a variable", "NTFY_FIREBASE_KEY_FILE", "/a.json", /Firebase/),
    variable(
      "it refuses the proxy of Mattermost's maker",
      "MM_EMAILSETTINGS_PUSHNOTIFICATIONSERVER",
      "https://push-test.mattermost.com",
      /the push proxy of Mattermost's maker/,
    ),
    variable(
      "it refuses the paid one too",
      "MM_EMAILSETTINGS_PUSHNOTIFICATIONSERVER",
      "https://global.push.mattermost.com",
      /the push proxy of Mattermost's maker/,
    ),
    variable(
      "it accepts a proxy of one's own",
      "MM_EMAILSETTINGS_PUSHNOTIFICATIONSERVER",
      "https://push.crisis.example.ch",
      "passes",
    ),
    variable("it refuses whole messages", "MM_EMAILSETTINGS_PUSHNOTIFICATIONCONTENTS", "full", /whole messages/),
    variable("it accepts ids", "MM_EMAILSETTINGS_PUSHNOTIFICATIONCONTENTS", "id_loaded", "passes"),
    file(
      "it reads Mattermost's file",
      '{"EmailSettings": {"PushNotificationContents": "full", "PushNotificationServer": "http://push-test.mattermost.com"}}',
      /the push proxy of Mattermost's maker[^]*whole messages|whole messages[^]*the push proxy/,
    ),
    variable(
      "it refuses Rocket.Chat's gateway",
      "OVERWRITE_SETTING_Push_gateway",
      "https://gateway.rocket.chat",
      /gateway of Rocket\.Chat/,
    ),
    variable("it accepts one's own", "OVERWRITE_SETTING_Push_gateway", "https://push.crisis.example.ch", "passes"),
    variable(
      "it refuses messages in its notifications",
      "OVERWRITE_SETTING_Push_show_message",
      "true",
      /messages in notifications of Rocket/,
    ),
    file(
      "it reads that as a flag",
      '{"Push_enable": true, "Push_show_message": true}',
      /messages in notifications of Rocket/,
    ),
    file("it accepts the flag that is off", '{"Push_enable": true, "Push_show_message": false}', "passes"),
    file(
      "it refuses Zulip's service",
      "ZULIP_SERVICE_PUSH_NOTIFICATIONS = True\nA = 1\n",
      /the push service of Zulip's maker/,
    ),
    file("it accepts Zulip without it", "ZULIP_SERVICE_PUSH_NOTIFICATIONS = False\nA = 1\n", "passes"),
    file(
      "it refuses Zulip's older setting",
      "PUSH_NOTIFICATION_BOUNCER_URL = 'https://push.zulipchat.com'\n",
      /Zulip's maker/,
    ),
    file(
      "it refuses Prosody that sends messages along",
      "push_notification_with_body = true\n",
      /messages in notifications of Prosody/,
    ),
    file(
      "it refuses Prosody that sends who wrote",
      "push_notification_with_sender = true\n",
      /senders in notifications/,
    ),
    file(
      "it accepts Prosody that does not",
      "push_notification_with_body = false\npush_notification_with_sender = false\n",
      "passes",
    ),
    row(
      "it reads user data",
      host("#cloud-config\nwrite_files:\n  - path: /a\n    content: |\n      push_notification_with_body = true\n"),
      /Prosody/,
    ),
    row("it cannot judge a text that is not known", host(unknownString), "is undetermined"),
    row(
      "it says nothing of what has no text",
      { type: "hcloud:index/network:Network", props: { a: 1 } },
      "says nothing",
    ),
  ]);
  stackTable(pushGateway, [
    {
      title: "it reads what a component shows of its hosts",
      resources: [{ type: "sovereign-uc:index:Host", props: { files: ["push_notification_with_body = true"] } }],
      expect: /Prosody/,
    },
  ]);
});

test("UC-PSH-001 has nothing against a service whose operator the profile accepts", () => {
  const accepting: Profile = { name: "european", countries: ["CH", "US"], nexus: ["controlled"], undetermined: true };
  expect(judged(pushGateway, [text(sygnal("apns"))], { ...chosen, profile: accepting })).toMatch(/^passed /);
  expect(judged(pushGateway, [text(sygnal("apns"))], chosen)).toMatch(/Apple/);
});
