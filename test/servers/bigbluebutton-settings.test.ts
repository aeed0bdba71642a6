/** The scripts that put settings into files of BigBlueButton's packages, on files in the form that upstream's have. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { scripts } from "../../components/recipe/scripts";

let root: string;
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const read = (path: string): string => readFileSync(join(root, path), "utf8");

const fs = "opt/freeswitch/etc/freeswitch";
/**
 * In the form of mod/freeswitch/conf of bigbluebutton/docker f6e71fc, and of bbb-voice-conference/config/freeswitch/conf of bigbluebutton/bigbluebutton 2a125ef:
 * settings of the same kind with the same spaces, not their text.
 */
const upstream = {
  [`${fs}/vars.xml`]: `<include>
  <X-PRE-PROCESS cmd="set" data="default_password=1234"/>
  <X-PRE-PROCESS cmd="set" data="external_rtp_ip=stun:stun.freeswitch.org"/>
    <X-PRE-PROCESS cmd="set" data="external_sip_ip=stun:stun.freeswitch.org"/>
  <X-PRE-PROCESS cmd="set" data="domain=$\${local_ip_v4}"/>
</include>
`,
  [`${fs}/sip_profiles/external.xml`]: `<profile name="external"><settings>
    <param name="sip-ip" value="1.2.3.4"/>
    <param name="rtp-ip" value="1.2.3.4"/>
    <param name="ext-rtp-ip" value="auto-nat"/>
    <param name="ext-sip-ip" value="auto-nat"/>
    <param name="ws-binding"  value=":5066"/>
    <param name="wss-binding"  value=":7443"/>
    <param name="dialplan" value="XML"/>
</settings></profile>
`,
  [`${fs}/sip_profiles/external-ipv6.xml`]: "<profile/>\n",
  [`${fs}/sip_profiles/external/dial-in.xml`]: "<include/>\n",
  "usr/share/bigbluebutton/nginx/sip.nginx": "location /ws {\n  proxy_pass https://192.0.2.1:7443;\n}\n",
  "usr/local/bigbluebutton/core/scripts/bigbluebutton.yml": "recording_dir: /var\nplayback_host: 192.0.2.1\n",
  "usr/share/bbb-web/WEB-INF/classes/application.properties": "server.servlet.session.cookie.secure=false\n",
  "etc/nginx/sites-enabled/default": "server {}\n",
  "etc/sovereign-uc/bigbluebutton.env":
    "SERVER_NAME=server-1.example.ch\nPUBLIC_ADDRESS=198.51.100.7\nSWITCH_PASSWORD=abcdefghijklmnopqrstuvwxyz012345\n",
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "settle-"));
  for (const [path, text] of Object.entries(upstream)) write(path, text);
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const settle = () => spawnSync("sh", ["-c", scripts.settleBigBlueButton, "settle", root], { encoding: "utf8" });

/** Names and values of an XML file's parameters. */
const parameters = (path: string): Readonly<Record<string, string>> =>
  JSON.parse(
    execFileSync(
      "python3",
      [
        "-c",
        "import json, sys, xml.etree.ElementTree as t; print(json.dumps({p.get('name'): p.get('value') for p in t.parse(sys.argv[1]).iter('param')}))",
        join(root, path),
      ],
      { encoding: "utf8" },
    ),
  ) as Record<string, string>;

test("the voice switch has the server's address and a password of its own, asks nobody for either, and calls nobody", () => {
  expect(settle()).toMatchObject({ status: 0, stderr: "" });
  const variables = [...read(`${fs}/vars.xml`).matchAll(/data="([^"]+)"/g)].map(([, text]) => text);
  expect(variables.sort()).toEqual([
    "default_password=abcdefghijklmnopqrstuvwxyz012345",
    "domain=$${local_ip_v4}",
    "external_rtp_ip=198.51.100.7",
    "external_sip_ip=198.51.100.7",
    "local_ip_v4=198.51.100.7",
  ]);
  expect(read(`${fs}/vars.xml`)).not.toContain("stun");
  expect(parameters(`${fs}/sip_profiles/external.xml`)).toEqual({
    "sip-ip": "$${local_ip_v4}",
    "rtp-ip": "$${local_ip_v4}",
    "ext-rtp-ip": "$${external_rtp_ip}",
    "ext-sip-ip": "$${external_sip_ip}",
    "ws-binding": "127.0.0.1:5066",
    "wss-binding": "127.0.0.1:7443",
    dialplan: "XML",
  });
  for (const profile of ["external-ipv6.xml", "external/dial-in.xml"])
    expect(existsSync(join(root, fs, "sip_profiles", profile))).toBe(false);
});

