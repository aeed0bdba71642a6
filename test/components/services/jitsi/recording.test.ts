import { givenBucket } from "../../../../components/core/given-connections";
import { layout } from "../../../../components/core/layout";
import { givenSecret } from "../../../../components/core/secret";
import { offered } from "../../../../components/kubernetes/volume";
import { type JitsiPlanArgs, planJitsi, type Privacy, type Recording } from "../../../../components/services/jitsi";
import { authorityPolicy, customJibri, managedPolicy } from "../../../../components/services/jitsi/jibri";
import { floorMib, longestMib, recorderLimits, reserveMib } from "../../../../components/services/jitsi/recording";
import { demandsIn } from "../../../../policies/extract/demands";
import { reading } from "../../../../policies/extract/scan";
import { properties } from "../../../../policies/extract/value";
import type { Deployment } from "../../../support/mocks";
import { object, target } from "../../kubernetes/target";
import { type Change, domain, jitsi } from "./support";

const store = "https://sos-ch-gva-2.exo.io";
const bucket = givenBucket({
  endpoint: store,
  bucket: "recordings",
  region: "ch-gva-2",
  accessKey: givenSecret("access"),
  secretKey: givenSecret("secret"),
  port: 3128,
  peer: { name: "gateways", ranges: ["10.20.0.10/32"] },
});
const hosts = ["crisis-meet-rec-1", "crisis-meet-rec-2", "crisis-meet-rec-3"];
const base = target();
const cluster = {
  volumes: { "meet-rec": offered(hosts, { "meet-rec": { gib: 100 } }) },
  hostAddresses: {
    ...base.hostAddresses,
    pools: { "meet-rec": ["10.20.0.160", "10.20.0.161", "10.20.0.162"] },
  },
};
const recorded = (recording: Partial<Recording> = {}): Change => ({
  recordings: { atOnce: 2, store },
  privacy: { confidentiality: "transport", recording: { bucket, ...recording } },
});

interface Pod {
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly hostAliases?: readonly { readonly ip: string; readonly hostnames: readonly string[] }[];
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly { readonly image: string; readonly env: readonly { name: string; value?: string }[] }[];
}
const podOf = (made: Deployment, name: string): Pod =>
  (object(made.resources, "StatefulSet", name)["spec"] as { template: { spec: Pod } }).template.spec;
const env = (made: Deployment, kind: string, name: string): Readonly<Record<string, string | undefined>> => {
  const spec = object(made.resources, kind, name)["spec"] as { template: { spec: Pod } };
  return Object.fromEntries((spec.template.spec.containers[0]?.env ?? []).map((one) => [one.name, one.value]));
};
const ways = (made: Deployment, name: string): readonly string[] =>
  (
    object(made.resources, "NetworkPolicy", name).metadata as unknown as {
      annotations: Readonly<Record<string, string>>;
    }
  ).annotations["sovereign-uc/reasons"]?.split("\n") ?? [];

