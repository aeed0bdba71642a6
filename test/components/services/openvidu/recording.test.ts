import { parse } from "yaml";
import { planOpenVidu } from "../../../../components/services/openvidu";
import type { Deployment } from "../../../support/mocks";
import { manifests, object } from "../../kubernetes/target";
import { bucket, cache, domain, openvidu } from "./support";

const store = "https://store.example.ch";
const recorders = { recordings: 4, bucket: store };
const recorded = (change: Parameters<typeof openvidu>[0] = {}): Promise<Deployment> =>
  openvidu({ recorders, recording: { bucket: bucket(), cache: cache() }, ...change });

const plan = (change: object = {}) =>
  planOpenVidu({ name: "rooms", domain, participants: 200, portals: ["citizens"], recorders, ...change });

interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly hostNetwork?: boolean;
  readonly volumes: readonly { readonly name: string; readonly emptyDir?: { readonly sizeLimit: string } }[];
  readonly containers: readonly { readonly resources: { readonly limits: { readonly memory: string } } }[];
}

const pod = ({ resources }: Deployment): Pod =>
  (object(resources, "Deployment", "rooms-recorder")["spec"] as { readonly template: { readonly spec: Pod } }).template
    .spec;

const configuration = ({ resources }: Deployment, name = "rooms-recorder-config", file = "egress.yaml") =>
  parse((object(resources, "ConfigMap", name)["data"] as Readonly<Record<string, string>>)[file] ?? "") as Readonly<
    Record<string, Readonly<Record<string, unknown>>>
  >;

const keys = ({ resources }: Deployment): readonly string[] =>
  Object.keys(
    JSON.parse(
      (object(resources, "Secret", "rooms-server-secrets")["stringData"] as Record<string, string>)["keys.yaml"] ?? "",
    ) as object,
  );

describe("the plan of recorders", () => {
  test("has one recorder more than rooms are recorded at once, and asks for the hosts that they need", () => {
    expect(plan().requests).toEqual([{ tier: "rooms-recorder", replicas: 5, cpu: 4, memoryMib: 4_096 + 768 + 2_954 }]);
    expect(plan().egress).toEqual([{ host: "store.example.ch", port: 443, reason: "recordings of rooms" }]);
  });

  test("has memory for the longest recording, and asks for no way out to a bucket inside", () => {
    const { requests, egress } = plan({ recorders: { recordings: 4, longestMinutes: 60 } });
    expect(requests[0]?.memoryMib).toBe(4_096 + 768 + 1_477);
    expect(egress).toEqual([]);
  });

  test.each([
    ["none", { recordings: 0 }, /recorders: recordings: expected/],
    ["more than a workload has", { recordings: 100 }, /recorders: recordings: expected/],
    ["recordings of a day", { recordings: 4, longestMinutes: 1_440 }, /recorders: longestMinutes: expected/],
    ["a bucket in clear", { recordings: 4, bucket: "http://store.example.ch" }, /recorders: bucket: expected/],
  ])("refuses %s", (_, asked, message) => {
    expect(() => plan({ recorders: asked })).toThrow(message);
  });
});

