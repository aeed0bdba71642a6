import { createPrivateKey, createPublicKey, sign, verify, X509Certificate } from "node:crypto";
import { parsePrivateKey } from "sshpk";
import { type Properties, Secret, Unknown } from "../../../../../stacks/tools/rehearsal/simulated/values";
import { seen, types, World } from "./world";

let world: World;
beforeEach(() => (world = new World()));
afterEach(() => world.end());

const algorithms: readonly (readonly [string, Properties])[] = [
  ["RSA", { algorithm: "RSA", rsaBits: 2048 }],
  ["ECDSA P256", { algorithm: "ECDSA", ecdsaCurve: "P256" }],
  ["ECDSA P384", { algorithm: "ECDSA", ecdsaCurve: "P384" }],
  ["ECDSA P521", { algorithm: "ECDSA", ecdsaCurve: "P521" }],
  ["ED25519", { algorithm: "ED25519" }],
];

describe("a private key", () => {
  test.each(algorithms)("of %s is real in all its forms", async (_, inputs) => {
    const state = seen(await world.make(types.privateKey, "k", inputs));
    const [pem, pkcs8, open] = [state["privateKeyPem"], state["privateKeyPemPkcs8"], state["privateKeyOpenssh"]].map(
      String,
    );
    const key = createPrivateKey(pem ?? "");
    const hash = inputs["algorithm"] === "ED25519" ? null : "sha256";
    const signature = sign(hash, Buffer.from("x"), createPrivateKey(pkcs8 ?? ""));
    expect(verify(hash, Buffer.from("x"), createPublicKey(String(state["publicKeyPem"])), signature)).toBe(true);
    expect(createPublicKey(key).export({ type: "spki", format: "pem" })).toBe(state["publicKeyPem"]);

    // sshpk knows nothing of P-521's lengths that we do not: it judges all of them.
    const judged = parsePrivateKey(open ?? "", "openssh");
    expect(`${judged.toPublic().toString("ssh").split(" ").slice(0, 2).join(" ")}\n`).toBe(state["publicKeyOpenssh"]);
    expect(judged.fingerprint("sha256").toString()).toBe(state["publicKeyFingerprintSha256"]);
    expect(judged.fingerprint("md5").toString("hex").replace(/^MD5:/, "")).toBe(state["publicKeyFingerprintMd5"]);
  });

  test("is secret in every form, and its public half is not", async () => {
    const { state } = await world.make(types.privateKey, "k", { algorithm: "ED25519" });
    const secret = Object.entries(state).flatMap(([name, value]) => (value instanceof Secret ? [name] : []));
    expect(secret.sort()).toEqual(["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"]);
  });

  test("of the default curve has no form for SSH", async () => {
    const state = seen(await world.make(types.privateKey, "k", { algorithm: "ECDSA" }));
    expect([state["ecdsaCurve"], state["publicKeyOpenssh"], state["privateKeyOpenssh"]]).toEqual(["P224", "", ""]);
  });

  test("is unknown at preview", async () => {
    expect(await world.preview(types.privateKey, "k", { algorithm: "RSA" })).toMatchObject({
      privateKeyPem: Unknown.value,
      rsaBits: 2048,
    });
  });

  test.each([
    ["an algorithm that is none", { algorithm: "DSA" }, "algorithm"],
    ["a curve that is none", { algorithm: "ECDSA", ecdsaCurve: "P-256" }, "ecdsaCurve"],
  ])("is refused with %s", (_, inputs, property) => {
    expect(world.check(types.privateKey, inputs).map((problem) => problem.property)).toEqual([property]);
  });
});

