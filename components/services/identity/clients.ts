import { roles, rolesClaim } from "./settings";

/** A service that signs people in here. */
export interface PlannedClient {
  /** Addresses that people are sent back to, each as it is: `https://meet.crisis.example.ch/_access/callback`. */
  readonly redirects: readonly string[];
  /**
   * False for a program that knows no PKCE (RFC 7636), as BigBlueButton's Greenlight. Its code is exchanged with its secret all the same.
   *
   * @default true
   */
  readonly pkce?: boolean;
  /**
   * Address at which the service hears that somebody has signed out here (OpenID Connect Back-Channel Logout 1.0), so that they are signed out there, too. It is at a name
   * of the same platform: servers reach it through the gateways. `matrixPlan.signOut`
   *
   * @default - nobody tells it: a session there goes on until it ends by itself
   */
  readonly signOut?: string;
}

/** Marks clients that a plan has: one that has left the plan is deleted, and one that somebody made by hand is not. */
export const plannedAttribute = "sovereign-uc.planned";

/** Scopes of upstream's own that every client has: who it is, their name and address, and how they signed in. */
const scopes = ["basic", "profile", "email", "acr"] as const;

/**
 * A client in upstream's own form, without its secret. People come by the code flow alone: no password is ever given to a client, no token comes by an address, and
 * no client signs in for itself. Its tokens name the roles of people and no right in the realm's administration.
 */
export const clientRepresentation = (
  clientId: string,
  { redirects, pkce = true, signOut }: PlannedClient,
): Readonly<Record<string, unknown>> => ({
  clientId,
  enabled: true,
  protocol: "openid-connect",
  publicClient: false,
  bearerOnly: false,
  clientAuthenticatorType: "client-secret",
  standardFlowEnabled: true,
  implicitFlowEnabled: false,
  directAccessGrantsEnabled: false,
  serviceAccountsEnabled: false,
  consentRequired: false,
  frontchannelLogout: false,
  fullScopeAllowed: false,
  redirectUris: [...redirects],
  webOrigins: [],
  defaultClientScopes: [...scopes],
  optionalClientScopes: [],
  attributes: {
    "pkce.code.challenge.method": pkce ? "S256" : "",
    "use.refresh.tokens": "false",
    // With the session's name: a service ends the sessions that were begun by this one, and no others of the same person.
    "backchannel.logout.url": signOut ?? "",
    "backchannel.logout.session.required": "true",
    [plannedAttribute]: "true",
  },
  protocolMappers: [
    {
      name: rolesClaim,
      protocol: "openid-connect",
      protocolMapper: "oidc-usermodel-realm-role-mapper",
      consentRequired: false,
      config: {
        "claim.name": rolesClaim,
        "jsonType.label": "String",
        multivalued: "true",
        "id.token.claim": "true",
        "access.token.claim": "true",
        "userinfo.token.claim": "true",
        "introspection.token.claim": "true",
      },
    },
  ],
});

/** Right of a reader in the realm's administration: to see people, and nothing else. */
const reading = "view-users";

/**
 * A reader in upstream's own form, without its secret: a program that signs in for itself alone, and that nobody is sent to. The scope `service_account` is one that
 * upstream adds to such a client by itself (`enableServiceAccount` of services/…/services/managers/ClientManager.java, 26.7.3; seen on a running server).
 */
export const readerRepresentation = (clientId: string): Readonly<Record<string, unknown>> => ({
  ...clientRepresentation(clientId, { redirects: [] }),
  standardFlowEnabled: false,
  serviceAccountsEnabled: true,
  defaultClientScopes: [...scopes, "service_account"],
});

/**
 * The rights of readers, in both places where upstream wants to see them: with the client, whose tokens are otherwise good for nothing, and with its account
 * (`hasAppRole` of services/…/resources/admin/fgap/RolePermissions.java and AdminAuth.java, keycloak/keycloak 26.7.3).
 */
export const readerRights = (readers: readonly string[]) => ({
  clientScopeMappings: { "realm-management": readers.map((client) => ({ client, roles: [reading] })) },
  accounts: readers.map((client) => ({
    username: `service-account-${client}`,
    serviceAccountClientId: client,
    clientRoles: { "realm-management": [reading] },
  })),
});

/** Roles that clients' tokens may name. */
export const scopeMappings = (clients: readonly string[]): readonly Readonly<Record<string, unknown>>[] =>
  clients.map((client) => ({ client, roles: Object.values(roles) }));