describe("a Jitsi whose recorders may record two meetings at once", () => {
  let made: Deployment;
  beforeAll(async () => {
    made = await jitsi(recorded(), cluster);
  });

  test("has one recorder more, each with a keeper on its host, and a volume that both see", () => {
    for (const name of ["meet-recorder", "meet-keeper"]) {
      expect(object(made.resources, "StatefulSet", name)["spec"]).toMatchObject({ replicas: 3 });
      expect(podOf(made, name).nodeSelector).toEqual({
        "sovereign-uc.node-restriction.kubernetes.io/pool": "meet-rec",
      });
    }
    for (const [i, host] of hosts.entries())
      for (const [workload, volume] of [
        ["meet-recorder", `${host}-meet-rec-of-meet-recorder`],
        ["meet-keeper", `${host}-meet-rec-of-meet-keeper`],
      ] as const) {
        expect(object(made.resources, "PersistentVolume", volume)["spec"]).toMatchObject({
          local: { path: "/var/lib/sovereign-uc/volumes/meet-rec" },
          claimRef: { name: `storage-${workload}-${i}` },
        });
      }
  });

  test("tells signalling servers, focuses and browsers that there are recorders", () => {
    for (const shard of [1, 2]) {
      expect(env(made, "Deployment", `meet-signalling-${shard}`)).toMatchObject({
        ENABLE_RECORDING: "1",
        // Who took part is what the server says, not what a browser says of itself.
        XMPP_MODULES: "recorder_rights,presence_identity",
        JIBRI_XMPP_USER: "jibri",
        JIBRI_RECORDER_USER: "recorder",
      });
      expect(env(made, "Deployment", `meet-focus-${shard}`)).toMatchObject({
        ENABLE_RECORDING: "1",
        JIBRI_BREWERY_MUC: "jibribrewery",
      });
      expect(env(made, "Deployment", `meet-web-${shard}`)).toMatchObject({
        ENABLE_RECORDING: "true",
        // By servers, so not in browsers.
        DISABLE_LOCAL_RECORDING: "true",
        ENABLE_LIVESTREAMING: "false",
      });
    }
    expect(env(made, "StatefulSet", "meet-recorder")).toMatchObject({
      XMPP_TRUST_ALL_CERTS: "false",
      XMPP_SERVER: "meet-signalling-1.meet.svc.cluster.local,meet-signalling-2.meet.svc.cluster.local",
    });
    expect(made.one("Jitsi", "meet").inputs).toMatchObject({ recording: true, recorders: true });
  });

  test("lets the browser reach the meeting's address, signalling servers and bridges, and the keeper the store alone", () => {
    expect(ways(made, "meet-recorder").map((way) => way.replace(/:.*/, ""))).toEqual([
      "out tcp 5222 to meet-signalling-1",
      "out tcp 5222 to meet-signalling-2",
      "out tcp 443 to 10.20.0.10/32, 10.20.0.11/32",
      "out udp 10000 to 10.20.0.40/32, 10.20.0.41/32, 10.20.0.42/32",
    ]);
    expect(ways(made, "meet-keeper")).toEqual(["out tcp 3128 to 10.20.0.10/32: recordings"]);
    expect(ways(made, "meet-signalling-1")).toContain("in tcp 5222 from meet-recorder: recorders that wait for work");
    expect(podOf(made, "meet-recorder").hostAliases).toEqual(
      ["10.20.0.10", "10.20.0.11"].map((ip) => ({ ip, hostnames: [domain] })),
    );
    expect(env(made, "StatefulSet", "meet-recorder")).not.toHaveProperty("HTTPS_PROXY");
    expect(env(made, "StatefulSet", "meet-keeper")).toMatchObject({ HTTPS_PROXY: "http://gateway.internal:3128" });
  });

  test("gives accounts of recorders passwords of their own, to both sides the same", () => {
    const secret = (name: string): unknown => object(made.resources, "Secret", name)["stringData"];
    const [own, signalling] = [secret("meet-recorder-env"), secret("meet-signalling-1-env")];
    expect(Object.keys(own as object).sort()).toEqual(["JIBRI_RECORDER_PASSWORD", "JIBRI_XMPP_PASSWORD"]);
    expect(signalling).toMatchObject(own as object);
    expect(new Set(Object.values(own as Record<string, string>)).size).toBe(2);
    expect(Object.keys(secret("meet-keeper-env") as object).sort()).toEqual([
      "RCLONE_CONFIG_STORE_ACCESS_KEY_ID",
      "RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY",
    ]);
  });

  test("waits for the longest recording before a recorder is stopped", () => {
    expect(podOf(made, "meet-recorder").terminationGracePeriodSeconds).toBeGreaterThan(
      recorderLimits.longestHours * 3_600,
    );
    expect(env(made, "StatefulSet", "meet-recorder")).toMatchObject({
      JIBRI_USAGE_TIMEOUT: "6 hours",
      DRAIN_SECONDS: "21600",
    });
  });

  test("trusts the authority that issues the meeting's certificate, or the one that it is given", async () => {
    const policy = (from: Deployment): unknown => object(from.resources, "ConfigMap", "meet-recorder-policy")["data"];
    expect(policy(made)).toMatchObject({ "web_authority.json": expect.stringContaining("CACertificates") });
    const pem = "-----BEGIN CERTIFICATE-----\nAAAA\nBBBB\n-----END CERTIFICATE-----\n";
    const given = await jitsi(recorded({ webAuthority: pem }), cluster);
    expect(policy(given)).toMatchObject({ "web_authority.json": '{"CACertificates":["AAAABBBB"]}\n' });
  });
});

test("a Jitsi without recorders has nothing of them", async () => {
  const made = await jitsi();
  expect(made.resources.filter(({ name }) => /recorder|keeper/.test(name))).toEqual([]);
  expect(env(made, "Deployment", "meet-signalling-1")).toMatchObject({ ENABLE_RECORDING: "0" });
  const browsers = await jitsi({ privacy: { confidentiality: "transport", recording: true } });
  expect(browsers.resources.filter(({ name }) => /recorder|keeper/.test(name))).toEqual([]);
  expect(env(browsers, "Deployment", "meet-web-1")).toMatchObject({
    ENABLE_RECORDING: "false",
    DISABLE_LOCAL_RECORDING: "false",
    ENABLE_LOCAL_RECORDING_NOTIFY_ALL_PARTICIPANT: "true",
  });
  expect(browsers.one("Jitsi", "meet").inputs).toMatchObject({ recording: true, recorders: false });
});

test("recorders stand on hosts of their own, one each, whatever else has volumes", () => {
  const plan = planJitsi({ name: "meet", domain, participants: 200, recordings: { atOnce: 2, gib: 80, store } });
  const notes = { ...plan, name: "notes", media: {}, volumes: [{ name: "notes", gib: 5, replicas: 1 }], requests: [] };
  const size = { cores: 16, memoryGib: 32 };
  const own = { firstHost: 160, count: 3, volumes: plan.volumes };
  expect(layout({ plans: [plan], applicationSize: size }).data).toEqual({ "meet-rec": own });
  expect(layout({ plans: [plan, notes], applicationSize: size }).data).toEqual({
    data: { firstHost: 140, count: 1, volumes: notes.volumes },
    "meet-rec": own,
  });
  expect(plan.egress).toEqual([{ host: "sos-ch-gva-2.exo.io", port: 443, reason: "recordings of meet" }]);
  // What a recorder asks of its host is not added to that of other hosts with volumes.
  const other = {
    ...notes,
    requests: [{ tier: "notes", replicas: 1, hosts: "data", cpu: 3, memoryMib: 8_192 }],
  } as const;
  const sized = (cores: number) =>
    layout({ plans: [plan, other], applicationSize: size, dataSize: { cores, memoryGib: 16 } }).data;
  expect(Object.keys(sized(4))).toEqual(["data", "meet-rec"]);
  expect(() => sized(3)).toThrow(
    /data hosts of at least 3.6 cores and 10 GiB for one pod each of meet-recorder, meet-keeper/,
  );
});

