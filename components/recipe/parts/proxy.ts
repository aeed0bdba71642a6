import type { Keys } from "../../core/errors";
import { Cidr } from "../../core/cidr";
import { unreachable } from "./names";
import { gatewayName, proxyPort } from "./private-host";

/**
 * A destination that private hosts and pods may reach through the proxy, and only by `CONNECT`: the program itself has to know the proxy (`HTTPS_PROXY`, or a
 * setting of its own) and speak TLS to the destination. Programs that know none get nowhere, whatever is listed: Postfix, for one, has no way to a
 * relay on port 587 or 25 by this list.
 */
export interface Egress {
  readonly host: string;
  readonly port: number;
  readonly reason: string;
}

export const egressKeys: Keys<Egress> = {
  host: true,
  port: true,
  reason: true,
};

/** Connections at once that one host has to the proxy: it pulls several layers of several images at a time, for all its pods. */
const connectionsPerHost = 256;

/**
 * A forward proxy that knows its destinations by name and port, and no address that is private, isolated or its own, whatever its name. A rule's conditions are
 * judged in order and the name stands before the address: what is not listed is refused before anything is looked up.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | conditions of a rule are judged from left to right, up to the first that fails | doc of `http_access`; run, with the resolver's log | Debian's squid 5.7-2+deb12u6 |
 * | `dstdomain -n` looks nothing up for a literal address, `dst` does for a name | doc of `acl`; run | the same |
 * | `client_ip_max_connections`, `request_start_timeout`, `request_timeout` | squid.conf.documented | the same |
 */
export function squid(range: Cidr, isolatedFrom: readonly Cidr[], destinations: readonly Egress[]): string {
  const shut = unreachable.filter((one) => one !== "::ffff:0:0/96");
  // Squid warns of a range within another one, and leaves it out.
  const others = isolatedFrom.filter((one) => !shut.some((range) => Cidr.parse(range).contains(one))).map(String);
  return [
    `http_port ${proxyPort}`,
    // Otherwise squid asks the resolver for its own name before it listens.
    `visible_hostname ${gatewayName}`,
    `acl inside src ${range.toString()} 127.0.0.1/32`,
    "acl connect method CONNECT",
    `acl unreachable dst ${[...shut, ...others].join(" ")}`,
    "http_access deny !connect",
    "http_access deny !inside",
    ...destinations.flatMap(({ host: name, port, reason }, i) => [
      `# ${reason}`,
      `acl name${i} dstdomain -n ${name}`,
      `acl port${i} port ${port}`,
      `http_access deny name${i} port${i} unreachable`,
      `http_access allow name${i} port${i}`,
    ]),
    "http_access deny all",
    "cache deny all",
    `client_ip_max_connections ${connectionsPerHost}`,
    "request_start_timeout 10 seconds",
    "request_timeout 30 seconds",
    "cache_log /var/log/squid/cache.log",
    "access_log stdio:/var/log/squid/access.log",
    "via off",
    "forwarded_for delete",
    "httpd_suppress_version_string on",
    "shutdown_lifetime 5 seconds",
    "",
  ].join("\n");
}
