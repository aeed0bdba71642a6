import { oneInstance, sshd } from "../cloud-init";
import { combine, Recipe } from "../recipe";
import type { OperatingSystem } from "../system";
import { settings } from "../text";
import { audit } from "./audit";
import { watchedCertificates } from "./certificates";
import { namesAreOurs } from "./resolv-conf";
import { aptOnUbuntu, silentUbuntu } from "./ubuntu";

/** Base of every host: SSH by key only, quiet kernel settings, security updates, nothing that reports to a vendor, and a record of what happens. */
export const base = (system: OperatingSystem = "debian-12"): Recipe =>
  combine(hardened(system), watchedCertificates, audit(), system === "debian-12" ? {} : silentUbuntu());

/**
 * Patterns name every interface, those that are there and those that come: "all" alone would leave a host that forwards nothing with the redirects that
 * its interfaces accept, every host with those that they send, and IPv6 as it was. Routers are heard where the private network does not forbid it.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | what the settings mean | Documentation/admin-guide/sysctl, Documentation/networking/ip-sysctl.rst | Linux |
 * | IPv4 redirects are accepted if "all" and the interface say so where packets are forwarded, if one of them does elsewhere; they are sent if one of them says so | Documentation/networking/ip-sysctl.rst | Linux |
 * | a pattern sets what matches, but for keys that are named | sysctl.d(5) | Debian's systemd 252.39-1~deb12u2 |
 * | each interface that comes later is set by `systemd-sysctl --prefix` | /usr/lib/udev/rules.d/99-systemd.rules | the same |
 */
const kernel = {
  "kernel.dmesg_restrict": "1",
  "kernel.kptr_restrict": "2",
  // A packet with a private source that comes by a public interface is a lie.
  "net.ipv4.conf.all.rp_filter": "1",
  "net.ipv4.conf.default.rp_filter": "1",
  "net.ipv4.conf.*.accept_redirects": "0",
  "net.ipv4.conf.*.send_redirects": "0",
  "net.ipv4.conf.*.accept_source_route": "0",
  "net.ipv6.conf.*.accept_redirects": "0",
  // Media: bursts of UDP must not be dropped in the socket's queue.
  "net.core.rmem_max": "10485760",
  "net.core.netdev_max_backlog": "100000",
};

/** Origin of the updates that a host takes by itself. */
const securityUpdates = {
  "debian-12": "origin=Debian,codename=${distro_codename}-security",
  // All of Ubuntu's suites have one codename.
  "ubuntu-22.04": "origin=Ubuntu,archive=${distro_codename}-security",
} as const;

const hardened = (system: OperatingSystem): Recipe => ({
  packages: ["ca-certificates", "unattended-upgrades"],
  files: [
    { path: "/etc/ssh/sshd_config.d/10-sovereign-uc.conf", content: sshd },
    { path: "/etc/sysctl.d/60-sovereign-uc.conf", content: settings(kernel, " = ") },
    {
      path: "/etc/apt/apt.conf.d/60-sovereign-uc",
      content: [
        'APT::Periodic::Update-Package-Lists "1";',
        'APT::Periodic::Unattended-Upgrade "1";',
        ...(system === "debian-12" ? [] : aptOnUbuntu),
        `Unattended-Upgrade::Origins-Pattern { "${securityUpdates[system]}"; };`,
        'Unattended-Upgrade::Automatic-Reboot "false";',
        // Otherwise dpkg asks whose configuration counts: an installation after ours is written would end there, an unattended update leave the package out.
        'Dpkg::Options { "--force-confdef"; "--force-confold"; };',
        "",
      ].join("\n"),
    },
    oneInstance,
    // Read by cloud-init's generator at each boot: a host that has converged needs nothing of it any more.
    { path: "/etc/cloud/cloud-init.disabled", content: "the first boot is over\n" },
    ...namesAreOurs,
    { path: "/etc/default/motd-news", content: settings({ ENABLED: "0" }, "=") },
    {
      path: "/etc/sovereign-uc/checks.d/10-firewall",
      mode: "0755",
      content: "#!/bin/sh\n# The filter is loaded.\nnft list table inet sovereign_uc >/dev/null\n",
    },
  ],
  units: [
    { name: "ssh.service", files: ["/etc/ssh/sshd_config.d/10-sovereign-uc.conf"], onChange: "reload" },
    // Takes up kernel settings at once, those of other parts of the recipe too; otherwise they would wait for the next boot.
    {
      name: "systemd-sysctl.service",
      files: ["60-sovereign-uc", "90-kubelet", "90-site-link"].map((name) => `/etc/sysctl.d/${name}.conf`),
    },
  ],
});
