import { html } from "../../../../stacks/tools/rehearsal/report/html";
import { json } from "../../../../stacks/tools/rehearsal/report/json";
import { machineType } from "../../../../stacks/tools/rehearsal/report/machine-types";
import { buildModel } from "../../../../stacks/tools/rehearsal/report/build-model";
import type { ReportSource } from "../../../../stacks/tools/rehearsal/report/model";
import { blockedEvents, crisisState, isolated, passedEvents, source, urn } from "./report-fixture";

const up = buildModel(source());
const withResource = (...extra: readonly object[]): ReturnType<typeof buildModel> =>
  buildModel(source({ state: crisisState(extra) }));
const custom = (type: string, name: string, inputs: object, outputs: object = {}): object => ({
  urn: urn(type, name),
  type,
  custom: true,
  id: "9999",
  inputs,
  outputs,
});

describe("the verdict", () => {
  test("passes where everything went up and every path is closed", () => {
    expect(up.verdict).toEqual({
      state: "passed",
      sentence: "Everything went up, and no rule that ran found a violation.",
    });
  });

  test("says that nothing had to change", () => {
    expect(buildModel(source({ outcome: "unchanged" })).verdict.sentence).toContain("Nothing had to change");
  });

  test("is blocked by a mandatory violation, with the plan shown", () => {
    const blocked = buildModel(source({ outcome: "blocked", state: undefined, events: blockedEvents }));
    expect(blocked.verdict).toEqual({
      state: "blocked",
      sentence: "Blocked: 1 violation of UC-REG-001. Nothing was changed.",
    });
    expect(blocked.planned).toBe(true);
    expect(blocked.hosts).toHaveLength(11);
  });

  test("says so when a violation stopped a deployment half-way", () => {
    const stopped = buildModel(source({ outcome: "failed", events: blockedEvents }));
    expect(stopped.verdict.sentence).toContain(
      "Stopped half-way: 1 violation of UC-REG-001. Resources that were made before remain",
    );
  });

  test("fails where a host has a path that nothing blocks", () => {
    const open = withResource(
      custom("hcloud:index/server:Server", "forgotten", { name: "forgotten", serverType: "cpx22", location: "fsn1" }),
    );
    expect(open.hosts.at(-1)).toMatchObject({ name: "forgotten", door: true, pool: undefined });
    // Nobody rendered its ruleset, so nothing is claimed about it.
    expect(open.undetermined.map(({ what }) => what)).toContain("paths of forgotten");
  });

  test("fails where a tier cannot lose a replica", () => {
    const short = buildModel(
      source({
        state: JSON.parse(
          JSON.stringify(crisisState()).replace(
            '"tier":"edge","namespace":"meetings","replicas":2',
            '"tier":"edge","namespace":"meetings","replicas":1',
          ),
        ) as object,
      }),
    );
    expect(short.tiers.find(({ name }) => name === "meetings-edge")).toMatchObject({ state: "short", replicas: 1 });
    expect(short.verdict).toEqual({
      state: "failed",
      sentence: "Everything went up, but the report found 1 tier too small to lose a replica.",
    });
  });
});

