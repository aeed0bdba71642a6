import * as pulumi from "@pulumi/pulumi";
import { linkTo, throughProxy } from "../../core/connections";
import { invalid } from "../../core/errors";
import { image } from "../../core/images";
import { keptDays } from "../../core/numbers";
import { type Link, linkOut } from "../../core/link";
import { plannedEgress } from "../../core/plan";
import { type Secret, secretText, trusted } from "../../core/secret";
import { record } from "../../core/shapes";
import { podsHost } from "../../core/tier";
import type { Namespace } from "../../kubernetes/namespace";
import { Workload } from "../../kubernetes/workload";
import { gatewayName, proxyUrl } from "../../recipe/parts/private-host";
import type { MediaPlace } from "../../service-media";
import type { RoomRecording } from "./args";
import { browserPolicy, egress, homeMib, recorderFiles, recorderHome } from "./egress";
import { scripts } from "./files";
import { openViduImages } from "./images";
import type { OpenViduPlan } from "./plan";
import { type PlannedRecorders, recorderDrainSeconds } from "./recording";
import { folders, mediaPorts, trustFiles } from "./settings";
import { openViduTiers } from "./tiers";

/** Recorders that were planned, with their connections. */
export interface PlacedRecording extends RoomRecording {
  readonly recorders: PlannedRecorders;
  /** True if the bucket is reached through the gateways' proxy. */
  readonly proxied: boolean;
}

export interface RecordersArgs {
  readonly plan: OpenViduPlan;
  readonly recording: PlacedRecording;
  readonly namespace: Namespace;
  /** Hosts of the media servers, which are reached at their private addresses. */
  readonly hosts: MediaPlace["hosts"];
  readonly key: { readonly id: string; readonly secret: Secret };
}

/**
 * The recorders: pods on application hosts, one recording each. A browser inside joins the room as one more participant that nobody sees, and its picture and sound are
 * recorded into memory, and uploaded at the end.
 *
 * They connect to the cache, the media servers' private addresses and the bucket, and to nothing else: neither does the browser. It runs without the sandbox of its own,
 * which needs rights that no pod has here; the pod is its sandbox. A host that is lost takes its recordings with it.
 */
export function recorders(args: RecordersArgs, opts: pulumi.ComponentResourceOptions): Workload {
  const { plan, recording, namespace, key } = args;
  const { cluster } = namespace;
  const { tier, capacity, resources, longestMinutes } = recording.recorders;
  const { bucket, cache, proxied } = recording;
  const { media: server } = openViduTiers(plan.name);
  return new Workload(
    tier.name,
    {
      namespace,
      tier,
      role: "recorder",
      links: linksOf(args),
      image: image(cluster.registry, openViduImages.egress),
      capacity,
      // As in the image, where Ubuntu's own user is 1000 (build/egress/Dockerfile).
      user: 1_001,
      command: ["/bin/bash", "/scripts/start-recorder.sh"],
      env: {
        LIVEKIT_API_KEY: key.id,
        REDIS_HOST: pulumi.interpolate`${cache.host}:${cache.port}`,
        ...(bucket.ca === undefined ? {} : { SSL_CERT_FILE: `${folders.trust}/${recorderFiles.bucketAuthority}` }),
      },
      secretEnv: {
        LIVEKIT_API_SECRET: key.secret,
        AWS_ACCESS_KEY_ID: bucket.accessKey,
        AWS_SECRET_ACCESS_KEY: bucket.secretKey,
      },
      ...(proxied ? { names: { [gatewayName]: cluster.gatewayAddresses } } : {}),
      mounts: [
        { name: "home", path: recorderHome, memoryMib: homeMib(longestMinutes) },
        { name: "tmp", path: "/tmp", memoryMib: 64 },
        {
          name: "config",
          path: "/etc/egress",
          files: {
            "egress.yaml": egress({
              servers: { host: podsHost(server), port: server.ports.api.port },
              bucket,
              longestMinutes,
              ...(proxied ? { proxy: proxyUrl } : {}),
            }),
          },
        },
        {
          name: "browser",
          path: "/etc/opt/chrome/policies/managed",
          files: { "browser.json": browserPolicy() },
        },
        { name: "scripts", path: "/scripts", files: scripts.recorder, executable: true },
        {
          name: "secrets",
          path: folders.secrets,
          secrets: {
            [recorderFiles.cachePassword]: secretText({ password: cache.password }, ({ password }) =>
              JSON.stringify(password),
            ),
          },
        },
        {
          name: "trust",
          path: folders.trust,
          secrets: {
            [trustFiles.cache]: trusted(cache.ca),
            ...(bucket.ca === undefined ? {} : { [recorderFiles.bucketAuthority]: trusted(bucket.ca) }),
          },
        },
      ],
      metrics: { port: "metrics" },
      probes: {
        ready: { get: "/", port: tier.ports.health.port },
        alive: { get: "/", port: tier.ports.health.port, failures: 6 },
      },
      resources,
      // Told to stop, it takes no further recording and ends after its own (Shutdown, pkg/server/server.go of livekit/egress v1.14.1).
      drain: { seconds: recorderDrainSeconds(recording.recorders) },
    },
    opts,
  );
}

function linksOf({ recording, plan, hosts }: RecordersArgs): readonly Link[] {
  const { cache, bucket, recorders: planned } = recording;
  const { media } = openViduTiers(plan.name);
  const servers = { name: media.name, ranges: hosts.map(({ address }) => `${address}/32`) };
  const [first, last] = mediaPorts.udp;
  const toServers = (port: number, reason: string, protocol: "tcp" | "udp" = "tcp"): Link =>
    linkOut(planned.tier, servers, port, reason, protocol);
  return [
    linkTo(planned.tier, cache, "what to record"),
    linkTo(planned.tier, bucket, "recordings"),
    toServers(mediaPorts.api, "signalling of a room that is recorded"),
    toServers(mediaPorts.tcp, "media of a room that is recorded, where UDP is lost"),
    ...Array.from({ length: last - first + 1 }, (_, i) =>
      toServers(first + i, "media of a room that is recorded", "udp"),
    ),
  ];
}

/** Recorders of a plan with their connections. @throws RangeError for one without the other, and for a bucket that the plan does not name. */
export function placedRecording(plan: OpenViduPlan, given: RoomRecording | undefined): PlacedRecording | undefined {
  const { recorders: planned } = plan;
  if (planned === undefined && given === undefined) return undefined;
  if (planned === undefined)
    throw invalid("a plan with recorders", undefined, "plan them: planOpenVidu({ …, recorders: { recordings: 4 } })");
  const example = "{ bucket: givenBucket({ … }), cache: valkey.access({ from: openViduRecorders(plan) }) }";
  const { bucket, cache, keepDays } = record(given, "the connections of the plan's recorders", example);
  keptDays(keepDays);
  const value = {
    bucket: record(bucket, "a bucket", "givenBucket({ … })"),
    cache: record(cache, "the cache's access for recorders", "valkey.access({ from: openViduRecorders(plan) })"),
  } as RoomRecording;
  const proxied = throughProxy(value.bucket, value.bucket.endpoint);
  if (proxied) plannedEgress(plan, value.bucket.endpoint, "recorders.bucket");
  return { ...value, recorders: planned, proxied };
}
