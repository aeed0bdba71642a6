import type { OidcClient } from "../../core/connections";
import { givenOidcClient } from "../../core/given-connections";
import { invalid, validate } from "../../core/errors";
import { isTier } from "../../core/link";
import { plannedEgress } from "../../core/plan";
import { oneOf, record } from "../../core/shapes";
import { accountNames } from "./access-names";
import { givenHomeserver, type Homeserver } from "./homeserver";
import type { JitsiPlan } from "./plan";

/** Place of people without a token: in the lobby until a moderator lets them in, or nowhere. */
export type Guests = "lobby" | "none";

/** Claim of an identity token that makes a moderator. */
export interface ModeratorClaim {
  /** Name of the claim, or its path: `groups`, `realm_access.roles`. */
  readonly claim: string;
  /** Value of the claim, or one of its values. */
  readonly value: string;
}

/**
 * The way in. Whoever signs in gets a token for one room, signed by this deployment and valid for minutes, and enters past the lobby; only moderators are owners of a
 * room, whoever comes first.
 */
export type Access = {
  /**
   * A homeserver whose people enter from meetings in Element Web, without another sign-in: the homeserver says who they are. They moderate where everybody who signs in at
   * an identity service does. Whether they are in the room that a meeting was opened from is not asked. @default - none
   */
  readonly matrix?: Homeserver;
} & (
  | {
      /**
       * Local accounts, which depend on no other system: all of them moderate. A password of 32 letters and digits is made for each. In five minutes each
       * replica of the sign-in lets 20 wrong ones of a source and 200 for an account through, and knows nothing of the other replicas.
       */
      readonly accounts: readonly string[];
      /** @default "lobby" */
      readonly guests?: Guests;
    }
  | {
      /** A client of an identity service that is given. It redirects to the plan's `callback`; its identity tokens are signed with RS256 or ES256. */
      readonly oidc: OidcClient;
      /** @default - everybody who signs in moderates */
      readonly moderators?: ModeratorClaim;
      /** @default "lobby" */
      readonly guests?: Guests;
    }
);

/** A way in with its defaults. */
export type ReadAccess = { readonly guests: Guests; readonly matrix?: Homeserver } & (
  | { readonly kind: "accounts"; readonly accounts: readonly string[] }
  | {
      readonly kind: "oidc";
      readonly oidc: OidcClient;
      readonly moderators?: ModeratorClaim;
      readonly proxied: boolean;
    }
);

/** Reason for which local accounts have no second factor. Rules read it, and reports show it. */
const forWhenNothingWorks = "generated passwords that nobody chooses, for when no other system can be reached";

/** The way in, as a component shows it. */
export const accessFacts = (way: ReadAccess | undefined) => ({
  access: way?.kind,
  guests: way?.guests,
  ...(way?.kind === "accounts" ? { singleFactor: forWhenNothingWorks } : {}),
});

const example = '{ accounts: ["duty-officer"] } or { oidc: givenOidcClient({ … }), moderators: { claim, value } }';

/** Reads a way in. @throws RangeError with every problem. */
export function readAccess(value: Access, plan: JitsiPlan | undefined): ReadAccess {
  const given: Readonly<Record<string, unknown>> = {
    ...record<object>(value, "accounts or an identity service", example),
  };
  const { accounts, oidc, moderators, guests = "lobby", matrix, ...others } = given;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw invalid("accounts, oidc, moderators, guests and matrix", unknown, "correct the name, or leave it out");
  if ((accounts === undefined) === (oidc === undefined))
    throw invalid("either accounts or oidc", accounts === undefined ? undefined : "both", `give ${example}`);
  const chat = (): { readonly matrix?: Homeserver } =>
    matrix === undefined ? {} : { matrix: givenHomeserver(matrix as Homeserver) };
  const place = (): Guests => oneOf(guests as Guests, "a place for guests", ["lobby", "none"]);
  if (accounts !== undefined) {
    if (moderators !== undefined)
      throw invalid("no moderators beside accounts", moderators, "leave it out: all accounts moderate");
    const { matrix: people, ...rest } = validate({
      accounts: () => accountNames(accounts),
      guests: place,
      matrix: chat,
    });
    return { kind: "accounts", ...rest, ...people };
  }
  const read = validate({
    oidc: () => givenOidcClient(oidc as OidcClient),
    moderators: () => (moderators === undefined ? undefined : readClaim(moderators as ModeratorClaim)),
    guests: place,
    matrix: chat,
  });
  const proxied = throughProxy(read.oidc);
  if (proxied && plan !== undefined) plannedEgress(plan, read.oidc.issuer, "login");
  return {
    kind: "oidc",
    oidc: read.oidc,
    guests: read.guests,
    proxied,
    ...read.matrix,
    ...(read.moderators === undefined ? {} : { moderators: read.moderators }),
  };
}

/** A place outside whose port at the peer is not that of its address is reached through the gateways' proxy. */
const throughProxy = ({ peer, port, issuer }: OidcClient): boolean =>
  !isTier(peer) && port !== Number(new URL(issuer).port || 443);

function readClaim(value: ModeratorClaim): ModeratorClaim {
  const { claim, value: wanted } = record(value, "a claim and its value", '{ claim: "groups", value: "moderators" }');
  return validate({
    claim: () => word(claim, "the name of a claim", "groups"),
    value: () => word(wanted, "the value of a claim", "moderators"),
  });
}

function word(value: unknown, what: string, example: string): string {
  if (typeof value !== "string" || !/^[^\s\p{C}][^\p{C}]{0,199}$/u.test(value))
    throw invalid(`${what} on one line`, value, `give one like "${example}"`);
  return value;
}
