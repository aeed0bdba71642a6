import * as pulumi from "@pulumi/pulumi";
import {
  type AdministratorAccess,
  apiPort,
  type Cloud,
  Cluster,
  exoscale,
  type Frozen,
  Gateway,
  type GatewayArgs,
  hetzner,
  HostPool,
  type HostPoolArgs,
  metal,
  Network,
} from "../../components";
import { gatewayArgs, isolatedFrom } from "./arguments";
import { inventory, sites } from "./inventory";
import { birthWord, proofOf } from "../../components/recipe/birth-word";
import type { RenderedPool } from "../../components/recipe/rendered";
import { deploy, type Deployment, type Outputs } from "./mocks";

export { gatewayArgs, isolatedFrom, site } from "./arguments";

/** Each cloud with a location and host types of its own. */
export const worlds: readonly {
  readonly id: Cloud["id"];
  readonly cloud: () => Cloud;
  readonly location: string;
  readonly type: string;
}[] = [
  { id: "hetzner", cloud: () => hetzner(), location: "fsn1", type: "cpx22" },
  {
    id: "exoscale",
    cloud: () => exoscale({ templateId: "00000000-0000-4000-8000-000000000012" }),
    location: "ch-gva-2",
    type: "standard.large",
  },
  {
    id: "metal",
    cloud: () => metal({ sites, hosts: inventory(), accessKey: "secret access key", vlan: { id: 4000, mtu: 1400 } }),
    location: "bern",
    type: "large",
  },
];

export type World = (typeof worlds)[number];

/** Changes to the infrastructure by a test. */
export interface Changes {
  /** @default true */
  readonly keepData?: boolean;
  /** @default - the test arguments' */
  readonly administrators?: readonly string[];
  /** @default "open" */
  readonly administratorAccess?: AdministratorAccess;
  /** Frozen part of the hosts of all pools but the gateway's doors. @default {} */
  readonly frozen?: Frozen;
  /** @default {} */
  readonly gateway?: Partial<Pick<GatewayArgs, "egress" | "site">>;
  /** @default - none */
  readonly birthSecret?: string;
  /** Frozen part of the gateways. @default {} */
  readonly doorsFrozen?: Frozen;
}

/** A network with gateways and a cluster, as a blueprint would make it. */
export function infrastructure({ cloud, location, type }: World, changes: Changes = {}) {
  const { keepData = true, administrators = gatewayArgs.administrators, frozen = {}, doorsFrozen = {} } = changes;
  const { administratorAccess = "open" } = changes;
  const network = new Network("net", {
    cloud: cloud(),
    location,
    isolatedFrom,
    ...(changes.birthSecret === undefined ? {} : { birthSecret: changes.birthSecret }),
  });
  const gateway = new Gateway("door", {
    network,
    type,
    ...gatewayArgs,
    administrators,
    ...changes.gateway,
    administratorAccess,
    frozen: doorsFrozen,
    published: [
      {
        port: 443,
        targets: network.addresses(30, 2),
        targetPort: 30443,
        proxyProtocol: true,
        from: ["0.0.0.0/0"],
        reason: "meetings",
      },
      apiPort(network.addresses(20, 3), administrators),
    ],
  });
  const cluster = new Cluster("uc", {
    network,
    gateway,
    domain: "crisis.example.ch",
    keepData,
    controlPlane: { type, firstHost: 20, frozen },
    application: { type, firstHost: 30, count: 2, frozen },
    media: {
      media: {
        type,
        frozen,
        firstHost: 60,
        capacity: { load: 150, perReplica: 100, unit: "participants", source: "a test" },
        openings: [
          { direction: "in", protocol: "udp", port: 10000, peers: ["0.0.0.0/0"], reason: "media" },
          { direction: "out", protocol: "udp", port: [1024, 65535], peers: ["0.0.0.0/0"], reason: "media" },
        ],
      },
    },
  });
  return { network, gateway, cluster };
}

/**
 * A cluster on a cloud with gateways before it, and no more than every cluster has.
 *
 * @param more further arguments of the cluster, also against their type.
 * @param gatewayMore further arguments of the gateways.
 */
