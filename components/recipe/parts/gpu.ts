import { Mirror } from "../../core/mirror";
import { Recipe } from "../recipe";

/**
 * Sources of the claims about drivers:
 *
 * | claim | where | revision |
 * |---|---|---|
 * | k3s offers the runtime `nvidia` where `nvidia-container-runtime` is in its path when it starts | k3s-io/k3s pkg/agent/containerd/runtimes.go | read 2026-11-25 |
 * | k3s brings the runtime class `nvidia` | k3s-io/k3s manifests/runtimes.yaml | c77d0b8 |
 * | names and sections of the driver's packages | the package lists of Debian 12 | read 2026-11-25 |
 * | Debian has no `nvidia-container-toolkit`; its maker's repository is `stable/deb/<architecture>`, signed with its maker's key | NVIDIA's installation guide | read 2026-11-25 |
 * | the driver works with the kernel `linux-image-amd64` on the clouds' hosts | a real host only | unverified |
 */
export interface GpuSettings {
  readonly mirror: Mirror;
  /** Public key that signs the repository of the container toolkit, armoured. */
  readonly toolkitKey: string;
}

const key = "/etc/apt/keyrings/nvidia-container-toolkit.asc";

/** NVIDIA's driver and container runtime, from the operator's mirror; k3s finds the runtime by itself. */
export function gpu({ mirror: { packages, artefacts }, toolkitKey }: GpuSettings): Recipe {
  const sections = "contrib non-free non-free-firmware";
  return {
    packages: [
      "libcuda1",
      "libnvidia-ml1",
      "linux-headers-amd64",
      "linux-image-amd64",
      "nvidia-container-toolkit",
      "nvidia-kernel-dkms",
      "nvidia-smi",
    ],
    files: [
      { path: key, content: `${toolkitKey.trim()}\n` },
      // Hosts know no other folder of sources: see private-host.ts.
      { path: "/etc/apt/apt.conf.d/60-gpu", content: 'Dir::Etc::SourceParts "/etc/apt/gpu.list.d";\n' },
      {
        path: "/etc/apt/gpu.list.d/gpu.list",
        content: [
          `deb ${packages} bookworm ${sections}`,
          `deb ${packages} bookworm-updates ${sections}`,
          `deb ${packages}-security bookworm-security ${sections}`,
          `deb [signed-by=${key}] ${artefacts}/nvidia-container-toolkit/stable/deb/amd64 /`,
          "",
        ].join("\n"),
      },
      {
        path: "/etc/systemd/system/gpu.service",
        // A driver that does not load yet must not stop convergence: the health check says what to do about it.
        content: [
          "[Unit]",
          "Description=Loads the driver and makes the devices of graphics processors",
          "Before=k3s.service",
          "[Service]",
          "Type=oneshot",
          "RemainAfterExit=yes",
          "ExecStart=-/usr/bin/nvidia-smi",
          "[Install]",
          "WantedBy=multi-user.target",
          "",
        ].join("\n"),
      },
      {
        path: "/etc/sovereign-uc/checks.d/60-gpu",
        mode: "0755",
        content: [
          "#!/bin/sh",
          "# The driver sees a graphics processor.",
          "nvidia-smi >/dev/null || {",
          '  echo "expected a graphics processor with a driver, got none on kernel $(uname -r); reboot $(hostname) into the newest kernel" >&2',
          "  exit 1",
          "}",
          "",
        ].join("\n"),
      },
    ],
    units: [{ name: "gpu.service", files: ["/etc/systemd/system/gpu.service"] }],
  };
}
