import { gzipSync } from "node:zlib";
import { judgeAll } from "../../policies/judge";
import { rules } from "../../policies/pack";
import { joinedIn } from "../../policies/extract/joined";
import { properties } from "../../policies/extract/value";
import { settings } from "../../policies/settings";

const own = settings({ ownDomains: ["crisis.example.ch"], isolated: ["10.0.0.0/16", "fd00:10::/48"] }, {});

/** A text of a length, made of one piece. */
const long = (piece: string, length: number): string => piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

/** Time of the processor that all rules take for a text, in milliseconds; what else runs on the machine changes nothing in it. */
function cost(text: string): number {
  const subject = {
    type: "kubernetes:core/v1:ConfigMap",
    name: "it",
    urn: "kubernetes:core/v1:ConfigMap::it",
    properties: properties({ data: { a: text } }),
    provider: undefined,
  };
  const before = process.cpuUsage();
  judgeAll(rules, [subject], own);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Pieces of which hostile texts are made: each is the beginning of something that a rule looks for, and never its end. */
const pieces: Readonly<Record<string, string>> = {
  blanks: " ",
  tabs: "\t",
  "ends of lines": "\r\n",
  "bytes without a sign": "\u0000",
  "addresses of SIP": "sip:",
  "whole addresses of SIP": "sip:a@b;transport=udp ",
  brackets: "[",
  "pairs of brackets": "[]",
  braces: '{"a":',
  quotes: '"',
  "pieces side by side": "'a''b'",
  "pieces with an operator": '"a" + ',
  "pieces with points": "'a'.'b'.",
  variables: "${A}.${B}",
  "variables of a cluster": "$(A).$(B)",
  "variables with defaults": "${A:-",
  assignments: "a=b ",
  "commands of variables": "a=$(printf ",
  "names of what is read": "read a b c ",
  "words that are read": "read only by members of this host ",
  formats: "printf '%s.%s' a b;",
  "calls that join": '["a","b"].join(',
  "calls that append": '.append("a")',
  "numbers of signs": "String.fromCharCode(97,",
  "sets of nftables": "set a { elements = { 10.0.0.1, ",
  "rules of nftables": "ip daddr { 10.0.3.0/24, 10.0.4.0/24 } accept\n",
  "variables of nftables": "define a = { 10.0.0.1, ",
  "rules of iptables": "-A OUTPUT -d 10.0.3.0/24 -j ACCEPT ",
  "peers of tunnels": "AllowedIPs = 10.0.0.0/8, ",
  routes: "ip route add 10.0.3.0/24 ",
  addresses: "10.0.3.5,",
  "addresses of IPv6": "fd00:10::",
  shares: "//10.20.5.9/a ",
  mounts: "mount 10.20.5.9:/a ",
  directories: "ldap://10.20.5.3 ",
  downloads: "curl -LO https://a.crisis.example.ch/a ",
  pipes: "curl a | ",
  "commands of clusters": "kubectl apply -f ",
  "packages of commands": "npm install ",
  "options of scanners": "trivy image --a ",
  builds: "RUN --mount=type=bind,",
  "words of images": "a-image: a/",
  base64: "QUJD",
  "base64 that is announced": "base64 QUJDREVGR0g ",
  base32: "base32 NB2HI4DTHIXS6Z3S ",
  percents: "%61",
  entities: "&#x61;",
  "signs of others": "é。",
};

/**
 * Limits are five times what the longest piece took on two cores at 2.4 GHz, so that a pattern that grows with the square of a text breaks them and a slow
 * machine does not.
 */
describe("Hostile texts", () => {
  test.each(Object.entries(pieces))("of %s take time in proportion to their length", (_, piece) => {
    const [some, more] = [cost(long(piece, 100_000)), cost(long(piece, 400_000))];
    expect(more).toBeLessThan(Math.max(2_500, 12 * some));
  });

  // Longer lines are not put together and not read as commands: what is slow in a line of ordinary length does not show in them.
  test.each(Object.entries(pieces))(
    "of %s in lines of ordinary length take no more than a second and a half",
    (_, piece) => {
      const line = long(piece, 1_900);
      expect(cost(`${line}\n'a' + $B\n`)).toBeLessThan(1_500);
      expect(cost(long(`${line} 'a' + $B\n`, 20_000))).toBeLessThan(1_500);
    },
  );

  const whole: Readonly<Record<string, string>> = {
    "a megabyte of blanks": long(" ", 1_000_000),
    "a megabyte of SIP": long("sip:", 1_000_000),
    "a megabyte of base64": long("QUJD", 1_000_000),
    "a megabyte of lines": long("a b c d e f g h\n", 1_000_000),
    "brackets in brackets": "[".repeat(200_000) + "]".repeat(200_000),
    "objects in objects": '{"a":'.repeat(60_000) + "1" + "}".repeat(60_000),
    "lists in YAML": `a:\n${Array.from({ length: 2000 }, (_, i) => `${" ".repeat(i)}-`).join("\n")}`,
    "objects in YAML": Array.from({ length: 2000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
    "a bomb of gzip": gzipSync(Buffer.alloc(16 * 1024 * 1024, "a")).toString("base64"),
    "variables of variables": Array.from({ length: 20_000 }, (_, i) => `A${i}=\${A${i + 1}}.x`).join("\n"),
    "variables that double": Array.from({ length: 300 }, (_, i) => `A${i}=$A${i - 1}$A${i - 1}`).join("\n"),
    "a set of many members": `table inet a {\n set b {\n  elements = { ${long("10.0.3.5, ", 59_000)} }\n }\n chain c {\n${"  ip daddr @b accept\n".repeat(200)} }\n}\n`,
  };
  test.each(Object.entries(whole))("%s take no more than three seconds of processor time", (_, text) => {
    expect(cost(text)).toBeLessThan(3_000);
  });

  test("what is put together stays as short as a text of several", () => {
    const lines = Array.from({ length: 300 }, (_, i) => `A${i}=$A${i - 1}.$A${i - 1}`);
    const { lines: found } = joinedIn([...lines, "curl https://$A299/"]);
    expect(found.every((line) => line.length <= 4_000)).toBe(true);
  });
});
