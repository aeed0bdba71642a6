/** The table of upstream's files that read what a server of BigBlueButton is given, against what it is given. */
import { parse } from "yaml";
import { appsOverrides } from "../../../components/recipe/parts/bigbluebutton/apps";
import { eventSocket, eventSocketClient } from "../../../components/recipe/parts/bigbluebutton/freeswitch";
import { secretPaths, server } from "../../../components/recipe/parts/bigbluebutton/host";
import { relayConfiguration } from "../../../components/recipe/parts/bigbluebutton/relay";
import { sfuOverrides } from "../../../components/recipe/parts/bigbluebutton/sfu";
import { turnStunServers } from "../../../components/recipe/parts/bigbluebutton/turn";
import { serverUpstream, settled } from "../../../components/recipe/parts/bigbluebutton/upstream";
import { webProperties } from "../../../components/recipe/parts/bigbluebutton/web";
import { scripts } from "../../../components/recipe/scripts";

const host = "hearing-1.example.ch";
const publicAddress = "198.51.100.7";
const secret = "0123456789abcdef0123456789abcdef";
const recipe = server({ host, help: "https://example.ch/help", formats: ["presentation"] });

/** Paths of the leaves of a value: "mediasoup.webrtc.listenIps.0.ip". A list of words is a leaf. */
const leaves = (value: unknown, path: readonly string[] = []): readonly string[] =>
  value !== null &&
  typeof value === "object" &&
  !(Array.isArray(value) && value.every((one) => typeof one === "string"))
    ? Object.entries(value).flatMap(([key, below]) => leaves(below, [...path, key]))
    : [path.join(".")];
const yaml = (text: string): readonly string[] => leaves(parse(text));
const matches = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].map(([, key]) => key ?? "");
const beforeEquals = (text: string): readonly string[] => matches(text, /^([^=\n]+)(?:=|$)/gm).filter(Boolean);
/** Keys of a file in HOCON whose sections stand on lines of their own. */
const sections = (text: string): readonly string[] => {
  const open: string[] = [];
  return text.split("\n").flatMap((line) => {
    const [, section, key] = /^ *(?:(\w+) \{|(\w+) = .*)$/.exec(line) ?? [];
    if (section !== undefined) open.push(section);
    if (line.trim() === "}") open.pop();
    return key === undefined ? [] : [[...open, key].join(".")];
  });
};
const ofRecipe = (path: string): string => recipe.files?.find((file) => file.path === path)?.content ?? "";

/** Keys of everything that a server is given for a program of upstream's. */
const given: Readonly<Record<string, readonly string[]>> = {
  [secretPaths.web]: beforeEquals(
    webProperties({ host, sharedSecret: secret, welcome: "", recording: true, blockedHosts: [] }),
  ),
  "/etc/bigbluebutton/bbb-html5.yml": yaml(ofRecipe("/etc/bigbluebutton/bbb-html5.yml")),
  "/etc/bigbluebutton/recording/recording.yml": yaml(ofRecipe("/etc/bigbluebutton/recording/recording.yml")),
  [secretPaths.sfu]: yaml(sfuOverrides({ publicAddress, eventSocketPassword: secret })),
  [secretPaths.apps]: sections(appsOverrides({ host, sharedSecret: secret })),
  [secretPaths.switchClient]: sections(eventSocketClient(secret)),
  [secretPaths.eventSocket]: matches(eventSocket(secret), /<param name="([^"]+)"/g),
  [secretPaths.relays]: matches(
    turnStunServers({ stun: [`stun:${host}:3478`], turn: [`turn:${host}:3478`], secret, credentialSeconds: 60 }),
    /(?:services\.turn\.|property name=")(\w+)"/g,
  ),
  [secretPaths.relay]: beforeEquals(relayConfiguration({ host, publicAddress, secret })),
  [settled]: [
    ...matches(scripts.settleBigBlueButton, /^(?:variable|parameter) ([\w-]+) /gm),
    ...matches(scripts.settleBigBlueButton, /^sed -i ['"]s\|\^?([\w.]+)/gm),
  ],
};

test("every key that a server is given stands in the table with its file, and no other", () => {
  expect(Object.keys(given).sort()).toEqual(Object.keys(serverUpstream.files).sort());
  for (const [file, keys] of Object.entries(given))
    expect([file, [...new Set(keys)].sort()]).toEqual([file, Object.keys(serverUpstream.files[file] ?? {}).sort()]);
});

test("every file for a program of upstream's has a table, but the certificate and those of web servers", () => {
  const written = [...(recipe.files ?? []).map(({ path }) => path), ...Object.values(secretPaths)];
  const without = written.filter(
    (path) =>
      /^\/etc\/bigbluebutton\/|^\/opt\/|^\/etc\/turnserver/.test(path) && serverUpstream.files[path] === undefined,
  );
  expect(without.sort()).toEqual([
    "/etc/bigbluebutton/bbb-conf/apply-config.sh",
    "/etc/bigbluebutton/ssl/site.pem",
    "/etc/bigbluebutton/ssl/site.pem.key",
  ]);
});

test("every source names a repository, a revision and a file", () => {
  const { files, behaviour = {} } = serverUpstream;
  const sources = [files, behaviour].flatMap((tables) =>
    Object.values(tables).flatMap((table) => Object.values(table)),
  );
  expect(sources.length).toBeGreaterThan(80);
  expect(
    sources.filter((one) => !/^[\w-]+\/[\w-]+ ([0-9a-f]{7}|\d+\.\d+\.\d+)( \([^)]+\))? \w[\w./-]+\.?\w/.test(one)),
  ).toEqual([]);
});
