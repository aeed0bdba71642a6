/** A Jitsi with bridges in two locations that share a network: hosts, filters and what bridges, relays, signalling and browsers are told. */
import { Jitsi, type JitsiPlanArgs, planJitsi, Platform, type PlatformArgs } from "../../../../components";
import { exoscale, hetzner } from "../../../../components";
import { isolatedFrom, site } from "../../../support/arguments";
import { deployedHosts, type RenderedHost } from "../../../support/infrastructure";
import type { Deployment } from "../../../support/mocks";
import { object } from "../../kubernetes/target";
import { domain } from "./support";

jest.setTimeout(120_000);

const regions = { hel1: { participants: 150, users: ["198.51.100.0/24", "203.0.113.64/26"] } };
const planned = (change: Partial<JitsiPlanArgs> = {}) =>
  planJitsi({ name: "meet", domain, participants: 400, regions, ...change });

/** A platform for it. */
const deployed = (change: Partial<PlatformArgs> = {}) =>
  deployedHosts(() => {
    const plan = planned();
    const platform = new Platform("crisis", {
      cloud: hetzner(),
      location: "fsn1",
      machineTypes: { gateway: "cpx22", controlPlane: "cpx32", application: "cpx42", media: "ccx43", data: "ccx23" },
      isolatedFrom,
      domain: "crisis.example.ch",
      administrators: ["203.0.113.0/24"],
      site,
      plans: [plan],
      ...change,
    });
    new Jitsi("meet", { on: platform, plan });
    return { records: platform.records };
  });

describe("a Jitsi with 250 people near Falkenstein and 150 near Helsinki", () => {
  let deployment: Deployment;
  let hosts: Readonly<Record<string, RenderedHost>>;
  beforeAll(async () => {
    ({ deployment, hosts } = await deployed());
  });

  const near = [1, 2, 3, 4].map((n) => `crisis-media-${n}`);
  const far = [1, 2, 3].map((n) => `crisis-media-hel1-${n}`);
  const env = (name: string): Readonly<Record<string, string | undefined>> => {
    const { template } = object(deployment.resources, "Deployment", name)["spec"] as {
      template: { spec: { containers: readonly [{ env: readonly { name: string; value?: string }[] }] } };
    };
    return Object.fromEntries(template.spec.containers[0].env.map((one) => [one.name, one.value]));
  };

  test("has one bridge more than its load needs in each", () => {
    const count = (name: string): unknown => deployment.one("Workload", name).inputs["replicas"];
    expect(["meet-bridge", "meet-bridge-hel1", "meet-relay", "meet-relay-hel1"].map(count)).toEqual([4, 3, 4, 3]);
    expect(deployment.one("Jitsi", "meet").inputs).toMatchObject({
      bridges: 4,
      regions: { hel1: { participants: 150, bridges: 3 } },
    });
  });

  test("has its hosts where they were asked for, as plain texts for the packs, in Kubernetes' zones too", () => {
    const places = Object.fromEntries(
      deployment
        .all("hcloud:index/server:Server")
        .filter(({ name }) => name.includes("-media-"))
        .map(({ name, inputs }) => [name, inputs["location"]]),
    );
    expect(places).toEqual({
      ...Object.fromEntries(near.map((name) => [name, "fsn1"])),
      ...Object.fromEntries(far.map((name) => [name, "hel1"])),
    });
    const { inputs } = deployment.one("hcloud:index/primaryIp:PrimaryIp", "crisis-media-hel1-1-public");
    expect(inputs["location"]).toBe("hel1");
    expect(deployment.one("HostPool", "crisis-media-hel1").inputs).toMatchObject({
      location: "hel1",
      pool: "media-hel1",
    });
    const zone = (host: string): unknown =>
      /topology\.kubernetes\.io\/zone=\w+/.exec(hosts[host]?.files["/etc/rancher/k3s/config.yaml"] ?? "")?.[0];
    expect([zone("crisis-media-1"), zone("crisis-media-hel1-1"), zone("crisis-application-1")]).toEqual([
      "topology.kubernetes.io/zone=fsn1",
      "topology.kubernetes.io/zone=hel1",
      "topology.kubernetes.io/zone=fsn1",
    ]);
  });

  test("lets bridges of both send to each other, and nothing else through their filters", () => {
    const between = (host: string): readonly string[] =>
      (hosts[host]?.files["/etc/nftables.conf"] ?? "").split("\n").filter((line) => line.includes("bridge to bridge"));
    const all = [60, 61, 62, 63, 80, 81, 82].map((n) => `10.20.0.${n}`);
    for (const host of ["crisis-media-1", "crisis-media-hel1-3"]) {
      expect(between(host)).toHaveLength(1);
      expect(
        [
          ...between(host)
            .join()
            .matchAll(/10\.20\.0\.\d+/g),
        ].map(([address]) => address),
      ).toEqual(all);
      expect(between(host).join()).toMatch(/udp dport 10000/);
    }
  });

  test("names its region to each bridge, and the platform's own to every focus", () => {
    expect(env("meet-bridge")["JVB_OCTO_REGION"]).toBe("main");
    expect(env("meet-bridge-hel1")["JVB_OCTO_REGION"]).toBe("hel1");
    for (const focus of ["meet-focus-1", "meet-focus-2"])
      expect(env(focus)).toMatchObject({
        ENABLE_OCTO: "1",
        OCTO_BRIDGE_SELECTION_STRATEGY: "RegionBasedBridgeSelectionStrategy",
        JICOFO_OCTO_REGION: "main",
      });
  });

  test("tells browsers the relays of both, which know every bridge", () => {
    const names = [1, 2, 3, 4]
      .map((n) => `relay-${n}.${domain}`)
      .concat([1, 2, 3].map((n) => `relay-hel1-${n}.${domain}`));
    expect(env("meet-signalling-1")["TURNS_HOST"]).toBe(names.join(","));
    const { data } = object(deployment.resources, "ConfigMap", "meet-addresses");
    expect(Object.keys(data as object)).toEqual([...near, ...far]);
    const records = (deployment.outputs["records"] as readonly string[]).map((record) => record.split(" ")[0]);
    expect(records.filter((name) => name?.startsWith("relay-"))).toEqual(names);
  });

  test("lets bridges of both into signalling, past its limits", () => {
    const ranges = (env("meet-signalling-2")["PROSODY_RATE_LIMIT_ALLOW_RANGES"] ?? "").split(",");
    expect(ranges).toEqual(["10.42.0.0/16", ...[60, 61, 62, 63, 80, 81, 82].map((n) => `10.20.0.${n}/32`)]);
  });
});

