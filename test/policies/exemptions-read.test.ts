import { Exemptions, matches, readExemptions } from "../../policies/exemptions";
import { exemptionIn, exemptMessage } from "../../policies/exemptions-said";
import { day, file, row, server } from "./exemption";

describe("A file of exemptions", () => {
  test("is read as it stands", () => {
    expect(readExemptions(file(row), day)).toEqual([row]);
  });

  test("at most 180 days lie between approval and end", () => {
    expect(readExemptions(file({ ...row, expires: "2027-04-30" }), day)).toHaveLength(1);
    expect(() => readExemptions(file({ ...row, expires: "2027-05-01" }), day)).toThrow(
      /at most 180 days .* got "2027-05-01"/,
    );
  });

  test.each<[string, object, RegExp]>([
    ["an unknown key", { until: "2027-01-01" }, /got "until"; remove it/],
    ["a key of every object", JSON.parse('{"__proto__": 1}') as object, /got "__proto__"/],
    ["no approver", { approver: undefined }, /as approver of exemption 1, got nothing/],
    ["an author who approves", { approver: row.author }, /another person as approver .* ask somebody else/],
    ["an approval that is still to come", { approved: "2026-12-01" }, /not after 2026-11-30, got "2026-12-01"/],
    ["an end before its begin", { expires: "2026-10-31" }, /at most 180 days/],
    ["a day that no calendar has", { expires: "2027-02-30" }, /a day like 2027-05-29 as expires/],
    ["a reason of one word", { reason: "needed" }, /a sentence of 20 to 500/],
    ["a reason that turns its order around", { reason: "moves to Nuremberg \u202e next window" }, /a sentence of 20/],
    ["another kind", { kind: "accepted" }, /waiver or mitigated as kind/],
    ["the rule on exemptions itself", { rule: "UC-GOV-001" }, /other than UC-GOV-001/],
    ["every rule", { rule: "*" }, /the id of a rule/],
    ["every resource", { resource: "urn:pulumi:*::*::*::*" }, /letters in its last part/],
    ["every resource, in one sign", { resource: "*" }, /letters in its last part/],
    ["a ticket with spaces", { ticket: "see mail" }, /number of a ticket/],
  ])("%s is refused", (_, change, problem) => {
    expect(() => readExemptions(file({ ...row, ...change }), day)).toThrow(problem);
  });

  test("all problems are said at once", () => {
    expect(() => readExemptions(file({ ...row, kind: "a" }, { ...row, ticket: "" }), day)).toThrow(
      /kind of exemption 1[^]*ticket of exemption 2[^]*one exemption for each rule and resource/,
    );
  });

  test.each([
    ["no JSON", "exemptions: []", /JSON in the file/],
    ["another key beside the list", '{"exemptions": [], "rules": "off"}', /a list under exemptions, and nothing else/],
    [
      "a key twice, of which readers see one",
      file(row).replace('"kind"', '"kind":"mitigated","kind"'),
      /each key once/,
    ],
  ])("%s is refused", (_, text, problem) => {
    expect(() => readExemptions(text, day)).toThrow(problem);
  });
});

describe("A pattern", () => {
  test.each([
    [row.resource, server, true],
    [row.resource, `${server}-2`, true],
    [row.resource, server.replace("archive", "web"), false],
    ["urn:pulumi:test::*::*Server::archive", server, true],
    ["urn:pulumi:*::hcloud:index/server:Server::archive", server, false],
    ["a::b::c*c", "a::b::c", false],
    ["a::b::*x*", "a::b::c::x", true],
    ["a::b::c", "a::b::c::d", false],
    ["a::b::c", "a::b", false],
    ["stack", "stack", true],
    ["a::b::stack", "stack", false],
  ])("%s names %s: %j", (pattern, urn, expected) => {
    expect(matches(pattern, urn)).toBe(expected);
  });

  test("of many stars is compared in one go", () => {
    expect(matches(`a::b::${"*a".repeat(200)}b`, `a::b::${"a".repeat(900)}`)).toBe(false);
  });
});

test("an exemption holds to the end of its last day, and says whether it was used", () => {
  const on = (today: string): Exemptions => new Exemptions([row], today);
  const last = on("2027-01-31");
  expect(last.uses()[0]?.state).toBe("unused");
  expect(last.of("UC-JUR-001", server)).toBe(undefined);
  expect(last.of("UC-REG-001", server)).toEqual(row);
  expect(last.uses()[0]?.state).toBe("used");
  const after = on("2027-02-01");
  expect(after.of("UC-REG-001", server)).toBe(undefined);
  expect(after.uses()[0]?.state).toBe("expired");
  expect(new Exemptions([row], day, () => false).uses()[0]?.state).toBe("elsewhere");
});

test("what a message says of an exemption can be read back, whatever its reason has", () => {
  const odd = { ...row, reason: 'it says "): found" and a \\ and (brackets)' };
  const text = exemptMessage("UC-REG-001", { found: "a", allowed: "b", action: "c" }, odd);
  expect(exemptionIn(text)).toMatchObject({
    reason: odd.reason,
    ticket: "SEC-12",
    kind: "waiver",
    rest: "UC-REG-001: found a; allowed: b; do: c",
  });
  expect(exemptionIn("UC-REG-001: found exempt until 2027-01-31")).toBe(undefined);
});
