import type * as pulumi from "@pulumi/pulumi";
import { throughProxy } from "../../core/connections";
import { image } from "../../core/images";
import type { Secret } from "../../core/secret";
import type { Mount } from "../../kubernetes/mounts";
import { Task } from "../../kubernetes/task";
import { Workload } from "../../kubernetes/workload";
import { proxyUrl } from "../../recipe/parts/private-host";
import { scripts } from "./files";
import { bigBlueButtonImages } from "./images";
import { type ClusterParts, knownNames, railsEnv, railsSecrets, scratch, storeEnv, trustMount } from "./rails";
import { scaleliteApi } from "./scalelite";
import {
  folders,
  greenlightCapacity,
  greenlightThreads,
  healthPath,
  podResources,
  rubyPort,
  rubyUser,
} from "./settings";
import { bigBlueButtonTiers } from "./tiers";

/** Commands of Greenlight's image, which has no init: what it starts last is the only process. */
const start = (...command: readonly string[]): readonly string[] => [
  "/bin/sh",
  `${folders.scripts}/start-rails.sh`,
  "/bin/sh",
  `${folders.scripts}/with-pages.sh`,
  ...command,
];

/** Folders that Greenlight's pages are built in at every start, all in memory. */
const pages: readonly Mount[] = [
  ...scratch(folders.greenlightApp, 256),
  { name: "builds", path: `${folders.greenlightApp}/app/assets/builds`, memoryMib: 64 },
  { name: "assets", path: `${folders.greenlightApp}/public/assets`, memoryMib: 128 },
];

/** Settings that Greenlight and its migration share. No captcha, no log server, no analysis: their variables stay away. */
function greenlightEnv(parts: ClusterParts): Readonly<Record<string, pulumi.Input<string>>> {
  const { databases, domain, scaleliteDomain } = parts;
  return {
    ...railsEnv(databases.greenlight),
    RAILS_MAX_THREADS: `${greenlightThreads}`,
    LOG_LEVEL: "warn",
    URL_HOST: domain,
    // Without it, upstream's own test server in the internet would be asked.
    BIGBLUEBUTTON_ENDPOINT: scaleliteApi(scaleliteDomain),
    // What it has is in the image.
    SKIP_YARN_INSTALL: "true",
  };
}

const greenlightSecrets = ({ databases, caches, secrets }: ClusterParts): Readonly<Record<string, Secret>> =>
  railsSecrets(databases.greenlight, caches.greenlight, secrets.greenlightKey);

/** The bucket of Greenlight's own files. */
const filesEnv = ({ files }: ClusterParts): Readonly<Record<string, string>> => ({
  ...storeEnv(files),
  S3_ENDPOINT: files.endpoint,
  S3_REGION: files.region,
  S3_BUCKET: files.bucket,
  S3_FORCE_PATH_STYLE: "true",
  SERVE_FILES: "true",
});

const greenlightTrust = ({ databases, caches, login, files, smtp, webAuthority }: ClusterParts): Mount =>
  trustMount({
    database: databases.greenlight.ca,
    cache: caches.greenlight.ca,
    web: webAuthority,
    login: login.ca,
    bucket: files.ca,
    mail: smtp?.ca,
  });

/** Brings Greenlight's database to the present version, and sets in it what the deployment decides: guests wait, recordings are off or protected. */
export function greenlightSchema(parts: ClusterParts, opts: pulumi.ComponentResourceOptions): Task {
  const { name, policies, recordings, databases, caches } = parts;
  const tier = bigBlueButtonTiers(name).greenlightSchema;
  return new Task(
    tier.name,
    {
      namespace: policies.namespace,
      policies,
      tier,
      role: "greenlight-schema",
      image: image(policies.namespace.cluster.registry, bigBlueButtonImages.greenlight),
      user: rubyUser,
      command: start("/bin/sh", `${folders.scripts}/migrate-greenlight.sh`),
      env: { ...greenlightEnv(parts), RECORDINGS: `${recordings !== undefined}` },
      secretEnv: greenlightSecrets(parts),
      mounts: [
        ...pages,
        { name: "scripts", path: folders.scripts, files: scripts.greenlightSchema, executable: true },
        trustMount({ database: databases.greenlight.ca, cache: caches.greenlight.ca }),
      ],
      resources: podResources.task,
      timeoutSeconds: 1_800,
      // What was done is not done again.
      retries: 3,
    },
    opts,
  );
}

