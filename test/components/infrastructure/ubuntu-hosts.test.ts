/** Hosts with Ubuntu: what lands on them on every cloud, as golden files, and what of them differs from Debian's. */
import { exoscale, HostPool, metal, Network } from "../../../components";
import { mirror as checkedMirror, mirrorDestinations } from "../../../components/core/mirror";
import { base } from "../../../components/recipe/parts/base";
import { privateHost } from "../../../components/recipe/parts/private-host";
import { sentTo } from "../../support/elastic";
import { goldenFolder } from "../../support/golden";
import { type HostFile, hostFiles, hostTree } from "../../support/host-tree";
import { deployedHosts, isolatedFrom, worlds } from "../../support/infrastructure";
import { machine, sites } from "../../support/inventory";
import { mirror } from "../../support/arguments";
import { deploy } from "../../support/mocks";
import { ubuntuHosts } from "../../support/ubuntu";

type Files = Readonly<Record<string, HostFile>>;

let rendered: Readonly<Record<string, Files>>;
let images: Readonly<Record<string, readonly unknown[]>>;
beforeAll(async () => {
  const hosts: Record<string, Files> = {};
  const found: Record<string, readonly unknown[]> = {};
  for (const world of worlds) {
    const deployed = await deployedHosts(() => ubuntuHosts(world));
    const { userData, files } = deployed.hosts["hearing-1"] ?? { files: {} };
    const sent = sentTo(deployed.deployment, "hearing-1");
    hosts[`${world.id}/hearing-1`] = Object.fromEntries([
      ...(userData === undefined ? [] : [["/user-data", { mode: "-", content: userData }]]),
      ...Object.entries(files).map(([path, content]) => [path, { mode: sent[path]?.mode ?? "none", content }]),
    ]) as Files;
    found[world.id] = deployed.deployment.resources
      .filter(({ name }) => name === "hearing-1" || name === "door-1")
      .map(({ inputs }) => inputs["image"] ?? inputs["templateId"]);
  }
  [rendered, images] = [hosts, found];
});

test("what is rendered for a host with Ubuntu is in the golden files", () => {
  for (const [host, files] of Object.entries(rendered))
    expect([host, Object.entries(files).filter(([, { mode }]) => !/^(0\d{3}|-)$/.test(mode))]).toEqual([host, []]);
  const tree = hostTree(rendered);
  for (const [host, files] of Object.entries(rendered)) expect(hostFiles(tree, host)).toEqual(files);
  goldenFolder("hosts-ubuntu", tree);
});

test("each cloud starts it from Ubuntu's image, and the gateways before it from Debian's", () => {
  expect(images["hetzner"]).toEqual(["debian-12", "ubuntu-22.04"]);
  expect(images["exoscale"]).toEqual(["00000000-0000-4000-8000-000000000012", "00000000-0000-4000-8000-000000002204"]);
});

test("no file of it names a host of Ubuntu's, or Debian's archive", () => {
  for (const files of Object.values(rendered)) {
    expect(Object.keys(files).length).toBeGreaterThan(60);
    for (const { content } of Object.values(files))
      expect(content).not.toMatch(/ubuntu\.com|canonical\.com|snapcraft\.io|bookworm|packages\.example\.ch\/debian/);
  }
});

test("the base is Debian's but for the security updates' origin, apt's settings and what silences the vendor", () => {
  const of = (system: "debian-12" | "ubuntu-22.04") =>
    new Map(base(system).files?.map(({ path, content }) => [path, content]));
  const [debian, ubuntu] = [of("debian-12"), of("ubuntu-22.04")];
  expect([...debian].filter(([path, content]) => ubuntu.get(path) !== content).map(([path]) => path)).toEqual([
    "/etc/apt/apt.conf.d/60-sovereign-uc",
  ]);
  expect(ubuntu.get("/etc/apt/apt.conf.d/60-sovereign-uc")).toContain(
    'Unattended-Upgrade::Origins-Pattern { "origin=Ubuntu,archive=${distro_codename}-security"; };',
  );
});

describe("what cannot work is refused", () => {
  const pool = (cloud: () => ConstructorParameters<typeof Network>[1]["cloud"], location: string, more: object) => () =>
    void new HostPool("hearing", {
      network: new Network("net", { cloud: cloud(), location, isolatedFrom }),
      role: "media",
      type: "large",
      firstHost: 70,
      sshFrom: [],
      ...more,
    });
  const inventory = () => metal({ sites, hosts: [machine(70)], accessKey: "secret access key", vlan: { id: 4000 } });
  const exo = () => exoscale({ templateId: "00000000-0000-4000-8000-000000000012" });

  test.each([
    [
      "a system that the recipe does not know",
      pool(inventory, "bern", { system: "ubuntu-24.04" }),
      'system: expected "debian-12" or "ubuntu-22.04", got "ubuntu-24.04"',
    ],
    [
      "Ubuntu on a machine that has Debian",
      pool(inventory, "bern", { system: "ubuntu-22.04" }),
      'expected "machine-70" at 10.20.0.70 to have ubuntu-22.04, got "debian-12"',
    ],
    [
      "Ubuntu at Exoscale without its template",
      pool(exo, "ch-gva-2", { system: "ubuntu-22.04", type: "standard.large" }),
      "expected a template with Ubuntu 22.04, got nothing",
    ],
    [
      "Ubuntu without a mirror of its archive",
      pool(
        () => metal({ sites, hosts: [machine(70, { system: "ubuntu-22.04" })], accessKey: "key", vlan: { id: 4000 } }),
        "bern",
        {
          system: "ubuntu-22.04",
          recipe: () => privateHost({ gateways: ["10.20.0.10"], mirror, system: "ubuntu-22.04" }),
        },
      ),
      "expected the mirror's address of Ubuntu's packages, got nothing",
    ],
  ])("%s", async (_, program, message) => {
    await expect(deploy(program)).rejects.toThrow(message);
  });

  test("a machine of the inventory with a system that is none", () => {
    expect(() => metal({ sites, hosts: [machine(70, { system: "windows" as never })], accessKey: "key" })).toThrow(
      'system: expected "debian-12" or "ubuntu-22.04", got "windows"',
    );
  });
});

test("gateways let through to the mirror of Ubuntu's packages where it is a place of its own", () => {
  const read = checkedMirror({ ...mirror, ubuntu: "https://ubuntu.example.ch:8443/ubuntu/" });
  expect(read.ubuntu).toBe("https://ubuntu.example.ch:8443/ubuntu");
  expect(mirrorDestinations(read)).toContainEqual({ host: "ubuntu.example.ch", port: 8443 });
  expect(() => checkedMirror({ ...mirror, ubuntu: "http://ubuntu.example.ch" })).toThrow("ubuntu: expected");
});
