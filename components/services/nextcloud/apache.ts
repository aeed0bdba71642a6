/** Paths and the port of the web server. */
export interface WebSettings {
  readonly domain: string;
  readonly port: number;
  readonly code: string;
  readonly run: string;
  readonly processes: number;
  readonly uploadMib: number;
  /** Folder of the server's modules. @default "/usr/lib/apache2/modules", as in upstream's image */
  readonly modules?: string;
  /** The module with PHP in it. @default - of upstream's image */
  readonly php?: string;
}

/** Modules that upstream's `.htaccess` and this file use; upstream's image has all of Debian's. */
const modules = [
  ["mpm_prefork", "mod_mpm_prefork.so"],
  ["authz_core", "mod_authz_core.so"],
  ["dir", "mod_dir.so"],
  ["env", "mod_env.so"],
  ["headers", "mod_headers.so"],
  ["mime", "mod_mime.so"],
  ["rewrite", "mod_rewrite.so"],
  ["setenvif", "mod_setenvif.so"],
] as const;

/**
 * The web server's whole configuration: Apache with PHP inside, which serves the code where the image has it. Rules for single paths are upstream's own `.htaccess`.
 * The folder of data and of the configuration are not below the code, and nobody is led to the updater, which the image has not.
 */
export const apache = (web: WebSettings): string => `ServerName ${web.domain}
ServerRoot "${web.run}"
PidFile "${web.run}/apache2.pid"
Listen ${web.port}
DefaultRuntimeDir "${web.run}"
ErrorLog /proc/self/fd/2
LogLevel warn
LogFormat "%{X-Request-Id}i %m %>s %B %D" lines
CustomLog /proc/self/fd/1 lines
ServerTokens Prod
ServerSignature Off
TraceEnable Off
FileETag None

${modules.map(([name, file]) => `LoadModule ${name}_module ${web.modules ?? "/usr/lib/apache2/modules"}/${file}`).join("\n")}
LoadModule php_module ${web.php ?? "/usr/lib/apache2/modules/libphp.so"}

StartServers 4
MinSpareServers 2
MaxSpareServers ${web.processes}
MaxRequestWorkers ${web.processes}
MaxConnectionsPerChild 2000
Timeout 300
KeepAlive On
KeepAliveTimeout 60
LimitRequestBody ${web.uploadMib * 1024 * 1024}

TypesConfig /etc/mime.types
AddType text/javascript .mjs
AddType application/wasm .wasm
<FilesMatch "\\.php$">
  SetHandler application/x-httpd-php
</FilesMatch>
<FilesMatch "^\\.">
  Require all denied
</FilesMatch>
DirectoryIndex index.php index.html

<Directory />
  Require all denied
  AllowOverride None
</Directory>
DocumentRoot "${web.code}"
<Directory "${web.code}">
  Require all granted
  AllowOverride All
  Options FollowSymLinks
</Directory>
`;

/** PHP's settings, beside what is known only in the pod. */
export const phpIni = ({ uploadMib }: Pick<WebSettings, "uploadMib">): string => `memory_limit = 512M
upload_max_filesize = ${uploadMib}M
post_max_size = ${uploadMib}M
max_execution_time = 300
expose_php = Off
display_errors = Off
log_errors = On
error_log = /proc/self/fd/2
allow_url_include = Off
session.cookie_secure = On
session.cookie_httponly = On
redis.session.locking_enabled = 1
redis.session.lock_retries = -1
redis.session.lock_wait_time = 10000
apc.enable_cli = 1
opcache.enable = 1
opcache.interned_strings_buffer = 32
opcache.max_accelerated_files = 20000
opcache.memory_consumption = 192
opcache.validate_timestamps = 0
`;
