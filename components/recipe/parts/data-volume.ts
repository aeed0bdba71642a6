import { outbound } from "../../core/openings";
import { Recipe } from "../recipe";
import { scripts } from "../scripts";
import { settings, shellWord } from "../text";
import { tangPort, tangUrl } from "./tang";

export interface DataVolumeSettings {
  /** Shell pattern of its device, which the cloud knows. */
  readonly device: string;
  /** Mount point. */
  readonly path: string;
  /** Unit that starts only after it is mounted. */
  readonly before: string;
  /** Private addresses of the gateways, each of which opens it. */
  readonly gateways: readonly string[];
}

/** Path of the recovery key, until the next boot: the pool that makes the host writes it as a secret, with every convergence. */
export const recoveryKeyPath = "/run/sovereign-uc/data-volume.key";

/**
 * A protected volume, encrypted with LUKS2 and mounted before `before` starts. It outlives its host, so it is formatted only when it is blank.
 *
 * At boot it opens through Tang on the gateways, any one of them, and nobody need be there. Whoever gets at the disk without the network reads nothing.
 * Each gateway has a key slot; the first use of its keys is trusted, within the private network. A timer binds slots anew where a gateway was made
 * again. The recovery key (slot 0) comes with convergence and lies in memory: it stands in the stack's state, so what all gateways have forgotten a
 * convergence corrects (`pulumi up --target-replace` of the host's `-converge` step runs one where nothing changed). Until then the unit waits.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | `bind -d -k tang CONFIG` with an advertisement in it, `-k -` reads one line; `pass -d -s`; `unbind -d -s -f` | /usr/bin/clevis-luks-{bind,pass,unbind} | Debian's clevis-luks 19-2 |
 * | `bind` copies the header to TMPDIR, takes the first free slot and 1000 rounds of PBKDF2 | /usr/bin/clevis-luks-common-functions | the same |
 * | the header of what is kept has `kid`, the SHA-256 thumbprint of the exchange key, and `clevis.tang.url` | /usr/bin/clevis-encrypt-tang | Debian's clevis 19-2 |
 * | what asks Tang has no time limit of its own | /usr/bin/clevis-decrypt-tang | the same |
 * | `luksFormat`, `config --label`, `token export`, `open --test-passphrase`, `erase` | cryptsetup(8), run | Debian's cryptsetup-bin 2:2.6.1-4~deb12u2 |
 * | the mapping itself (`open`, `close`) | | untested: the kernel here has no dm-crypt |
 * | a unit of type oneshot may start for ever | systemd.service(5) | Debian's systemd 252.39-1~deb12u2 |
 * | `OnActiveSec` counts from the timer's own start | systemd.timer(5) | the same |
 * | `--target-replace` | `pulumi up --help` | 3.256.0 |
 */
export const dataVolume = ({ device, path, before, gateways }: DataVolumeSettings): Recipe => {
  const timer = "/etc/systemd/system/rebind-tang.timer";
  return {
    packages: ["clevis", "clevis-luks", "cryptsetup-bin", "curl", "jose"],
    files: [
      {
        path: "/etc/sovereign-uc/data-volume.env",
        content: settings(
          {
            DATA_DEVICE: shellWord(device),
            DATA_PATH: shellWord(path),
            DATA_KEY: shellWord(recoveryKeyPath),
            TANG_URLS: shellWord(gateways.map(tangUrl).join(" ")),
          },
          "=",
        ),
      },
      { path: "/usr/local/lib/sovereign-uc/data-volume", content: scripts.dataVolume, mode: "0755" },
      { path: "/usr/local/lib/sovereign-uc/tang-slots", content: scripts.tangSlots, mode: "0755" },
      { path: "/usr/local/lib/sovereign-uc/rebind-tang", content: scripts.rebindTang, mode: "0755" },
      {
        path: "/etc/systemd/system/data-volume.service",
        content: [
          "[Unit]",
          "Description=Data volume",
          "Wants=network-online.target",
          "After=network-online.target",
          `Before=${before}`,
          "[Service]",
          "Type=oneshot",
          "RemainAfterExit=yes",
          "ExecStart=/usr/local/lib/sovereign-uc/data-volume",
          "[Install]",
          `RequiredBy=${before}`,
          "",
        ].join("\n"),
      },
      {
        path: "/etc/systemd/system/rebind-tang.service",
        content: [
          "[Unit]",
          "Description=Every gateway opens the data volume",
          "After=data-volume.service",
          "[Service]",
          "Type=oneshot",
          "RuntimeDirectory=rebind-tang",
          "RuntimeDirectoryMode=0700",
          "ExecStart=/usr/local/lib/sovereign-uc/rebind-tang",
          "",
        ].join("\n"),
      },
      {
        path: timer,
        content: [
          "[Unit]",
          "Description=Every gateway opens the data volume, looked after each minute",
          "[Timer]",
          "OnActiveSec=0",
          "OnUnitInactiveSec=1min",
          "AccuracySec=10s",
          "[Install]",
          "WantedBy=timers.target",
          "",
        ].join("\n"),
      },
      {
        path: "/etc/sovereign-uc/checks.d/40-data-volume",
        mode: "0755",
        content: [
          "#!/bin/sh",
          "# The data volume is mounted, and at least one gateway opens it at the next boot.",
          "set -e",
          `mountpoint -q ${shellWord(path)}`,
          "/usr/local/lib/sovereign-uc/tang-slots | grep -q .",
          "",
        ].join("\n"),
      },
    ],
    // Restarting what the volume carries is never the way to take up a change: both scripts are read afresh whenever they run.
    units: [
      { name: "data-volume.service", files: [] },
      { name: "rebind-tang.timer", files: [timer] },
    ],
    openings: [
      outbound(
        "tcp",
        tangPort,
        gateways.map((address) => `${address}/32`),
        "Tang on the gateways, which opens the data volume",
      ),
    ],
  };
};
