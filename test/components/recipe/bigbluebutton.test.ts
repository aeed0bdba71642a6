/** BigBlueButton's configuration on a host: what it switches off, and that its formats are read as they were meant. */
import { execFileSync } from "node:child_process";
import { parse } from "yaml";
import { eventSocket, eventSocketClient } from "../../../components/recipe/parts/bigbluebutton/freeswitch";
import { html5Overrides } from "../../../components/recipe/parts/bigbluebutton/html5";
import { recordingOverrides } from "../../../components/recipe/parts/bigbluebutton/recording";
import { sfuOverrides } from "../../../components/recipe/parts/bigbluebutton/sfu";
import { turnStunServers } from "../../../components/recipe/parts/bigbluebutton/turn";
import { webProperties } from "../../../components/recipe/parts/bigbluebutton/web";

const web = {
  host: "hearing-1.example.ch",
  sharedSecret: "0123456789abcdef0123456789abcdef",
  welcome: "Welcome",
  recording: true,
  blockedHosts: ["169.254.169.254"],
};
const lines = (text: string): readonly string[] => text.trim().split("\n");
const relays = {
  stun: ["stun:turn.example.ch:3478"],
  turn: ["turn:turn.example.ch:3478", "turns:turn.example.ch:443?transport=tcp"],
  secret: 'a "secret" & more',
  credentialSeconds: 86_400,
};

describe("the web application", () => {
  test("lets guests in by a moderator only, and keeps to the SFU", () => {
    expect(lines(webProperties(web))).toEqual(
      expect.arrayContaining([
        "defaultGuestPolicy=ASK_MODERATOR",
        "audioBridge=bbb-webrtc-sfu",
        "cameraBridge=bbb-webrtc-sfu",
        "screenShareBridge=bbb-webrtc-sfu",
        "disabledFeatures=externalVideos,liveTranscription",
        "allowOverrideClientSettingsOnCreateCall=false",
        "insertDocumentBlockedHosts=localhost,169.254.169.254",
      ]),
    );
    expect(webProperties(web)).not.toContain("livekit");
  });

  test("records nothing where recording is off", () => {
    const off = lines(webProperties({ ...web, recording: false }));
    expect(off).toContain("disableRecordingDefault=true");
    expect(off).toContain("allowStartStopRecording=false");
    expect(lines(webProperties(web))).toContain("disableRecordingDefault=false");
  });

  test("a welcome in any alphabet stays one property", () => {
    const text = webProperties({ ...web, welcome: " Grüezi\\\nsecuritySalt=mine" });
    expect(lines(text)).toContain("defaultWelcomeMessage=\\ Gr\\u00fcezi\\\\\\nsecuritySalt=mine");
    expect(lines(text).filter((line) => line.startsWith("securitySalt="))).toEqual([
      `securitySalt=${web.sharedSecret}`,
    ]);
  });

  test("a range among the blocked hosts is refused: upstream compares texts, and it would block nothing", () => {
    expect(() => webProperties({ ...web, blockedHosts: ["10.0.0.0/8"] })).toThrow(
      "expected blocked hosts by name or address",
    );
    expect(() => webProperties({ ...web, blockedHosts: ["a.example,b.example"] })).toThrow("expected blocked hosts");
    expect(lines(webProperties({ ...web, blockedHosts: ["fd00::1"] }))).toContain(
      "insertDocumentBlockedHosts=localhost,fd00::1",
    );
  });

  test("a secret that can be guessed is refused, and not repeated", () => {
    expect(() => webProperties({ ...web, sharedSecret: "bbb" })).toThrow("at least 20 characters, got");
    expect(() => webProperties({ ...web, sharedSecret: "tooshort" })).not.toThrow("tooshort");
  });
});

