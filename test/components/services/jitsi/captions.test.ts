import { givenSecret } from "../../../../components/core/secret";
import { tier } from "../../../../components/core/tier";
import { jitsiTranscribers, planJitsi, type Privacy, type Transcription } from "../../../../components/services/jitsi";
import { captionsLabels } from "../../../../components/services/jitsi/captions-page";
import type { Deployment } from "../../../support/mocks";
import { object } from "../../kubernetes/target";
import { type Change, domain, jitsi } from "./support";

const speech: Transcription["speech"] = {
  url: "wss://speech-captions.speech.svc.cluster.local:8443/v1/realtime?intent=transcription",
  model: "vosk",
  token: givenSecret("key of the speech servers"),
  ca: "-----BEGIN CERTIFICATE-----\nspeech\n-----END CERTIFICATE-----\n",
  port: 8443,
  peer: tier("speech", "speech-captions", { api: 8443 }),
};
const captioned = (change: Partial<Transcription> = {}): Change => ({
  captions: { streams: 40 },
  privacy: { confidentiality: "transport", transcription: { speech, ...change } },
});

interface Pod {
  readonly containers: readonly {
    readonly image: string;
    readonly env: readonly { name: string; value?: string }[];
    readonly envFrom?: readonly object[];
  }[];
}
const spec = (made: Deployment, name: string) =>
  object(made.resources, "Deployment", name)["spec"] as { replicas: number; template: { spec: Pod } };
const env = (made: Deployment, name: string): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries((spec(made, name).template.spec.containers[0]?.env ?? []).map((one) => [one.name, one.value]));
const data = (made: Deployment, kind: string, name: string): Readonly<Record<string, string>> =>
  object(made.resources, kind, name)[kind === "Secret" ? "stringData" : "data"] as Record<string, string>;
const ways = (made: Deployment, name: string): readonly string[] =>
  (
    object(made.resources, "NetworkPolicy", name).metadata as unknown as {
      annotations: Readonly<Record<string, string>>;
    }
  ).annotations["sovereign-uc/reasons"]?.split("\n") ?? [];

describe("a Jitsi with captions", () => {
  let made: Deployment;
  beforeAll(async () => {
    made = await jitsi(captioned({ language: "de" }));
  });

  test("has one transcriber more than the people who are heard at once need", () => {
    expect(spec(made, "meet-transcriber").replicas).toBe(3);
    expect(spec(made, "meet-transcriber").template.spec.containers[0]?.image).toMatch(
      /\/jitsi\/opus-transcriber-proxy:[0-9a-f]{40}$/,
    );
    expect(made.one("Jitsi", "meet").inputs).toMatchObject({ transcription: true });
  });

  test("lets in bridges alone, and out to the servers that write along alone", () => {
    expect(ways(made, "meet-transcriber").map((way) => way.replace(/:.*/, ""))).toEqual([
      "in tcp 8443 from 10.42.0.0/16, 10.20.0.40/32, 10.20.0.41/32, 10.20.0.42/32",
      "out tcp 8443 to speech/speech-captions",
    ]);
    const opening = { direction: "out", protocol: "tcp", port: 8_443, peers: "pods" };
    const { media } = planJitsi({
      name: "meet",
      domain,
      participants: 200,
      captions: { streams: 40 },
      regions: { hel1: { participants: 50, users: ["203.0.113.0/24"] } },
    });
    for (const bridge of ["bridge", "bridge-hel1"])
      expect(media?.[bridge]?.openings).toContainEqual(expect.objectContaining(opening));
    expect(planJitsi({ name: "meet", domain, participants: 200 }).media?.["bridge"]?.openings).not.toContainEqual(
      expect.objectContaining({ port: 8_443 }),
    );
  });

  test("knows one provider, and nobody who would be told of a meeting", () => {
    const variables = env(made, "meet-transcriber");
    expect(variables).toMatchObject({
      HOST: "127.0.0.1",
      PROVIDERS_PRIORITY: "openai_custom",
      ENABLE_OPENAI_CUSTOM_PROVIDER: "true",
      OPENAI_CUSTOM_REQUIRE_WSS: "true",
      OPENAI_MODEL: "vosk",
      ENABLE_TRANSLATE: "false",
      DUMP_WEBSOCKET_MESSAGES: "false",
      DUMP_TRANSCRIPTS: "false",
      LOG_LEVEL: "warn",
      CAPTIONS_URL: speech.url,
      CAPTIONS_LANGUAGE: "de",
    });
    const telling = /^(OTLP_|TRANSLATION_USAGE_URL|DISPATCHER_|.*_API_KEY$|.*_STT_URL$)/;
    expect(Object.keys(variables).filter((name) => telling.test(name))).toEqual([]);
    expect(spec(made, "meet-transcriber").template.spec.containers[0]?.envFrom).toBeUndefined();
  });

  test("gives the focus the address in a plain file, and the key as a secret that the door has, too", () => {
    const file = data(made, "ConfigMap", "meet-focus-1-config")["custom-jicofo.conf"];
    expect(file).toContain(
      'url-template = "wss://meet-transcriber.meet.svc.cluster.local:8443/meetings/{{MEETING_ID}}"',
    );
    expect(file).toContain('Authorization = "Bearer "${CAPTIONS_KEY}');
    const key = data(made, "Secret", "meet-focus-1-env")["CAPTIONS_KEY"];
    const held = data(made, "Secret", "meet-transcriber-secrets");
    expect(held["bridge-keys"]).toBe(`${key}\n`);
    expect(Object.keys(held).sort()).toEqual([
      "bridge-keys",
      "captions-key",
      "server.crt",
      "server.key",
      "speech-ca.crt",
    ]);
  });

  test("shows the door two keys while one replaces the other", async () => {
    const both = await jitsi({ ...captioned(), secretGenerations: { captions: ["2", "1"] } });
    const lines = data(both, "Secret", "meet-transcriber-secrets")["bridge-keys"]?.trim().split("\n") ?? [];
    expect(new Set(lines).size).toBe(2);
    expect(lines[0]).toBe(data(both, "Secret", "meet-focus-1-env")["CAPTIONS_KEY"]);
  });

  test("tells rooms and browsers that there are captions, which a moderator begins and no recording does", () => {
    for (const shard of [1, 2]) {
      expect(env(made, `meet-signalling-${shard}`)).toMatchObject({
        XMPP_MUC_MODULES: "guests_wait,moderator_tokens,room_captions",
        XMPP_BREAKOUT_MUC_MODULES: "moderator_tokens",
        // Those are for Jigasi.
        ENABLE_TRANSCRIPTIONS: "0",
      });
      expect(env(made, `meet-focus-${shard}`)).toMatchObject({ ENABLE_TRANSCRIPTIONS: "0" });
    }
    const config = data(made, "ConfigMap", "meet-web-1-config")["custom-config.js"];
    expect(config).toContain('config.transcription = {"enabled":true,"disableClosedCaptions":false');
    expect(config).toContain('"autoTranscribeOnRecord":false');
    expect(config).toContain('"closedcaptions"]');
  });

  test("says on the page that a machine makes them, with a branding and without", async () => {
    const config = data(made, "ConfigMap", "meet-web-1-config")["custom-config.js"];
    expect(config).toContain('config.dynamicBrandingUrl = "/branding/branding.json"');
    const branding = { name: "Staff", legal: { imprint: "Room 7.", privacy: "Nothing is kept." } };
    const branded = await jitsi({ ...captioned(), branding });
    for (const one of [made, branded]) {
      const shown = JSON.parse(data(one, "ConfigMap", "meet-web-1-branding")["branding.json"] ?? "") as object;
      expect(shown).toMatchObject({ labels: captionsLabels });
    }
    for (const language of ["en", "de", "fr", "it"]) {
      const { transcribing } = captionsLabels[language] ?? {};
      for (const text of [transcribing?.on, transcribing?.onBy, transcribing?.labelTooltip])
        expect(text).toMatch(/machine|Maschine|macchina/);
      expect(transcribing?.onBy).toContain("{{name}}");
    }
  });
});

