/** Rendered files of a Jitsi, and the programs that can read them without being started. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { once } from "node:events";
import { authorityOf } from "../support/certificates";
import { describeWith } from "../support/programs/programs";
import { finished, renderedFiles, relayScriptFolder, run, scriptFolder, workFolder } from "./jitsi-rendered";

const folder = workFolder();

/** Buttons that need a service which is not there, lead to a third party or offer the room to other sites. */
const elsewhere = [
  ...[
    "audiotranslation",
    "closedcaptions",
    "custom-panel",
    "download",
    "embedmeeting",
    "etherpad",
    "feedback",
    "filesharing",
  ],
  ...["help", "highlight", "linktosalesforce", "livestreaming", "sharedvideo", "whiteboard"],
];
const known = [
  ...["audiotranslation", "camera", "chat", "closedcaptions", "custom-panel", "desktop", "download", "embedmeeting"],
  ...["etherpad", "feedback", "filesharing", "fullscreen", "hangup", "help", "highlight", "invite", "linktosalesforce"],
  ...["livestreaming", "microphone", "mute-everyone", "mute-video-everyone", "participants-pane", "polls", "profile"],
  ...["raisehand", "recording", "security", "select-background", "settings", "shareaudio", "noisesuppression"],
  ...["sharedvideo", "shortcuts", "stats", "tileview", "toggle-camera", "videoquality", "whiteboard"],
];

describe("the files of a Jitsi", () => {
  let files: Readonly<Record<string, string>>;
  beforeAll(async () => {
    files = await renderedFiles();
  });

  test("are settings that a browser can read", () => {
    const config: Record<string, unknown> = { p2p: {}, analytics: {} };
    runInNewContext(files["meet-web-1/custom-config.js"] ?? "", { config });
    expect(config).toMatchObject({
      disableThirdPartyRequests: true,
      p2p: { stunServers: [] },
      analytics: { disabled: true },
      gravatar: { disabled: true },
      sharedVideoAllowedURLDomains: [],
      legalUrls: { privacy: "https://meet.crisis.example.ch/" },
    });
    const buttons = config["toolbarButtons"] as readonly string[];
    // TOOLBAR_BUTTONS of react/features/toolbox/constants.ts in ericva01/jitsi-meeting aeac810, a fork three weeks younger than the release.
    expect(buttons.filter((button) => !known.includes(button))).toEqual([]);
    expect(known.filter((button) => !buttons.includes(button))).toEqual(elsewhere);
  });

  test("offer no third party in the page, neither for invitations nor behind a logo", () => {
    const interfaceConfig: Record<string, unknown> = {
      JITSI_WATERMARK_LINK: "https://jitsi.org",
      SUPPORT_URL: "https://community.jitsi.org/",
    };
    runInNewContext(files["meet-web-1/custom-interface_config.js"] ?? "", { interfaceConfig });
    expect(interfaceConfig).toMatchObject({
      SHARING_FEATURES: ["url"],
      SUPPORT_URL: "https://meet.crisis.example.ch/",
      JITSI_WATERMARK_LINK: "https://meet.crisis.example.ch/",
      MOBILE_APP_PROMO: false,
      DISPLAY_WELCOME_FOOTER: false,
    });
    expect(interfaceConfig["SETTINGS_SECTIONS"]).not.toContain("calendar");
    const links = JSON.stringify(interfaceConfig).match(/https?:\/\/[^/"]+/g) ?? [];
    expect(new Set(links)).toEqual(new Set(["https://meet.crisis.example.ch"]));
  });

  test("switch certificate verification on and weak media encryption off", () => {
    expect(files["meet-focus-1/custom-jicofo.conf"]).toContain("disable-certificate-verification = false");
    const bridge = files["meet-bridge/custom-jvb.conf"] ?? "";
    expect(bridge).toContain('protection-profiles = [ "SRTP_AEAD_AES_128_GCM" ]');
    expect(bridge).toContain("accepted-fingerprint-hash-functions = [ sha-512, sha-384, sha-256 ]");
    // Capture of decrypted media: neither at the API's word nor from the start.
    expect(bridge).toMatch(/pcap\.enabled = false\n\s+pcap\.start-enabled = false\n/);
    expect(bridge).not.toMatch(/SHA1|sha-1\b|VERIFICATION = true|pcap.enabled = true/);
    expect(bridge.split("{").length).toBe(bridge.split("}").length);
  });

  test("leave of a focus' web port what tells its health, and nothing that lists rooms, moves people or opens rooms", () => {
    const focus = files["meet-focus-1/custom-jicofo.conf"] ?? "";
    const [, rest = ""] = /^  rest \{\n([^}]*)\}/m.exec(focus) ?? [];
    // All that RestConfig.kt can switch off at jitsi/jicofo a595d0b, but the figures for monitoring.
    expect(rest.trim().split(/\n\s*/)).toEqual(
      ["conference-request", "debug", "move-endpoints", "pin"].map((one) => `${one}.enabled = false`),
    );
    expect(focus.split("{").length).toBe(focus.split("}").length);
  });
});

describeWith(["shellcheck"], "the scripts of a Jitsi", () => {
  test("pass shellcheck", () => {
    const all = [scriptFolder, relayScriptFolder].flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith(".sh"))
        .map((name) => join(folder, name)),
    );
    expect(all).toHaveLength(14);
    run("shellcheck", all);
  });
});

