/** Ports of mail that a stack offers itself: accepted by the pack's configuration with a reason, one by one, and said. */
import { mailDirectoryUnreachable } from "../../../policies/rules/net-001-mail-directory-unreachable";
import { said } from "../../../policies/said";
import { settings } from "../../../policies/settings";
import { judged } from "../judged";

const rule = (direction: string, port: string) => ({
  type: "exoscale:index/securityGroupRule:SecurityGroupRule",
  props: {
    type: direction,
    protocol: "TCP",
    startPort: Number(port.split("-")[0]),
    endPort: Number(port.split("-")[1] ?? port),
    cidr: "0.0.0.0/0",
  },
});
const own = settings({ ownPorts: [{ port: 993, reason: "the ministry's mail" }], isolated: ["10.0.0.0/16"] }, {});

test.each<[string, object, ReturnType<typeof rule>, RegExp]>([
  [
    "is refused where nobody said that it is the stack's own",
    settings({}, {}),
    rule("INGRESS", "993"),
    /IMAP over TLS 993 inwards/,
  ],
  ["passes inwards where somebody did", own, rule("INGRESS", "993"), /^passed/],
  ["is refused outwards all the same", own, rule("EGRESS", "993"), /IMAP over TLS 993 outwards/],
  ["is refused as part of a range", own, rule("INGRESS", "993-995"), /POP3 over TLS 995/],
  ["says nothing of another one", own, rule("INGRESS", "389"), /LDAP 389 inwards/],
])("a port of mail %s", (_, of, given, expected) => {
  expect(judged(mailDirectoryUnreachable, [given], of as ReturnType<typeof settings>)).toMatch(expected);
});

test("what is accepted is said with its reason", () => {
  expect(said(own)).toContain("port 993 accepted inwards as the stack's own: the ministry's mail");
});
