import { lastReview as reviewed } from "./fact";
import type { Program, SettingLine, SwitchFact } from "./switch";

const jitsiSource = (path: string): string => `jitsi/docker-jitsi-meet ${path} at 2e6b31d8`;
const prosodyFile = "prosody/rootfs/defaults/conf.d/jitsi-meet.cfg.lua";

const signalling: Program = { name: "Jitsi's signalling", images: ["prosody"], folders: ["jitsi", "meet"] };
const greenlight: Program = { name: "Greenlight", images: ["greenlight"] };
const keycloak: Program = { name: "Keycloak", images: ["keycloak"] };
const zitadel: Program = { name: "Zitadel", images: ["zitadel"] };
const zitadelFile: Program = { name: "Zitadel", files: [["DefaultInstance"]] };
const synapse: Program = { name: "Synapse", files: [["server_name", "listeners"]] };
const authentication: Program = {
  name: "Matrix Authentication Service",
  files: [["matrix", "secrets", "database"]],
};
const dendrite: Program = { name: "Dendrite", files: [["global", "client_api"]] };
const authelia: Program = { name: "Authelia", files: [["access_control", "authentication_backend"]] };
const hub: Program = { name: "Nextcloud", files: [["trusted_domains", "objectstore"]] };
const meetings: Program = { name: "Jitsi", types: ["sovereign-uc:index:Jitsi"] };

const alone = "people, moderators and administrators too, sign in with a password alone";

/** Ways in that need a password and nothing else. */
export const signIns: readonly SwitchFact[] = [
  {
    program: signalling,
    path: ["AUTH_TYPE"],
    refused: ["internal", "ldap"],
    absent: "refused",
    where: { ENABLE_AUTH: "on", PROSODY_AUTH_TYPE: "empty" },
    otherwise: "moderators sign in with a password alone",
    action: "set AUTH_TYPE=jwt, with tokens of an identity provider that asks for a second factor",
    source: jitsiSource(prosodyFile),
    reviewed,
  },
  {
    program: signalling,
    path: ["PROSODY_AUTH_TYPE"],
    refused: ["internal", "ldap"],
    where: { ENABLE_AUTH: "on" },
    otherwise: "moderators sign in with a password alone",
    action: "remove PROSODY_AUTH_TYPE and set AUTH_TYPE=jwt",
    source: jitsiSource(prosodyFile),
    reviewed,
  },
  {
    program: greenlight,
    path: ["OPENID_CONNECT_ISSUER"],
    refused: "empty",
    absent: "refused",
    where: { SAML_ENTITY_ID: "empty" },
    otherwise: "rooms are opened by local accounts with a password alone",
    action: "set OPENID_CONNECT_ISSUER to an identity provider that asks for a second factor",
    source: "bigbluebutton/greenlight app/controllers/api/v1/env_controller.rb at 15db765",
    reviewed,
  },
  ...["KC_BOOTSTRAP_ADMIN_USERNAME", "KEYCLOAK_ADMIN"].map((variable): SwitchFact => ({
    program: keycloak,
    path: [variable],
    refused: "filled",
    otherwise: "an administrator of everything signs in with a password alone",
    action:
      "let a client keep the realms (KC_BOOTSTRAP_ADMIN_CLIENT_ID), and give people roles in a realm that asks for a second factor",
    source: "Maven org.keycloak:keycloak-quarkus-dist 26.7.3 kc.sh start --help-all",
    reviewed,
  })),
  {
    program: zitadel,
    path: ["ZITADEL_DEFAULTINSTANCE_LOGINPOLICY_FORCEMFA"],
    refused: "off",
    otherwise: alone,
    action: "set ZITADEL_DEFAULTINSTANCE_LOGINPOLICY_FORCEMFA=true",
    source: "zitadel/zitadel cmd/defaults.yaml at 0011448",
    reviewed,
  },
  {
    program: zitadelFile,
    path: ["DefaultInstance", "LoginPolicy", "ForceMFA"],
    refused: "off",
    otherwise: alone,
    action: "set DefaultInstance.LoginPolicy.ForceMFA to true",
    source: "zitadel/zitadel cmd/defaults.yaml at 0011448",
    reviewed,
  },
  {
    program: synapse,
    path: ["password_config", "enabled"],
    refused: "on",
    absent: "refused",
    where: { "matrix_authentication_service.enabled": "not on", "experimental_features.msc3861.enabled": "not on" },
    otherwise: alone,
    action:
      "set password_config.enabled to false, and let people sign in by oidc_providers or the authentication service",
    source: "element-hq/synapse synapse/config/auth.py at a58ad44e",
    reviewed,
  },
  {
    program: authentication,
    path: ["passwords", "enabled"],
    refused: "on",
    absent: "refused",
    otherwise: alone,
    action: "set passwords.enabled to false, and name an identity provider under upstream_oauth2",
    source: "element-hq/matrix-authentication-service crates/config/src/sections/passwords.rs at 682b8d26",
    reviewed,
  },
  {
    program: dendrite,
    path: ["client_api", "password_authentication_disabled"],
    refused: "not on",
    absent: "refused",
    otherwise: alone,
    action:
      "set client_api.password_authentication_disabled to true, or take a homeserver that signs in at an identity provider",
    source: "matrix-org/dendrite dendrite-sample.yaml at 0fecb13",
    reviewed,
  },
  {
    program: authelia,
    path: ["access_control", "default_policy"],
    refused: ["one_factor", "bypass"],
    otherwise: "pages that no rule names are open with a password, or with nothing",
    action: "set access_control.default_policy to deny or two_factor",
    source: "authelia/authelia docs/content/configuration/security/access-control.md at 09b3bb5",
    reviewed,
  },
  {
    program: authelia,
    path: ["access_control", "rules", "*", "policy"],
    refused: ["one_factor"],
    otherwise: "pages are open with a password alone",
    action: "set the rule's policy to two_factor",
    source: "authelia/authelia docs/content/configuration/security/access-control.md at 09b3bb5",
    reviewed,
  },
  {
    program: authelia,
    path: ["identity_providers", "oidc", "clients", "*", "authorization_policy"],
    refused: ["one_factor"],
    otherwise: "a program is signed in to with a password alone",
    action: "set the client's authorization_policy to two_factor",
    source: "authelia/authelia docs/content/configuration/security/access-control.md at 09b3bb5",
    reviewed,
  },
  {
    program: hub,
    path: ["hide_login_form"],
    refused: "not on",
    absent: "refused",
    where: { twofactor_enforced: "not on" },
    otherwise: "people sign in by the form, with a password alone",
    action: "set hide_login_form to true and sign in by OpenID Connect, or set twofactor_enforced to true",
    source: "nextcloud/server config/config.sample.php at v32.0.1",
    reviewed,
  },
  {
    program: meetings,
    path: ["access"],
    refused: ["accounts"],
    where: { singleFactor: "empty" },
    otherwise: "moderators sign in with a password alone",
    action: "give access: { oidc: … }",
    source: "components/services/jitsi/access.ts",
    reviewed,
  },
];

