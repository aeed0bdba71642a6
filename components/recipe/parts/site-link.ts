import { Cidr } from "../../core/cidr";
import { wireguardKey, wireguardPublicKey } from "../../core/wireguard";
import { inbound, outbound } from "../../core/openings";
import { Interfaces } from "../nftables";
import { Recipe } from "../recipe";
import { scripts } from "../scripts";
import { settings, shellWord } from "../text";

/**
 * One tunnel of a gateway, to one gateway of another site. It has an interface and a port of its own: WireGuard leads a range to one peer per interface, and
 * every site has at least two gateways.
 */
export interface Tunnel {
  /** Name of the other site. */
  readonly site: string;
  /** Private range of the other site: all that may come out of the tunnel. */
  readonly range: Cidr;
  /** Public address of the gateway at the other end. */
  readonly endpoint: string;
  /** Its UDP port. */
  readonly endpointPort: number;
  /** Our UDP port, which names the interface too. */
  readonly port: number;
}

/** Keys of one tunnel, in base64: secrets. */
export interface TunnelKeys {
  /** Of the gateway on whose side the file stands. */
  readonly privateKey: string;
  /** Of the gateway at the other end; only its public half is written. */
  readonly otherPrivateKey: string;
  /** The pair's own, beside the key exchange. */
  readonly presharedKey: string;
}

/** Interface of a tunnel; Linux takes 15 characters. */
export const tunnelInterface = ({ port }: Tunnel): string => `wg-${port}`;

export const tunnelPath = (tunnel: Tunnel): string => `/etc/wireguard/${tunnelInterface(tunnel)}.conf`;

/**
 * A tunnel's file for wg-quick: a secret.
 *
 * What was checked, and where (wireguard-tools v1.0.20210914; Linux 1253eedf and 0ce89f7c; wireguard-go ecfc5a8d5446):
 *
 * | claim | file |
 * | --- | --- |
 * | `Table = off`, `MTU`, `PostUp`, `%i` in it | `src/man/wg-quick.8` |
 * | `PrivateKey`, `ListenPort`, `PublicKey`, `PresharedKey`, `AllowedIPs`, `Endpoint` | `src/man/wg.8` |
 * | a keepalive leaves at once when its interval changes from 0 | `drivers/net/wireguard/netlink.c`, `device/uapi.go` |
 * | a keepalive counts as received bytes | `drivers/net/wireguard/receive.c`, `device/receive.go` |
 * | what leaves a tunnel has a source in its peer's `AllowedIPs` | `drivers/net/wireguard/receive.c` |
 *
 * @throws RangeError when a key is none.
 */
export function tunnelFile(tunnel: Tunnel, { privateKey, otherPrivateKey, presharedKey }: TunnelKeys): string {
  const { port, range, endpoint, endpointPort } = tunnel;
  return [
    "[Interface]",
    `PrivateKey = ${wireguardKey(privateKey)}`,
    `ListenPort = ${port}`,
    "MTU = 1420",
    // Routes follow the gateway that is heard: see site-link.sh.
    "Table = off",
    // Packets may come by another tunnel than the one that leads back while a site changes gateways; WireGuard itself vouches for their source.
    "PostUp = sysctl -q -w net.ipv4.conf.%i.rp_filter=2",
    "",
    "[Peer]",
    `PublicKey = ${wireguardPublicKey(otherPrivateKey)}`,
    `PresharedKey = ${wireguardKey(presharedKey)}`,
    `AllowedIPs = ${range.toString()}`,
    `Endpoint = ${endpoint.includes(":") ? `[${endpoint}]` : endpoint}:${endpointPort}`,
    "",
  ].join("\n");
}

