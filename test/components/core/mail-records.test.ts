/** Records of a domain with mail. Real verifiers ask for them in test/servers/mail.test.ts. */
import { generateKeyPairSync } from "node:crypto";
import { recordName, recordValue } from "../../../components/core/dns";
import { textStrings } from "../../../components/core/dns-text";
import { dkimRecord, type MailDomain, mailRecords, stsPolicy } from "../../../components/core/mail-records";

const domain: MailDomain = {
  domain: "crisis.example.ch",
  host: "mail.crisis.example.ch",
  senders: ["192.0.2.25/32", "2001:db8::/64"],
  world: true,
  dmarc: "reject",
  reports: "postmaster@crisis.example.ch",
  sts: "enforce",
  issuer: "ca.example.ch",
};
const values = (settings: MailDomain, name: string, type: string): readonly string[] =>
  mailRecords(settings).flatMap((one) => (one.name === name && one.type === type ? [one.value] : []));
const pem = (): string =>
  String(generateKeyPairSync("rsa", { modulusLength: 2_048 }).publicKey.export({ type: "spki", format: "pem" }));

describe("records of a domain with mail", () => {
  test("are values that zones take, each once, each with its reason", () => {
    for (const world of [true, false]) {
      const all = mailRecords({ ...domain, world });
      expect(all.length).toBeGreaterThan(8);
      for (const { name, type, value, reason } of all) {
        expect(recordName(name.replace(/\.?crisis\.example\.ch$/, "") || "@", domain.domain)).not.toBe("");
        expect(recordValue(type, value)).toBe(value);
        expect(reason).toMatch(/^[^\n"]{10,}$/);
      }
      const keys = all.map(({ name, type, value }) => `${name} ${type} ${value}`);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  test("name who sends in the domain's name, and refuse everybody else", () => {
    expect(values(domain, "crisis.example.ch", "TXT")).toEqual(["v=spf1 ip4:192.0.2.25/32 ip6:2001:db8::/64 -all"]);
    expect(values(domain, "mail.crisis.example.ch", "TXT")).toEqual(["v=spf1 -all"]);
    expect(values(domain, "_dmarc.crisis.example.ch", "TXT")).toEqual([
      "v=DMARC1; p=reject; sp=reject; adkim=s; aspf=s; rua=mailto:postmaster@crisis.example.ch",
    ]);
    expect(values(domain, "mail.crisis.example.ch", "CAA")).toEqual(['0 issue "ca.example.ch"']);
  });

  test("say that a domain whose mail stays inside takes none from outside, sends none, and has no policy", () => {
    const { issuer, ...inside } = domain;
    expect(issuer).toBeDefined();
    const closed = { ...inside, world: false, senders: [] };
    expect(values(closed, "crisis.example.ch", "MX")).toEqual(["0 ."]);
    expect(values(closed, "crisis.example.ch", "TXT")).toEqual(["v=spf1 -all"]);
    expect(values(closed, "_mta-sts.crisis.example.ch", "TXT")).toEqual([]);
    // No authority may issue for the host: RFC 8659, 4.2.
    expect(values(closed, "mail.crisis.example.ch", "CAA")).toEqual(['0 issue ";"']);
  });

  test("give the policy of MTA-STS another id whenever it changes, and only then", () => {
    const id = (change: Partial<MailDomain>) =>
      values({ ...domain, ...change }, "_mta-sts.crisis.example.ch", "TXT")[0];
    expect(id({})).toMatch(/^v=STSv1; id=[a-f0-9]{16};$/);
    expect(id({ senders: [] })).toBe(id({}));
    expect(new Set([id({}), id({ sts: "testing" }), id({ host: "post.crisis.example.ch" })]).size).toBe(3);
    expect(stsPolicy(domain)).toBe(
      "version: STSv1\r\nmode: enforce\r\nmx: mail.crisis.example.ch\r\nmax_age: 604800\r\n",
    );
  });

  test("carry a key of 2,048 bits, which takes two strings", () => {
    const { name, value } = dkimRecord("crisis.example.ch", "k1", pem());
    expect(name).toBe("k1._domainkey.crisis.example.ch");
    expect(value).toMatch(/^v=DKIM1; k=rsa; p=[A-Za-z0-9+/]{390,}=*$/);
    expect(textStrings(value)).toHaveLength(2);
  });

  test("are refused for what is no public key", () => {
    expect(() => dkimRecord("crisis.example.ch", "k1", "secret")).toThrow("expected a public key in PEM");
  });
});
