import { checkTogether, recordName, recordTypes, recordValue, type RecordType } from "../../../components/core/dns";
import { quoted, quotedStrings, textStrings } from "../../../components/core/dns-text";

const hex = (bytes: number): string => "ab".repeat(bytes);

/** Valid values, and their form for clouds. */
const right: readonly (readonly [type: RecordType, value: string, form?: string])[] = [
  ["A", "198.51.100.10"],
  ["AAAA", "2001:db8::1"],
  ["AAAA", "2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["CNAME", "web.example.ch"],
  ["CNAME", "web.example.ch.", "web.example.ch"],
  ["CNAME", "Web.Example.CH", "web.example.ch"],
  ["CNAME", "s1._domainkey.mail.example.org"],
  ["CNAME", "_acme-challenge.example.ch"],
  ["CNAME", "_x1.acm_validations.example.ch.", "_x1.acm_validations.example.ch"],
  ["CNAME", "host_.example.ch"],
  ["CNAME", "xn--zrich-kva.example.ch"],
  ["CNAME", `${"a".repeat(63)}.example.ch`],
  ["PTR", "host.example.ch"],
  ["PTR", "printer._ipp._tcp.example.ch"],
  ["NS", "ns1.example.ch.", "ns1.example.ch"],
  ["NS", "1ns.example.ch"],
  ["MX", "10 mail.example.ch"],
  ["MX", "0 mail.example.ch"],
  ["MX", "010\t Mail.example.ch.", "10 mail.example.ch"],
  ["MX", "0 ."],
  ["SRV", "10 5 5061 sip.example.ch"],
  ["SRV", "0 0 0 ."],
  ["SRV", "0 0 5061 ."],
  ["CAA", '0 issue "ca.example.ch"'],
  ["CAA", "0 issue ca.example.ch", '0 issue "ca.example.ch"'],
  ["CAA", '0 issue ";"'],
  ["CAA", '128 ISSUEWILD "ca.example.ch; policy=ev"', '128 issuewild "ca.example.ch; policy=ev"'],
  ["CAA", '0 iodef "mailto:security@example.ch"'],
  ["CAA", '0 issuemail "ca.example.ch"'],
  ["CAA", '1 contactemail "a@example.ch"'],
  ["CAA", '0 issue "ca.example.ch; a=\\"b\\""'],
  ["TXT", "v=spf1 -all"],
  ["TXT", 'say "so" \\ and so'],
  ["TXT", "x".repeat(3000)],
  ["TXT", '"v=DKIM1; k=rsa; p=abc" "def"'],
  ["TXT", '"a \\"quoted\\" word and a \\\\"'],
  ["TLSA", `3 1 1 ${hex(32)}`],
  ["TLSA", `3 1 2 ${hex(64).toUpperCase()}`, `3 1 2 ${hex(64)}`],
  ["TLSA", `3 0 0 ${hex(300)}`],
  ["TLSA", `3 1 1 ${hex(16)} ${hex(16)}`, `3 1 1 ${hex(32)}`],
  ["SSHFP", `4 2 ${hex(32)}`],
  ["SSHFP", `1 1 ${hex(20)}`],
  ["DS", `60485 5 1 ${hex(20)}`],
  ["DS", `60485 13 2 ${hex(32)}`],
  ["DS", `60485 14 4 ${hex(48)}`],
  ["HTTPS", "1 ."],
  ["HTTPS", "0 web.example.ch"],
  ["HTTPS", '1 . alpn="h2,h3" port=8443 ipv4hint=198.51.100.1,198.51.100.2 ipv6hint=2001:db8::1'],
  [
    "HTTPS",
    "1 web.example.ch. no-default-alpn alpn=h3 mandatory=alpn",
    "1 web.example.ch no-default-alpn alpn=h3 mandatory=alpn",
  ],
  ["SVCB", "16 _8443._foo.example.ch key667=hello"],
  [
    "SVCB",
    "16 foo.example.org ech=AEj+DQBEAQAgACAdd+scUi0IYFsXnUIU7ko2Nd9+F8M26pAGZVpz/KrWPgAEAAEAAQ== dohpath=/dns-query{?dns}",
  ],
];

test.each(right.map(([type, value, form = value]) => [type, value, form] as const))(
  "%s takes %s",
  (type, value, form) => {
    expect(recordValue(type, value)).toBe(form);
    expect(recordValue(type, form)).toBe(form);
  },
);

const wrong: readonly (readonly [type: RecordType, value: unknown])[] = [
  ["A", "198.51.100"],
  ["A", "198.51.100.256"],
  ["A", "198.051.100.1"],
  ["A", "2001:db8::1"],
  ["A", "web.example.ch"],
  ["AAAA", "198.51.100.1"],
  ["AAAA", "::ffff:198.51.100.1"],
  ["AAAA", "2001:db8::/64"],
  ["AAAA", "fe80::1%eth0"],
  ["CNAME", "198.51.100.1"],
  ["CNAME", "web"],
  ["CNAME", "."],
  ["CNAME", ""],
  ["CNAME", "@"],
  ["CNAME", "web..example.ch"],
  ["CNAME", "web.example.ch.."],
  ["CNAME", "-web.example.ch"],
  ["CNAME", "web-.example.ch"],
  ["CNAME", "wéb.example.ch"],
  ["CNAME", "https://web.example.ch"],
  ["CNAME", "web.example.ch other.example.ch"],
  ["CNAME", "*.example.ch"],
  ["CNAME", `${"a".repeat(64)}.example.ch`],
  ["CNAME", `${"a.".repeat(126)}ch`],
  ["CNAME", "localhost."],
  ["PTR", "198.51.100.1"],
  ["NS", "_ns.example.ch"],
  ["NS", "."],
  ["NS", "198.51.100.1"],
  ["MX", "mail.example.ch"],
  ["MX", "10 198.51.100.1"],
  ["MX", "10 ."],
  ["MX", "65536 mail.example.ch"],
  ["MX", "-1 mail.example.ch"],
  ["MX", "10 _mail.example.ch"],
  ["MX", "10 mail.example.ch 20 other.example.ch"],
  ["SRV", "10 5 sip.example.ch"],
  ["SRV", "10 5 65536 sip.example.ch"],
  ["SRV", "10 5 5061 _sip.example.ch"],
  ["SRV", "10 5 5061 198.51.100.1"],
  ["CAA", "0 issue"],
  ["CAA", "256 issue ca.example.ch"],
  ["CAA", "0 issue ca.example.ch; policy=ev"],
  ["CAA", "0 issue ;"],
  ["CAA", '0 is-sue "ca.example.ch"'],
  ["CAA", '0 issue "ca.example.ch'],
  ["CAA", '0 issue "a" "b"'],
  ["TXT", ""],
  ["TXT", "grüezi"],
  ["TXT", "two\nlines"],
  ["TXT", `"${"x".repeat(256)}"`],
  ["TXT", '"a" b"'],
  ["TXT", '"a\\"'],
  ["TXT", "x".repeat(65_026)],
  ["TLSA", `3 1 1 ${hex(31)}`],
  ["TLSA", `3 1 ${hex(32)}`],
  ["TLSA", "3 1 0 abc"],
  ["TLSA", `256 1 1 ${hex(32)}`],
  ["TLSA", `3 1 1 ${"zz".repeat(32)}`],
  ["SSHFP", `4 2 ${hex(20)}`],
  ["SSHFP", "ssh-ed25519 AAAA"],
  ["DS", `65536 13 2 ${hex(32)}`],
  ["DS", `60485 13 2 ${hex(20)}`],
  ["HTTPS", "."],
  ["HTTPS", "1"],
  ["HTTPS", "0 web.example.ch alpn=h2"],
  ["HTTPS", "1 . port=https"],
  ["HTTPS", "1 . port=1 port=2"],
  ["HTTPS", "1 . ipv4hint=2001:db8::1"],
  ["HTTPS", "1 . ipv6hint=198.51.100.1"],
  ["HTTPS", "1 . alpn"],
  ["HTTPS", "1 . ALPN=h2"],
  ["HTTPS", "1 . no-default-alpn=1"],
  ["SVCB", "1 198.51.100.1"],
  ["A", 198],
  ["A", null],
];

test.each(wrong)("%s refuses %p", (type, value) => {
  expect(() => recordValue(type, value)).toThrow(new RegExp(`in a ${type} record, got `));
});

test("every type is judged both ways", () => {
  for (const type of recordTypes)
    expect([right.some(([one]) => one === type), wrong.some(([one]) => one === type)]).toEqual([true, true]);
});

test.each([
  ["meet", "meet"],
  ["@", "@"],
  ["MEET", "meet"],
  ["*", "*"],
  ["*.apps", "*.apps"],
  ["_acme-challenge.meet", "_acme-challenge.meet"],
  ["_xmpp-server._tcp", "_xmpp-server._tcp"],
  ["s1._domainkey", "s1._domainkey"],
  ["under_score", "under_score"],
  ["10", "10"],
  ["a".repeat(63), "a".repeat(63)],
])("%s is a name inside a zone", (name, form) => {
  expect(recordName(name, "crisis.example.ch")).toBe(form);
});

test.each([
  "",
  "me et",
  "a.*",
  "**",
  "meet.",
  ".meet",
  "a..b",
  "-a",
  "a-",
  "grüezi",
  "a@",
  "a".repeat(64),
  1,
  undefined,
])("%p is no name inside a zone", (name) => {
  expect(() => recordName(name, "crisis.example.ch")).toThrow("expected a name inside the zone");
});

test("the length of a name includes its zone", () => {
  const long = `${"a".repeat(60)}.`.repeat(4).slice(0, -1);
  expect(() => recordName(long, "crisis.example.ch")).toThrow("expected at most 253 characters together with the zone");
});

test("a null MX is alone, and no value is repeated", () => {
  expect(() => checkTogether("MX", ["0 .", "10 mail.example.ch"])).toThrow('expected "0 ." alone');
  expect(() => checkTogether("A", ["198.51.100.1", "198.51.100.1"])).toThrow("expected each value once");
  expect(() => checkTogether("MX", ["0 ."])).not.toThrow();
});

test.each([
  ["a text", ["a text"]],
  ["x".repeat(300), ["x".repeat(255), "x".repeat(45)]],
  ['"a" "b"', ["a", "b"]],
  ['"\\065\\"\\\\"', ['A"\\']],
  ['"\\"so\\""', ['"so"']],
  ['a "b" c', ['a "b" c']],
  ['"a" b', ['"a" b']],
])("the strings of %s", (text, strings) => {
  expect(textStrings(text)).toEqual(strings);
  expect(quotedStrings(quoted(strings))).toEqual(strings);
});
