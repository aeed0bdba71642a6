import { existsSync } from "node:fs";
import { program } from "../support/programs/programs";
import { until } from "../support/programs/background";
import { removeCgroup, makeCgroup } from "./cgroups";
import type { ControlPlane } from "./control-plane";
import type { RunningHost } from "./host";
import type { K3sConfig } from "./k3s";
import { pauseImage } from "./images";
import { issue } from "./pki";
import type { LiveFile } from "./rendered";

const socket = "/run/containerd/containerd.sock";
const folder = "/etc/live";

/** Folder in which k3s keeps the kubeconfigs of its parts (k3s-io/k3s `pkg/agent/config/config.go`). */
const agentFolder = "/var/lib/rancher/k3s/agent";
const kubelets = `${agentFolder}/kubelet.kubeconfig`;

/**
 * A Kubernetes node on a running host: containerd, kubelet, kube-proxy, the network policy controller, started with what k3s passes them
 * (k3s-io/k3s `pkg/daemons/agent/agent_linux.go` 00014d2, `pkg/agent/netpol/netpol.go` 0589157).
 */
export class Node {
  constructor(
    readonly running: RunningHost,
    readonly config: K3sConfig,
    private readonly plane: ControlPlane,
    /** Host of the registry that the rendered mirrors name, and what containerd's own environment has of proxies. */
    private readonly pull: { readonly registry: string; readonly environment: Readonly<Record<string, string>> },
    /** Prefix of its cgroup. */
    private readonly id: string,
  ) {}

  get name(): string {
    return this.running.name;
  }

  private get cgroup(): string {
    return `uc-live-${this.id}-${this.name}`;
  }

  /** Starts the container runtime and the kubelet: the node appears in the cluster. */
  async start(): Promise<void> {
    makeCgroup(this.cgroup);
    for (const file of this.files(await program("kubectl"))) await this.running.write(file);
    await this.prepare();
    this.startContainerd();
    await this.startKubelet();
  }

  /**
   * Does what the rendered units do before k3s starts: the route that leads nowhere, the folders of volumes (a mount of the live host stands for the encrypted one), and the lines of `ExecStartPre`. Fetching k3s and loading a module of the
   * kernel are left out, and a bridge stands for a dummy interface, which this kernel may lack.
   */
  async prepare(): Promise<void> {
    const unit = (name: string): Promise<string> =>
      this.running.sh(`cat /etc/systemd/system/${name} 2>/dev/null || true`);
    const route = await unit("route-to-nowhere.service");
    const folders = await unit("volume-folders.service");
    const before = await unit("k3s.service");
    const steps = [...before.matchAll(/^ExecStartPre=-?(.*)$/gm)]
      .map(([, line = ""]) => line)
      .filter((line) => !/fetch-k3s|modprobe/.test(line));
    const started = [...`${route}${folders}`.matchAll(/^ExecStart=(.*)$/gm)].map(([, line = ""]) => line);
    for (const line of [...started, ...steps]) await this.running.sh(line.replace("type dummy", "type bridge"));
  }

  /** Writes an annotation of its node object, as flannel does. */
  async annotate(key: string, value: string): Promise<void> {
    const kubectl = `${await program("kubectl")} --kubeconfig=${kubelets}`;
    await this.running.sh(`${kubectl} annotate --overwrite node ${this.name} ${key}=${value}`);
  }

  startContainerd(): void {
    this.running.start("containerd", ["containerd", "-c", `${folder}/containerd.toml`], this.pull.environment);
  }

  async startKubelet(): Promise<void> {
    await until(`containerd of ${this.name}`, async () => existsSync(`/proc/${this.running.pid()}/root${socket}`));
    const { labels, taints, nodeIp } = this.config;
    this.running.start("kubelet", [
      await program("kubelet"),
      `--config=${folder}/kubelet.yaml`,
      `--kubeconfig=${kubelets}`,
      "--root-dir=/var/lib/kubelet",
      `--hostname-override=${this.name}`,
      `--node-ip=${nodeIp}`,
      `--node-labels=${labels.join(",")}`,
      `--register-with-taints=${taints.join(",")}`,
    ]);
  }

