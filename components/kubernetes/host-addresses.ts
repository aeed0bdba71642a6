import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import type * as pulumi from "@pulumi/pulumi";
import type { Mount } from "./mounts";
import type { Namespace } from "./namespace";
import type { KubernetesTarget } from "./target";

/** Public addresses of media hosts, as pods of a namespace are told them. */
export interface HostAddresses {
  /** The object that holds them, which pods wait for. */
  readonly object: ConfigMap;
  /** A file for each host, by its name, in `/addresses`. */
  readonly mount: Mount;
}

/**
 * Tells pods the public addresses of media hosts. They are known only once the hosts exist, so they stand in this object and nowhere else: everything else can be judged
 * before. A host that is named twice counts once.
 */
export function hostAddresses(
  name: string,
  namespace: Namespace,
  hosts: KubernetesTarget["mediaPools"][string],
  opts: pulumi.ComponentResourceOptions,
): HostAddresses {
  const known = [...new Map(hosts.map((host) => [host.name, host])).values()];
  const object = new ConfigMap(
    name,
    {
      metadata: { name, namespace: namespace.name },
      data: Object.fromEntries(known.map((host) => [host.name, host.publicAddress])),
    },
    { ...opts, provider: namespace.cluster.provider, dependsOn: [...namespace.ready] },
  );
  return {
    object,
    mount: { name: "addresses", path: "/addresses", configMap: name, keys: known.map((host) => host.name) },
  };
}
