import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { openvidu } from "../../policies/facts/containers/openvidu";
import { defaultLeakEndpoints } from "../../policies/rules/net-002-default-leak-endpoints";
import { map } from "./rules/fixtures";
import { table } from "./support";

const golden = (...path: readonly string[]): string =>
  readFileSync(join(__dirname, "..", "golden", "openvidu", ...path), "utf8");

const rendered = golden("own-media", "own-server-config", "livekit.yaml");
const recorders = golden("own-recording", "own-recorder-config", "egress.yaml");

const changed = (change: Readonly<Record<string, unknown>>) => {
  const all = parse(rendered) as { readonly rtc: Readonly<Record<string, unknown>> };
  return map({ "livekit.yaml": stringify({ ...all, rtc: { ...all.rtc, ...change } }) });
};

/** The stack calls the servers' domain its own. */
const own = { stack: { "sovereign-uc:ownDomains": '["example.ch"]' } } as const;

describe("what UC-NET-002 knows of a LiveKit server", () => {
  table(defaultLeakEndpoints, [
    {
      title: "it accepts the configuration that the component renders",
      resource: map({ "livekit.yaml": rendered }),
      ...own,
      expect: "passes",
    },
    { title: "it accepts the same in plain YAML", resource: changed({}), ...own, expect: "passes" },
    {
      title: "it refuses a server without STUN servers of its own, though it has TURN over TLS",
      resource: map({
        "livekit.yaml": "port: 7880\nrtc:\n  use_external_ip: false\nturn:\n  enabled: true\n  tls_port: 5349\n",
      }),
      expect: /rtc\.stun_servers not set.*Twilio/s,
    },
    {
      title: "it refuses an empty list of them",
      resource: changed({ stun_servers: [] }),
      expect: /rtc\.stun_servers/,
    },
    {
      title: "it refuses a server that asks for its own address",
      resource: changed({ use_external_ip: true }),
      expect: /rtc\.use_external_ip/,
    },
    {
      title: "it accepts the recorders' configuration that the component renders",
      resource: map({ "egress.yaml": recorders }),
      ...own,
      expect: "passes",
    },
    {
      title: "it refuses a recorder whose page comes from elsewhere",
      resource: map({ "egress.yaml": `template_base: https://pages.example.org\n${recorders}` }),
      ...own,
      expect: /template_base/,
    },
    {
      title: "it refuses a recorder whose browser checks nothing",
      resource: map({ "egress.yaml": recorders.replace("insecure: false", "insecure: true") }),
      ...own,
      expect: /insecure/,
    },
    {
      title: "it has nothing to say of another program's file",
      resource: map({ "a.yaml": "rtc: {}\nname: a\n" }),
      expect: "passes",
    },
  ]);

  test("every row names the file of upstream and a date", () => {
    for (const { source, reviewed } of openvidu.leaks) {
      expect(source).toMatch(/^livekit\/\w+ pkg\/\S+\.go at (v1\.13\.11|v1\.14\.1|dd8e31a)$/);
      expect(reviewed).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
  });
});