/** Lines of files that are no data. */
export const signInLines: readonly SettingLine[] = [
  {
    word: "twofactor_enforced",
    pattern: /["']?twofactor_enforced["']?\s{0,8}(=>|=|:|--value[= ])\s{0,8}["']?(false|no|0)\b/i,
    what: "twofactor_enforced switched off, so that people sign in to Nextcloud with a password alone",
    action: "set twofactor_enforced to true",
    source: "nextcloud/server config/config.sample.php at v32.0.1",
    reviewed,
  },
];

/** Top-level keys of a realm of Keycloak: its name, and one of these, which no other program's file has beside it. */
export const realmKeys: readonly string[] = [
  "clients",
  "authenticationFlows",
  "browserFlow",
  "requiredActions",
  "passwordPolicy",
  "registrationAllowed",
];

/** Steps of Keycloak's flows. Source: Maven org.keycloak:keycloak-quarkus-dist 26.7.3, provider ids of its authenticators. */
export const secondFactors: ReadonlySet<string> = new Set([
  "auth-otp-form",
  "webauthn-authenticator",
  "webauthn-authenticator-passwordless",
  "auth-recovery-authn-code-form",
  "auth-x509-client-username-form",
  "deny-access-authenticator",
]);
export const firstSteps: ReadonlySet<string> = new Set([
  "auth-username-password-form",
  "auth-username-form",
  "auth-password-form",
  "organization",
]);
/** Steps that rely on a sign-in before, or at another place. */
export const otherSteps: ReadonlySet<string> = new Set([
  "auth-cookie",
  "auth-spnego",
  "identity-provider-redirector",
  "allow-access-authenticator",
]);
export const conditions = /^conditional-[a-z-]+$/;
