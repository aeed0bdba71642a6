import { jicofoRecording } from "./recording";
import { homeRegion } from "./regions";
import { JitsiSettings, xmppDomains } from "./settings";

/** Environment of the focus of one shard. */
export function jicofoEnv(settings: JitsiSettings, signalling: string): Record<string, string> {
  const xmpp = xmppDomains(settings.domain);
  return {
    XMPP_SERVER: signalling,
    XMPP_PORT: "5222",
    XMPP_DOMAIN: xmpp.users,
    XMPP_AUTH_DOMAIN: xmpp.services,
    XMPP_MUC_DOMAIN: xmpp.rooms,
    XMPP_INTERNAL_MUC_DOMAIN: xmpp.internalRooms,
    XMPP_HIDDEN_DOMAIN: xmpp.hidden,
    ENABLE_JVB_XMPP_SERVER: "0",
    // Only those with a token open rooms. It would make owners of all of them, which the signalling server refuses for those who do not moderate.
    ENABLE_AUTH: "1",
    AUTH_TYPE: "jwt",
    ENABLE_AUTO_OWNER: "false",
    ENABLE_MODERATOR_CHECKS: "true",
    ...(settings.recorders === true ? jicofoRecording : { ENABLE_RECORDING: "0" }),
    ENABLE_TRANSCRIPTIONS: "0",
    ENABLE_VISITORS: "0",
    ENABLE_OCTO: "1",
    OCTO_BRIDGE_SELECTION_STRATEGY: "RegionBasedBridgeSelectionStrategy",
    JICOFO_OCTO_REGION: homeRegion,
    MAX_BRIDGE_PARTICIPANTS: `${settings.participantsPerBridge}`,
    JVB_BREWERY_MUC: "jvbbrewery",
    JICOFO_ENABLE_BRIDGE_HEALTH_CHECKS: "1",
    JICOFO_HEALTH_CHECKS_USE_PRESENCE: "1",
    JICOFO_ENABLE_HEALTH_CHECKS: "1",
    JICOFO_ENABLE_REST: "1",
    JICOFO_MAX_MEMORY: "1024m",
    SENTRY_DSN: "0",
    TZ: "Etc/UTC",
  };
}

/** Variable with the key that bridges show transcribers. */
export const captionsKey = "CAPTIONS_KEY";

/**
 * The way of bridges to the transcribers. The key comes from the environment: this file is no secret. A bridge writes the address into its log, not the headers.
 */
const transcription = (address: string): string => `  transcription {
    url-template = "${address}"
    http-headers {
      Authorization = "Bearer "\${${captionsKey}}
    }
  }
`;

/**
 * Settings for which the image has no variable: the certificate of the signalling server is verified, which the image switches off.
 *
 * The focus takes TLS when it is offered and has no option to insist on it (`SecurityMode.ifpossible`): whoever could alter packets between the two could leave
 * the offer out, and the server, which insists, would then refuse. The link is confined by network policy besides.
 *
 * Its web port answers on every address of its pod, since the edge asks for its health there (JICOFO_ENABLE_REST), and asks nobody who they are. Of what it offers
 * unless told otherwise (jitsi/jicofo a595d0b, jicofo/src/main/resources/reference.conf, ktor/Application.kt) this is off: names of all rooms with those who are in
 * them (debug), moving participants to another bridge, pinning a room to a version of bridges that may not exist, and requests for rooms, which browsers send by
 * XMPP. Its health, version and figures stay.
 *
 * A bridge says every five seconds that it is there (jitsi/jitsi-videobridge 4bb0aea, reference.conf, presence-interval); the focus takes it for gone after three that
 * did not come. Upstream's way is to ask: every 10 s, again after 5 s, with 15 s for either answer. A host that is gone was noticed after 38 s that way, and browsers,
 * which notice after 20 s and ask for another bridge, got the dead one twice more: their pictures stood for 52 s; with this, for 22 s (both seen with the real focus and bridges).
 */
export const customJicofo = ({ captions }: Pick<JitsiSettings, "captions"> = {}): string => `jicofo {
  bridge.health-checks {
    interval = 2 seconds
    presence-timeout = 15 seconds
  }
  rest {
    conference-request.enabled = false
    debug.enabled = false
    move-endpoints.enabled = false
    pin.enabled = false
  }
${captions === undefined ? "" : transcription(captions)}  xmpp {
    client {
      use-tls = true
      disable-certificate-verification = false
    }
  }
}
`;
