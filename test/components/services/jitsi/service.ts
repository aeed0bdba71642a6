import { Jitsi, planJitsi } from "../../../../components/services/jitsi";
import { upstream } from "../../../../components/services/jitsi/upstream";
import type { ServiceDescription } from "../described";

export const service: ServiceDescription = {
  upstream,
  component: "Jitsi",
  planned: (name, domain) => {
    const plan = planJitsi({ name, domain, participants: 200 });
    return {
      plan,
      make: (on) => {
        const { url, accounts } = new Jitsi(name, { on, plan });
        return { url, accounts };
      },
    };
  },
  // Shards differ in their number only.
  asFirst: (text) => text.replaceAll(/((?:signalling|focus|web)-|value: \w+-|shard: "|- ")2\b/g, "$11"),
};
