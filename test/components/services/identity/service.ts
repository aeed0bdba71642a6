import { givenDatabase } from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { tier } from "../../../../components/core/tier";
import { Identity, planIdentity } from "../../../../components/services/identity";
import { upstream } from "../../../../components/services/identity/upstream";
import { givenWord, type ServiceDescription } from "../described";

const authority = (of: string): string => `-----BEGIN CERTIFICATE-----\n${of}\n-----END CERTIFICATE-----\n`;
const given = (of: string) => givenSecret(`${givenWord} of the ${of}`);

export const service: ServiceDescription = {
  upstream,
  component: "Identity",
  planned: (name, domain) => {
    const plan = planIdentity({
      name,
      domain,
      people: 1_000,
      clients: {
        meetings: { redirects: ["https://meet.crisis.example.ch/_access/callback"] },
        chat: {
          redirects: ["https://chat.crisis.example.ch/_synapse/client/oidc/callback"],
          signOut: "https://chat.crisis.example.ch/_synapse/client/oidc/backchannel_logout",
        },
        rooms: { redirects: ["https://rooms.crisis.example.ch/auth/openid_connect/callback"], pkce: false },
      },
      readers: { notes: tier("notes", "notes-worker", {}) },
      breakGlass: ["duty-officer", "deputy"],
    });
    return {
      plan,
      make: (on) => {
        const identity = new Identity(name, {
          on,
          plan,
          database: givenDatabase({
            host: "db.crisis.example.ch",
            port: 5432,
            name,
            user: name,
            password: given("database"),
            ca: authority("database"),
            peer: { name: "database", ranges: ["192.0.3.10/32"] },
          }),
        });
        return { url: identity.url };
      },
    };
  },
};
