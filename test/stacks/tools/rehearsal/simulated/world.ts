import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Problem } from "../../../../../stacks/tools/rehearsal/simulated/checks";
import { types as hetznerTypes } from "../../../../../stacks/tools/rehearsal/simulated/hcloud/server";
import { openPackages, type SimulatedCloudsOptions } from "../../../../../stacks/tools/rehearsal/simulated/packages";
import type { PackageService, Subject } from "../../../../../stacks/tools/rehearsal/simulated/service";
import { type Properties, revealAll } from "../../../../../stacks/tools/rehearsal/simulated/values";

/** An object as it was made: what the engine would keep of it. */
export interface Made {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly state: Properties;
}

/** The simulated packages on a folder of their own, driven as the engine would: check, then create. */
export class World {
  readonly folder: string;
  private readonly services: Readonly<Record<string, PackageService>>;
  /** Configuration of the providers, by package. */
  readonly config: Record<string, Properties> = {};

  constructor(options: Omit<SimulatedCloudsOptions, "folder"> & { readonly folder?: string } = {}) {
    this.folder = options.folder ?? mkdtempSync(join(tmpdir(), "sovereign-uc-clouds-"));
    const services = openPackages({ ...options, folder: this.folder });
    this.services = Object.fromEntries(services.map((service) => [service.simulated.name, service]));
  }

  check(type: string, inputs: Properties, name = "one", olds: Properties = {}): readonly Problem[] {
    return this.checked(type, name, inputs, olds).problems;
  }

  checked(type: string, name: string, inputs: Properties, olds: Properties = {}) {
    return this.of(type).check(subject(type, name), olds, inputs, new Uint8Array([1, 2, 3]), this.configOf(type));
  }

  /** Rejects with the first problem, or with the provider's refusal. */
  async make(type: string, name: string, inputs: Properties): Promise<Made> {
    const { inputs: complete, problems } = this.checked(type, name, inputs);
    const [problem] = problems;
    if (problem !== undefined) throw new Error(`${problem.property}: ${problem.reason}`);
    const { id, properties } = await this.of(type).create(subject(type, name), complete, false, this.configOf(type));
    return { type, name, id, inputs: complete, state: properties };
  }

  async preview(type: string, name: string, inputs: Properties): Promise<Properties> {
    const { inputs: complete } = this.checked(type, name, inputs);
    return (await this.of(type).create(subject(type, name), complete, true, this.configOf(type))).properties;
  }

  async update(made: Made, inputs: Properties): Promise<Made> {
    const { inputs: complete, problems } = this.checked(made.type, made.name, inputs, made.inputs);
    const [problem] = problems;
    if (problem !== undefined) throw new Error(`${problem.property}: ${problem.reason}`);
    const old = { state: made.state, inputs: made.inputs };
    const state = await this.of(made.type).update(
      subject(made.type, made.name),
      made.id,
      old,
      complete,
      false,
      this.configOf(made.type),
    );
    return { ...made, inputs: complete, state };
  }

  /** Paths that would replace the resource. */
  replaces(made: Made, inputs: Properties): readonly string[] {
    return this.diff(made, inputs).replaces;
  }

  diff(made: Made, inputs: Properties) {
    const { inputs: complete } = this.checked(made.type, made.name, inputs, made.inputs);
    return this.of(made.type).diff(
      subject(made.type, made.name),
      made.inputs,
      complete,
      this.configOf(made.type),
      made.state,
    );
  }

  read(made: Made) {
    return this.of(made.type).read(
      subject(made.type, made.name),
      made.id,
      made.state,
      made.inputs,
      this.configOf(made.type),
    );
  }

  import(type: string, name: string, id: string) {
    return this.of(type).read(subject(type, name), id, {}, {}, this.configOf(type));
  }

  remove(made: Made): Promise<void> {
    return this.of(made.type).remove(subject(made.type, made.name), made.id, made.state, this.configOf(made.type));
  }

