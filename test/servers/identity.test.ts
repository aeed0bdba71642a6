/** A real Keycloak with the rendered environment and realm: who is let in, by what, and what the servers do when one dies. Each is in a namespace without a route. */
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import type { RealmSettings } from "../../components/services/identity/realm";
import { keycloakPorts, roles, rolesClaim } from "../../components/services/identity/settings";
import type { ReadAccess } from "../../components/services/jitsi/access";
import { Identities } from "../../components/services/minutes/worker/identities";
import { until } from "../support/programs/background";
import { describeWithKeycloak } from "../support/programs/keycloak";
import { IdentityServers, identityPrograms } from "./identity-servers";
import { type Ask, claimsOf, codeOf, type Place, type ServiceClient, Visitor } from "./identity-visitor";
import { domain as meetings, opened, replica, tokenOf, toRoom } from "./jitsi-access-rig";
import { workFolder } from "./jitsi-rendered";

jest.setTimeout(300_000);

const folder = workFolder();
const realm = "login";
const oneTime = "OneTimePasswordOfTheDutyOfficer";
const people = {
  anna: "a long sentence, the first of three",
  beat: "a long sentence, the second of three",
  carla: "a long sentence, the third of three",
};

const meet: ServiceClient = {
  id: "meet",
  // What the rig of Jitsi's sign-in has.
  secret: "client-secret",
  redirect: `https://${meetings}/_access/callback`,
};
const chat: ServiceClient = {
  id: "chat",
  secret: "secret-of-the-chat",
  redirect: "https://chat.example.ch/_synapse/client/oidc/callback",
};

const settings: Omit<RealmSettings, "domain"> = {
  realm,
  clients: { meet: { redirects: [meet.redirect] }, chat: { redirects: [chat.redirect] } },
  readers: ["notes"],
  accounts: { "duty-officer": "1" },
};
const notes = "secret-of-the-notes";
const secrets = {
  "client-notes": notes,
  "client-meet": meet.secret,
  "client-chat": chat.secret,
  "account-duty-officer": oneTime,
};

