/** Names of a deployment in DNS: addresses, what plans ask for, and what closes its domain. */
import { generateKeyPairSync } from "node:crypto";
import { hetzner, planJitsi, Platform, type PlatformArgs, Zone, zoneRecords } from "../../components";
import { closingRecords, isWithin, type PlannedRecord } from "../../components/core/planned-records";
import { namesOf } from "../../components/dns-names";
import { isolatedFrom, site } from "../support/arguments";
import { outputs } from "../support/infrastructure";
import { deploy, type Deployment } from "../support/mocks";

jest.setTimeout(120_000);

const domain = "crisis.example.ch";
const publicKeyPem = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();
const txt = (name: string, value: string): PlannedRecord => ({ name, type: "TXT", value, reason: "a test" });

const platform = (more: Partial<PlatformArgs> = {}, records?: readonly PlannedRecord[]): Promise<Deployment> =>
  deploy(
    () => {
      const meetings = planJitsi({ name: "meetings", domain: `meet.${domain}`, participants: 50 });
      const made = new Platform("crisis", {
        cloud: hetzner(),
        location: "fsn1",
        machineTypes: { gateway: "cpx22", controlPlane: "cpx32", application: "cpx42", media: "ccx43", data: "ccx23" },
        isolatedFrom,
        domain,
        administrators: ["203.0.113.0/24"],
        site,
        plans: [{ ...meetings, ...(records === undefined ? {} : { records }) }],
        ...more,
      });
      new Zone("public", { cloud: hetzner(), domain: "example.ch", records: zoneRecords("example.ch", made.names) });
      return { records: made.records };
    },
    {
      outputs: (resource) => ({
        ...outputs(resource),
        ...(resource.type.endsWith(":PrivateKey") ? { publicKeyPem } : {}),
      }),
    },
  );

const sets = ({ all }: Deployment): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    all("hcloud:index/zoneRecord:ZoneRecord")
      .concat(all("hcloud:index/zoneRrset:ZoneRrset"))
      .map(({ inputs }) => [
        `${String(inputs["name"])} ${String(inputs["type"])}`,
        (inputs["records"] as readonly { readonly value: unknown }[]).map(({ value }) => value),
      ]),
  );

describe("Names of a deployment", () => {
  test("stand in a zone: addresses of gateways and media hosts, and a domain that is closed to mail and to every public authority", async () => {
    const made = await platform();
    expect(sets(made)).toEqual({
      "meet.crisis A": [expect.any(String), expect.any(String)],
      "api.crisis A": [expect.any(String), expect.any(String)],
      "relay-1.meet.crisis A": [expect.any(String)],
      "relay-2.meet.crisis A": [expect.any(String)],
      "crisis CAA": ['0 issue ";"', '0 issuewild ";"'],
      "crisis MX": ["0 ."],
      "crisis TXT": ['"v=spf1 -all"'],
      "_dmarc.crisis TXT": ['"v=DMARC1; p=reject; sp=reject; adkim=s; aspf=s"'],
    });
    expect(made.outputs["records"]).toContain(`${domain} CAA 0 issue ";"`);
  });

  test("hold what a plan asks for in the place of what closes the domain", async () => {
    const own = sets(await platform({}, [txt(domain, "v=spf1 ip4:192.0.2.1 -all"), txt(`a.${domain}`, "b")]));
    expect(own["crisis TXT"]).toEqual(['"v=spf1 ip4:192.0.2.1 -all"']);
    expect(own["a.crisis TXT"]).toEqual(['"b"']);
    expect(own["crisis MX"]).toEqual(["0 ."]);
  });

  const acme = { directory: "https://acme.example.ch/directory" };
  test("name the authority that was named, and none where nobody said whose the certificates are", async () => {
    expect(sets(await platform({ acme, issuer: "ca.example.ch" }))["crisis CAA"]).toEqual([
      '0 issue "ca.example.ch"',
      '0 issuewild ";"',
    ]);
    expect(Object.keys(sets(await platform({ acme })))).not.toContain("crisis CAA");
  });

  test("have no issuer where the deployment's own authority issues everything", async () => {
    await expect(platform({ issuer: "ca.example.ch" })).rejects.toThrow(
      /expected an issuer beside certificates that it issued, got "ca\.example\.ch"; give certificate/,
    );
    await expect(platform({ acme, issuer: "no name" })).rejects.toThrow(/expected a domain name/);
  });

  test("are refused in a zone where there is none of them", () => {
    expect(() => zoneRecords("example.org", namesOf([txt(domain, "a")]))).toThrow(
      /expected a zone of crisis\.example\.ch, got "example\.org"/,
    );
  });

  test("are each said once, with all their values", () => {
    expect(namesOf([txt("a.example.ch", "1"), txt("a.example.ch", "2"), txt("a.example.ch", "1")])).toEqual([
      { name: "a.example.ch", type: "TXT", values: ["1", "2"] },
    ]);
    expect(zoneRecords("a.example.ch", namesOf([txt("a.example.ch", "1"), txt("notexample.ch", "1")]))).toEqual([
      { name: "@", type: "TXT", values: ["1"], ttl: 3600 },
    ]);
  });

  test("below a domain are those that end with it after a point", () => {
    expect(isWithin("a.example.ch", "example.ch")).toBe(true);
    expect(isWithin("example.ch", "example.ch")).toBe(true);
    expect(isWithin("notexample.ch", "example.ch")).toBe(false);
    expect(closingRecords("example.ch", undefined, []).map(({ name }) => name)).toEqual([
      "example.ch",
      "example.ch",
      "_dmarc.example.ch",
    ]);
  });
});
