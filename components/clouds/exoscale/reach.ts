/** Resources through which hosts are reached from outside, in the manner of resources.ts: pools, elastic addresses, load balancers and names. */
import * as pulumi from "@pulumi/pulumi";
import { options } from "./plugin";

type Text = pulumi.Input<string>;
type Labels = pulumi.Input<Record<string, Text>>;

export interface InstancePoolInstanceArgs {
  readonly id?: Text;
  readonly ipv6Address?: Text;
  readonly name?: Text;
  readonly publicIpAddress?: Text;
}

export interface InstancePoolArgs {
  readonly affinityGroupIds?: pulumi.Input<Text[]>;
  readonly antiAffinityGroupIds?: pulumi.Input<Text[]>;
  readonly deployTargetId?: Text;
  readonly description?: Text;
  readonly diskSize?: pulumi.Input<number>;
  readonly elasticIpIds?: pulumi.Input<Text[]>;
  readonly instancePrefix?: Text;
  readonly instanceType?: Text;
  readonly instances?: pulumi.Input<pulumi.Input<InstancePoolInstanceArgs>[]>;
  readonly ipv6?: pulumi.Input<boolean>;
  readonly keyPair?: Text;
  readonly labels?: Labels;
  readonly minAvailable?: pulumi.Input<number>;
  readonly name?: Text;
  readonly networkIds?: pulumi.Input<Text[]>;
  readonly securityGroupIds?: pulumi.Input<Text[]>;
  readonly serviceOffering?: Text;
  readonly size: pulumi.Input<number>;
  readonly state?: Text;
  readonly templateId: Text;
  readonly userData?: Text;
  readonly virtualMachines?: pulumi.Input<Text[]>;
  readonly zone: Text;
}

export class InstancePool extends pulumi.CustomResource {
  static readonly type = "exoscale:index/instancePool:InstancePool";
  constructor(name: string, args: InstancePoolArgs, opts?: pulumi.CustomResourceOptions) {
    super(InstancePool.type, name, { ...args }, options(opts));
  }
}

export interface ElasticIpHealthcheckArgs {
  readonly interval?: pulumi.Input<number>;
  readonly mode: Text;
  readonly port: pulumi.Input<number>;
  readonly strikesFail?: pulumi.Input<number>;
  readonly strikesOk?: pulumi.Input<number>;
  readonly timeout?: pulumi.Input<number>;
  readonly tlsSkipVerify?: pulumi.Input<boolean>;
  readonly tlsSni?: Text;
  readonly uri?: Text;
}

export interface ElasticIpArgs {
  readonly addressFamily?: Text;
  readonly description?: Text;
  readonly healthcheck?: pulumi.Input<ElasticIpHealthcheckArgs>;
  readonly labels?: Labels;
  readonly reverseDns?: Text;
  readonly zone: Text;
}

export class ElasticIp extends pulumi.CustomResource {
  static readonly type = "exoscale:index/elasticIp:ElasticIp";
  declare readonly ipAddress: pulumi.Output<string>;
  constructor(name: string, args: ElasticIpArgs, opts?: pulumi.CustomResourceOptions) {
    super(ElasticIp.type, name, { ...args, ipAddress: undefined }, options(opts));
  }
}

export interface NlbArgs {
  readonly description?: Text;
  readonly labels?: Labels;
  readonly name?: Text;
  readonly zone: Text;
}

export class Nlb extends pulumi.CustomResource {
  static readonly type = "exoscale:index/nlb:Nlb";
  declare readonly ipAddress: pulumi.Output<string>;
  constructor(name: string, args: NlbArgs, opts?: pulumi.CustomResourceOptions) {
    super(Nlb.type, name, { ...args, ipAddress: undefined }, options(opts));
  }
}

export interface NlbServiceHealthcheckArgs {
  readonly interval?: pulumi.Input<number>;
  readonly mode?: Text;
  readonly port: pulumi.Input<number>;
  readonly retries?: pulumi.Input<number>;
  readonly timeout?: pulumi.Input<number>;
  readonly tlsSni?: Text;
  readonly uri?: Text;
}

export interface NlbServiceArgs {
  readonly description?: Text;
  readonly healthchecks: pulumi.Input<pulumi.Input<NlbServiceHealthcheckArgs>[]>;
  readonly instancePoolId: Text;
  readonly name?: Text;
  readonly nlbId: Text;
  readonly port: pulumi.Input<number>;
  readonly protocol?: Text;
  readonly strategy?: Text;
  readonly targetPort: pulumi.Input<number>;
  readonly zone: Text;
}

export class NlbService extends pulumi.CustomResource {
  static readonly type = "exoscale:index/nlbService:NlbService";
  constructor(name: string, args: NlbServiceArgs, opts?: pulumi.CustomResourceOptions) {
    super(NlbService.type, name, { ...args }, options(opts));
  }
}

export interface DomainArgs {
  readonly name?: Text;
}

export class Domain extends pulumi.CustomResource {
  static readonly type = "exoscale:index/domain:Domain";
  constructor(name: string, args: DomainArgs, opts?: pulumi.CustomResourceOptions) {
    super(Domain.type, name, { ...args }, options(opts));
  }
}

export interface DomainRecordArgs {
  readonly content: Text;
  readonly domain: Text;
  readonly name?: Text;
  readonly prio?: pulumi.Input<number>;
  readonly recordType: Text;
  readonly ttl?: pulumi.Input<number>;
}

export class DomainRecord extends pulumi.CustomResource {
  static readonly type = "exoscale:index/domainRecord:DomainRecord";
  constructor(name: string, args: DomainRecordArgs, opts?: pulumi.CustomResourceOptions) {
    super(DomainRecord.type, name, { ...args }, options(opts));
  }
}
