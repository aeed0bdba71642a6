import { Cidr, ipAddress, privateRanges, ranges } from "../core/cidr";
import { validate, invalid, shown } from "../core/errors";
import { domainName } from "../core/names";
import { integerInRange, countInRange } from "../core/numbers";
import type { OutletNeed } from "../core/plan";
import { fields, items, list } from "../core/shapes";
import type { Egress, Published, Resolver } from "../recipe/parts/gateway";
import { journalPort } from "../recipe/parts/journals";
import type { Collector } from "../recipe/parts/journals-forwarded";
import { limits, mostConnections } from "../recipe/parts/published";

/** @throws RangeError with every port that cannot be published. */
export function checkedPorts(published: readonly Published[], range: Cidr, isolated: readonly Cidr[]): void {
  list(published, "ports", "ports that lead inside", (port) => checkedPort(port, range, isolated));
  const sum = published.reduce((all, port) => all + limits(port).connections, 0);
  if (sum > mostConnections)
    throw invalid(
      `at most ${mostConnections} connections over all published ports`,
      sum,
      "give each port the `connections` that it needs, or use more gateways",
    );
}

function checkedPort(published: Published, range: Cidr, isolated: readonly Cidr[]): void {
  const { port, targetPort, targets, from, reason, healthPort } = fields(published);
  const { connections, connectionsPerSource, tls, idleMinutes } = limits(fields(published));
  validate({
    connections: () => countInRange(connections, "connections", 1, mostConnections),
    connectionsPerSource: () => countInRange(connectionsPerSource, "connections of one source", 1, connections),
    tls: () => {
      if (typeof tls !== "boolean") throw invalid("true or false", tls, "say whether clients begin with TLS");
    },
    idleMinutes: () => countInRange(idleMinutes, "minutes", 1, 1440),
    port: () => integerInRange(port, "a port", 1, 65535),
    targetPort: () => integerInRange(targetPort, "a port", 1, 65535),
    healthPort: () => (healthPort === undefined ? undefined : integerInRange(healthPort, "a port", 1, 65535)),
    targets: () => {
      if (items(targets).length === 0)
        throw invalid("at least one private address", targets, "name the hosts that take the port");
      for (const target of items(targets))
        if (!range.contains(ipAddress(target)))
          throw invalid(`addresses in ${range.toString()}`, target, "publish hosts of this network only");
    },
    from: () => {
      for (const peer of ranges(from ?? [], 1))
        if (peer.prefix > 0 && isolated.some((one) => one.overlaps(peer)))
          throw invalid("peers outside the isolated ranges", peer.toString(), "remove it");
    },
    reason: () => {
      if (typeof reason !== "string" || reason.trim() === "" || /["\n\\]/.test(reason))
        throw invalid("a reason on one line without quotes", reason, "say why it is published");
    },
  });
}

/** @throws RangeError when it is no destination. */
export function checkedEgress(egress: Egress): void {
  const { host, port, reason } = fields(egress);
  validate({
    host: () => domainName(host),
    port: () => integerInRange(port, "a port", 1, 65535),
    reason: () => {
      if (typeof reason !== "string" || reason.trim() === "" || /[\n\\]/.test(reason))
        throw invalid("a reason on one line", reason, `say why ${shown(host)} must be reached`);
    },
  });
}

/** @throws RangeError with every outlet that leads inside, into an isolated range, or through a port that is taken. */
export function checkedOutlets(
  outlets: readonly OutletNeed[],
  published: readonly Published[],
  isolated: readonly Cidr[],
): void {
  const ports = [...items(published), ...items(outlets)].map((one) => fields(one).port);
  list(outlets, "outlets", '[{ port: 2465, addresses: ["192.0.2.25"], reason: "mail" }]', (outlet) => {
    const { port, addresses, reason } = fields(outlet);
    validate({
      port: () => {
        if (ports.filter((other) => other === port).length > 1)
          throw invalid("a port of its own", port, "the gateways listen there for something else: choose another");
        return integerInRange(port, "a port", 1024, 65_535);
      },
      addresses: () => {
        if (items(addresses).length === 0)
          throw invalid("at least one public address", addresses, "name where the outlet leads");
        for (const value of items(addresses)) {
          const address = outside(value, isolated);
          if (privateRanges.some((range) => range.contains(address)))
            throw invalid("a public address", address, "outlets lead outside: name what is inside in a network policy");
        }
      },
      reason: () => {
        if (typeof reason !== "string" || reason.trim() === "" || /["\n\\]/.test(reason))
          throw invalid("a reason on one line without quotes", reason, "say why it must be reached");
      },
    });
  });
}

/** @throws RangeError when journals cannot go there. */
export function checkedCollector(
  { host, address, port = journalPort, authority }: Collector,
  isolated: readonly Cidr[],
): void {
  validate({
    host: () => domainName(host),
    address: () => outside(address, isolated),
    port: () => countInRange(port, "a port", 1, 65535),
    authority: () => {
      if (
        typeof authority !== "string" ||
        !/^(-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+\n-----END CERTIFICATE-----\n?)+$/.test(authority)
      )
        throw invalid(
          "certificates as PEM",
          String(authority).split("\n")[0]?.slice(0, 30),
          "give the text of the certificate that signed the collector's",
        );
    },
  });
}

/** @throws RangeError unless two or more resolvers are named that share nothing with what is isolated. */
export function checkedResolvers(resolvers: unknown, isolated: readonly Cidr[]): readonly Resolver[] {
  if (!Array.isArray(resolvers) || resolvers.length < 2)
    throw invalid("at least two resolvers", resolvers, "name two that answer over TLS");
  resolvers.forEach((resolver: Resolver) => {
    const { address, name: known } = fields(resolver);
    validate({ address: () => outside(address, isolated), name: () => domainName(known) });
  });
  return resolvers as readonly Resolver[];
}

/** @throws RangeError unless two or more addresses are given that share nothing with what is isolated. */
export function checkedTimeServers(timeServers: unknown, isolated: readonly Cidr[]): readonly string[] {
  if (!Array.isArray(timeServers) || timeServers.length < 2)
    throw invalid("at least two time servers", timeServers, "give the addresses of two");
  return timeServers.map((clock: unknown) => outside(clock, isolated));
}

/** @throws RangeError for what is no address, or an isolated one. */
export function outside(address: unknown, isolated: readonly Cidr[]): string {
  const valid = ipAddress(address);
  const range = isolated.find((one) => one.contains(valid));
  if (range)
    throw invalid(
      `an address outside the isolated range ${range.toString()}`,
      valid,
      "ask one that shares nothing with it",
    );
  return valid;
}
