import { parse } from "yaml";
import type { LiveHost } from "./rendered";

/** The configuration of a k3s, as the live nodes understand it. */
export interface K3sConfig {
  readonly nodeIp: string;
  readonly labels: readonly string[];
  readonly taints: readonly string[];
  readonly podRange: string | undefined;
  readonly serviceRange: string | undefined;
  readonly flannelInterface: string | undefined;
  readonly apiServerArguments: readonly string[];
  readonly tlsNames: readonly string[];
}

/**
 * Keys that k3s's own parts stand for here. Every key that a recipe renders must be in one of the two lists: a key that nobody has thought about is an error, not
 * something that is left out in silence.
 */
const understood: readonly string[] = [
  "node-ip",
  "node-label",
  "node-taint",
  "cluster-cidr",
  "service-cidr",
  "flannel-iface",
  "kube-apiserver-arg",
  "tls-san",
  "advertise-address",
];

/** Keys whose meaning the live nodes give by other means, or that only k3s itself could show. */
const otherwise: Readonly<Record<string, string>> = {
  server: "kubelets go straight to the API server; k3s has a balancer of its own on loopback",
  "token-file": "certificates are issued by the harness with the rendered authority; joining by token is k3s's own",
  "agent-token-file": "as token-file",
  "disable-agent-token": "as token-file",
  "flannel-backend": "wireguard-go stands for the kernel's WireGuard, in tunnels set up as flannel would",
  "secrets-encryption": "the API server gets an encryption configuration with a key of this run",
  disable: "k3s's own packaged workloads: none is here",
  "cluster-dns": "every kubelet is told the tenth address of the service range, which is what the key says",
  "disable-helm-controller": "there is none",
  "write-kubeconfig-mode": "a file of k3s's own",
  "etcd-snapshot-schedule-cron": "snapshots are k3s's own",
  "etcd-snapshot-retention": "snapshots are k3s's own",
  "system-default-registry": "the images of k3s's own workloads come from the same registry here",
  "disable-default-registry-endpoint": "containerd gets the rendered mirrors and nothing else",
  "protect-kernel-defaults": "the kernel's settings are those of the machine that the tests run on",
};

/** Reads what a host's recipe tells k3s: `config.yaml`, then the files of `config.yaml.d` in their order, later ones first. @throws Error for a key nobody thought about. */
export function k3sConfig({ name, files }: LiveHost): K3sConfig {
  const folder = "/etc/rancher/k3s/config.yaml";
  const found = files
    .filter(({ path }) => path === folder || path.startsWith(`${folder}.d/`))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const config: Record<string, unknown> = Object.assign({}, ...found.map(({ content }) => parse(content) as object));
  const unknown = Object.keys(config).filter((key) => !understood.includes(key) && !(key in otherwise));
  if (unknown.length > 0)
    throw new Error(
      `expected keys of k3s that the live nodes know, got ${unknown.join(", ")} on ${name}; add them to test/live/k3s.ts with what they mean here`,
    );
  const list = (key: string): readonly string[] => (config[key] as readonly string[] | undefined) ?? [];
  const text = (key: string): string | undefined => config[key] as string | undefined;
  const nodeIp = text("node-ip");
  if (nodeIp === undefined) throw new Error(`expected node-ip in the configuration of ${name}, got none`);
  return {
    nodeIp,
    labels: list("node-label"),
    taints: list("node-taint"),
    podRange: text("cluster-cidr"),
    serviceRange: text("service-cidr"),
    flannelInterface: text("flannel-iface"),
    apiServerArguments: list("kube-apiserver-arg"),
    tlsNames: list("tls-san"),
  };
}
