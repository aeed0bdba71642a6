import { jitsiOf } from "./jitsi";
import type { MatrixPlan } from "./planned";
import { elementPorts } from "./settings";

type Shown = Pick<
  MatrixPlan,
  "domain" | "serverName" | "federation" | "authentication" | "app" | "calls" | "jitsi" | "jitsiTokens"
>;

/** Folder of Element's files in upstream's image (apps/web/Dockerfile). */
const filesFolder = "/app";

/** Folder of the web server's own configuration. */
export const elementFolder = "/etc/element";

/**
 * `config.json` of Element Web. Its program has addresses of its makers' compiled in, which count wherever this file says nothing (element-hq/element-web 014ee77
 * apps/web/src/SdkConfig.ts, DEFAULTS): each of them is named here. Objects cannot be unset there, so they are filled with addresses of the deployment's own.
 */
export function elementConfig(plan: Shown): string {
  const { domain, serverName, federation, authentication, app, calls, jitsi } = plan;
  const own = `https://${app?.domain ?? domain}/`;
  const talks = calls !== undefined || jitsi !== undefined;
  const off = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [`UIFeature.${name}`, false]));
  return `${JSON.stringify(
    {
      default_server_config: { "m.homeserver": { base_url: `https://${domain}`, server_name: serverName } },
      disable_custom_urls: true,
      disable_guests: true,
      disable_3pid_login: true,
      default_federate: Object.keys(federation).length > 0,
      brand: "Element",
      branding: {
        logo_link_url: own,
        auth_header_logo_url: "themes/element/img/logos/element-logo.svg",
        welcome_background_url: "themes/element/img/backgrounds/lake.jpg",
        auth_footer_links: [],
      },
      // Its page of welcome leads to its makers.
      embedded_pages: { login_for_welcome: true },
      permalink_prefix: own.replace(/\/$/, ""),
      help_url: own,
      help_encryption_url: own,
      help_key_storage_url: own,
      // No integration manager: null counts for a text, and does not for an object.
      integrations_ui_url: null,
      integrations_rest_url: null,
      integrations_widgets_urls: [],
      // Without a Jitsi the app's own name, where there is none: otherwise calls went to its makers'.
      jitsi: { preferred_domain: jitsiOf(plan) ?? app?.domain ?? domain },
      element_call: { use_exclusively: calls !== undefined, disable: calls === undefined, brand: "Element Call" },
      features: Object.fromEntries(
        ["feature_group_calls", "feature_video_rooms", "feature_element_call_video_rooms"].map((name) => [
          name,
          calls !== undefined,
        ]),
      ),
      desktop_builds: { available: false, logo: "vector-icons/1024.png", url: own },
      mobile_builds: { ios: null, android: null, fdroid: null },
      mobile_guide_toast: false,
      feedback: { existing_issues_url: own, new_issue_url: own },
      room_directory: { servers: [serverName] },
      sso_redirect_options: { immediate: false },
      force_verification: true,
      show_labs_settings: false,
      setting_defaults: {
        ...off("urlPreviews", "locationSharing", "feedback", "registration", "passwordReset", "deactivate"),
        ...off("shareSocial", "identityServer", "thirdPartyId"),
        // A call is a widget, too.
        "UIFeature.widgets": talks,
        "UIFeature.voip": talks,
        // The homeserver tells nobody of people whom they share no room with, so everybody's first invitation would be to somebody who "may not exist" (seen in 1.11.82).
        promptBeforeInviteUnknownUsers: false,
        urlPreviewsEnabled: false,
        urlPreviewsEnabled_e2ee: false,
        ...(authentication === undefined ? {} : { "UIFeature.advancedSettings": true }),
      },
    },
    undefined,
    2,
  )}\n`;
}

/**
 * Scripts that stand in the page of Element Call itself, by their digests: everything else there is a file (npm @element-hq/element-call-embedded 0.22.0 dist/index.html,
 * which Element Web 1.12.26 names in apps/web/package.json; the same in 0.24.0 and 0.26.1).
 */
const callScripts = ["pQY0fuQAnnVQH5nQfjo80rzGkQzeN3JeAtAJ+1KcD4k=", "3042zLa3JXvrJe/2n8P/XpIKwqBdNTu7fwbLZUNrzZQ="];

/** Headers of every answer: what the page may load and ask, and from where. Its own are wider (element-hq/element-web ba79d08 apps/web/src/vector/index.html). */
export function elementHeaders({
  domain,
  serverName,
  authentication,
  calls,
  jitsi,
}: Shown): Readonly<Record<string, string>> {
  const https = (...hosts: readonly (string | undefined)[]): readonly string[] =>
    hosts.flatMap((host) => (host === undefined ? [] : [`https://${host}`]));
  const media = calls === undefined ? [] : [calls.livekit, calls.livekit.replace(/^wss:/, "https:")];
  const policy: Readonly<Record<string, readonly string[]>> = {
    "default-src": ["'none'"],
    // The script of a Jitsi widget is Element's own file, not Jitsi's (element-hq/element-web 3405ffb apps/web/src/vector/jitsi/index.html).
    "script-src": [
      "'self'",
      "'wasm-unsafe-eval'",
      ...(calls === undefined ? [] : callScripts.map((digest) => `'sha256-${digest}'`)),
    ],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "blob:", "data:", ...https(domain)],
    "connect-src": [
      "'self'",
      "blob:",
      "data:",
      // The server name says where the homeserver is, and is asked once somebody is in (matrix-js-sdk 34.9.0 src/client.ts, fetchClientWellKnown).
      ...https(...new Set([domain, serverName]), authentication?.domain, calls?.domain, jitsi),
      ...media,
    ],
    "font-src": ["'self'", "data:"],
    "media-src": ["'self'", "blob:", "data:", ...https(domain)],
    "worker-src": ["'self'", "blob:"],
    "frame-src": ["'self'", "blob:", ...https(jitsi)],
    "manifest-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
    // Its own pages of widgets stand in frames of it.
    "frame-ancestors": ["'self'"],
  };
  // With these, a Jitsi would have no camera: it stands in a frame of another origin. Without, browsers give one to frames that the page names, and frame-src lets in no other.
  const devices =
    jitsi === undefined ? ["camera", "microphone", "display-capture"].map((name) => `${name}=(self)`) : [];
  return {
    "Content-Security-Policy": Object.entries(policy)
      .map(([name, sources]) => `${name} ${sources.join(" ")}`)
      .join("; "),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Permissions-Policy": [...devices, "geolocation=()"].join(", "),
  };
}

