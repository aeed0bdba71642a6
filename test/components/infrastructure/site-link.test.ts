import { Gateway, HostPool, hetzner, Network, type LinkedSite, SiteLink } from "../../../components";
import { gatewayArgs } from "../../support/arguments";
import { deployed, linkedSites, segmented, sites, virtual } from "../../support/sites";

const [zurich, geneva] = sites;
const link = (change: (list: LinkedSite[]) => unknown, port?: number) =>
  new SiteLink("sites", { sites: change([zurich, geneva]) as LinkedSite[], ...(port === undefined ? {} : { port }) });

describe("a link refuses", () => {
  test.each<[string, () => unknown, RegExp]>([
    ["one site", () => link(([one]) => [one]), /sites: expected at least two sites/],
    ["no sites", () => link(() => undefined), /sites: expected at least two sites, got nothing/],
    ["a site without a name", () => link(([one]) => [one, { ...geneva, name: "" }]), /sites: \[1\]: name: expected/],
    ["two sites of one name", () => link(([one]) => [one, { ...geneva, name: "zurich" }]), /names of their own/],
    ["a public range", () => link(([one]) => [one, { ...geneva, range: "192.0.2.0/24" }]), /range: expected a private/],
    ["a malformed range", () => link(([one]) => [one, { ...geneva, range: "10.30.0.0" }]), /range: expected a range/],
    [
      "ranges that overlap",
      () => link(([one]) => [one, { ...geneva, range: "10.20.0.0/16" }]),
      /a range of "geneva" apart from "zurich", got "10\.20\.0\.0\/16"/,
    ],
    [
      "a range that another site is isolated from",
      () => link(([one]) => [{ ...one, isolatedFrom: ["10.30.0.128/25"] }, geneva]),
      /a range of "geneva" outside what "zurich" is isolated from/,
    ],
    [
      "a range that it is isolated from itself",
      () => link(([one]) => [one, { ...geneva, isolatedFrom: ["::ffff:10.30.0.0/120"] }]),
      /a range of "geneva" outside what it is isolated from, got "10\.30\.0\.0\/24"; correct its range/,
    ],
    ["one gateway", () => link(([one]) => [one, { ...geneva, gateways: ["192.0.2.20"] }]), /gateways: expected two/],
    [
      "a gateway twice",
      () => link(([one]) => [one, { ...geneva, gateways: ["192.0.2.20", "192.0.2.20"] }]),
      /gateways: expected two to ten different/,
    ],
    [
      "a gateway of two sites",
      () => link(([one]) => [one, { ...geneva, gateways: ["192.0.2.20", "192.0.2.10"] }]),
      /gateways with addresses of their own, got "192\.0\.2\.10"/,
    ],
    [
      "a gateway by name",
      () => link(([one]) => [one, { ...geneva, gateways: ["192.0.2.20", "door.example.ch"] }]),
      /gateways: expected an IP address/,
    ],
    [
      "a gateway by its private address",
      () => link(([one]) => [one, { ...geneva, gateways: ["10.30.0.10", "192.0.2.20"] }]),
      /gateways outside private and isolated ranges, got "10\.30\.0\.10"/,
    ],
    [
      "a gateway by an address that no site has, but that is private",
      () => link(([one]) => [one, { ...geneva, gateways: ["10.99.0.1", "192.0.2.20"] }]),
      /gateways outside private and isolated ranges, got "10\.99\.0\.1"; give public addresses/,
    ],
    [
      "a gateway by a private IPv6 address",
      () => link(([one]) => [one, { ...geneva, gateways: ["fd12::1", "fd12::2"] }]),
      /gateways outside private and isolated ranges, got "fd12::1"/,
    ],
    [
      "a gateway in an isolated range",
      () => link(([one]) => [{ ...one, isolatedFrom: ["198.51.100.0/28"] }, geneva]),
      /gateways outside private and isolated ranges, got "198\.51\.100\.10"/,
    ],
    [
      "gateways that cannot hear each other",
      () => link(([one]) => [one, { ...geneva, gateways: ["2001:db8::1", "2001:db8::2"] }]),
      /gateway addresses of one family/,
    ],
    ["ports beyond the last", () => link((all) => all, 65_533), /port: expected a port from 1 to 65532, got 65533/],
    [
      "a site that it does not have",
      () => link((all) => all).of("basel"),
      /a site of "sites", got "basel"; choose one/,
    ],
  ])("%s", async (_, make, message) => {
    await expect(deployed(() => void make())).rejects.toThrow(message);
  });
});

