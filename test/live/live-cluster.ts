import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program } from "../support/programs/programs";
import { until } from "../support/programs/background";
import { ControlPlane } from "./control-plane";
import { startGateway } from "./gateway";
import { type Machine, RunningHost } from "./host";
import { k3sConfig } from "./k3s";
import { Node } from "./node";
import { Outside, outsideAddresses } from "./outside";
import { PodNetwork } from "./pod-network";
import type { LiveHost, Rendered } from "./rendered";
import { Wires } from "./wires";

/** What live nodes are started from. */
export interface LiveSettings {
  readonly rendered: Rendered;
  /** Folder of the registry's images. */
  readonly storage: string;
  /** Hosts of the rendered ones that are started. Others stay off, as if they were down. */
  readonly hosts: (host: LiveHost) => boolean;
  readonly machines: Readonly<Record<string, Machine>>;
  readonly note: (progress: string) => void;
}

/**
 * A deployment on this machine: every chosen host of a rendered blueprint in namespaces of its own, a real Kubernetes over them, gateways with what they run, and an
 * outside with resolvers and a registry. All of it ends with `stop`, and with this process whatever happens.
 */
export class LiveCluster {
  readonly id = String(process.pid);
  readonly folder = mkdtempSync(join(tmpdir(), "sovereign-uc-live-"));
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
        [rendered.domain]: doors,
        [`api.${rendered.domain}`]: doors,
        ...Object.fromEntries(media.map((address, i) => [`relay-${i + 1}.${rendered.domain}`, [address]])),
      },
      resolvers: rendered.resolvers,
      registry: { host: this.registry, storage },
    });
  }

  get registry(): string {
    return this.settings.rendered.registry;
  }

  private get chosen(): readonly LiveHost[] {
    return this.settings.rendered.hosts.filter(this.settings.hosts);
  }

  /** Starts everything up to Ready nodes. */
  async start(): Promise<void> {
    const { note } = this.settings;
    await this.wires.start();
    await this.outside.start();
    note("the outside is there");
    await Promise.all(this.chosen.map((host) => this.boot(host)));
    for (const { name } of this.byRole("gateway")) await startGateway(this.host(name));
    note("gateways run");
    await this.startPlane();
    note("the API answers");
    await Promise.all(this.members().map(({ name }) => this.startNode(name)));
    note("nodes are ready");
  }

  /** A running host. */
  host(name: string): RunningHost {
    const found = this.hosts.get(name);
    if (found === undefined) throw new Error(`expected a running host, got "${name}"; there are ${[...this.hosts.keys()].join(", ")}`);
    return found;
  }

  node(name: string): Node {
    const found = this.nodes.get(name);
    if (found === undefined) throw new Error(`expected a node, got "${name}"; there are ${[...this.nodes.keys()].join(", ")}`);
    return found;
  }

  byRole(role: string): readonly LiveHost[] {
    return this.chosen.filter((host) => host.role === role);
  }

  /** Path of an administrator's kubeconfig, for the host of the control plane. */
  get kubeconfig(): string {
    return join(this.folder, "kubeconfig");
  }

  /** Runs kubectl as an administrator, on the host of the control plane. */
  async kubectl(args: readonly string[], input = "", milliseconds?: number): Promise<string> {
    const [member] = this.byRole("control-plane");
    return this.host(member?.name ?? "").exec(
      [await program("kubectl"), `--kubeconfig=${this.kubeconfig}`, ...args],
      input,
      milliseconds,
    );
  }

  /** What kubectl answers, read. */
  async get<T>(args: readonly string[]): Promise<T> {
    return JSON.parse(await this.kubectl(["get", ...args, "-o", "json"])) as T;
  }

  /** Boots a host, also again after `powerOff`, with new cards and what its disk has. */
  async boot(host: LiveHost): Promise<void> {
    const { name, role, address, publicAddress } = host;
    await this.wires.host(name, { private: address, ...(publicAddress === undefined ? {} : { public: publicAddress }) });
    const running =
      this.hosts.get(name) ??
      new RunningHost(host, this.wires, join(this.folder, "hosts", name), this.settings.machines[role]);
    this.hosts.set(name, running);
    await running.boot();
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
    await this.network?.join(node, podRange);
    await node.startNetwork(this.ranges);
    await until(`${name} to be ready (its log: ${node.running.folder}/logs/kubelet.log)`, () => this.isReady(name));
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
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(this.kubeconfig, this.plane.kubeconfig("live-administrator", "system:masters"));
    chmodSync(this.kubeconfig, 0o600);
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
