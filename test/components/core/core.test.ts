import * as pulumi from "@pulumi/pulumi";
import { replicasFor } from "../../../components/core/capacity";
import { Cidr, ipAddress, ipv4Address, ranges } from "../../../components/core/cidr";
import { validate, invalid, shown } from "../../../components/core/errors";
import { isolatedSystems } from "../../../components/core/isolation";
import { mirror, mirrorDestinations } from "../../../components/core/mirror";
import { dnsLabel, domainName } from "../../../components/core/names";
import { countInRange } from "../../../components/core/numbers";
import { inbound, openings, outbound, portText } from "../../../components/core/openings";

describe("a range", () => {
  test.each([
    ["10.0.0.0/24", "10.0.0.0/24"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["fd00::/64", "fd00::/64"],
    ["::ffff:10.0.0.0/120", "10.0.0.0/24"],
  ])("%s reads as %s", (text, read) => {
    expect(Cidr.parse(text).toString()).toBe(read);
  });

  test.each([
    ["10.0.0.7/24", 'did you mean "10.0.0.0/24"?'],
    ["10.0.0.7", 'did you mean "10.0.0.7/32"?'],
    ["fd00::1", 'did you mean "fd00::1/128"?'],
    ["fd00::1/64", 'did you mean "fd00::/64"?'],
    ["10.0.0.0/33", "give one like"],
    ["10.0.0/24", "give one like"],
    ["010.0.0.0/8", "give one like"],
    ["::10.0.0.0/120", "give one like"],
    ["fe80::%eth0/64", "give one like"],
    ["banana", "give one like"],
    [undefined, "got nothing"],
    [7, "got 7"],
  ])("%s is refused with advice", (text, advice) => {
    expect(() => Cidr.parse(text)).toThrow(advice);
  });

  test.each([
    ["10.0.0.0/24", 0, "10.0.0.0"],
    ["10.0.0.0/24", 255, "10.0.0.255"],
    ["10.0.0.0/16", 256, "10.0.1.0"],
    ["10.0.255.0/23".replace("255", "254"), 300, "10.0.255.44"],
    ["fd00::/64", 65536, "fd00::1:0"],
  ])("%s has host %d at %s", (range, number, address) => {
    expect(Cidr.parse(range).host(number)).toBe(address);
  });

  test.each([-1, 256, 1.5, NaN])("has no host %d in a /24", (number) => {
    expect(() => Cidr.parse("10.0.0.0/24").host(number)).toThrow("host number below 256");
  });

  test.each([
    ["10.0.0.0/8", "10.1.0.0/16", true],
    ["10.1.0.0/16", "10.0.0.0/8", true],
    ["10.0.0.0/24", "10.0.1.0/24", false],
    ["10.0.0.0/8", "fd00::/8", false],
    ["::ffff:10.0.0.0/104", "10.3.0.0/16", true],
    ["0.0.0.0/0", "192.0.2.0/24", true],
  ])("%s overlaps %s: %s", (one, other, expected) => {
    expect(Cidr.parse(one).overlaps(Cidr.parse(other))).toBe(expected);
  });

  test("a list reports every malformed range at once", () => {
    expect(() => ranges(["10.0.0.1/24", "x", "10.0.0.0/8"])).toThrow(/10\.0\.0\.0\/24.*\n.*"x"/s);
  });
});

test.each(["192.0.2.1", "2001:db8::1"])("%s is an address", (text) => {
  expect(ipAddress(text)).toBe(text);
});

test.each([
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["0:0:0:0:0:FFFF:c000:201", "192.0.2.1"],
  ["2001:DB8:0::1", "2001:db8::1"],
])("%s reads as %s", (text, read) => {
  expect(ipAddress(text)).toBe(read);
});

test.each([
  "192.0.2.0/24",
  "300.1.1.1",
  "example.ch",
  "1",
  "",
  undefined,
  "10.20.0.010",
  "0x0a.1.1.1",
  "::10.0.0.1",
  "::ffff:10.20.0.010",
  "fe80::1%eth0",
])("%s is no address", (text) => {
  expect(() => ipAddress(text)).toThrow("an IP address");
});

test("numbers that some read as octal are refused with advice", () => {
  expect(() => ipAddress("10.20.0.010")).toThrow("write its numbers without leading zeros");
});

test.each(["fd00::1", "::ffff:192.0.2.1", "door"])("%s is no IPv4 address", (text) => {
  expect(() => ipv4Address(text)).toThrow(/expected an IP(v4)? address/);
});

describe("names", () => {
  test.each(["a", "crisis-1", "x".repeat(40)])("%s is a label", (text) => {
    expect(dnsLabel(text)).toBe(text);
  });
  test.each(["", "1a", "a-", "-a", "A", "a_b", "ä", "a b", "x".repeat(41), undefined, 3])("%s is no label", (text) => {
    expect(() => dnsLabel(text)).toThrow("begins with a letter");
  });
  test.each(["meet.example.ch", "a.b", "1.example.ch", "xn--bcher-kva.example.ch"])("%s is a domain", (text) => {
    expect(domainName(text)).toBe(text);
  });
  test.each([
    "example",
    "Example.ch",
    "a..b",
    ".ch",
    "ch.",
    "-a.ch",
    "a b.ch",
    "192.0.2.1",
    "https://a.ch",
    "ü.ch",
    `${"x".repeat(64)}.ch`,
    "",
    null,
  ])("%s is no domain", (text) => {
    expect(() => domainName(text)).toThrow("a domain name");
  });
});

test.each([0, -1, 1.5, NaN, Infinity, "2", undefined, 11])("%s is no whole number from 1 to 10", (value) => {
  expect(() => countInRange(value, "hosts", 1, 10)).toThrow("a whole number of hosts from 1 to 10");
});

describe("capacity", () => {
  test.each([
    [200, 100, 3],
    [201, 100, 4],
    [1, 100, 2],
    [100, 100, 2],
  ])("a load of %d at %d a replica takes %d replicas", (load, perReplica, replicas) => {
    expect(replicasFor({ load, perReplica, unit: "participants", source: "a test" })).toBe(replicas);
  });
  test.each([
    [0, 100],
    [-5, 100],
    [NaN, 100],
    [100, 0],
    [100, Infinity],
  ])("a load of %d at %d is refused", (load, perReplica) => {
    expect(() => replicasFor({ load, perReplica, unit: "participants", source: "a test" })).toThrow(
      "a positive number of participants",
    );
  });
});

describe("openings", () => {
  const isolated = [Cidr.parse("10.0.0.0/16")];
  test("a port outside 1 to 65535, a missing peer, an isolated peer and a missing reason are all reported", () => {
    const wrong = [
      inbound("tcp", 0, ["192.0.2.0/24"], "web"),
      inbound("tcp", [90, 80], ["192.0.2.0/24"], "web"),
      outbound("udp", 53, [], "names"),
      outbound("tcp", 445, ["10.0.3.0/24"], "shares"),
      inbound("tcp", 443, ["0.0.0.0/0"], " "),
      inbound("tcp", 443, ["0.0.0.0/0"], 'a "quote"'),
    ];
    expect(() => openings(wrong, isolated)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /\[0\]: port: .*0;[^]*\[1\]: port: .*\[90,80\][^]*\[2\]: peers: .*at least 1 range[^]*\[3\]: peers: .*isolated range 10\.0\.0\.0\/16[^]*\[4\]: reason: [^]*\[5\]: reason: /,
        ),
      }),
    );
  });
  const good = inbound("tcp", 443, ["192.0.2.0/24"], "web");
  test.each<[string, unknown, RegExp]>([
    ["no list", undefined, /^expected a list of openings, got nothing/],
    ["null among them", [good, null], /^\[1\]: expected an opening, got null; give one like/],
    ["no port", [{ ...good, port: undefined }], /^\[0\]: port: expected ports .*got nothing/],
    ["a port in words", [{ ...good, port: "443" }], /^\[0\]: port: .*got "443"/],
    ["three ports", [{ ...good, port: [1, 2, 3] }], /^\[0\]: port: .*got \[1,2,3\]/],
    ["no peers", [{ ...good, peers: undefined }], /^\[0\]: peers: expected a list of at least 1 range/],
    ["peers in one word", [{ ...good, peers: "192.0.2.0/24" }], /^\[0\]: peers: expected a list/],
    [
      "another direction",
      [{ ...good, direction: "inbound" }],
      /^\[0\]: direction: expected a direction out of in, out, got "inbound"/,
    ],
    [
      "a protocol without ports",
      [{ ...good, protocol: "icmp" }],
      /^\[0\]: protocol: expected a protocol out of tcp, udp, got "icmp"/,
    ],
    ["a user that is none", [{ ...good, user: 'a" accept' }], /^\[0\]: user: expected a system user/],
  ])("%s is refused", (_, values, message) => {
    expect(() => openings(values as never, isolated)).toThrow(message);
  });
  test("the internet may be a peer although it contains isolated ranges, since their drop comes first", () => {
    expect(openings([outbound("tcp", 443, Cidr.anywhere, "proxy")], isolated)).toHaveLength(1);
  });
  test("an IPv4-mapped range of an isolated one is refused", () => {
    expect(() => openings([inbound("tcp", 443, ["::ffff:10.0.3.0/120"], "web")], isolated)).toThrow(
      "isolated range 10.0.0.0/16",
    );
  });
  test("ports read as one number or a range", () => {
    expect([inbound("tcp", 443, [], "").port, portText(inbound("udp", [1, 2], [], ""))]).toEqual([443, "1-2"]);
  });
});

