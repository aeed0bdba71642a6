import { RecipeFile } from "../recipe";

/**
 * Whoever else would write `/etc/resolv.conf` or the host's name: the recipe alone says who is asked for names. An image may have any of these programs, so
 * each is told by the file that it reads, which lies there for nothing where it is missing. A lease that is renewed changes addresses and nothing else.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | a lease calls `make_resolv_conf` and `set_hostname`; scripts of `dhclient-enter-hooks.d` are read before, in the order of their names | sbin/dhclient-script | Debian's isc-dhcp-client 4.4.3-P1-2 |
 * | the package resolvconf has a script there of its own, named `resolvconf` | etc/dhcp/dhclient-enter-hooks.d/resolvconf | Debian's resolvconf 1.91+nmu1 |
 * | it leaves a resolv.conf alone that is no link to its own | etc/resolvconf/update.d/libc | the same |
 * | openresolv overwrites it, and nothing with `resolvconf=NO` | sbin/resolvconf, resolvconf.conf(5) | Debian's openresolv 3.12.0-3 |
 * | dhcpcd overwrites it but for hooks that `skip_hooks` names; `/etc/dhcpcd.enter-hook` is read first | usr/lib/dhcpcd/dhcpcd-run-hooks | Debian's dhcpcd-base 9.4.1-24~deb12u5 |
 * | NetworkManager overwrites it but with `dns=none` and `rc-manager=unmanaged` | NetworkManager.conf(5) | Debian's network-manager 1.42.4-1+deb12u1 |
 * | systemd-resolved writes below /run only; its tmpfiles make a link where no resolv.conf is, and its update makes one only when it comes from before 251.4 | usr/lib/tmpfiles.d/systemd-resolve.conf, postinst | Debian's systemd-resolved 252.39-1~deb12u2 |
 * | systemd-networkd, netplan and ifupdown leave names to the programs above | systemd.network(5), interfaces(5) | Debian's 252.39, 0.8.41 |
 */
export const namesAreOurs: readonly RecipeFile[] = [
  {
    path: "/etc/dhcp/dhclient-enter-hooks.d/zz-sovereign-uc",
    content:
      "# A lease says neither who is asked for names nor what the host is called.\nmake_resolv_conf() { :; }\nset_hostname() { :; }\n",
  },
  { path: "/etc/resolvconf.conf", content: "resolvconf=NO\n" },
  { path: "/etc/dhcpcd.enter-hook", content: 'skip_hooks="$skip_hooks resolv.conf hostname"\n' },
  {
    path: "/etc/NetworkManager/conf.d/90-sovereign-uc.conf",
    content: "[main]\ndns=none\nrc-manager=unmanaged\nsystemd-resolved=false\nhostname-mode=none\n",
  },
];
