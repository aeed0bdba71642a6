import { clientRepresentation, type PlannedClient, readerRepresentation, readerRights, scopeMappings } from "./clients";
import { type DirectorySettings, directoryComponent } from "./directory";
import { realmFlows } from "./flows";
import { lifetimes, roles } from "./settings";

/** Settings of the realm: plain values, no secrets. */
export interface RealmSettings {
  readonly realm: string;
  /** Host name that browsers know: security keys are made for it. */
  readonly domain: string;
  readonly clients: Readonly<Record<string, PlannedClient>>;
  /** Clients that look people up. */
  readonly readers: readonly string[];
  /** Generation of each local account's one-time password, by name. */
  readonly accounts: Readonly<Record<string, string>>;
  readonly directory?: DirectorySettings;
}

/** Marks a local account with the generation of its one-time password: another generation lets its holder enrol anew. */
export const generationAttribute = "sovereign-uc.generation";

/** Rules of a password: length beats all others, and the ones before are remembered. */
const passwordPolicy = [
  "length(14)",
  "maxLength(128)",
  "notUsername(undefined)",
  "notEmail(undefined)",
  "notContainsUsername(undefined)",
  "passwordHistory(5)",
].join(" and ");

/** After five wrong passwords or codes, a person waits: a minute, and a minute more each time, up to a quarter of an hour. */
const locks = {
  bruteForceProtected: true,
  permanentLockout: false,
  bruteForceStrategy: "LINEAR",
  failureFactor: 5,
  waitIncrementSeconds: 60,
  maxFailureWaitSeconds: 900,
  minimumQuickLoginWaitSeconds: 60,
  quickLoginCheckMilliSeconds: 500,
  maxDeltaTimeSeconds: 43_200,
} as const;

const sessions = {
  accessTokenLifespan: lifetimes.token,
  accessTokenLifespanForImplicitFlow: lifetimes.token,
  ssoSessionIdleTimeout: lifetimes.idle,
  ssoSessionMaxLifespan: lifetimes.session,
  offlineSessionIdleTimeout: lifetimes.session,
  offlineSessionMaxLifespanEnabled: true,
  offlineSessionMaxLifespan: lifetimes.session,
  accessCodeLifespan: 60,
  accessCodeLifespanUserAction: lifetimes.login,
  accessCodeLifespanLogin: lifetimes.login,
  rememberMe: false,
  revokeRefreshToken: true,
  refreshTokenMaxReuse: 0,
} as const;

/** Codes of 6 digits for 30 seconds, as every program on a phone makes them; one code counts once. */
const codes = {
  otpPolicyType: "totp",
  otpPolicyAlgorithm: "HmacSHA1",
  otpPolicyDigits: 6,
  otpPolicyPeriod: 30,
  otpPolicyLookAheadWindow: 1,
  otpPolicyCodeReusable: false,
} as const;

const securityKeys = (domain: string) =>
  ({
    webAuthnPolicyRpEntityName: domain,
    webAuthnPolicyRpId: domain,
    webAuthnPolicySignatureAlgorithms: ["ES256", "RS256"],
    webAuthnPolicyAttestationConveyancePreference: "none",
    webAuthnPolicyUserVerificationRequirement: "preferred",
    webAuthnPolicyAvoidSameAuthenticatorRegister: true,
  }) as const;

/** Sign-ins and changes go to the log, and are kept for a month where administrators see them. */
const events = {
  eventsEnabled: true,
  eventsExpiration: lifetimes.events,
  eventsListeners: ["jboss-logging"],
  // All kinds.
  enabledEventTypes: [],
  adminEventsEnabled: true,
  // What was changed may hold what nobody should read in a log.
  adminEventsDetailsEnabled: false,
} as const;

/** Steps that somebody can be made to take. A second factor is demanded by the flow: as an action of new accounts it would be asked of nobody who signs in without a browser. */
const actions = [
  { alias: "CONFIGURE_TOTP", name: "Configure OTP", enabled: true },
  { alias: "UPDATE_PASSWORD", name: "Update Password", enabled: true },
  { alias: "webauthn-register", name: "Webauthn Register", enabled: true },
  { alias: "webauthn-register-passwordless", name: "Webauthn Register Passwordless", enabled: false },
  { alias: "CONFIGURE_RECOVERY_AUTHN_CODES", name: "Recovery Authentication Codes", enabled: false },
  { alias: "VERIFY_EMAIL", name: "Verify Email", enabled: false },
  { alias: "delete_account", name: "Delete Account", enabled: false },
] as const;

