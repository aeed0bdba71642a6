import * as z from "zod/mini";
import { ask, json } from "./http";
import type { Participant } from "./meeting";
import { Away, Odd } from "./problems";

export interface IdentitySettings {
  /** Issuer: `https://login.crisis.example.ch/realms/crisis`. */
  readonly issuer: string;
  /** Address of the service's own server, where administration is shut at the issuer's. @default - the issuer's */
  readonly server?: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

const server = "identity";

const userShape = z.object({
  id: z.string(),
  username: z.string().check(z.minLength(1)),
  email: z.optional(z.string()),
  enabled: z.optional(z.boolean()),
});

/** A person as the identity service knows them. */
export interface Identity {
  readonly username: string;
  readonly email?: string;
}

/**
 * People of the identity service, asked one by one with a client of the realm that may view users.
 *
 * | claim | file of keycloak/keycloak | revision |
 * |---|---|---|
 * | `GET /admin/realms/<realm>/users/<id>`, and by `username` or `email` with `exact=true` | services …/resources/admin/UsersResource.java | 26.7.3, as this project's own realm keeper asks it |
 */
export class Identities {
  private readonly realm: string;
  private readonly administration: string;

  constructor(private readonly settings: IdentitySettings) {
    const { origin, pathname } = new URL(settings.issuer);
    const server = settings.server ?? origin;
    this.realm = `${server}${pathname}`;
    this.administration = `${server}${pathname.replace(/^(.*)\/realms\//, "$1/admin/realms/")}`;
  }

  /** The person behind a participant; undefined for a guest, for nobody, for a closed account, and where a name fits several. */
  async find({ id, username, email, guest }: Participant, token: string): Promise<Identity | undefined> {
    if (guest) return undefined;
    const found =
      id !== undefined
        ? await this.get(`/users/${encodeURIComponent(id)}`, token)
        : username !== undefined
          ? await this.get(`/users?exact=true&username=${encodeURIComponent(username)}`, token)
          : email !== undefined
            ? await this.get(`/users?exact=true&email=${encodeURIComponent(email)}`, token)
            : [];
    const [one, ...others] = [found].flat();
    if (one === undefined || others.length > 0) return undefined;
    const read = userShape.safeParse(one);
    if (!read.success) throw new Odd(server, "a user of another shape");
    // A server that does not know `exact` answers whoever has the text somewhere.
    if (id !== undefined && read.data.id !== id) return undefined;
    if (id === undefined && username !== undefined && read.data.username.toLowerCase() !== username.toLowerCase())
      return undefined;
    if (read.data.enabled === false) return undefined;
    return { username: read.data.username, ...(read.data.email === undefined ? {} : { email: read.data.email }) };
  }

  /** A token for some minutes. @throws Away where the service does not know the client. */
  async token(): Promise<string> {
    const { clientId, clientSecret } = this.settings;
    const answer = await ask(`${this.realm}/protocol/openid-connect/token`, {
      server,
      seconds: 20,
      mostBytes: 65_536,
      expected: [400],
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
    const token = (json(server, answer) as { readonly access_token?: unknown } | null)?.access_token;
    if (typeof token !== "string") throw new Away(server, "no token for this client");
    return token;
  }

  private async get(path: string, token: string): Promise<unknown> {
    const answer = await ask(`${this.administration}${path}`, {
      server,
      seconds: 20,
      mostBytes: 1_048_576,
      expected: [404],
      headers: { authorization: `Bearer ${token}` },
    });
    return answer.status === 404 ? [] : json(server, answer);
  }
}
