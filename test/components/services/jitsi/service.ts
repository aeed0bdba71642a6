import { Jitsi, planJitsi } from "../../../../components/services/jitsi";
import { upstream } from "../../../../components/services/jitsi/upstream";
import type { ServiceDescription } from "../described";

const branding = {
  name: "Crisis staff",
  logo: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>',
  legal: { imprint: "The crisis staff.\n\nRoom 7.", privacy: "Nothing is kept." },
};

export const service: ServiceDescription = {
  upstream,
  component: "Jitsi",
  planned: (name, domain) => {
    const plan = planJitsi({
      name,
      domain,
      participants: 100,
      peaks: [{ days: ["mon", "thu"], from: "07:30", to: "10:00", participants: 200 }],
      embeddedBy: [`chat.${domain}`],
    });
    return {
      plan,
      make: (on) => {
        const { url, moderators } = new Jitsi(name, { on, plan, branding });
        return { url, moderators };
      },
    };
  },
  // Shards differ in their number only.
  asFirst: (text) => text.replaceAll(/((?:signalling|focus|web)-|value: \w+-|shard: "|- ")2\b/g, "$11"),
};