describe("a gateway refuses", () => {
  const gateway = (args: object, cloud = segmented(), isolated = "10.99.0.0/24") => {
    const network = new Network("zurich", {
      cloud,
      location: "fsn1",
      range: zurich.range,
      isolatedFrom: [{ name: "head office", kind: "directory", ranges: [isolated] }],
    });
    return new Gateway("door", { network, type: "cpx22", ...gatewayArgs, virtualAddress: virtual, ...args });
  };

  test.each<[string, () => unknown, RegExp]>([
    ["a virtual address where networks are no segment", () => gateway({}, hetzner()), /virtualAddress: expected no/],
    [
      "a virtual address outside the network",
      () => gateway({ virtualAddress: 300 }),
      /virtualAddress: expected a host/,
    ],
    ["a gateway's own address as the virtual one", () => gateway({ virtualAddress: 11 }), /"door-virtual" has it/],
    [
      "links without a virtual address",
      () => gateway({ links: [link((all) => all).of("zurich")], virtualAddress: undefined }),
      /links: expected a virtualAddress beside links/,
    ],
    [
      "another site's end",
      () => gateway({ links: [link((all) => all).of("geneva")] }),
      /links: expected the site with the network's range 10\.20\.0\.0\/24, got "10\.30\.0\.0\/24"/,
    ],
    [
      "another number of gateways",
      () => gateway({ links: [link((all) => all).of("zurich")], count: 3 }),
      /links: expected 3 gateways at "zurich", got 2/,
    ],
    [
      "a link to what its network is isolated from",
      () => gateway({ links: [link((all) => all).of("zurich")] }, segmented(), "10.30.0.0/16"),
      /links: expected sites outside the isolated ranges/,
    ],
    [
      "the same link twice",
      () => {
        const end = link((all) => all).of("zurich");
        return gateway({ links: [end, end] });
      },
      /links: expected links to different ranges[^]*links: expected links with ports of their own/,
    ],
  ])("%s", async (_, make, message) => {
    await expect(deployed(() => void make())).rejects.toThrow(message);
  });
});

test("a pool refuses to share an address with hosts of other networks", async () => {
  const pool = () => {
    const network = new Network("net", { cloud: segmented(), location: "fsn1", isolatedFrom: [] });
    const sshFrom = ["10.20.0.10/32"];
    return new HostPool("tools", {
      network,
      role: "tools",
      type: "cpx22",
      firstHost: 30,
      sshFrom,
      segment: ["10.9.0.1"],
    });
  };
  await expect(deployed(() => void pool())).rejects.toThrow(/segment: expected addresses in 10\.20\.0\.0\/24/);
});

test("keys are made per gateway and per tunnel, and none is an argument", async () => {
  const made = await deployed(() => void linkedSites());
  expect(made.all("RandomPassword").map(({ name }) => name)).toEqual(
    expect.arrayContaining(["sites-zurich-1", "sites-geneva-2", "sites-geneva-1-zurich-2"]),
  );
  expect(made.all("RandomPassword").filter(({ name }) => name.startsWith("sites-")).length).toBe(8);
  for (const name of ["zurich-door-1", "geneva-door-2"])
    expect(made.one("command:remote:Command", `${name}-converge`).secrets).toContain("stdin");
  expect(made.one("sovereign-uc:index:Gateway", "zurich-door").inputs["links"]).toEqual([
    { site: "zurich", others: ["10.30.0.0/24"] },
  ]);
});

test("no key comes from a resource that has it as its id: ids are never encrypted in the state", async () => {
  const made = await deployed(() => void linkedSites());
  const types = new Set(made.resources.map(({ type }) => type).filter((type) => type.startsWith("random:")));
  expect([...types]).toEqual(["random:index/randomPassword:RandomPassword"]);
});