describe("isolated systems", () => {
  const own = { range: Cidr.parse("10.20.0.0/24") };
  test.each([
    ["no list", undefined, "a list of isolated systems"],
    ["no name", [{ kind: "mail", ranges: ["10.0.0.0/24"] }], "a name of 1 to 60"],
    ["an unknown kind", [{ name: "x", kind: "printer", ranges: ["10.0.0.0/24"] }], "a kind out of directory"],
    ["no range", [{ name: "x", kind: "mail", ranges: [] }], "at least 1 range"],
    ["a malformed range", [{ name: "x", kind: "mail", ranges: ["10.0.0.1/24"] }], "without host bits"],
    [
      "an overlap",
      [{ name: "x", kind: "mail", ranges: ["10.20.0.128/25"] }],
      'outside the range 10.20.0.0/24, got "10.20.0.128/25"',
    ],
    ["an overlap by mapping", [{ name: "x", kind: "mail", ranges: ["::ffff:10.20.0.0/120"] }], "outside the range"],
  ])("%s is refused", (_, value, message) => {
    expect(() => isolatedSystems(value, own)).toThrow(message);
  });
});

describe("a mirror", () => {
  const good = {
    registry: "registry.example.ch:5000",
    packages: "https://packages.example.ch/debian/",
    artefacts: "https://artefacts.example.ch",
  };
  test("is known by its hosts and their ports, each once", () => {
    expect(mirrorDestinations(mirror(good))).toEqual([
      { host: "registry.example.ch", port: 5000 },
      { host: "packages.example.ch", port: 443 },
      { host: "artefacts.example.ch", port: 443 },
    ]);
    const address = "https://mirror.example.ch:8443";
    const one = { registry: "mirror.example.ch", packages: `${address}/debian`, artefacts: `${address}/files` };
    expect(mirrorDestinations(mirror(one))).toEqual([
      { host: "mirror.example.ch", port: 443 },
      { host: "mirror.example.ch", port: 8443 },
    ]);
    expect(mirror(good).packages).toBe("https://packages.example.ch/debian");
  });
  test.each([
    [undefined, /registry: .*\npackages: .*\nartefacts: /s],
    [{ ...good, registry: "registry" }, /registry: expected a domain name/],
    [{ ...good, registry: "registry.example.ch:x" }, /registry: expected a registry host/],
    [{ ...good, registry: "registry.example.ch:0" }, /registry: expected a registry host/],
    [{ ...good, registry: "registry.example.ch:65536" }, /registry: expected a registry host/],
    [{ ...good, registry: "registry.example.ch:" }, /registry: expected a registry host/],
    [{ ...good, packages: "http://packages.example.ch" }, /packages: expected an https address/],
    [
      { ...good, artefacts: "https://user:word@artefacts.example.ch" },
      /artefacts: expected an https address without credentials/,
    ],
    [
      { ...good, artefacts: "https://:word@artefacts.example.ch" },
      /artefacts: expected an https address without credentials/,
    ],
    [{ ...good, artefacts: "https://192.0.2.1" }, /artefacts: expected a domain name/],
  ])("%j is refused", (value, message) => {
    expect(() => mirror(value as never)).toThrow(message);
  });
});

