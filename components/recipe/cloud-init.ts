import { invalid } from "../core/errors";
import { birthWordPath } from "./birth-word";
import { filterStays } from "./nftables";
import { RecipeFile } from "./recipe";
import type { OperatingSystem } from "./system";

/**
 * The frozen part of a host: what it is born with. Changing it replaces the host, so it is small; everything else converges over SSH. It holds no
 * secret of any value: providers store user data and hand it to any process on the host. The one word that is secret in the stack's state proves the first
 * answer of the host, and nothing else.
 */
export interface Birth {
  readonly hostName: string;
  /** Private address in the network, with its prefix length: `10.20.0.10/24`. */
  readonly address: string;
  /** Public SSH keys of administrators, beside the key that converges. @default [] */
  readonly administratorKeys?: readonly string[];
  /**
   * Ranges that may open SSH before the first convergence: the private network, or everybody at a gateway in a cloud, whose outer wall is made before it and
   * then alone lets in the administrators' ranges and nobody else. They are wide on purpose: a narrower range would be frozen, and changing it replace the
   * host. A door without an outer wall has the ranges that may open it later too.
   */
  readonly sshFrom: readonly string[];
  /** Netplan for the private interface where the provider's image does not bring it up by itself. @default - none */
  readonly netplan?: object;
  /** With which it proves at first contact that it is itself: see `birthWord`. @default - none: who answers there first is believed */
  readonly word?: string;
  /** @default "debian-12" */
  readonly system?: OperatingSystem;
}

/** The same for a host to which the cloud gives name and address. */
export type Newborn = Pick<Birth, "administratorKeys" | "sshFrom"> & Partial<Birth>;

/**
 * User data for cloud-init, as JSON (which is YAML): no indentation, no quoting rules. Until the first convergence the host answers SSH and nothing
 * else; a host whose image lacks nftables waits for convergence behind the provider's firewall or without any route.
 *
 * @param limit what the provider takes, in bytes.
 * @throws RangeError when it is larger.
 */
export function cloudInit(birth: Newborn, limit: number): string {
  const files = [
    {
      path: "/etc/ssh/sshd_config.d/10-sovereign-uc.conf",
      permissions: "0644",
      content: sshd,
    },
    { path: "/etc/nftables.conf", permissions: "0644", content: birthRuleset(birth.sshFrom) },
    { ...filterStays, permissions: "0644" },
    { ...oneInstance, permissions: "0644" },
    ...(birth.netplan === undefined
      ? []
      : [{ path: "/etc/netplan/60-private.yaml", permissions: "0600", content: JSON.stringify(birth.netplan) }]),
    ...(birth.word === undefined ? [] : [{ path: birthWordPath, permissions: "0600", content: `${birth.word}\n` }]),
  ];
  const { administratorKeys: keys = [] } = birth;
  const text = `#cloud-config\n${JSON.stringify({
    ...(birth.hostName === undefined ? {} : { hostname: birth.hostName }),
    preserve_hostname: false,
    manage_etc_hosts: false,
    disable_root: false,
    ssh_pwauth: false,
    ...(keys.length === 0 ? {} : { ssh_authorized_keys: keys }),
    ssh_deletekeys: true,
    ssh_genkeytypes: ["ed25519"],
    package_update: false,
    ...(birth.system === "ubuntu-22.04" ? shutBeforeAnythingStarts(birth.sshFrom) : {}),
    write_files: files,
    runcmd: [
      ["systemctl", "restart", "ssh"],
      ...(birth.netplan === undefined ? [] : [["netplan", "apply"]]),
      ["sh", "-c", "if command -v nft >/dev/null; then systemctl enable nftables && systemctl restart nftables; fi"],
    ],
  })}\n`;
  const size = Buffer.byteLength(text);
  if (size > limit)
    throw invalid(`user data of at most ${limit} bytes`, size, "move files into the converged part of the recipe");
  return text;
}

/**
 * Part of the user data of a host with Ubuntu. Units of its image report to the vendor at the very first boot, before the last stage of cloud-init has loaded
 * the filter; so it is loaded in the stage that all of them come after, once, where the image has nftables. apt's sources are the recipe's business: cloud-init
 * would look its own choice of mirrors up.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | `bootcmd` runs before files are written, in the stage that ends before sysinit.target: every ordinary unit comes later | config/cloud.cfg.tmpl; systemd/cloud-init-network.service.tmpl, in 22.4.2 cloud-init.service | canonical/cloud-init 0167c1b9, 033412fa; Debian's 22.4.2-1+deb12u4 |
 * | it runs at each boot; `cloud-init-per once` keeps it to the first, so that a filter of convergence stays | tools/cloud-init-per | Debian's 22.4.2-1+deb12u4 |
 * | Ubuntu's variant rewrites sources.list, Debian's does not: `preserve_sources_list` | config/cloud.cfg.tmpl | canonical/cloud-init 0167c1b9 |
 */
