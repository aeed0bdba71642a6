import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import * as pulumi from "@pulumi/pulumi";
import { type BucketAccess, linkTo, throughProxy } from "../../core/connections";
import { invalid } from "../../core/errors";
import { image } from "../../core/images";
import { link, type Link, linkOut } from "../../core/link";
import { plannedEgress } from "../../core/plan";
import { fields } from "../../core/shapes";
import { type Secret, trusted } from "../../core/secret";
import { serviceHost, type Tier, tier } from "../../core/tier";
import type { Mount } from "../../kubernetes/mounts";
import type { Policies } from "../../kubernetes/policies";
import { carrier } from "../../kubernetes/volume";
import { Workload } from "../../kubernetes/workload";
import type { ServicePlatform } from "../../service-base";
import { gatewayName, proxyUrl } from "../../recipe/parts/private-host";
import { scripts } from "./files";
import { jitsiImages } from "./images";
import { authorityPolicy, customJibri, jibriEnv, managedPolicy, policyFolders, recorderFolders } from "./jibri";
import {
  floorMib,
  keeperName,
  keeperResources,
  type PlannedRecordings,
  recorderCapacity,
  recorderLimits,
  recorderName,
  recorderResources,
  type Recording,
  recordingVolume,
  reserveMib,
  sharedMemoryMib,
} from "./recording";
import type { JitsiSettings } from "./settings";
import type { JitsiPlan } from "./plan";
import { jitsiUser, supervised } from "./shard";
import type { JitsiTiers } from "./tiers";

/** Port of a keeper's figures. */
const metricsPort = 9_100;

/** The tiers of recording: recorders, to which nothing connects, and the keepers of what they have recorded, to which the monitoring does. */
export const recordingTiers = (name: string) => ({
  recorder: tier(name, recorderName(name), {}),
  keeper: tier(name, keeperName(name), { metrics: metricsPort }),
});

/**
 * The keepers of a plan's recordings as buckets see them: they bring recordings there, and the recorders themselves reach no store.
 *
 * @throws RangeError for a plan that has none.
 * @example
 * const recordings = { atOnce: 2 };
 * const meetings = planJitsi({ name: "meetings", domain: "meet.crisis.example.ch", participants: 200, recordings });
 * const from = jitsiKeepers(meetings); // storage.bucket("recordings", { from })
 */
export function jitsiKeepers({ name, recordings }: JitsiPlan): Tier<"metrics"> {
  if (recordings === undefined)
    throw invalid("a plan with recordings", undefined, "plan them: planJitsi({ …, recordings: { atOnce: 2 } })");
  return recordingTiers(name).keeper;
}

/** Recording by servers, with the room that its plan has for it. */
export interface RecordedBy {
  readonly recording: Recording;
  readonly planned: PlannedRecordings;
  /** Pool of hosts with the volumes. */
  readonly pool: string;
}

/**
 * Recording by servers, where there is one.
 *
 * @throws RangeError for a plan without room for recordings, for room that nobody uses, and for a store that the plan does not name.
 */
export function recordedBy(
  on: ServicePlatform,
  plan: JitsiPlan,
  recording: boolean | Recording | undefined,
): RecordedBy | undefined {
  const { recordings: planned } = plan;
  if (typeof recording !== "object") {
    if (planned !== undefined)
      throw invalid(
        "privacy.recording with a bucket, as its plan has recordings",
        recording,
        'give privacy: { confidentiality: "transport", recording: { bucket } }, or plan without recordings',
      );
    return undefined;
  }
  const [need] = plan.volumes ?? [];
  if (planned === undefined || need === undefined)
    throw invalid("a plan with recordings", undefined, "give planJitsi recordings: { atOnce: 2, store }");
  if (throughProxy(recording.bucket, recording.bucket.endpoint))
    plannedEgress(plan, recording.bucket.endpoint, "recordings.store");
  return { recording, planned, pool: carrier(need, fields(fields(on).cluster).volumes) };
}

export interface RecordersArgs extends RecordedBy {
  readonly on: ServicePlatform;
  readonly settings: JitsiSettings;
  readonly tiers: JitsiTiers;
  readonly policies: Policies;
  /** Certificate of the authority that signalling servers are known by. */
  readonly authority: pulumi.Input<string>;
  readonly passwords: { readonly control: Secret; readonly browser: Secret };
}

