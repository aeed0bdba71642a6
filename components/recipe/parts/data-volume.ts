import { Recipe } from "../recipe";
import { scripts } from "../scripts";
import { settings, shellWord } from "../text";

/**
 * A protected volume, mounted before `before` starts. It outlives its host, so it is formatted only when it is blank.
 *
 * @param device shell pattern of its device, which the cloud knows.
 */
export const dataVolume = (device: string, path: string, before: string): Recipe => ({
  files: [
    {
      path: "/etc/sovereign-uc/data-volume.env",
      content: settings({ DATA_DEVICE: shellWord(device), DATA_PATH: shellWord(path) }, "="),
    },
    { path: "/usr/local/lib/sovereign-uc/data-volume", content: scripts.dataVolume, mode: "0755" },
    {
      path: "/etc/systemd/system/data-volume.service",
      content: [
        "[Unit]",
        "Description=Data volume",
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
  ],
  units: [{ name: "data-volume.service", files: [] }],
});
