import type * as hcloud from "@pulumi/hcloud";
import { type Opening, portText } from "../../core/openings";

/** A rule that opens nothing: Hetzner lets everything out as long as a firewall has no rule outwards (docs.hetzner.com/cloud/firewalls/faq). */
const nothingOut: hcloud.types.input.FirewallRule = {
  direction: "out",
  protocol: "icmp",
  description: "nothing goes out: one rule refuses all else",
  // An address of RFC 5737, which is nobody's.
  destinationIps: ["192.0.2.1/32"],
};

/** Rules of a firewall of Hetzner's for openings. What no rule names is refused, in both directions. */
export function firewallRules(openings: readonly Opening[]): hcloud.types.input.FirewallRule[] {
  const named = openings.map((opening) => ({
    direction: opening.direction,
    protocol: opening.protocol,
    port: portText(opening),
    description: opening.reason,
    ...(opening.direction === "in" ? { sourceIps: [...opening.peers] } : { destinationIps: [...opening.peers] }),
  }));
  return openings.some(({ direction }) => direction === "out") ? named : [...named, nothingOut];
}
