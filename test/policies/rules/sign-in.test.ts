/** People: their identity provider, the proof they give, and the meetings that let them in. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mfaModeratorsAdmins } from "../../../policies/rules/idn-001-mfa-moderators-admins";
import { idpJurisdiction } from "../../../policies/rules/idn-002-idp-jurisdiction";
import { meetingDefaults } from "../../../policies/rules/idn-003-meeting-defaults";
import { own, type Resource, type Row, secret, shape, stackTable, table, under, unknownString } from "../support";
import { host, map, pod } from "./fixtures";

const sourced = { envFrom: [{ configMapRef: { name: "settings" } }] };
const base64 = (text: string): string => Buffer.from(text).toString("base64");

const rendered = (path: string): string => readFileSync(join(__dirname, "../../golden", path), "utf8");
const realmFile = rendered("identity/own/own-realm-realm/realm.json");

interface Step {
  readonly authenticator?: string;
  readonly flowAlias?: string;
  readonly requirement: unknown;
}
const flow = (alias: string, ...steps: readonly Step[]) => ({ alias, authenticationExecutions: steps });
const password: Step = { authenticator: "auth-username-password-form", requirement: "REQUIRED" };
const code: Step = { authenticator: "auth-otp-form", requirement: "REQUIRED" };
const cookie: Step = { authenticator: "auth-cookie", requirement: "ALTERNATIVE" };
const realm = (...flows: readonly object[]): Resource =>
  map({ "realm.json": JSON.stringify({ realm: "people", browserFlow: "own", authenticationFlows: flows }) });
const job = ({ props }: Resource): Resource => ({ type: "kubernetes:batch/v1:Job", props: props ?? {} });

describe("UC-IDN-001 mfa-moderators-admins", () => {
  shape(mfaModeratorsAdmins);

  const realms: readonly Row[] = [
    {
      title: "it accepts the realm of our own identity service",
      resource: map({ "realm.json": realmFile }),
      expect: "passes",
    },
    {
      title: "it refuses a realm with Keycloak's own flow, which asks only those who have a second factor",
      resource: map({ "realm.json": '{"realm": "people", "clients": []}' }),
      expect: /a realm in data\["realm\.json"\] that asks only those who have set one up/,
    },
    {
      title: "it accepts that flow where everybody is made to set one up",
      resource: map({
        "realm.json":
          '{"realm": "people", "clients": [], "requiredActions": [{"alias": "CONFIGURE_TOTP", "enabled": true, "defaultAction": true}]}',
      }),
      expect: "passes",
    },
    ...[
      '{"alias": "CONFIGURE_TOTP", "enabled": true, "defaultAction": false}',
      '{"alias": "CONFIGURE_TOTP", "enabled": false, "defaultAction": true}',
      '{"alias": "UPDATE_PASSWORD", "enabled": true, "defaultAction": true}',
    ].map((action): Row => ({
      title: `it refuses it with ${action}`,
      resource: map({ "realm.json": `{"realm": "people", "clients": [], "requiredActions": [${action}]}` }),
      expect: /only those who have set one up/,
    })),
    {
      title: "it refuses a realm whose name is not known",
      resource: {
        type: "kubernetes:k8s.keycloak.org/v2alpha1:KeycloakRealmImport",
        props: { spec: { realm: { realm: unknownString, clients: [] } } },
      },
      expect: /only those who have set one up/,
    },
    {
      title: "it reads the provider of an action that has no alias",
      resource: map({
        "realm.json":
          '{"realm": "people", "clients": [], "requiredActions": [{"providerId": "webauthn-register", "defaultAction": true}]}',
      }),
      expect: "passes",
    },
    { title: "it accepts a flow that requires a code", resource: realm(flow("own", password, code)), expect: "passes" },
    {
      title: "it refuses a flow of a password alone",
      resource: realm(flow("own", cookie, { flowAlias: "forms", requirement: "ALTERNATIVE" }), flow("forms", password)),
      expect: /asks nobody for a second factor/,
    },
    {
      title: "it refuses a code that is switched off",
      resource: realm(flow("own", password, { ...code, requirement: "DISABLED" })),
      expect: /asks nobody/,
    },
    {
      title: "it refuses a code beside a required step, which Keycloak leaves out then",
      resource: realm(flow("own", password, { ...code, requirement: "ALTERNATIVE" })),
      expect: /asks nobody/,
    },
    {
      title: "it refuses a way beside the one with a code",
      resource: realm(
        flow(
          "own",
          { flowAlias: "both", requirement: "ALTERNATIVE" },
          { flowAlias: "one", requirement: "ALTERNATIVE" },
        ),
        flow("both", password, code),
        flow("one", password),
      ),
      expect: /asks nobody/,
    },
    {
      title: "it refuses a code for those who have one",
      resource: realm(
        flow("own", password, { flowAlias: "second", requirement: "CONDITIONAL" }),
        flow("second", { authenticator: "conditional-user-configured", requirement: "REQUIRED" }, code),
      ),
      expect: /only those who have set one up/,
    },
    {
      title: "it accepts a code for those who have a role",
      resource: realm(
        flow("own", password, { flowAlias: "second", requirement: "CONDITIONAL" }),
        flow("second", { authenticator: "conditional-user-role", requirement: "REQUIRED" }, code),
      ),
      expect: "passes",
    },
    {
      title: "it takes a condition that is switched off for none",
      resource: realm(
        flow("own", password, { flowAlias: "second", requirement: "CONDITIONAL" }),
        flow("second", { authenticator: "conditional-user-configured", requirement: "DISABLED" }, code),
      ),
      expect: "passes",
    },
    {
      title: "it accepts a key in place of a password",
      resource: realm(flow("own", { authenticator: "webauthn-authenticator-passwordless", requirement: "REQUIRED" })),
      expect: "passes",
    },
    {
      title: "it accepts a realm that sends everybody to another place",
      resource: realm(
        flow("own", cookie, { authenticator: "identity-provider-redirector", requirement: "ALTERNATIVE" }),
      ),
      expect: "passes",
    },
    {
      title: "it cannot judge a step that somebody wrote",
      resource: realm(flow("own", password, { authenticator: "sms-authenticator", requirement: "REQUIRED" })),
      expect: { undetermined: /a step that is not known here/ },
    },
    {
      title: "it cannot judge a step beside a code that somebody wrote, as an alternative",
      resource: realm(
        flow("own", { ...code, requirement: "ALTERNATIVE" }, { authenticator: "sms", requirement: "ALTERNATIVE" }),
      ),
      expect: "is undetermined",
    },
    {
      title: "it cannot judge a flow that is not there",
      resource: realm(flow("other", password)),
      expect: "is undetermined",
    },
    {
      title: "it cannot judge a step without a requirement",
      resource: realm(flow("own", { ...code, requirement: 1 })),
      expect: "is undetermined",
    },
    {
      title: "it cannot judge a flow inside itself",
      resource: realm(flow("own", { flowAlias: "own", requirement: "REQUIRED" })),
      expect: "is undetermined",
    },
    {
      title: "it reads Keycloak's own flow where a realm writes it out",
      resource: map({
        "realm.json": JSON.stringify({ realm: "people", authenticationFlows: [flow("browser", password, code)] }),
      }),
      expect: "passes",
    },
    {
      title: "it judges the realm of Keycloak's operator",
      resource: {
        type: "kubernetes:k8s.keycloak.org/v2alpha1:KeycloakRealmImport",
        props: { spec: { realm: { realm: "people", clients: [] } } },
      },
      expect: /only those who have set one up/,
    },
    {
      title: "it judges a realm in a Secret's base64",
      resource: {
        type: "kubernetes:core/v1:Secret",
        props: { data: { "realm.json": base64('{"realm": "people", "clients": []}') } },
      },
      expect: /only those who have set one up/,
    },
    {
      title: "it says nothing about a client's file, which names a realm",
      resource: map({ "keycloak.json": '{"realm": "people", "resource": "chat", "ssl-required": "external"}' }),
      expect: "says nothing",
    },
    {
      title: "it says nothing about a realm of something else",
      resource: map({ "a.json": '{"realm": {"a": 1}, "clients": []}' }),
      expect: "says nothing",
    },
    {
      title: "it cannot judge a file that is not known",
      resource: map({ "realm.json": unknownString }),
      expect: "is undetermined",
    },
  ];

  const programs: readonly Row[] = [
    {
      title: "it refuses Jitsi's own accounts",
      resource: pod("jitsi/prosody:stable", [["ENABLE_AUTH", "1"]]),
      expect: /AUTH_TYPE of Jitsi's signalling in .*containers\[0\] not set: moderators/,
    },
    ...["internal", "LDAP"].map((type): Row => ({
      title: `it refuses a Jitsi with ${type}`,
      resource: pod("jitsi/prosody:stable", [
        ["ENABLE_AUTH", "true"],
        ["AUTH_TYPE", type],
      ]),
      expect: /AUTH_TYPE of Jitsi's signalling .* as it is set/,
    })),
    {
      title: "it accepts a Jitsi with tokens",
      resource: pod("jitsi/prosody:stable", [
        ["ENABLE_AUTH", "1"],
        ["AUTH_TYPE", "jwt"],
      ]),
      expect: "passes",
    },
    {
      title: "it refuses another sign-in of Prosody's",
      resource: pod("mirror/jitsi-prosody:stable", [
        ["ENABLE_AUTH", "1"],
        ["AUTH_TYPE", "jwt"],
        ["PROSODY_AUTH_TYPE", "internal"],
      ]),
      expect: /PROSODY_AUTH_TYPE[^]*allowed: a second factor for everybody who moderates or administers;/,
    },
    {
      title: "it leaves a Jitsi without a sign-in to another rule",
      resource: pod("jitsi/prosody:stable"),
      expect: "passes",
    },
    {
      title: "it says nothing about a Prosody for chat",
      resource: pod("prosody/prosody:12", [["ENABLE_AUTH", "1"]]),
      expect: "says nothing",
    },
    {
      title: "it cannot judge a sign-in that another object holds",
      resource: pod("jitsi/prosody:stable", [
        ["ENABLE_AUTH", "1"],
        ["AUTH_TYPE", "elsewhere"],
      ]),
      expect: { undetermined: /AUTH_TYPE of Jitsi's signalling/ },
    },
    {
      title: "it cannot judge a sign-in that a shell puts in",
      resource: pod("jitsi/prosody:stable", [
        ["ENABLE_AUTH", "1"],
        ["AUTH_TYPE", "${AUTH_TYPE}"],
      ]),
      expect: "is undetermined",
    },
    {
      title: "it cannot judge whether there is a sign-in that nobody knows",
      resource: pod("jitsi/prosody:stable", [["ENABLE_AUTH", unknownString]]),
      expect: "is undetermined",
    },
    {
      title: "it refuses rooms of Greenlight's own accounts",
      resource: pod("bigbluebutton/greenlight:v3"),
      expect: /OPENID_CONNECT_ISSUER of Greenlight/,
    },
    {
      title: "it accepts Greenlight with an identity provider",
      resource: pod("bigbluebutton/greenlight:v3", [["OPENID_CONNECT_ISSUER", "https://login.crisis.example.ch"]]),
      expect: "passes",
    },
    {
      title: "it accepts Greenlight with SAML",
      resource: pod("bigbluebutton/greenlight:v3", [["SAML_ENTITY_ID", "greenlight"]]),
      expect: "passes",
    },
    {
      title: "it says nothing about a task of Greenlight's",
      resource: job(pod("bigbluebutton/greenlight:v3")),
      expect: "says nothing",
    },
    {
      title: "it says nothing about an init container",
      resource: { type: "kubernetes:core/v1:Pod", props: { spec: { initContainers: [{ image: "a/greenlight:v3" }] } } },
      expect: "says nothing",
    },
    {
      title: "it refuses an administrator of Keycloak with a password",
      resource: pod("keycloak/keycloak:26", [["KC_BOOTSTRAP_ADMIN_USERNAME", "admin"]]),
      expect: /KC_BOOTSTRAP_ADMIN_USERNAME of Keycloak/,
    },
    {
      title: "it refuses one whose name a Secret holds",
      resource: pod("keycloak/keycloak:26", [["KEYCLOAK_ADMIN", "elsewhere"]]),
      expect: /KEYCLOAK_ADMIN of Keycloak/,
    },
    {
      title: "it accepts a client that keeps Keycloak",
      resource: pod("keycloak/keycloak:26", [["KC_BOOTSTRAP_ADMIN_CLIENT_ID", "keeper"]]),
      expect: "passes",
    },
    {
      title: "it refuses Zitadel without a second factor",
      resource: pod("zitadel/zitadel:v4", [["ZITADEL_DEFAULTINSTANCE_LOGINPOLICY_FORCEMFA", "false"]]),
      expect: /FORCEMFA/,
    },
    {
      title: "it refuses the same in Zitadel's file",
      resource: map({ "zitadel.yaml": "DefaultInstance:\n  LoginPolicy:\n    ForceMFA: false\n" }),
      expect: /DefaultInstance\.LoginPolicy\.ForceMFA of Zitadel/,
    },
    {
      title: "it refuses Synapse's own passwords",
      resource: map({ "homeserver.yaml": "server_name: a.example.ch\nlisteners: []\n" }),
      expect: /password_config\.enabled of Synapse .*not set/,
    },
    {
      title: "it accepts Synapse behind the authentication service",
      resource: map({
        "homeserver.yaml":
          "server_name: a.example.ch\nlisteners: []\nmatrix_authentication_service:\n  enabled: true\n",
      }),
      expect: "passes",
    },
    {
      title: "it accepts Synapse in the older spelling of that",
      resource: map({
        "homeserver.yaml":
          "server_name: a.example.ch\nlisteners: []\nexperimental_features:\n  msc3861:\n    enabled: true\n",
      }),
      expect: "passes",
    },
    {
      title: "it accepts passwords that only confirm",
      resource: map({
        "homeserver.yaml": "server_name: a.example.ch\nlisteners: []\npassword_config:\n  enabled: only_for_reauth\n",
      }),
      expect: "passes",
    },
    {
      title: "it accepts the homeserver that our component renders",
      resource: map({ "homeserver.yaml": rendered("matrix/own/own-synapse-config/homeserver.yaml") }),
      expect: "passes",
    },
    {
      title: "it refuses passwords of the authentication service",
      resource: map({ "config.yaml": "matrix: {}\nsecrets: {}\ndatabase: {}\npasswords:\n  enabled: true\n" }),
      expect: /passwords\.enabled of Matrix Authentication Service/,
    },
    {
      title: "it accepts the authentication service that our component renders",
      resource: map({ "config.yaml": rendered("matrix/own/own-auth-config/config.yaml") }),
      expect: "passes",
    },
    {
      title: "it refuses Dendrite's passwords",
      resource: map({ "dendrite.yaml": "global: {}\nclient_api: {}\n" }),
      expect: /password_authentication_disabled of Dendrite/,
    },
    ...["one_factor", "bypass"].map((policy): Row => ({
      title: `it refuses pages behind Authelia with ${policy}`,
      resource: map({
        "configuration.yml": `authentication_backend: {}\naccess_control:\n  default_policy: ${policy}\n`,
      }),
      expect: /access_control\.default_policy of Authelia/,
    })),
    {
      title: "it refuses one page of many",
      resource: map({
        "configuration.yml":
          "authentication_backend: {}\naccess_control:\n  rules:\n    - { domain: a, policy: two_factor }\n    - { domain: b, policy: one_factor }\n",
      }),
      expect: /access_control\.rules\.\*\.policy of Authelia/,
    },
    {
      title: "it refuses a program that is signed in to with a password",
      resource: map({
        "configuration.yml":
          "authentication_backend: {}\naccess_control: {}\nidentity_providers:\n  oidc:\n    clients:\n      - authorization_policy: one_factor\n",
      }),
      expect: /authorization_policy of Authelia/,
    },
    {
      title: "it accepts an Authelia of two factors, with pages for everybody",
      resource: map({
        "configuration.yml":
          "authentication_backend: {}\naccess_control:\n  default_policy: two_factor\n  rules:\n    - { domain: a, policy: bypass }\n",
      }),
      expect: "passes",
    },
    {
      title: "it refuses Nextcloud's form",
      resource: map({ "settings.json": '{"trusted_domains": ["a"], "objectstore": {}}' }),
      expect: /hide_login_form of Nextcloud/,
    },
    {
      title: "it accepts the form with a second factor",
      resource: map({ "settings.json": '{"trusted_domains": ["a"], "objectstore": {}, "twofactor_enforced": "true"}' }),
      expect: "passes",
    },
    {
      title: "it refuses a second factor that PHP switches off",
      resource: map({ "config.php": "<?php $CONFIG = [\n  'twofactor_enforced' => 'false',\n];\n" }),
      expect: /twofactor_enforced switched off/,
    },
    {
      title: "it says nothing about one that a comment switches off",
      resource: map({ "config.php": "<?php\n// 'twofactor_enforced' => 'false'\n" }),
      expect: "says nothing",
    },
    {
      title: "it refuses a sign-in inside user data",
      resource: host(
        "#cloud-config\nwrite_files:\n  - path: /etc/a.yaml\n    content: |\n      server_name: a.example.ch\n      listeners: []\n",
      ),
      expect: /password_config\.enabled/,
    },
    {
      title: "it judges each document of several",
      resource: map({
        all: "apiVersion: v1\nkind: ConfigMap\n---\napiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - { name: a, image: a/greenlight:v3 }\n",
      }),
      expect: /Greenlight/,
    },
    {
      title: "it reads the values of a chart",
      resource: {
        type: "kubernetes:helm.sh/v4:Chart",
        props: { values: { synapse: { config: { server_name: "a", listeners: [] } } } },
      },
      expect: /password_config\.enabled of Synapse/,
    },
    {
      title: "it refuses our Jitsi with accounts that say nothing",
      resource: { type: "sovereign-uc:index:Jitsi", props: { access: "accounts" } },
      expect: /access of Jitsi/,
    },
    {
      title: "it accepts accounts that say what they are for",
      resource: {
        type: "sovereign-uc:index:Jitsi",
        props: { access: "accounts", singleFactor: "for when nothing else works" },
      },
      expect: "passes",
    },
    {
      title: "it accepts our Jitsi with an identity service",
      resource: { type: "sovereign-uc:index:Jitsi", props: { access: "oidc" } },
      expect: "passes",
    },
    {
      title: "it cannot judge a Jitsi whose way in is not known",
      resource: { type: "sovereign-uc:index:Jitsi", props: { access: unknownString } },
      expect: "is undetermined",
    },
    {
      title: "it says nothing about a network",
      resource: { type: "hcloud:index/network:Network", props: { ipRange: "10.0.0.0/8" } },
      expect: "says nothing",
    },
  ];
  table(mfaModeratorsAdmins, [...realms, ...programs]);

  const provided = (...more: readonly Resource[]): readonly Resource[] => [
    { type: "keycloak:index/realm:Realm", name: "people", props: { realm: "people" } },
    ...more,
  ];
  stackTable(mfaModeratorsAdmins, [
    {
      title: "it refuses a sign-in that a ConfigMap sets",
      resources: [pod("jitsi/prosody:stable", [["ENABLE_AUTH", "1"]], sourced), map({ AUTH_TYPE: "internal" })],
      expect: /AUTH_TYPE/,
    },
    {
      title: "it accepts one that a ConfigMap sets",
      resources: [pod("jitsi/prosody:stable", [["ENABLE_AUTH", "1"]], sourced), map({ AUTH_TYPE: "jwt" })],
      expect: "passes",
    },
    {
      title: "it cannot judge one of an object that nobody here makes",
      resources: [pod("jitsi/prosody:stable", [["ENABLE_AUTH", "1"]], sourced)],
      expect: "is undetermined",
    },
    {
      title: "it says nothing about a task",
      resources: [job(pod("a/greenlight:v3", [], sourced)), map({ A: "b" })],
      expect: "says nothing",
    },
    {
      title: "it refuses a provider's realm with Keycloak's own flow",
      resources: provided(),
      expect: /a realm people that asks only those/,
    },
    {
      title: "it accepts one where everybody is made to set up a second factor",
      resources: provided({
        type: "keycloak:index/requiredAction:RequiredAction",
        props: { alias: "CONFIGURE_TOTP", defaultAction: true },
      }),
      expect: "passes",
    },
    {
      title: "it refuses one where another action is everybody's",
      resources: provided({
        type: "keycloak:index/requiredAction:RequiredAction",
        props: { alias: "UPDATE_PASSWORD", defaultAction: true },
      }),
      expect: /only those/,
    },
    {
      title: "it refuses one where the action is switched off",
      resources: provided({
        type: "keycloak:index/requiredAction:RequiredAction",
        props: { alias: "CONFIGURE_TOTP", defaultAction: true, enabled: false },
      }),
      expect: /only those/,
    },
    {
      title: "it accepts one whose flow requires a code",
      resources: provided({
        type: "keycloak:authentication/execution:Execution",
        props: { authenticator: "auth-otp-form", requirement: "REQUIRED" },
      }),
      expect: "passes",
    },
    {
      title: "it refuses one whose flow offers a code",
      resources: provided({
        type: "keycloak:authentication/execution:Execution",
        props: { authenticator: "auth-otp-form", requirement: "ALTERNATIVE" },
      }),
      expect: /only those/,
    },
    {
      title: "it accepts one where everybody is made to register a key",
      resources: provided({
        type: "keycloak:index/requiredAction:RequiredAction",
        props: { alias: "webauthn-register", defaultAction: true },
      }),
      expect: "passes",
    },
    {
      title: "it refuses one whose action is only there",
      resources: provided({
        type: "keycloak:index/requiredAction:RequiredAction",
        props: { alias: "CONFIGURE_TOTP" },
      }),
      expect: /only those/,
    },
    {
      title: "it accepts one whose flow requires a key",
      resources: provided({
        type: "keycloak:authentication/execution:Execution",
        props: { authenticator: "webauthn-authenticator", requirement: "REQUIRED" },
      }),
      expect: "passes",
    },
    {
      title: "it takes resources of other types for neither",
      resources: provided({
        type: "acme:index:Thing",
        props: {
          alias: "CONFIGURE_TOTP",
          defaultAction: true,
          authenticator: "auth-otp-form",
          requirement: "REQUIRED",
        },
      }),
      expect: /only those/,
    },
    {
      title: "it refuses one whose flow requires a password",
      resources: provided({
        type: "keycloak:authentication/execution:Execution",
        props: { authenticator: "auth-password-form", requirement: "REQUIRED" },
      }),
      expect: /only those/,
    },
  ]);
});

describe("UC-IDN-002 idp-jurisdiction", () => {
  const issuer = (value: unknown): Resource => pod("team/web:1", [["OIDC_ISSUER_URL", value]]);
  shape(idpJurisdiction);
  table(idpJurisdiction, [
    {
      title: "it accepts an issuer of one's own",
      ...own,
      resource: issuer("https://login.crisis.example.ch/realms/a"),
      expect: "passes",
    },
    {
      title: "it accepts one inside the cluster",
      resource: issuer("http://login.identity.svc:8080/realms/a"),
      expect: "passes",
    },
    {
      title: "it accepts one of a party that the profile accepts",
      resource: issuer("https://login.sovcloud-identity.fr/a"),
      expect: "passes",
    },
    { title: "it accepts one in a private network", resource: issuer("https://10.20.0.7/realms/a"), expect: "passes" },
    ...[
      "https://login.microsoftonline.com/common/v2.0",
      "https://ACME.Okta.com./oauth2/default",
      "https://user:pass@acme.eu.auth0.com:8443/",
      "https://login.crisis.example.ch@acme.okta.com/",
      "https://cognito.amazoncognito.com",
      "https://accounts.google.com",
    ].map((address): Row => ({
      title: `it refuses ${address}`,
      ...own,
      resource: issuer(address),
      expect: /the identity provider [\w.]+ in .*US nexus/,
    })),
    {
      title: "it refuses one that nobody has reviewed",
      ...own,
      resource: issuer("https://auth.pingone.eu/a"),
      expect: /nobody has reviewed/,
    },
    {
      title: "it cannot judge one in no table",
      ...own,
      resource: issuer("https://sso.example.org/realms/a"),
      expect: {
        undetermined:
          /sso\.example\.org in spec\.template\.spec\.containers\[0\] OIDC_ISSUER_URL, which is in no table/,
      },
    },
    {
      title: "it cannot judge an address of nobody's",
      ...own,
      resource: issuer("https://203.0.113.9/realms/a"),
      expect: { undetermined: /203\.0\.113\.9/ },
    },
    {
      title: "it cannot judge one in letters of others",
      ...own,
      resource: issuer("https://lögin.example.org"),
      expect: { undetermined: /xn--/ },
    },
    {
      title: "it cannot judge one that another object holds",
      resource: issuer("elsewhere"),
      expect: "is undetermined",
    },
    {
      title: "it cannot judge one that a template puts in",
      resource: issuer("https://{{ login }}/"),
      expect: "is undetermined",
    },
    {
      title: "it cannot judge one that a shell puts in",
      resource: issuer("https://${LOGIN}/"),
      expect: { undetermined: /which is put in elsewhere/ },
    },
    {
      title: "it cannot judge one in data that is not known",
      resource: { type: "kubernetes:helm.sh/v4:Chart", props: { values: { oidc_issuer: unknownString } } },
      expect: { undetermined: /an identity provider in oidc_issuer, which is put in elsewhere/ },
    },
    {
      title: "it reads one in a list, in capitals, after a blank",
      resource: {
        type: "kubernetes:helm.sh/v4:Chart",
        props: { values: [{ issuer: " HTTPS://sso.example.org/a" }] },
      },
      expect: { undetermined: /sso\.example\.org in issuer, which is in no table/ },
    },
    ...["oidc_url: see https://sso.example.org", "colour: https://gravatar.com/a"].map((line): Row => ({
      title: `it says nothing about "${line}"`,
      resource: map({ "a.yaml": `${line}\nsso_url: none\n` }),
      expect: "says nothing",
    })),
    ...[
      "ISSUER=",
      "export OIDC_URL=",
      "set OPENID_URL=",
      "ENV OAUTH_URL=",
      "- LDAP_URL=",
      "SAML_URL: ",
      "sso.url = ",
      "IDP_URL=",
      "KEYCLOAK_URL=",
      "ENTRA_URL=",
      "AZURE_AD_URL=",
      "IDENTITY_PROVIDER_URL=",
    ].map((line): Row => ({
      title: `it reads "${line}" in a script`,
      resource: host(`#!/bin/sh\ntrue\n${line}HTTPS://login.example.org/a\n`),
      expect: { undetermined: /the identity provider login\.example\.org in userData / },
    })),
    ...["run with OIDC_URL=", "export SSO_COLOUR="].map((line): Row => ({
      title: `it takes "${line}" for no setting`,
      resource: host(`#!/bin/sh\ntrue\n${line}https://login.example.org/a\n`),
      expect: "says nothing",
    })),
    {
      title: "it reads a name of 120 characters",
      resource: pod("team/web:1", [[`${"A".repeat(108)}_OIDC_ISSUER`, "https://sso.example.org"]]),
      expect: { undetermined: /sso\.example\.org/ },
    },
    {
      title: "it reads none that is longer",
      resource: pod("team/web:1", [[`${"A".repeat(109)}_OIDC_ISSUER`, "https://sso.example.org"]]),
      expect: "says nothing",
    },
    { title: "it cannot judge one that is not known", resource: issuer(unknownString), expect: "is undetermined" },
    { title: "it says nothing where there is none", resource: issuer(""), expect: "passes" },
    {
      title: "it says nothing about other variables",
      resource: pod("team/web:1", [["COLOUR", "blue"]]),
      expect: "says nothing",
    },
    {
      title: "it reads several directories",
      ...own,
      resource: pod("team/web:1", [["LDAP_HOSTS", "ldap.crisis.example.ch, ldap.example.org"]]),
      expect: { undetermined: /ldap\.example\.org/ },
    },
    {
      title: "it takes a bare name for a service of the cluster",
      resource: pod("team/web:1", [["LDAP_HOST", "openldap"]]),
      expect: "passes",
    },
    {
      title: "it reads data",
      ...own,
      resource: map({ "a.yaml": "oidc:\n  issuer: https://sso.example.org\n  a: 1\n" }),
      expect: { undetermined: /sso\.example\.org/ },
    },
    {
      title: "it says nothing about an issuer of certificates",
      resource: map({ "a.yaml": "issuer: own-authority\na: 1\n" }),
      expect: "says nothing",
    },
    {
      title: "it reads files of variables",
      ...own,
      resource: map({ ".env": "COLOUR=blue\nexport OIDC_ISSUER=https://sso.example.org/a\n" }),
      expect: { undetermined: /sso\.example\.org/ },
    },
    {
      title: "it refuses one in a script of user data",
      ...own,
      resource: host("#!/bin/sh\ncurl https://acme.okta.com/api\n"),
      expect: /acme\.okta\.com/,
    },
    {
      title: "it says nothing about one in a comment",
      ...own,
      resource: host("#!/bin/sh\n# see https://acme.okta.com/api\ntrue\n"),
      expect: "says nothing",
    },
    {
      title: "it refuses one in a Secret's base64",
      ...own,
      resource: { type: "kubernetes:core/v1:Secret", props: { data: { a: base64("https://acme.okta.com/") } } },
      expect: /acme\.okta\.com/,
    },
    {
      title: "it says nothing about a host of another purpose",
      ...own,
      resource: map({ a: "https://gravatar.com/a" }),
      expect: "says nothing",
    },
    {
      title: "it accepts one that the operator has reviewed",
      stack: own.stack ?? {},
      pack: {
        facts: [
          {
            host: "sso.example.org",
            party: "Example AG",
            country: "CH",
            nexus: "none",
            source: "https://example.org/about",
            reviewed: "2026-11-28",
          },
        ],
      },
      resource: issuer("https://sso.example.org/a"),
      expect: "passes",
    },
    {
      title: "it refuses a US company's under strict as well",
      ...under("strict"),
      resource: issuer("https://acme.okta.com/"),
      expect: /okta/,
    },
  ]);
  stackTable(idpJurisdiction, [
    {
      title: "it says nothing about variables of something else that a ConfigMap sets",
      resources: [pod("team/web:1", [], sourced), map({ COLOUR: "blue" })],
      expect: "says nothing",
    },
    {
      title: "it refuses a provider that a ConfigMap names beside them",
      resources: [
        pod("team/web:1", [], sourced),
        map({ COLOUR: "blue", OIDC_ISSUER_URL: "https://acme.okta.com/oauth2" }),
      ],
      expect: /acme\.okta\.com/,
    },
    {
      title: "it takes an address under another name for none",
      ...own,
      resources: [
        pod("team/web:1", [], sourced),
        map({ COLOUR: "https://a.example.org", OIDC_ISSUER_URL: "https://login.crisis.example.ch" }),
      ],
      expect: "passes",
    },
    {
      title: "it refuses one that a ConfigMap sets",
      ...own,
      resources: [pod("team/web:1", [], sourced), map({ OIDC_ISSUER: "https://acme.okta.com/" })],
      expect: /acme\.okta\.com/,
    },
    {
      title: "it refuses one in the outputs of a component",
      ...own,
      resources: [{ type: "a:b:C", props: { OIDC_ISSUER: "https://acme.okta.com/" } }],
      expect: /acme\.okta\.com/,
    },
    {
      title: "it says nothing about a stack without any",
      resources: [{ type: "hcloud:index/network:Network" }],
      expect: "says nothing",
    },
  ]);
});

describe("UC-IDN-003 meeting-defaults", () => {
  const signalling = (...variables: readonly (readonly [string, unknown])[]): Resource =>
    pod("jitsi/prosody:stable", variables);
  const web = (...variables: readonly (readonly [string, unknown])[]): Resource => pod("jitsi/web:stable", variables);
  const hosts = (name: string, authentication: string): string =>
    `VirtualHost "${name}"\n    authentication = "${authentication}"\nVirtualHost "guest.meet.example.ch"\n    authentication = "jitsi-anonymous"\nVirtualHost "auth.meet.example.ch"\n    authentication = "internal_hashed"\n`;
  shape(meetingDefaults);
  table(meetingDefaults, [
    {
      title: "it refuses a Jitsi without a sign-in",
      resource: signalling(),
      expect: /ENABLE_AUTH of Jitsi's signalling .*not set: whoever knows a name/,
    },
    { title: "it refuses one whose sign-in is off", resource: signalling(["ENABLE_AUTH", "0"]), expect: /ENABLE_AUTH/ },
    {
      title: "it accepts a sign-in with guests who wait",
      resource: signalling(["ENABLE_AUTH", "1"], ["ENABLE_GUESTS", "1"]),
      expect: "passes",
    },
    {
      title: "it refuses guests who cannot be made to wait",
      resource: signalling(["ENABLE_AUTH", "1"], ["ENABLE_GUESTS", "1"], ["ENABLE_LOBBY", "false"]),
      expect: /ENABLE_LOBBY/,
    },
    {
      title: "it needs no lobby without guests",
      resource: signalling(["ENABLE_AUTH", "1"], ["ENABLE_LOBBY", "false"]),
      expect: "passes",
    },
    {
      title: "it refuses empty tokens",
      resource: signalling(["ENABLE_AUTH", "1"], ["JWT_ALLOW_EMPTY", "1"]),
      expect: /JWT_ALLOW_EMPTY/,
    },
    {
      title: "it cannot judge a sign-in that is not known",
      resource: signalling(["ENABLE_AUTH", unknownString]),
      expect: "is undetermined",
    },
    {
      title: "it cannot judge a sign-in that another object holds",
      resource: signalling(["ENABLE_AUTH", "elsewhere"]),
      expect: { undetermined: /ENABLE_AUTH/ },
    },
    {
      title: "it refuses recording in every browser",
      resource: web(),
      expect: /DISABLE_LOCAL_RECORDING of Jitsi's web server/,
    },
    {
      title: "it accepts no recording in browsers",
      resource: web(["DISABLE_LOCAL_RECORDING", "true"]),
      expect: "passes",
    },
    {
      title: "it accepts recording that everybody sees",
      resource: web(["ENABLE_LOCAL_RECORDING_NOTIFY_ALL_PARTICIPANT", "1"]),
      expect: "passes",
    },
    { title: "it says nothing about any other web server", resource: pod("team/web:1"), expect: "says nothing" },
    {
      title: "it refuses a Prosody where everybody is a moderator",
      resource: host(
        `#cloud-config\nwrite_files:\n  - path: /etc/prosody/conf.d/a.cfg.lua\n    content: |\n${hosts("meet.example.ch", "jitsi-anonymous").replace(/^/gm, "      ")}`,
      ),
      expect: /the host meet\.example\.ch .* of Prosody without a sign-in/,
    },
    {
      title: "it refuses the older word for it",
      resource: map({ "a.cfg.lua": hosts("meet.example.ch", "anonymous") }),
      expect: /meet\.example\.ch/,
    },
    {
      title: "it says nothing about a Prosody that asks",
      resource: map({ "a.cfg.lua": hosts("meet.example.ch", "internal_hashed") }),
      expect: "says nothing",
    },
    ...(
      [
        [
          "refuses a host that has the sign-in of everybody",
          'authentication = "anonymous"\nVirtualHost "meet.example.ch"\n  a = 1',
          /the host meet\.example\.ch /,
        ],
        [
          "accepts a host that asks though nobody else does",
          'authentication = "anonymous"\nVirtualHost "meet.example.ch"\n  authentication = "token"',
          "says nothing",
        ],
        [
          "accepts a host that has the sign-in of everybody, beside one for guests without",
          'authentication = "token"\nVirtualHost "meet.example.ch"\nVirtualHost "guest.meet.example.ch"\n  authentication = "anonymous"',
          "says nothing",
        ],
        [
          "accepts a component that asks nobody",
          'authentication = "anonymous"\nComponent "rooms.example.ch" "muc"\n  a = 1',
          "says nothing",
        ],
        [
          "takes no setting of a component for the host before it",
          'VirtualHost "meet.example.ch"\n  authentication = "token"\nComponent "rooms.example.ch" "muc"\n  authentication = "anonymous"',
          /the host rooms\.example\.ch /,
        ],
        [
          "reads the older name of a host",
          'Host ("meet.example.ch")\n  authentication = "jitsi-anonymous"',
          /the host meet\.example\.ch /,
        ],
        [
          "takes no name in the middle of a line for a host",
          'authentication = "anonymous"\nnote = VirtualHost "meet.example.ch"',
          "says nothing",
        ],
        [
          "takes no other setting for a sign-in",
          'VirtualHost "meet.example.ch"\n  authentication = "anonymous"\n  no_authentication = "token"\n  a_authentication = 1',
          /the host meet\.example\.ch .*allowed: rooms that people with an account open, and in which everybody else waits/,
        ],
        ["needs a host to speak of", 'authentication = "anonymous"\nmodules_enabled = {}', "says nothing"],
      ] as const
    ).map(([title, text, expect]) => ({ title: `it ${title}`, resource: map({ "a.cfg.lua": `${text}\n` }), expect })),
    {
      title: "it says nothing about a comment in it",
      resource: map({
        "a.cfg.lua": hosts("meet.example.ch", "token").replace(
          "VirtualHost",
          '-- authentication = "anonymous"\nVirtualHost',
        ),
      }),
      expect: "says nothing",
    },
    ...[
      "defaultGuestPolicy=ALWAYS_ACCEPT",
      "sed -i 's/^defaultGuestPolicy=.*/defaultGuestPolicy=ALWAYS_ACCEPT/' a",
      "guestPolicy: always_accept",
    ].map((line): Row => ({
      title: `it refuses "${line}"`,
      resource: host(`#!/bin/sh\n${line}\n`),
      expect: /ALWAYS_ACCEPT as BigBlueButton's policy/,
    })),
    {
      title: "it refuses it in what a load balancer asks for",
      resource: pod("bigbluebutton/scalelite:v1.6-api", [
        ["OVERRIDE_CREATE_PARAMS", "record=false,guestPolicy=ALWAYS_ACCEPT"],
      ]),
      expect: /ALWAYS_ACCEPT/,
    },
    {
      title: "it says nothing about guests who are asked",
      resource: host("#!/bin/sh\necho defaultGuestPolicy=ASK_MODERATOR\n"),
      expect: "says nothing",
    },
    {
      title: "it refuses LiveKit with the keys of its manual",
      resource: pod("livekit/livekit-server:v1.13", [], { args: ["--dev", "--bind", "0.0.0.0"] }),
      expect: /its command line of LiveKit/,
    },
    {
      title: "it refuses the same in a script",
      resource: host("#!/bin/sh\nlivekit-server --bind 0.0.0.0 --dev\n"),
      expect: /--dev/,
    },
    {
      title: "it accepts LiveKit with keys",
      resource: pod("livekit/livekit-server:v1.13", [], { args: ["--config", "/etc/livekit.yaml"] }),
      expect: "passes",
    },
    {
      title: "it refuses its key in a file",
      resource: map({ "livekit.yaml": "port: 7880\nrtc: {}\nkeys:\n  devkey: secret\n" }),
      expect: /keys\.devkey of LiveKit/,
    },
    {
      title: "it accepts a key of one's own",
      resource: map({ "livekit.yaml": "port: 7880\nrtc: {}\nkeys:\n  own: [1]\n" }),
      expect: "passes",
    },
    {
      title: "it refuses Matrix calls for everybody",
      resource: pod("element-hq/lk-jwt-service:0.6", [["LIVEKIT_FULL_ACCESS_HOMESERVERS", "crisis.example.ch, *"]]),
      expect: /LIVEKIT_FULL_ACCESS_HOMESERVERS/,
    },
    {
      title: "it refuses Matrix calls without a list",
      resource: pod("element-hq/lk-jwt-service:0.6"),
      expect: /LIVEKIT_FULL_ACCESS_HOMESERVERS .*not set/,
    },
    {
      title: "it accepts Matrix calls of one's own servers",
      resource: pod("element-hq/lk-jwt-service:0.6", [["LIVEKIT_FULL_ACCESS_HOMESERVERS", "crisis.example.ch"]]),
      expect: "passes",
    },
    {
      title: "it accepts Matrix calls that the homeserver itself asks for",
      resource: pod("element-hq/lk-jwt-service:0.6", [["LIVEKIT_AS_REGISTRATION_FILE", "/as.yaml"]]),
      expect: "passes",
    },
    {
      title: "it refuses accounts for everybody",
      resource: map({ "homeserver.yaml": "server_name: a\nlisteners: []\nenable_registration: true\n" }),
      expect: /enable_registration of Synapse/,
    },
    {
      title: "it accepts accounts by a token",
      resource: map({
        "homeserver.yaml":
          "server_name: a\nlisteners: []\nenable_registration: true\nregistration_requires_token: true\n",
      }),
      expect: "passes",
    },
    {
      title: "it refuses guests of a homeserver",
      resource: map({ "homeserver.yaml": "server_name: a\nlisteners: []\nallow_guest_access: true\n" }),
      expect: /allow_guest_access/,
    },
    {
      title: "it accepts the homeserver that our component renders",
      resource: map({ "homeserver.yaml": rendered("matrix/own/own-synapse-config/homeserver.yaml") }),
      expect: "passes",
    },
    {
      title: "it refuses accounts of the authentication service for everybody",
      resource: map({
        "config.yaml": "matrix: {}\nsecrets: {}\ndatabase: {}\naccount:\n  password_registration_enabled: true\n",
      }),
      expect: /password_registration_enabled/,
    },
    {
      title: "it refuses Dendrite's accounts and guests for everybody",
      resource: map({
        "dendrite.yaml": "global: {}\nclient_api:\n  registration_disabled: false\n  guests_disabled: false\n",
      }),
      expect: /registration_disabled[^]*guests_disabled/,
    },
    {
      title: "it accepts guests where no account is made",
      resource: map({
        "dendrite.yaml": "global: {}\nclient_api:\n  registration_disabled: true\n  guests_disabled: false\n",
      }),
      expect: "passes",
    },
    {
      title: "it refuses Conduit's accounts for everybody",
      resource: pod("matrixconduit/matrix-conduit:v0.9", [["CONDUIT_ALLOW_REGISTRATION", "true"]]),
      expect: /CONDUIT_ALLOW_REGISTRATION/,
    },
    {
      title: "it accepts them by a token",
      resource: pod("matrixconduit/matrix-conduit:v0.9", [
        ["CONDUIT_ALLOW_REGISTRATION", "true"],
        ["CONDUIT_REGISTRATION_TOKEN", "a"],
      ]),
      expect: "passes",
    },
    {
      title: "it refuses a realm in which everybody makes an account",
      resource: map({ "realm.json": '{"realm": "people", "registrationAllowed": true}' }),
      expect: /registrationAllowed of Keycloak/,
    },
    {
      title: "it refuses the same in a provider's realm",
      resource: { type: "keycloak:index/realm:Realm", props: { realm: "people", registrationAllowed: true } },
      expect: /registrationAllowed/,
    },
    {
      title: "it refuses our BigBlueButton with guests who enter at once",
      resource: { type: "sovereign-uc:index:BigBlueButton", props: { guests: "ALWAYS_ACCEPT" } },
      expect: /guests of BigBlueButton/,
    },
    {
      title: "it accepts our BigBlueButton as it is",
      resource: { type: "sovereign-uc:index:BigBlueButton", props: { guests: "ASK_MODERATOR" } },
      expect: "passes",
    },
    ...["lobby", "none"].map((guests): Row => ({
      title: `it accepts our Jitsi with ${guests}`,
      resource: { type: "sovereign-uc:index:Jitsi", props: { guests } },
      expect: "passes",
    })),
    {
      title: "it refuses our Jitsi with anything else",
      resource: { type: "sovereign-uc:index:Jitsi", props: { guests: "lobby-or-not" } },
      expect: /guests of Jitsi/,
    },
    {
      title: "it cannot judge a secret without a key",
      resource: map({ "a.cfg.lua": secret("[secret]") }),
      expect: "is undetermined",
    },
    {
      title: "it says nothing about a network",
      resource: { type: "hcloud:index/network:Network" },
      expect: "says nothing",
    },
  ]);
  stackTable(meetingDefaults, [
    {
      title: "it refuses what a ConfigMap switches off",
      resources: [
        pod("jitsi/prosody:stable", [], { envFrom: [{ configMapRef: { name: "settings" } }] }),
        map({ ENABLE_AUTH: "0" }),
      ],
      expect: /ENABLE_AUTH/,
    },
  ]);
});
