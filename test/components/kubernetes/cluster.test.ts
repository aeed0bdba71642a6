import { Cluster, type ClusterArgs, Gateway, Network } from "../../../components";
import { gatewayArgs, isolatedFrom, outputs, renderedHosts, worlds } from "../../support/infrastructure";
import { deploy, type Deployment } from "../../support/mocks";

const endpoint = "sos-ch-dk-2.exo.io";

describe.each(worlds)("a cluster on $id", ({ id, cloud, location, type }) => {
  const made = (
    changes: object = {},
    egress: readonly object[] = [{ host: endpoint, port: 443, reason: "snapshots" }],
  ) => {
    const network = new Network("net", { cloud: cloud(), location, isolatedFrom });
    const gateway = new Gateway("door", {
      network,
      type,
      ...gatewayArgs,
      volumeHosts: network.addresses(20, 3),
      egress: egress as never,
    });
    const args: ClusterArgs = {
      network,
      gateway,
      domain: "crisis.example.ch",
      controlPlane: { type, firstHost: 20 },
      application: { type, firstHost: 30, count: 2 },
    };
    return new Cluster("uc", { ...args, ...changes });
  };
  const config = (files: Readonly<Record<string, string>> | undefined) =>
    JSON.parse(files?.["/etc/rancher/k3s/config.yaml"] ?? "{}") as Readonly<Record<string, unknown>>;

  /** Files that a host's convergence sends, by path. */
  const sent = (
    deployment: Deployment,
    host: string,
  ): Readonly<Record<string, readonly [mode: string, content: string]>> =>
    Object.fromEntries(
      String(deployment.one("command:remote:Command", `${host}-converge`).inputs["stdin"])
        .split("\n")
        .map((line) => line.split(" "))
        .filter(([kind]) => kind === "file")
        .map(([, mode = "", , path = "", content = ""]) => [decoded(path), [mode, decoded(content)]]),
    );
  const decoded = (text: string): string => Buffer.from(text, "base64").toString();

  describe("with graphics processors", () => {
    const toolkitKey =
      "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQINBFWkeyof\n=test\n-----END PGP PUBLIC KEY BLOCK-----\n";
    const gpuTypes = { hetzner: undefined, exoscale: "gpu2.large", metal: "graphics" } as const;
    const gpuType = gpuTypes[id];
    const gpu = { type: gpuType ?? type, firstHost: 80, count: 2, toolkitKey };

    test("a type without them is refused before anything is made", async () => {
      await expect(deploy(() => void made({ gpu: { ...gpu, type } }), { outputs })).rejects.toThrow(
        /"uc": gpu\.type: expected (a type|machines of type "large") with graphics processors, got ".*"; (bring|take|give|Hetzner's cloud has none)/,
      );
    });
    // The rest asks for hosts that such a cloud cannot have.
    if (gpuType === undefined) return;

    test("their hosts are private members with a label, a taint and the driver before k3s", async () => {
      const deployment = await deploy(() => void made({ gpu }), { outputs });
      const files = sent(deployment, "uc-gpu-1");
      expect(JSON.parse(files["/etc/rancher/k3s/config.yaml"]?.[1] ?? "{}")).toMatchObject({
        "node-taint": ["sovereign-uc/gpu=true:NoSchedule"],
      });
      const steps = String(deployment.one("command:remote:Command", "uc-gpu-1-converge").inputs["stdin"]).split("\n");
      expect(steps).toContain("package nvidia-container-toolkit");
      const unit = (name: string) => steps.findIndex((line) => line.startsWith(`unit restart ${name}`));
      expect(unit("gpu.service")).toBeGreaterThan(0);
      expect(unit("gpu.service")).toBeLessThan(unit("k3s.service"));
      expect(deployment.one("sovereign-uc:index:HostPool", "uc-gpu").inputs).toMatchObject({
        role: "gpu",
        door: false,
      });
    });

    test("packages come from the mirror only, signed with the given key", async () => {
      const files = sent(await deploy(() => void made({ gpu }), { outputs }), "uc-gpu-2");
      const [, list = ""] = files["/etc/apt/gpu.list.d/gpu.list"] ?? [];
      const hosts = [...list.matchAll(/https:\/\/([^/]+)/g)].map(([, host]) => host);
      expect(new Set(hosts)).toEqual(new Set(["packages.example.ch", "artefacts.example.ch"]));
      const [, key = ""] = /signed-by=(\S+)\]/.exec(list) ?? [];
      expect(files[key]).toEqual(["0644", toolkitKey]);
    });

    test("the other pools have no driver, and the cluster waits for every host", async () => {
      let cluster: Cluster | undefined;
      const deployment = await deploy(() => void (cluster = made({ gpu })), { outputs });
      expect(sent(deployment, "uc-application-1")).not.toHaveProperty(["/etc/apt/gpu.list.d/gpu.list"]);
      expect(cluster?.hostAddresses.gpu).toEqual(["10.20.0.80", "10.20.0.81"]);
      expect(cluster?.ready).toHaveLength(7);
    });

    test.each<[string, object, RegExp]>([
      ["no key", { toolkitKey: undefined }, /gpu\.toolkitKey: expected an armoured public key, got nothing/],
      [
        "a private key",
        { toolkitKey: toolkitKey.replaceAll("PUBLIC", "PRIVATE") },
        /gpu\.toolkitKey: expected an armoured public key/,
      ],
      ["host numbers of another pool", { firstHost: 31 }, /firstHost: expected host numbers of "net" that are free/],
    ])("it refuses %s", async (_, changes, message) => {
      await expect(deploy(() => void made({ gpu: { ...gpu, ...changes } }), { outputs })).rejects.toThrow(message);
    });
  });

  describe("with snapshots in a bucket", () => {
    const snapshots = {
      endpoint,
      bucket: "crisis-etcd",
      region: "ch-dk-2",
      accessKey: "the access key",
      secretKey: "the secret key",
    };

    test("every control-plane member sends them there through the proxy", async () => {
      const hosts = await renderedHosts(() => void made({ snapshots }));
      for (const member of [1, 2, 3])
        expect(config(hosts[`uc-control-${member}`]?.files)).toMatchObject({
          "etcd-s3": true,
          "etcd-s3-endpoint": endpoint,
          "etcd-s3-bucket": "crisis-etcd",
          "etcd-s3-region": "ch-dk-2",
          "etcd-s3-folder": "uc",
          "etcd-s3-proxy": "http://gateway.internal:3128",
        });
      expect(config(hosts["uc-application-1"]?.files)).not.toHaveProperty("etcd-s3");
    });

    test("the credentials travel as a secret file of the control plane's hosts, and nowhere else", async () => {
      const deployment = await deploy(() => void made({ snapshots }), { outputs });
      const [mode, content = "{}"] =
        sent(deployment, "uc-control-2")["/etc/rancher/k3s/config.yaml.d/70-snapshots.yaml"] ?? [];
      expect(mode).toBe("0600");
      expect(JSON.parse(content)).toEqual({
        "etcd-s3-access-key": "the access key",
        "etcd-s3-secret-key": "the secret key",
      });
      expect(JSON.stringify(sent(deployment, "uc-application-1"))).not.toMatch(/the (access|secret) key/);
      const others = deployment.resources.map(({ inputs, ...rest }) => ({ ...rest, inputs: { ...inputs, stdin: "" } }));
      expect(JSON.stringify(others.map(({ inputs }) => inputs))).not.toMatch(/the (access|secret) key/);
    });

    test("changed credentials restart k3s", async () => {
      const deployment = await deploy(() => void made({ snapshots }), { outputs });
      const unit = String(deployment.one("command:remote:Command", "uc-control-1-converge").inputs["stdin"])
        .split("\n")
        .find((line) => line.startsWith("unit restart k3s.service"));
      expect(unit?.split(" ").slice(3).map(decoded)).toContain("/etc/rancher/k3s/config.yaml.d/70-snapshots.yaml");
    });

    test.each<[string, object, readonly object[] | undefined, RegExp]>([
      ["an endpoint that no gateway lets through", {}, [], /snapshots: endpoint: .*list it in the gateway's egress/],
      [
        "one that is let through on another port",
        {},
        [{ host: endpoint, port: 9000, reason: "snapshots" }],
        /snapshots: endpoint: expected a host that the gateway lets through on port 443/,
      ],
      ["an endpoint with a scheme", { endpoint: `https://${endpoint}` }, undefined, /endpoint: expected a domain name/],
      ["no bucket", { bucket: undefined }, undefined, /snapshots: bucket: .*got nothing/],
      ["a bucket in capitals", { bucket: "Crisis" }, undefined, /snapshots: bucket: expected a bucket's name/],
      ["no key", { accessKey: undefined }, undefined, /snapshots: accessKey: expected the key .*got nothing/],
      ["an empty secret", { secretKey: "" }, undefined, /snapshots: secretKey: expected the secret .*got nothing/],
      ["a secret that is no text", { secretKey: 5 }, undefined, /snapshots: secretKey: .*got "number"/],
      ["no region", { region: "" }, undefined, /snapshots: region: expected a region/],
    ])("it refuses %s", async (_, changes, egress, message) => {
      const make = () => void made({ snapshots: { ...snapshots, ...changes } }, egress);
      await expect(deploy(make, { outputs })).rejects.toThrow(message);
    });
  });
});
