import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BucketSettings } from "./bucket";
import type { ChatSettings } from "./chat";
import type { IdentitySettings } from "./identities";
import type { NextcloudSettings } from "./nextcloud";
import type { MailSettings } from "./notices";
import type { ModelSettings } from "./speech";

/** Everything that the worker is told. */
export interface Settings {
  readonly bucket: BucketSettings;
  readonly database: {
    readonly host: string;
    readonly port: number;
    readonly name: string;
    readonly user: string;
    readonly password: string;
    readonly ca?: string;
  };
  readonly speech: ModelSettings;
  readonly language: ModelSettings & { readonly characters: number };
  readonly nextcloud: NextcloudSettings;
  readonly identity: IdentitySettings;
  /** Ways to tell people: one of both at least. */
  readonly chat?: ChatSettings;
  readonly mail?: MailSettings;
  readonly port: number;
  /** Meetings at once. */
  readonly lanes: number;
  /** Pieces of sound at the speech server at once, of all meetings of this worker. */
  readonly pieces: number;
  /** Meetings that are taken in before the others are done. */
  readonly mostOpen: number;
  readonly pieceSeconds: number;
  readonly overlapSeconds: number;
  readonly leaseSeconds: number;
  /** Seconds between looks into the bucket. */
  readonly lookSeconds: number;
  /** First and longest wait after a server was away. */
  readonly waitSeconds: { readonly first: number; readonly longest: number };
  /** Odd answers in one step before quarantine. */
  readonly mostOdd: number;
  /** Days for which a recording stays after its minutes are delivered. */
  readonly keepDays: number;
  /** Days for which a recording without a record stays. @default - they all do */
  readonly unrecordedDays?: number;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings from variables, and secrets from a folder of files.
 *
 * @throws Error with every variable and file that is missing or makes no sense.
 */
export function readSettings(env: Env, read: (name: string) => string = fromFolder(env)): Settings {
  const problems: string[] = [];
  const text = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === "") problems.push(`expected ${name}, got nothing`);
    return value ?? "";
  };
  const number = (name: string, otherwise: number, least: number, most: number): number => {
    const value = Number(env[name] ?? otherwise);
    if (!(value >= least && value <= most))
      problems.push(`expected ${name} from ${least} to ${most}, got ${env[name] ?? "nothing"}`);
    return value;
  };
  const address = (name: string): string => {
    const value = text(name);
    if (value !== "" && (!URL.canParse(value) || value.endsWith("/")))
      problems.push(`expected ${name} as an address without a final slash, got "${value}"`);
    return value;
  };
  const secret = (name: string): string => {
    try {
      return read(name).trim();
    } catch {
      problems.push(`expected a secret file ${name}, got none`);
      return "";
    }
  };
  const optional = (name: string): string | undefined => {
    try {
      return read(name).trim();
    } catch {
      return undefined;
    }
  };
  const ca = optional("database-ca");
  const [speechToken, languageToken] = ["transcription-token", "language-token"].map(optional);
  if (env.MINUTES_CHAT_URL === undefined && env.MINUTES_MAIL_HOST === undefined)
    problems.push("expected MINUTES_CHAT_URL, MINUTES_MAIL_HOST or both, got neither");
  const settings: Settings = {
    bucket: {
      endpoint: address("MINUTES_BUCKET_ENDPOINT"),
      bucket: text("MINUTES_BUCKET"),
      region: text("MINUTES_BUCKET_REGION"),
      accessKey: secret("bucket-access-key"),
      secretKey: secret("bucket-secret-key"),
    },
    database: {
      host: text("MINUTES_DATABASE_HOST"),
      port: number("MINUTES_DATABASE_PORT", 5432, 1, 65_535),
      name: text("MINUTES_DATABASE"),
      user: text("MINUTES_DATABASE_USER"),
      password: secret("database-password"),
      ...(ca === undefined ? {} : { ca }),
    },
    speech: {
      url: address("MINUTES_SPEECH_URL"),
      model: text("MINUTES_SPEECH_MODEL"),
      seconds: number("MINUTES_SPEECH_SECONDS", 900, 1, 7_200),
      ...(speechToken === undefined ? {} : { token: speechToken }),
    },
    language: {
      url: address("MINUTES_LANGUAGE_URL"),
      model: text("MINUTES_LANGUAGE_MODEL"),
      seconds: number("MINUTES_LANGUAGE_SECONDS", 600, 1, 7_200),
      characters: number("MINUTES_LANGUAGE_CHARACTERS", 12_000, 500, 200_000),
      ...(languageToken === undefined ? {} : { token: languageToken }),
    },
    nextcloud: {
      url: address("MINUTES_NEXTCLOUD_URL"),
      user: text("MINUTES_NEXTCLOUD_USER"),
      password: secret("nextcloud-password"),
      folder: env.MINUTES_NEXTCLOUD_FOLDER ?? "Minutes",
    },
    identity: {
      issuer: address("MINUTES_ISSUER"),
      ...(env.MINUTES_IDENTITY_URL === undefined ? {} : { server: address("MINUTES_IDENTITY_URL") }),
      clientId: text("MINUTES_CLIENT"),
      clientSecret: secret("client-secret"),
    },
    ...(env.MINUTES_CHAT_URL === undefined
      ? {}
      : {
          chat: {
            url: address("MINUTES_CHAT_URL"),
            serverName: text("MINUTES_CHAT_SERVER"),
            token: secret("chat-token"),
          },
        }),
    ...(env.MINUTES_MAIL_HOST === undefined
      ? {}
      : {
          mail: {
            host: text("MINUTES_MAIL_HOST"),
            port: number("MINUTES_MAIL_PORT", 587, 1, 65_535),
            from: text("MINUTES_MAIL_FROM"),
            ...(env.MINUTES_MAIL_USER === undefined
              ? {}
              : { user: env.MINUTES_MAIL_USER, password: secret("mail-password") }),
            tls: env.MINUTES_MAIL_TLS !== "off",
          },
        }),
    port: number("MINUTES_PORT", 8080, 0, 65_535),
    lanes: number("MINUTES_LANES", 4, 1, 64),
    pieces: number("MINUTES_PIECES", 2, 1, 64),
    mostOpen: number("MINUTES_MOST_OPEN", 500, 1, 100_000),
    pieceSeconds: number("MINUTES_PIECE_SECONDS", 240, 1, 1_800),
    overlapSeconds: number("MINUTES_OVERLAP_SECONDS", 8, 0, 60),
    leaseSeconds: number("MINUTES_LEASE_SECONDS", 120, 1, 3_600),
    lookSeconds: number("MINUTES_LOOK_SECONDS", 30, 0.05, 3_600),
    waitSeconds: {
      first: number("MINUTES_WAIT_SECONDS", 10, 0.01, 3_600),
      longest: number("MINUTES_LONGEST_WAIT_SECONDS", 600, 0.01, 86_400),
    },
    mostOdd: number("MINUTES_MOST_ODD", 12, 1, 100),
    keepDays: number("MINUTES_KEEP_DAYS", 30, 0, 3_650),
    ...(env.MINUTES_UNRECORDED_DAYS === undefined
      ? {}
      : { unrecordedDays: number("MINUTES_UNRECORDED_DAYS", 30, 1, 3_650) }),
  };
  if (settings.overlapSeconds * 2 >= settings.pieceSeconds)
    problems.push("expected pieces more than twice as long as their overlap, got shorter ones");
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return settings;
}

const fromFolder =
  (env: Env) =>
  (name: string): string =>
    readFileSync(join(env.MINUTES_SECRETS ?? "/minutes-secrets", name), "utf8");
