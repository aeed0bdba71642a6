import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scripts } from "../../components/recipe/scripts";
import { program } from "../support/programs/programs";
import type { KubernetesObject } from "../support/programs/apply";
import { until } from "../support/programs/background";
import { ControlPlane } from "./control-plane";
import { startGateway } from "./gateway";
import { type Machine, RunningHost } from "./host";
import { k3sConfig } from "./k3s";
import { Node } from "./node";
import { Outside, outsideAddresses } from "./outside";
import { PodNetwork } from "./pod-network";
import type { LiveHost, Rendered } from "./rendered";
import { sweep } from "./sweep";
import { prefix, Wires } from "./wires";

/** A pod, as far as the tests look at it. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly nodeName?: string; readonly hostNetwork?: boolean };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly { readonly restartCount: number; readonly containerID?: string }[];
  };
}

export const isReady = ({ status }: Pod): boolean =>
  status.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") === true;

/** Input from which live nodes are started. */
export interface LiveSettings {
  readonly rendered: Rendered;
  /** Folder of the registry's images. */
  readonly storage: string;
  /** Hosts of the rendered ones that are started. Others stay off, as if they were down. */
  readonly hosts: (host: LiveHost) => boolean;
  readonly machines: Readonly<Record<string, Machine>>;
  /** Host of an S3 store outside. @default - none */
  readonly store?: string;
  /** Host of an identity provider outside. @default - none */
  readonly login?: string;
  /** Host of the operator's store of artefacts outside. @default - none */
  readonly artefacts?: string;
  readonly note: (progress: string) => void;
}

/**
 * A deployment on this machine: every chosen host of a rendered blueprint in namespaces of its own, a real Kubernetes over them, gateways with what they run, and an
 * outside with resolvers and a registry. All of it ends with `stop`, and with this process whatever happens.
 */
export class LiveCluster {
  readonly id = String(process.pid);
  readonly folder = mkdtempSync(join(tmpdir(), `${prefix}${this.id}-`));
  readonly wires: Wires;
  readonly outside: Outside;
  private readonly hosts = new Map<string, RunningHost>();
  private readonly nodes = new Map<string, Node>();
  private plane: ControlPlane | undefined;
  private network: PodNetwork | undefined;
  private readonly ranges: { readonly podRange: string; readonly serviceRange: string };

  constructor(private readonly settings: LiveSettings) {
    const { rendered, storage } = settings;
    const member = this.chosen.find(({ role }) => role === "control-plane");
    if (member === undefined) throw new Error("expected a host of the control plane among the chosen, got none");
    const { podRange, serviceRange } = k3sConfig(member);
    if (podRange === undefined || serviceRange === undefined)
      throw new Error(`expected cluster-cidr and service-cidr on ${member.name}, got none`);
    this.ranges = { podRange, serviceRange };
    this.wires = new Wires(this.id, "10.20.0.0/24");
    const doors = rendered.hosts.filter(({ role }) => role === "gateway").flatMap((host) => host.publicAddress ?? []);
    const media = rendered.hosts.filter(({ role }) => role === "media").flatMap((host) => host.publicAddress ?? []);
    this.outside = new Outside(this.wires, join(this.folder, "hosts"), {
      names: {
        [this.registry]: [outsideAddresses.registry],
        ...(settings.store === undefined ? {} : { [settings.store]: [outsideAddresses.store] }),
        ...(settings.login === undefined ? {} : { [settings.login]: [outsideAddresses.login] }),
        ...(settings.artefacts === undefined ? {} : { [settings.artefacts]: [outsideAddresses.artefacts] }),
        [rendered.domain]: doors,
        [`api.${rendered.domain}`]: doors,
        ...Object.fromEntries(media.map((address, i) => [`relay-${i + 1}.${rendered.domain}`, [address]])),
      },
      resolvers: rendered.resolvers,
      registry: { host: this.registry, storage },
      webAuthority: rendered.webAuthority,
    });
  }

  get registry(): string {
    return this.settings.rendered.registry;
  }

  get domain(): string {
    return this.settings.rendered.domain;
  }

  private get chosen(): readonly LiveHost[] {
    return this.settings.rendered.hosts.filter(this.settings.hosts);
  }

