import { lockedFile } from "../../core/files";
import type { Mirror } from "../../core/mirror";
import type { RecipeFile } from "../recipe";
import { scripts } from "../scripts";
import { settings, shellWord } from "../text";
import { nowhere, podInterface, podNetwork } from "./pod-network";
import { proxyUrl } from "./private-host";

export const k3sVersion = "v1.34.2+k3s1";

/** Path of its program in the operator's store, under which its digest is locked. */
export const k3sFile = `k3s/${k3sVersion}/k3s`;

export interface MemberSettings {
  readonly mirror: Mirror;
  /** Range of the hosts' network. */
  readonly range: string;
  readonly podRange: string;
  readonly serviceRange: string;
  /** Private addresses of the control plane. */
  readonly controlPlane: readonly string[];
  readonly address: string;
  /** Labels that the host sets itself; the control plane sets those that decide where pods run: see `admit.sh`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly string[];
  /** True if the host has a public interface beside the private one. @default false */
  readonly door?: boolean;
  /** Bytes of the largest packet that the network carries. @default - what the private interface says */
  readonly mtu?: number;
}

export const directory = "/etc/rancher/k3s";

/** Paths of a member's secrets; the pool that makes it writes them. */
export const paths = {
  token: `${directory}/token`,
  /** Files that differ for each elastic member. */
  itself: `${directory}/config.yaml.d/60-itself.yaml`,
  agentToken: `${directory}/agent-token`,
  certificates: "/var/lib/rancher/k3s/server/tls",
  snapshots: `${directory}/config.yaml.d/70-snapshots.yaml`,
} as const;

export type Member = Omit<MemberSettings, "address"> & { readonly address?: string };

export const member = ({ address, labels, taints }: Member): Record<string, unknown> => ({
  "token-file": paths.token,
  ...(address === undefined ? {} : { "node-ip": address }),
  "node-label": Object.entries(labels).map(([key, value]) => `${key}=${value}`),
  "node-taint": taints,
  "disable-default-registry-endpoint": true,
  "protect-kernel-defaults": true,
});

/** Needs of k3s on any host: its binary from the mirror, a registry and no other, and an interface for the pods' tunnels. */
export function runtime(
  { mirror, range, podRange, serviceRange, door = false, mtu }: Member,
  role: "server" | "agent",
): RecipeFile[] {
  return [
    {
      path: `${directory}/registries.yaml`,
      content: json({ mirrors: { "*": { endpoint: [`https://${mirror.registry}`] } } }),
      mode: "0600",
    },
    {
      path: "/etc/default/k3s",
      content: settings(
        {
          HTTPS_PROXY: proxyUrl,
          HTTP_PROXY: proxyUrl,
          NO_PROXY: ["127.0.0.0/8", range, podRange, serviceRange, ".svc", ".cluster.local"].join(","),
        },
        "=",
      ),
    },
    {
      path: "/etc/sovereign-uc/k3s.env",
      content: settings(
        {
          K3S_URL_OF_BINARY: shellWord(`${mirror.artefacts}/k3s/${encodeURIComponent(k3sVersion)}`),
          K3S_RELEASE: shellWord(k3sVersion),
          // What the host holds the program against comes from here, not from the store.
          K3S_SHA256: shellWord((lockedFile(k3sFile) ?? "").replace(/^sha256:/, "")),
          K3S_PROXY: shellWord(proxyUrl),
          K3S_NETWORK_MTU: mtu === undefined ? "" : String(mtu),
        },
        "=",
      ),
    },
    { path: "/usr/local/lib/sovereign-uc/fetch-k3s", content: scripts.fetchK3s, mode: "0755" },
    { path: "/etc/sysctl.d/90-kubelet.conf", content: settings(kubeletDefaults, " = ") },
    ...podNetwork(door),
    {
      path: "/etc/systemd/system/k3s.service",
      content: [
        "[Unit]",
        `Description=k3s ${role}`,
        `Wants=network-online.target${door ? "" : ` ${nowhere}`}`,
        `After=network-online.target${door ? "" : ` ${nowhere}`} nftables.service`,
        "[Service]",
        "Type=notify",
        "EnvironmentFile=/etc/default/k3s",
        "ExecStartPre=/usr/local/lib/sovereign-uc/fetch-k3s",
        `ExecStartPre=${podInterface}`,
        "ExecStartPre=-/sbin/modprobe br_netfilter",
        `ExecStart=/usr/local/bin/k3s ${role}`,
        "KillMode=process",
        "Delegate=yes",
        "LimitNOFILE=1048576",
        "TasksMax=infinity",
        "TimeoutStartSec=0",
        "Restart=always",
        "RestartSec=5s",
        "[Install]",
        "WantedBy=multi-user.target",
        "",
      ].join("\n"),
    },
  ];
}

/** Convergence does not wait for a `later` one: the member that it joins may be made only then, the first one's by the step that founds the cluster. */
export const unit = (more: readonly string[], later = true) => ({
  name: "k3s.service",
  later,
  files: [
    `${directory}/config.yaml`,
    `${directory}/registries.yaml`,
    "/etc/default/k3s",
    "/etc/sovereign-uc/k3s.env",
    podInterface,
    "/etc/systemd/system/k3s.service",
    ...more,
  ],
});

/** Kernel settings that the kubelet requires with `protect-kernel-defaults`. Source: kubernetes `pkg/kubelet/cm/container_manager_linux.go`. */
const kubeletDefaults = {
  "vm.overcommit_memory": "1",
  "vm.panic_on_oom": "0",
  "kernel.panic": "10",
  "kernel.panic_on_oops": "1",
  "kernel.keys.root_maxkeys": "1000000",
  "kernel.keys.root_maxbytes": "25000000",
};

export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
