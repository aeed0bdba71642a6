import type { Upstream } from "../../core/upstream";
import { openViduImages } from "./images";

const server = (path: string): string => `livekit/livekit v1.13.11 ${path}`;
const protocol = (path: string): string => `livekit/protocol 46332a0 ${path}`;
const transport = (path: string): string => `livekit/mediatransportutil dd8e31a ${path}`;
const recorder = (path: string): string => `livekit/egress v1.14.1 ${path}`;
const go = "aws/aws-sdk-go-v2 config/env_config.go, through livekit/storage 1297cb1 s3.go";
const browser =
  "Chromium 156.0.8078.108 as Debian has it, usr/lib/chromium/chromium: the policy's name is in the program";
const turn = (path: string): string => `coturn/coturn 8024aa6 ${path}`;

/** Sources of everything that is written for OpenVidu. What the keys mean, and the keys below those of the first level, stand beside them in livekit.ts. */
export const upstream: Upstream = {
  variables: {
    [openViduImages.livekit.path]: {
      REDIS_HOST: server("cmd/server/main.go, baseFlags"),
      REDIS_PASSWORD: server("cmd/server/main.go, baseFlags"),
      HTTPS_PROXY: `golang.org/x/net of Go 1.26.8 http/httpproxy/proxy.go, FromEnvironment, through hashicorp/go-cleanhttp v0.5.2 cleanhttp.go and ${protocol("webhook/url_notifier.go")}`,
    },
    [openViduImages.egress.path]: {
      LIVEKIT_API_KEY: recorder("pkg/config/service.go"),
      LIVEKIT_API_SECRET: recorder("pkg/config/service.go"),
      AWS_ACCESS_KEY_ID: go,
      AWS_SECRET_ACCESS_KEY: go,
      SSL_CERT_FILE: "Go 1.26.8 crypto/x509/root_unix.go",
    },
  },
  files: {
    "livekit.yaml": {
      port: server("pkg/config/config.go"),
      key_file: server("pkg/config/config.go"),
      redis: protocol("redis/redis.go, RedisConfig"),
      room: server("pkg/config/config.go, RoomConfig"),
      node_selector: server("pkg/config/config.go, NodeSelectorConfig"),
      agents: server("pkg/agent/config.go"),
      webhook: protocol("webhook/notifier.go, WebHookConfig"),
      logging: server("pkg/config/config.go, LoggingConfig"),
      rtc: `${server("pkg/config/config.go, RTCConfig")}, and ${transport("pkg/rtcconfig/config.go")}`,
    },
    // One for each host, and appended below `rtc`.
    "relays.yaml": { turn_servers: server("pkg/config/config.go, TURNServer") },
    "egress.yaml": {
      ws_url: recorder("pkg/config/base.go"),
      health_port: recorder("pkg/config/service.go"),
      prometheus_port: recorder("pkg/config/service.go"),
      template_port: recorder("pkg/config/service.go"),
      logging: recorder("pkg/config/base.go"),
      cpu_cost: recorder("pkg/config/service.go, CPUCostConfig"),
      session_limits: recorder("pkg/config/base.go, SessionLimits"),
      disallow_local_storage: recorder("pkg/config/base.go"),
      storage: `${recorder("pkg/config/storage.go")}, and livekit/storage 1297cb1 config.go, S3Config`,
      insecure: recorder("pkg/config/base.go"),
      chrome_flags: recorder("pkg/config/base.go"),
      redis: "livekit/protocol v1.50.1 redis/redis.go, RedisConfig",
    },
    "browser.json": {
      URLBlocklist: browser,
      URLAllowlist: browser,
      BackgroundModeEnabled: browser,
      BrowserSignin: browser,
      BuiltInDnsClientEnabled: browser,
      ComponentUpdatesEnabled: browser,
      DefaultSearchProviderEnabled: browser,
      DnsOverHttpsMode: browser,
      DomainReliabilityAllowed: browser,
      MetricsReportingEnabled: browser,
      NetworkPredictionOptions: browser,
      SafeBrowsingProtectionLevel: browser,
      SyncDisabled: browser,
      TranslateEnabled: browser,
    },
    "turnserver.conf": {
      "every option": turn("src/apps/relay/mainrelay.c, long_options"),
      "user-quota counts the name after the colon": turn(
        "src/apps/relay/userdb.c, get_real_username, check_new_allocation_quota",
      ),
    },
  },
};
