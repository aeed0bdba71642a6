/** BigBlueButton's plan, and its servers on a whole platform: what is inside them, what they are open for, and the steps around them. */
import { hetzner, planBigBlueButton, Platform } from "../../../../components";
import { givenSmtpRelay } from "../../../../components/core/given-connections";
import { BigBlueButton, type BigBlueButtonArgs } from "../../../../components/services/bigbluebutton";
import { scripts } from "../../../../components/recipe/scripts";
import { gatewayArgs, isolatedFrom } from "../../../support/arguments";
import { sentTo } from "../../../support/elastic";
import { goldenFolder } from "../../../support/golden";
import { type HostFile, hostTree } from "../../../support/host-tree";
import { deployedHosts, outputs, type RenderedHost } from "../../../support/infrastructure";
import { type Deployment, deploy } from "../../../support/mocks";
import { ubuntuMirror } from "../../../support/ubuntu";
import { described } from "../described";

jest.setTimeout(300_000);

const domain = "hearing.crisis.example.ch";
const site = { ...gatewayArgs.site, mirror: ubuntuMirror };

/** Its description, as the tests over the list of services have it. */
function service() {
  const found = described.find(({ kind }) => kind.name === "bigbluebutton");
  if (found === undefined) throw new Error("expected bigbluebutton in the list of services, got none");
  return found;
}

/** Everything that the service can be connected to, on a platform of ours. */
function hearing(change: Partial<ConstructorParameters<typeof Platform>[1]> = {}): Record<string, unknown> {
  const { plan, make } = service().planned("hearing", domain);
  const platform = new Platform("court", {
    cloud: hetzner(),
    location: "fsn1",
    machineTypes: { gateway: "cpx22", controlPlane: "cpx32", application: "cpx62", media: "ccx43", data: "ccx43" },
    isolatedFrom,
    domain: "crisis.example.ch",
    administrators: ["203.0.113.0/24"],
    site,
    plans: [plan],
    ...change,
  });
  return make(platform);
}

describe("the plan of a BigBlueButton", () => {
  const plan = planBigBlueButton({ name: "hearing", domain, participants: 400 });

  test("has a server more than the load needs, each with a name", () => {
    expect(plan.hosts.server.capacity).toMatchObject({ load: 400, perReplica: 200 });
    expect(plan.hosts.server.names).toEqual({ prefix: "server", domain });
  });

  test("has routes for the page of rooms and for the load balancer, and one for each tenant", () => {
    const of = planBigBlueButton({ name: "hearing", domain, participants: 400, tenants: ["moodle"] });
    expect(of.routes.flatMap((route) => (route.kind === "web" ? [route.host] : []))).toEqual([
      domain,
      `scalelite.${domain}`,
      `moodle.scalelite.${domain}`,
    ]);
  });

  test("names the places that it is led to, and no other", () => {
    expect(plan.egress).toEqual([]);
    const of = planBigBlueButton({
      name: "hearing",
      domain,
      participants: 400,
      login: "https://login.example.ch",
      files: "https://files.example.ch",
      recordings: { store: "https://store.example.ch", spool: "https://spool.example.ch" },
    });
    expect(of.egress?.map(({ host }) => host)).toEqual([
      "login.example.ch",
      "files.example.ch",
      "store.example.ch",
      "spool.example.ch",
    ]);
  });

  test("leads to a relay for mail outside only where there is one", () => {
    const relay = { port: 2_465, addresses: ["192.0.2.25"] };
    expect(plan.outlets).toBeUndefined();
    expect(planBigBlueButton({ name: "hearing", domain, participants: 400, mail: relay }).outlets).toEqual([
      { ...relay, reason: "messages of hearing" },
    ]);
  });

  test("has a volume for importers only where meetings are recorded", () => {
    expect(plan.volumes).toBeUndefined();
    const of = planBigBlueButton({ name: "hearing", domain, participants: 400, recordings: { store: "https://s.ch" } });
    expect(of.volumes).toEqual([{ name: "hearing-imp", gib: 30, replicas: 2 }]);
  });

  test.each<[string, Partial<Parameters<typeof planBigBlueButton>[0]>, string]>([
    ["more people than there are servers for", { participants: 20_000 }, "expected at most 9800 participants"],
    ["a tenant that the page of rooms is itself", { tenants: ["scalelite"] }, "tenants: expected tenants with names"],
    ["the same tenant twice", { tenants: ["moodle", "moodle"] }, "tenants: expected tenants with names"],
    ["a store that is no HTTPS address", { recordings: { store: "http://s.ch" } }, "store: expected an HTTPS address"],
    ["no format", { recordings: { store: "https://s.ch", formats: [] } }, "formats: expected at least one format"],
    ["a volume too small for anything", { dataGib: 5 }, "dataGib: expected"],
    ["a long name", { name: "hearings-of-court" }, "name: expected"],
  ])("refuses %s", (_, change, message) => {
    expect(() => planBigBlueButton({ name: "hearing", domain, participants: 400, ...change })).toThrow(message);
  });
});

