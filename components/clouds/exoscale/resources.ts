/**
 * The Exoscale resources in use, as thin typed classes over the plugin `exoscale` 0.66: names and shapes of inputs as the published packages for other
 * languages state them (a test compares). When a package for Node is published, this file, reach.ts, sks.ts, iam.ts and plugin.ts go and their importers
 * change one line.
 */
import * as pulumi from "@pulumi/pulumi";
import { options } from "./plugin";

type Text = pulumi.Input<string>;
type Labels = pulumi.Input<Record<string, Text>>;

export interface PrivateNetworkArgs {
  readonly description?: Text;
  readonly endIp?: Text;
  readonly labels?: Labels;
  readonly name?: Text;
  readonly netmask?: Text;
  readonly startIp?: Text;
  readonly zone: Text;
}

export class PrivateNetwork extends pulumi.CustomResource {
  static readonly type = "exoscale:index/privateNetwork:PrivateNetwork";
  constructor(name: string, args: PrivateNetworkArgs, opts?: pulumi.CustomResourceOptions) {
    super(PrivateNetwork.type, name, { ...args }, options(opts));
  }
}

export interface SecurityGroupArgs {
  readonly description?: Text;
  readonly externalSources?: pulumi.Input<Text[]>;
  readonly name?: Text;
}

export class SecurityGroup extends pulumi.CustomResource {
  static readonly type = "exoscale:index/securityGroup:SecurityGroup";
  constructor(name: string, args: SecurityGroupArgs, opts?: pulumi.CustomResourceOptions) {
    super(SecurityGroup.type, name, { ...args }, options(opts));
  }
}

export interface SecurityGroupRuleArgs {
  readonly cidr?: Text;
  readonly description?: Text;
  readonly endPort?: pulumi.Input<number>;
  readonly icmpCode?: pulumi.Input<number>;
  readonly icmpType?: pulumi.Input<number>;
  readonly protocol?: Text;
  readonly publicSecurityGroup?: Text;
  readonly securityGroup?: Text;
  readonly securityGroupId?: Text;
  readonly startPort?: pulumi.Input<number>;
  readonly type: Text;
  readonly userSecurityGroup?: Text;
  readonly userSecurityGroupId?: Text;
}

export class SecurityGroupRule extends pulumi.CustomResource {
  static readonly type = "exoscale:index/securityGroupRule:SecurityGroupRule";
  constructor(name: string, args: SecurityGroupRuleArgs, opts?: pulumi.CustomResourceOptions) {
    super(SecurityGroupRule.type, name, { ...args }, options(opts));
  }
}

export interface AntiAffinityGroupArgs {
  readonly description?: Text;
  readonly name?: Text;
}

export class AntiAffinityGroup extends pulumi.CustomResource {
  static readonly type = "exoscale:index/antiAffinityGroup:AntiAffinityGroup";
  constructor(name: string, args: AntiAffinityGroupArgs, opts?: pulumi.CustomResourceOptions) {
    super(AntiAffinityGroup.type, name, { ...args }, options(opts));
  }
}

export interface ComputeInstanceNetworkInterfaceArgs {
  readonly ipAddress?: Text;
  readonly macAddress?: Text;
  readonly networkId: Text;
}

export interface ComputeInstanceArgs {
  readonly antiAffinityGroupIds?: pulumi.Input<Text[]>;
  readonly blockStorageVolumeIds?: pulumi.Input<Text[]>;
  readonly deployTargetId?: Text;
  readonly destroyProtected?: pulumi.Input<boolean>;
  readonly diskSize: pulumi.Input<number>;
  readonly elasticIpIds?: pulumi.Input<Text[]>;
  readonly enableSecureBoot?: pulumi.Input<boolean>;
  readonly enableTpm?: pulumi.Input<boolean>;
  readonly ipv6?: pulumi.Input<boolean>;
  readonly labels?: Labels;
  readonly name?: Text;
  readonly networkInterfaces?: pulumi.Input<pulumi.Input<ComputeInstanceNetworkInterfaceArgs>[]>;
  readonly private?: pulumi.Input<boolean>;
  readonly reverseDns?: Text;
  readonly securityGroupIds?: pulumi.Input<Text[]>;
  readonly sshKey?: Text;
  readonly sshKeys?: pulumi.Input<Text[]>;
  readonly state?: Text;
  readonly templateId: Text;
  readonly type: Text;
  readonly userData?: Text;
  readonly zone: Text;
}

export class ComputeInstance extends pulumi.CustomResource {
  static readonly type = "exoscale:index/computeInstance:ComputeInstance";
  declare readonly publicIpAddress: pulumi.Output<string>;
  constructor(name: string, args: ComputeInstanceArgs, opts?: pulumi.CustomResourceOptions) {
    super(ComputeInstance.type, name, { ...args, publicIpAddress: undefined }, options(opts));
  }
}

export interface BlockStorageVolumeSnapshotTargetArgs {
  readonly id?: Text;
}

export interface BlockStorageVolumeTimeoutsArgs {
  readonly read?: Text;
}

export interface BlockStorageVolumeArgs {
  readonly labels?: Labels;
  readonly name?: Text;
  readonly size?: pulumi.Input<number>;
  readonly snapshotTarget?: pulumi.Input<BlockStorageVolumeSnapshotTargetArgs>;
  readonly timeouts?: pulumi.Input<BlockStorageVolumeTimeoutsArgs>;
  readonly zone: Text;
}

export class BlockStorageVolume extends pulumi.CustomResource {
  static readonly type = "exoscale:index/blockStorageVolume:BlockStorageVolume";
  constructor(name: string, args: BlockStorageVolumeArgs, opts?: pulumi.CustomResourceOptions) {
    super(BlockStorageVolume.type, name, { ...args }, options(opts));
  }
}

export interface SshKeyArgs {
  readonly name?: Text;
  readonly publicKey: Text;
}

export class SshKey extends pulumi.CustomResource {
  static readonly type = "exoscale:index/sshKey:SshKey";
  constructor(name: string, args: SshKeyArgs, opts?: pulumi.CustomResourceOptions) {
    super(SshKey.type, name, { ...args }, options(opts));
  }
}
