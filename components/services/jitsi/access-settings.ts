import { type Capacity } from "../../core/capacity";
import { type Tier, tier } from "../../core/tier";

/** Path below which people sign in, on the host of the meetings. No room has it: a room's name has no place before it there. */
export const accessPath = "/_access";

/** Port of the service that signs people in. */
export const accessPort = 8080;

/** Path of its health. */
export const accessHealth = `${accessPath}/health`;

/**
 * Seconds. A token is asked for when a browser connects, and the page fetches another one when it is over: while the session at the sign-in lasts, nobody notices. A
 * person whom the identity service no longer knows has a session of an hour at most.
 */
export const accessSeconds = { token: 300, session: { accounts: 43_200, oidc: 3_600 } } as const;

/** Issuer and audience of a room's token. */
export const tokenNames = (domain: string) => ({ issuer: `https://${domain}${accessPath}`, audience: domain }) as const;

/** Address that an identity provider sends people back to (`files/access-server.mjs`). */
export const callbackOf = (domain: string): string => `https://${domain}${accessPath}/callback`;

/** Address that the page of the meetings sends people to; it fills in the room and what was chosen before. */
export const signInAddress = (domain: string): string => `https://${domain}${accessPath}/?state={state}`;

/** The tier that signs people in. */
export const accessTier = (name: string): Tier<"http"> => tier(name, `${name}-access`, { http: accessPort });

/** Request of one of its pods: four hashes at once have 16 MiB each. */
export const accessResources = { cpu: 0.25, memoryMib: 192 } as const;

/** Capacity of the tier. */
export const accessCapacity = (participants: number): Capacity => ({
  load: participants,
  perReplica: 3_000,
  unit: "participants",
  source:
    "all sign in within ten minutes on a quarter of a core, of which a password costs 42 ms (scrypt, N = 16384, seen)",
});
