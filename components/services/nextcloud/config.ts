import { secretFiles, trustFiles } from "./settings";

/** Place of a secret in the settings: the configuration's script puts the content of the file there. */
const secret = (file: string): { readonly $secret: string } => ({ $secret: file });

/** Place of a variable, for what may be known only once other resources exist. */
const variable = (name: string): { readonly $variable: string } => ({ $variable: name });

/** Variables of that kind: `host:port` of the database, `tls://host` of the cache. */
export const hubVariables = { database: "HUB_DATABASE", cache: "HUB_CACHE" } as const;

/** Plain settings of the server. */
export interface HubSettings {
  readonly name: string;
  readonly domain: string;
  /** Addresses whose word about clients' addresses counts: the edge's pods. */
  readonly proxies: string;
  readonly folders: { readonly data: string; readonly trust: string; readonly run: string };
  readonly database: { readonly name: string; readonly user: string };
  readonly cache: { readonly port: number };
  readonly store: {
    readonly host: string;
    readonly port: number;
    readonly bucket: string;
    readonly region: string;
    /** True where it is told a key with each request. */
    readonly encrypted: boolean;
    /** Address of the proxy that leads to it. @default - it is reached straight */
    readonly proxy?: string;
  };
  /** The proxy that leads to the provider of sign-ins, and hosts that are reached straight. @default - none */
  readonly proxy?: { readonly address: string; readonly direct: readonly string[] };
  readonly relay?: {
    readonly host: string;
    readonly port: number;
    readonly user?: string;
    readonly from: string;
  };
}

/**
 * Kinds of previews that PHP makes by itself. All that start a program (LibreOffice, FFmpeg, ImageMagick with its many formats) are left out, and none asks another
 * server (Imaginary): config.sample.php, enabledPreviewProviders.
 */
const previews = ["PNG", "JPEG", "GIF", "BMP", "XBitmap", "WebP", "MarkDown", "TXT"].map(
  (kind) => `OC\\Preview\\${kind}`,
);

/**
 * The settings of the server (config.php), as data; secrets are named and not here.
 *
 * Everything that would ask somebody outside is off by its own switch, whatever the master switch `has_internet_connection` covers: it does not cover the apps that
 * the task disables, nor lookups of the web pages that somebody links to (`reference_opengraph`).
 */