describe("problems", () => {
  test("are reported all at once, each under its argument", () => {
    const parsers = {
      a: () => {
        throw invalid("one", 2, "give one");
      },
      b: () => 1,
      c: () => {
        throw new RangeError("first\nsecond");
      },
    };
    expect(() => validate(parsers)).toThrow("a: expected one, got 2; give one\nc: first\nc: second");
  });
  test("an unexpected error is not swallowed", () => {
    const broken = () => {
      throw new TypeError("a bug");
    };
    expect(() => validate({ broken })).toThrow(TypeError);
  });
  const circle: Record<string, unknown> = {};
  circle["a"] = circle;
  test.each<[string, unknown, string]>([
    ["nothing", undefined, "nothing"],
    ["a number that is none", NaN, "NaN"],
    ["a large number", 7n, "7"],
    ["a function", () => "a secret", "a function"],
    ["an output", pulumi.secret("a secret"), "an output"],
    ["a list with an output", ["a", pulumi.secret("a secret")], '["a","an output"]'],
    ["an instance", new Map([["a", "a secret"]]), "a Map"],
    ["what holds itself", circle, '{"a":{"a":{"a":"…"}}}'],
    ["an object without a prototype", Object.assign(Object.create(null) as object, { a: 1 }), '{"a":1}'],
  ])("%s is named, and gives nothing away", (_, value, expected) => {
    expect(shown(value)).toBe(expected);
  });
  test("long values are cut", () => {
    expect(shown("x".repeat(100))).toHaveLength(80);
  });
});
