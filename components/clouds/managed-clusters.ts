import type * as pulumi from "@pulumi/pulumi";
import type { Opening } from "../core/openings";

/** Place that the provider sends a cluster's audit log to. */
export interface AuditLog {
  /** Webhook that takes events: `https://logs.example.ch/audit`. */
  readonly endpoint: string;
  /** Token that it asks for. */
  readonly token: pulumi.Input<string>;
}

/** A Kubernetes cluster that a provider runs. */
export interface ManagedClusterSpec {
  readonly location: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Version of Kubernetes. */
  readonly version: string;
  /** Type of its nodes. */
  readonly type: string;
  readonly count: number;
  readonly diskGib: number;
  readonly audit?: AuditLog;
  /** Openings on the nodes' public addresses. */
  readonly openings: readonly Opening[];
}

export interface ManagedClusters {
  /** Maximum number of nodes that can be kept on different machines. */
  readonly most: number;
  make(
    name: string,
    spec: ManagedClusterSpec,
    opts: pulumi.CustomResourceOptions,
  ): {
    readonly kubeconfig: pulumi.Output<string>;
    /** Id of the group of its nodes, as balancers reach it. */
    readonly group: pulumi.Output<string>;
    readonly ready: readonly pulumi.Resource[];
  };
}