  /** Starts everything up to Ready nodes. */
  async start(): Promise<void> {
    const { note } = this.settings;
    await sweep();
    await this.wires.start();
    await this.outside.start();
    note("the outside is there");
    await Promise.all(this.chosen.map((host) => this.boot(host)));
    for (const { name } of this.byRole("gateway")) await this.startGateway(name);
    note("gateways run");
    await this.startPlane();
    note("the API answers");
    await Promise.all(this.members().map(({ name }) => this.startNode(name)));
    note("nodes are ready");
  }

  /** A running host. */
  host(name: string): RunningHost {
    const found = this.hosts.get(name);
    if (found === undefined)
      throw new Error(`expected a running host, got "${name}"; there are ${[...this.hosts.keys()].join(", ")}`);
    return found;
  }

  node(name: string): Node {
    const found = this.nodes.get(name);
    if (found === undefined)
      throw new Error(`expected a node, got "${name}"; there are ${[...this.nodes.keys()].join(", ")}`);
    return found;
  }

  byRole(role: string): readonly LiveHost[] {
    return this.chosen.filter((host) => host.role === role);
  }

  /** Public address of a gateway. */
  get door(): string {
    const [gateway] = this.byRole("gateway");
    if (gateway?.publicAddress === undefined) throw new Error("expected a gateway with a public address, got none");
    return gateway.publicAddress;
  }

