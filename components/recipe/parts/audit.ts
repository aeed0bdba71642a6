import { Recipe } from "../recipe";
import { settings } from "../text";

/**
 * Audit of a host: logins and changes. The kernel's records come into the journal too
 * (`systemd-journald-audit.socket`), and leave the host with it.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | the service loads `/etc/audit/rules.d/*.rules` when it starts, and has no way to reload | /lib/systemd/system/auditd.service | Debian's auditd 1:3.0.9-1 |
 * | keys of auditd.conf and their values | /etc/audit/auditd.conf | Debian's auditd 1:3.0.9-1 |
 * | who logs in by SSH becomes `auid`, root too: `pam_loginuid` is in the session | /etc/pam.d/sshd | Debian's openssh-server 1:9.2p1-2+deb12u10 |
 * | the journal hears the kernel's records | /lib/systemd/system/systemd-journald-audit.socket, wanted by sockets.target | Debian's systemd 252.39-1~deb12u2 |
 */
export const audit = (): Recipe => ({
  packages: ["auditd"],
  files: [
    { path: auditPaths.rules, content: rules, mode: "0640" },
    { path: auditPaths.daemon, content: settings(daemon, " = "), mode: "0640" },
    {
      path: auditPaths.journal,
      content: `[Journal]\n${settings({ Storage: "persistent", SystemMaxUse: "2G", MaxRetentionSec: "30day", Audit: "yes" }, "=")}`,
    },
  ],
  units: [
    { name: "auditd.service", files: [auditPaths.rules, auditPaths.daemon] },
    { name: "systemd-journald.service", files: [auditPaths.journal] },
  ],
});

/** Path of its files. */
export const auditPaths = {
  rules: "/etc/audit/rules.d/60-sovereign-uc.rules",
  daemon: "/etc/audit/auditd.conf",
  journal: "/etc/systemd/journald.conf.d/60-sovereign-uc.conf",
} as const;

/** Ten files of 32 MiB; a full disk stops the records, never the host: meetings go on. */
const daemon = {
  log_file: "/var/log/audit/audit.log",
  log_group: "adm",
  log_format: "ENRICHED",
  flush: "INCREMENTAL_ASYNC",
  freq: "50",
  max_log_file: "32",
  num_logs: "10",
  max_log_file_action: "ROTATE",
  space_left: "200",
  space_left_action: "SYSLOG",
  admin_space_left: "100",
  admin_space_left_action: "SUSPEND",
  disk_full_action: "SUSPEND",
  disk_error_action: "SUSPEND",
};

/** Files and folders whose changes are recorded, by the key under which `ausearch -k` finds them. */
const watched: Readonly<Record<string, readonly string[]>> = {
  identity: ["/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/root/.ssh"],
  privilege: ["/etc/sudoers", "/etc/sudoers.d", "/etc/pam.d"],
  entry: ["/etc/ssh"],
  filter: ["/etc/nftables.conf"],
  time: ["/etc/localtime", "/etc/chrony"],
  modules: ["/etc/modules", "/etc/modules-load.d", "/etc/modprobe.d"],
  records: ["/etc/audit", "/etc/systemd/journald.conf.d"],
  units: ["/etc/systemd/system"],
  cluster: ["/etc/rancher"],
};

/**
 * System calls that are recorded. `auid` is who logged in, whatever they became later: 0 for administrators and for convergence, since SSH lets in root
 * alone; 4294967295 is nobody: the system's own services.
 */
const calls: Readonly<Record<string, readonly string[]>> = {
  modules: ["-S init_module,finit_module,delete_module"],
  time: ["-S settimeofday,clock_settime"],
  privilege: ["-S execve -F euid=0 -F auid!=4294967295"],
};

const rules = [
  ...Object.entries(watched).flatMap(([key, files]) => files.map((path) => `-w ${path} -p wa -k ${key}`)),
  ...Object.entries(calls).flatMap(([key, each]) => each.map((call) => `-a always,exit -F arch=b64 ${call} -k ${key}`)),
  "",
].join("\n");
