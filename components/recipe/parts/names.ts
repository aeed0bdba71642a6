import type { Keys } from "../../core/errors";
import { Cidr } from "../../core/cidr";
import { RecipeFile } from "../recipe";

/** A resolver that the gateways ask over TLS. */
export interface Resolver {
  readonly address: string;
  /** Name in its certificate. */
  readonly name: string;
}

export const resolverKeys: Keys<Resolver> = {
  address: true,
  name: true,
};

export interface NamesSettings {
  readonly range: Cidr;
  readonly isolatedFrom: readonly Cidr[];
  readonly resolvers: readonly Resolver[];
  /** Names that are answered, and no others. */
  readonly names: readonly string[];
}

/**
 * Ranges that no listed name may lead to: the host itself, private networks, what shares an address with others, link-local, multicast; the network's own range
 * is within them. Source: IANA's special-purpose address registries for IPv4 and IPv6; the ranges for documentation and tests are left out, since nothing answers there.
 */
export const unreachable: readonly string[] = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.168.0.0/16",
  "224.0.0.0/3",
  "::/127",
  "::ffff:0:0/96",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "2002::/16",
  "fc00::/7",
  "fe80::/10",
  "ff00::/8",
];

/** Paths of the resolver's files. */
export const namesPaths = {
  configuration: "/etc/unbound/unbound.conf",
  listed: "/etc/unbound/listed.rpz",
  /** The root's keys as the resolver knows them now: it follows their roll-over by itself (RFC 5011). */
  trusted: "/var/lib/unbound/root.key",
} as const;

/** Queries for one client in a second; a cluster's resolver asks for all pods of its host. */
const queriesPerSecond = 500;

/**
 * A resolver that answers for listed names alone, asks listed servers over TLS and believes only what is signed, where the root says that it is signed.
 *
 * A listed name is answered exactly as it is: a name below it is none of the list, or its labels would carry data out. So the zones open the name with what
 * is below it, and a response policy shuts what is below. What a listed name is an alias of is looked up by the resolver itself, whatever it is called.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | local zones and response policies judge what a client asks, not what the resolver looks up for it; a name that passes a policy is judged by none afterwards | daemon/worker.c, services/rpz.c, iterator/iterator.c; run | NLnetLabs/unbound release-1.17.1 |
 * | a query for a DS is judged by the zone above the name | services/localzone.c | the same |
 * | `private-address` removes addresses from answers, also IPv6 addresses that embed an IPv4 one under `::ffff:0:0/96` when that is listed | doc/unbound.conf.5.in | the same |
 * | before it starts, unbound's unit copies the root's keys from the package `dns-root-data` to /var/lib/unbound/root.key where they are newer; unbound only recommends that package | /usr/libexec/unbound-helper | Debian's unbound 1.17.1-2+deb12u4 |
 */
export function names({ range, isolatedFrom, resolvers, names: listed }: NamesSettings): readonly RecipeFile[] {
  const between = listed.flatMap((name) => above(name, listed)).filter((name) => !listed.includes(name));
  const configuration = [
    "server:",
    "  interface: 0.0.0.0",
    "  access-control: 127.0.0.0/8 allow",
    `  access-control: ${range.toString()} allow`,
    "  hide-identity: yes",
    "  hide-version: yes",
    "  deny-any: yes",
    "  qname-minimisation: yes",
    '  module-config: "respip validator iterator"',
    `  auto-trust-anchor-file: ${namesPaths.trusted}`,
    "  val-permissive-mode: no",
    "  harden-dnssec-stripped: yes",
    // Otherwise it tells the resolvers which of the root's keys it knows.
    "  trust-anchor-signaling: no",
    `  ip-ratelimit: ${queriesPerSecond}`,
    "  incoming-num-tcp: 128",
    "  tcp-idle-timeout: 3000",
    "  tls-cert-bundle: /etc/ssl/certs/ca-certificates.crt",
    ...[...unreachable, ...isolatedFrom.map(String)].map((one) => `  private-address: ${one}`),
    '  local-zone: "." refuse',
    ...[...new Set(between)].map((name) => `  local-zone: "${name}." refuse`),
    ...listed.map((name) => `  local-zone: "${name}." transparent`),
    "",
    "rpz:",
    "  name: listed.invalid",
    `  zonefile: ${namesPaths.listed}`,
    "",
    "forward-zone:",
    '  name: "."',
    "  forward-tls-upstream: yes",
    ...resolvers.map(({ address, name }) => `  forward-addr: ${address}@853#${name}`),
    "",
  ];
  const policy = [
    "$ORIGIN listed.invalid.",
    "$TTL 3600",
    "@ SOA localhost. root.localhost. 1 3600 900 2592000 300",
    "@ NS localhost.",
    ...listed.flatMap((name) => [`${name} CNAME rpz-passthru.`, `*.${name} CNAME .`]),
    "",
  ];
  return [
    { path: namesPaths.configuration, content: configuration.join("\n") },
    { path: namesPaths.listed, content: policy.join("\n") },
  ];
}

/** Names between a listed name and the next listed one above it. */
function above(name: string, listed: readonly string[]): readonly string[] {
  const labels = name.split(".");
  const all = labels.slice(1).map((_, i) => labels.slice(i + 1).join("."));
  const next = all.findIndex((one) => listed.includes(one));
  return next < 0 ? [] : all.slice(0, next);
}