  /** The administrators' kubeconfig that the stack gives out, leading to another address. */
  administrators(server: string): string {
    return String(this.settings.rendered.outputs["kubeconfig"]).replace(/https:\/\/[^"\s]+/, server);
  }

  /** Commands that open a shell on each running host. */
  shells(): readonly string[] {
    return [...this.hosts.values()].map((host) => `nsenter -t ${host.pid()} -m -n -p -u bash    # ${host.name}`);
  }

  /** Runs kubectl as an administrator, on the host of the control plane. */
  async kubectl(args: readonly string[], input = "", milliseconds?: number): Promise<string> {
    const [member] = this.byRole("control-plane");
    return this.host(member?.name ?? "").exec(
      [await program("kubectl"), "--kubeconfig=/etc/rancher/k3s/k3s.yaml", ...args],
      input,
      milliseconds,
    );
  }

  /** Path of kubectl on this machine. */
  kubectlPath(): Promise<string> {
    return program("kubectl");
  }

  /** Parsed output of kubectl. */
  async get<T>(args: readonly string[]): Promise<T> {
    return JSON.parse(await this.kubectl(["get", ...args, "-o", "json"])) as T;
  }

  /**
   * Applies objects as the Pulumi provider does: on the server's side, with unknown fields refused, namespaces first.
   *
   * @throws Error when one is refused, or taken with a warning.
   */
  async apply(objects: readonly KubernetesObject[]): Promise<void> {
    const first = objects.filter(({ kind }) => kind === "Namespace");
    const rest = objects.filter(({ kind }) => kind !== "Namespace");
    for (const items of [first, rest].filter(({ length }) => length > 0)) {
      const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
      const said = await this.kubectlAloud(
        ["apply", "--server-side", "--validate=strict", "--force-conflicts", "-f", "-"],
        list,
      );
      if (/^Warning:/m.test(said)) throw new Error(`expected objects without a warning, got:\n${said}`);
    }
  }

  /** Runs kubectl and gives standard output and error together. */
  async kubectlAloud(args: readonly string[], input = ""): Promise<string> {
    const quoted = args.map((one) => `'${one.replace(/'/g, "'\\''")}'`).join(" ");
    const [member] = this.byRole("control-plane");
    return this.host(member?.name ?? "").exec(["sh", "-c", `k3s kubectl ${quoted} 2>&1`], input);
  }

  /** Waits until every pod of some namespaces is ready. @throws Error with what keeps the others, after a deadline. */
  async ready(namespaces: readonly string[], seconds = 180): Promise<readonly Pod[]> {
    let pods: readonly Pod[] = [];
    await until(
      "every pod to be ready",
      async () => {
        pods = await this.pods(namespaces);
        return pods.length > 0 && pods.every(isReady);
      },
      seconds,
    ).catch(async () => {
      const waiting = pods.filter((pod) => !isReady(pod));
      const why = await Promise.all(waiting.map((pod) => this.reasons(pod)));
      throw new Error(`expected every pod to be ready within ${seconds} s, got these that are not:\n${why.join("\n")}`);
    });
    return pods;
  }

  /** Pods of some namespaces that are not on their way out. */
  async pods(namespaces: readonly string[]): Promise<readonly Pod[]> {
    const { items } = await this.get<{ readonly items: readonly Pod[] }>(["pods", "--all-namespaces"]);
    return items.filter(
      ({ metadata }) => namespaces.includes(metadata.namespace) && metadata.deletionTimestamp === undefined,
    );
  }

  private async reasons({ metadata: { name, namespace }, status }: Pod): Promise<string> {
    const events = await this.kubectl(["events", "-n", namespace, "--for", `pod/${name}`]).catch(String);
    const log = await this.kubectl(["logs", "-n", namespace, name, "--tail=15"]).catch(String);
    return `${namespace}/${name} is ${status.phase}\n${events.split("\n").slice(-8).join("\n")}\n${log}`;
  }

  /** Boots a host, also again after `powerOff`, with new cards and what its disk has. */
  async boot(host: LiveHost): Promise<void> {
    const { name, role, address, publicAddress } = host;
    await this.wires.host(name, {
      private: address,
      ...(publicAddress === undefined ? {} : { public: publicAddress }),
    });
    const running =
      this.hosts.get(name) ??
      new RunningHost(host, this.wires, join(this.folder, "hosts", name), this.settings.machines[role]);
    this.hosts.set(name, running);
    await running.boot();
    if (role === "gateway")
      await running.write({
        path: "/var/lib/unbound/root.key",
        content: this.outside.rootKey,
        mode: "0644",
        owner: "unbound:unbound",
      });
    await running.exec(["sh", "-c", "cat >>/etc/ssl/certs/ca-certificates.crt"], this.outside.authority.certificate);
  }

  async startNode(name: string): Promise<void> {
    const node = this.nodes.get(name) ?? this.newNode(name);
    this.nodes.set(name, node);
    await node.start();
    let podRange = "";
    await until(`${name} to appear (its log: ${node.running.folder}/logs/kubelet.log)`, async () => {
      podRange = await this.kubectl(["get", "node", name, "-o", "jsonpath={.spec.podCIDR}"]).catch(() => "");
      return podRange !== "";
    });
    await Promise.all([this.network?.join(node, podRange), this.admit(name)]);
    await node.startNetwork(this.ranges);
    await until(`${name} to be ready (its log: ${node.running.folder}/logs/kubelet.log)`, () => this.isReady(name));
  }

  /** Starts what a gateway runs, after it has booted. */
  startGateway(name: string): Promise<void> {
    return startGateway(this.host(name));
  }

  /** Lets a host in, by the very script that the stack runs on the control plane. */
  private async admit(name: string): Promise<void> {
    const told = this.chosen.find((host) => host.name === name)?.admission;
    const [member] = this.byRole("control-plane");
    if (told !== undefined && member !== undefined)
      await this.host(member.name).exec(["sh", "-c", scripts.admit], told, 120_000);
  }

  async isReady(name: string): Promise<boolean> {
    const path = '{.status.conditions[?(@.type=="Ready")].status}';
    return (await this.kubectl(["get", "node", name, "-o", `jsonpath=${path}`]).catch(() => "")) === "True";
  }

  /** Kills everything that runs on a host at once. */
  async powerOff(name: string): Promise<void> {
    await (this.nodes.get(name)?.stop() ?? this.host(name).stop());
  }

  /** Takes everything away. */
  async stop(): Promise<void> {
    await Promise.all([...this.hosts.keys()].map((name) => this.powerOff(name)));
    await this.outside.stop();
    await this.wires.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private members(): readonly LiveHost[] {
    return this.chosen.filter(({ role }) => role !== "gateway");
  }

  private async startPlane(): Promise<void> {
    const [member] = this.byRole("control-plane");
    if (member === undefined) throw new Error("expected a host of the control plane, got none");
    this.plane = new ControlPlane(this.host(member.name), member, k3sConfig(member), this.ranges);
    this.network = new PodNetwork(this.ranges.podRange);
    await this.plane.start();
  }

  private newNode(name: string): Node {
    const host = this.chosen.find((one) => one.name === name);
    if (host === undefined || this.plane === undefined) throw new Error(`expected a chosen host, got "${name}"`);
    const defaults = host.files.find(({ path }) => path === "/etc/default/k3s")?.content ?? "";
    const environment = Object.fromEntries(
      defaults.split("\n").flatMap((line) => {
        const [, key = "", value = ""] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
        return key === "" ? [] : [[key, value.replace(/^"|"$/g, "")]];
      }),
    );
    return new Node(this.host(name), k3sConfig(host), this.plane, { registry: this.registry, environment }, this.id);
  }
}