/**
 * Every connection of the recorders, each named once. The browser of a recorder reaches the meeting's own address as participants do, through the gateways and the edge,
 * and bridges at their private addresses: Jicofo tells these to recorders alone (jitsi/jicofo 7ebb13d, reference.conf, use-private-address-connectivity). What leads
 * out of the cluster is the keeper's, in pods of its own.
 */
export function recordingLinks(
  name: string,
  { on, tiers, bucket }: { readonly on: ServicePlatform; readonly tiers: JitsiTiers; readonly bucket: BucketAccess },
  bridges: readonly string[],
): readonly Link[] {
  const { recorder, keeper } = recordingTiers(name);
  const gateways = on.cluster.gatewayAddresses.map((address) => `${address}/32`);
  return [
    ...tiers.shards.map(({ signalling }) => link(recorder, signalling, "xmpp", "recorders that wait for work")),
    linkOut(
      recorder,
      { name: "gateways", ranges: gateways },
      443,
      "the meeting's own address, as participants reach it",
    ),
    linkOut(recorder, { name: "bridges", ranges: bridges }, 10_000, "media of the meeting that is recorded", "udp"),
    linkTo(keeper, bucket, "recordings"),
  ];
}

/** Makes the recorders, and a keeper on the host of each. */
export function recorders(name: string, args: RecordersArgs, opts: pulumi.ComponentResourceOptions): void {
  const policy = browserPolicy(name, args, opts);
  const made = recorder(name, args, policy.name, { ...opts, dependsOn: [policy.made] });
  keeper(name, args, { ...opts, dependsOn: [made] });
}

/** Policies of the browser. The authority is known only once it is there. */
function browserPolicy(name: string, args: RecordersArgs, opts: pulumi.ComponentResourceOptions) {
  const { settings, policies, recording, on } = args;
  const authority = recording.webAuthority ?? on.webAuthority;
  const own = `${recorderName(name)}-policy`;
  const made = new ConfigMap(
    own,
    {
      metadata: { name: own, namespace: policies.namespace.name },
      data: {
        "managed_policies.json": managedPolicy(settings.domain),
        "web_authority.json": authority === undefined ? "{}\n" : pulumi.output(authority).apply(authorityPolicy),
      },
    },
    { ...opts, provider: policies.namespace.cluster.provider, dependsOn: [...policies.namespace.ready] },
  );
  return { name: own, made };
}

/** Settings of the recorders and of the keepers: they share the volume of each host. */
const shared = (name: string, { policies, pool, planned }: RecordersArgs, own: Tier) => ({
  namespace: policies.namespace,
  policies,
  tier: own,
  kind: "StatefulSet" as const,
  pool,
  capacity: recorderCapacity(planned),
  user: jitsiUser,
  volumes: [
    {
      name: "storage",
      path: recorderFolders.storage,
      gib: planned.gib,
      from: recordingVolume(name),
      ...(own.name === keeperName(name) ? { of: recorderName(name) } : {}),
    },
  ],
});

function recorder(name: string, args: RecordersArgs, policy: string, opts: pulumi.ComponentResourceOptions): Workload {
  const { settings, tiers, policies, passwords, recording } = args;
  const { cluster } = policies.namespace;
  const own = recordingTiers(name).recorder;
  const drainSeconds = recorderLimits.longestHours * 3_600 + recorderLimits.handOverSeconds;
  const policyMount = (key: keyof typeof policyFolders): Mount => ({
    name: `policy-${key}`,
    path: policyFolders[key],
    configMap: policy,
    keys: ["managed_policies.json", "web_authority.json"],
  });
  return new Workload(
    own.name,
    {
      ...shared(name, args, own),
      role: "recorder",
      image: image(cluster.registry, recording.image ?? jitsiImages.jibri),
      command: ["/bin/bash", "/scripts/start-java.sh", "/bin/bash", "/scripts/start-recorder.sh"],
      // The meeting's own name leads to the gateways' private addresses: private hosts have no way to the public ones.
      names: { [settings.domain]: cluster.gatewayAddresses },
      podFields: { POD_NAME: "metadata.name" },
      env: {
        ...jibriEnv(
          settings,
          tiers.shards.map(({ signalling }) => serviceHost(signalling)),
        ),
        ...supervised,
        RESERVE_MIB: `${reserveMib}`,
        FLOOR_MIB: `${floorMib}`,
        DRAIN_SECONDS: `${drainSeconds - recorderLimits.handOverSeconds}`,
      },
      secretEnv: { JIBRI_XMPP_PASSWORD: passwords.control, JIBRI_RECORDER_PASSWORD: passwords.browser },
      mounts: [
        { name: "run", path: "/run", memoryMib: 512 },
        { name: "tmp", path: "/tmp", memoryMib: 512 },
        { name: "shm", path: "/dev/shm", memoryMib: sharedMemoryMib },
        { name: "config", path: "/config", files: { "custom-jibri.conf": customJibri(settings.domain) } },
        policyMount("chrome"),
        policyMount("chromium"),
        { name: "scripts", path: "/scripts", files: scripts.recorder, executable: true },
        { name: "authority", path: "/authority", secrets: { "ca.crt": trusted(args.authority) } },
      ],
      probes: {
        ready: { command: ["/bin/bash", "/scripts/recorder-health.sh", "ready"] },
        alive: { command: ["/bin/bash", "/scripts/recorder-health.sh", "alive"], failures: 6 },
        // It waits for space.
        startSeconds: 600,
      },
      resources: recorderResources,
      drain: { command: ["/bin/bash", "/scripts/drain-recorder.sh"], seconds: drainSeconds },
    },
    opts,
  );
}

