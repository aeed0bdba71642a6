import { databaseLimits } from "../../core/connections";
import {
  databaseConnections,
  type Instances,
  type MatrixSettings,
  secretFiles,
  synapsePorts,
  trustFiles,
  uploadMib,
  workerPorts,
} from "./settings";

/** Keys of the homeserver's configuration, with the file of upstream that reads them. */
export interface KeyGroup {
  /** Path in element-hq/synapse, read at a58ad44 (1.157.1) and in the release 1.163.2. */
  readonly file: string;
  readonly keys: Readonly<Record<string, unknown>>;
}

const from = (file: string, keys: Readonly<Record<string, unknown>>): KeyGroup => ({ file, keys });

/**
 * Configuration of the homeserver, by the upstream files that read it: no federation but with named servers, no third party, people log in at the identity provider only. Secrets stand in
 * files of their own, and the program is started so that it refuses any in here.
 */
export function homeserverGroups(settings: MatrixSettings): readonly KeyGroup[] {
  const { serverName, domain, database, cache, bucket, turn, folders, address } = settings;
  const { workers, federation = [], identifies = false, calls = false, keepDays, authentication, wellKnown } = settings;
  const federates = federation.length > 0;
  const secret = (name: string): string => `${folders.secrets}/${name}`;
  const trust = (name: string): string => `${folders.trust}/${name}`;
  const listener = (port: number, names: readonly string[], more: Readonly<Record<string, unknown>>) => ({
    port,
    bind_addresses: [address ?? "0.0.0.0"],
    ...more,
    resources: [{ names, compress: false }],
  });
  return [
    from("synapse/config/server.py", {
      server_name: serverName,
      public_baseurl: `https://${domain}/`,
      // Without a list of homeservers, nothing that others ask for is served.
      listeners: [
        listener(synapsePorts.http, ["client", ...(federates ? ["federation"] : identifies ? ["openid"] : [])], {
          type: "http",
          tls: false,
          x_forwarded: true,
        }),
        ...(workers === undefined
          ? []
          : [listener(workerPorts.replication, ["replication"], { type: "http", tls: false })]),
        listener(synapsePorts.metrics, ["metrics"], { type: "metrics" }),
      ],
      // Others, servers for calls included, are told to come to port 443.
      serve_server_wellknown: federates || identifies,
      // Who is there just now is written by the main process, and every sync would wait for it: while that is away, nobody would read (seen in 1.163.2).
      ...(workers === undefined ? {} : { presence: { enabled: false } }),
      ...(wellKnown === undefined ? {} : { extra_well_known_client_content: wellKnown }),
      allow_public_rooms_without_auth: false,
      allow_public_rooms_over_federation: false,
      require_auth_for_profile_requests: true,
      limit_profile_requests_to_users_who_share_rooms: true,
      include_profile_data_on_invite: false,
      delete_stale_devices_after: "180d",
      user_ips_max_age: "28d",
      redaction_retention_period: "7d",
      // The frame of its pages: see page.ts.
      templates: { custom_template_directory: folders.config },
    }),
    from("synapse/config/federation.py", {
      // An empty list is nobody; without the key it is everybody.
      federation_domain_whitelist: federation,
      allow_profile_lookup_over_federation: false,
      allow_device_name_lookup_over_federation: false,
    }),
    ...(settings.federationCa === true
      ? [from("synapse/config/tls.py", { federation_custom_ca_list: [trust(trustFiles.federation)] })]
      : []),
    from("synapse/config/key.py", {
      // Without the key, matrix.org would be asked for the keys of others.
      trusted_key_servers: [],
      signing_key_path: secret(secretFiles.signingKey),
      macaroon_secret_key_path: secret(secretFiles.macaroons),
      form_secret_path: secret(secretFiles.forms),
    }),
    from("synapse/config/metrics.py", { report_stats: false, enable_metrics: true }),
    from("synapse/config/logger.py", { log_config: `${folders.config}/log.yaml` }),
    from("synapse/config/registration.py", {
      enable_registration: false,
      allow_guest_access: false,
      enable_3pid_lookup: false,
      enable_3pid_changes: false,
      disable_msisdn_registration: true,
    }),
    from("synapse/config/ratelimiting.py", {
      // People of an office come from one address: upstream's own lets five of them in and then one in five minutes. Nobody guesses passwords here; the identity provider
      // counts those. This is the most people of one homeserver within ten minutes.
      rc_login: { address: { per_second: 17, burst_count: 100 } },
    }),
    from("synapse/config/auth.py", { password_config: { enabled: false, localdb_enabled: false } }),
    // Every process that reads of a provider asks it at its start: workers are told of none, and the main process beside them by a file of its own.
    ...(authentication === undefined
      ? workers === undefined
        ? [providers(settings)]
        : []
      : [
          from("synapse/config/mas.py", {
            matrix_authentication_service: {
              enabled: true,
              endpoint: authentication,
              secret_path: secret(secretFiles.authentication),
            },
          }),
        ]),
    from("synapse/config/sso.py", { sso: { client_whitelist: [], update_profile_information: true } }),
    ...(workers === undefined ? [] : [processes(workers, secret(secretFiles.replication))]),
    ...(keepDays === undefined ? [] : [retention(keepDays)]),
    ...(calls ? calling : []),
    from("synapse/config/database.py", {
      database: {
        name: "psycopg2",
        // Host and password come as PGHOST and PGPASSWORD (libpq): one may be known only later, the other would be a secret in here.
        args: {
          port: database.port,
          dbname: database.name,
          user: database.user,
          sslmode: "verify-full",
          sslrootcert: trust(trustFiles.database),
          ...databaseLimits,
          cp_min: databaseConnections.least,
          cp_max: databaseConnections.most,
        },
      },
    }),
    from("synapse/config/repository.py", {
      media_store_path: folders.media,
      ...(workers === undefined
        ? {}
        : { enable_media_repo: false, media_instance_running_background_jobs: workers.media }),
      max_upload_size: `${uploadMib}M`,
      url_preview_enabled: false,
      dynamic_thumbnails: false,
      // Files that nobody opened for as long. From a bucket the program removes none: that is the lifecycle of the bucket's.
      ...(keepDays === undefined ? {} : { media_retention: { local_media_lifetime: `${keepDays}d` } }),
      enable_authenticated_media: true,
      ...(bucket === undefined
        ? {}
        : {
            media_storage_providers: [
              {
                // matrix-org/synapse-s3-storage-provider 208157c (PyPI 1.7.0, Apache-2.0). It uploads from the local store, so there has to be one; keys come from
                // the environment (boto3).
                module: "s3_storage_provider.S3StorageProviderBackend",
                store_local: true,
                store_remote: true,
                store_synchronous: true,
                config: { bucket: bucket.bucket, region_name: bucket.region, endpoint_url: bucket.endpoint },
              },
            ],
          }),
    }),
    from("synapse/config/room.py", { encryption_enabled_by_default_for_room_type: "all", forget_rooms_on_leave: true }),
    from("synapse/config/room_directory.py", { enable_room_list_search: true }),
    // A phone's own programs name the gateway that they want to be woken by, Apple's and Google's as a rule: nobody is told anything.
    from("synapse/config/push.py", { push: { enabled: false, include_content: false } }),
    from("synapse/config/voip.py", {
      turn_allow_guests: false,
      ...(turn === undefined
        ? { turn_uris: [] }
        : {
            turn_uris: turn.urls,
            turn_shared_secret_path: secret(secretFiles.turn),
            turn_user_lifetime: `${turn.credentialSeconds}s`,
          }),
    }),
    // Workers talk over it; one process alone needs it for nothing. The connection is encrypted and the other side not verified, whatever stands
    // here: replication/tcp/context.py loads the authority and never asks OpenSSL to use it (seen in 1.163.2). Network policies are what keeps others away.
    from("synapse/config/redis.py", {
      redis:
        cache === undefined
          ? { enabled: false }
          : {
              enabled: true,
              host: cache.host,
              port: cache.port,
              password_path: secret(secretFiles.cache),
              use_tls: true,
              ca_file: trust(trustFiles.cache),
            },
    }),
  ];
}