/** Every hour: what the importers could not tell Greenlight, since it was away. */
export function greenlightSync(parts: ClusterParts, opts: pulumi.ComponentResourceOptions): Task {
  const { name, policies, databases, caches, secrets, webAuthority } = parts;
  const tier = bigBlueButtonTiers(name).greenlightSync;
  return new Task(
    tier.name,
    {
      namespace: policies.namespace,
      policies,
      tier,
      role: "greenlight-sync",
      schedule: "23 * * * *",
      image: image(policies.namespace.cluster.registry, bigBlueButtonImages.greenlight),
      user: rubyUser,
      command: [
        "/bin/sh",
        `${folders.scripts}/start-rails.sh`,
        ...["bundle", "exec", "rails", "runner", `${folders.scripts}/sync-greenlight.rb`],
      ],
      env: greenlightEnv(parts),
      secretEnv: { ...greenlightSecrets(parts), BIGBLUEBUTTON_SECRET: secrets.loadBalancer },
      ...knownNames(parts, { web: true }),
      mounts: [
        ...scratch(folders.greenlightApp, 256),
        { name: "scripts", path: folders.scripts, files: scripts.greenlightSync, executable: true },
        trustMount({ database: databases.greenlight.ca, cache: caches.greenlight.ca, web: webAuthority }),
      ],
      resources: podResources.sync,
      timeoutSeconds: 1_800,
    },
    opts,
  );
}

/** Sign-in at the identity provider, which is the only one: upstream offers accounts of its own no more where it has an issuer. */
function loginEnv({ login, domain }: ClusterParts): Readonly<Record<string, string>> {
  return {
    OPENID_CONNECT_ISSUER: login.issuer,
    OPENID_CONNECT_CLIENT_ID: login.clientId,
    OPENID_CONNECT_REDIRECT: `https://${domain}`,
    // For the provider alone: the S3 client has a setting of its own, and Ruby's takes this variable for no HTTPS.
    ...(throughProxy(login, login.issuer) ? { HTTPS_PROXY: proxyUrl } : {}),
  };
}

/** Address that a provider of sign-in has to know for Greenlight. */
export const loginCallback = (domain: string): string => `https://${domain}/auth/openid_connect/callback`;

/** The relay, over TLS from the first byte on 465, and by STARTTLS, which it must offer, anywhere else. */
function mailEnv({ smtp, domain }: ClusterParts): Readonly<Record<string, string>> {
  // Upstream's page of its health asks the relay, too, and fails where there is none.
  if (smtp === undefined) return {};
  return {
    SMTP_SERVER: smtp.host,
    SMTP_PORT: `${smtp.port}`,
    SMTP_DOMAIN: domain,
    SMTP_SENDER_EMAIL: smtp.from,
    SMTP_SSL_VERIFY: "true",
    SMTP_TLS: `${smtp.port === 465}`,
    SMTP_STARTTLS: `${smtp.port !== 465}`,
    ...(smtp.user === undefined ? {} : { SMTP_USERNAME: smtp.user, SMTP_AUTH: "plain" }),
  };
}

/**
 * Greenlight: the page of rooms, where people sign in at the identity provider, and guests come in by a link and wait. Its replicas keep nothing: rooms are in the
 * database, files in a bucket, and who is signed in is in a sealed cookie.
 */
export function greenlight(parts: ClusterParts, opts: pulumi.ComponentResourceOptions): Workload {
  const { name, policies, participants, login, files, smtp, secrets } = parts;
  const tier = bigBlueButtonTiers(name).greenlight;
  return new Workload(
    tier.name,
    {
      namespace: policies.namespace,
      policies,
      tier,
      role: "greenlight",
      image: image(policies.namespace.cluster.registry, bigBlueButtonImages.greenlight),
      capacity: greenlightCapacity(participants),
      user: rubyUser,
      command: start("bundle", "exec", "puma", "-C", `${folders.scripts}/puma.rb`),
      env: {
        ...greenlightEnv(parts),
        ...loginEnv(parts),
        ...mailEnv(parts),
        ...filesEnv(parts),
        // Ready is who answers with database and cache. Without the relay or Scalelite there are still rooms, and a page that says so.
        SMTP_HEALTH_CHECK_DISABLED: "true",
        BBB_HEALTH_CHECK_DISABLED: "true",
      },
      secretEnv: {
        ...greenlightSecrets(parts),
        BIGBLUEBUTTON_SECRET: secrets.loadBalancer,
        S3_ACCESS_KEY_ID: files.accessKey,
        S3_SECRET_ACCESS_KEY: files.secretKey,
        OPENID_CONNECT_CLIENT_SECRET: login.clientSecret,
        ...(smtp?.password === undefined ? {} : { SMTP_PASSWORD: smtp.password }),
      },
      // Scalelite at the address that browsers are sent to, since it is the only one that Greenlight has.
      ...knownNames(parts, {
        web: true,
        issuer: true,
        mail: true,
        proxy: throughProxy(login, login.issuer) || throughProxy(files, files.endpoint),
      }),
      mounts: [
        ...pages,
        { name: "scripts", path: folders.scripts, files: scripts.greenlight, executable: true },
        greenlightTrust(parts),
      ],
      probes: {
        ready: { get: healthPath, port: rubyPort, everySeconds: 5 },
        alive: { connect: rubyPort, failures: 6 },
        // Its pages are built first.
        startSeconds: 900,
      },
      resources: podResources.greenlight,
    },
    opts,
  );
}