test("a Jitsi without captions has nothing of them", async () => {
  const made = await jitsi();
  expect(made.resources.filter(({ name }) => /transcriber/.test(name))).toEqual([]);
  expect(env(made, "meet-signalling-1")).toMatchObject({ XMPP_MUC_MODULES: "guests_wait,moderator_tokens" });
  expect(data(made, "ConfigMap", "meet-focus-1-config")["custom-jicofo.conf"]).not.toContain("transcription");
  expect(data(made, "ConfigMap", "meet-web-1-config")["custom-config.js"]).not.toMatch(/transcription|closedcaptions/);
  expect(made.one("Jitsi", "meet").inputs).toMatchObject({ transcription: false });
});

test("the transcribers are known to the servers that write along before the Jitsi is made", () => {
  const plan = planJitsi({ name: "meet", domain, participants: 200, captions: { streams: 40 } });
  expect(jitsiTranscribers(plan)).toMatchObject({ namespace: "meet", name: "meet-transcriber" });
  expect(plan.requests).toContainEqual(expect.objectContaining({ tier: "meet-transcriber", replicas: 3 }));
  expect(() => jitsiTranscribers(planJitsi({ name: "meet", domain, participants: 200 }))).toThrow(
    /expected a plan with captions, got nothing; plan them/,
  );
});

describe("a Jitsi refuses", () => {
  const privacy = (value: object): Change => ({ captions: { streams: 40 }, privacy: value });
  const along = { speech };
  test.each<[string, Change, RegExp]>([
    [
      "captions of an end-to-end encrypted room",
      { ...privacy({ confidentiality: "end-to-end", transcription: along }), participants: 20 },
      /expected no transcription with end-to-end encryption, got "captions"; leave transcription out/,
    ],
    [
      "captions without room in the plan",
      { privacy: { confidentiality: "transport", transcription: along } },
      /expected a plan with captions, got nothing; give planJitsi captions/,
    ],
    [
      "room in the plan without captions",
      { captions: { streams: 40 } },
      /expected privacy.transcription with a speech server, as its plan has captions/,
    ],
    [
      "a server for recordings",
      privacy({
        confidentiality: "transport",
        transcription: { speech: { ...speech, url: "https://speech.example.ch/v1" } },
      }),
      /expected an address that begins with wss:\/\/, got "https:\/\/speech.example.ch\/v1"; give speech.captions/,
    ],
    [
      "a server that asks nobody for a key",
      privacy({ confidentiality: "transport", transcription: { speech: { ...speech, token: undefined } } }),
      /expected a server that asks for a key, got nothing/,
    ],
    [
      "a language that is none",
      privacy({ confidentiality: "transport", transcription: { speech, language: "de&provider=openai" } }),
      /expected a language as "de"/,
    ],
    ["true", privacy({ confidentiality: "transport", transcription: true }), /expected false or a server that writes/],
    [
      "what it does not know",
      privacy({ confidentiality: "transport", transcription: { speech, languages: ["de"] } }),
      /expected only speech, language, got "languages"/,
    ],
  ])("%s, in a sentence", async (_, change, message) => {
    await expect(jitsi(change)).rejects.toThrow(message);
  });

  test("captions of an end-to-end encrypted room by its type, too", () => {
    // @ts-expect-error a server that writes along hears everything
    const given: Privacy = { confidentiality: "end-to-end", transcription: along };
    expect(given.confidentiality).toBe("end-to-end");
  });
});
