import { inbound } from "../../core/openings";
import { Recipe } from "../recipe";

/**
 * Tang gives hosts of its network what they need to open their data volumes, without ever learning a key: a disk that has left the network stays shut.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | units `tangd.socket` (port 80 of every address, one process per connection) and `tangd@.service`, user `_tang`, keys in /var/lib/tang | /lib/systemd/system/tangd.socket, tangd@.service | Debian's tang 11-2+deb12u1 |
 * | keys are made when there are none; what is advertised is signed; exchange keys have the use `deriveKey` | /usr/libexec/tangd, run | Debian's tang-common 11-2+deb12u1 |
 * | an empty `ListenStream=` takes back those before it; `FreeBind=` binds an address that is not there yet | systemd.socket(5) | Debian's systemd 252.39-1~deb12u2 |
 * | `MaxConnections=` and `MaxConnectionsPerSource=` refuse further connections; a socket that is called more often than `TriggerLimitBurst=` in `TriggerLimitIntervalSec=` (200 in 2 s) fails for good, and 0 takes that limit away | the same | the same |
 */
export const tangPort = 7500;

/** URL of a gateway's Tang. */
export const tangUrl = (address: string): string => `http://${address}:${tangPort}`;

/**
 * Tang on a gateway, for those who have a volume to open. Its keys are made on the gateway and never leave it: a gateway that is made again has others.
 *
 * @param address the gateway's private address.
 * @param asking private addresses of the hosts that may ask.
 */
export function tangServer(address: string, asking: readonly string[]): Recipe {
  const socket = "/etc/systemd/system/tangd.socket.d/60-sovereign-uc.conf";
  return {
    packages: ["tang"],
    files: [
      {
        path: socket,
        content: [
          "[Socket]",
          "ListenStream=",
          `ListenStream=${address}:${tangPort}`,
          "FreeBind=yes",
          "MaxConnections=64",
          // Each asks once a minute, and at boot.
          "MaxConnectionsPerSource=8",
          // Otherwise one that knocks often enough shuts the socket for all.
          "TriggerLimitIntervalSec=0",
          "",
        ].join("\n"),
      },
    ],
    units: [{ name: "tangd.socket", files: [socket] }],
    openings:
      asking.length === 0
        ? []
        : [
            inbound(
              "tcp",
              tangPort,
              asking.map((host) => `${host}/32`),
              "Tang, which opens the hosts' data volumes",
            ),
          ],
  };
}
