import { exampleFile } from "../examples";
import { realmKeys, signInLines, signIns } from "../facts/sign-in";
import type { Finding, Item, Rule, Subject, Undetermined, Verdict } from "../rule";
import { askedBy } from "../extract/sign-in";
import { filesOf } from "../extract/files";
import { type Found, judgeSourced, judgeSwitches, type Switches } from "../extract/switches";
import { place, together } from "../extract/scan";
import type { Reading } from "../extract/text";
import { at, isOn, unknown, type Value } from "../extract/value";

const switches: Switches = {
  rows: signIns,
  lines: signInLines,
  allowed: "a second factor for everybody who moderates or administers",
};

/** UC-IDN-001: who moderates or administers proves it twice. */
export const mfaModeratorsAdmins: Rule = {
  id: "UC-IDN-001",
  name: "mfa-moderators-admins",
  title: "Moderators and administrators sign in with a second factor.",
  rationale:
    "A password is guessed, told, or taken from another place. Whoever has a moderator's hears a meeting and lets others in; whoever has an administrator's is everybody. Asking for a second factor only where somebody has set one up lets in all those who have not.",
  severity: "high",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.j" },
    { framework: "ir2024-2690", reference: "11.7" },
    { framework: "ir2024-2690", reference: "11.3" },
    { framework: "gdpr", reference: "32.1.b" },
    { framework: "dpo", reference: "3.1" },
  ],
  remediation:
    "Let programs sign people in at an identity provider, and let its flow ask everybody for a second factor, or make them enrol one.",
  types: ["kubernetes:*", "docker:*", "keycloak:index/realm:Realm", "sovereign-uc:index:*", "*"],
  remedies: {
    components:
      "Give services `login: identity.client(…)`, Jitsi `access: { oidc: … }`: our Identity asks everybody for a second factor, and makes who has none enrol one.",
    pulumi:
      "Make a `RequiredAction` with the alias CONFIGURE_TOTP and `defaultAction: true`, or a flow in which `auth-otp-form` is REQUIRED.",
    kubernetes:
      "Set `AUTH_TYPE: jwt`, `OPENID_CONNECT_ISSUER` and `password_config: { enabled: false }`, and `defaultAction: true` for CONFIGURE_TOTP in the realm.",
  },
  beyond:
    "The laws ask for several factors where it is appropriate. A component of ours with local accounts passes: their passwords are generated, nobody chooses them, and its inputs say what they are for.",
  examples: {
    good: [
      exampleFile(
        "realm.json",
        '{"realm": "crisis", "clients": [], "requiredActions": [{"alias": "CONFIGURE_TOTP", "enabled": true, "defaultAction": true}]}',
      ),
    ],
    bad: [exampleFile("realm.json", '{"realm": "crisis", "clients": []}')],
  },
  check: (subject) => judgeSwitches(subject, switches, realms),
  checkStack: (subjects) => together(judgeSourced(subjects, switches), provided(subjects)),
};

/** Realms of Keycloak in files, and in resources of its operator. */
function realms(read: Reading): Found {
  const found = [...new Set(realmFiles.flatMap((keys) => filesOf(read)(keys)))];
  const seen = new Map<Value, string>(found.map(({ value, path }) => [value, path]));
  const named = [...seen].filter(([realm]) => {
    const name = at(realm, "realm");
    return typeof name === "string" || name === unknown;
  });
  return { related: named.length > 0, items: named.flatMap(([realm, path]) => asked(askedBy(realm), place(path))) };
}

const realmFiles = realmKeys.map((key) => [key] as const);

function asked(of: ReturnType<typeof askedBy>, where: string): readonly (Finding | Undetermined)[] {
  if (of === "everybody") return [];
  if (of === "not known")
    return [
      {
        undetermined: `a sign-in${where} with a step that is not known here`,
        action: "take Keycloak's own steps, or exempt it with the reason",
      },
    ];
  return [
    {
      found: `a realm${where} that asks ${of === "nobody" ? "nobody" : "only those who have set one up"} for a second factor`,
      allowed: switches.allowed,
      action: "set defaultAction for CONFIGURE_TOTP, or make a second factor REQUIRED in the flow of browsers",
    },
  ];
}

/** Realms that a provider makes, whose flows and actions are resources of their own. */
function provided(subjects: readonly Subject[]): Verdict {
  const all = subjects.filter(({ type }) => type === "keycloak:index/realm:Realm");
  if (all.length === 0) return undefined;
  const enrols = subjects.some(
    ({ type, properties }) =>
      type === "keycloak:index/requiredAction:RequiredAction" &&
      ["CONFIGURE_TOTP", "webauthn-register"].some((alias) => at(properties, "alias") === alias) &&
      isOn(at(properties, "defaultAction")) &&
      at(properties, "enabled") !== false,
  );
  const required = subjects.some(
    ({ type, properties }) =>
      type === "keycloak:authentication/execution:Execution" &&
      ["auth-otp-form", "webauthn-authenticator"].some((step) => at(properties, "authenticator") === step) &&
      at(properties, "requirement") === "REQUIRED",
  );
  return enrols || required
    ? []
    : all.flatMap(({ urn, name }): readonly Item[] =>
        asked("who has one", ` ${name}`).map((item) => ({ ...item, urn })),
      );
}
