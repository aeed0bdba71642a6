import { givenDatabase } from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { tier } from "../../../../components/core/tier";
import { planStorage, Storage } from "../../../../components/services/storage";
import { upstream } from "../../../../components/services/storage/upstream";
import { givenWord, type ServiceDescription } from "../described";

export const service: ServiceDescription = {
  upstream,
  component: "Storage",
  planned: (name) => {
    const plan = planStorage({
      name,
      gib: 100,
      buckets: [{ name: "media" }, { name: "protocols", evidenceDays: 365, formerDays: 90 }],
    });
    return {
      plan,
      make: (on) => {
        const storage = new Storage(name, {
          on,
          plan,
          database: givenDatabase({
            host: "db.crisis.example.ch",
            port: 5432,
            name,
            user: name,
            password: givenSecret(`${givenWord} of the database`),
            ca: "-----BEGIN CERTIFICATE-----\ndatabase\n-----END CERTIFICATE-----\n",
            peer: { name: "database", ranges: ["192.0.3.10/32"] },
          }),
        });
        const { endpoint } = storage.bucket("media", { from: tier("chat", "chat-homeserver", { http: 8008 }) });
        return { endpoint };
      },
    };
  },
};
