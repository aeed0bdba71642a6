import { attachedFirewall, CloudFirewall } from "./cloud-firewall";
import { parseRuleset, Ruleset } from "./nftables";
import { at, fields, flag, items, number, Plain, text } from "./plain";
import { ofType, StateResource } from "./state";

/** A host as the report sees it: its pool's outputs, joined with the provider's own resource. */
export interface HostView {
  readonly name: string;
  /** Name of its pool; undefined where no pool of ours made it. */
  readonly pool: string | undefined;
  readonly role: string;
  /** Name of its pool in Kubernetes, by which pods are placed. */
  readonly nodePool: string;
  /** Name of its network; undefined where no pool of ours made it. */
  readonly network: string | undefined;
  readonly cloud: string;
  readonly location: string;
  readonly type: string;
  /** Size of the system disk where the program chose it; undefined where the type decides. */
  readonly diskGib: number | undefined;
  /** Private address. */
  readonly address: string | undefined;
  /** True if the internet can address it. */
  readonly door: boolean;
  readonly publicAddresses: readonly string[];
  /** Its own filter; undefined where no ruleset was rendered. */
  readonly ruleset: Ruleset | undefined;
  readonly firewall: CloudFirewall;
  /** True if it has a way out of its network: a public address, a route of the cloud, a route in its network plan. */
  readonly defaultRoute: boolean;
  readonly userData: string | undefined;
  readonly files: Readonly<Record<string, string>>;
}

/** Every host of a stack: those of pools first, then those without a pool. */
export function hostsOf(resources: readonly StateResource[]): readonly HostView[] {
  const machines = ofType(resources, "hcloud:index/server:Server", "exoscale:index/computeInstance:ComputeInstance");
  const left = new Set(machines);
  const pooled = ofType(resources, "HostPool").flatMap((pool) =>
    items(pool.inputs["hosts"]).map((host): HostView => {
      const name = text(at(host, "name")) ?? "unnamed";
      const machine = machines.find(({ inputs, name: logical }) => (text(inputs["name"]) ?? logical) === name);
      if (machine !== undefined) left.delete(machine);
      return view(resources, name, machine, {
        pool: pool.name,
        role: text(pool.inputs["role"]) ?? "host",
        nodePool: text(pool.inputs["pool"]),
        network: text(pool.inputs["network"]),
        cloud: text(pool.inputs["cloud"]),
        location: text(pool.inputs["location"]),
        type: text(pool.inputs["type"]),
        address: text(at(host, "address")),
        door: flag(pool.inputs["door"]) || flag(pool.inputs["media"]) || text(pool.inputs["role"]) === "gateway",
        rendered: fields(at(pool.outputs["rendered"] ?? pool.inputs["rendered"], name)),
        onAll: fields(pool.outputs["renderedOnAll"]),
      });
    }),
  );
  const alone = [...left].map((machine) =>
    view(resources, text(machine.inputs["name"]) ?? machine.name, machine, { role: "host", rendered: {} }),
  );
  return [...pooled, ...alone];
}

interface Declared {
  readonly pool?: string;
  readonly role: string;
  /** @default - the role */
  readonly nodePool?: string | undefined;
  readonly network?: string | undefined;
  readonly cloud?: string | undefined;
  readonly location?: string | undefined;
  readonly type?: string | undefined;
  readonly address?: string | undefined;
  readonly door?: boolean;
  /** Rendered files beside `onAll`. */
  readonly rendered: Readonly<Record<string, Plain>>;
  /** Files that every host of its pool has. */
  readonly onAll?: Readonly<Record<string, Plain>>;
}