describe("rules", () => {
  const states = (changes: Partial<ReportSource>): Readonly<Record<string, string>> =>
    Object.fromEntries(buildModel(source(changes)).rules.map(({ id, state }) => [id, state]));

  test("that the engine never mentioned have not run, and are undetermined", () => {
    expect(states({})).toMatchObject({ "UC-JUR-001": "passed", "UC-HA-001": "passed", "UC-OPQ-001": "not run" });
    expect(up.undetermined.map(({ what }) => what)).toContain("UC-OPQ-001 Nothing opaque");
  });

  test("that met an unknown value are undetermined, not failed and not passed", () => {
    expect(states({ events: blockedEvents })["UC-OPQ-001"]).toBe("undetermined");
  });

  test("are known by the id at the beginning of a policy's name", () => {
    const events = [{ policyAnalyzeStackSummaryEvent: { passed: ["uc-opq-001-opaque-resource-stack"] } }];
    expect(states({ events })["UC-OPQ-001"]).toBe("passed");
  });

  test("of other packs are shown too", () => {
    const events = [
      {
        policyEvent: {
          policyName: "own-rule",
          enforcementLevel: "advisory",
          message: "found <{%fg 1%}>something<{%reset%}>",
        },
      },
    ];
    const found = buildModel(source({ events })).rules.find(({ id }) => id === "OWN-RULE");
    expect(found).toMatchObject({
      state: "failed",
      failed: [{ message: "found something", resource: "the stack", mandatory: false }],
    });
  });

  test("that a preview counts in one line are undetermined with that line", () => {
    const message =
      "UC-OPQ-001: undetermined: 11 resources have values that only the update knows (11 of command:remote:Command); do: nothing, the update judges them";
    const events = [
      { policyEvent: { policyName: "uc-opq-001-opaque-resource-stack", enforcementLevel: "advisory", message } },
    ];
    const { undetermined } = buildModel(source({ events }));
    expect(undetermined.find(({ what }) => what.startsWith("UC-OPQ-001"))?.why).toBe(
      "11 resources have values that only the update knows (11 of command:remote:Command)",
    );
  });

  test("say with which settings they judged, and what is weakened; neither is a rule", () => {
    const said = (policyName: string, message: string): object => ({
      policyEvent: { policyName, enforcementLevel: "advisory", message },
    });
    const weak =
      "1 OF 11 RULES ARE WEAKENED by the pack's configuration: UC-REG-001 advisory; what they find stops nothing";
    const events = [
      ...passedEvents,
      said(
        "settings-stack",
        "profile swiss: pinned by the pack's configuration\nown domains example.ch: named by the judged stack itself",
      ),
      said("settings", weak),
      said("settings", weak),
      { policyAnalyzeStackSummaryEvent: { passed: ["settings-stack"] } },
    ];
    const model = buildModel(source({ events }));
    expect(model.settings).toEqual([
      "profile swiss: pinned by the pack's configuration",
      "own domains example.ch: named by the judged stack itself",
      weak,
    ]);
    expect(model.rules.map(({ id }) => id)).toEqual(buildModel(source()).rules.map(({ id }) => id));
    expect(html(model)).toContain("RULES ARE WEAKENED");
  });

  test("count each resource once, however often it was judged", () => {
    const twice = buildModel(source({ events: [...passedEvents, ...passedEvents] }));
    expect(twice.rules.find(({ id }) => id === "UC-JUR-001")?.passed).toBe(1);
  });
});

describe("hosts", () => {
  test("are read with role, address, filter and public address", () => {
    expect(up.hosts.map(({ name }) => name)).toContain("crisis-media-3");
    expect(up.hosts.find(({ name }) => name === "crisis-media-1")).toMatchObject({
      role: "media",
      door: true,
      network: "crisis",
      address: "10.20.0.60",
      publicAddresses: ["198.51.100.60"],
      firewall: { attached: "yes", name: "Hetzner firewall" },
    });
    expect(up.hosts.find(({ name }) => name === "crisis-application-1")).toMatchObject({
      door: false,
      defaultRoute: false,
    });
  });

  test("with a public address are doors whatever their pool says", () => {
    const text = JSON.stringify(crisisState()).replace(
      '"name":"crisis-application-1","serverType":"cpx42","location":"fsn1","image":"debian-12","publicNets":[{"ipv4Enabled":false,"ipv6Enabled":false}]',
      '"name":"crisis-application-1","serverType":"cpx42","location":"fsn1","image":"debian-12"',
    );
    const changed = buildModel(source({ state: JSON.parse(text) as object }));
    expect(changed.hosts.find(({ name }) => name === "crisis-application-1")?.door).toBe(true);
    expect(changed.paths.find(({ name }) => name === "crisis-application-1")?.paths.at(-1)?.verdict.by).toEqual([
      "nftables",
    ]);
  });

  test("lose the missing route to a route of the cloud's", () => {
    const routed = withResource(
      custom("hcloud:index/networkRoute:NetworkRoute", "out", { destination: "0.0.0.0/0", gateway: "10.20.0.10" }),
    );
    expect(routed.hosts.find(({ name }) => name === "crisis-application-1")?.defaultRoute).toBe(true);
  });

  test.each([
    ['{"network":{"ethernets":{"eth0":{"routes":[{"to":"default","via":"10.20.0.1"}]}}}}', true],
    ['{"network":{"ethernets":{"eth0":{"gateway4":"10.20.0.1"}}}}', true],
    ['{"network":{"ethernets":{"eth0":{"addresses":["10.20.0.30/24"]}}}}', false],
  ])("are asked for a route in the plan that they are born with: %s", (plan, expected) => {
    const userData = `#cloud-config\n${JSON.stringify({ write_files: [{ path: "/etc/netplan/60.yaml", content: plan }] })}\n`;
    const born = withResource(
      custom("exoscale:index/computeInstance:ComputeInstance", "lone", {
        name: "lone",
        zone: "ch-gva-2",
        type: "standard.large",
        private: true,
        userData,
      }),
    );
    expect(born.hosts.find(({ name }) => name === "lone")).toMatchObject({
      cloud: "exoscale",
      door: false,
      defaultRoute: expected,
    });
  });
});