/**
 * Keys that Element Call needs beside its servers. Without delayed events nobody says that somebody left whose browser died: they stay in the call for everybody else. Keys for
 * media come in bursts, as messages, and a delay is renewed every few seconds (element-hq/element-call 034e691 docs/self-hosting.md; element-hq/ess-helm 1ec61cd
 * charts/matrix-stack/configs/synapse/synapse-01-shared-underrides.yaml.tpl has the same values).
 */
const calling: readonly KeyGroup[] = [
  from("synapse/config/server.py", { max_event_delay_duration: "24h" }),
  from("synapse/config/ratelimiting.py", {
    rc_message: { per_second: 0.5, burst_count: 30 },
    rc_delayed_event_mgmt: { per_second: 1, burst_count: 20 },
  }),
];

/** The provider at which people log in, where the homeserver sends them there itself. */
const providers = ({ login, folders }: Pick<MatrixSettings, "login" | "folders">): KeyGroup =>
  from("synapse/config/oidc.py", {
    oidc_providers: [
      {
        idp_id: "login",
        idp_name: "Login",
        issuer: login.issuer,
        client_id: login.clientId,
        client_secret_path: `${folders.secrets}/${secretFiles.loginClient}`,
        pkce_method: "always",
        scopes: ["openid", "profile"],
        // Who leaves at the provider leaves here.
        backchannel_logout_enabled: true,
        user_mapping_provider: {
          config: {
            localpart_template: "{{ user.preferred_username }}",
            display_name_template: "{{ user.name }}",
          },
        },
      },
    ],
  });

/** Processes beside the main one, and what each does. */
const processes = ({ main, writer, sender }: Instances, secretPath: string): KeyGroup =>
  from("synapse/config/workers.py", {
    worker_replication_secret_path: secretPath,
    instance_map: {
      main: { host: main, port: workerPorts.replication },
      [writer.name]: { host: writer.host, port: workerPorts.replication },
      ...(sender === undefined ? {} : { [sender.name]: { host: sender.host, port: workerPorts.replication } }),
    },
    stream_writers: { events: [writer.name] },
    // Every other process asks through this one, so that it alone needs a way out.
    ...(sender === undefined
      ? {}
      : { federation_sender_instances: [sender.name], outbound_federation_restricted_to: [sender.name] }),
  });

/** Messages are hidden after some days, and removed within half a day; a room's newest one stays in the database (docs/message_retention_policies.md). */
const retention = (days: number): KeyGroup =>
  from("synapse/config/retention.py", {
    retention: {
      enabled: true,
      default_policy: { max_lifetime: `${days}d` },
      // Nobody's room keeps them for longer.
      allowed_lifetime_max: `${days}d`,
      purge_jobs: [{ interval: "12h" }],
    },
  });

/** `login.yaml` of the main process beside workers: the provider at which people log in. */
export const loginFile = (settings: Pick<MatrixSettings, "login" | "folders">): string =>
  `${JSON.stringify(providers(settings).keys, undefined, 2)}\n`;

/** `homeserver.yaml`: JSON, which YAML contains. */
export const homeserver = (settings: MatrixSettings): string =>
  `${JSON.stringify(Object.assign({}, ...homeserverGroups(settings).map(({ keys }) => keys)), undefined, 2)}\n`;
