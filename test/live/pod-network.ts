import { program } from "../support/programs/programs";
import { until } from "../support/programs/background";
import type { Node } from "./node";

/** WireGuard's part of every packet: flannel-io/flannel v0.27.4, `pkg/backend/wireguard/wireguard_network.go`, `overhead`. */
const overhead = 80;

/** One node as the others see it. */
interface Member {
  readonly node: Node;
  readonly podRange: string;
  readonly endpoint: string;
  readonly publicKey: string;
}

/**
 * The network of pods, as flannel's backend `wireguard` sets it up: a tunnel device on every node, to every other, under the address of the interface that
 * flannel would choose. wireguard-go stands for the kernel's WireGuard; the packets of the tunnels pass the rendered filters.
 *
 * | claim | file in flannel-io/flannel | revision |
 * |---|---|---|
 * | without a named interface it takes the one of the default route, and its first address | pkg/ip/iface.go, `GetDefaultGatewayInterface` | v0.27.4 |
 * | device `flannel-wg`, port 51820, the first address of the node's range, a route for the whole network | pkg/backend/wireguard/{wireguard,device}.go | v0.27.4 |
 * | rules of address translation and of forwarding | pkg/trafficmngr/iptables/iptables.go | v0.27.4 |
 * | `PersistentKeepaliveInterval` is 25 | k3s-io/k3s pkg/agent/flannel/setup.go | 05f0cdf |
 * | plugins of the CNI: `flannel` hands on to `bridge` with `hairpinMode`, `forceAddress`, `isDefaultGateway`, then `portmap` | k3s-io/k3s pkg/agent/flannel/setup_linux.go | unverified |
 */
export class PodNetwork {
  private members: readonly Member[] = [];

  constructor(private readonly range: string) {}

  /** Sets up one node: its tunnel device and what its pods are plugged into; then every node learns of every other. */
  async join(node: Node, podRange: string): Promise<void> {
    const { running } = node;
    const card = await chosen(node);
    running.start("flannel", [await program("wireguard-go"), "-f", "flannel-wg"], { LOG_LEVEL: "error" });
    await until(`the tunnel device of ${node.name}`, () => running.holds("test -S /var/run/wireguard/flannel-wg.sock"));
    const own = podRange.replace(/\/.*/, "");
    const publicKey = await running.sh(
      [
        "umask 077",
        "test -e /etc/live/tunnel.key || wg genkey >/etc/live/tunnel.key",
        "wg set flannel-wg listen-port 51820 private-key /etc/live/tunnel.key",
        `ip address replace ${own}/32 dev flannel-wg`,
        `ip link set flannel-wg mtu ${card.mtu - overhead} up`,
        `ip route replace ${this.range} dev flannel-wg scope link`,
        "sysctl -qw net.ipv4.ip_forward=1",
        translation(this.range, podRange),
        "wg show flannel-wg public-key",
      ].join("\n"),
    );
    const conflist = cni(podRange, this.range, card.mtu - overhead);
    await running.write({
      path: "/etc/cni/net.d/10-flannel.conflist",
      content: conflist,
      mode: "0600",
      owner: "root:root",
    });
    await node.annotate("flannel.alpha.coreos.com/public-ip", card.address);
    const member = { node, podRange, endpoint: card.address, publicKey: publicKey.trim() };
    this.members = [...this.members.filter((one) => one.node.name !== node.name), member];
    await Promise.all(this.members.map((one) => this.tell(one)));
  }

  /** Tells a node about the other nodes. */
  private async tell({ node }: Member): Promise<void> {
    const others = this.members.filter((one) => one.node.name !== node.name);
    if (others.length === 0 || node.running.pid() === undefined) return;
    const peers = others.map(
      ({ publicKey, endpoint, podRange }) =>
        `peer ${publicKey} endpoint ${endpoint}:51820 persistent-keepalive 25 allowed-ips ${podRange}`,
    );
    await node.running.sh(`wg set flannel-wg ${peers.join(" ")}`);
  }
}

interface Card {
  readonly address: string;
  readonly mtu: number;
}

/** The interface that flannel takes on a host, by flannel's own code, with what the host's k3s is told of it. */
async function chosen({ running, name }: Node): Promise<Card> {
  const files = await running.sh(
    "cat /etc/rancher/k3s/config.yaml; cat /etc/rancher/k3s/config.yaml.d/*.yaml 2>/dev/null || true",
  );
  const named = [...files.matchAll(/"flannel-iface": *"([^"]+)"/g)].at(-1)?.[1];
  const said = await running.exec([await program("flannel-interface"), ...(named === undefined ? [] : [named])]);
  const [, address = "", mtu = ""] = said.trim().split(" ");
  if (!Number.isInteger(Number(mtu)) || address === "")
    throw new Error(`expected "interface address mtu" of ${name}, got "${said.trim()}"`);
  return { address, mtu: Number(mtu) };
}

/** Rules that flannel adds for packets that leave the pods' network, or come to it from a host. */
const translation = (range: string, own: string): string =>
  [
    "iptables -t nat -N FLANNEL-POSTRTG 2>/dev/null || iptables -t nat -F FLANNEL-POSTRTG",
    "iptables -t nat -C POSTROUTING -j FLANNEL-POSTRTG 2>/dev/null || iptables -t nat -A POSTROUTING -j FLANNEL-POSTRTG",
    ...[
      "-m mark --mark 0x4000/0x4000 -j RETURN",
      `-s ${own} -d ${range} -j RETURN`,
      `-s ${range} -d ${own} -j RETURN`,
      `! -s ${range} -d ${own} -j RETURN`,
      `-s ${range} ! -d 224.0.0.0/4 -j MASQUERADE --random-fully`,
      `! -s ${range} -d ${range} -j MASQUERADE --random-fully`,
    ].map((rule) => `iptables -t nat -A FLANNEL-POSTRTG ${rule}`),
    "iptables -N FLANNEL-FWD 2>/dev/null || iptables -F FLANNEL-FWD",
    "iptables -C FORWARD -j FLANNEL-FWD 2>/dev/null || iptables -A FORWARD -j FLANNEL-FWD",
    `iptables -A FLANNEL-FWD -s ${range} -j ACCEPT`,
    `iptables -A FLANNEL-FWD -d ${range} -j ACCEPT`,
  ].join("\n");

const cni = (own: string, range: string, mtu: number): string =>
  JSON.stringify({
    name: "cbr0",
    cniVersion: "0.4.0",
    plugins: [
      {
        type: "bridge",
        bridge: "cni0",
        mtu,
        hairpinMode: true,
        forceAddress: true,
        isGateway: true,
        isDefaultGateway: true,
        ipMasq: false,
        ipam: { type: "host-local", ranges: [[{ subnet: own }]], routes: [{ dst: range }] },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  });