function view(
  resources: readonly StateResource[],
  name: string,
  machine: StateResource | undefined,
  declared: Declared,
): HostView {
  const inputs = machine?.inputs ?? {};
  const files = Object.fromEntries(
    Object.entries({ ...declared.onAll, ...fields(declared.rendered["files"]) }).flatMap(([path, content]) =>
      typeof content === "string" ? [[path, content]] : [],
    ),
  );
  const userData = text(declared.rendered["userData"]) ?? text(inputs["userData"]);
  const rules = files["/etc/nftables.conf"];
  // The provider's resource wins over the component: a private pool whose host has a public address is a door.
  const door = machine === undefined ? (declared.door ?? false) : isDoor(machine);
  return {
    name,
    pool: declared.pool,
    role: declared.role,
    nodePool: declared.nodePool ?? declared.role,
    network: declared.network,
    cloud: declared.cloud ?? (machine?.type.startsWith("exoscale:") ? "exoscale" : "hetzner"),
    location: declared.location ?? text(inputs["location"]) ?? text(inputs["zone"]) ?? "unknown",
    type: declared.type ?? text(inputs["serverType"]) ?? text(inputs["type"]) ?? "unknown",
    diskGib: number(inputs["diskSize"]),
    address:
      declared.address ??
      text(at(inputs["networks"], "0", "ip")) ??
      text(at(inputs["networkInterfaces"], "0", "ipAddress")),
    door,
    publicAddresses: door
      ? [...lastingAddresses(resources, machine), ...publicAddresses(machine), ...enrolledAddress(resources, name)]
      : [],
    ruleset: rules === undefined ? undefined : parseRuleset(rules),
    firewall: attachedFirewall(resources, machine, declared.cloud),
    defaultRoute: door || cloudRoutes(resources) || plannedRoute(userData),
    userData,
    files,
  };
}

/** Hetzner gives a server public addresses unless it is told otherwise; so does Exoscale. */
function isDoor({ type, inputs }: StateResource): boolean {
  if (type.startsWith("exoscale:")) return !flag(inputs["private"]);
  const nets = items(inputs["publicNets"]);
  return nets.length === 0 || nets.some((net) => at(net, "ipv4Enabled") !== false || at(net, "ipv6Enabled") !== false);
}

const publicAddresses = (machine: StateResource | undefined): readonly string[] =>
  ["ipv4Address", "ipv6Address", "publicIpAddress", "ipv6Address"]
    .flatMap((key) => text(machine?.outputs[key]) || [])
    .filter((address, i, all) => all.indexOf(address) === i);

/** Addresses that outlive a machine (Exoscale's elastic, Hetzner's floating ones): DNS records point to these, so they come first. */
const lastingAddresses = (
  resources: readonly StateResource[],
  machine: StateResource | undefined,
): readonly string[] => {
  const assigned = ofType(resources, "hcloud:index/floatingIpAssignment:FloatingIpAssignment")
    .filter(({ inputs }) => machine?.id !== undefined && String(inputs["serverId"]) === machine.id)
    .map(({ inputs }) => String(inputs["floatingIpId"]));
  const ids = [...items(machine?.inputs["elasticIpIds"]), ...assigned];
  return ofType(resources, "exoscale:index/elasticIp:ElasticIp", "hcloud:index/floatingIp:FloatingIp")
    .filter(({ id }) => id !== undefined && ids.includes(id))
    .flatMap(({ outputs }) => text(outputs["ipAddress"]) || []);
};

/** The public address of an existing machine: it is in the answer of its enrolment. */
const enrolledAddress = (resources: readonly StateResource[], host: string): readonly string[] =>
  ofType(resources, "command:remote:Command")
    .filter(({ name }) => name === `${host}-enrol`)
    .flatMap(
      ({ outputs }) => /^enrolled \S+ \S+ ([0-9a-f][0-9a-f.:]+) /.exec(text(outputs["stdout"]) ?? "")?.[1] ?? [],
    );

/** A route that the cloud's router would follow out of the network. */
const cloudRoutes = (resources: readonly StateResource[]): boolean =>
  ofType(resources, "hcloud:index/networkRoute:NetworkRoute").some(({ inputs }) =>
    (text(inputs["destination"]) ?? "0.0.0.0/0").endsWith("/0"),
  );

/** A default route in the network plan of the host's user data. */
const plannedRoute = (userData: string | undefined): boolean =>
  userData !== undefined && /gateway[46]\W|\bto\\?"?\s*:\s*\\?"?(default|0\.0\.0\.0\/0|::\/0)\b/.test(userData);
