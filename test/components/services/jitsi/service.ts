import { Jitsi, planJitsi } from "../../../../components/services/jitsi";
import { upstream } from "../../../../components/services/jitsi/upstream";
import { givenBucket } from "../../../../components/core/connections";
import { givenSecret } from "../../../../components/core/secret";
import { givenWord, type ServiceDescription } from "../described";

export const service: ServiceDescription = {
  upstream,
  component: "Jitsi",
  planned: (name, domain) => {
    const store = "https://sos-ch-gva-2.exo.io";
    const plan = planJitsi({ name, domain, participants: 200, recordings: { atOnce: 1, store } });
    return {
      plan,
      make: (on) => {
        const bucket = givenBucket({
          endpoint: store,
          bucket: "recordings",
          region: "eu",
          accessKey: givenSecret(`${givenWord}-access-key`),
          secretKey: givenSecret(`${givenWord}-secret-key`),
          ca: "-----BEGIN CERTIFICATE-----\nstore\n-----END CERTIFICATE-----\n",
          ...on.proxy,
        });
        const privacy = { confidentiality: "transport", recording: { bucket } } as const;
        const { url, accounts } = new Jitsi(name, { on, plan, privacy });
        return { url, accounts };
      },
    };
  },
  // Shards differ in their number only.
  asFirst: (text) => text.replaceAll(/((?:signalling|focus|web)-|value: \w+-|shard: "|- ")2\b/g, "$11"),
};
