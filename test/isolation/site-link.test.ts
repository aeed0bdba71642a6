/** Two sites in network namespaces, linked by the rendered files of their gateways: wg-quick, wireguard-go, keepalived, nftables. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Background, background, until } from "../support/programs/background";
import { installed, program } from "../support/programs/programs";
import { deployed, filesOf, linkedSites, sites } from "../support/sites";
import { describeWithNamespaces } from "./possible";

jest.setTimeout(240_000);

const space = (name: string): string => `uc-isolation-${process.pid}-${name}`;
const ip = (...words: string[]): string => execFileSync("ip", words, { encoding: "utf8", stdio: "pipe" });
const inside = (name: string, ...words: string[]): string => ip("netns", "exec", space(name), ...words);

/** Echoes UDP on port 7000. */
const echo = `
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 7000))
while True:
    data, peer = s.recvfrom(64)
    s.sendto(data, peer)
`;
/** Sends one packet and fails when no answer comes within a second. */
const ask = `
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(1)
s.sendto(b"hello", (sys.argv[1], 7000))
s.recvfrom(64)
`;
/** The same from a given source. */
const askFrom = `
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(1)
s.bind((sys.argv[1], 0))
s.sendto(b"hello", (sys.argv[2], 7000))
s.recvfrom(64)
`;

const hosts = sites.flatMap(({ name, range, gateways }, s) => [
  ...gateways.map((outer, i) => ({
    name: `${name}-door-${i + 1}`,
    site: s,
    inner: range.replace("0/24", `1${i}`),
    outer,
  })),
  { name: `${name}-tools-1`, site: s, inner: range.replace("0/24", "30"), outer: undefined },
]);
const gateways = hosts.filter(({ outer }) => outer !== undefined);
const isolatedHost = "10.99.0.5";
/** wireguard-go needs the tun device; the kernel need not have WireGuard. */
const tun = existsSync("/dev/net/tun") ? [] : ["/dev/net/tun"];

describeWithNamespaces(
  ["nft", "wg", "wg-quick", "keepalived", "python3", "sysctl", "wireguard-go", ...tun],
  "two sites with two gateways each",
  () => {
    let folder: string;
    const running: Background[] = [];
    const reaches = (from: string, address: string): Promise<boolean> =>
      Promise.resolve(
        spawnSync("ip", ["netns", "exec", space(from), "python3", "-c", ask, address], { stdio: "ignore" }).status ===
          0,
      );
    const holders = (site: string): string[] =>
      gateways
        .map(({ name }) => name)
        .filter((name) => name.startsWith(site) && /inet 10\.\d+\.0\.5\//.test(inside(name, "ip", "-4", "address")));

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "sites-"));
      const wireguard = await program("wireguard-go");
      const made = await deployed(() => void linkedSites());
      for (const name of ["wire", ...hosts.map((host) => host.name)]) {
        ip("netns", "add", space(name));
        inside(name, "ip", "link", "set", "lo", "up");
      }
      for (const bridge of ["internet", "segment0", "segment1"]) {
        inside("wire", "ip", "link", "add", bridge, "type", "bridge");
        inside("wire", "ip", "link", "set", bridge, "up");
      }
      hosts.forEach(({ name, site, inner, outer }, i) => {
        const plug = (device: string, bridge: string, address: string): void => {
          const end = `${device}${i}`;
          ip("link", "add", device, "netns", space(name), "type", "veth", "peer", "name", end, "netns", space("wire"));
          inside("wire", "ip", "link", "set", end, "master", bridge, "up");
          inside(name, "ip", "address", "add", `${address}/24`, "dev", device);
          inside(name, "ip", "link", "set", device, "up");
        };
        plug("inner", `segment${site}`, inner);
        if (outer === undefined) return;
        plug("outer", "internet", outer);
        inside(name, "ip", "route", "add", "default", "dev", "outer");
      });
      // Private hosts have no filter here, and a route to the isolated system: only the gateways block it.
      for (const { name, site } of hosts.filter(({ outer }) => outer === undefined)) {
        const [own, other] = site === 0 ? ["10.20.0.5", "10.30.0.0/24"] : ["10.30.0.5", "10.20.0.0/24"];
        expect(filesOf(made, name)["/etc/systemd/system/site-routes.service"]).toContain(`replace ${other} via ${own}`);
        for (const range of [other, ...(site === 0 ? ["10.99.0.0/24"] : [])])
          inside(name, "ip", "route", "replace", range, "via", own);
        if (site === 1) inside(name, "ip", "address", "add", `${isolatedHost}/32`, "dev", "lo");
        running.push(background("ip", ["netns", "exec", space(name), "python3", "-c", echo], folder));
      }
      for (const { name } of gateways) {
        const tree = join(folder, name);
        for (const [path, content] of Object.entries(filesOf(made, name)))
          if (/wireguard|sovereign-uc|keepalived\.conf|nftables|site-link/.test(path)) {
            // inside.sh isolates /etc, /var and /run from the machine.
            const place = join(tree, path.replace("/usr/local/lib/sovereign-uc", "/etc/sovereign-uc/scripts"));
            mkdirSync(dirname(place), { recursive: true });
            writeFileSync(place, content);
          }
        const inTree = ["sh", join(__dirname, "inside.sh"), tree, "sh", join(__dirname, "site.sh"), wireguard];
        running.push(
          background(
            "ip",
            ["netns", "exec", space(name), "unshare", "--mount", "--pid", "--fork", "--kill-child", ...inTree],
            folder,
          ),
        );
      }
    });
    afterAll(async () => {
      await Promise.all(running.map((one) => one.stop()));
      for (const name of ["wire", ...hosts.map((host) => host.name)]) spawnSync("ip", ["netns", "delete", space(name)]);
      rmSync(folder, { recursive: true, force: true });
    });

    test("a packet of a private host reaches one of the other site, and the answer comes back", async () => {
      await until(
        "an answer of the other site",
        () => {
          running.forEach((one) => one.mustRun());
          return reaches("zurich-tools-1", "10.30.0.30");
        },
        60,
      );
      expect(await reaches("geneva-tools-1", "10.20.0.30")).toBe(true);
      expect(sites.map(({ name }) => holders(name).length)).toEqual([1, 1]);
    });

    test("an isolated address is not reached through the tunnel: the gateway drops it", async () => {
      expect(await reaches("zurich-tools-1", "10.30.0.30")).toBe(true);
      expect(await reaches("zurich-tools-1", isolatedHost)).toBe(false);
      const filter = inside(
        holders("zurich")[0] ?? "",
        installed("nft") ?? "nft",
        "list",
        "chain",
        "inet",
        "sovereign_uc",
        "isolated_first",
      );
      expect(filter).toMatch(/ip daddr @isolated_ip counter packets [1-9]/);
    });

    test("packets flow again after the gateway in use has failed, at one site and then at the other", async () => {
      for (const { name } of sites) {
        const [gone = ""] = holders(name);
        for (const device of ["inner", "outer"]) inside(gone, "ip", "link", "set", device, "down");
        await until(`an answer without ${gone}`, () => reaches("zurich-tools-1", "10.30.0.30"), 60);
        expect(holders(name).filter((holder) => holder !== gone)).toHaveLength(1);
      }
    });
  },
);

