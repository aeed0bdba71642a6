import type { Recipe, RecipeFile } from "../recipe";
import { scripts } from "../scripts";

/**
 * Ubuntu without a word to its vendor: what an image of Ubuntu sends home, and what takes it away. The filter alone already shuts all of it, since a host's
 * openings name none of these parties; this is so that nothing tries, and nothing does where somebody opens more.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | each update of apt's lists starts `apt-news.service`, which asks motd.ubuntu.com, and `esm-cache.service` | apt-hook/20apt-esm-hook.conf, systemd/apt-news.service, systemd/esm-cache.service | canonical/ubuntu-pro-client 9e023056 |
 * | `ua-timer.timer`, `ua-reboot-cmds.service`, `ubuntu-advantage.service` and `ua-auto-attach.service` speak to contracts.canonical.com | systemd/, uaclient.conf | the same |
 * | `motd-news.timer` asks motd.ubuntu.com unless `ENABLED=0` is in /etc/default/motd-news | etc/update-motd.d/50-motd-news, as a public listing of a machine's /etc shows it: unverified in base-files itself | Ubuntu 22.04 |
 * | apport catches crashes unless it is told not to, and whoopsie uploads them | etc/default/apport, data/whoopsie-upload-all, data/systemd/apport.service | canonical/apport d7b9734b |
 * | whoopsie sends them to daisy.ubuntu.com; ubuntu-report sends the machine's description | the same listing: unverified in the packages themselves | Ubuntu 22.04 |
 * | `pollinate.service` asks a server for random numbers once the network is there | lib/systemd/system/pollinate.service, etc/default/pollinate | Debian's pollinate 4.33-3.1; that Ubuntu's server is entropy.ubuntu.com is unverified |
 * | `fwupd-refresh.timer` asks cdn.fwupd.org each hour or day | lib/systemd/system/fwupd-refresh.timer, etc/fwupd/remotes.d/lvfs.conf | Debian's fwupd 2.0.20-1~deb12u2 |
 * | `snapd.socket` starts snapd; that it asks api.snapcraft.io is unverified here | lib/systemd/system/snapd.socket, snapd.service | Debian's snapd 2.57.6-1+deb12u1 |
 * | a job of each day sends the list of packages once somebody has agreed | etc/cron.daily/popularity-contest | Debian's popularity-contest 1.76 |
 * | a login as root asks changelogs.ubuntu.com for a newer Ubuntu, by /etc/update-motd.d/91-release-upgrade | the same listing; that `Prompt=never` ends it is unverified | Ubuntu 22.04 |
 * | timesyncd's fall-back is ntp.ubuntu.com | etc/systemd/timesyncd.conf in the same listing | Ubuntu 22.04 |
 * | NetworkManager asks connectivity-check.ubuntu.com, where its package for that is there; `enabled` ends it | NetworkManager.conf(5), section `connectivity` | Debian's network-manager 1.42.4-1+deb12u1; the address: a machine's configuration, unverified in the package |
 * | a unit file without content counts as masked | systemd.unit(5); `test/servers/ubuntu.test.ts` | Debian's systemd 252.39-1~deb12u2 |
 */
export const silentUbuntu = (): Recipe => ({
  files: [
    ...maskedUnits.map(masked),
    { path: "/etc/update-manager/release-upgrades", content: "[DEFAULT]\nPrompt=never\n" },
    { path: "/etc/NetworkManager/conf.d/91-sovereign-uc.conf", content: "[connectivity]\nenabled=false\n" },
    {
      path: list,
      content: [
        ...purgedPackages.map((name) => `package ${name}`),
        ...maskedUnits.map((name) => `unit ${name}`),
        "",
      ].join("\n"),
    },
    { path: program, content: scripts.silence, mode: "0755" },
    {
      path: service,
      content: [
        "[Unit]",
        "Description=Nothing reports to the system's vendor",
        "[Service]",
        "Type=oneshot",
        "RemainAfterExit=yes",
        `ExecStart=${program} ${list}`,
        "[Install]",
        "WantedBy=multi-user.target",
        "",
      ].join("\n"),
    },
    {
      path: "/etc/sovereign-uc/checks.d/15-silence",
      mode: "0755",
      content: `#!/bin/sh\n# Nothing reports to the system's vendor.\nexec ${program} ${list} check\n`,
    },
  ],
  units: [{ name: "silence.service", files: [service, program, list] }],
});

/**
 * Settings of apt that Ubuntu's own packages need undone, in a file that is read after theirs.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | `#clear` empties a list that was read before | apt.conf(5); `test/servers/ubuntu.test.ts` | Debian's apt 2.6.2 |
 * | unattended-upgrades adds `Allowed-Origins` to `Origins-Pattern` | usr/bin/unattended-upgrade, `get_allowed_origins` | Debian's unattended-upgrades 2.9.1+nmu3 |
 * | lists of commands are asked for where `deb::CNF` is a target | etc/apt/apt.conf.d/50command-not-found | Debian's command-not-found 23.04.0-1, where it is off by default |
 * | a second apt waits for the lock: on Ubuntu updates of the first boot may hold it | apt-get(8) | Debian's apt 2.6.2 |
 */
export const aptOnUbuntu: readonly string[] = [
  "#clear APT::Update::Pre-Invoke;",
  "#clear Unattended-Upgrade::Allowed-Origins;",
  'Acquire::IndexTargets::deb::CNF::DefaultEnabled "no";',
  'DPkg::Lock::Timeout "300";',
];

const program = "/usr/local/lib/sovereign-uc/silence";
const list = "/etc/sovereign-uc/silence";
const service = "/etc/systemd/system/silence.service";

/** Packages that exist for such reports, or for software that comes from nowhere but the vendor's store. */
const purgedPackages = [
  "apport",
  "fwupd",
  "landscape-client",
  "landscape-common",
  "pollinate",
  "popularity-contest",
  "snapd",
  "ubuntu-report",
  "whoopsie",
];

/** Units that must not start, also where a package of theirs comes back with another one. */
const maskedUnits = [
  // Ubuntu Pro's client, on which other packages depend.
  "apt-news.service",
  "esm-cache.service",
  "ua-auto-attach.service",
  "ua-reboot-cmds.service",
  "ua-timer.service",
  "ua-timer.timer",
  "ubuntu-advantage.service",
  "motd-news.service",
  "motd-news.timer",
  "update-notifier-download.service",
  "update-notifier-download.timer",
  "update-notifier-motd.service",
  "update-notifier-motd.timer",
  "apport-autoreport.path",
  "apport-autoreport.service",
  "apport-autoreport.timer",
  "apport.service",
  "whoopsie.path",
  "whoopsie.service",
  "fwupd-refresh.service",
  "fwupd-refresh.timer",
  "pollinate.service",
  "snapd.seeded.service",
  "snapd.service",
  "snapd.snap-repair.timer",
  "snapd.socket",
  // Names and time are the gateways' business, the filter is ours.
  "systemd-resolved.service",
  "systemd-timesyncd.service",
  "ufw.service",
];

const masked = (name: string): RecipeFile => ({ path: `/etc/systemd/system/${name}`, content: "" });
