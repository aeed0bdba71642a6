import { combine, Recipe } from "../recipe";
import { shellWord } from "../text";
import { dataVolume, DataVolumeSettings } from "./data-volume";

/** Folder below which a host mounts its volumes. */
export const volumesFolder = "/var/lib/sovereign-uc/volumes";

/** Folder of a volume on its host. */
export const volumePath = (name: string): string => `${volumesFolder}/${name}`;

/**
 * Volumes for pods: a host's encrypted data volume, with a folder for each. Kubernetes starts only after it is open and mounted, so nothing is ever written into the
 * place where it belongs on the host's own disk. The folders are root's; Kubernetes gives each to the group of the pods that claim it. One that is there is left as it
 * is: with another mode, Kubernetes would open everything in it to that group once more.
 */
export function volumes(names: readonly string[], settings: Omit<DataVolumeSettings, "path">): Recipe {
  const unit = "/etc/systemd/system/volume-folders.service";
  const folders = names.map((name) => shellWord(volumePath(name))).join(" ");
  return combine(dataVolume({ ...settings, path: volumesFolder }), {
    files: [
      {
        path: unit,
        content: [
          "[Unit]",
          "Description=Folders of the volumes",
          "After=data-volume.service",
          // Not required by Kubernetes: restarting it for a new folder must not restart pods. A volume without its folder keeps its pod waiting.
          `Before=${settings.before}`,
          "[Service]",
          "Type=oneshot",
          "RemainAfterExit=yes",
          `ExecStart=/usr/bin/mountpoint -q ${shellWord(volumesFolder)}`,
          `ExecStart=/usr/bin/mkdir -p -m 0700 ${folders}`,
          "[Install]",
          "WantedBy=multi-user.target",
          "",
        ].join("\n"),
      },
    ],
    units: [{ name: "volume-folders.service", files: [unit] }],
  });
}
