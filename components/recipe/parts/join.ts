import { outbound } from "../../core/openings";
import { Recipe } from "../recipe";
import { scripts } from "../scripts";
import { settings, shellWord } from "../text";

export interface JoinSettings {
  /** The member of the control plane that joins hosts. */
  readonly name: string;
  readonly address: string;
  /** Range in which the cloud assigns addresses to its machines, and each address. */
  readonly range: string;
  readonly addresses: readonly string[];
  /** Groups in the names of machines: a group, a hyphen and hexadecimal digits. */
  readonly groups: readonly string[];
  /** Prefix of machines' ids in Kubernetes. */
  readonly idPrefix: string;
  /** Labels that each host is given, as `key=value`. */
  readonly labels: readonly string[];
}

const directory = "/etc/sovereign-uc/join";

/** Paths of secrets: the key to new hosts, and their payload. */
export const joinPaths = { key: `${directory}/key`, payload: `${directory}/payload` } as const;

/**
 * The service on a control-plane member that joins hosts of the autoscaler to the cluster: each boots with a filter and the public half of one key,
 * and is sent everything else from here, with a token that lives five minutes and is deleted after use.
 *
 * | claim | file in k3s-io/k3s | revision |
 * |---|---|---|
 * | `k3s token create --ttl --description` prints one token; `token list` has the columns id, ttl, end, usages, description; `token delete` takes ids | pkg/cli/cmds/token.go, pkg/cli/token/token.go | 0208f16, 0678ae9 |
 * | a server lets in with such a token whoever asks for a host's certificates (group `system:bootstrappers`), and its API knows such tokens | pkg/server/handlers/router.go; pkg/daemons/control/server.go | 1be7bd2; read 2026-11-25, revision not shown |
 * | an agent shows its client certificate when it has one and asks the API with it, so a token that is gone stops no restart; when its node was deleted, it falls back to the token | pkg/clientaccess/token.go, pkg/agent/config/config.go | 0566d45, 001a6d9 |
 * | a token's text has to be well-formed even then: the file stays | pkg/clientaccess/token.go | 0566d45 |
 * | an id that the kubelet registers (`provider-id`) is kept by k3s, which says of every node that it exists: nobody deletes a node whose machine is gone | pkg/cloudprovider/instances.go | read 2026-11-25, revision not shown |
 * | the kubelet registers `--provider-id` | kubernetes v1.34.2, pkg/kubelet/kubelet_node_status.go | 1.34.2 |
 * | cloud-init keeps the id of its machine in `/var/lib/cloud/data/instance-id`; at Hetzner it is the server's number, and the host name the server's | cloudinit/stages.py, sources/DataSourceHetzner.py | Debian's cloud-init 22.4.2 |
 */
export function join({ name, address, range, addresses, groups, idPrefix, labels }: JoinSettings): Recipe {
  const timer = "/etc/systemd/system/join.timer";
  return {
    files: [
      {
        path: `${directory}/settings`,
        content: settings(
          {
            JOIN_FOLDER: directory,
            JOIN_HOST: name,
            JOIN_SERVER: `https://${address}:6443`,
            JOIN_GROUPS: shellWord(groups.join(" ")),
            JOIN_ID_PREFIX: idPrefix,
          },
          "=",
        ),
      },
      { path: `${directory}/addresses`, content: `${addresses.join("\n")}\n` },
      { path: `${directory}/labels`, content: `${labels.join("\n")}\n` },
      { path: `${directory}/contact`, content: scripts.contact },
      { path: `${directory}/converge`, content: scripts.converge },
      { path: "/usr/local/lib/sovereign-uc/join", content: scripts.join, mode: "0755" },
      {
        path: "/etc/systemd/system/join.service",
        content: [
          "[Unit]",
          "Description=Hosts that the autoscaler has made join the cluster",
          "After=k3s.service",
          "[Service]",
          "Type=oneshot",
          `EnvironmentFile=${directory}/settings`,
          // In memory: what hosts are sent never lies on a disk here beside the payload itself.
          "RuntimeDirectory=join",
          "RuntimeDirectoryMode=0700",
          "ExecStart=/usr/local/lib/sovereign-uc/join",
          "",
        ].join("\n"),
      },
      {
        path: timer,
        content: [
          "[Unit]",
          "Description=Hosts that the autoscaler has made join the cluster, seconds after they are born",
          "[Timer]",
          "OnActiveSec=20",
          "OnUnitInactiveSec=20",
          "AccuracySec=1",
          "[Install]",
          "WantedBy=timers.target",
          "",
        ].join("\n"),
      },
    ],
    units: [{ name: "join.timer", files: [timer] }],
    openings: [outbound("tcp", 22, [range], "hosts that the autoscaler made join")],
  };
}
