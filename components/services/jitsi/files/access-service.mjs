/**
 * Signs people in and sends them to their meeting with a token that the signalling servers verify. Nothing is stored: what has to last is in sealed cookies, which
 * every replica opens, so any of them answers any request.
 */
import { cookies, random, same } from "./access-seals.mjs";
import { limit, sourceOf } from "./access-limits.mjs";
import { headers, notice, signIn } from "./access-page.mjs";
import { backendRoom, meeting, normalised, wish } from "./access-rooms.mjs";
import { signed } from "./access-tokens.mjs";

/** Path below which this service answers on the meetings' host. */
export const base = "/_access";

/** Path below which Element's widgets find meetings, as if it were a Jitsi of its own. */
const widgets = `${base}/element/`;

/** Seconds that somebody has to sign in. */
const patience = 600;

const names = { session: "__Secure-access", flow: "__Secure-access-flow", form: "__Secure-access-form" };

const cookie = (name, value, seconds) =>
  `${name}=${value}; Path=${base}; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Lax`;

const sends = (status, body, more = {}) => ({
  status,
  body,
  headers: { ...headers, "Content-Type": "text/html; charset=utf-8", ...more },
});
const goes = (address, more = {}) => ({ status: 303, body: "", headers: { ...headers, Location: address, ...more } });

