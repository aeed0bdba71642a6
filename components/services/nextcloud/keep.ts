import { contacts } from "./plan";
import { administrator } from "./settings";

/** A value of an app: in clear, the content of a secret file, or a text with secrets in its places. */
export type KeptValue = { readonly app: string; readonly key: string } & (
  | { readonly value: string }
  | { readonly secret: string }
  | { readonly template: string; readonly secrets: readonly string[] }
);

/** Settings of the app for calls. */
export interface KeptTalk {
  /** STUN servers as `host:port`. */
  readonly stun: readonly string[];
  /** TURN servers over TLS as `host:port`. */
  readonly turn: readonly string[];
  readonly turnSecret: string;
  readonly signaling: string;
  readonly signalingSecret: string;
}

export interface Kept {
  readonly apps: readonly string[];
  /** Settings of apps by their name; a secret is a file's name. */
  readonly integrations: readonly KeptValue[];
  /** Files of authorities below the folder of trust that the server itself has to know. */
  readonly certificates: readonly string[];
  /** Accounts of services by name, each with the file of its password. */
  readonly accounts: Readonly<Record<string, string>>;
  readonly login: { readonly clientId: string; readonly issuer: string; readonly secret: string };
  readonly talk?: KeptTalk & { readonly recorder?: { readonly address: string; readonly secret: string } };
}

const value = (app: string, key: string, text: string): KeptValue => ({ app, key, value: text });

/**
 * Settings that are in the database, for the task: what the master switch of the configuration does not cover, and what a hub of an organisation alone has off. Consent
 * to a recording is asked of everybody (1), federation is off, and nothing of a recording is transcribed or summed up by anybody.
 */
const ownValues = (talk: Kept["talk"]): readonly KeptValue[] => [
  value("files_sharing", "lookupServerEnabled", "no"),
  value("files_sharing", "lookupServerUploadEnabled", "no"),
  value("files_sharing", "incoming_server2server_share_enabled", "no"),
  value("files_sharing", "outgoing_server2server_share_enabled", "no"),
  value("files_sharing", "incoming_server2server_group_share_enabled", "no"),
  value("files_sharing", "outgoing_server2server_group_share_enabled", "no"),
  value("core", "shareapi_enforce_links_password", "yes"),
  // Web push goes to the makers of the browser.
  value("notifications", "webpush_enabled", "0"),
  value("notifications", "webpush_browsers_enabled", "0"),
  value("user_oidc", "allow_multiple_user_backends", "0"),
  value("user_oidc", "id4me_enabled", "0"),
  ...(talk === undefined
    ? []
    : [
        value("spreed", "federation_enabled", "no"),
        value("spreed", "sip_dialout", "no"),
        value("spreed", "recording_consent", "1"),
        value("spreed", "call_recording_transcription", "no"),
        value("spreed", "call_recording_summary", "no"),
        value("spreed", "call_recording", talk.recorder === undefined ? "no" : "yes"),
        recordingServers(talk.recorder),
      ]),
];

const recordingServers = (recorder: NonNullable<Kept["talk"]>["recorder"]): KeptValue =>
  recorder === undefined
    ? value("spreed", "recording_servers", '{"servers":[],"secret":""}')
    : {
        app: "spreed",
        key: "recording_servers",
        template: JSON.stringify({
          servers: [{ server: recorder.address, verify: true }],
          secret: `$(${recorder.secret})`,
        }),
        secrets: [recorder.secret],
      };

/** The file of everything that the task keeps; secrets are names of files. */
export const keepFile = ({ apps, integrations, certificates, accounts, login, talk }: Kept): string =>
  `${JSON.stringify(
    {
      enabled: ["admin_audit", ...apps],
      disabled: contacts,
      values: [...ownValues(talk), ...integrations],
      certificates,
      accounts: [
        { name: administrator, secret: "administrator", groups: ["admin"] },
        ...Object.entries(accounts).map(([name, secret]) => ({ name, secret, groups: [] })),
      ],
      login: {
        identifier: "identity",
        options: [
          `--clientid=${login.clientId}`,
          `--discoveryuri=${login.issuer}/.well-known/openid-configuration`,
          "--scope=openid email profile",
          "--unique-uid=0",
          "--mapping-uid=preferred_username",
          "--group-provisioning=0",
          "--check-bearer=0",
          "--send-id-token-hint=1",
        ],
        secret: login.secret,
      },
      ...(talk === undefined
        ? {}
        : {
            talk: {
              stun: talk.stun,
              turn: talk.turn,
              turnSecret: talk.turnSecret,
              signaling: talk.signaling,
              signalingSecret: talk.signalingSecret,
            },
          }),
    },
    null,
    2,
  )}\n`;