describeWithNamespaces(["nft", "python3", "sysctl"], "a gateway whose tunnels are not there yet", () => {
  const [inner, door, outer] = ["early-inside", "early-door", "early-outside"] as const;
  const theirs = "10.30.0.30";
  let folder: string;
  let filter: string;
  let nft: string;
  const running: Background[] = [];
  const say = (from: string, source: string, target: string): boolean =>
    spawnSync("ip", ["netns", "exec", space(from), "python3", "-c", askFrom, source, target], { stdio: "ignore" })
      .status === 0;
  /** Unencrypted packets between the sites' ranges that reached a namespace. */
  const seen = (name: string): number =>
    Number(/packets (\d+)/.exec(inside(name, nft, "list", "chain", "inet", "watch", "between"))?.[1]);
  const load = (rules: string): void =>
    void execFileSync("ip", ["netns", "exec", space(door), nft, "-f", "-"], { input: rules });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "early-"));
    nft = installed("nft") ?? "nft";
    filter = filesOf(await deployed(() => void linkedSites()), "zurich-door-1")["/etc/nftables.conf"] ?? "";
    for (const name of [inner, door, outer]) {
      ip("netns", "add", space(name));
      inside(name, "ip", "link", "set", "lo", "up");
    }
    inside(door, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
    const cable = (device: string, far: string, near: readonly string[], away: readonly string[]): void => {
      ip("link", "add", device, "netns", space(door), "type", "veth", "peer", "name", "cable", "netns", space(far));
      for (const address of near) inside(door, "ip", "address", "add", address, "dev", device);
      for (const address of away) inside(far, "ip", "address", "add", address, "dev", "cable");
      inside(door, "ip", "link", "set", device, "up");
      inside(far, "ip", "link", "set", "cable", "up");
    };
    cable("inner", inner, ["10.20.0.10/24"], ["10.20.0.30/24"]);
    cable("outer", outer, ["192.0.2.10/24"], ["192.0.2.1/24", `${theirs}/32`]);
    inside(door, "ip", "route", "add", "default", "dev", "outer");
    inside(inner, "ip", "route", "add", "10.30.0.0/24", "via", "10.20.0.10");
    inside(outer, "ip", "route", "add", "10.20.0.0/24", "via", "192.0.2.10", "src", theirs);
    for (const name of [inner, outer]) {
      const rule = "ip saddr { 10.20.0.0/24, 10.30.0.0/24 } ip daddr { 10.20.0.0/24, 10.30.0.0/24 } counter";
      execFileSync("ip", ["netns", "exec", space(name), nft, "-f", "-"], {
        input: `table inet watch { chain between { type filter hook prerouting priority raw; ${rule}; }; }`,
      });
      running.push(background("ip", ["netns", "exec", space(name), "python3", "-c", echo], folder));
    }
  });
  afterAll(async () => {
    await Promise.all(running.map((one) => one.stop()));
    for (const name of [inner, door, outer]) spawnSync("ip", ["netns", "delete", space(name)]);
    rmSync(folder, { recursive: true, force: true });
  });

  test("sends nothing for another site out of its public interface, and passes on nothing from there with a forged source", async () => {
    load("flush ruleset");
    await until(
      "both to answer without a filter",
      () => Promise.resolve(say(inner, "10.20.0.30", theirs) && say(outer, theirs, "10.20.0.30")),
      30,
    );
    const before = [seen(inner), seen(outer)];
    expect(Math.min(...before)).toBeGreaterThan(1);
    load(filter);
    expect([say(inner, "10.20.0.30", theirs), say(outer, theirs, "10.20.0.30")]).toEqual([false, false]);
    expect([seen(inner), seen(outer)]).toEqual(before);
  });

  test("passes both on by interfaces with the tunnels' names", () => {
    load(filter);
    inside(door, "ip", "link", "set", "outer", "down");
    inside(door, "ip", "link", "set", "outer", "name", "wg-51823");
    inside(door, "ip", "link", "set", "wg-51823", "up");
    inside(door, "ip", "route", "add", "default", "dev", "wg-51823");
    expect([say(inner, "10.20.0.30", theirs), say(outer, theirs, "10.20.0.30")]).toEqual([true, true]);
  });
});
