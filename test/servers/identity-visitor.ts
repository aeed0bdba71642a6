/** Somebody at an identity server without a browser: pages, forms and cookies as a browser handles them. */
import { createHash, createHmac, randomBytes } from "node:crypto";
import { until } from "../support/programs/background";
import type { Answered, Asking } from "./identity-servers";

export type Ask = (path: string, asking?: Asking) => Promise<Answered>;

/** A client as a visitor's service has it. */
export interface ServiceClient {
  readonly id: string;
  readonly secret: string;
  readonly redirect: string;
}

const digits = (text: string): string => text.replaceAll(/\s/g, "");

/** The code of a program on a phone (RFC 6238), some seconds from now. */
export function codeOf(secret: string, later = 0): string {
  const bits = [...digits(secret)].map((letter) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
  );
  const key = Buffer.from((bits.join("").match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor((Date.now() / 1_000 + later) / 30)));
  const hash = createHmac("sha1", key).update(counter).digest();
  const at = (hash.at(-1) ?? 0) & 15;
  return `${(hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000}`.padStart(6, "0");
}

const decoded = (text: string): string =>
  text.replaceAll("&amp;", "&").replaceAll("&#39;", "'").replaceAll("&quot;", '"');

/** A page, or the address that somebody is sent back to. */
export class Place {
  constructor(
    readonly answer: Answered,
    /** Address outside that it sends to; undefined for a page. */
    readonly back: URL | undefined,
  ) {}

  /** Name of the page: the file of the theme that it is made of shows in its fields. */
  get page(): string {
    const { text } = this.answer;
    if (this.back !== undefined) return this.back.searchParams.has("code") ? "back with a code" : "back without a code";
    for (const [name, mark] of Object.entries({
      "enrol a code": 'id="kc-totp-settings-form"',
      "choose a password": 'id="kc-passwd-update-form"',
      "give a code": 'id="kc-otp-login-form"',
      "sign in": 'id="kc-form-login"',
    }))
      if (text.includes(mark)) return name;
    return `status ${this.answer.status}`;
  }

  /** Complaint on the page. */
  get complaint(): string {
    const found = /(?:kc-feedback-text|class="instruction")[^>]*>([^<]*)</.exec(this.answer.text);
    return decoded(found?.[1]?.trim() ?? "");
  }

  /** True if the page marks what somebody filled in as wrong. */
  get isRefusal(): boolean {
    return this.back === undefined && /id="input-error(?!-container)/.test(this.answer.text);
  }

  field(name: string): string {
    return decoded(new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(this.answer.text)?.[1] ?? "");
  }

  get action(): string {
    return decoded(/<form[^>]*action="([^"]+)"/.exec(this.answer.text)?.[1] ?? "");
  }
}

export class Visitor {
  readonly jar = new Map<string, string>();
  /** Secret of the program on the phone, once it was enrolled. */
  phone = "";
  private verifier = "";

  constructor(
    private readonly origin: string,
    private readonly realm: string,
    public ask: Ask,
    /** The server's events of something that was refused, where they can be read. */
    private readonly refusals?: () => readonly string[],
  ) {}

  /** Comes from a service. */
  enter(client: ServiceClient, change: (query: URLSearchParams) => void = () => undefined): Promise<Place> {
    this.verifier = randomBytes(32).toString("base64url");
    const query = new URLSearchParams({
      response_type: "code",
      client_id: client.id,
      redirect_uri: client.redirect,
      scope: "openid profile",
      state: "the-state",
      nonce: "the-nonce",
      code_challenge: createHash("sha256").update(this.verifier).digest("base64url"),
      code_challenge_method: "S256",
    });
    change(query);
    return this.visit(`/realms/${this.realm}/protocol/openid-connect/auth?${query.toString()}`);
  }

  /**
   * Fills in the form of a page, and again if the server holds the answer back: while it still writes down how somebody's attempt before ended, it takes no other
   * one of theirs, and answers in the words of a wrong code (keycloak/keycloak services/…/DefaultBlockingBruteForceProtector.java at 091ec95).
   */
  async submit(place: Place, fields: Readonly<Record<string, string>>): Promise<Place> {
    const form = new URLSearchParams(fields).toString();
    for (let from = place; ;) {
      const before = this.refusals?.().length ?? 0;
      from = await this.visit(from.action, form);
      if (this.refusals === undefined || !from.isRefusal) return from;
      const refusals = this.refusals;
      await until("an event of what was refused", () => Promise.resolve(refusals().length > before), 30);
      if (refusals().at(-1)?.includes('error="user_temporarily_disabled"') !== true) return from;
    }
  }

  password(place: Place, username: string, password: string): Promise<Place> {
    return this.submit(place, { username, password, credentialId: "" });
  }

  /** Enrols a program on a phone. */
  async enrol(place: Place): Promise<Place> {
    const secret = place.field("totpSecret");
    // The page shows the key in base 32; the form has it as it is.
    this.phone = digits(/id="kc-totp-secret-key"[^>]*>([^<]+)</.exec(place.answer.text)?.[1] ?? "") || base32(secret);
    return this.submit(place, { totp: codeOf(this.phone), totpSecret: secret, userLabel: "phone" });
  }

  /** Gives a code of the phone: each counts once, so it is the one after the code that was given last. */
  code(place: Place): Promise<Place> {
    return this.submit(place, { otp: codeOf(this.phone, 30), login: "" });
  }

  /** Exchanges a code for tokens, as the service does. */
  async tokens(
    place: Place,
    client: ServiceClient,
  ): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
    const { status, text } = await this.ask(`/realms/${this.realm}/protocol/openid-connect/token`, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        Authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString("base64")}`,
      },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        code: place.back?.searchParams.get("code") ?? "",
        redirect_uri: client.redirect,
        code_verifier: this.verifier,
      }).toString(),
    });
    return { status, body: JSON.parse(text) as Record<string, unknown> };
  }

  /** Goes to an address, with a form where it has one to send, and wherever that sends it. */
  async visit(address: string, form?: string): Promise<Place> {
    let path = address.startsWith(this.origin) ? address.slice(this.origin.length) : address;
    let body = form;
    for (;;) {
      const cookie = [...this.jar].map(([key, value]) => `${key}=${value}`).join("; ");
      const answer = await this.ask(path, {
        method: body === undefined ? "GET" : "POST",
        headers: {
          Accept: "text/html",
          "Accept-Language": "en",
          ...(cookie === "" ? {} : { Cookie: cookie }),
          ...(body === undefined ? {} : { "Content-Type": "application/x-www-form-urlencoded" }),
        },
        ...(body === undefined ? {} : { body }),
      });
      for (const line of [answer.headers["set-cookie"] ?? []].flat()) {
        const [, key = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        if (value === "" || /max-age=0/i.test(line)) this.jar.delete(key);
        else this.jar.set(key, value);
      }
      const location = answer.headers["location"];
      if (typeof location !== "string") return new Place(answer, undefined);
      if (!location.startsWith(this.origin)) return new Place(answer, new URL(location));
      path = location.slice(this.origin.length);
      body = undefined;
    }
  }
}

function base32(text: string): string {
  const bits = [...Buffer.from(text)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[parseInt(five.padEnd(5, "0"), 2)])
    .join("");
}

/** Claims of a token. */
export const claimsOf = (token: unknown): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(String(token).split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;
