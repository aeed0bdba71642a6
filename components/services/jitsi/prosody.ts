import { relayLimits } from "../../kubernetes/relay/coturn";
import { prosodyRecording } from "./recording";
import { tokenNames } from "./access-settings";
import { endToEndLimit, JitsiSettings, signallingRates, xmppDomains, relayCredentialSeconds } from "./settings";

/** Port of the signalling server for bridges and the focus, and the one for browsers behind the web tier. */
export const signallingPorts = { xmpp: 5222, web: 5280 } as const;

/** Folder of the public keys that verify tokens. */
export const accessKeysFolder = "/access-keys";

/**
 * Environment of the signalling server of one shard.
 *
 * @param own ranges that the focus and the bridges come from. The limit of a session (15 requests in two seconds, then a trickle, then the end) holds for them
 * too unless their addresses are named: `unlimited_jids` of the image lifts another one. Browsers come from the pod range as well, but are known by the address
 * that the web tier says.
 * @param shard name of the shard, the same that its web tier has.
 */
export function prosodyEnv(settings: JitsiSettings, own: readonly string[], shard: string): Record<string, string> {
  const { domain, participants, confidentiality, podRange, relays, guests, captions } = settings;
  const token = tokenNames(domain);
  const rates = signallingRates[confidentiality];
  const xmpp = xmppDomains(domain);
  const tokenless = [...(guests === "lobby" ? [xmpp.guests] : []), xmpp.hidden];
  return {
    PUBLIC_URL: `https://${domain}`,
    XMPP_DOMAIN: xmpp.users,
    XMPP_AUTH_DOMAIN: xmpp.services,
    XMPP_GUEST_DOMAIN: xmpp.guests,
    XMPP_MUC_DOMAIN: xmpp.rooms,
    XMPP_INTERNAL_MUC_DOMAIN: xmpp.internalRooms,
    XMPP_HIDDEN_DOMAIN: xmpp.hidden,
    XMPP_PORT: `${signallingPorts.xmpp}`,
    PROSODY_HTTP_PORT: `${signallingPorts.web}`,
    PROSODY_MODE: "client",
    ENABLE_AUTH: "1",
    AUTH_TYPE: "jwt",
    JWT_APP_ID: token.issuer,
    JWT_SIGN_TYPE: "RS256",
    JWT_ACCEPTED_ISSUERS: token.issuer,
    JWT_ACCEPTED_AUDIENCES: token.audience,
    JWT_ALLOW_EMPTY: "0",
    JWT_ENABLE_DOMAIN_VERIFICATION: "true",
    ENABLE_GUESTS: guests === "lobby" ? "1" : "0",
    ENABLE_LOBBY: "1",
    GLOBAL_MODULES: "access_keys,relay_users,shard_name",
    GLOBAL_CONFIG: prosodyGlobals(domain, shard),
    XMPP_MUC_MODULES: ["guests_wait", "moderator_tokens", ...(captions === undefined ? [] : ["room_captions"])].join(
      ",",
    ),
    XMPP_BREAKOUT_MUC_MODULES: "moderator_tokens",
    // The image takes lines apart at a comma.
    XMPP_MUC_CONFIGURATION: [
      `rate_limit_iq_rate = ${rates.requests}`,
      `rate_limit_message_rate = ${rates.messages}`,
      // Guests and recorders have no token. They log in on hosts of their own, where none is taken.
      `token_verification_allowlist = { ${tokenless.map((host) => `"${host}"`).join("; ")} }`,
    ].join(","),
    MAX_PARTICIPANTS: `${confidentiality === "end-to-end" ? Math.min(participants, endToEndLimit) : participants}`,
    ...(settings.recorders === true ? prosodyRecording : { ENABLE_RECORDING: "0" }),
    ENABLE_TRANSCRIPTIONS: "0",
    ENABLE_VISITORS: "0",
    ENABLE_JAAS_COMPONENTS: "0",
    PROSODY_ENABLE_S2S: "0",
    PROSODY_ENABLE_METRICS: "false",
    PROSODY_C2S_REQUIRE_ENCRYPTION: "1",
    // Clients are known by what the web tier, which runs in the pod range, says of them. The default exempts 10.0.0.0/8, which would be everybody.
    PROSODY_TRUSTED_PROXIES: podRange,
    PROSODY_ENABLE_RATE_LIMITS: "1",
    PROSODY_RATE_LIMIT_ALLOW_RANGES: own.join(","),
    // An office joins from one address, all at the full hour.
    PROSODY_RATE_LIMIT_LOGIN_RATE: `${rates.logins}`,
    PROSODY_RATE_LIMIT_SESSION_RATE: `${rates.slowedBytes}`,
    PROSODY_C2S_LIMIT: `${rates.kilobytes}kb/s`,
    TURNS_HOST: relays.join(","),
    TURNS_PORT: `${relayLimits.tls}`,
    TURN_TTL: `${relayCredentialSeconds}`,
    ENABLE_IPV6: "0",
    LOG_LEVEL: "info",
    TZ: "Etc/UTC",
  };
}

/** Global options beside those of the image. The image takes lines apart at a backslash and an n. */
export const prosodyGlobals = (domain: string, shard: string): string =>
  [
    `access_host = "${xmppDomains(domain).users}"`,
    `access_keys_folder = "${accessKeysFolder}"`,
    `focus_account = "focus@${xmppDomains(domain).services}"`,
    `shard_name = "${shard}"`,
  ].join("\\n");
