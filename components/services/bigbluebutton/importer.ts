import type * as pulumi from "@pulumi/pulumi";
import { replicasFor } from "../../core/capacity";
import { throughProxy } from "../../core/connections";
import { image } from "../../core/images";
import type { VolumeNeed } from "../../core/plan";
import { Workload } from "../../kubernetes/workload";
import { proxyUrl } from "../../recipe/parts/private-host";
import { scripts } from "./files";
import { bigBlueButtonImages } from "./images";
import { type ClusterParts, knownNames, type RecordingStores, scratch, trustMount } from "./rails";
import {
  recordingEnv,
  recordingSecrets,
  scaleliteEnv,
  scaleliteSecrets,
  scaleliteTrust,
  startRails,
} from "./scalelite";
import { folders, importerCapacity, podResources, rubyUser } from "./settings";
import { bigBlueButtonTiers, importVolume } from "./tiers";

/** Volume of the importers: space to unpack in, which may be lost. */
export const spoolVolume = (name: string, gib: number): VolumeNeed => ({
  name: importVolume(name),
  gib,
  replicas: replicasFor(importerCapacity),
});

/** Space that an importer needs for archives of a size: itself, unpacked, and as much again for the copy that is moved. */
export const importGib = (largestArchiveGib: number): number => Math.ceil(3 * largestArchiveGib);

/**
 * The importers: they take archives out of the spool bucket into the bucket of recordings and Scalelite's database, one at a time. Upstream allows one importer only
 * (docs/docker-README.md): of these, the one that has a lock in the database works. When it ends, the other has the lock at once; when its host is lost, after half a
 * minute, and begins with the archive that was not finished. Recordings appear later by so much, and none is lost: an archive stays in the spool bucket until every
 * file of it was found in the other bucket.
 */
export function importer(
  parts: ClusterParts & { readonly recordings: RecordingStores },
  opts: pulumi.ComponentResourceOptions,
): Workload {
  const { name, policies, recordings } = parts;
  const { bucket, spool, gib, pool } = recordings;
  const tier = bigBlueButtonTiers(name).importer;
  const alive = "/tmp/imported";
  const seen = (minutes: number): readonly string[] => ["/bin/sh", "-c", `[ -n "$(find ${alive} -mmin -${minutes})" ]`];
  const spoolProxied = throughProxy(spool, spool.endpoint);
  return new Workload(
    tier.name,
    {
      namespace: policies.namespace,
      policies,
      tier,
      role: "importer",
      kind: "StatefulSet",
      pool,
      image: image(policies.namespace.cluster.registry, bigBlueButtonImages.scalelite),
      capacity: importerCapacity,
      user: rubyUser,
      command: startRails("bundle", "exec", "rails", "runner", `${folders.scripts}/import.rb`),
      env: {
        ...scaleliteEnv(parts),
        ...recordingEnv(parts),
        RECORDING_SPOOL_DIR: `${folders.spool}/archives`,
        RECORDING_WORK_DIR: `${folders.spool}/work`,
        SPOOL_ENDPOINT: spool.endpoint,
        SPOOL_BUCKET: spool.bucket,
        SPOOL_REGION: spool.region,
        ...(spoolProxied ? { SPOOL_PROXY: proxyUrl } : {}),
        ALIVE: alive,
      },
      secretEnv: {
        ...scaleliteSecrets(parts),
        ...recordingSecrets(parts),
        SPOOL_ACCESS_KEY_ID: spool.accessKey,
        SPOOL_SECRET_ACCESS_KEY: spool.secretKey,
      },
      // It tells Greenlight when a recording is ready, at the address that Greenlight has for everybody.
      ...knownNames(parts, { web: true, proxy: spoolProxied || throughProxy(bucket, bucket.endpoint) }),
      mounts: [
        ...scratch(folders.scaleliteApp, 128),
        { name: "scripts", path: folders.scripts, files: scripts.importer, executable: true },
        trustMount({ ...scaleliteTrust(parts), spool: spool.ca }),
      ],
      volumes: [{ name: "spool", path: folders.spool, gib, from: importVolume(name) }],
      probes: {
        ready: { command: ["/bin/sh", "-c", `[ -e ${alive} ]`] },
        // A recording of some hours is unpacked and uploaded in between.
        alive: { command: seen(180), failures: 6 },
        startSeconds: 600,
      },
      resources: podResources.importer,
      // It ends after the archive that it is at, as upstream's does; what it cannot finish, the other begins anew.
      drain: { command: ["/bin/true"], seconds: 140 },
    },
    opts,
  );
}
