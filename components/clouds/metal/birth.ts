import { type Birth, birthRuleset, oneInstance, sshd } from "../../recipe/cloud-init";
import { filterStays } from "../../recipe/nftables";
import type { RecipeFile } from "../../recipe/recipe";
import { type MetalHost, privateInterface, type Vlan } from "./inventory";

/**
 * The private interface, for ifupdown: what Debian 12 configures its interfaces with, one by one, so that the public interface stays with whatever
 * runs it. systemd-networkd could only put a VLAN on an interface that it takes over.
 *
 * | fact | source |
 * |---|---|
 * | an interface whose name has a full stop is a VLAN of the one before it; `mtu` and `up` are options of `inet static` | ifupdown 0.8.41, interfaces(5) |
 */
export const interfaceFile = (card: string, address: string, vlan: Vlan | undefined): RecipeFile => ({
  path: "/etc/network/interfaces.d/60-sovereign-uc",
  content: [
    `auto ${card}`,
    `iface ${card} inet static`,
    `  address ${address}`,
    ...(vlan?.mtu === undefined ? [] : [`  mtu ${vlan.mtu}`]),
    // No router may tell a private host of a way out.
    "  up [ ! -e /proc/sys/net/ipv6/conf/$IFACE/accept_ra ] || echo 0 >/proc/sys/net/ipv6/conf/$IFACE/accept_ra",
    "",
  ].join("\n"),
});

const encoded = (text: string): string => Buffer.from(text, "utf8").toString("base64");

/**
 * Standard input of `enrol.sh`, the key that converges left out: `host NAME`, `at ADDRESS PUBLIC`, `door` or `private`, `key LINE`,
 * `network INTERFACE PATH CONTENT`, `file MODE PATH CONTENT`; keys, paths and contents in base64.
 */
export function enrolment(birth: Birth, machine: MetalHost, door: boolean, vlan: Vlan | undefined): readonly string[] {
  const card = privateInterface(machine, vlan);
  const network = interfaceFile(card, birth.address, vlan);
  const files: readonly RecipeFile[] = [
    { path: "/etc/hostname", content: `${birth.hostName}\n` },
    { path: "/etc/ssh/sshd_config.d/10-sovereign-uc.conf", content: sshd },
    { path: "/etc/nftables.conf", content: birthRuleset(birth.sshFrom) },
    filterStays,
    // The machine may have been installed by a cloud-init of somebody else's.
    oneInstance,
  ];
  return [
    `host ${birth.hostName}`,
    `at ${machine.address} ${door ? (machine.publicAddress ?? "-") : "-"}`,
    door ? "door" : "private",
    ...(birth.administratorKeys ?? []).map((key) => `key ${encoded(key)}`),
    `network ${card} ${encoded(network.path)} ${encoded(network.content)}`,
    ...files.map(({ path, content, mode = "0644" }) => `file ${mode} ${encoded(path)} ${encoded(content)}`),
  ];
}

/** The line of the key that converges. */
export const keyLine = (key: string): string => `key ${encoded(key)}`;
