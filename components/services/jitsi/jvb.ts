import { JitsiSettings, xmppDomains } from "./settings";

/** Port of the bridge's management, on the loopback address of its host (jitsi-videobridge d3cf02a, doc/rest.md: the private interface; reference.conf has its host). */
export const managementPort = 8080;

/** Environment of a bridge. It joins every shard; secrets, its host's name and its public address come when it starts. */
export function jvbEnv(
  { domain, relays }: JitsiSettings,
  signalling: readonly string[],
  heapMib: number,
  region: string,
): Record<string, string> {
  const xmpp = xmppDomains(domain);
  return {
    XMPP_SERVER: signalling.join(","),
    XMPP_PORT: "5222",
    XMPP_DOMAIN: xmpp.users,
    XMPP_AUTH_DOMAIN: xmpp.services,
    XMPP_INTERNAL_MUC_DOMAIN: xmpp.internalRooms,
    ENABLE_JVB_XMPP_SERVER: "0",
    JVB_AUTH_USER: "jvb",
    JVB_BREWERY_MUC: "jvbbrewery",
    JVB_MUC_NICKNAME: "$(NODE_NAME)",
    JVB_INSTANCE_ID: "$(NODE_NAME)",
    JVB_PORT: "10000",
    // Nobody is asked where the bridge is: it is told. The name of a STUN server is set all the same, since upstream's default is a server of 8x8.
    JVB_DISABLE_STUN: "1",
    JVB_STUN_SERVERS: `${relays[0] ?? domain}:443`,
    JVB_ADVERTISE_PRIVATE_CANDIDATES: "false",
    JVB_REQUIRE_VALID_ADDRESS: "1",
    DISABLE_AWS_HARVESTER: "true",
    COLIBRI_REST_ENABLED: "false",
    SHUTDOWN_REST_ENABLED: "false",
    // One room may span bridges.
    ENABLE_OCTO: "1",
    JVB_OCTO_RELAY_ID: "$(NODE_NAME)",
    JVB_OCTO_REGION: region,
    VIDEOBRIDGE_MAX_MEMORY: `${heapMib}m`,
    // Unset, the logging template takes it for a reporting service.
    SENTRY_DSN: "0",
    TZ: "Etc/UTC",
  };
}

/**
 * Settings for which the image has no variable, read last by the bridge: certificates of the control links are verified (the image switches that off), media is encrypted
 * with AES-GCM only, fingerprints are SHA-256 or stronger, nothing can capture decrypted media, and the management port answers on the host itself only.
 *
 * It takes part with two addresses of its host: the public one, for participants, and the private one, for other bridges only (`advertise-private-candidates`). Left
 * to itself it listens on all, those of the pod network and of the tunnels included, and offers them to other bridges. Both are variables that the start sets.
 */
export const customJvb = (shards: number): string => `videobridge {
  apis {
    xmpp-client {
      configs {
${Array.from(
  { length: shards },
  (_, i) => `        shard${i} {
          DISABLE_CERTIFICATE_VERIFICATION = false
          SECURITY_MODE = required
        }
`,
).join("")}      }
    }
  }
  rest {
    debug.enabled = false
    rtcstats.enabled = false
    shutdown.enabled = false
    version.enabled = false
  }
  http-servers {
    private.host = 127.0.0.1
    public.port = -1
  }
  redact-remote-addresses = true
}

jmt {
  dtls {
    local-fingerprint-hash-function = sha-256
    accepted-fingerprint-hash-functions = [ sha-512, sha-384, sha-256 ]
  }
  srtp {
    protection-profiles = [ "SRTP_AEAD_AES_128_GCM" ]
  }
  debug {
    pcap.enabled = false
    pcap.start-enabled = false
  }
}

ice4j {
  harvest {
    use-ipv6 = false
    use-link-local-addresses = false
    allowed-addresses = [ \${JVB_LOCAL_ADDRESS}, \${HOST_ADDRESS} ]
  }
}
`;