describeWithKeycloak(identityPrograms, "the identity service", () => {
  const servers = new IdentityServers();
  const ask: Ask = (path, asking) => servers.ask(servers.first, path, asking);
  const visitor = (): Visitor =>
    new Visitor(servers.url, realm, ask, () => events().filter((line) => line.includes(", error=")));
  /** Log lines about events. */
  const events = (): readonly string[] =>
    servers.first
      .lines()
      .flatMap(({ loggerName, message }) => (loggerName === "org.keycloak.events" ? [String(message)] : []));

  beforeAll(async () => {
    const { status, problem } = await servers.start(settings, secrets);
    if (status !== 0) throw new Error(`expected the realm to be kept, got ${problem}`);
    for (const [username, value] of Object.entries(people))
      await servers.administrate("POST", `/${realm}/users`, {
        ...{ username, enabled: true, firstName: username, lastName: "Example", email: `${username}@example.ch` },
        credentials: [{ type: "password", value, temporary: false }],
      });
  }, 1_200_000);
  afterAll(() => servers.stop());

  const byPassword = async (
    client: string,
    secret?: string,
    username: keyof typeof people = "anna",
  ): Promise<{ readonly error?: string; readonly access_token?: string }> => {
    const { status, text } = await servers.ask(servers.first, `/realms/${realm}/protocol/openid-connect/token`, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        ...{ grant_type: "password", client_id: client, username, password: people[username], scope: "openid" },
        ...(secret === undefined ? {} : { client_secret: secret }),
      }).toString(),
    });
    // A flow that denies answers with a page.
    if (!text.startsWith("{")) return { error: `status ${status}` };
    return JSON.parse(text) as { error?: string; access_token?: string };
  };

  test("is ready at /health/ready alone, which listens before it is, and answers otherwise until then", () => {
    expect(servers.health.at(-1)).toBe(200);
    expect(servers.health).toContain(503);
  });

  test("gives nobody a token by password alone, by no client", async () => {
    const all = (await servers.administrate("GET", `/${realm}/clients`)) as readonly {
      readonly clientId: string;
      readonly directAccessGrantsEnabled: boolean;
    }[];
    expect(all.length).toBeGreaterThan(6);
    expect(all.filter((client) => client.directAccessGrantsEnabled).map(({ clientId }) => clientId)).toEqual([]);
    for (const [client, secret] of [
      [meet.id, meet.secret],
      [chat.id, chat.secret],
      ["admin-cli"],
      ["account-console"],
    ] as const)
      expect([client, (await byPassword(client, secret)).error]).toEqual([client, "unauthorized_client"]);
  });

  test("gives none either by a client that somebody made by hand with sign-in by password on", async () => {
    const handmade = { clientId: "handmade", publicClient: true, directAccessGrantsEnabled: true, enabled: true };
    await servers.administrate("POST", `/${realm}/clients`, handmade);
    const { access_token: token, error } = await byPassword("handmade");
    expect([token, error]).toEqual([undefined, "status 401"]);
    // The next update takes that away.
    const { changed } = servers.keep(settings);
    expect(changed).toEqual(["client handmade of login: no sign-in by password alone"]);
    expect((await byPassword("handmade")).error).toBe("unauthorized_client");
  });

  test("makes somebody without a second factor enrol one before there is a session, and asks for it from then on", async () => {
    const anna = visitor();
    const asked = await anna.password(await anna.enter(meet), "anna", people.anna);
    expect(asked.page).toBe("enrol a code");
    // No way around: whoever leaves the page is back at it, and no session was begun.
    expect((await anna.enter(chat)).page).not.toMatch(/^back/);
    const back = await anna.enrol(await anna.password(await again(anna), "anna", people.anna));
    expect(back.page).toBe("back with a code");
    const second = visitor();
    const code = await second.password(await second.enter(meet), "anna", people.anna);
    expect(code.page).toBe("give a code");
    const wrong = await second.submit(code, { otp: "000000", login: "" });
    expect([wrong.page, wrong.complaint]).toEqual(["give a code", "Invalid authenticator code."]);
    second.phone = anna.phone;
    const right = await second.code(wrong);
    expect([right.page, right.complaint]).toEqual(["back with a code", ""]);
    // The same browser has a session now.
    expect((await second.enter(chat)).page).toBe("back with a code");
  });

  /** A new beginning in the same browser, at the form for a password. */
  async function again(who: Visitor): Promise<Place> {
    who.jar.clear();
    return who.enter(meet);
  }

  test("would let a password alone in, with a browser and without, if the realm were planned without these steps", async () => {
    expect(servers.keep(settings, careless).problem).toBe("");
    const [client] = (await servers.administrate("GET", `/${realm}/clients?clientId=${meet.id}`)) as readonly {
      readonly id: string;
    }[];
    const open = { ...client, directAccessGrantsEnabled: true };
    await servers.administrate("PUT", `/${realm}/clients/${client?.id}`, open);
    const carla = visitor();
    expect((await carla.password(await carla.enter(meet), "carla", people.carla)).page).toBe("back with a code");
    expect((await byPassword(meet.id, meet.secret, "carla")).access_token).toBeDefined();
    expect(servers.keep(settings).problem).toBe("");
    const again = visitor();
    expect((await again.password(await again.enter(meet), "carla", people.carla)).page).toBe("enrol a code");
    expect((await byPassword(meet.id, meet.secret, "carla")).error).toBe("unauthorized_client");
  });

  /** The realm without a second factor in its flow, and with a way in by password without a browser. */
  function careless(text: string): string {
    interface Careless {
      authenticationFlows: { alias: string; authenticationExecutions: { flowAlias?: string; requirement: string }[] }[];
    }
    const planned = JSON.parse(text) as Careless;
    for (const flow of planned.authenticationFlows) {
      flow.authenticationExecutions = flow.authenticationExecutions.filter(
        ({ flowAlias = "" }) => !/-(second-factor|enrolment)$/.test(flowAlias),
      );
      if (!/^direct-[0-9a-f]+$/.test(flow.alias)) continue;
      flow.authenticationExecutions = ["username", "password"].map((what, i) => ({
        authenticator: `direct-grant-validate-${what}`,
        requirement: "REQUIRED",
        priority: i,
      }));
    }
    return JSON.stringify(planned);
  }

  test("gives tokens with what Jitsi and Matrix need, and no right in the realm's administration", async () => {
    await grant("beat", roles.moderator);
    const beat = visitor();
    const back = await beat.enrol(await beat.password(await beat.enter(chat), "beat", people.beat));
    const { status, body } = await beat.tokens(back, chat);
    expect(status).toBe(200);
    expect(body["refresh_token"]).toBeUndefined();
    const claims = claimsOf(body["id_token"]);
    expect(claims).toMatchObject({
      iss: `${servers.url}/realms/${realm}`,
      aud: chat.id,
      nonce: "the-nonce",
      preferred_username: "beat",
      name: "beat Example",
      [rolesClaim]: [roles.moderator],
    });
    expect(typeof claims["sub"]).toBe("string");
    expect(JSON.stringify(claimsOf(body["access_token"]))).not.toContain("realm-management");
    // A code counts once.
    expect((await beat.tokens(back, chat)).body).toMatchObject({ error: "invalid_grant" });
  });

  async function grant(username: string, role: string): Promise<void> {
    const [person] = (await servers.administrate(
      "GET",
      `/${realm}/users?exact=true&username=${username}`,
    )) as readonly { id: string }[];
    const found = await servers.administrate("GET", `/${realm}/roles/${role}`);
    await servers.administrate("POST", `/${realm}/users/${person?.id}/role-mappings/realm`, [found]);
  }

  test.each<[string, (query: URLSearchParams) => void]>([
    ["below a client's address", (query) => query.set("redirect_uri", `${meet.redirect}/more`)],
    ["at a client's address with a query", (query) => query.set("redirect_uri", `${meet.redirect}?a=b`)],
    ["at another client's address", (query) => query.set("redirect_uri", chat.redirect)],
    ["at an address in clear", (query) => query.set("redirect_uri", meet.redirect.replace("https", "http"))],
  ])("sends nobody back %s", async (_, change) => {
    const place = await visitor().enter(meet, change);
    expect([place.page, place.back]).toEqual(["status 400", undefined]);
  });

  test.each<[string, (query: URLSearchParams) => void, string]>([
    ["without PKCE", (query) => query.delete("code_challenge"), "invalid_request"],
    ["with a challenge in clear", (query) => query.set("code_challenge_method", "plain"), "invalid_request"],
    ["for a token in the address", (query) => query.set("response_type", "token"), "unauthorized_client"],
  ])("signs nobody in %s", async (_, change, problem) => {
    const { back } = await visitor().enter(meet, change);
    const answer = new URLSearchParams(back?.search === "" ? back.hash.slice(1) : back?.search);
    expect([answer.get("error"), answer.get("code"), answer.get("access_token")]).toEqual([problem, null, null]);
  });

  test("lets a reader look people up at the servers themselves, and do nothing else", async () => {
    const server = `http://${servers.first.address}:${keycloakPorts.http}`;
    const reader = new Identities({
      issuer: `${servers.url}/realms/${realm}`,
      server,
      clientId: "notes",
      clientSecret: notes,
    });
    const token = await reader.token();
    expect(await reader.find({ name: "B", username: "beat", guest: false }, token)).toEqual({
      username: "beat",
      email: "beat@example.ch",
    });
    const status = async (method: string, path: string): Promise<number> => {
      const init = { method, headers: { authorization: `Bearer ${token}`, "content-type": "application/json" } };
      const body = method === "GET" ? {} : { body: "{}" };
      return (await fetch(`${server}/admin/realms/${realm}${path}`, { ...init, ...body })).status;
    };
    expect(
      await Promise.all([
        status("GET", "/users?max=1"),
        status("POST", "/users"),
        status("GET", "/clients"),
        status("GET", "/events"),
        status("PUT", ""),
      ]),
    ).toEqual([200, 403, 403, 403, 403]);
    expect((await byPassword("notes", notes)).error).toBe("unauthorized_client");
    // What is planned no more may look nobody up.
    expect(servers.keep({ ...settings, readers: [] }).changed).toEqual(["client notes, which is planned no more"]);
    await expect(reader.token()).rejects.toThrow(/^identity: /);
    expect(servers.keep(settings).changed).toEqual(["client notes", "rights of notes", "rights of notes"]);
  });

  test("makes somebody wait after five wrong passwords, who gives the right one, too", async () => {
    // Not one who gives an answer again that was held back.
    const guess = new Visitor(servers.url, realm, ask);
    let place = await guess.enter(meet);
    for (const wrong of ["one", "two", "three", "four", "five"]) {
      place = await guess.password(place, "carla", `guess number ${wrong}`);
      expect(place.page).toBe("sign in");
    }
    expect((await guess.password(place, "carla", people.carla)).page).toBe("sign in");
    expect(
      events().filter((line) => line.includes('type="LOGIN_ERROR"') && line.includes('username="carla"')).length,
    ).toBeGreaterThan(5);
    expect(events().some((line) => line.includes("user_temporarily_disabled"))).toBe(true);
  });

  test("has a local account for a crisis choose a password and enrol a second factor, and anew with another generation", async () => {
    const first = visitor();
    const asked = await first.password(await first.enter(meet), "duty-officer", oneTime);
    expect(asked.page).toBe("enrol a code");
    const chosen = "a sentence that the duty officer chose";
    const choosing = await first.enrol(asked);
    expect(choosing.page).toBe("choose a password");
    const short = await first.submit(choosing, { "password-new": "too short", "password-confirm": "too short" });
    expect(short.page).toBe("choose a password");
    const back = await first.submit(short, { "password-new": chosen, "password-confirm": chosen });
    expect(claimsOf((await first.tokens(back, meet)).body["id_token"])[rolesClaim]).toEqual(
      expect.arrayContaining([roles.moderator, roles.administrator]),
    );
    const old = visitor();
    expect((await old.password(await old.enter(meet), "duty-officer", oneTime)).page).toBe("sign in");

    const next = "AnotherOneTimePasswordOfTheOfficer";
    servers.secrets({ "account-duty-officer": next });
    expect(servers.keep({ ...settings, accounts: { "duty-officer": "2" } }).changed).toEqual([
      "password of duty-officer",
    ]);
    // The session that was there is over.
    expect((await first.enter(chat)).page).toBe("sign in");
    const anew = visitor();
    expect((await anew.password(await anew.enter(meet), "duty-officer", chosen)).page).toBe("sign in");
    const enrolled = await anew.password(await anew.enter(meet), "duty-officer", next);
    expect(enrolled.page).toBe("enrol a code");
  });

  /** The name of a flow that is made in the place of one that was changed. */
  const another = (flow: string): string => (flow.endsWith("-again") ? flow.slice(0, -6) : `${flow}-again`);

  test("is kept as planned: nothing is changed twice, and what somebody changed by hand is changed back", async () => {
    const now = { ...settings, accounts: { "duty-officer": "2" } };
    expect(servers.keep(now)).toEqual({ status: 0, changed: [], problem: "" });
    const { browserFlow } = (await servers.administrate("GET", `/${realm}`)) as { readonly browserFlow: string };
    const steps = (await servers.administrate(
      "GET",
      `/${realm}/authentication/flows/${browserFlow}/executions`,
    )) as readonly {
      readonly id: string;
      readonly displayName: string;
    }[];
    const enrolment = steps.find(({ displayName }) => displayName.endsWith("-enrolment"));
    await servers.administrate("PUT", `/${realm}/authentication/flows/${browserFlow}/executions`, {
      ...enrolment,
      requirement: "DISABLED",
    });
    const [client] = (await servers.administrate("GET", `/${realm}/clients?clientId=chat`)) as readonly {
      readonly id: string;
    }[];
    await servers.administrate("PUT", `/${realm}/clients/${client?.id}`, {
      ...client,
      redirectUris: ["https://elsewhere.example.org/*"],
    });
    await servers.administrate("PUT", `/${realm}`, { realm, registrationAllowed: true, bruteForceProtected: false });
    expect(servers.keep(now).changed).toEqual([`flow ${another(browserFlow)}`, "client chat", "settings"]);
    expect(servers.keep(now)).toEqual({ status: 0, changed: [], problem: "" });
    const place = await visitor().enter(chat, (query) => query.set("redirect_uri", "https://elsewhere.example.org/x"));
    expect(place.page).toBe("status 400");

    const { chat: _, ...others } = settings.clients;
    expect(servers.keep({ ...now, clients: others }).changed).toEqual(["client chat, which is planned no more"]);
    expect(servers.keep(now).changed).toEqual(["client chat"]);
  });

  test("answers under no other spelling of the paths that the edge closes", async () => {
    const status = async (path: string): Promise<number> => (await servers.ask(servers.first, path)).status;
    expect(await status(`/admin/${realm}/console/`)).toBe(200);
    expect(await status("/realms/master")).toBe(200);
    const others = [
      "//admin/master/console/",
      "/%61dmin/master/console/",
      "/realms/../admin/master/console/",
      "/admin;a/master/console/",
      "/ADMIN/master/console/",
      "/realms//master",
      "/realms/./master",
      "/realms/%6daster",
      "/realms%2fmaster",
    ];
    for (const path of others) expect([path, [400, 404].includes(await status(path))]).toEqual([path, true]);
  });

  test("a browser enrols, signs in, and ends in the sign-in of a Jitsi, which makes a token for the room", async () => {
    const ca = join(folder(), "ca.crt");
    writeFileSync(ca, servers.tls.certificate);
    const access: ReadAccess = {
      kind: "oidc",
      guests: "lobby",
      proxied: false,
      moderators: { claim: rolesClaim, value: roles.moderator },
      oidc: {
        issuer: `${servers.url}/realms/${realm}`,
        clientId: meet.id,
        clientSecret: { value: meet.secret, version: "1" },
        ca: servers.tls.certificate,
        peer: { name: "gateways", ranges: ["192.0.2.1/32"] },
        port: 443,
      },
    };
    const jitsi = await replica(folder(), "first", access, { env: { ACCESS_OIDC_CA: ca } });
    const backs: string[] = [];
    const { certificate: cert, privateKey: key } = servers.tls;
    const page = createServer({ cert, key }, ({ url = "" }, answer) => {
      backs.push(url);
      answer.setHeader("content-type", "text/html").end("<title>back</title>");
    }).listen(0, "127.0.0.1");
    await once(page, "listening");
    const browser = await chromium.launch({
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        `--host-resolver-rules=MAP ${meetings}:443 127.0.0.1:${(page.address() as AddressInfo).port}`,
      ],
    });
    try {
      const jar = new Map<string, string>();
      const begun = await jitsi.ask(toRoom("board"), { jar });
      const tab = await (await browser.newContext({ ignoreHTTPSErrors: true, locale: "en" })).newPage();
      await tab.goto(begun.headers.get("location") ?? "");
      await signInAndEnrol(tab);
      await tab.waitForURL(`https://${meetings}/**`);
      const { search } = new URL(backs.find((one) => one.includes("code=")) ?? "", meet.redirect);
      const token = tokenOf(await jitsi.ask(`/callback${search}`, { jar }));
      expect(opened(token).claims).toMatchObject({
        room: "board",
        context: { user: { name: "beat Example", moderator: true } },
      });
    } finally {
      await browser.close();
      page.close();
      await jitsi.program.stop();
    }
  });

  /** Beat again, whose phone is lost: an administrator took it off his account. */
  async function signInAndEnrol(page: Page): Promise<void> {
    const [beat] = (await servers.administrate("GET", `/${realm}/users?exact=true&username=beat`)) as readonly {
      id: string;
    }[];
    const own = `/${realm}/users/${beat?.id}/credentials`;
    for (const { id, type } of (await servers.administrate("GET", own)) as readonly { id: string; type: string }[])
      if (type === "otp") await servers.administrate("DELETE", `${own}/${id}`);
    await page.fill("#username", "beat");
    await page.fill("#password", people.beat);
    await page.click("#kc-login");
    await page.click("#mode-manual");
    const secret = (await page.textContent("#kc-totp-secret-key")) ?? "";
    await page.fill("#totp", codeOf(secret));
    await page.fill("#userLabel", "phone");
    await page.click("#saveTOTPBtn");
  }

  test("two servers are one cluster over the ports of the policy, and people stay signed in when one dies", async () => {
    await servers.run(servers.second);
    const together = ({ message }: Readonly<Record<string, unknown>>): boolean =>
      /ISPN000094: Received new cluster view .* \(2\) /.test(String(message));
    await until(
      "both to be members of one cluster",
      async () => servers.nodes.every((one) => one.lines().some(together)),
      60,
    );
    const carla = visitor();
    await servers.administrate("DELETE", `/${realm}/attack-detection/brute-force/users`);
    const back = await carla.enrol(await carla.password(await carla.enter(meet), "carla", people.carla));
    expect(back.page).toBe("back with a code");
    const typing = visitor();
    const begun = await typing.enter(meet);
    await servers.first.kill();
    for (const who of [carla, typing]) who.ask = (path, asking) => servers.ask(servers.second, path, asking);
    expect((await carla.enter(chat)).page).toBe("back with a code");
    expect((await typing.password(begun, "carla", people.carla)).page).toBe("give a code");
    typing.phone = carla.phone;
  });

  test("asked nobody but the database and each other for a connection in all of this", () => {
    const own = [...servers.nodes.map(({ address }) => address), servers.first.address.replace(/\d+$/, "1")];
    const outward = servers.nodes.flatMap(({ calls }) =>
      [...readFileSync(calls, "utf8").matchAll(/sin6?_port=htons\((\d+)\),.*?"([0-9a-f.:]+)"/g)].map(
        ([, port, address = ""]) => ({
          port: Number(port),
          address: address.replace("::ffff:", ""),
        }),
      ),
    );
    expect(outward.filter(({ port, address }) => port === 5432 && own.includes(address)).length).toBeGreaterThan(2);
    // Port 0 asks the kernel which address it would take, and sends nothing.
    const others = outward.filter(
      ({ port, address }) => port !== 0 && !own.includes(address) && !/^(127\.|::1$)/.test(address),
    );
    expect(others).toEqual([]);
  });
});
