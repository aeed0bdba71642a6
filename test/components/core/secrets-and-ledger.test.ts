import * as pulumi from "@pulumi/pulumi";
import {
  givenBucket,
  givenCache,
  givenDatabase,
  givenLanguage,
  givenOidcClient,
  givenSmtpRelay,
  givenTurnServers,
} from "../../../components/core/given-connections";
import { everyPool, HostPorts, ownHostPorts } from "../../../components/core/ledger";
import {
  fingerprint,
  givenSecret,
  keyPair,
  readSecret,
  type Secret,
  versionsDigest,
} from "../../../components/core/secret";

/** Resolved value of an input, and whether it is a secret. */
const known = async (value: pulumi.Input<string> | undefined): Promise<{ value: string; secret: boolean }> => {
  const output = pulumi.output(value ?? "");
  return {
    value: await (output as unknown as { promise(): Promise<string> }).promise(),
    secret: await pulumi.isSecret(output),
  };
};

describe("a secret", () => {
  test("that is given is marked as one, and its version is plain", async () => {
    const { value, version } = givenSecret("not for everybody", "7");
    expect(await known(value)).toEqual({ value: "not for everybody", secret: true });
    expect(version).toBe("7");
  });

  test("of a value alone is refused without showing it", () => {
    for (const value of ["not for everybody", pulumi.secret("not for everybody"), undefined])
      expect(() => readSecret(value as unknown as Secret)).toThrow(
        /^expected a secret with a value and a version, got nothing; /,
      );
    expect(() => readSecret({ value: "", version: "1" })).toThrow(/value: expected the text of a secret, got nothing/);
    expect(() => readSecret({ value: "x" } as Secret)).toThrow(
      /version: expected the version of a secret, got nothing/,
    );
  });

  test("that is a certificate's key has the certificate's digest as version, in plain text", async () => {
    const { certificate, privateKey } = keyPair({
      certificate: pulumi.secret("PEM"),
      privateKey: pulumi.output("KEY"),
    });
    expect(await known(privateKey.value)).toEqual({ value: "KEY", secret: true });
    const version = await known(privateKey.version);
    expect(version).toEqual({ value: fingerprint("PEM"), secret: false });
    expect(await known(certificate.version)).toEqual(version);
  });

  test("counts in the digest of its pods by its version, whatever its value and its place in the list", () => {
    const one = givenSecret("a", "1");
    const digest = versionsDigest({ x: one, y: one });
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(versionsDigest({ y: givenSecret("other", "1"), x: one })).toBe(digest);
    expect(versionsDigest({ x: one, y: givenSecret("a", "2") })).not.toBe(digest);
    expect(versionsDigest({ x: one })).not.toBe(digest);
    expect(versionsDigest({})).toBeUndefined();
  });

  test("whose version is only known later gives a digest that is plain then", async () => {
    const later = { value: "k", version: pulumi.secret("1") };
    expect(await known(versionsDigest({ x: later }))).toEqual({
      value: versionsDigest({ x: givenSecret("k", "1") }),
      secret: false,
    });
  });
});

