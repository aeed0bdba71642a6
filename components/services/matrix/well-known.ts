import { jitsiOf } from "./jitsi";
import type { MatrixPlan } from "./planned";

type Told = Pick<MatrixPlan, "calls" | "jitsi" | "jitsiTokens">;

/**
 * Entries of `/.well-known/matrix/client` beside the homeserver's address: where calls are, for Element on the web and on telephones, and that none may go by way of
 * turn.matrix.org, which Element offers people whose homeserver names no TURN servers. What encrypts rooms by itself is the homeserver, so nothing about it stands here: clients
 * would take it for permission to switch it off.
 *
 * | claim | where | revision |
 * |---|---|---|
 * | `org.matrix.msc4143.rtc_foci`, `type`, `livekit_service_url` | element-hq/ess-helm charts/matrix-stack/configs/well-known/partial-haproxy.cfg.tpl | 40cc249 |
 * | `io.element.jitsi`, before it `im.vector.riot.jitsi`, with `preferredDomain` | matrix-react-sdk 3.114.0 src/widgets/Jitsi.ts | 3.114.0 |
 * | `io.element.voip`, `disable_fallback_ice` | element-hq/element-web apps/web/src/settings/controllers/FallbackIceServerController.ts | 5561fc5 |
 */
export const wellKnown = ({ calls, ...plan }: Told): Readonly<Record<string, unknown>> => ({
  "io.element.voip": { disable_fallback_ice: true },
  ...(calls === undefined
    ? {}
    : {
        "org.matrix.msc4143.rtc_foci": [{ type: "livekit", livekit_service_url: `https://${calls.domain}` }],
      }),
  ...(plan.jitsi === undefined
    ? {}
    : {
        "io.element.jitsi": { preferredDomain: jitsiOf(plan) },
        "im.vector.riot.jitsi": { preferredDomain: jitsiOf(plan) },
      }),
});