const shutBeforeAnythingStarts = (sshFrom: readonly string[]): object => ({
  apt: { preserve_sources_list: true },
  bootcmd: [
    [
      "cloud-init-per",
      "once",
      "sovereign-uc-filter",
      "sh",
      "-c",
      `if command -v nft >/dev/null; then printf '%s' "$1" | nft -f -; fi`,
      "sh",
      birthRuleset(sshFrom),
    ],
  ],
});

/**
 * A setting of cloud-init: the host is the instance that it was at its first boot, whatever is heard of it later. The filter shuts the clouds' metadata
 * service, and where no data source knows its instance without it (Exoscale's), the next boot would count as that of a new instance, with new SSH host keys:
 * nobody who has pinned the old ones would get in. It counts from the first boot on; after convergence cloud-init does not run any more (see `base`).
 *
 * | claim | file | revision |
 * |---|---|---|
 * | with `manual_cache_clean` a boot takes the instance that it knows without asking | cloudinit/cmd/main.py (`main_init`), stages.py (`_restore_from_checked_cache`) | Debian's cloud-init 22.4.2-1+deb12u4 |
 * | without it a data source is asked: Exoscale's does not check by itself, Hetzner's by DMI | sources/DataSourceExoscale.py, sources/DataSourceHetzner.py, sources/__init__.py | the same |
 * | where nothing answers, `DataSourceNone` is a new instance, whose SSH host keys are made anew unless `ssh_deletekeys` is false | sources/DataSourceNone.py, config/cc_ssh.py | the same |
 * | user data count more than files of `cloud.cfg.d`: at the first boot keys of the image go nevertheless | stages.py (`_read_cfg`), helpers.py (`ConfigMerger`) | the same |
 */
export const oneInstance: RecipeFile = {
  path: "/etc/cloud/cloud.cfg.d/99-sovereign-uc.cfg",
  content: "manual_cache_clean: true\nssh_deletekeys: false\n",
};

/** Keys only, for root only (the provider's image may know no other user), no forwarding but the hop through a gateway. */
export const sshd = [
  "PasswordAuthentication no",
  "KbdInteractiveAuthentication no",
  "PermitRootLogin prohibit-password",
  "AllowUsers root",
  "HostKey /etc/ssh/ssh_host_ed25519_key",
  "X11Forwarding no",
  "AllowAgentForwarding no",
  "PermitTunnel no",
  "GatewayPorts no",
  "UseDNS no",
  // Who has not logged in yet: convergence opens a few at once for each host behind a gateway, one source never takes all places.
  "LoginGraceTime 30",
  "MaxStartups 200:30:300",
  "PerSourceMaxStartups 60",
  "PerSourceNetBlockSize 32:64",
  "",
].join("\n");

/** The filter of a host's birth: it answers SSH and nothing else. */
export function birthRuleset(sshFrom: readonly string[]): string {
  const rules = (["ip", "ip6"] as const).flatMap((family) => {
    const ranges = sshFrom.filter((range) => range.includes(":") === (family === "ip6"));
    return ranges.length === 0 ? [] : [`    ${family} saddr { ${ranges.join(", ")} } tcp dport 22 accept`];
  });
  return [
    "#!/usr/sbin/nft -f",
    "table inet sovereign_uc",
    "delete table inet sovereign_uc",
    "table inet sovereign_uc {",
    "  chain input {",
    "    type filter hook input priority filter; policy drop;",
    '    iif "lo" accept',
    "    ct state established,related accept",
    "    meta l4proto ipv6-icmp accept",
    "    udp sport 67 udp dport 68 accept",
    ...rules,
    "  }",
    "  chain forward {",
    "    type filter hook forward priority filter; policy drop;",
    "  }",
    "  chain output {",
    "    type filter hook output priority filter; policy drop;",
    '    oif "lo" accept',
    "    ct state established,related accept",
    "    meta l4proto ipv6-icmp accept",
    "    udp sport 68 udp dport 67 accept",
    "  }",
    "}",
    "",
  ].join("\n");
}
