import { type Fact, lastReview as reviewed } from "./fact";

/** A line of a configuration that lets connections be weaker than TLS 1.2, or takes any certificate. */
export interface WeakTlsFact extends Fact {
  readonly what: string;
  readonly action: string;
  /** A word that stands in every one of them: a text without it has none. */
  readonly word: RegExp;
  readonly pattern: RegExp;
}

const old = (program: string, word: RegExp, pattern: RegExp, action: string, source: string): WeakTlsFact => ({
  what: `${program} with a version of TLS before 1.2`,
  action,
  word,
  pattern,
  source,
  reviewed,
});

const blind = (what: string, word: RegExp, pattern: RegExp, action: string, source: string): WeakTlsFact => ({
  what,
  action,
  word,
  pattern,
  source,
  reviewed,
});

/** `SSLv3`, `TLSv1`, `TLSv1.0` and `TLSv1.1`, but not `TLSv1.2`. */
const weak = String.raw`(?:SSLv[23]|TLSv1(?:\.[01])?)(?![.\d])`;

export const weakTls: readonly WeakTlsFact[] = [
  old(
    "nginx",
    /ssl[_-]protocols/i,
    new RegExp(String.raw`^\s{0,40}["']?ssl[_-]protocols["']?[\s:]{1,10}["']?[^;#]{0,80}\b${weak}`, "i"),
    "set ssl_protocols TLSv1.2 TLSv1.3",
    "https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_protocols",
  ),
  old(
    "HAProxy",
    /ssl-min-ver/,
    new RegExp(String.raw`\bssl-min-ver\s{1,10}${weak}`),
    "set ssl-min-ver TLSv1.2",
    "HAProxy version 3.2 configuration manual, ssl-min-ver",
  ),
  old(
    "Apache",
    /SSLProtocol/i,
    new RegExp(String.raw`^\s{0,40}SSL(?:Proxy)?Protocol\s(?:[^#]{0,80}\s)?\+?${weak}`, "i"),
    "set SSLProtocol -all +TLSv1.2 +TLSv1.3",
    "https://httpd.apache.org/docs/2.4/mod/mod_ssl.html#sslprotocol",
  ),
  old(
    "PostgreSQL",
    /ssl_min_protocol_version/,
    new RegExp(String.raw`^\s{0,40}ssl_min_protocol_version\s{0,4}=\s{0,4}["']?${weak}`, "i"),
    "set ssl_min_protocol_version = 'TLSv1.2'",
    "https://www.postgresql.org/docs/17/runtime-config-connection.html",
  ),
  old(
    "Dovecot",
    /ssl_min_protocol/,
    new RegExp(String.raw`^\s{0,40}ssl_min_protocol\s{0,4}=\s{0,4}${weak}`, "i"),
    "set ssl_min_protocol = TLSv1.2",
    "https://doc.dovecot.org/main/core/summaries/settings.html",
  ),
  old(
    "OpenSSL",
    /MinProtocol/,
    new RegExp(String.raw`^\s{0,40}MinProtocol\s{0,4}=\s{0,4}${weak}`),
    "set MinProtocol = TLSv1.2",
    "https://docs.openssl.org/3.0/man5/config/",
  ),
  old(
    "Traefik",
    /minVersion/,
    /\bminVersion["']?\s{0,4}[:=]\s{0,4}["']?VersionTLS1[01]\b/,
    "set minVersion: VersionTLS12",
    "https://doc.traefik.io/traefik/https/tls/#minimum-tls-version",
  ),
  old(
    "a gateway",
    /inProtocolVersion|minimum_protocol_version/,
    /\b(?:minProtocolVersion|tls_minimum_protocol_version)["']?\s{0,4}:\s{0,4}["']?TLSV1_[01]\b/i,
    "set minProtocolVersion: TLSV1_2",
    "https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings-TLSProtocol",
  ),
  blind(
    "a program of Node that takes any certificate",
    /NODE_TLS_REJECT_UNAUTHORIZED/,
    /\bNODE_TLS_REJECT_UNAUTHORIZED["']?\s{0,4}[=:]\s{0,4}["']?0/,
    "remove NODE_TLS_REJECT_UNAUTHORIZED, and name the authority in NODE_EXTRA_CA_CERTS",
    "https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue",
  ),
  blind(
    "connections that take any certificate",
    /nsecure_?-?[Ss]kip_?-?[Vv]erify/,
    /\binsecure[_-]?skip[_-]?verify["']?\s{0,4}[:=]\s{0,4}["']?(?:true|yes|on|1)\b/i,
    "remove it, and name the authority",
    "https://pkg.go.dev/crypto/tls#Config (InsecureSkipVerify)",
  ),
  blind(
    "a proxy that takes any certificate",
    /verify none/,
    /^\s{0,40}(?:default-)?server\s[^#]{0,400}\bssl\b[^#]{0,400}\bverify none\b/,
    "set verify required with ca-file",
    "HAProxy version 3.2 configuration manual, verify",
  ),
];

/** Keys of structured data with the values that mean the same. */
export const weakTlsKeys: readonly {
  readonly key: string;
  readonly values: readonly (string | boolean)[];
  readonly what: string;
  readonly action: string;
}[] = [
  {
    key: "minVersion",
    values: ["VersionTLS10", "VersionTLS11"],
    what: "a version of TLS before 1.2",
    action: "set minVersion: VersionTLS12",
  },
  {
    key: "minProtocolVersion",
    values: ["TLSV1_0", "TLSV1_1"],
    what: "a version of TLS before 1.2",
    action: "set minProtocolVersion: TLSV1_2",
  },
  {
    key: "tls_minimum_protocol_version",
    values: ["TLSv1_0", "TLSv1_1"],
    what: "a version of TLS before 1.2",
    action: "set tls_minimum_protocol_version: TLSv1_2",
  },
  {
    key: "insecureSkipVerify",
    values: [true, "true"],
    what: "connections that take any certificate",
    action: "remove insecureSkipVerify, and name the authority",
  },
  {
    key: "insecure_skip_verify",
    values: [true, "true"],
    what: "connections that take any certificate",
    action: "remove insecure_skip_verify, and name the authority",
  },
  {
    key: "insecureSkipTLSVerify",
    values: [true, "true"],
    what: "connections that take any certificate",
    action: "remove insecureSkipTLSVerify, and set caBundle",
  },
];