describe("certificates", () => {
  const authority: Properties = {
    subject: { commonName: "authority of the test", organization: "example" },
    allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
    isCaCertificate: true,
    validityPeriodHours: 24,
  };
  const keyOf = async (inputs: Properties): Promise<string> =>
    String(seen(await world.make(types.privateKey, "k", inputs))["privateKeyPem"]);

  test.each(algorithms)("that an authority with a key of %s signs verify against it", async (_, algorithm) => {
    const caKey = await keyOf(algorithm);
    const ca = String(
      seen(await world.make(types.selfSigned, "ca", { ...authority, privateKeyPem: caKey }))["certPem"],
    );
    const request = seen(
      await world.make(types.certRequest, "r", {
        privateKeyPem: await keyOf({ algorithm: "ECDSA", ecdsaCurve: "P256" }),
        subject: { commonName: "meet.example.ch" },
        dnsNames: ["meet.example.ch", "*.meet.example.ch"],
        ipAddresses: ["192.0.2.1", "2001:db8::1"],
        uris: ["spiffe://example.ch/a"],
      }),
    );
    const signed = seen(
      await world.make(types.locallySigned, "c", {
        certRequestPem: String(request["certRequestPem"]),
        caPrivateKeyPem: caKey,
        caCertPem: ca,
        allowedUses: ["server_auth", "digital_signature"],
        validityPeriodHours: 12,
      }),
    );
    const [root, leaf] = [new X509Certificate(ca), new X509Certificate(String(signed["certPem"]))];
    expect(root.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(root.verify(root.publicKey)).toBe(true);
    expect(leaf.verify(root.publicKey)).toBe(true);
    expect(leaf.checkIssued(root)).toBe(true);
    expect(leaf.checkHost("meet.example.ch")).toBe("meet.example.ch");
    expect(leaf.checkIP("2001:db8::1")).toBeDefined();
    expect(leaf.subjectAltName).toContain("URI:spiffe://example.ch/a");
    expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(new Date(leaf.validTo).getTime() - new Date(leaf.validFrom).getTime()).toBe(12 * 3_600_000);
    expect(signed["validityEndTime"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(root.subject).toBe("O=example\nCN=authority of the test");
  });

  test("another authority's key does not verify them", async () => {
    const inputs = { ...authority, privateKeyPem: await keyOf({ algorithm: "ED25519" }) };
    const other = { ...authority, privateKeyPem: await keyOf({ algorithm: "ED25519" }) };
    const [one, two] = await Promise.all([
      world.make(types.selfSigned, "a", inputs),
      world.make(types.selfSigned, "b", other),
    ]);
    expect(
      new X509Certificate(String(seen(one)["certPem"])).verify(
        new X509Certificate(String(seen(two)["certPem"])).publicKey,
      ),
    ).toBe(false);
  });

  test("last beyond 2050 where they are asked to", async () => {
    const inputs = {
      ...authority,
      validityPeriodHours: 40 * 8766,
      privateKeyPem: await keyOf({ algorithm: "ED25519" }),
    };
    const made = new X509Certificate(String(seen(await world.make(types.selfSigned, "a", inputs))["certPem"]));
    expect(new Date(made.validTo).getUTCFullYear()).toBeGreaterThan(2050);
  });

  const refused: readonly (readonly [string, Properties, string])[] = [
    ["a use that is none", { allowedUses: ["serverAuth"] }, "allowedUses[0]"],
    ["a validity below zero", { validityPeriodHours: -1 }, "validityPeriodHours"],
    ["an empty address", { ipAddresses: [""] }, "ipAddresses[0]"],
    ["a path shorter than none", { maxPathLength: -2 }, "maxPathLength"],
  ];
  test.each(refused)("are refused with %s", (_, more, property) => {
    expect(
      world.check(types.selfSigned, { ...authority, privateKeyPem: "x", ...more }).map((problem) => problem.property),
    ).toEqual([property]);
  });

  test("need a key, and an authority needs a name", async () => {
    expect(world.check(types.selfSigned, authority).map(({ property }) => property)).toEqual(["privateKeyPem"]);
    const { subject: _, ...nameless } = authority;
    const privateKeyPem = await keyOf({ algorithm: "ED25519" });
    await expect(world.make(types.selfSigned, "a", { ...nameless, privateKeyPem })).rejects.toThrow(
      /Invalid Certificate Subject/,
    );
    await expect(world.make(types.selfSigned, "a", { ...authority, privateKeyPem: "nonsense" })).rejects.toThrow(
      /Failed to parse private key PEM/,
    );
    const leaf = { ...authority, isCaCertificate: false, setAuthorityKeyId: true, privateKeyPem };
    await expect(world.make(types.selfSigned, "a", leaf)).rejects.toThrow(
      /could not determine Authority Key Identifier/,
    );
  });

  test("of nonsense are refused in words", async () => {
    const privateKeyPem = await keyOf({ algorithm: "ED25519" });
    const inputs: Properties = {
      caPrivateKeyPem: privateKeyPem,
      caCertPem: "a",
      certRequestPem: "b",
      allowedUses: [],
      validityPeriodHours: 1,
    };
    await expect(world.make(types.locallySigned, "a", inputs)).rejects.toThrow(
      /^Failed to parse CA certificate: expected a PEM block/,
    );
  });
});