describe("an elastic address of Exoscale's", () => {
  const zone = "ch-gva-2";
  const elastic = (name: string, ipAddress: string): object => ({
    ...custom("exoscale:index/elasticIp:ElasticIp", name, { zone }, { ipAddress }),
    id: `id-of-${name}`,
  });
  const seen = withResource(
    elastic("front", "198.19.0.9"),
    elastic("other", "198.19.0.8"),
    custom(
      "exoscale:index/computeInstance:ComputeInstance",
      "lone",
      { name: "lone", zone, type: "standard.large", elasticIpIds: ["id-of-front"] },
      { publicIpAddress: "198.19.0.1" },
    ),
  );

  test("belongs to the door that it is attached to, before the door's own", () => {
    expect(seen.hosts.find(({ name }) => name === "lone")?.publicAddresses).toEqual(["198.19.0.9", "198.19.0.1"]);
  });

  test("counts among the public addresses", () => {
    expect(seen.materials.publicAddresses - up.materials.publicAddresses).toBe(3);
  });
});

describe("tiers", () => {
  test("write out their arithmetic and what is left when one is lost", () => {
    expect(up.tiers.find(({ name }) => name === "meetings-bridge")).toMatchObject({
      arithmetic: "ceil(200 / 100) + 1 = 3",
      afterLoss: "2 × 100 = 200 participants for a load of 200",
      state: "held",
    });
  });

  test("take the gateways' capacity from their gateway, a quorum from the members", () => {
    expect(up.tiers.find(({ name }) => name === "crisis-gateway")).toMatchObject({
      arithmetic: "ceil(200 / 2000) + 1 = 2",
      state: "held",
    });
    expect(up.tiers.find(({ name }) => name === "crisis-control-plane")).toMatchObject({
      arithmetic: "majority of 3 = floor(3 / 2) + 1 = 2",
      state: "held",
    });
  });

  test("of one replica say how they fail over; without a figure they are undetermined", () => {
    expect(up.tiers.find(({ name }) => name === "meetings-prosody-1")).toMatchObject({
      state: "declared",
      afterLoss: expect.stringContaining("the other shard") as string,
    });
    expect(up.tiers.find(({ name }) => name === "crisis-application")).toMatchObject({ state: "undetermined" });
  });
});

