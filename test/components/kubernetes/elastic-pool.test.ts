import { HostPool, hetzner } from "../../../components";
import { elasticLabel, poolLabel } from "../../../components/core/taints";
import { type ElasticChanges, growing, renderedElastic, sentFiles, sentTo } from "../../support/elastic";
import { outputs, worlds } from "../../support/infrastructure";
import { deploy, type Deployment } from "../../support/mocks";

const folder = "/etc/sovereign-uc/join";

describe("elastic hosts", () => {
  let deployment: Deployment;
  let sent: ReturnType<typeof sentTo>;
  beforeAll(async () => {
    deployment = await deploy(() => void growing(), { outputs });
    sent = sentTo(deployment, "uc-control-2");
  });
  const rows = (type: string): Readonly<Record<string, unknown>> =>
    Object.fromEntries(deployment.all(type).map(({ name, inputs }) => [name, inputs]));

  test("they have a subnet of their own, beside that of all other hosts", () => {
    expect(rows("hcloud:index/networkSubnet:NetworkSubnet")).toMatchObject({
      "net-subnet": { type: "cloud", ipRange: "10.20.0.0/25" },
      "net-elastic": { type: "cloud", ipRange: "10.20.0.128/28" },
    });
  });

  test("each is opened by one key of their own, whose private half only the control plane has", () => {
    expect(deployment.one("hcloud:index/sshKey:SshKey", "uc-elastic-join").inputs).toMatchObject({
      name: "uc-elastic-join",
      publicKey: "ssh-ed25519 public-uc-elastic-join",
    });
    expect(sent[`${folder}/key`]).toEqual({ mode: "0600", content: "secret openssh key of uc-elastic-join" });
    // A stack of before has both under the name welcome.
    for (const type of ["hcloud:index/sshKey:SshKey", "tls:index/privateKey:PrivateKey"])
      expect(deployment.one(type, "uc-elastic-join").opts.aliases).toEqual([{ name: "uc-elastic-welcome" }]);
    const holders = deployment
      .all("command:remote:Command")
      .filter(({ inputs }) => String(inputs["stdin"]).includes(Buffer.from(`${folder}/key`).toString("base64")));
    expect(holders.map(({ name }) => name)).toEqual([1, 2, 3].map((member) => `uc-control-${member}-converge`));
    const elsewhere = deployment.resources.map(({ inputs }) => ({ ...inputs, stdin: "" }));
    expect(JSON.stringify(elsewhere)).not.toContain("secret openssh key of uc-elastic-join");
  });

  test("their user data has a filter, and neither a name nor a key nor a secret", async () => {
    const { userData } = await renderedElastic();
    const born = JSON.parse(userData.replace("#cloud-config\n", "")) as {
      readonly write_files: readonly { readonly path: string; readonly content: string }[];
    };
    expect(born).not.toHaveProperty("hostname");
    expect(born).not.toHaveProperty("ssh_authorized_keys");
    expect(born.write_files.map(({ path }) => path)).toEqual([
      "/etc/ssh/sshd_config.d/10-sovereign-uc.conf",
      "/etc/nftables.conf",
      "/etc/systemd/system/nftables.service.d/60-sovereign-uc.conf",
      "/etc/cloud/cloud.cfg.d/99-sovereign-uc.cfg",
    ]);
    expect(born.write_files[1]?.content).toContain(
      "ip saddr { 10.20.0.20/32, 10.20.0.21/32, 10.20.0.22/32 } tcp dport 22 accept",
    );
    expect(userData).not.toMatch(/secret|token|PRIVATE|K10/);
    expect(Buffer.byteLength(userData)).toBeLessThan(hetzner().userDataLimit / 8);
  });

  test("their payload has the files of every host, and neither a token nor an address", () => {
    const files = sentFiles(sent[`${folder}/payload`]?.content ?? "");
    expect(sent[`${folder}/payload`]?.mode).toBe("0600");
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(["/etc/nftables.conf", "/etc/rancher/k3s/config.yaml", "/etc/audit/auditd.conf"]),
    );
    expect(files["/etc/sovereign-uc/journals/sender.key"]?.content).toMatch(/^secret /);
    expect(files).not.toHaveProperty(["/etc/rancher/k3s/token"]);
    const config = JSON.parse(files["/etc/rancher/k3s/config.yaml"]?.content ?? "{}") as Record<string, unknown>;
    // The control plane sets the labels and taints that decide about their pods.
    expect(config["node-label"]).toEqual(["topology.kubernetes.io/zone=fsn1"]);
    expect(sent[`${folder}/labels`]?.content).toBe(`${poolLabel}=application\n${elasticLabel}=true\n`);
    for (const own of ["node-ip", "server", "kubelet-arg"]) expect(config).not.toHaveProperty(own);
    expect(JSON.stringify(files)).not.toContain("secret of uc-");
  });

  test("their filter drops the isolated ranges and lets in SSH from the control plane and the gateways alone", () => {
    const files = sentFiles(sent[`${folder}/payload`]?.content ?? "");
    const filter = files["/etc/nftables.conf"]?.content ?? "";
    expect(filter).toContain("elements = { 10.0.0.0/20, 10.0.16.0/24 }");
    expect(filter.match(/^.*dport 22 .*$/gm)?.map((line) => line.trim())).toEqual([
      expect.stringContaining("ip saddr { 10.20.0.20/32, 10.20.0.21/32, 10.20.0.22/32 }"),
      expect.stringContaining("ip saddr { 10.20.0.10/32, 10.20.0.11/32 }"),
    ]);
  });

  test("k3s restarts when a host gets another token or identity", () => {
    const line = (sent[`${folder}/payload`]?.content ?? "")
      .split("\n")
      .find((text) => text.startsWith("unit restart k3s.service "));
    expect(line?.split(" ").map((word) => Buffer.from(word, "base64").toString())).toEqual(
      expect.arrayContaining(["/etc/rancher/k3s/token", "/etc/rancher/k3s/config.yaml.d/60-itself.yaml"]),
    );
  });

  test("each member of the control plane searches for them with its own identity, and may reach them", () => {
    expect(sent[`${folder}/settings`]?.content).toBe(
      [
        `JOIN_FOLDER=${folder}`,
        "JOIN_HOST=uc-control-2",
        "JOIN_SERVER=https://10.20.0.21:6443",
        "JOIN_GROUPS='uc-elastic'",
        "JOIN_ID_PREFIX=hcloud://",
        "",
      ].join("\n"),
    );
    expect(sent[`${folder}/addresses`]?.content.split("\n")).toEqual([
      ...Array.from({ length: 14 }, (_, i) => `10.20.0.${129 + i}`),
      "",
    ]);
    expect(sent["/etc/nftables.conf"]?.content).toContain("ip daddr { 10.20.0.128/28 } tcp dport 22 accept");
    expect(sentTo(deployment, "uc-application-1")).not.toHaveProperty([`${folder}/settings`]);
  });

  test("groups of ten share them, since no placement group takes more", async () => {
    const many = await deploy(
      () => {
        const { cluster } = growing({ elasticRange: "10.20.0.128/26", elastic: { most: 24, least: 12 } });
        return { nodes: cluster.elastic?.nodes };
      },
      { outputs },
    );
    expect(many.outputs["nodes"]).toEqual([
      "10:10:cpx22:fsn1:uc-elastic",
      "2:10:cpx22:fsn1:uc-elastic-2",
      "0:4:cpx22:fsn1:uc-elastic-3",
    ]);
    expect(
      many
        .all("hcloud:index/placementGroup:PlacementGroup")
        .map(({ name }) => name)
        .filter((name) => name.startsWith("uc-elastic")),
    ).toEqual(["uc-elastic-spread", "uc-elastic-2-spread", "uc-elastic-3-spread"]);
    expect(sentTo(many, "uc-control-1")[`${folder}/settings`]?.content).toContain(
      "JOIN_GROUPS='uc-elastic uc-elastic-2 uc-elastic-3'",
    );
  });

  /** The same request at another cloud, in a network without an elastic range. */
  const at = (id: string): ElasticChanges => {
    const world = worlds.find((one) => one.id === id);
    if (world === undefined) throw new Error(`expected a cloud ${id} to try, got none`);
    return { cloud: world.cloud(), location: world.location, type: world.type, elasticRange: undefined };
  };
  test.each<[string, ElasticChanges, RegExp]>([
    [
      "bare metal",
      at("metal"),
      /elastic: expected a cloud that makes machines by load, got "metal"; machines stand in the inventory/,
    ],
    [
      "Exoscale, where upstream cannot",
      at("exoscale"),
      /elastic: expected a cloud that makes machines by load, got "exoscale"; upstream's autoscaler/,
    ],
    [
      "an elastic range at Exoscale",
      { ...at("exoscale"), elasticRange: "10.20.0.128/28" },
      /elasticRange: expected a cloud that makes machines by load, got "exoscale"/,
    ],
    [
      "an elastic range beside a vSwitch",
      { cloud: hetzner({ vswitch: { id: 4711, range: "10.20.0.128/25" } }) },
      /elasticRange: .*the upper half of a network with a vSwitch belongs to bare metal/,
    ],
    [
      "an elastic range in the lower half",
      { elasticRange: "10.20.0.64/28" },
      /elasticRange: expected a range of at least \/28 within 10\.20\.0\.128\/25, got "10\.20\.0\.64\/28"/,
    ],
    ["an elastic range of a few addresses", { elasticRange: "10.20.0.128/29" }, /a range of at least \/28/],
    ["a network without one", { elasticRange: undefined }, /elastic: range: expected a network with an elasticRange/],
    [
      "more hosts than it has",
      { elastic: { most: 15 } },
      /elastic: range: expected at most 14 hosts in 10\.20\.0\.128/,
    ],
    [
      "more hosts than the network takes",
      { elasticRange: "10.20.0.128/25", elastic: { most: 99 } },
      /elastic: range: expected at most 100 hosts and balancers in "net", got 101/,
    ],
    ["no hosts at all", { elastic: { most: 0 } }, /elastic: most: expected a whole number of hosts from 1 to 100/],
    ["more at least than at most", { elastic: { least: 4 } }, /elastic: least: expected at most 3 hosts, .*got 4/],
    [
      "a type of another cloud",
      { elastic: { type: "standard.large" } },
      /elastic: type: expected a Hetzner server type/,
    ],
    [
      "a private key for administrators",
      { elastic: { frozen: { administratorKeys: ["-----BEGIN"] } } },
      /elastic: frozen: expected public SSH keys/,
    ],
    [
      "gateways that do not lead to the API",
      { egress: [] },
      /elastic: egress: expected api\.hetzner\.cloud among .*add \{ host: "api\.hetzner\.cloud", port: 443/,
    ],
    [
      "gateways that lead there on another port",
      { egress: [{ host: "api.hetzner.cloud", port: 8443, reason: "machines by load" }] },
      /elastic: egress/,
    ],
    ["other hosts in the upper half", { applicationFrom: 127 }, /firstHost: expected a host number from 2 to 126/],
  ])("a cluster refuses %s", async (_, changes, message) => {
    await expect(deploy(() => void growing(changes), { outputs })).rejects.toThrow(message);
  });

  test("all problems come at once", async () => {
    const attempt = deploy(() => void growing({ egress: [], elastic: { type: "large", most: 99 } }), { outputs });
    await expect(attempt).rejects.toThrow(/elastic: type: [^\n]*\nelastic: range: [^\n]*\nelastic: egress: /);
  });

  test("a second pool cannot have the same range", async () => {
    const attempt = deploy(() => void growing().network.takeElastic("others", 2), { outputs });
    await expect(attempt).rejects.toThrow(/host numbers of "net" that are free, got 128; "uc-elastic" has it/);
  });

  test("elastic hosts count among the network's maximum", async () => {
    const attempt = deploy(
      () => {
        const { network } = growing({ elasticRange: "10.20.0.128/25", elastic: { most: 90 } });
        new HostPool("tools", {
          network,
          role: "tools",
          type: "cpx22",
          count: 4,
          firstHost: 90,
          sshFrom: ["10.20.0.10/32"],
        });
      },
      { outputs },
    );
    await expect(attempt).rejects.toThrow(/firstHost: expected at most 100 hosts and balancers in "net", got 101/);
  });
});
