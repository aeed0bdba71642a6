import { bridge, client, focus, fork, prosodySources } from "./upstream-sources";

/** Behaviour of upstream's programs that scripts, modules and figures rely on. */
export const behaviour = {
  "modules of Prosody": {
    "pre-jitsi-authentication-fetch-key, session.public_key; none is fetched then": fork(
      "mod_auth_token.lua, token/util.lib.lua process_and_verify_token",
    ),
    "algorithm, issuer and audience are compared; RS256 with the key as PEM": fork("luajwtjitsi.lib.lua verify"),
    "session.jitsi_meet_context_user only after verification": fork("token/util.lib.lua, mod_jitsi_session.lua"),
    "the whole token of whoever is refused a room goes into the log; later only that there is one counts": fork(
      "mod_token_verification.lua verify_user, mod_auth_token.lua",
    ),
    "room and sub of the token at 99; token_verification_allowlist": fork(
      "mod_token_verification.lua, token/util.lib.lua verify_room",
    ),
    "an owner of everybody with a token": focus(
      "ChatRoomRoleManager.kt AuthenticationRoleManager, JitsiMeetConferenceImpl.java:616",
    ),
    "room and who may open it": focus("ConferenceIqHandler.kt processExtensions, ExternalJWTAuthority.java"),
    "muc-pre-set-affiliation, muc-pre-set-role: allowed": prosodySources("plugins/muc/muc.lib.lua"),
    "create-lobby-room; muc-occupant-pre-join at -4": fork("mod_muc_lobby_rooms.lua"),
    "rate_limit_{iq,message}_rate": fork("mod_rate_limit.lua"),
    "identity of type shard; the image loads it on no host of these": fork("mod_jiconop.lua"),
    "the client takes that name in place of its page's": client("modules/xmpp/xmpp.ts:674"),
    "another name in the answer of its keep-alive ends the conference": client(
      "modules/xmpp/{XmppConnection.ts _keepAliveAndCheckShard,xmpp.ts CONN_SHARD_CHANGED}",
    ),
    "external_service/{services,credentials}": prosodySources("plugins/mod_external_services.lua"),
    "credentials with the state of a room, past that event": fork("mod_room_metadata_component.lua send_metadata"),
    "the client takes them": client("JitsiConferenceEventManager.ts:494"),
  },
  "access-*.mjs": {
    "tokenAuthUrl, {state} with room; another token when it is over": fork(
      "react/features/authentication/functions.{any,web}.ts, react/features/app/actions.any.ts",
    ),
    "names of rooms": fork("react/features/base/util/uri.ts getNormalizedRoomName, getBackendSafeRoomName"),
    "user 1000, node in the path": "nodejs/docker-node f27d936 24/trixie-slim/Dockerfile",
  },
  "region of a participant": {
    "property region of its presence": focus("jicofo-common/…/xmpp/muc/ChatRoomMemberImpl.kt"),
    "bridges of the region first, those of the focus' own for who says none": focus(
      "jicofo-selector/…/bridge/RegionBasedBridgeSelectionStrategy.kt",
    ),
  },
  "stress of a bridge": {
    "load-measurement = cpu-usage, load-threshold 0.9": bridge("jvb/src/main/resources/reference.conf"),
    "the share of the host's processors": bridge("jvb load_management/CpuLoadSampler.kt"),
  },
  "bridge-health.sh": {
    "/about/health, and that any public address is enough for it": bridge("jvb health/JvbHealthChecker.kt"),
  },
  "drain-bridge.sh": {
    "/colibri/drain/enable, on without the COLIBRI API": bridge("jvb rest/RestConfig.kt, reference.conf"),
  },
  branding: {
    "dynamicBrandingUrl and what it answers": fork("react/features/dynamic-branding/{functions.any,reducer}.ts"),
    "legalUrls.{privacy,terms,helpCentre}": fork("react/features/base/config/functions.any.ts, getLegalUrls"),
  },
  "focus-alive.sh": {
    "/stats, bridge_selector.bridge_count": focus("JicofoServices.kt getStats, BridgeSelector.kt stats"),
    "no second try": focus("BaseBrewery.java start; the retry is d1f3e5527, later than 11146"),
  },
  "TURN over TCP and TLS only": { "filter of ICE servers": client("modules/xmpp/strophe.jingle.js:485-492") },
  "20 participants": { MAX_MODE_LIMIT: "jitsi/jitsi-meet 1c8216e (a fork) react/features/e2ee/constants.ts" },
};
