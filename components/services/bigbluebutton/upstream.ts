import type { Upstream } from "../../core/upstream";
import { bigBlueButtonImages } from "./images";

const scalelite = (path: string): string => `blindsidenetworks/scalelite 7498a81 (v1.8.5) ${path}`;
const greenlight = (path: string): string => `bigbluebutton/greenlight 15db765 (release-3.8.2.4) ${path}`;
const reader = (path: string): string => `rclone/rclone v1.75.0 ${path}`;
const sdk = (path: string): string => `aws/aws-sdk-ruby bac3491 gems/aws-sdk-core/lib/${path}`;

const libpq = "postgres/postgres 0028b55 src/interfaces/libpq/fe-connect.c, PQconninfoOptions";
const resolver =
  "rails/rails 8ec292f (v7.2.3.2) activerecord/lib/active_record/database_configurations/connection_url_resolver.rb, query_hash, and connection_adapters/postgresql_adapter.rb, initialize: what libpq knows is passed on to it; run with Debian's 6.1.7.10";
const openssl = "openssl/openssl 01ead29 include/internal/cryptlib.h, through the default store of ruby/openssl";
const home = "rubygems/rubygems 04ab96d bundler/lib/bundler.rb, user_home";

/** Variables of both Ruby programs. */
const rails = {
  DATABASE_URL: resolver,
  PGHOST: libpq,
  PGPORT: libpq,
  PGUSER: libpq,
  PGPASSWORD: libpq,
  PGDATABASE: libpq,
  PGSSLMODE: libpq,
  PGSSLROOTCERT: libpq,
  SSL_CERT_FILE: openssl,
  HOME: home,
  AWS_REGION: sdk("aws-sdk-core/plugins/regional_endpoint.rb"),
  AWS_CA_BUNDLE: sdk("seahorse/client/plugins/net_http.rb"),
  AWS_EC2_METADATA_DISABLED: sdk("aws-sdk-core/instance_profile_credentials.rb"),
  AWS_REQUEST_CHECKSUM_CALCULATION: `aws/aws-sdk-ruby 00ddaab gems/aws-sdk-core/lib/aws-sdk-core/plugins/checksum_algorithm.rb`,
} as const;

const of = (file: string, ...names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, file]));

