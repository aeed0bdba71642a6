import { createHash } from "node:crypto";

/** A step of a flow: an authenticator, or further steps. */
export interface Step {
  readonly does: string | { readonly name: string; readonly steps: readonly Step[] };
  readonly requirement: "REQUIRED" | "ALTERNATIVE" | "CONDITIONAL" | "DISABLED";
  /** Settings of the authenticator. */
  readonly config?: Readonly<Record<string, string>>;
}

/** A flow: what somebody goes through. */
export interface Flow {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** Flows in upstream's own form. */
export interface FlowRepresentations {
  readonly authenticationFlows: readonly Readonly<Record<string, unknown>>[];
  readonly authenticatorConfig: readonly Readonly<Record<string, unknown>>[];
}

const factor = "second-factor";

/**
 * The way in with a browser: a password, then a security key or a code, always both. Whoever has neither is made to enrol a code before there is a session; a key is
 * added in the account console. A step that asks for a second factor only where somebody has one would let all others in by password alone.
 */
const browser: Flow = {
  name: "browser",
  steps: [
    { does: "auth-cookie", requirement: "ALTERNATIVE" },
    {
      does: {
        name: "forms",
        steps: [
          { does: "auth-username-password-form", requirement: "REQUIRED" },
          {
            does: {
              name: factor,
              steps: [
                { does: "conditional-user-configured", requirement: "REQUIRED" },
                { does: "webauthn-authenticator", requirement: "ALTERNATIVE" },
                { does: "auth-otp-form", requirement: "ALTERNATIVE" },
              ],
            },
            requirement: "CONDITIONAL",
          },
          {
            does: {
              name: "enrolment",
              steps: [
                {
                  does: "conditional-sub-flow-executed",
                  requirement: "REQUIRED",
                  config: { flow_to_check: factor, check_result: "not-executed" },
                },
                // Required of somebody who has no code yet: the server makes them enrol one.
                { does: "auth-otp-form", requirement: "REQUIRED" },
              ],
            },
            requirement: "CONDITIONAL",
          },
        ],
      },
      requirement: "ALTERNATIVE",
    },
  ],
};

/** The way in by password alone, without a browser: closed for every client, also for one that somebody makes by hand. */
const direct: Flow = { name: "direct", steps: [{ does: "deny-access-authenticator", requirement: "REQUIRED" }] };

/**
 * A flow under a name of its content. A flow in use is never changed in place: another one is made beside it, and the realm changes over at once.
 *
 * Names of flows are of the whole realm, so those of its parts begin with it.
 */
function named(flow: Flow): { readonly alias: string; readonly parts: FlowRepresentations } {
  const alias = `${flow.name}-${createHash("sha256").update(JSON.stringify(flow)).digest("hex").slice(0, 12)}`;
  const part = (name: string): string => `${alias}-${name}`;
  const configName = (i: number, at: string): string => `${at}-${i}`;
  const flows: Readonly<Record<string, unknown>>[] = [];
  const configs: Readonly<Record<string, unknown>>[] = [];
  const add = (at: string, steps: readonly Step[], topLevel: boolean): void => {
    flows.push({
      alias: at,
      description: "",
      providerId: "basic-flow",
      topLevel,
      builtIn: false,
      authenticationExecutions: steps.map(({ does, requirement, config }, i) => {
        if (config !== undefined) {
          const own = Object.entries(config).map(([key, value]) => [
            key,
            key === "flow_to_check" ? part(value) : value,
          ]);
          configs.push({ alias: configName(i, at), config: Object.fromEntries(own) });
        }
        const what =
          typeof does === "string" ? { authenticator: does } : { flowAlias: part(does.name), authenticatorFlow: true };
        return {
          ...what,
          ...(config === undefined ? {} : { authenticatorConfig: configName(i, at) }),
          requirement,
          priority: 10 * (i + 1),
          userSetupAllowed: false,
        };
      }),
    });
    for (const { does } of steps) if (typeof does !== "string") add(part(does.name), does.steps, false);
  };
  add(alias, flow.steps, true);
  return { alias, parts: { authenticationFlows: flows, authenticatorConfig: configs } };
}

/** The realm's own flows, and where it uses them. */
export function realmFlows(): FlowRepresentations & { readonly browserFlow: string; readonly directGrantFlow: string } {
  const [ways, alone] = [named(browser), named(direct)];
  return {
    browserFlow: ways.alias,
    directGrantFlow: alone.alias,
    authenticationFlows: [...ways.parts.authenticationFlows, ...alone.parts.authenticationFlows],
    authenticatorConfig: [...ways.parts.authenticatorConfig, ...alone.parts.authenticatorConfig],
  };
}