test("web and recordings have the server's name, and cookies are sent encrypted only", () => {
  settle();
  expect(read("usr/share/bigbluebutton/nginx/sip.nginx")).toContain("proxy_pass http://127.0.0.1:5066;");
  expect(read("usr/local/bigbluebutton/core/scripts/bigbluebutton.yml")).toContain(
    "playback_host: server-1.example.ch\n",
  );
  expect(read("usr/share/bbb-web/WEB-INF/classes/application.properties")).toContain("cookie.secure=true\n");
  expect(existsSync(join(root, "etc/nginx/sites-enabled/default"))).toBe(false);
  expect(readlinkSync(join(root, "etc/nginx/sites-enabled/bigbluebutton"))).toBe(
    "/etc/nginx/sites-available/bigbluebutton",
  );
});

test("a second run changes nothing", () => {
  settle();
  const paths = Object.keys(upstream).filter((path) => existsSync(join(root, path)));
  const before = paths.map(read);
  expect(settle()).toMatchObject({ status: 0, stderr: "" });
  expect(paths.map(read)).toEqual(before);
});

test("BigBlueButton starts again where a setting changed, not at each boot, and again where its start failed", () => {
  write("list", `${root}/etc/sovereign-uc/bigbluebutton.env\n`);
  write("bin/bbb-conf", `#!/bin/sh\necho "$@" >>${root}/diary\n[ ! -e ${root}/broken ]\n`);
  write("var/lib/sovereign-uc/.keep", "");
  chmodSync(join(root, "bin/bbb-conf"), 0o755);
  const restart = () =>
    spawnSync("sh", ["-c", scripts.restartBigBlueButton, "restart", join(root, "list"), root], {
      encoding: "utf8",
      env: { ...process.env, PATH: `${root}/bin:${process.env["PATH"]}` },
    }).status;
  const starts = (): number => read("diary").trim().split("\n").length;
  expect([restart(), restart(), starts()]).toEqual([0, 0, 1]);
  write("etc/sovereign-uc/bigbluebutton.env", "SERVER_NAME=server-2.example.ch\n");
  write("broken", "");
  expect(restart()).not.toBe(0);
  rmSync(join(root, "broken"));
  expect([restart(), restart(), starts()]).toEqual([0, 0, 3]);
  expect(read("diary")).toContain("--restart\n");
});

test("a parameter that its package no longer has is named, and the rest is set", () => {
  const profile = `${fs}/sip_profiles/external.xml`;
  write(profile, read(profile).replace(/^.*"wss?-binding".*$/gm, ""));
  const { status, stderr } = settle();
  expect(status).toBe(1);
  expect(stderr).toContain("got none of ws-binding wss-binding;");
  expect(parameters(profile)).toMatchObject({ "rtp-ip": "$${local_ip_v4}" });
  expect(readlinkSync(join(root, "etc/nginx/sites-enabled/bigbluebutton"))).toBe(
    "/etc/nginx/sites-available/bigbluebutton",
  );
});

test("without its values it stops before it changes a file", () => {
  write("etc/sovereign-uc/bigbluebutton.env", "SERVER_NAME=server-1.example.ch\n");
  const { status, stderr } = settle();
  expect(status).toBe(1);
  expect(stderr).toContain("expected PUBLIC_ADDRESS, SWITCH_PASSWORD and SERVER_NAME");
  expect(read(`${fs}/vars.xml`)).toBe(upstream[`${fs}/vars.xml`]);
});