describe("materials", () => {
  test("are counted and summed", () => {
    expect(up.materials).toMatchObject({
      total: { hosts: 11, cores: 88, memoryGib: 272 },
      dataGib: 60,
      publicAddresses: 5,
      incomplete: false,
    });
  });

  test("list what an attacker on the mirror could change: references by tag, not by digest", () => {
    const mirrored = (found: ReturnType<typeof buildModel>, what: RegExp) =>
      found.materials.mirrored.filter((one) => what.test(one.what)).map(({ state }) => state);
    expect(new Set(mirrored(up, /\/jitsi\//))).toEqual(new Set(["trusted"]));
    expect(html(up)).toMatch(/Not locked: \d+ things of \d+\./);
    const image = `registry.crisis.example.ch/jitsi/other:1@sha256:${"a".repeat(64)}`;
    const spec = { containers: [{ name: "other", image }] };
    const more = (k3s: string) =>
      withResource(
        custom("kubernetes:core/v1:Pod", "other", { metadata: { name: "other" }, spec }),
        custom(
          "sovereign-uc:index:HostPool",
          "crisis-more",
          { role: "more", cloud: "hetzner", hosts: [{ name: "more-1" }] },
          {
            rendered: {
              "more-1": {
                files: {
                  "/etc/sovereign-uc/k3s.env": `K3S_RELEASE='v1'\nK3S_SHA256='${k3s}'\n`,
                  "/etc/apt/sources.list": "deb https://packages.crisis.example.ch/debian bookworm main\n",
                },
              },
            },
          },
        ),
      );
    expect(mirrored(more("b".repeat(64)), /other|^k3s$|Debian|images of k3s/)).toEqual([
      "locked",
      "locked",
      "trusted",
      "signed",
    ]);
    expect(mirrored(more(""), /^k3s$/)).toEqual(["trusted"]);
    expect(html(more(""))).toContain("root on every host");
  });

  test("never guess a type that is in no table", () => {
    const unknown = buildModel(source({ machineType: () => undefined }));
    expect(unknown.materials).toMatchObject({ incomplete: true, total: { hosts: 11, cores: 0 } });
    expect(html(unknown)).toContain("Sums leave out types that are in no table of facts.");
  });
});

describe("pods", () => {
  const pool = (name: string, config?: object): object => ({
    ...custom(
      "sovereign-uc:index:HostPool",
      `crisis-${name}`,
      { role: name, cloud: "hetzner", hosts: [{ name: `${name}-1` }] },
      {
        rendered: {
          [`${name}-1`]: {
            files: config === undefined ? {} : { "/etc/rancher/k3s/config.yaml": JSON.stringify(config) },
          },
        },
      },
    ),
    custom: false,
  });
  const pod = (name: string, spec: object): object =>
    custom("kubernetes:core/v1:Pod", name, { metadata: { name }, spec });
  const toleration = { key: "records", operator: "Equal", value: "true", effect: "NoSchedule" };
  const made = withResource(
    pool("records", { "node-label": ["example.ch/disk=fast"], "node-taint": ["records=true:NoSchedule"] }),
    pool("web", { "node-label": [], "node-taint": ["calm=true:PreferNoSchedule"] }),
    pod("anywhere", {}),
    pod("tolerant", { tolerations: [toleration] }),
    pod("fast", { tolerations: [toleration], nodeSelector: { "example.ch/disk": "fast" } }),
    pod("slow", { tolerations: [toleration], nodeSelector: { "example.ch/disk": "slow" } }),
  );
  const hostsOf = (name: string): readonly string[] | undefined =>
    made.pods.find((one) => one.name === name)?.hosts.map((host) => host.role);

  test("run where the taints and labels that were rendered for the hosts let them", () => {
    expect(hostsOf("anywhere")).toEqual(expect.arrayContaining(["application", "web"]));
    expect(hostsOf("anywhere")).not.toContain("records");
    expect(hostsOf("anywhere")).not.toContain("media");
    expect(hostsOf("tolerant")).toEqual(expect.arrayContaining(["application", "web", "records"]));
    expect(hostsOf("fast")).toEqual(["records"]);
    expect(hostsOf("slow")).toEqual([]);
  });
});

describe("clusters that others run", () => {
  const hall = { name: "town hall", kind: "files", ranges: ["10.99.0.0/24"] };
  const directory = { name: "directory", kind: "directory", ranges: ["10.98.0.0/24"] };
  const cluster = (type: string, name: string, inputs: object = {}): object => ({
    ...custom(`sovereign-uc:index:${type}`, name, {
      podRange: "10.52.0.0/16",
      serviceRange: "10.53.0.0/16",
      gatewayAddresses: ["10.54.0.2"],
      isolatedFrom: [hall, directory],
      ...inputs,
    }),
    custom: false,
    id: "",
  });
  const provider = (type: string, name: string): object => ({
    ...custom("pulumi:providers:kubernetes", name, {}),
    parent: urn(`sovereign-uc:index:${type}`, name),
  });
  const on = (name: string, resource: object): object => ({
    ...resource,
    provider: `${urn("pulumi:providers:kubernetes", name)}::9999`,
  });
  const workload = (namespace: string, spec: object = {}): object =>
    custom("kubernetes:apps/v1:Deployment", `${namespace}-notes`, {
      metadata: { name: `${namespace}-notes`, namespace },
      spec: { replicas: 2, template: { metadata: { labels: { app: "notes" } }, spec } },
    });
  const deny = (namespace: string): object =>
    custom("kubernetes:networking.k8s.io/v1:NetworkPolicy", `${namespace}-deny`, {
      metadata: { name: "deny", namespace },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    });
  const made = withResource(
    cluster("AdoptedCluster", "ministry"),
    provider("AdoptedCluster", "ministry"),
    cluster("ManagedCluster", "portal", { isolatedFrom: [hall] }),
    provider("ManagedCluster", "portal"),
    {
      ...custom("exoscale:index/sksCluster:SksCluster", "portal", { cni: "calico" }),
      parent: urn("sovereign-uc:index:ManagedCluster", "portal"),
    },
    ...["ministry", "portal"].flatMap((name) => [on(name, workload(name)), on(name, deny(name))]),
    on("portal", { ...workload("wide", { hostNetwork: true }) }),
    on("portal", deny("wide")),
  );
  const path = (name: string, peer: string) =>
    made.paths.find((row) => row.name === `${name}-notes`)?.paths.find((one) => one.path.peer === peer)?.verdict;

  test("bring their isolated systems into the report, with the mechanism", () => {
    expect(made.isolated.find(({ name }) => name === "town hall")).toEqual({
      ...hall,
      holders: [
        {
          who: "adopted cluster ministry",
          by: "network policies alone, for pods only, if its network plugin enforces them",
        },
        { who: "managed cluster portal", by: "network policies alone, for pods only" },
      ],
    });
    expect(html(made)).toContain("managed cluster portal");
  });

  test("add their ranges to a system that a network names, too", () => {
    const system = made.isolated.find(({ name }) => name === "directory");
    expect(system?.ranges).toEqual([...(isolated[0]?.ranges ?? []), "10.98.0.0/24"]);
    expect(system?.holders.map(({ who }) => who)).toEqual(["network crisis", "adopted cluster ministry"]);
  });

  test("hold a path by network policies alone, where their plugin is known to enforce them", () => {
    expect(path("portal", "town hall")).toMatchObject({ state: "closed", by: ["NetworkPolicy"] });
    expect(path("portal", "town hall")?.walls).toContainEqual({
      mechanism: "nftables",
      counted: false,
      detail: "the provider runs this cluster: no filter of ours is on its nodes",
    });
  });

  test("leave a path undetermined if it is not known whether policies are enforced, and for pods on a host's network", () => {
    expect(path("ministry", "town hall")).toMatchObject({ state: "undetermined", by: [] });
    expect(path("wide", "town hall")).toMatchObject({ state: "undetermined", by: [] });
  });

  test("run no pod on hosts of ours, and their pods take nothing from a tier of ours", () => {
    expect(made.pods.filter(({ name }) => name.endsWith("-notes")).map(({ hosts }) => hosts)).toEqual([[], [], []]);
  });

  test("say that their isolation is weaker", () => {
    expect(made.undetermined.map(({ what }) => what)).toContain("isolation on clusters that others run");
    expect(up.undetermined.map(({ what }) => what)).not.toContain("isolation on clusters that others run");
  });
});

describe("machines of the operator's own", () => {
  const pool = (inputs: object): object => ({
    ...custom("sovereign-uc:index:HostPool", "hall", { role: "hall", cloud: "metal", location: "bern", ...inputs }),
    custom: false,
  });
  const hosts = [{ name: "hall-1" }, { name: "hall-2" }];
  const made = buildModel(source({ state: crisisState([pool({ type: "cpx42", hosts })]), machineType }));

  test("are counted as such, and no sum has what a provider's type of the same name would have", () => {
    const without = buildModel(source({ machineType }));
    expect(made.materials).toMatchObject({ ownMachines: 2, incomplete: without.materials.incomplete });
    expect(made.materials.total).toEqual({ ...without.materials.total, hosts: without.materials.total.hosts + 2 });
    expect(made.materials.hosts.find(({ role }) => role === "hall")).toMatchObject({ count: 2, own: true });
    expect(without.materials.ownMachines).toBe(0);
  });

  test("are in the report as the operator's, never as unknown", () => {
    const row = /<tr>(?:(?!<\/tr>)[^])*hall(?:(?!<\/tr>)[^])*own machine(?:(?!<\/tr>)[^])*<\/tr>/.exec(html(made))?.[0];
    expect(row).toContain("bern · metal");
    expect(row).not.toContain("unknown");
    expect(html(made)).toContain("Sums leave out 2 machines of the operator's own");
    expect(html(up)).not.toContain("of the operator's own");
  });
});

describe("endpoints", () => {
  const known = new Map(up.endpoints.map((endpoint) => [endpoint.host, endpoint]));

  test("are found with where they stand and who controls them", () => {
    expect(known.get("packages.crisis.example.ch")).toMatchObject({
      controller: { kind: "own", who: "the operator's domain example.ch" },
      where: expect.arrayContaining(["hosts/crisis-gateway-1/etc/apt/sources.list"]) as string[],
    });
    expect(known.get("10.20.0.10")?.controller.kind).toBe("stack");
  });

  test("that are in no table are undetermined; example addresses are marked as such", () => {
    expect(known.get("192.0.2.53")?.controller).toMatchObject({
      kind: "undetermined",
      who: expect.stringContaining("replace it") as string,
    });
    expect(up.undetermined.map(({ what }) => what)).toContain("192.0.2.53");
  });

  test("that a table of facts names carry its verdict", () => {
    const leak = buildModel(
      source({
        state: crisisState([
          custom("kubernetes:core/v1:ConfigMap", "leak", {
            metadata: { name: "leak", namespace: "meetings" },
            data: { stun: "stun:stun.example.com:19302" },
          }),
        ]),
        facts: (host) => (host === "stun.example.com" ? { who: "Example Inc", nexus: "controlled" } : undefined),
      }),
    );
    expect(leak.endpoints.find(({ host }) => host === "stun.example.com")).toEqual({
      host: "stun.example.com",
      ports: [19302],
      where: ["kubernetes/meetings-configmap-leak.yaml"],
      controller: { kind: "known", who: "Example Inc", nexus: "controlled" },
    });
  });
});

describe("artefacts", () => {
  test("contain no value of a Secret, even if the state does not mark it", () => {
    const secret = up.artefacts.find(({ path }) => path === "kubernetes/meetings-secret-xmpp.yaml");
    expect(secret?.content).toMatchObject({ stringData: { password: "[secret]" } });
    expect(html(up) + json(up) + JSON.stringify(up.artefacts)).not.toContain("must never be seen");
  });

  test("stay inside their folder", () => {
    const tricky = withResource(
      custom("kubernetes:core/v1:ConfigMap", "x", { metadata: { name: "../../etc/passwd", namespace: ".." } }),
    );
    const paths = tricky.artefacts.map(({ path }) => path);
    expect(paths.filter((path) => path.split("/").some((part) => part === ".." || part === "."))).toEqual([]);
  });
});

describe("the page", () => {
  const page = html(up);

  test("refers to nothing outside itself and runs no script", () => {
    expect(page).not.toMatch(/<script|<link[^>]+href="(?!data:)|\bsrc=|@import|url\(/i);
    expect(page.match(/https?:\/\/[^"<\s]+/g) ?? []).toEqual([]);
  });

  test("escapes what comes from the stack", () => {
    const hostile = buildModel(
      source({ stack: '<img src=x onerror="alert(1)">', exposure: [{ who: "<b>x</b>", grade: "&", why: "'" }] }),
    );
    expect(html(hostile)).not.toContain("<img src=x");
    expect(html(hostile)).toContain("&lt;b&gt;x&lt;/b&gt;");
  });

  test.each(isolated.map(({ name }) => name))("names the isolated system %s and every host", (name) => {
    expect(page).toContain(name);
    for (const host of up.hosts) expect(page).toContain(`data-host="${host.name}"`);
  });

  test("is the same for the same source", () => {
    expect(html(buildModel(source()))).toBe(page);
  });

  test("shows an undetermined point as such, and a rule that did not run as not run", () => {
    expect(page).toContain("points undetermined");
    expect(page).toContain("not run");
  });
});

test("an empty stack makes a report that claims nothing", () => {
  const empty = buildModel(source({ state: { deployment: { resources: [] } }, events: [] }));
  expect(empty.hosts).toEqual([]);
  expect(empty.rules.every(({ state }) => state === "not run")).toBe(true);
  expect(html(empty)).toContain("<svg");
});
