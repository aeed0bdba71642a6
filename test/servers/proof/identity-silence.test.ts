/** Two real Keycloaks in one cluster, of which one falls silent as a host without power does: for how long people notice it. */
import type { RealmSettings } from "../../../components/services/identity/realm";
import { until } from "../../support/programs/background";
import { describeWithKeycloak } from "../../support/programs/keycloak";
import { IdentityServers, identityPrograms } from "../identity-servers";
import { type ServiceClient, Visitor } from "../identity-visitor";

jest.setTimeout(600_000);

const realm = "login";
const password = "a long sentence for whoever signs in";
const chat: ServiceClient = {
  id: "chat",
  secret: "secret-of-the-chat",
  redirect: "https://chat.example.ch/_synapse/client/oidc/callback",
};
const settings: Omit<RealmSettings, "domain"> = {
  realm,
  clients: { chat: { redirects: [chat.redirect] } },
  readers: [],
  accounts: {},
};

/** Seconds that a browser of these tests waits for an answer. */
const patience = 5;

describeWithKeycloak(identityPrograms, "two identity servers, one of which falls silent", () => {
  const servers = new IdentityServers();
  beforeAll(async () => {
    const { status, problem } = await servers.start(settings, { "client-chat": chat.secret });
    if (status !== 0) throw new Error(`expected the realm to be kept, got ${problem}`);
    await servers.administrate("POST", `/${realm}/users`, {
      ...{ username: "anna", enabled: true, firstName: "Anna", lastName: "Example", email: "anna@example.ch" },
      credentials: [{ type: "password", value: password, temporary: false }],
    });
    await servers.run(servers.second);
    const together = ({ message }: Readonly<Record<string, unknown>>): boolean =>
      /ISPN000094: Received new cluster view .* \(2\) /.test(String(message));
    await until("one cluster", async () => servers.nodes.every((one) => one.lines().some(together)), 60);
  }, 1_500_000);
  afterAll(() => servers.stop());

  const visitor = (): Visitor =>
    new Visitor(servers.url, realm, async (path, asking) => {
      const late = new Promise<never>((_, reject) =>
        setTimeout(() => reject(new Error("no answer in time")), patience * 1_000).unref(),
      );
      return Promise.race([servers.ask(servers.second, path, asking), late]);
    });

  test("the other serves again within a minute, whoever was signed in and whoever signs in", async () => {
    const known = visitor();
    known.ask = (path, asking) => servers.ask(servers.first, path, asking);
    expect((await known.enrol(await known.password(await known.enter(chat), "anna", password))).page).toBe(
      "back with a code",
    );
    known.ask = visitor().ask;
    const begun = Date.now();
    await servers.first.silence();
    const outcomes = new Map<string, number>();
    const since = async (what: string, work: () => Promise<string>): Promise<number> => {
      await until(
        what,
        async () => {
          const seen = await work().catch((error: Error) => error.message);
          outcomes.set(`${what}: ${seen}`, (outcomes.get(`${what}: ${seen}`) ?? 0) + 1);
          return seen === "ok";
        },
        120,
      );
      return (Date.now() - begun) / 1_000;
    };
    const [signedIn, signsIn] = await Promise.all([
      since("somebody signed in", async () => {
        const { page } = await known.enter(chat);
        return page === "back with a code" ? "ok" : page;
      }),
      since("somebody signing in", async () => {
        const typing = visitor();
        const { page } = await typing.password(await typing.enter(chat), "anna", password);
        return page === "give a code" ? "ok" : page;
      }),
    ]);
    const tries = [...outcomes].map(([seen, times]) => `${times} × ${seen}`).join(", ");
    process.stderr.write(
      `a silent server: served again ${signedIn.toFixed(1)} s later for whoever was signed in, ${signsIn.toFixed(1)} s later for whoever signs in (${tries})\n`,
    );
    expect(Math.max(signedIn, signsIn)).toBeLessThan(60);
  });
});