describe("the ledger of host ports", () => {
  const ledger = (): HostPorts => {
    const made = new HostPorts();
    made.take("meet-media/meet-bridge", "media", [{ port: 10_000, protocol: "udp" }]);
    return made;
  };

  test("refuses a second workload on one port of one pool, and says who has it", () => {
    expect(() => ledger().take("room/room-bridge", "media", [{ port: 10_000, protocol: "udp" }])).toThrow(
      'expected udp ports of the hosts of pool "media" that are free, got "10000"; "meet-media/meet-bridge" has 10000; give "room/room-bridge" another port or a pool of its own',
    );
  });

  test.each([
    ["another pool", "rooms", { port: 10_000, protocol: "udp" }],
    ["another protocol", "media", { port: 10_000, protocol: "tcp" }],
    ["another port", "media", { port: 10_001, protocol: "udp" }],
    ["a range beside it", "media", { port: [10_001, 10_100], protocol: "udp" }],
  ] as const)("gives %s", (_, pool, port) => {
    const made = ledger();
    made.take("room/room-bridge", pool, [port]);
    expect(made.entries.at(-1)).toEqual({ owner: "room/room-bridge", pool, ...port });
  });

  test.each([
    ["begins with", [10_000, 10_100]],
    ["ends with", [9_000, 10_000]],
    ["contains", [9_000, 11_000]],
  ] as const)("refuses a range that %s a port that is taken", (_, port) => {
    expect(() => ledger().take("x", "media", [{ port, protocol: "udp" }])).toThrow(
      /"meet-media\/meet-bridge" has 10000/,
    );
  });

  test("refuses a port on every host where one pool has it, and the other way round", () => {
    expect(() => ledger().take("x", everyPool, [{ port: 10_000, protocol: "udp" }])).toThrow(/has 10000/);
    const made = ledger();
    made.take("edge/edge", everyPool, [{ port: 30_443, protocol: "tcp" }]);
    expect(() => made.take("x", "application", [{ port: 30_443, protocol: "tcp" }])).toThrow(/"edge\/edge" has 30443/);
  });

  test("refuses what the hosts themselves listen on", () => {
    for (const { port, protocol, owner } of ownHostPorts)
      expect(() => new HostPorts().take("x", "media", [{ port, protocol }])).toThrow(`${owner} has ${String(port)}`);
  });

  test("refuses one port twice for one workload, and takes nothing when it refuses", () => {
    const made = ledger();
    const twice = [
      { port: 443, protocol: "tcp" },
      { port: [400, 500], protocol: "tcp" },
    ] as const;
    const before = made.entries;
    expect(() => made.take("x", "media", twice)).toThrow(/"x" has 443/);
    expect(made.entries).toEqual(before);
  });

  test("reports every port that is taken at once", () => {
    const made = ledger();
    made.take("meet-media/meet-relay", "media", [{ port: 443, protocol: "tcp" }]);
    const asked = [
      { port: 443, protocol: "tcp" },
      { port: 10_000, protocol: "udp" },
    ] as const;
    expect(() => made.take("x", "media", asked)).toThrow(/meet-relay[^]*meet-bridge/);
  });
});

describe("a connection that is given", () => {
  const peer = { name: "outside", ranges: ["192.0.2.0/24"] };
  const password = givenSecret("p");
  const database = { host: "db.example.ch", port: 5432, name: "notes", user: "notes", password, ca: "PEM", peer };

  test("comes back with its secrets marked", async () => {
    const read = givenDatabase(database);
    expect({ ...read, password: null }).toEqual({ ...database, password: null });
    expect(await known(read.password.value)).toEqual({ value: "p", secret: true });
    expect(givenCache({ host: "c", port: 6379, password, ca: "PEM", peer }).tls).toBe(true);
  });

  test.each([
    [
      "a database without a password",
      () => givenDatabase({ ...database, password: undefined as never }),
      /password: expected a secret/,
    ],
    [
      "a database without an authority",
      () => givenDatabase({ ...database, ca: "" }),
      /ca: expected a text, got nothing/,
    ],
    ["a database at port 0", () => givenDatabase({ ...database, port: 0 }), /port: expected a port/],
    [
      "a database nowhere",
      () => givenDatabase({ ...database, peer: undefined as never }),
      /peer: expected a tier or something outside/,
    ],
    [
      "a bucket without TLS",
      () =>
        givenBucket({
          endpoint: "http://s3.example.ch",
          bucket: "b",
          region: "r",
          accessKey: password,
          secretKey: password,
          port: 443,
          peer,
        }),
      /endpoint: expected an HTTPS URL/,
    ],
    [
      "an issuer with a final slash",
      () =>
        givenOidcClient({
          issuer: "https://login.example.ch/",
          clientId: "c",
          clientSecret: password,
          port: 443,
          peer,
        }),
      /issuer: expected an HTTPS URL without credentials, query and final slash/,
    ],
    [
      "an issuer with a password and no user",
      () =>
        givenOidcClient({
          issuer: "https://:word@login.example.ch",
          clientId: "c",
          clientSecret: password,
          port: 443,
          peer,
        }),
      /issuer: expected an HTTPS URL without credentials/,
    ],
    [
      "a relay's user without a password",
      () => givenSmtpRelay({ host: "m", port: 25, from: "f", user: "u", peer }),
      /expected a user with a password, or neither, got "a user"/,
    ],
    ["a model at no URL", () => givenLanguage({ url: "llm", model: "m", port: 1, peer }), /url: expected an HTTPS URL/],
    [
      "TURN over HTTP",
      () => givenTurnServers({ urls: ["https://relay"], secret: password, credentialSeconds: 5, realm: "" }),
      /urls: \[0\]: expected a TURN URL[^]*credentialSeconds: expected seconds that a credential is valid from 60[^]*realm: expected a text/,
    ],
    [
      "no TURN server",
      () => givenTurnServers({ urls: [], secret: password, credentialSeconds: 60, realm: "r" }),
      /expected at least one TURN URL/,
    ],
  ])("refuses %s", (_, make, message) => {
    expect(make).toThrow(message);
  });
});
