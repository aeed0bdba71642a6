import { hostOf, isHostname, isInternal, isNear, ofHost } from "../../policies/extract/hosts";

describe("Hosts of addresses", () => {
  test.each<readonly [text: string, host: string | undefined]>([
    ["https://A.Example.org./x", "a.example.org"],
    ["HTTPS://a.example.org", "a.example.org"],
    ["a.example.org:443", "a.example.org"],
    ["a.example.org", "a.example.org"],
    ["1https://a.example.org", "1https"],
    ["x https://a.example.org", undefined],
    ["https://[2001:db8::1]:80/", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["file:///etc", undefined],
    ["gs://", undefined],
    ["", undefined],
    ["a b", undefined],
  ])("%s is %s", (text, host) => {
    expect(hostOf(text)).toBe(host);
  });

  test("a name with letters beyond ASCII is one after hundreds of thousands of others, too", () => {
    // Enough that Node compiles what is asked so often, which changes how it reads such letters. As in a pack, texts come out of JSON: one that was put together is read otherwise.
    const texts = (count: number, host: string): readonly string[] =>
      JSON.parse(JSON.stringify(Array.from({ length: count }, (_, i) => `https://${host}/${i}`))) as readonly string[];
    for (const text of texts(200_000, "a.example.org")) hostOf(text);
    expect(new Set(texts(500, "bücher.example.org").map(hostOf))).toEqual(new Set(["xn--bcher-kva.example.org"]));
  });

  test("a text of more than 4096 characters is none", () => {
    const long = (length: number): string => `https://a.example.org/${"x".repeat(length - 22)}`;
    expect([hostOf(long(4096)), hostOf(long(4097))]).toEqual(["a.example.org", undefined]);
  });

  test("a name inside the cluster is no host outside", () => {
    for (const host of ["localhost", "a", "a.svc", "a.b.svc.cluster.local", "a.cluster.local"])
      expect([host, isInternal(host), isNear(host)]).toEqual([host, true, true]);
    for (const host of [
      "a.localhost",
      "a.b",
      "a.svcs",
      "a.svc.cluster.locals",
      "asvc.b",
      "cluster.local.b",
      "2001:db8::1",
      "192.0.2.1",
    ])
      expect([host, isInternal(host), isNear(host)]).toEqual([host, false, false]);
    for (const host of ["10.0.0.1", "fd00::1"])
      expect([host, isInternal(host), isNear(host)]).toEqual([host, false, true]);
  });

  test("a word that ends like a file is no host", () => {
    expect(["a.sh", "a.YAML", "a.html", "a.htm", "a.shx", "a.sh.b", "xsh"].map(isHostname)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
  });
});

test("the row of a host is its own, else that of the domain above, else one by pattern", () => {
  const table = [
    { host: "example.org", id: 1 },
    { host: "a.example.org", id: 2 },
    { host: "*.b", pattern: /^x\d+\.b$/, id: 3 },
    { host: "*", pattern: /^x+$/, id: 4 },
    { host: "org.", pattern: /^never$/, id: 5 },
  ];
  const of = (host: string): number | undefined => ofHost(table, host)?.id;
  expect(
    ["example.org", "a.example.org", "x.a.example.org", "b.example.org", "x1.b", "y.b", "*.b", "org", "", "a."].map(of),
  ).toEqual([1, 2, 2, 1, 3, undefined, undefined, undefined, undefined, undefined]);
  expect([of("x".repeat(253)), of("x".repeat(254))]).toEqual([4, undefined]);
});