describe("the recorders of an OpenVidu", () => {
  test("run inside, on no host's network, and end their longest recording before they are stopped", async () => {
    const made = await recorded({ recorders: { ...recorders, longestMinutes: 90 } });
    expect((object(made.resources, "Deployment", "rooms-recorder")["spec"] as { replicas: number }).replicas).toBe(5);
    expect(pod(made).hostNetwork).toBeUndefined();
    expect(pod(made).terminationGracePeriodSeconds).toBe(90 * 60 + 900);
    expect(configuration(made)["session_limits"]).toMatchObject({ file_output_max_duration: "90m" });
  });

  test("keep recordings in memory, and end one before that is full", async () => {
    const made = await recorded();
    const home = pod(made).volumes.find(({ name }) => name === "home")?.emptyDir?.sizeLimit;
    expect(home).toBe(`${2_954 + 768}Mi`);
    const most = Number(configuration(made)["session_limits"]?.["file_output_max_size"]);
    expect(most).toBeLessThan(parseInt(home ?? "", 10) * 1_048_576);
    expect(parseInt(pod(made).containers[0]?.resources.limits.memory ?? "", 10)).toBeGreaterThan(
      parseInt(home ?? "", 10),
    );
  });

  test("connect to names, the cache, the bucket's way and the private addresses of media servers, and to nothing else", async () => {
    const policies = manifests((await recorded()).resources).filter(
      ({ kind, metadata }) => kind === "NetworkPolicy" && metadata.namespace === "rooms-recording",
    );
    const egress = policies.flatMap(
      ({ spec }) =>
        (
          spec as {
            egress?: readonly {
              readonly to: readonly object[];
              readonly ports: readonly { port: number; protocol: string }[];
            }[];
          }
        ).egress ?? [],
    );
    const media = ["10.20.0.40/32", "10.20.0.41/32", "10.20.0.42/32"].map((cidr) => ({ ipBlock: { cidr } }));
    const ways = (to: object): readonly string[] =>
      egress
        .filter((rule) => JSON.stringify(rule.to) === JSON.stringify(to))
        .flatMap(({ ports }) => ports.map(({ port, protocol }) => `${protocol} ${port}`));
    expect(ways(media)).toEqual(["TCP 7880", "TCP 7881", ...Array.from({ length: 16 }, (_, i) => `UDP ${7_882 + i}`)]);
    const others = egress.filter((rule) => JSON.stringify(rule.to) !== JSON.stringify(media));
    expect(others.flatMap(({ ports }) => ports.map(({ port }) => port)).sort()).toEqual([3128, 53, 53, 6379]);
  });

  test("have a browser that opens their own page alone, and resolves two names", async () => {
    const made = await recorded();
    expect(configuration(made, "rooms-recorder-browser", "browser.json")).toMatchObject({
      URLBlocklist: ["*"],
      URLAllowlist: ["http://localhost:7980"],
    });
    expect(configuration(made)["chrome_flags"]?.["host-resolver-rules"]).toBe(
      "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE rooms-server-pods.rooms-media.svc.cluster.local",
    );
    expect(configuration(made)).not.toHaveProperty("template_base");
  });

  test("are told the servers' private addresses, which nobody is told without them", async () => {
    const rtc = async (made: Promise<Deployment>) =>
      configuration(await made, "rooms-server-config", "livekit.yaml")["rtc"];
    expect(await rtc(recorded())).toMatchObject({ advertise_internal_ip: true });
    expect(await rtc(openvidu())).toMatchObject({ advertise_internal_ip: false });
  });

  test("have a key of their own, which a portal of that name does not get", async () => {
    const made = await recorded({ portals: ["recorder"], secretGenerations: { recorder: ["2", "1"] } });
    expect(keys(made)).toEqual(["recorder-1", "recorder.2", "recorder.1"]);
    expect(Object.keys(made.outputs["portals"] as object)).toEqual(["recorder"]);
    expect(keys(await openvidu())).toEqual(["citizens-1"]);
  });

  test("have the bucket's keys and their own in Secrets, and none in clear", async () => {
    for (const { type, name, inputs } of (await recorded()).resources)
      if (!/^(random|tls):|:Secret$/.test(type))
        expect([type, name, /secret (of (rooms|the (cache|bucket))|key of)/.test(JSON.stringify(inputs))]).toEqual([
          type,
          name,
          false,
        ]);
  });

  test.each([
    ["no connections", { recording: undefined }, /recording: expected the connections of the plan's recorders/],
    [
      "days that are none",
      { recording: { bucket: bucket(), cache: cache(), keepDays: 1.5 } },
      /recording: expected a whole number of days that recordings are kept/,
    ],
    ["no bucket", { recording: { cache: cache() } }, /recording: expected a bucket/],
    ["no cache", { recording: { bucket: bucket() } }, /recording: expected the cache's access/],
    ["connections of no recorders", { recorders: undefined }, /recording: expected a plan with recorders/],
    [
      "a bucket elsewhere than planned",
      { recorders: { ...recorders, bucket: "https://other.example.ch" } },
      /recording: expected a place that its plan names: other\.example\.ch:443/,
    ],
  ])("are refused with %s", async (_, change, message) => {
    await expect(recorded(change)).rejects.toThrow(message);
  });
});