describe("regions are refused", () => {
  test.each<[string, Partial<JitsiPlanArgs>, RegExp]>([
    ["without anybody near", { regions: { hel1: { participants: 0, users: ["203.0.113.0/24"] } } }, /participants: /],
    ["without a range", { regions: { hel1: { participants: 9, users: [] } } }, /users: expected at least one range/],
    [
      "with what is no range",
      { regions: { hel1: { participants: 9, users: ["Helsinki"] } } },
      /regions: \["hel1"\]: users: /,
    ],
    [
      "with everybody elsewhere",
      { regions: { hel1: { participants: 400, users: ["203.0.113.0/24"] } } },
      /regions: expected fewer than the 400 participants in other regions, got 400/,
    ],
    [
      "with people in two",
      {
        regions: {
          hel1: { participants: 9, users: ["203.0.113.0/24"] },
          nbg1: { participants: 9, users: ["203.0.113.128/25"] },
        },
      },
      /regions: expected ranges of nbg1 apart from 203\.0\.113\.0\/24 of hel1, got "203\.0\.113\.128\/25"/,
    ],
    [
      "with the name of the platform's own",
      { regions: { main: { participants: 9, users: ["203.0.113.0/24"] } } },
      /expected the code of a location, got "main"/,
    ],
  ])("%s", (_, change, message) => {
    expect(() => planned(change)).toThrow(message);
  });

  test.each<[string, Partial<PlatformArgs>, RegExp]>([
    [
      "in another network zone of Hetzner's",
      {
        location: "ash",
        machineTypes: { gateway: "cpx21", controlPlane: "cpx31", application: "cpx41", media: "ccx43", data: "ccx23" },
      },
      /"crisis-media-hel1": [^]*location: expected a location in the network zone of ash, us-east, got "hel1"; choose one of ash, or make a platform of its own there/,
    ],
    [
      "in another zone of Exoscale's",
      {
        cloud: exoscale({ templateId: "00000000-0000-4000-8000-000000000000" }),
        location: "ch-gva-2",
        machineTypes: {
          gateway: "standard.small",
          controlPlane: "standard.medium",
          application: "standard.large",
          media: "cpu.extra-large",
          data: "standard.medium",
        },
      },
      /"crisis-media-hel1": [^]*location: expected ch-gva-2, the zone of the network, got "hel1"; leave the location out, or make a platform of its own there/,
    ],
  ])("%s", async (_, change, message) => {
    await expect(deployed(change)).rejects.toThrow(message);
  });
});