const requiredActions = actions.map(({ alias, ...action }, i) => ({
  alias,
  providerId: alias,
  ...action,
  defaultAction: false,
  priority: 10 * (i + 1),
  config: {},
}));

/** Rights of administrators in their own realm: people, and what happened. Clients, flows and settings are the plan's. */
const administration = ["manage-users", "query-groups", "query-users", "view-events", "view-realm", "view-users"];

/** Attributes of people. Administrators keep it: nobody changes the name that others see, and nobody needs a mail address. */
const profile = {
  unmanagedAttributePolicy: "ADMIN_EDIT",
  attributes: ["username", "email", "firstName", "lastName"].map((name) => ({
    name,
    displayName: `\${${name}}`,
    validations:
      name === "username"
        ? { length: { min: 2, max: 64 } }
        : name === "email"
          ? { email: {} }
          : { length: { max: 100 } },
    permissions: { view: ["admin", "user"], edit: ["admin"] },
    multivalued: false,
  })),
  groups: [],
};

const account = ([username, generation]: readonly [string, string]) => ({
  username,
  enabled: true,
  firstName: username,
  lastName: "",
  emailVerified: false,
  requiredActions: ["UPDATE_PASSWORD", "CONFIGURE_TOTP"],
  realmRoles: Object.values(roles),
  attributes: { [generationAttribute]: [generation] },
});

/** The realm in upstream's own form, without secrets: what `keep-realm.mjs` keeps it at. */
export function realmRepresentation(settings: RealmSettings): Readonly<Record<string, unknown>> {
  const { realm, domain, clients, readers, accounts, directory } = settings;
  const rights = readerRights(readers);
  return {
    realm,
    enabled: true,
    displayName: domain,
    // The edge says that browsers came by TLS; administrators come by a forwarded port, from a private address.
    sslRequired: "external",
    registrationAllowed: false,
    resetPasswordAllowed: false,
    editUsernameAllowed: false,
    verifyEmail: false,
    loginWithEmailAllowed: false,
    duplicateEmailsAllowed: true,
    userManagedAccessAllowed: false,
    organizationsEnabled: false,
    internationalizationEnabled: true,
    supportedLocales: ["de", "en", "fr", "it"],
    defaultLocale: "en",
    defaultSignatureAlgorithm: "RS256",
    passwordPolicy,
    ...locks,
    ...sessions,
    ...codes,
    ...securityKeys(domain),
    ...events,
    ...realmFlows(),
    requiredActions,
    browserSecurityHeaders: {
      contentSecurityPolicy: "frame-src 'self'; frame-ancestors 'self'; object-src 'none';",
      xFrameOptions: "SAMEORIGIN",
      xRobotsTag: "none",
      referrerPolicy: "no-referrer",
      strictTransportSecurity: "max-age=63072000",
    },
    roles: {
      realm: [
        { name: roles.moderator, description: "Moderates meetings and rooms" },
        {
          name: roles.administrator,
          description: "Keeps the accounts of people",
          composite: true,
          composites: { client: { "realm-management": administration } },
        },
      ],
    },
    clients: [
      ...Object.entries(clients).map(([id, client]) => clientRepresentation(id, client)),
      ...readers.map(readerRepresentation),
    ],
    scopeMappings: scopeMappings(Object.keys(clients)),
    clientScopeMappings: rights.clientScopeMappings,
    users: [...Object.entries(accounts).map(account), ...rights.accounts],
    components: {
      "org.keycloak.userprofile.UserProfileProvider": [
        { providerId: "declarative-user-profile", config: { "kc.user.profile.config": [JSON.stringify(profile)] } },
      ],
      ...(directory === undefined
        ? {}
        : { "org.keycloak.storage.UserStorageProvider": [directoryComponent(directory)] }),
    },
  };
}

/** `realm.json`. */
export const realmFile = (settings: RealmSettings): string =>
  `${JSON.stringify(realmRepresentation(settings), undefined, 2)}\n`;
