import type { Upstream } from "../../core/upstream";
import { minutesImages } from "./images";

const node = (place: string): string => `nodejs/node v24.19.0 doc/api/cli.md, ${place}`;
/** The worker is this project's own. */
const own = "sovereign-uc 0.1.0 components/services/minutes/worker/settings.ts";

const settings = [
  "MINUTES_SECRETS",
  "MINUTES_PORT",
  "MINUTES_PIECES",
  "MINUTES_KEEP_DAYS",
  "MINUTES_UNRECORDED_DAYS",
  "MINUTES_BUCKET_ENDPOINT",
  "MINUTES_BUCKET",
  "MINUTES_BUCKET_REGION",
  "MINUTES_DATABASE_HOST",
  "MINUTES_DATABASE_PORT",
  "MINUTES_DATABASE",
  "MINUTES_DATABASE_USER",
  "MINUTES_SPEECH_URL",
  "MINUTES_SPEECH_MODEL",
  "MINUTES_LANGUAGE_URL",
  "MINUTES_LANGUAGE_MODEL",
  "MINUTES_NEXTCLOUD_URL",
  "MINUTES_NEXTCLOUD_USER",
  "MINUTES_NEXTCLOUD_FOLDER",
  "MINUTES_ISSUER",
  "MINUTES_CLIENT",
  "MINUTES_IDENTITY_URL",
  "MINUTES_CHAT_URL",
  "MINUTES_CHAT_SERVER",
  "MINUTES_MAIL_HOST",
  "MINUTES_MAIL_PORT",
  "MINUTES_MAIL_FROM",
  "MINUTES_MAIL_USER",
] as const;

/** Sources of everything that is written for the workers. What the worker asks of other servers stands in its own files, beside each request. */
export const upstream: Upstream = {
  variables: {
    [minutesImages.node.path]: {
      NODE_EXTRA_CA_CERTS: node("NODE_EXTRA_CA_CERTS"),
      NODE_USE_ENV_PROXY: node("NODE_USE_ENV_PROXY=1"),
      HTTPS_PROXY: node("NODE_USE_ENV_PROXY=1"),
      NO_PROXY: node("NODE_USE_ENV_PROXY=1"),
      ...Object.fromEntries(settings.map((name) => [name, own])),
    },
  },
  files: {},
};