  of(type: string): PackageService {
    const service = this.services[type.split(":")[0] ?? ""];
    if (service === undefined) throw new Error(`no package for ${type}`);
    return service;
  }

  private configOf(type: string): Properties {
    return this.config[type.split(":")[0] ?? ""] ?? {};
  }

  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const subject = (type: string, name: string): Subject => ({ urn: `urn:pulumi:test::test::${type}::${name}`, type });

/** The state of an object without secret markers. */
export const seen = (made: Made): Properties => revealAll(made.state);

/** Type tokens by their short name. */
export const types = {
  ...hetznerTypes,
  server: "hcloud:index/server:Server",
  privateNetwork: "exoscale:index/privateNetwork:PrivateNetwork",
  instance: "exoscale:index/computeInstance:ComputeInstance",
  securityGroup: "exoscale:index/securityGroup:SecurityGroup",
  securityGroupRule: "exoscale:index/securityGroupRule:SecurityGroupRule",
  antiAffinityGroup: "exoscale:index/antiAffinityGroup:AntiAffinityGroup",
  blockVolume: "exoscale:index/blockStorageVolume:BlockStorageVolume",
  exoscaleKey: "exoscale:index/sshKey:SshKey",
  instancePool: "exoscale:index/instancePool:InstancePool",
  elasticIp: "exoscale:index/elasticIp:ElasticIp",
  nlb: "exoscale:index/nlb:Nlb",
  nlbService: "exoscale:index/nlbService:NlbService",
  domain: "exoscale:index/domain:Domain",
  domainRecord: "exoscale:index/domainRecord:DomainRecord",
  sksCluster: "exoscale:index/sksCluster:SksCluster",
  sksNodepool: "exoscale:index/sksNodepool:SksNodepool",
  sksKubeconfig: "exoscale:index/sksKubeconfig:SksKubeconfig",
  role: "exoscale:index/iamRole:IamRole",
  apiKey: "exoscale:index/iamApiKey:IamApiKey",
  databaseService: "exoscale:index/dbaas:Dbaas",
  pgDatabase: "exoscale:index/dbaasPgDatabase:DbaasPgDatabase",
  bucket: "minio:index/s3Bucket:S3Bucket",
  bucketPolicy: "minio:index/s3BucketPolicy:S3BucketPolicy",
  expiry: "minio:index/ilmPolicy:IlmPolicy",
  versioning: "minio:index/s3BucketVersioning:S3BucketVersioning",
  command: "command:remote:Command",
  copy: "command:remote:CopyToRemote",
  local: "command:local:Command",
  privateKey: "tls:index/privateKey:PrivateKey",
  selfSigned: "tls:index/selfSignedCert:SelfSignedCert",
  certRequest: "tls:index/certRequest:CertRequest",
  locallySigned: "tls:index/locallySignedCert:LocallySignedCert",
  password: "random:index/randomPassword:RandomPassword",
  randomBytes: "random:index/randomBytes:RandomBytes",
  randomId: "random:index/randomId:RandomId",
} as const;

/** A network on Hetzner with a subnet, which most machines need. */
export async function hetznerNetwork(world: World, range = "10.0.0.0/24") {
  const network = await world.make(types.network, "net", { name: "net", ipRange: range });
  const networkId = Number(network.id);
  const subnet = await world.make(types.subnet, "subnet", {
    networkId,
    type: "cloud",
    networkZone: "eu-central",
    ipRange: range,
  });
  return { network, subnet, networkId };
}

/** Inputs of a machine on Hetzner. */
export const serverInputs = (name: string, networkId: number, ip: string, more: Properties = {}): Properties => ({
  name,
  serverType: "cpx22",
  image: "debian-12",
  location: "fsn1",
  networks: [{ networkId, ip }],
  ...more,
});

export const privateOnly: Properties = { publicNets: [{ ipv4Enabled: false, ipv6Enabled: false }] };
