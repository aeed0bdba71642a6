import { Identities } from "../../../../components/services/minutes/worker/identities";
import { Away } from "../../../../components/services/minutes/worker/problems";
import { identityServer } from "../../../servers/minutes-places";
import type { StandIn } from "../../../servers/minutes-stand-ins";

const people = [
  { id: "id-anna", username: "anna", email: "anna@example.ch" },
  { id: "id-closed", username: "closed", enabled: false },
];

describe("people are looked up", () => {
  let server: StandIn;
  beforeAll(async () => {
    server = await identityServer(people);
  });
  afterAll(() => server.stop());

  const found = async (settings: { readonly issuer: string; readonly server?: string }, username: string) => {
    const identities = new Identities({ ...settings, clientId: "minutes", clientSecret: "client secret" });
    return identities.find({ username, name: "Anna", guest: false }, await identities.token());
  };

  test.each([
    ["at the issuer", () => ({ issuer: `${server.url}/realms/crisis` })],
    [
      "at the service's own server, where the issuer's administration is shut",
      () => ({ issuer: "https://login.crisis.example.ch/realms/crisis", server: server.url }),
    ],
  ])("%s", async (_, settings) => {
    expect(await found(settings(), "anna")).toEqual({ username: "anna", email: "anna@example.ch" });
    expect(await found(settings(), "ann")).toBeUndefined();
    expect(await found(settings(), "closed")).toBeUndefined();
  });

  test("by a client that the service knows", async () => {
    const stranger = new Identities({ issuer: `${server.url}/realms/crisis`, clientId: "other", clientSecret: "x" });
    await expect(stranger.token()).rejects.toBeInstanceOf(Away);
  });
});
