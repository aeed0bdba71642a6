import { elementConfig, elementHeaders } from "../../../../components/services/matrix/element";
import { planMatrix } from "../../../../components/services/matrix";
import { wellKnown } from "../../../../components/services/matrix/well-known";
import { domain } from "./support";

const plan = (more: object = {}) =>
  planMatrix({ name: "chat", domain, users: 300, mediaGib: 100, app: "app.crisis.example.ch", ...more });
const config = (more: object = {}): Record<string, unknown> =>
  JSON.parse(elementConfig(plan(more))) as Record<string, unknown>;

/** Every text in a value. */
const texts = (value: unknown): readonly string[] =>
  typeof value === "string" ? [value] : Object.values(value ?? {}).flatMap((one) => texts(one));

describe("Element's configuration", () => {
  test("names every value that is compiled in, and no host but the deployment's own", () => {
    const compiled = [
      ...["brand", "branding", "help_url", "help_encryption_url", "help_key_storage_url", "integrations_ui_url"],
      ...["integrations_rest_url", "show_labs_settings", "force_verification", "jitsi", "element_call", "feedback"],
      ...["desktop_builds", "mobile_builds"],
    ];
    expect(compiled.filter((key) => !(key in config()))).toEqual([]);
    const hosts = texts(config()).flatMap((text) => (/^https?:/.test(text) ? [new URL(text).hostname] : []));
    expect([...new Set(hosts)].sort()).toEqual(["app.crisis.example.ch", domain]);
  });

  test("has no integration manager, identity server, previews, reports or maps", () => {
    expect(config()).toMatchObject({
      integrations_ui_url: null,
      integrations_rest_url: null,
      integrations_widgets_urls: [],
      disable_custom_urls: true,
      mobile_builds: { ios: null, android: null, fdroid: null },
      setting_defaults: {
        "UIFeature.identityServer": false,
        promptBeforeInviteUnknownUsers: false,
        urlPreviewsEnabled: false,
        "UIFeature.urlPreviews": false,
      },
    });
    for (const key of ["bug_report_endpoint_url", "posthog", "sentry", "map_style_url", "gif", "default_is_url"])
      expect(config()).not.toHaveProperty(key);
  });

  test("shows calls only where there are servers for them, and a Jitsi only where there is one", () => {
    expect(config()).toMatchObject({
      jitsi: { preferred_domain: "app.crisis.example.ch" },
      setting_defaults: { "UIFeature.voip": false, "UIFeature.widgets": false },
      element_call: { use_exclusively: false, disable: true },
    });
    const calls = { domain: "calls.crisis.example.ch", livekit: "wss://media.crisis.example.ch" };
    expect(config({ calls, jitsi: "meet.crisis.example.ch" })).toMatchObject({
      jitsi: { preferred_domain: "meet.crisis.example.ch" },
      setting_defaults: { "UIFeature.voip": true },
      element_call: { use_exclusively: true, disable: false },
    });
  });

  test("tells the way in with tokens only where the Jitsi takes them, and says who a person is to nobody else", () => {
    const jitsi = "meet.crisis.example.ch";
    const [taken, untaken] = [{ jitsi, jitsiTokens: true }, { jitsi }];
    expect(config(taken)).toMatchObject({ jitsi: { preferred_domain: `${jitsi}/_access/element` } });
    expect(wellKnown(plan(taken))).toMatchObject({
      "io.element.jitsi": { preferredDomain: `${jitsi}/_access/element` },
    });
    expect(wellKnown(plan(untaken))).toMatchObject({ "io.element.jitsi": { preferredDomain: jitsi } });
    const closed = (more: object): readonly string[] =>
      plan(more).routes.flatMap((route) =>
        route.kind === "web" && route.host === domain ? (route.closedPaths ?? []) : [],
      );
    expect(closed(untaken)).toContain("/_matrix/federation");
    expect(closed(taken)).not.toContain("/_matrix/federation");
    expect(closed(taken)).toContain("/_matrix/key");
    expect(elementHeaders(plan(taken))["Content-Security-Policy"]).toContain(
      `frame-src 'self' blob: https://${jitsi};`,
    );
  });

  test("federates new rooms only where there is a list", () => {
    expect(config()["default_federate"]).toBe(false);
    expect(config({ federation: { "a.example.ch": "https://a.example.ch" } })["default_federate"]).toBe(true);
  });

  test("may load and ask the deployment's own hosts only", () => {
    const policy = (more: object = {}): string => elementHeaders(plan(more))["Content-Security-Policy"] ?? "";
    expect(policy()).toContain("default-src 'none'");
    expect(policy()).toContain(`connect-src 'self' blob: data: https://${domain};`);
    expect(policy()).not.toMatch(/\*|unsafe-eval'(?<!wasm-unsafe-eval')/);
    // A Jitsi runs in a frame, and no script of it here.
    expect(policy({ jitsi: "meet.example.ch" })).toContain("script-src 'self' 'wasm-unsafe-eval';");
    // Clients ask the server name where the homeserver is.
    expect(policy({ serverName: "crisis.example.ch" })).toContain(
      `connect-src 'self' blob: data: https://${domain} https://crisis.example.ch;`,
    );
    expect(policy({ serverName: "crisis.example.ch" })).toContain(`img-src 'self' blob: data: https://${domain};`);
  });

  test("keeps camera and microphone for itself, and lets a Jitsi in its frame have them where there is one", () => {
    const permissions = (more: object = {}): string | undefined => elementHeaders(plan(more))["Permissions-Policy"];
    expect(permissions()).toBe("camera=(self), microphone=(self), display-capture=(self), geolocation=()");
    expect(permissions({ jitsi: "meet.example.ch" })).toBe("geolocation=()");
  });

  test("runs no script that stands in a page but the two of Element Call, and these only where there are calls", () => {
    const calls = { domain: "calls.crisis.example.ch", livekit: "wss://media.crisis.example.ch" };
    const inline = (more: object): number =>
      (elementHeaders(plan(more))["Content-Security-Policy"] ?? "").match(/'sha256-[\w+/]{43}='/g)?.length ?? 0;
    expect([inline({}), inline({ jitsi: "meet.example.ch" }), inline({ calls })]).toEqual([0, 0, 2]);
  });

  test("no client falls back to somebody else's TURN, whatever else it is told", () => {
    for (const more of [{}, { jitsi: "meet.example.ch" }])
      expect(wellKnown(plan(more))).toMatchObject({ "io.element.voip": { disable_fallback_ice: true } });
  });
});
