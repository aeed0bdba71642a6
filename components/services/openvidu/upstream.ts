import type { Upstream } from "../../core/upstream";
import { openViduImages } from "./images";

const server = (path: string): string => `livekit/livekit v1.13.11 ${path}`;
const protocol = (path: string): string => `livekit/protocol 46332a0 ${path}`;
const transport = (path: string): string => `livekit/mediatransportutil dd8e31a ${path}`;
const turn = (path: string): string => `coturn/coturn 8024aa6 ${path}`;

/** Sources of everything that is written for OpenVidu. What the keys mean, and the keys below those of the first level, stand beside them in livekit.ts. */
export const upstream: Upstream = {
  variables: {
    [openViduImages.livekit.path]: {
      REDIS_HOST: server("cmd/server/main.go, baseFlags"),
      REDIS_PASSWORD: server("cmd/server/main.go, baseFlags"),
      HTTPS_PROXY: `golang.org/x/net of Go 1.26.8 http/httpproxy/proxy.go, FromEnvironment, through hashicorp/go-cleanhttp v0.5.2 cleanhttp.go and ${protocol("webhook/url_notifier.go")}`,
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
    "turnserver.conf": {
      "every option": turn("src/apps/relay/mainrelay.c, long_options"),
      "user-quota counts the name after the colon": turn(
        "src/apps/relay/userdb.c, get_real_username, check_new_allocation_quota",
      ),
    },
  },
};
