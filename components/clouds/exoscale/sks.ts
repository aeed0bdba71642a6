/** Managed Kubernetes, in the manner of resources.ts. */
import * as pulumi from "@pulumi/pulumi";
import { options } from "./plugin";

type Text = pulumi.Input<string>;
type Labels = pulumi.Input<Record<string, Text>>;

export interface SksClusterAuditArgs {
  readonly bearerToken?: Text;
  readonly enabled?: pulumi.Input<boolean>;
  readonly endpoint?: Text;
  readonly initialBackoff?: Text;
}

export interface SksClusterOidcArgs {
  readonly clientId: Text;
  readonly groupsClaim?: Text;
  readonly groupsPrefix?: Text;
  readonly issuerUrl: Text;
  readonly requiredClaim?: Labels;
  readonly usernameClaim?: Text;
  readonly usernamePrefix?: Text;
}

export interface SksClusterArgs {
  readonly addons?: pulumi.Input<Text[]>;
  readonly audit?: pulumi.Input<SksClusterAuditArgs>;
  readonly autoUpgrade?: pulumi.Input<boolean>;
  readonly cni?: Text;
  readonly description?: Text;
  readonly enableKubeProxy?: pulumi.Input<boolean>;
  readonly exoscaleCcm?: pulumi.Input<boolean>;
  readonly exoscaleCsi?: pulumi.Input<boolean>;
  readonly featureGates?: pulumi.Input<Text[]>;
  readonly labels?: Labels;
  readonly metricsServer?: pulumi.Input<boolean>;
  readonly name?: Text;
  readonly oidc?: pulumi.Input<SksClusterOidcArgs>;
  readonly serviceLevel?: Text;
  readonly version?: Text;
  readonly zone: Text;
}

export class SksCluster extends pulumi.CustomResource {
  static readonly type = "exoscale:index/sksCluster:SksCluster";
  declare readonly endpoint: pulumi.Output<string>;
  declare readonly controlPlaneCa: pulumi.Output<string>;
  constructor(name: string, args: SksClusterArgs, opts?: pulumi.CustomResourceOptions) {
    super(SksCluster.type, name, { ...args, endpoint: undefined, controlPlaneCa: undefined }, options(opts));
  }
}

export interface SksNodepoolKubeletImageGcArgs {
  readonly highThreshold?: pulumi.Input<number>;
  readonly lowThreshold?: pulumi.Input<number>;
  readonly minAge?: Text;
}

export interface SksNodepoolArgs {
  readonly antiAffinityGroupIds?: pulumi.Input<Text[]>;
  readonly clusterId: Text;
  readonly deployTargetId?: Text;
  readonly description?: Text;
  readonly diskSize?: pulumi.Input<number>;
  readonly instancePrefix?: Text;
  readonly instanceType: Text;
  readonly ipv6?: pulumi.Input<boolean>;
  readonly kubeletImageGcs?: pulumi.Input<pulumi.Input<SksNodepoolKubeletImageGcArgs>[]>;
  readonly labels?: Labels;
  readonly name?: Text;
  readonly privateNetworkIds?: pulumi.Input<Text[]>;
  readonly securityGroupIds?: pulumi.Input<Text[]>;
  readonly size: pulumi.Input<number>;
  readonly storageLvm?: pulumi.Input<boolean>;
  readonly taints?: Labels;
  readonly zone: Text;
}

export class SksNodepool extends pulumi.CustomResource {
  static readonly type = "exoscale:index/sksNodepool:SksNodepool";
  declare readonly instancePoolId: pulumi.Output<string>;
  constructor(name: string, args: SksNodepoolArgs, opts?: pulumi.CustomResourceOptions) {
    super(SksNodepool.type, name, { ...args, instancePoolId: undefined }, options(opts));
  }
}

export interface SksKubeconfigArgs {
  readonly clusterId: Text;
  readonly earlyRenewalSeconds?: pulumi.Input<number>;
  readonly groups: pulumi.Input<Text[]>;
  readonly ttlSeconds?: pulumi.Input<number>;
  readonly user: Text;
  readonly zone: Text;
}

export class SksKubeconfig extends pulumi.CustomResource {
  static readonly type = "exoscale:index/sksKubeconfig:SksKubeconfig";
  declare readonly kubeconfig: pulumi.Output<string>;
  constructor(name: string, args: SksKubeconfigArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      SksKubeconfig.type,
      name,
      { ...args, kubeconfig: undefined },
      options({ ...opts, additionalSecretOutputs: ["kubeconfig", ...(opts?.additionalSecretOutputs ?? [])] }),
    );
  }
}