export function clusterOn(
  { cloud, location, type }: World,
  more: object = {},
  gatewayMore: (network: Network) => Partial<GatewayArgs> = () => ({}),
): Cluster {
  const network = new Network("net", { cloud: cloud(), location, isolatedFrom });
  const volumeHosts = network.addresses(20, 3);
  const gateway = new Gateway("door", { network, type, ...gatewayArgs, volumeHosts, ...gatewayMore(network) });
  return new Cluster("uc", {
    network,
    gateway,
    domain: "crisis.example.ch",
    controlPlane: { type, firstHost: 20 },
    application: { type, firstHost: 30, count: 2 },
    ...more,
  });
}

/** Two private hosts at numbers 40 and 41, for what is put before hosts. */
export const webHosts = (network: Network, more: Omit<Partial<HostPoolArgs>, "network">): HostPool =>
  new HostPool("web", { network, role: "web", type: "cpx22", count: 2, firstHost: 40, sshFrom: [], ...more });

/** Answers of the clouds and hosts. */
export const outputs: Outputs = ({ type, name }) => ({
  ...(type === "command:remote:Command" ? { stdout: `ssh-ed25519 host-key-of-${name}\n` } : {}),
  ...(/PrimaryIp$/.test(type) ? { ipAddress: `public address of ${name}` } : {}),
  ...(/(ElasticIp|FloatingIp)$/.test(type) ? { ipAddress: `public address of ${name}` } : {}),
  ...(/ComputeInstance$/.test(type) ? { publicIpAddress: `public address of ${name}` } : {}),
});

/** Words at first contact of hosts that were born with this secret. */
export const proven =
  (birthSecret: string): Outputs =>
  ({ type, name }) => {
    if (type !== "command:remote:Command" || !name.endsWith("-contact")) return {};
    const host = name.slice(0, -"-contact".length);
    const key = `ssh-ed25519 host-key-of-${host}`;
    return { stdout: `${key}\nproof ${proofOf(birthWord(birthSecret, host), [key])}\n` };
  };

/** User data and files of one host, without secrets. */
export interface RenderedHost {
  /** Undefined where the cloud hands nothing over at birth. */
  readonly userData?: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Every host of a program with what is rendered for it: the outputs of its pools, in a preview or a deployment. */
export const renderedHosts = async (
  program: () => void,
  preview = false,
): Promise<Readonly<Record<string, RenderedHost>>> => (await deployedHosts(program, preview)).hosts;

/** The same, with everything that the program registered. */
export async function deployedHosts(
  program: () => void,
  preview = false,
): Promise<{ readonly hosts: Readonly<Record<string, RenderedHost>>; readonly deployment: Deployment }> {
  type Rendered = { readonly [K in keyof RenderedPool]: pulumi.Output<RenderedPool[K]> };
  const pools: Promise<Readonly<Record<string, RenderedHost>>>[] = [];
  const spy = jest
    .spyOn(HostPool.prototype as unknown as { registerOutputs(value?: Rendered): void }, "registerOutputs")
    .mockImplementation((value) => {
      if (value !== undefined) pools.push(settled(pulumi.all([value.renderedOnAll, value.rendered]).apply(whole)));
    });
  const deployment = await deploy(program, { outputs, preview });
  spy.mockRestore();
  return { hosts: Object.assign({}, ...(await Promise.all(pools))) as Record<string, RenderedHost>, deployment };
}

const unchanged = new Map<World["id"], ReturnType<typeof deployedHosts>>();

/** `infrastructure` on a cloud without changes: its hosts, and everything registered. Deployed once for all tests of a file, which only read it. */
export function deployedInfrastructure(world: World): ReturnType<typeof deployedHosts> {
  const made = unchanged.get(world.id) ?? deployedHosts(() => void infrastructure(world));
  unchanged.set(world.id, made);
  return made;
}

const settled = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => void output.apply((value) => resolve(value as T)));

/** The hosts of a pool, each with all of its files. */
const whole = ([onAll, hosts]: readonly [RenderedPool["renderedOnAll"], RenderedPool["rendered"]]) =>
  Object.fromEntries(
    Object.entries(hosts).map(([name, host]) => [name, { ...host, files: { ...onAll, ...host.files } }]),
  );