describe("the servers of a BigBlueButton on a platform", () => {
  let deployment: Deployment;
  let hosts: Readonly<Record<string, RenderedHost>>;
  beforeAll(async () => {
    ({ deployment, hosts } = await deployedHosts(() => void hearing()));
  });

  const filter = (host: string): readonly string[] =>
    (hosts[host]?.files["/etc/nftables.conf"] ?? "").split("\n").map((line) => line.trim());

  test("are two for a load of one, with Ubuntu, and no nodes of the cluster", () => {
    const pool = deployment.one("sovereign-uc:index:HostPool", "hearing-server").inputs;
    expect(pool).toMatchObject({ count: 2, system: "ubuntu-22.04", door: true, role: "media", pool: "server" });
    expect(Object.keys(hosts["hearing-server-1"]?.files ?? {}).filter((path) => /k3s|rancher/.test(path))).toEqual([]);
  });

  test("hold meetings on a protected volume that opens by way of the gateways, with a key of its own", () => {
    for (const host of ["hearing-server-1", "hearing-server-2"]) {
      expect(deployment.one("hcloud:index/volume:Volume", `${host}-data`).inputs).toMatchObject({
        size: 500,
        deleteProtection: true,
      });
      const sent = sentTo(deployment, host);
      expect(sent["/etc/sovereign-uc/data-volume.env"]?.content).toContain(
        "DATA_PATH='/var/lib/sovereign-uc/meetings'",
      );
      expect(sent["/etc/systemd/system/data-volume.service"]?.content).toContain(
        "RequiredBy=bigbluebutton-state.service",
      );
      expect(sent["/run/sovereign-uc/data-volume.key"]).toMatchObject({ mode: "0600" });
    }
    // Number 200 and the next are the servers' in the network.
    expect(filter("court-gateway-1").find((line) => line.includes("dport 7500"))).toMatch(
      /\.0\.200\/32, [\d.]+\.0\.201\/32/,
    );
    expect(deployment.one("random:index/randomPassword:RandomPassword", "hearing-server-1-data-key")).toMatchObject({
      opts: { protect: true },
    });
  });

  test("have their golden files", () => {
    const sent = sentTo(deployment, "hearing-server-1");
    const own = Object.entries(sent).filter(([path]) =>
      /bigbluebutton|freeswitch|haproxy|turnserver|nginx|nftables\.conf|sources\.list|hosts$/.test(path),
    );
    const shown = own.map(([path, { mode, content }]): [string, HostFile] => [
      path,
      {
        mode,
        content: content.replace(
          /secret of hearing-[a-z-]+-1|certificate of [^\n]*|private key of [^\n]*/g,
          "(secret)",
        ),
      },
    ]);
    goldenFolder("hosts-bigbluebutton", hostTree({ "hetzner/hearing-server-1": Object.fromEntries(shown) }));
  });

  test("are open for web, media and relay, and for nothing else from outside", () => {
    const from = filter("hearing-server-1").filter(
      (line) => line.startsWith("meta nfproto ipv4") && / accept /.test(line),
    );
    expect(from.map((line) => line.replace(/ accept comment.*/, ""))).toEqual([
      "meta nfproto ipv4 tcp dport 443",
      "meta nfproto ipv4 udp dport 24577-32768",
      "meta nfproto ipv4 udp dport 3478",
    ]);
  });

  test("reach the deployment's own pages by way of the gateways", () => {
    expect(filter("hearing-server-1")).toContain(
      'ip daddr { 10.20.0.10/32, 10.20.0.11/32 } tcp dport 443 accept comment "presentations that a room already has, from the page of rooms"',
    );
    expect(hosts["hearing-server-1"]?.files["/etc/hosts"]).toContain(
      `10.20.0.10 gateway.internal ${domain} scalelite.${domain}`,
    );
  });

  test("rest before they converge, serve once they are healthy, and leave before anything of them goes", () => {
    const step = (name: string) => deployment.one("command:remote:Command", `hearing-server-1-${name}`).inputs;
    expect(step("rest")).toMatchObject({ create: scripts.restBigBlueButton });
    expect(step("serve")).toMatchObject({ create: scripts.serveBigBlueButton });
    expect(step("withdraw")).toMatchObject({ create: scripts.nothing, delete: scripts.restBigBlueButton });
    const words = "server server-1\nnamespace hearing\nworkload hearing-scalelite\nminutes 240\n";
    expect(step("withdraw")["stdin"]).toBe(words);
    for (const name of ["rest", "serve"])
      expect(step(name)["stdin"]).toMatch(new RegExp(`^${words}converges [0-9a-f]{64}\\n$`));
  });
});

describe("a BigBlueButton that cannot work is refused", () => {
  test("on a platform that was not given its plan", async () => {
    const other = planBigBlueButton({ name: "other", domain: "other.example.ch", participants: 20 });
    await expect(deploy(() => void hearing({ plans: [other] }), { outputs })).rejects.toThrow(
      'on: expected hosts of this platform out of other/server, got "hearing/server"',
    );
  });

  test("with a relay at the gateways that the plan has no way to", async () => {
    const { plan } = service().planned("hearing", domain);
    const mail = givenSmtpRelay({
      host: "mail.crisis.example.ch",
      port: 2_465,
      from: "hearings@crisis.example.ch",
      addresses: ["10.20.0.10"],
      peer: { name: "gateways", ranges: ["10.20.0.10/32"] },
    });
    const made = () => new BigBlueButton("hearing", { on: {}, plan, mail } as unknown as BigBlueButtonArgs);
    await expect(deploy(() => void made())).rejects.toThrow(
      'mail: expected a plan with a way to the relay at port 2465, got "2525"; plan it: planBigBlueButton({ …, mail: { port: 2465, addresses: […] } })',
    );
  });

  test("without a mirror of Ubuntu's packages", async () => {
    await expect(deploy(() => void hearing({ site: gatewayArgs.site }), { outputs })).rejects.toThrow(
      "expected the mirror's address of Ubuntu's packages",
    );
  });
});