describe("the SFU", () => {
  const settings = { publicAddress: "198.51.100.7", eventSocketPassword: "0123456789abcdef0123456789abcdef" };
  const read = parse(sfuOverrides(settings)) as Record<string, Record<string, unknown>>;

  test("speaks to FreeSWITCH and to the recorder over WebRTC, and offers plain RTP to nobody outside", () => {
    expect(read).toMatchObject({
      fsBridgeMode: "WebRTC",
      recordingAdapter: "bbb-webrtc-recorder",
      freeswitch: { esl_password: settings.eventSocketPassword, esl_ip: "127.0.0.1" },
    });
    expect(read["mediasoup"]).toEqual({
      worker: { rtcMinPort: 24577, rtcMaxPort: 32768 },
      webrtc: { listenIps: [{ ip: "198.51.100.7", announcedIp: "198.51.100.7" }] },
      plainRtp: { listenIp: { ip: "127.0.0.1", announcedIp: "127.0.0.1" } },
    });
  });

  test.each([["upstream's password", { ...settings, eventSocketPassword: "ClueCon" }, "at least 20 characters"]])(
    "%s is refused",
    (_, given, message) => {
      expect(() => sfuOverrides(given)).toThrow(message);
    },
  );
});

describe("FreeSWITCH's event socket", () => {
  const password = 'a "password" & 24 characters more';

  test("answers on the server itself, to the deployment's password, which its client has too", () => {
    const program =
      "import json, sys, xml.etree.ElementTree as tree;" +
      "print(json.dumps({p.get('name'): p.get('value') for p in tree.fromstring(sys.stdin.buffer.read()).iter('param')}))";
    const seen: unknown = JSON.parse(
      execFileSync("python3", ["-c", program], { input: eventSocket(password), encoding: "utf8" }),
    );
    expect(seen).toMatchObject({ "listen-ip": "127.0.0.1", "apply-inbound-acl": "loopback.auto", password });
    expect(eventSocketClient(password)).toContain(`password = ${JSON.stringify(password)}\n`);
  });

  test("upstream's password is refused for each", () => {
    for (const file of [eventSocket, eventSocketClient])
      expect(() => file("ClueCon")).toThrow("at least 20 characters");
  });
});

describe("the relays that browsers are told", () => {
  test("are the deployment's own and no other, each with the secret and its time, as an XML reader sees them", () => {
    const program =
      "import json, sys, xml.etree.ElementTree as tree; ns = '{http://www.springframework.org/schema/beans}';" +
      "root = tree.fromstring(sys.stdin.buffer.read());" +
      "print(json.dumps([[b.get('id'), [a.get('value') for a in b.findall(ns + 'constructor-arg')], [r.get('bean') for r in b.iter(ns + 'ref')]] for b in root]))";
    const seen: unknown = JSON.parse(
      execFileSync("python3", ["-c", program], { input: turnStunServers(relays), encoding: "utf8" }),
    );
    expect(seen).toEqual([
      ["stun1", ["stun:turn.example.ch:3478"], []],
      ["turn1", ['a "secret" & more', "turn:turn.example.ch:3478", "86400"], []],
      ["turn2", ['a "secret" & more', "turns:turn.example.ch:443?transport=tcp", "86400"], []],
      ["stunTurnService", [], ["stun1", "turn1", "turn2"]],
    ]);
  });

  test("none, or one that is no address, are refused all at once", () => {
    expect(() => turnStunServers({ ...relays, stun: [], turn: ["https://turn.example.ch"] })).toThrow(
      /^stun: expected addresses[^\n]*\nturn: expected addresses[^\n]*https:/,
    );
  });
});

describe("the page and the recordings", () => {
  test("the page has no captions by a vendor, no outside videos, no store of apps", () => {
    const page = parse(html5Overrides({ host: web.host, help: "https://example.ch/help" })) as {
      readonly public: object;
    };
    expect(page.public).toMatchObject({
      app: { audioCaptions: { enabled: false }, bbbTabletApp: { enabled: false }, helpLink: "https://example.ch/help" },
      externalVideoPlayer: { enabled: false },
      kurento: { wsUrl: "wss://hearing-1.example.ch/bbb-webrtc-sfu" },
    });
  });

  test("each format is processed, then published", () => {
    expect(parse(recordingOverrides(web.host, ["presentation", "video"]))).toMatchObject({
      playback_host: web.host,
      steps: {
        captions: ["process:presentation", "process:video"],
        "process:presentation": "publish:presentation",
        "process:video": "publish:video",
      },
    });
  });
});