export const hubConfig = (hub: HubSettings): Readonly<Record<string, unknown>> => ({
  // Names the cookie and the folder of the apps' own files. It stays as long as the deployment.
  instanceid: `hub${hub.name.replaceAll("-", "")}`,
  passwordsalt: secret(secretFiles.salt),
  secret: secret(secretFiles.secret),
  trusted_domains: [hub.domain],
  trusted_proxies: [hub.proxies],
  forwarded_for_headers: ["HTTP_X_FORWARDED_FOR"],
  overwritehost: hub.domain,
  overwriteprotocol: "https",
  "overwrite.cli.url": `https://${hub.domain}`,
  datadirectory: hub.folders.data,
  check_data_directory_permissions: false,
  tempdirectory: `${hub.folders.run}/temporary`,
  dbtype: "pgsql",
  dbhost: variable(hubVariables.database),
  dbname: hub.database.name,
  dbuser: hub.database.user,
  dbpassword: secret(secretFiles.database),
  dbtableprefix: "oc_",
  setup_create_db_user: false,
  // The server writes all five into its connection string; one that is empty or missing would take the next word, the user at last, for its value (seen). There is no
  // certificate of its own and no list of revoked ones at these places, and the client goes on without.
  pgsql_ssl: {
    mode: "verify-full",
    rootcert: `${hub.folders.trust}/${trustFiles.database}`,
    cert: `${hub.folders.run}/none.crt`,
    key: `${hub.folders.run}/none.key`,
    crl: `${hub.folders.run}/none.crl`,
  },
  "memcache.local": "\\OC\\Memcache\\APCu",
  "memcache.distributed": "\\OC\\Memcache\\Redis",
  "memcache.locking": "\\OC\\Memcache\\Redis",
  redis: {
    host: variable(hubVariables.cache),
    port: hub.cache.port,
    password: secret(secretFiles.cache),
    timeout: 5,
    read_timeout: 5,
    ssl_context: { cafile: `${hub.folders.trust}/${trustFiles.cache}`, verify_peer: true, verify_peer_name: true },
  },
  objectstore: {
    class: "\\OC\\Files\\ObjectStore\\S3",
    arguments: {
      bucket: hub.store.bucket,
      hostname: hub.store.host,
      port: hub.store.port,
      region: hub.store.region,
      key: secret(secretFiles.storeKey),
      secret: secret(secretFiles.storeSecret),
      use_ssl: true,
      use_path_style: true,
      autocreate: false,
      verify_bucket_exists: false,
      ...(hub.store.encrypted ? { sse_c_key: secret(secretFiles.storeEncryption) } : {}),
      ...(hub.store.proxy === undefined ? {} : { proxy: hub.store.proxy }),
    },
  },
  default_certificates_bundle_path: `${hub.folders.run}/authorities.crt`,
  ...(hub.proxy === undefined
    ? {}
    : { proxy: hub.proxy.address.replace(/^http:\/\//, ""), proxyexclude: hub.proxy.direct }),
  // Nothing outside.
  has_internet_connection: false,
  appstoreenabled: false,
  updatechecker: false,
  "upgrade.disable-web": true,
  lookup_server: "",
  "gs.enabled": false,
  connectivity_check_domains: [],
  reference_opengraph: false,
  knowledgebaseenabled: false,
  "simpleSignUpLink.shown": false,
  customclient_desktop: "",
  customclient_android: "",
  customclient_ios: "",
  customclient_ios_appid: "",
  customclient_fdroid: "",
  files_external_allow_create_new_local: false,
  // The provider of sign-ins, the signaling servers and the recorders have private addresses; network policies say which of them a pod reaches.
  allow_local_remote_servers: true,
  // No file that a new account starts with comes from the image.
  skeletondirectory: "",
  templatedirectory: "",
  enable_previews: true,
  enabledPreviewProviders: previews,
  preview_max_x: 2048,
  preview_max_y: 2048,
  "files.chunked_upload.max_size": 104_857_600,
  "auth.bruteforce.protection.enabled": true,
  "ratelimit.protection.enabled": true,
  "auth.storeCryptedPassword": false,
  hide_login_form: true,
  session_lifetime: 36_000,
  remember_login_cookie_lifetime: 0,
  log_type: "errorlog",
  // Who signed in, who opened, shared and deleted what: each a line of the log.
  log_type_audit: "errorlog",
  "log.condition": { apps: ["admin_audit"] },
  loglevel: 2,
  maintenance_window_start: 1,
  default_language: "en",
  user_oidc: { auto_provision: true, soft_auto_provision: true, use_pkce: true, single_logout: true },
  mail_smtpmode: hub.relay === undefined ? "null" : "smtp",
  ...(hub.relay === undefined ? {} : mail(hub.relay)),
});

const mail = ({ host, port, user, from }: NonNullable<HubSettings["relay"]>): Readonly<Record<string, unknown>> => {
  const [local = "", domain = ""] = from.split("@");
  return {
    mail_smtphost: host,
    mail_smtpport: port,
    mail_smtpsecure: "ssl",
    mail_smtpauth: user !== undefined,
    ...(user === undefined ? {} : { mail_smtpname: user, mail_smtppassword: secret(secretFiles.relay) }),
    mail_from_address: local,
    mail_domain: domain,
  };
};

/** Ports at which relays wait for STARTTLS. The server asks for TLS from the start at whatever port, since it would go on in clear where STARTTLS is not offered (Mailer.php). */
export const startTlsPorts: readonly number[] = [25, 587];

/** The file of settings. */
export const settingsFile = (hub: HubSettings): string => `${JSON.stringify(hubConfig(hub), null, 2)}\n`;