/**
 * Configuration of the web server. Upstream's image writes its own at its start, for which it would need a root file system that can be written
 * (element-hq/element-web 02ac72b apps/web/Dockerfile, 1529010 apps/web/docker/nginx-templates/default.conf.template).
 */
export const elementServer = ({
  files = filesFolder,
  config = elementFolder,
  listen = `${elementPorts.http}`,
}: { readonly files?: string; readonly config?: string; readonly listen?: string } = {}): string => `worker_processes 1;
pid /tmp/nginx.pid;
error_log stderr warn;

events {
    worker_connections 1024;
}

http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    # The edge has written requests down.
    access_log off;
    server_tokens off;
    sendfile on;
    keepalive_timeout 65s;
    client_max_body_size 1k;
    client_body_temp_path /tmp/body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;

    server {
        listen ${listen};
        root ${files};
        index index.html;

        # Browsers ask again whether there is another one of what names all others.
        location ~ ^/(index\\.html|version|i18n/.*)?$ {
            add_header Cache-Control no-cache;
        }

        # Element sends every telephone here before it has read its configuration. Its own page leads to shops of apps and to a host of its makers, and tells that one which
        # homeserver it is (element-hq/element-web 1c6a8dd apps/web/src/vector/mobile_guide/index.ts).
        location ^~ /mobile_guide {
            root ${config};
            try_files /phones.html =404;
            add_header Cache-Control no-cache;
        }

        location = /mobile_guide/phones.js {
            root ${config};
            try_files /phones.js =404;
            add_header Cache-Control no-cache;
        }

        # Another one for a host name would win over it.
        location ~ ^/config\\..+\\.json$ {
            return 404;
        }

        location = /config.json {
            alias ${config}/config.json;
            default_type application/json;
            add_header Cache-Control no-cache;
        }
    }
}
`;
