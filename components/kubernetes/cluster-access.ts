import * as kubernetes from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { kubeconfig } from "../core/kubeconfig";
import type { ClusterKeys } from "./cluster-keys";

/** The administrator's way into a cluster, through a gateway and with a client certificate: a secret. */
export function administratorKubeconfig(
  name: string,
  endpoint: string,
  gateway: pulumi.Input<string>,
  { server, client }: ClusterKeys,
): pulumi.Output<string> {
  const administrator = client.issue("administrator", {
    commonName: "administrator",
    organization: "system:masters",
    usage: "client",
  });
  return pulumi.secret(
    pulumi
      .all([gateway, server.certificate, administrator.certificate, administrator.privateKey])
      .apply(([address, ...files]) => kubeconfig(name, endpoint, address, files)),
  );
}

/**
 * Provider of everything on a cluster. Changed Secrets and ConfigMaps would otherwise be replaced, and pods be without them meanwhile.
 *
 * @param identifier what the cluster is told by: without one, a new gateway address or client certificate would count as another cluster and replace every
 *   object.
 */
export const clusterProvider = (
  name: string,
  identifier: string,
  config: pulumi.Input<string>,
  parent: pulumi.Resource,
): kubernetes.Provider =>
  new kubernetes.Provider(
    name,
    { kubeconfig: config, clusterIdentifier: identifier, enableSecretMutable: true, enableConfigMapMutable: true },
    { parent },
  );
