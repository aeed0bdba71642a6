import { Recipe } from "../recipe";
import { scripts } from "../scripts";
import { settings } from "../text";

/** The place of one gateway among those that share a virtual address. */
export interface SegmentMember {
  /** Host name: stands in the journal. */
  readonly name: string;
  /** Its own private address. */
  readonly address: string;
  /** Private addresses of the others. */
  readonly others: readonly string[];
  /** Position, from 0: the first is preferred when all start at once. */
  readonly index: number;
  /** The address that moves, with its prefix length: `10.20.0.5/24`. */
  readonly virtualAddress: string;
  /** Number of the virtual router, from 1 to 255: one per virtual address of a segment. */
  readonly router: number;
}

/** File with the interface's name, written when keepalived starts. */
export const segmentFile = "/run/keepalived-segment/segment.conf";

/** Programs without which a gateway is of no use: whoever lacks one gives the address away. */
const tracked = ["haproxy", "squid"];

/**
 * An address that moves between the gateways of one segment, by unicast VRRP. Never for media: a call would end with every move.
 *
 * What was checked, and where (keepalived v2.2.7):
 *
 * | claim | file |
 * | --- | --- |
 * | `unicast_src_ip`, `unicast_peer`, `unicast_ttl`, `min_ttl`, `vrrp_version`, `track_script` | `doc/man/man5/keepalived.conf.5.in` |
 * | `nopreempt` wants the initial state BACKUP | the same |
 * | no `authentication` block means none; version 3 has none at all | the same; RFC 5798 section 9 |
 * | `enable_script_security` refuses scripts that others than root can change | the same |
 * | `$NAME=value` in an included file, `include` | the same |
 */
export function keepalived({ name, address, others, index, virtualAddress, router }: SegmentMember): Recipe {
  const config = "/etc/keepalived/keepalived.conf";
  const env = "/etc/sovereign-uc/segment.env";
  const dropIn = "/etc/systemd/system/keepalived.service.d/10-segment.conf";
  const script = "/usr/local/lib/sovereign-uc/segment";
  return {
    packages: ["keepalived"],
    files: [
      {
        path: config,
        content: [
          `include ${segmentFile}`,
          "",
          "global_defs {",
          `  router_id ${name}`,
          "  enable_script_security",
          "  script_user root",
          "  vrrp_version 3",
          "}",
          ...tracked.flatMap((program) => [
            "",
            `vrrp_script ${program} {`,
            `  script "/usr/bin/systemctl is-active --quiet ${program}.service"`,
            "  interval 2",
            "  timeout 2",
            "  fall 2",
            "  rise 2",
            "}",
          ]),
          "",
          "vrrp_instance gateways {",
          "  state BACKUP",
          "  nopreempt",
          "  interface $SEGMENT",
          `  virtual_router_id ${router}`,
          `  priority ${200 - index}`,
          "  advert_int 1",
          `  unicast_src_ip ${address}`,
          "  unicast_ttl 255",
          "  unicast_peer {",
          // Whoever is beyond a router arrives with less.
          ...others.map((other) => `    ${other} min_ttl 255`),
          "  }",
          "  track_script {",
          ...tracked.map((program) => `    ${program}`),
          "  }",
          "  virtual_ipaddress {",
          `    ${virtualAddress} dev $SEGMENT`,
          "  }",
          "}",
          "",
        ].join("\n"),
      },
      { path: env, content: settings({ PRIVATE_ADDRESS: address }, "=") },
      { path: script, content: scripts.segment, mode: "0755" },
      {
        path: dropIn,
        content: [
          "[Service]",
          `EnvironmentFile=${env}`,
          "RuntimeDirectory=keepalived-segment",
          `ExecStartPre=${script}`,
          "Restart=always",
          "RestartSec=2",
          "",
        ].join("\n"),
      },
      {
        path: "/etc/sovereign-uc/checks.d/60-keepalived",
        mode: "0755",
        content:
          "#!/bin/sh\n# The gateway takes part in the virtual address.\nexec systemctl is-active --quiet keepalived.service\n",
      },
    ],
    // A reload would keep the old interface.
    units: [{ name: "keepalived.service", files: [config, env, dropIn, script] }],
  };
}
