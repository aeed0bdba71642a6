import { Jitsi, planJitsi, Platform } from "../../components";
import { number } from "../keys";
import { blueprint } from "./blueprint";

/**
 * Meetings for a crisis team that share nothing with what is under attack: a network, gateways, keys and certificates of their own.
 *
 * Media are encrypted in transport (DTLS-SRTP), not end to end: Jitsi's end-to-end rooms stop at about 20 participants, and a crisis meeting has more.
 */
export const crisis = blueprint({
  settings: { participants: number() },
  deploy: ({ name, ...place }, { participants }) => {
    const meetings = planJitsi({ name: "meetings", domain: place.domain, participants });
    const platform = new Platform(name, { ...place, plans: [meetings] });
    const jitsi = new Jitsi("meetings", {
      on: platform,
      plan: meetings,
      privacy: { confidentiality: "transport" },
    });
    return {
      meetings: jitsi.url,
      accounts: jitsi.accounts,
      records: platform.records,
      kubeconfig: platform.kubeconfig,
    };
  },
});