/** Sources of everything that is written for BigBlueButton on the cluster. What its hosts are given stands in components/recipe/parts/bigbluebutton. */
export const clusterUpstream: Upstream = {
  variables: {
    [bigBlueButtonImages.scalelite.path]: {
      ...rails,
      AWS_ACCESS_KEY_ID: sdk("aws-sdk-core/plugins/credentials_configuration.rb"),
      AWS_SECRET_ACCESS_KEY: sdk("aws-sdk-core/plugins/credentials_configuration.rb"),
      REDIS_URL: scalelite("config/redis_store.yml"),
      REDIS_POOL: scalelite("config/redis_store.yml"),
      SECRET_KEY_BASE: scalelite("config/secrets.yml"),
      ...of(scalelite("config/puma.rb"), "RAILS_MAX_THREADS", "WEB_CONCURRENCY"),
      RAILS_LOG_LEVEL: scalelite("config/environments/production.rb"),
      URL_HOST: scalelite("config/application.rb; config/environments/production.rb, config.hosts"),
      MULTITENANCY_ENABLED: scalelite("config/application.rb; config/environments/production.rb, config.hosts"),
      LOADBALANCER_CHECKSUM_ALGORITHM: scalelite(
        "config/application.rb; app/controllers/concerns/api_helper.rb, checksum_algorithm",
      ),
      ...of(
        scalelite("config/application.rb"),
        "LOADBALANCER_SECRETS",
        "GET_RECORDINGS_API_FILTERED",
        "OVERRIDE_CREATE_PARAMS",
        "RECORDING_DISABLED",
        "PROTECTED_RECORDINGS_ENABLED",
        "RECORDING_SPOOL_DIR",
        "RECORDING_WORK_DIR",
        "POLLER_THREADS",
        "SERVER_UNHEALTHY_THRESHOLD",
      ),
      S3_RECORDING: scalelite(
        "lib/recording_importer.rb; app/controllers/bigbluebutton_api_controller.rb, delete_recordings",
      ),
      S3_BUCKET_NAME: scalelite(
        "lib/recording_importer.rb; app/controllers/bigbluebutton_api_controller.rb, delete_recordings",
      ),
    },
    [bigBlueButtonImages.greenlight.path]: {
      ...rails,
      REDIS_URL: greenlight("config/environments/production.rb, cache_store; config/cable.yml"),
      SECRET_KEY_BASE: greenlight("config/secrets.yml"),
      RAILS_MAX_THREADS: greenlight("config/puma.rb; config/database.yml"),
      LOG_LEVEL: greenlight("config/environments/production.rb"),
      URL_HOST: greenlight("config/environments/production.rb, config.hosts"),
      BIGBLUEBUTTON_ENDPOINT: greenlight("config/application.rb"),
      BIGBLUEBUTTON_SECRET: greenlight("config/application.rb"),
      SKIP_YARN_INSTALL: "rails/jsbundling-rails 022789a lib/tasks/jsbundling/build.rake",
      ...of(
        greenlight("config/storage.yml"),
        "S3_ENDPOINT",
        "S3_REGION",
        "S3_BUCKET",
        "S3_FORCE_PATH_STYLE",
        "S3_ACCESS_KEY_ID",
        "S3_SECRET_ACCESS_KEY",
      ),
      ...of(
        greenlight("config/initializers/omniauth.rb"),
        "OPENID_CONNECT_ISSUER",
        "OPENID_CONNECT_CLIENT_ID",
        "OPENID_CONNECT_CLIENT_SECRET",
        "OPENID_CONNECT_REDIRECT",
      ),
      HTTPS_PROXY:
        "lostisland/faraday 0076514 lib/faraday/connection.rb, proxy_from_env; ruby/uri 040d15e lib/uri/generic.rb, find_proxy",
      ...of(
        greenlight("config/environments/production.rb, smtp_settings"),
        "SMTP_SERVER",
        "SMTP_PORT",
        "SMTP_DOMAIN",
        "SMTP_SENDER_EMAIL",
        "SMTP_SSL_VERIFY",
        "SMTP_TLS",
        "SMTP_STARTTLS",
        "SMTP_USERNAME",
        "SMTP_PASSWORD",
        "SMTP_AUTH",
      ),
      ...of(
        greenlight("app/controllers/health_checks_controller.rb"),
        "SMTP_HEALTH_CHECK_DISABLED",
        "BBB_HEALTH_CHECK_DISABLED",
      ),
    },
    [bigBlueButtonImages.rclone.path]: {
      ...of(
        reader("docs/content/docs.md, RCLONE_CONFIG_<remote>_<option>; backend/s3/s3.go"),
        "RCLONE_CONFIG_STORE_TYPE",
        "RCLONE_CONFIG_STORE_PROVIDER",
        "RCLONE_CONFIG_STORE_ENDPOINT",
        "RCLONE_CONFIG_STORE_REGION",
        "RCLONE_CONFIG_STORE_NO_CHECK_BUCKET",
        "RCLONE_CONFIG_STORE_ACCESS_KEY_ID",
        "RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY",
      ),
      ...of(
        reader("fs/config.go; docs/content/docs.md, environment variables"),
        "RCLONE_CONFIG",
        "RCLONE_CACHE_DIR",
        "RCLONE_LOG_LEVEL",
        "RCLONE_CONTIMEOUT",
        "RCLONE_TIMEOUT",
        "RCLONE_CA_CERT",
      ),
      HTTPS_PROXY: reader("fs/fshttp/http.go, http.ProxyFromEnvironment"),
    },
  },
  files: {
    "nginx.conf": {
      "all requests to Scalelite, with the headers of a proxy before": scalelite(
        "nginx/conf.d/scalelite-proxy.template",
      ),
      "X-Accel-Redirect to /static-resource, internal": scalelite(
        "app/controllers/playback_controller.rb, deliver_resource; nginx/conf.d/scalelite.common",
      ),
      "the player and its older addresses": scalelite("nginx/playback/playback.nginx, presentation.nginx"),
      "video and screenshare": scalelite("nginx/playback/presentation-video.nginx, recording-screenshare.nginx"),
    },
  },
  behaviour: {
    "import.rb": {
      "RecordingImporter.import(file, client) uploads below published/ or unpublished/, passes over a format that fails, and deletes the archive":
        scalelite("lib/recording_importer.rb"),
      "one importer": scalelite("docs/docker-README.md"),
      "at most a thousand objects of a format are deleted": scalelite(
        "app/controllers/bigbluebutton_api_controller.rb, delete_recordings",
      ),
      "a deleted recording keeps its row, with its state": scalelite("app/models/recording.rb, mark_delete!"),
      "tcp_keepalives_* per session": "PostgreSQL 15.18 postgres --describe-config, context user; run with it",
      "an address and options beside it":
        "pg 1.4.5 as Debian has it, lib/pg/connection.rb, parse_connect_args; run with it",
    },
    "poll.rb": {
      "poll:all, reenabled with what it is made of": scalelite("lib/tasks/poll.rake"),
      "several pollers": scalelite("docs/docker-README.md"),
      "servers, tenants and meetings are in the cache": scalelite("app/models/server.rb, tenant.rb, meeting.rb"),
      "recordings name their tenant by its id": scalelite("app/controllers/bigbluebutton_api_controller.rb, tenant-id"),
      "servers:sync enables cordoned servers": scalelite("lib/server_sync.rb"),
    },
    "store.rb": {
      "a proxy and addresses with the bucket in the path come from options only": `${sdk("seahorse/client/plugins/net_http.rb")}; gems/aws-sdk-s3/lib/aws-sdk-s3/plugins/bucket_dns.rb`,
    },
    "scalelite-ready.sh": {
      "200 and a text, whatever it found": scalelite("app/controllers/health_check_controller.rb"),
    },
    "decide-greenlight.rb": {
      "guestPolicy true is ASK_MODERATOR for every room": greenlight(
        "app/services/room_settings_getter.rb, SPECIAL_OPTIONS",
      ),
      "record is on unless it is set": greenlight(
        "db/data/20230123174546_update_record_rooms_configuration_default.rb",
      ),
      "a logo at GitHub where there are no pages": greenlight("db/data/20220713143528_populate_site_settings.rb"),
      "a recording is without protection unless its visibility says so": greenlight(
        "app/services/big_blue_button_api.rb, visibility_params_of; db/data/20231213203353_add_default_recording_visibility_to_settings.rb",
      ),
    },
    "sync-greenlight.rb": {
      "the task is given a duration, and looks back twice as far": greenlight("lib/tasks/poller.rake"),
    },
    "with-pages.sh, migrate-greenlight.sh": {
      "pages are built at every start; migrations, then data": greenlight("bin/start"),
    },
    "puma.rb": {
      "files are served by redirects to the store unless the route is another":
        "rails/rails 00a8266 activestorage/config/routes.rb",
    },
  },
};