/** A gateway's end of the link: tunnels, and routes that follow the gateway which is heard. Its secret files come beside it. */
export function siteGateway(virtualAddress: string, tunnels: readonly Tunnel[]): Recipe {
  const units = tunnels.map((tunnel) => `wg-quick@${tunnelInterface(tunnel)}.service`);
  const env = "/etc/sovereign-uc/site-link.env";
  const service = "/etc/systemd/system/site-link.service";
  const script = "/usr/local/lib/sovereign-uc/site-link";
  return {
    packages: ["wireguard-tools"],
    files: [
      { path: "/etc/sysctl.d/90-site-link.conf", content: settings({ "net.ipv4.ip_forward": "1" }, " = ") },
      {
        path: env,
        content: settings(
          {
            VIRTUAL_ADDRESS: shellWord(virtualAddress),
            TUNNELS: shellWord(
              tunnels.map((tunnel) => `${tunnelInterface(tunnel)}=${tunnel.range.toString()}`).join(" "),
            ),
            RANGES: shellWord(otherRanges(tunnels).join(" ")),
          },
          "=",
        ),
      },
      { path: script, content: scripts.siteLink, mode: "0755" },
      {
        path: service,
        content: [
          "[Unit]",
          "Description=Routes to other sites",
          `After=${units.join(" ")}`,
          // The virtual address comes only once nothing for another site can leave by the default route.
          "Before=keepalived.service",
          "StartLimitIntervalSec=0",
          "[Service]",
          `EnvironmentFile=${env}`,
          "RuntimeDirectory=site-link",
          ...otherRanges(tunnels).map(
            (range) => `ExecStartPre=/usr/sbin/ip -4 route replace unreachable ${range} metric 10000`,
          ),
          `ExecStart=${script}`,
          "Restart=always",
          "RestartSec=2",
          "[Install]",
          "WantedBy=multi-user.target",
          "",
        ].join("\n"),
      },
      {
        path: "/etc/sovereign-uc/checks.d/60-site-link",
        mode: "0755",
        content: [
          "#!/bin/sh",
          "# Tunnels are there and their routes are looked after, whether another site answers or not.",
          "set -eu",
          ...[...units, "site-link.service"].map((unit) => `systemctl is-active --quiet ${unit}`),
          "",
        ].join("\n"),
      },
    ],
    units: [
      ...tunnels.map((tunnel, i) => ({ name: units[i] ?? "", files: [tunnelPath(tunnel)] })),
      { name: "site-link.service", files: [env, service, script] },
    ],
    openings: tunnels.flatMap(({ site, endpoint, endpointPort, port }) => {
      const peer = [`${endpoint}/${endpoint.includes(":") ? 128 : 32}`];
      return [
        inbound("udp", port, peer, `tunnel to site ${site}`),
        outbound("udp", endpointPort, peer, `tunnel to site ${site}`),
      ];
    }),
  };
}

/**
 * Forwarding rules of gateways: between their own range and each other site's, and only into and out of the tunnels. Before the routes into them stand, packets for
 * another site would leave in clear by the default route, and whoever forges one of its addresses would come in by the public interface.
 */
export const siteForwards = (
  own: Cidr,
  tunnels: readonly Tunnel[],
): readonly (readonly [from: string, to: string, reason: string, interfaces: Interfaces])[] =>
  otherRanges(tunnels).flatMap((other) => {
    const interfaces = tunnels.filter(({ range }) => range.toString() === other).map(tunnelInterface);
    return [
      [own.toString(), other, "to another site", { out: interfaces }] as const,
      [other, own.toString(), "from another site", { in: interfaces }] as const,
    ];
  });

/** A private host's routes to other sites, by its gateways' virtual address: all the routes that it has beside its own network. */
export function siteRoutes(virtualAddress: string, ranges: readonly string[]): Recipe {
  if (ranges.length === 0) return {};
  const service = "/etc/systemd/system/site-routes.service";
  return {
    files: [
      {
        path: service,
        content: [
          "[Unit]",
          "Description=Routes to other sites",
          "Wants=network-online.target",
          "After=network-online.target",
          "[Service]",
          "Type=oneshot",
          "RemainAfterExit=yes",
          ...ranges.map((range) => `ExecStart=/usr/sbin/ip -4 route replace ${range} via ${virtualAddress}`),
          "[Install]",
          "WantedBy=multi-user.target",
          "",
        ].join("\n"),
      },
    ],
    units: [{ name: "site-routes.service", files: [service] }],
  };
}

/** Ranges of the other sites, each once. */
export const otherRanges = (tunnels: readonly Tunnel[]): readonly string[] => [
  ...new Set(tunnels.map(({ range }) => range.toString())),
];
