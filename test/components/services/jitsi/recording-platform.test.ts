/** A Jitsi with recorders on a whole platform: their hosts, and the filters on their way to the meeting. */
import { givenBucket, givenSecret, hetzner, Jitsi, planJitsi, Platform } from "../../../../components";
import { isolatedFrom, site } from "../../../support/arguments";
import { deployedHosts, type RenderedHost } from "../../../support/infrastructure";
import type { Deployment } from "../../../support/mocks";
import { object } from "../../kubernetes/target";
import { domain } from "./support";

jest.setTimeout(120_000);

describe("a Jitsi with recorders on a platform", () => {
  const store = "https://sos-ch-gva-2.exo.io";
  let deployment: Deployment;
  let hosts: Readonly<Record<string, RenderedHost>>;

  beforeAll(async () => {
    ({ deployment, hosts } = await deployedHosts(() => {
      const plan = planJitsi({ name: "meet", domain, participants: 100, recordings: { atOnce: 1, gib: 50, store } });
      const platform = new Platform("crisis", {
        cloud: hetzner(),
        location: "fsn1",
        machineTypes: { gateway: "cpx22", controlPlane: "cpx32", application: "cpx42", media: "ccx43", data: "ccx23" },
        isolatedFrom,
        domain: "crisis.example.ch",
        administrators: ["203.0.113.0/24"],
        site,
        plans: [plan],
      });
      const bucket = givenBucket({
        endpoint: store,
        bucket: "recordings",
        region: "ch-gva-2",
        accessKey: givenSecret("access"),
        secretKey: givenSecret("secret"),
        ...platform.proxy,
      });
      new Jitsi("meet", { on: platform, plan, privacy: { confidentiality: "transport", recording: { bucket } } });
    }));
  });

  const filter = (host: string): readonly string[] =>
    (hosts[host]?.files["/etc/nftables.conf"] ?? "").split("\n").map((line) => line.trim());

  test("has hosts of their own for them, with one more than recordings at once, and an encrypted volume on each", () => {
    expect(Object.keys(hosts).filter((name) => name.includes("-rec-"))).toEqual([
      "crisis-meet-rec-1",
      "crisis-meet-rec-2",
    ]);
    const volumes = deployment.resources.filter(
      ({ type, name }) => type === "hcloud:index/volume:Volume" && name.includes("-rec-"),
    );
    expect(volumes.map(({ inputs }) => inputs["size"])).toEqual([50, 50]);
    expect(
      object(deployment.resources, "PersistentVolume", "crisis-meet-rec-2-meet-rec-of-meet-recorder")["spec"],
    ).toMatchObject({
      capacity: { storage: "50Gi" },
    });
  });

  test("has filters that let a browser's way through: out of its host, and into bridges and gateways", () => {
    expect(filter("crisis-meet-rec-1")).toContain('ip saddr 10.42.0.0/16 ip daddr 10.20.0.0/24 accept comment "pods"');
    expect(filter("crisis-media-1").some((line) => /udp dport 10000 accept/.test(line) && !/saddr/.test(line))).toBe(
      true,
    );
    expect(filter("crisis-gateway-1").some((line) => /tcp dport 443 accept/.test(line) && !/saddr/.test(line))).toBe(
      true,
    );
  });

  test("lets gateways lead to the store, and to no place for the sake of a browser", () => {
    const proxy = hosts["crisis-gateway-1"]?.files["/etc/squid/squid.conf"] ?? "";
    const names = Object.entries(hosts["crisis-gateway-1"]?.files ?? {})
      .filter(([path]) => path.startsWith("/etc/squid/"))
      .map(([, text]) => text)
      .join("\n");
    expect(`${proxy}${names}`).toContain("sos-ch-gva-2.exo.io");
    expect(`${proxy}${names}`).not.toMatch(/google|gvt1/);
  });
});