/** @param accounts or provider: one of them; homeserver: whose people come from Element, or undefined. */
export function service({
  domain,
  issuer,
  key,
  keyId,
  tokenSeconds,
  sessionSeconds,
  seals,
  accounts,
  provider,
  homeserver,
  log = () => {},
}) {
  const home = { href: `https://${domain}/`, text: "Back to the meetings" };
  const starts = limit(600, 300);
  const arrivals = limit(600, 300);

  const token = ({ id, name, moderator }, room) => {
    const now = Math.floor(Date.now() / 1000);
    const user = { id, name, moderator };
    const times = { iat: now, nbf: now - 10, exp: now + tokenSeconds };
    return signed(
      { iss: issuer, aud: domain, sub: domain, room: backendRoom(room), ...times, context: { user } },
      { key, keyId },
    );
  };

  const session = (jar) => {
    const person = seals.open("session", jar[names.session]);
    // An account that is gone, or has another password, has no sessions.
    return person === undefined || accounts === undefined || person.version === accounts.version(person.id)
      ? person
      : undefined;
  };

  function enters(person, asked, more = {}) {
    log({ event: "token", id: person.id, moderator: person.moderator });
    return goes(meeting(domain, asked, token(person, asked.room)), more);
  }

  function form(asked, jar, { status = 200, name, problem, more = {} } = {}) {
    const kept = seals.open("form", jar[names.form]) ?? random();
    const sealed = seals.seal("asked", { asked, kept }, patience);
    const page = signIn({ room: asked.room, action: `${base}/sign-in`, sealed, name, problem });
    return sends(status, page, {
      ...more,
      "Set-Cookie": cookie(names.form, seals.seal("form", kept, patience), patience),
    });
  }

  async function begins({ query, jar, source }) {
    const asked = wish(query.get("state") ?? "");
    if (asked === undefined)
      return sends(
        400,
        notice("No meeting was named", "Open the address of the meeting and sign in from there.", home),
      );
    const known = session(jar);
    if (known !== undefined) return enters(known, asked);
    if (provider === undefined) return form(asked, jar);
    const wait = starts.wait(source);
    if (wait > 0)
      return sends(429, notice("Too many sign-ins", "Wait a little, then try again.", home), {
        "Retry-After": `${wait}`,
      });
    starts.count(source);
    try {
      const { address, flow } = await provider.begin();
      const sealed = seals.seal("flow", { ...flow, asked }, patience);
      return goes(address, { "Set-Cookie": cookie(names.flow, sealed, patience) });
    } catch (error) {
      log({ event: "provider", problem: error.message });
      return sends(502, notice("The identity service does not answer", "Try again in a minute.", home));
    }
  }

  const opens = (person, asked, done) =>
    enters(person, asked, {
      "Set-Cookie": [
        cookie(names.session, seals.seal("session", person, sessionSeconds), sessionSeconds),
        cookie(done, "", 0),
      ],
    });

  async function signsIn({ body, jar, source, site }) {
    const kept = seals.open("form", jar[names.form]);
    const sealed = seals.open("asked", body.get("form"));
    // A form that another site sends has no cookie of ours, and one that another browser got has another's.
    if (
      kept === undefined ||
      sealed === undefined ||
      !same(sealed.kept, kept) ||
      (site ?? "same-origin") !== "same-origin"
    )
      return sends(
        403,
        notice("The form is no longer valid", "Open the address of the meeting and sign in again.", home),
      );
    const name = (body.get("name") ?? "").trim().toLowerCase().slice(0, 64);
    const password = (body.get("password") ?? "").slice(0, 256);
    const found = await accounts.check(name, password, source);
    if (found === "right")
      return opens({ id: name, name, moderator: true, version: accounts.version(name) }, sealed.asked, names.form);
    log({ event: "refused", name, source, wait: found.wait });
    if (found === "wrong")
      return form(sealed.asked, jar, { status: 401, name, problem: "The account or the password is wrong." });
    const more = { "Retry-After": `${found.wait}` };
    return form(sealed.asked, jar, {
      status: 429,
      name,
      problem: "Too many attempts. Wait a few minutes, then try again.",
      more,
    });
  }

  async function comesBack({ query, jar }) {
    const flow = seals.open("flow", jar[names.flow]);
    if (flow === undefined)
      return sends(
        403,
        notice("The sign-in took too long", "Open the address of the meeting and sign in again.", home),
      );
    try {
      const person = await provider.finish(query, flow);
      return opens(person, flow.asked, names.flow);
    } catch (error) {
      log({ event: "refused", problem: error.message });
      return sends(403, notice("You could not be signed in", "Open the address of the meeting and try again.", home), {
        "Set-Cookie": cookie(names.flow, "", 0),
      });
    }
  }

  /** A room that a widget opens: on to the meeting, with a token of this deployment. What stands after # is the widget's own, and browsers take it along. */
  async function arrives({ path, query, source }) {
    const room = normalised(path.slice(widgets.length));
    if (room === undefined) return sends(400, notice("No meeting was named", "Open the meeting from its room.", home));
    const wait = arrivals.wait(source);
    if (wait > 0)
      return sends(429, notice("Too many sign-ins", "Wait a little, then try again.", home), {
        "Retry-After": `${wait}`,
      });
    arrivals.count(source);
    try {
      return enters(await homeserver.person(query.get("jwt")), { room });
    } catch (error) {
      log({ event: "refused", problem: error.message });
      return sends(
        403,
        notice("You could not be signed in", "Close the meeting and open it again from its room.", home),
      );
    }
  }

  const routes = {
    [`GET ${base}/`]: begins,
    [`GET ${base}/health`]: () => ({
      status: 200,
      body: "ok\n",
      headers: { ...headers, "Content-Type": "text/plain" },
    }),
    [`GET ${base}/sign-out`]: () =>
      sends(200, notice("You are signed out", "Meetings that you are in go on.", home), {
        "Set-Cookie": cookie(names.session, "", 0),
      }),
    ...(accounts === undefined ? {} : { [`POST ${base}/sign-in`]: signsIn }),
    ...(provider === undefined ? {} : { [`GET ${base}/callback`]: comesBack }),
    ...(homeserver === undefined
      ? {}
      : {
          // Any page may ask which way in there is: Element's is of another host.
          [`GET ${widgets}.well-known/element/jitsi`]: () => ({
            status: 200,
            body: JSON.stringify({ auth: "openidtoken-jwt" }),
            headers: { ...headers, "Content-Type": "application/json", "Access-Control-Allow-Origin": "*" },
          }),
        }),
  };

  /** Answers one request: `{ method, path, query, body, headers, remote }`. */
  return async ({ method, path, query, body, headers: sent, remote }) => {
    const route = `${method} ${path}`;
    const source = sourceOf(sent["x-forwarded-for"], remote);
    if (!Object.hasOwn(routes, route)) {
      if (homeserver !== undefined && method === "GET" && path.startsWith(widgets))
        return arrives({ path, query, source });
      return sends(404, notice("There is nothing here", "Open the address of the meeting.", home));
    }
    return routes[route]({ query, body, jar: cookies(sent.cookie), source, site: sent["sec-fetch-site"] });
  };
}