function keeper(name: string, args: RecordersArgs, opts: pulumi.ComponentResourceOptions): Workload {
  const { policies, recording } = args;
  const { cluster } = policies.namespace;
  const { bucket, folder = name } = recording;
  const own = recordingTiers(name).keeper;
  const proxied = throughProxy(bucket, bucket.endpoint);
  return new Workload(
    own.name,
    {
      ...shared(name, args, own),
      role: "keeper",
      image: image(cluster.registry, jitsiImages.rclone),
      command: ["/bin/sh", "/scripts/keep-recordings.sh"],
      ...(proxied ? { names: { [gatewayName]: cluster.gatewayAddresses } } : {}),
      env: {
        ...storeVariables(bucket),
        ...(proxied ? { HTTPS_PROXY: proxyUrl } : {}),
        STORE: `store:${bucket.bucket}/${folder}`,
        SPOOL: recorderFolders.spool,
        RUN: keeperRun,
        RESERVE_MIB: `${reserveMib}`,
        METRICS_PORT: `${metricsPort}`,
      },
      secretEnv: {
        RCLONE_CONFIG_STORE_ACCESS_KEY_ID: bucket.accessKey,
        RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: bucket.secretKey,
      },
      mounts: [
        { name: "run", path: keeperRun, memoryMib: 16 },
        { name: "scripts", path: "/scripts", files: scripts.keeper, executable: true },
        ...(bucket.ca === undefined
          ? []
          : [{ name: "authority", path: "/authority", secrets: { "ca.crt": trusted(bucket.ca) } }]),
      ],
      metrics: { port: "metrics", path: "/metrics.txt" },
      probes: {
        ready: { get: "/metrics.txt", port: metricsPort },
        alive: { get: "/metrics.txt", port: metricsPort, failures: 6 },
      },
      resources: keeperResources,
      drain: { seconds: 30 },
    },
    opts,
  );
}

const keeperRun = "/run/keeper";

/** Variables by which rclone knows the store: it has no configuration file. What fails is tried again by the keeper. */
export const storeVariables = (bucket: Pick<BucketAccess, "endpoint" | "region" | "ca">): Record<string, string> => ({
  RCLONE_CONFIG: `${keeperRun}/none`,
  RCLONE_CONFIG_STORE_TYPE: "s3",
  RCLONE_CONFIG_STORE_PROVIDER: "Other",
  RCLONE_CONFIG_STORE_ENDPOINT: bucket.endpoint,
  RCLONE_CONFIG_STORE_REGION: bucket.region,
  RCLONE_CONFIG_STORE_NO_CHECK_BUCKET: "true",
  RCLONE_CACHE_DIR: `${keeperRun}/cache`,
  RCLONE_LOG_LEVEL: "ERROR",
  RCLONE_CONTIMEOUT: "15s",
  RCLONE_TIMEOUT: "2m",
  RCLONE_RETRIES: "1",
  RCLONE_LOW_LEVEL_RETRIES: "3",
  ...(bucket.ca === undefined ? {} : { RCLONE_CA_CERT: "/authority/ca.crt" }),
});