  /** Starts what leads packets to pods, once the pod network is there. */
  async startNetwork({
    podRange,
    serviceRange,
  }: {
    readonly podRange: string;
    readonly serviceRange: string;
  }): Promise<void> {
    this.running.start("kube-proxy", [
      await program("kube-proxy"),
      "--proxy-mode=iptables",
      "--healthz-bind-address=127.0.0.1",
      `--kubeconfig=${agentFolder}/kubeproxy.kubeconfig`,
      `--cluster-cidr=${podRange}`,
      "--conntrack-max-per-core=0",
      "--conntrack-tcp-timeout-established=0s",
      "--conntrack-tcp-timeout-close-wait=0s",
      `--hostname-override=${this.name}`,
    ]);
    this.running.start("kube-router", [
      await program("kube-router"),
      "--run-firewall=true",
      "--run-router=false",
      "--run-service-proxy=false",
      `--kubeconfig=${agentFolder}/k3scontroller.kubeconfig`,
      `--hostname-override=${this.name}`,
      `--service-cluster-ip-range=${serviceRange}`,
      "--service-node-port-range=30000-32767",
      "--health-port=0",
      "--metrics-port=0",
    ]);
  }

  /** Ends k3s's parts and starts them again, as a new version of k3s does: its unit kills its main process only (`KillMode=process`), so pods stay. */
  async restart(): Promise<void> {
    for (const name of ["kubelet", "kube-proxy", "kube-router", "containerd"]) await this.running.stopProgram(name);
    await this.prepare();
    this.startContainerd();
    await this.startKubelet();
    await this.startNetwork(this.plane.ranges);
  }

  /** Power off; the cgroup goes too. */
  async stop(): Promise<void> {
    await this.running.stop();
    removeCgroup(this.cgroup);
  }

  private files(kubectl: string): readonly LiveFile[] {
    const { plane, name, config } = this;
    const file = (path: string, content: string): LiveFile => ({ path, content, mode: "0600", owner: "root:root" });
    const serving = issue(plane.serverAuthority, {
      commonName: name,
      dnsNames: [name],
      ipAddresses: [config.nodeIp, "127.0.0.1"],
    });
    return [
      { ...file("/usr/local/bin/k3s", k3sCommand(kubectl)), mode: "0755" },
      file(kubelets, plane.kubeconfig(`system:node:${name}`, "system:nodes")),
      file(`${agentFolder}/kubeproxy.kubeconfig`, plane.kubeconfig("system:kube-proxy")),
      file(`${agentFolder}/k3scontroller.kubeconfig`, plane.kubeconfig("system:k3s-controller", "system:masters")),
      file(`${folder}/client-ca.crt`, plane.clientAuthority.certificate),
      file(`${folder}/kubelet.crt`, serving.certificate),
      file(`${folder}/kubelet.key`, serving.key),
      file(`${folder}/kubelet.yaml`, JSON.stringify(this.kubeletConfiguration(), null, 2)),
      file(`${folder}/containerd.toml`, containerd(this.pull.registry)),
      // The rendered mirrors lead every name to this registry.
      file(
        `${folder}/certs.d/_default/hosts.toml`,
        `[host."https://${this.pull.registry}"]\n  capabilities = ["pull", "resolve"]\n`,
      ),
    ];
  }

  private kubeletConfiguration(): object {
    return {
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true },
        x509: { clientCAFile: `${folder}/client-ca.crt` },
      },
      authorization: { mode: "Webhook" },
      tlsCertFile: `${folder}/kubelet.crt`,
      tlsPrivateKeyFile: `${folder}/kubelet.key`,
      address: "0.0.0.0",
      healthzBindAddress: "127.0.0.1",
      readOnlyPort: 0,
      cgroupDriver: "cgroupfs",
      cgroupRoot: `/${this.cgroup}`,
      failSwapOn: false,
      failCgroupV1: false,
      enforceNodeAllocatable: [],
      containerRuntimeEndpoint: `unix://${socket}`,
      clusterDNS: ["10.43.0.10"],
      clusterDomain: "cluster.local",
      resolvConf: "/etc/resolv.conf",
      serializeImagePulls: false,
      evictionHard: { "imagefs.available": "5%", "nodefs.available": "5%" },
    };
  }
}

/** Of k3s's commands, the one that the rendered checks and steps use: k3s itself cannot be had here. */
const k3sCommand = (kubectl: string): string => `#!/bin/sh
if [ "$1" != kubectl ]; then
  echo "expected k3s kubectl, got k3s $1: live nodes have no other command of k3s" >&2
  exit 64
fi
shift
export KUBECONFIG="\${KUBECONFIG:-/etc/rancher/k3s/k3s.yaml}"
exec ${kubectl} "$@"
`;

/** Version 1.6 of Debian, with what this kernel needs: scores below zero are refused by it. */
const containerd = (registry: string): string => `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${registry}/${pauseImage}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "${folder}/certs.d"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
`;
