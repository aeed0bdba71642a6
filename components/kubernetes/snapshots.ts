import type * as pulumi from "@pulumi/pulumi";
import { validate, invalid, type Keys } from "../core/errors";
import { domainName } from "../core/names";
import { text } from "../core/shapes";
import type { Egress } from "../infrastructure/gateway";

/** A bucket for snapshots of etcd, best one with versions and retention, at another provider's or place. */
export interface Snapshots {
  /** Host of the S3 API: `sos-ch-dk-2.exo.io`. It stands among the gateway's egress, with port 443. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Region as it stands in signatures. */
  readonly region: string;
  /** Credentials that read and write the bucket: secrets. */
  readonly accessKey: pulumi.Input<string>;
  readonly secretKey: pulumi.Input<string>;
}

export const snapshotsKeys: Keys<Snapshots> = {
  endpoint: true,
  bucket: true,
  region: true,
  accessKey: true,
  secretKey: true,
};

/** @throws RangeError with every problem, also where the gateway does not let through to the endpoint. */
export function checkedSnapshots(snapshots: Snapshots, egress: readonly Egress[]): void {
  const { endpoint, bucket, region, accessKey, secretKey } = snapshots;
  validate({
    endpoint: () => {
      domainName(endpoint);
      if (!egress.some(({ host, port }) => host === endpoint && port === 443))
        throw invalid(
          "a host that the gateway lets through on port 443",
          endpoint,
          "list it in the gateway's egress with a reason",
        );
    },
    bucket: () => {
      if (typeof bucket !== "string" || !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
        throw invalid("a bucket's name of 3 to 63 characters", bucket, 'give one like "crisis-etcd"');
    },
    region: () => {
      if (typeof region !== "string" || !/^[a-z0-9-]{1,40}$/.test(region))
        throw invalid("a region", region, 'give it as it stands in signatures, like "ch-dk-2"');
    },
    accessKey: () => text(accessKey, "the key of the store's API", "give one that reads and writes the bucket"),
    secretKey: () => text(secretKey, "the secret of the store's API", "give the one of the accessKey"),
  });
}