test("the reserve holds the longest recording at the highest rate, and the end of one that runs", () => {
  const bytes =
    ((recorderLimits.videoKbit + recorderLimits.audioKbit) * 1_000 * recorderLimits.longestHours * 3_600) / 8;
  expect(longestMib * 2 ** 20).toBeGreaterThan(bytes);
  expect(reserveMib).toBe(longestMib + floorMib);
  expect(customJibri(domain)).toContain('"-maxrate", "4000k"');
});

test("a browser's policy of upstream's is found to report, and ours is not", () => {
  const found = (policy: string): readonly string[] =>
    demandsIn(
      reading({
        type: "kubernetes:core/v1:ConfigMap",
        name: "policy",
        urn: "policy",
        properties: properties({ data: { "managed_policies.json": policy } }),
        provider: undefined,
      }),
      "leaks",
    ).map((item) => ("found" in item ? item.found : item.deferred));
  expect(found(managedPolicy(domain))).toEqual([]);
  expect(found('{\n  "CommandLineFlagSecurityWarningsEnabled": false\n}\n')).toEqual([
    expect.stringContaining("the browser of the recorder reports to Google"),
    expect.stringContaining("the browser of the recorder asks Google for components"),
  ]);
  expect(JSON.parse(managedPolicy(domain))).toMatchObject({ URLBlocklist: ["*"], MetricsReportingEnabled: false });
  expect(authorityPolicy("-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----")).toBe(
    '{"CACertificates":["QQ=="]}\n',
  );
});

test.each<[string, Change, RegExp]>([
  [
    "a bucket without room for recordings in the plan",
    { privacy: { confidentiality: "transport", recording: { bucket } } },
    /recording: expected a plan with recordings, got nothing; give planJitsi recordings: \{ atOnce: 2, store \}/,
  ],
  [
    "room for recordings that nobody uses",
    { recordings: { atOnce: 1 } },
    /recording: expected privacy.recording with a bucket, as its plan has recordings, got false/,
  ],
  [
    "a store that the plan does not name",
    { ...recorded(), recordings: { atOnce: 2 } },
    /recording: expected a place that its plan names: it names none/,
  ],
  [
    "a recording without a bucket",
    { recordings: { atOnce: 2 }, privacy: { confidentiality: "transport", recording: {} } },
    /privacy: recording: expected a bucket for recordings, got nothing/,
  ],
  [
    "a misspelt part of a recording",
    { recordings: { atOnce: 2 }, privacy: { confidentiality: "transport", recording: { bucket, buckets: 1 } } },
    /privacy: recording: expected only bucket, folder, keepDays, image, webAuthority, got "buckets"/,
  ],
  [
    "days that are none",
    recorded({ keepDays: 0 }),
    /privacy: recording: expected a whole number of days that recordings are kept/,
  ],
  [
    "a folder that would leave the bucket",
    recorded({ folder: "../other" }),
    /privacy: recording: expected a folder of letters, digits, dots, slashes and hyphens/,
  ],
  [
    "recorders with end-to-end encryption",
    { participants: 20, privacy: { confidentiality: "end-to-end", recording: { bucket } } },
    /privacy: expected no recording with end-to-end encryption, got "a recording by servers"/,
  ],
  [
    "no recording at once",
    { recordings: { atOnce: 0 } },
    /atOnce: expected a whole number of recordings at once from 1 to 19/,
  ],
  [
    "more recorders than a pool has hosts",
    { recordings: { atOnce: 20 } },
    /atOnce: expected a whole number of recordings at once from 1 to 19/,
  ],
  ["a volume for less than two recordings", { recordings: { atOnce: 1, gib: 10 } }, /gib: expected at least \d+ GiB/],
  ["a store in clear", { recordings: { atOnce: 1, store: "http://store" } }, /store: expected an HTTPS address/],
])("a Jitsi refuses %s", async (_, change, message) => {
  await expect(jitsi(change, cluster)).rejects.toThrow(message);
});

test("recorders with end-to-end encryption already in the type", () => {
  // @ts-expect-error end-to-end encryption excludes recording
  const refused: Privacy = { confidentiality: "end-to-end", recording: { bucket } };
  const allowed: Privacy = { confidentiality: "transport", recording: { bucket } };
  const names: JitsiPlanArgs["recordings"] = { atOnce: 1 };
  expect([refused, allowed, names]).toHaveLength(3);
});
