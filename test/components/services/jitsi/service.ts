import { Jitsi, type JitsiPlanArgs, planJitsi } from "../../../../components/services/jitsi";
import { upstream } from "../../../../components/services/jitsi/upstream";
import type { SpeechEndpoint } from "../../../../components/core/connections";
import { givenBucket } from "../../../../components/core/given-connections";
import { givenSecret } from "../../../../components/core/secret";
import { tier } from "../../../../components/core/tier";
import { givenWord, type PlannedService, type ServiceDescription } from "../described";

const branding = {
  name: "Crisis staff",
  logo: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>',
  legal: { imprint: "The crisis staff.\n\nRoom 7.", privacy: "Nothing is kept." },
};

/** Meetings with recorders, and with bridges in other locations where there are any. */
function planned(name: string, domain: string, regions: NonNullable<JitsiPlanArgs["regions"]>): PlannedService {
  const store = "https://sos-ch-gva-2.exo.io";
  const plan = planJitsi({
    name,
    domain,
    participants: 100,
    peaks: [{ days: ["mon", "thu"], from: "07:30", to: "10:00", participants: 200 }],
    ...(Object.keys(regions).length === 0 ? {} : { regions }),
    embeddedBy: [`chat.${domain}`],
    recordings: { atOnce: 1, store },
    captions: { streams: 20 },
  });
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
      const speech: SpeechEndpoint = {
        url: "wss://speech-captions.speech.svc.cluster.local:8443/v1/realtime?intent=transcription",
        model: "vosk",
        token: givenSecret(`${givenWord}-speech-key`),
        ca: "-----BEGIN CERTIFICATE-----\nspeech\n-----END CERTIFICATE-----\n",
        port: 8443,
        peer: tier("speech", "speech-captions", { api: 8443 }),
      };
      const privacy = {
        confidentiality: "transport",
        recording: { bucket, keepDays: 90 },
        transcription: { speech, language: "de" },
      } as const;
      const { url, accounts } = new Jitsi(name, { on, plan, branding, privacy });
      return { url, accounts };
    },
  };
}

export const service: ServiceDescription = {
  upstream,
  component: "Jitsi",
  planned: (name, domain) => planned(name, domain, { hel1: { participants: 30, users: ["203.0.113.0/25"] } }),
  plannedInOnePlace: (name, domain) => planned(name, domain, {}),
  // Shards differ in their number only.
  asFirst: (text) =>
    text.replaceAll(/((?:signalling|focus|web)-|value: \w+-|shard: "|- "|shard_name = "\w+-)2\b/g, "$11"),
};
