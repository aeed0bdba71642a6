import { conditions, firstSteps, otherSteps, secondFactors } from "../facts/sign-in";
import { at, isList, items, isOn, unknown, type Value } from "./value";

/**
 * People whom a flow of Keycloak lets in with a second factor alone: everybody; those who have set one up; nobody in particular; or it cannot be said, since a step of
 * it is somebody's own.
 */
export type Asked = "everybody" | "who has one" | "nobody" | "not known";

/** From the weakest on: what several ways ask for is what the weakest of them asks for. */
const order: readonly Asked[] = ["nobody", "who has one", "not known", "everybody"];
const weakest = (ways: readonly Asked[]): Asked => order.find((one) => ways.includes(one)) ?? "nobody";
const strongest = (steps: readonly Asked[]): Asked =>
  [...order].reverse().find((one) => steps.includes(one)) ?? "nobody";

/** Flow that a realm has where it names none. Source: Maven org.keycloak:keycloak-quarkus-dist 26.7.3, DefaultAuthenticationFlows.class (browser). */
const builtIn = "browser";

/** Actions by which everybody sets up a second factor at the first sign-in. */
const enrolments: readonly string[] = ["CONFIGURE_TOTP", "webauthn-register"];

/** A realm of Keycloak, as its files and its own operator have it. */
export function askedBy(realm: Value): Asked {
  const flows = at(realm, "authenticationFlows");
  const named = at(realm, "browserFlow") ?? builtIn;
  if (named === unknown || flows === unknown) return "not known";
  const given = items(flows);
  const asked =
    named === builtIn && !given.some((flow) => at(flow, "alias") === builtIn) ? "who has one" : ofFlow(named, given, 0);
  return asked === "who has one" && enrols(at(realm, "requiredActions")) ? "everybody" : asked;
}

const enrols = (actions: Value): boolean =>
  items(actions).some((action) => {
    const alias = at(action, "alias") ?? at(action, "providerId");
    return (
      typeof alias === "string" &&
      enrolments.includes(alias) &&
      isOn(at(action, "defaultAction")) &&
      at(action, "enabled") !== false
    );
  });

/** Steps inside steps; nobody's flow is deeper, and one that is inside itself ends here. */
const deepest = 20;

function ofFlow(alias: Value, flows: readonly Value[], depth: number): Asked {
  const flow = flows.find((one) => typeof alias === "string" && at(one, "alias") === alias);
  const steps = at(flow, "authenticationExecutions");
  if (depth > deepest || !isList(steps)) return "not known";
  const asks = steps
    .map((step) => ({ step, requirement: at(step, "requirement"), asked: ofStep(step, flows, depth) }))
    .filter(({ requirement, asked }) => requirement !== "DISABLED" && asked !== "a condition");
  if (asks.some(({ requirement }) => typeof requirement !== "string")) return "not known";
  // Where a step is required, alternatives beside it are left out.
  const needed = asks.filter(({ requirement }) => requirement === "REQUIRED" || requirement === "CONDITIONAL");
  const asked = (some: typeof asks): readonly Asked[] =>
    some.flatMap(({ asked: one }) => (one === "a condition" || one === "elsewhere" ? [] : [one]));
  if (needed.length > 0) return strongest(asked(needed));
  const ways = asked(asks);
  return ways.length === 0 ? "everybody" : weakest(ways);
}

/** One step: `elsewhere` for those that rely on a sign-in before, or at another place. */
function ofStep(step: Value, flows: readonly Value[], depth: number): Asked | "a condition" | "elsewhere" {
  const [name, below] = [at(step, "authenticator"), at(step, "flowAlias")];
  if (typeof name !== "string") {
    if (typeof below !== "string") return "not known";
    const asked = ofFlow(below, flows, depth + 1);
    if (at(step, "requirement") !== "CONDITIONAL" || asked !== "everybody") return asked;
    return hasCondition(below, flows, "conditional-user-configured") ? "who has one" : asked;
  }
  if (secondFactors.has(name)) return "everybody";
  if (firstSteps.has(name)) return "nobody";
  if (otherSteps.has(name)) return "elsewhere";
  return conditions.test(name) ? "a condition" : "not known";
}

const hasCondition = (alias: string, flows: readonly Value[], condition: string): boolean =>
  items(
    at(
      flows.find((one) => at(one, "alias") === alias),
      "authenticationExecutions",
    ),
  ).some((step) => at(step, "authenticator") === condition && at(step, "requirement") !== "DISABLED");