describe("a bridge that is drained", () => {
  let bridge: Server;
  let asked: string[];
  let endpoints: number[];
  beforeEach(async () => {
    asked = [];
    bridge = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end(
        request.url === "/metrics" ? `# TYPE x gauge\njitsi_jvb_local_endpoints ${endpoints.shift() ?? 0}.0\n` : "",
      );
    }).listen(0, "127.0.0.1");
    await once(bridge, "listening");
  });
  afterEach(() => {
    bridge.closeAllConnections();
    bridge.close();
  });
  const env = (seconds: string) => ({
    BRIDGE: `http://127.0.0.1:${(bridge.address() as AddressInfo).port}`,
    DRAIN_SECONDS: seconds,
    DRAIN_PAUSE: "0.05",
  });

  test("takes no new participants and waits for those it has", async () => {
    endpoints = [3, 1, 0];
    expect(await finished("drain-bridge.sh", env("30"))).toBe(0);
    expect(asked).toEqual(["POST /colibri/drain/enable", "GET /metrics", "GET /metrics", "GET /metrics"]);
  });

  test("does not wait longer than it may", async () => {
    endpoints = Array.from({ length: 1_000 }, () => 5);
    expect(await finished("drain-bridge.sh", env("2"))).toBe(0);
    expect(asked).toContain("GET /metrics");
    // It ends while participants are left, not because there are none any more.
    expect(endpoints.length).toBeGreaterThan(0);
  });

  test("stops at once where nothing answers", async () => {
    expect(await finished("drain-bridge.sh", { ...env("30"), BRIDGE: "http://127.0.0.1:1" })).toBe(0);
  });
});

/** Answers a byte to any data, as a TLS server does at least. */
const answering = (): TcpServer =>
  createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.write(Buffer.from([0x15])));
  });

describe("a relay", () => {
  test("that accepts connections without an answer, as a hanging one, is not ready", async () => {
    const server = createTcpServer((socket) => socket.on("error", () => undefined)).listen(0, "127.0.0.1");
    await once(server, "listening");
    mkdirSync(join(folder(), "silent"));
    writeFileSync(join(folder(), "silent", "host-1"), "127.0.0.1");
    const { port } = server.address() as AddressInfo;
    const env = { ADDRESSES: join(folder(), "silent"), NODE_NAME: "host-1", RELAY_PORT: `${port}` };
    expect(await finished("relay-ready.sh", env, relayScriptFolder)).not.toBe(0);
    server.close();
  });

  test("is ready when its own address answers, and only then", async () => {
    const server = answering().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    mkdirSync(join(folder(), "ready"));
    writeFileSync(join(folder(), "ready", "host-1"), "127.0.0.1");
    const env = { ADDRESSES: join(folder(), "ready"), NODE_NAME: "host-1", RELAY_PORT: `${port}` };
    expect(await finished("relay-ready.sh", env, relayScriptFolder)).toBe(0);
    server.close();
    await once(server, "close");
    expect(await finished("relay-ready.sh", env, relayScriptFolder)).not.toBe(0);
  });
});

describe("a relay that serves", () => {
  test("is started again when it does not know an address that a bridge has now", async () => {
    const server = answering().listen(0, "127.0.0.1");
    await once(server, "listening");
    const at = (name: string): string => join(folder(), "serving", name);
    mkdirSync(at("addresses"), { recursive: true });
    writeFileSync(at("addresses/host-1"), "127.0.0.1");
    writeFileSync(at("addresses/host-2"), "198.51.100.2");
    writeFileSync(at("turnserver.conf"), "allowed-peer-ip=127.0.0.1\nallowed-peer-ip=198.51.100.2\n");
    const env = {
      ADDRESSES: at("addresses"),
      RELAY_DIRECTORY: at(""),
      NODE_NAME: "host-1",
      RELAY_PORT: `${(server.address() as AddressInfo).port}`,
    };
    expect(await finished("relay-alive.sh", env, relayScriptFolder)).toBe(0);
    writeFileSync(at("addresses/host-2"), "198.51.100.20");
    expect(await finished("relay-alive.sh", env, relayScriptFolder)).not.toBe(0);
    writeFileSync(at("addresses/host-2"), "198.51.100.2");
    server.close();
    await once(server, "close");
    expect(await finished("relay-alive.sh", env, relayScriptFolder)).not.toBe(0);
  });
});

describeWith(["keytool"], "a Java service of a Jitsi", () => {
  test("trusts the deployment's own authority only, and learns its public address", () => {
    const at = (name: string): string => join(folder(), name);
    mkdirSync(at("addresses"));
    writeFileSync(at("addresses/host-1"), "198.51.100.1");
    writeFileSync(at("ca.crt"), authorityOf("meet"));
    const env = {
      NODE_NAME: "host-1",
      ADDRESSES: at("addresses"),
      AUTHORITY: at("ca.crt"),
      TRUST_STORE: at("store.p12"),
      SEEN: at("bridges-seen"),
    };
    writeFileSync(at("bridges-seen"), "");
    const seen = run("bash", [join(scriptFolder, "start-java.sh"), "env"], env);
    expect(seen).toContain("JVB_ADVERTISE_IPS=198.51.100.1");
    // An earlier start's memory of bridges would end this one before it has any.
    expect(existsSync(at("bridges-seen"))).toBe(false);
    expect(seen).toContain(`JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=${at("store.p12")} `);
    const entries = run("keytool", ["-list", "-keystore", at("store.p12"), "-storepass", "changeit"]);
    expect(entries).toMatch(/contains 1 entry[^]*authority, .*trustedCertEntry/);
    // Started again, as after a crash.
    run("bash", [join(scriptFolder, "start-java.sh"), "true"], env);
  });
});
