import type { WebRoute } from "../../core/route";
import type { MatrixPlan } from "./planned";
import { elementHeaders } from "./element";
import { healthPath, uploadMib } from "./settings";

type Routed = Pick<
  MatrixPlan,
  | "name"
  | "domain"
  | "serverName"
  | "homeserver"
  | "workers"
  | "federation"
  | "authentication"
  | "app"
  | "calls"
  | "jitsi"
  | "jitsiTokens"
>;

/** Paths of the homeserver that Matrix Authentication Service answers, for clients that know nothing of it: docs/setup/reverse-proxy.md of it. */
const compatible = ["r0", "v3"].flatMap((version) =>
  ["login", "logout", "refresh"].map((last) => `/_matrix/client/${version}/${last}`),
);

/** Ways from the gateways to the pods, one for each host name. */
export function matrixRoutes(plan: Routed): readonly WebRoute[] {
  const { name, domain, homeserver, workers, federation, authentication, app, calls, jitsiTokens } = plan;
  const federates = Object.keys(federation).length > 0;
  const signIn =
    authentication === undefined ? [] : [{ name: "authentication", tier: authentication.tier, port: "http" }];
  return [
    {
      kind: "web",
      name,
      host: domain,
      upstreams: [
        workers === undefined
          ? { name: "homeserver", tier: homeserver, port: "http" }
          : { name: "router", tier: workers.router, port: "http" },
      ],
      health: [healthPath],
      closedPaths: [
        // Without a token, too, it tells anybody its version there.
        "/_synapse/admin",
        "/_synapse/metrics",
        ...(authentication === undefined ? [] : ["/_synapse/mas"]),
        // Without a list, other homeservers are not served at all. Servers for calls, and a Jitsi's sign-in, ask who a person is at one path of these, and the homeserver has no other.
        ...(federates
          ? []
          : [...(calls === undefined && jitsiTokens === undefined ? ["/_matrix/federation"] : []), "/_matrix/key"]),
      ],
      bodyMib: uploadMib + 2,
      ...(authentication === undefined
        ? {}
        : {
            paths: Object.fromEntries(
              compatible.map((path) => [path, { upstreams: signIn, health: ["/.well-known/openid-configuration"] }]),
            ),
          }),
    },
    ...(authentication === undefined
      ? []
      : ([
          {
            kind: "web",
            name: `${name}-auth`,
            host: authentication.domain,
            upstreams: signIn,
            health: ["/.well-known/openid-configuration"],
            closedPaths: ["/api"],
            bodyMib: 1,
          },
        ] as const)),
    ...(app === undefined
      ? []
      : ([
          {
            kind: "web",
            name: `${name}-app`,
            host: app.domain,
            upstreams: [{ name: "element", tier: app.tier, port: "http" }],
            health: ["/config.json"],
            headers: elementHeaders(plan),
            bodyMib: 1,
          },
        ] as const)),
    ...(calls === undefined
      ? []
      : ([
          {
            kind: "web",
            name: `${name}-calls`,
            host: calls.domain,
            upstreams: [{ name: "tickets", tier: calls.tier, port: "http" }],
            health: ["/healthz"],
            closedPaths: ["/sfu_webhook"],
            bodyMib: 1,
          },
        ] as const)),
  ];
}
