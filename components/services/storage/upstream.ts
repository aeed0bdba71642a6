import type { Upstream } from "../../core/upstream";
import { storageImages } from "./images";

/** The sources of 4.53, and where a row says so, what the program of 4.48 was seen to do in test/servers/storage.test.ts. */
const weed = (path: string): string => `seaweedfs/seaweedfs 7506e5f ${path}`;
/** The sources of 4.44, where those of 4.53 were not at hand; the program of 4.48 was seen to do the same. */
const older = (path: string): string => `seaweedfs/seaweedfs cc8364a ${path}`;
const override = weed("weed/util/config.go, AutomaticEnv with the prefix WEED");

/** Sources of everything that is written for the object store. */
export const upstream: Upstream = {
  variables: {
    [storageImages.seaweedfs.path]: {
      WEED_JWT_SIGNING_KEY: `${override}; weed/command/scaffold/security.toml, jwt.signing`,
      WEED_JWT_FILER_SIGNING_KEY: `${override}; weed/command/scaffold/security.toml, jwt.filer_signing`,
      WEED_JWT_FILER_SIGNING_READ_KEY: `${override}; weed/command/scaffold/security.toml, jwt.filer_signing.read`,
      WEED_POSTGRES2_HOSTNAME: `${override}; weed/filer/postgres2/postgres2_store.go`,
      WEED_POSTGRES2_PASSWORD: `${override}; weed/filer/postgres2/postgres2_store.go`,
    },
  },
  files: {
    "security.toml": {
      "access, filer.expose_directory_metadata": weed("weed/command/scaffold/security.toml"),
      "grpc, grpc.master, grpc.volume, grpc.filer, grpc.s3, grpc.client": weed("weed/security/tls.go"),
      "https.client": weed("weed/util/http/client/http_client.go"),
      "https.master, https.volume, https.filer": weed("weed/command/{master,volume,filer}.go"),
    },
    "filer.toml": {
      "filer.options": weed("weed/server/filer_server.go"),
      postgres2: weed("weed/filer/postgres2/postgres2_store.go"),
    },
    "master.toml": {
      "master.maintenance": weed("weed/server/master_server.go, startAdminScripts"),
      "master.volume_growth": weed("weed/topology/volume_growth.go"),
      "master.replication": weed("weed/server/master_server.go"),
    },
    "s3.json": {
      identities: weed("weed/pb/iam.proto, Identity"),
      policies: weed("weed/pb/iam.proto, Policy"),
    },
  },
  behaviour: {
    "make-buckets.sh": {
      "x-amz-bucket-object-lock-enabled": weed("weed/s3api/s3api_bucket_handlers.go, PutBucketHandler"),
      "fs.configure -fsync": weed("weed/shell/command_fs_configure.go"),
      "a write that is told to flush is flushed on both hosts before it is answered": weed(
        "weed/topology/store_replicate.go, ReplicatedWrite",
      ),
    },
    "expire.sh": {
      "s3.lifecycle.run-shard": weed("weed/shell/command_s3_lifecycle_run_shard.go"),
    },
    "answers.sh": { "/healthz": weed("weed/s3api/s3api_server.go") },
    "start-gateway.sh": {
      "filer.store.id": weed("weed/filer/filer.go, SetStore"),
      "a write asks its gateway without a limit, and goes on when its client has left": older(
        "weed/s3api/s3api_object_routed_write.go, routedPut",
      ),
      "the lock of an object is held until the database has answered": older(
        "weed/server/filer_grpc_server.go, ObjectTransaction",
      ),
      "connections to the database have no limit but that of connecting, and no setting for one": older(
        "weed/util/pgxutil/pgx_conn.go, OpenDB; weed/filer/postgres2/postgres2_store.go, initialize",
      ),
    },
    master: {
      "-telemetry is true and -telemetry.url leads to telemetry.seaweedfs.com by default":
        weed("weed/command/master.go"),
      "upstream's own maintenance has ec.encode": weed("weed/cluster/maintenance/maintenance_config.go"),
    },
  },
};
