import { RecipeFile } from "../recipe";
import { scripts } from "../scripts";

/**
 * The pods' network on a host: flannel's tunnels (WireGuard) by its private interface, and a default route that leads nowhere where there is none.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | without `flannel-iface` k3s asks flannel for the interface of the first default route; other hosts' tunnels lead to that interface's first address | k3s-io/k3s, pkg/agent/flannel/flannel.go (`LookupExtInterface`) | read 2026-11-28, revision not shown |
 * | `flannel-iface` is an option of servers and agents, the name of an interface that has to be there when k3s starts | k3s-io/k3s, pkg/cli/cmds/agent.go; pkg/agent/config/config.go | read 2026-11-28, revision not shown; 001a6d9 |
 * | files of `config.yaml.d` are read in the order of their names, a later value takes the place of an earlier one, names without .yaml or .yml are left out | k3s-io/k3s, pkg/configfilearg/parser.go | f646604 |
 * | a tunnel's MTU, which is the pods', is the interface's less 80 | flannel-io/flannel, pkg/backend/wireguard/{wireguard,device,wireguard_network}.go | v0.27.4 |
 * | the address to which the tunnels of others lead stands in the node's annotation `flannel.alpha.coreos.com/public-ip` | flannel-io/flannel, pkg/subnet/kube/{annotations,kube}.go | v0.27.4 |
 * | the kubelet registers `node-ip`, etcd and the supervisor take its first address, the API server is told `advertise-address`: none of them looks for a default route | k3s-io/k3s, pkg/cli/server/server.go, pkg/etcd/etcd.go | read 2026-11-28, revision not shown |
 * | a kubelet may read its own node | kubernetes, plugin/pkg/auth/authorizer/node/node_authorizer.go | 1.34.2 |
 * | a host needs a default route, one that leads nowhere suffices | the documentation's page on air-gapped installation | read 2026-11-23 |
 */
export const podInterface = "/usr/local/lib/sovereign-uc/pod-interface";

/** File with the interface for k3s; written whenever it starts. */
export const interfaceFile = "/etc/rancher/k3s/config.yaml.d/65-interface.yaml";

/** Only a host without a way out is led nowhere: a door's own default route may come after k3s' start, and both would stay. */
export const nowhere = "route-to-nowhere.service";

export const podNetwork = (door: boolean): readonly RecipeFile[] => [
  { path: podInterface, content: scripts.podInterface, mode: "0755" },
  {
    path: "/etc/sovereign-uc/checks.d/51-pods",
    mode: "0755",
    content: [
      "#!/bin/sh",
      "# The other hosts' tunnels lead to this host's private address, so pods of different hosts meet.",
      "set -e",
      'said=$(k3s kubectl --kubeconfig /var/lib/rancher/k3s/agent/kubelet.kubeconfig get node "$(hostname)" \\',
      `  -o 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address} {.metadata.annotations.flannel\\.alpha\\.coreos\\.com/public-ip}')`,
      'if [ -z "${said% *}" ] || [ "${said% *}" != "${said#* }" ]; then',
      '  echo "expected the tunnels of pods to lead to ${said% *}, got ${said#* }; see what k3s says of flannel"',
      "  exit 1",
      "fi",
      "",
    ].join("\n"),
  },
  ...(door
    ? []
    : [
        {
          path: `/etc/systemd/system/${nowhere}`,
          content: [
            "[Unit]",
            "Description=Default route that leads nowhere: k3s wants one, a private host has none",
            "Before=k3s.service",
            "[Service]",
            "Type=oneshot",
            "RemainAfterExit=yes",
            "ExecStart=/bin/sh -c 'ip route show default | grep -q . || { ip link add nowhere type dummy && ip address add 192.0.2.254/31 dev nowhere && ip link set nowhere up && ip route add default via 192.0.2.255 dev nowhere metric 10000; }'",
            "ExecStop=-/usr/sbin/ip link delete nowhere",
            "[Install]",
            "WantedBy=multi-user.target",
            "",
          ].join("\n"),
        },
      ]),
];
