import { Gateway, type GatewayArgs, Network } from "../../../components";
import { gatewayArgs, isolatedFrom, outputs, renderedHosts, worlds } from "../../support/infrastructure";
import { deploy, type Deployment } from "../../support/mocks";

const journals = {
  host: "logs.example.ch",
  address: "203.0.113.77",
  authority: "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n",
} as const;

describe.each(worlds)("journals that go on to the operator's collector on $id", ({ cloud, location, type }) => {
  const made = (changes: Partial<GatewayArgs> = {}) =>
    new Gateway("door", {
      network: new Network("net", { cloud: cloud(), location, isolatedFrom }),
      type,
      ...gatewayArgs,
      journals,
      ...changes,
    });
  /** Mode and owner of the secret files that a host is sent, by path. */
  const secrets = (made: Deployment, host: string): Readonly<Record<string, readonly string[]>> =>
    Object.fromEntries(
      String(made.one("command:remote:Command", `${host}-converge`).inputs["stdin"])
        .split("\n")
        .map((line) => line.split(" "))
        .filter(([kind]) => kind === "file")
        .map(([, mode = "", owner = "", path = "", content = ""]) => [
          Buffer.from(path, "base64").toString(),
          [mode, owner, Buffer.from(content, "base64").toString()],
        ]),
    );

  test("each gateway has the address and the name of the collector, and may connect to it only", async () => {
    const hosts = await renderedHosts(() => void made());
    for (const door of ["door-1", "door-2"]) {
      const files = hosts[door]?.files ?? {};
      expect(files["/etc/sovereign-uc/journals/collector.conf"]).toContain("URL=https://logs.example.ch:19532\n");
      expect(files["/etc/sovereign-uc/journals/collector.hosts"]).toContain("203.0.113.77 logs.example.ch\n");
      expect(files["/etc/sovereign-uc/journals/collector.pem"]).toBe(journals.authority);
      expect(files["/etc/nftables.conf"]?.split("\n").filter((line) => line.includes("203.0.113.77"))).toEqual([
        '    ip daddr { 203.0.113.77/32 } tcp dport 19532 accept comment "journals to the operator\'s collector"',
      ]);
    }
  });

  test("each gateway has its own certificate, with the key in a secret file that the sender may read", async () => {
    let gateway: Gateway | undefined;
    const deployment = await deploy(() => void (gateway = made()), { outputs });
    for (const door of ["door-1", "door-2"])
      expect(secrets(deployment, door)).toMatchObject({
        "/etc/sovereign-uc/journals/forwarder.key": [
          "0640",
          "root:systemd-journal",
          `secret key of door-journals-${door}-forwarder`,
        ],
        "/etc/sovereign-uc/journals/forwarder.pem": expect.arrayContaining([
          `certificate of door-journals-${door}-forwarder`,
        ]) as unknown,
      });
    await expect(new Promise((found) => gateway?.journalAuthority.apply(found))).resolves.toBe(
      "certificate of door-journals",
    );
  });

  test("the collector is in the gateway's inputs, where packs read it", async () => {
    const deployment = await deploy(() => void made({ journals: { ...journals, port: 6514 } }), { outputs });
    expect(deployment.one("sovereign-uc:index:Gateway", "door").inputs["journals"]).toEqual({
      host: "logs.example.ch",
      address: "203.0.113.77",
      port: 6514,
    });
  });

  test("without a collector nothing is rendered for one", async () => {
    const hosts = await renderedHosts(
      () =>
        void new Gateway("door", {
          network: new Network("net", { cloud: cloud(), location, isolatedFrom }),
          type,
          ...gatewayArgs,
        }),
    );
    expect(Object.keys(hosts["door-1"]?.files ?? {}).filter((path) => /collector|forward/.test(path))).toEqual([]);
  });
});

test.each<[string, object, RegExp]>([
  ["an isolated address", { address: "10.0.0.7" }, /journals: address: expected .*isolated range 10\.0\.0\.0\/20/],
  ["a mapped isolated address", { address: "::ffff:10.0.0.7" }, /journals: address: .*isolated range 10\.0\.0\.0\/20/],
  ["an isolated IPv6 address", { address: "fd00:10::7" }, /journals: address: .*isolated range fd00:10::\/48/],
  ["an address by name", { address: "logs.example.ch" }, /journals: address: expected an IP address/],
  ["an address as name", { host: "203.0.113.77" }, /journals: host: expected a domain name/],
  ["port 0", { port: 0 }, /journals: port: expected a whole number of a port/],
  ["no authority", { authority: undefined }, /journals: authority: expected certificates as PEM/],
  [
    "a key in place of a certificate",
    { authority: "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n" },
    /journals: authority: expected certificates as PEM, got "-----BEGIN PRIVATE KEY-----/,
  ],
])("a collector is refused with %s", async (_, changes, message) => {
  const [{ cloud, location, type }] = worlds as unknown as readonly [(typeof worlds)[number]];
  const make = () =>
    new Gateway("door", {
      network: new Network("net", { cloud: cloud(), location, isolatedFrom }),
      type,
      ...gatewayArgs,
      journals: { ...journals, ...changes },
    });
  const refused = deploy(() => void make(), { outputs });
  await expect(refused).rejects.toThrow(message);
  await expect(refused).rejects.not.toThrow("c2VjcmV0");
});
