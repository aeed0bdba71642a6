import { validate, invalid, type Keys, each } from "./errors";
import { dnsLabel } from "./names";
import { integerInRange } from "./numbers";
import { oneOf, record } from "./shapes";

export const protocols = ["tcp", "udp"] as const;

/** A port of a tier's pods. */
export interface TierPort {
  readonly port: number;
  /** @default "tcp" */
  readonly protocol?: (typeof protocols)[number];
}

export const tierPortKeys: Keys<TierPort> = {
  port: true,
  protocol: true,
};

/**
 * One tier of a service as the other tiers see it: a name, a namespace and ports. It is plain data and exists before any resource, so that connections can be
 * named, routes written and hosts counted first. A tier's name is the name of its workload and of its Kubernetes objects.
 */
export interface Tier<P extends string = string> {
  readonly name: string;
  readonly namespace: string;
  readonly ports: Readonly<Record<P, TierPort>>;
}

export const tierKeys: Keys<Tier> = {
  name: true,
  namespace: true,
  ports: each(tierPortKeys),
};

const example = '{ http: 8000, media: { port: 10000, protocol: "udp" } }';

/**
 * Makes a tier.
 *
 * @param ports by name; a number is a TCP port.
 * @throws RangeError with every problem: names that Kubernetes refuses, ports outside 1 to 65535, two names of one port.
 *
 * @example
 * const signalling = tier("meet", "meet-signalling-1", { xmpp: 5222, web: 5280 });
 */
export function tier<P extends string = never>(
  namespace: string,
  name: string,
  ports: Readonly<Record<P, number | TierPort>>,
): Tier<P> {
  const valid = validate({
    namespace: () => dnsLabel(namespace, 63),
    // Kubernetes appends up to 11 characters to the names of pods, and a label has 63.
    name: () => dnsLabel(name, 52),
    ports: () => readPorts(ports),
  });
  return { ...valid, ports: valid.ports as Record<P, TierPort> };
}

function readPorts(values: Readonly<Record<string, number | TierPort>>): Record<string, TierPort> {
  const entries = Object.entries(record(values, "ports by name", example)).map(([name, value]) => {
    const { port, protocol } = typeof value === "number" ? { port: value } : record(value, "a port", example);
    return {
      name,
      port: { port: Number(port), ...(protocol === undefined ? {} : { protocol }) } as TierPort,
    };
  });
  validate(
    Object.fromEntries(
      entries.map(({ name, port: { port, protocol = "tcp" } }) => [
        name,
        () => {
          portName(name);
          integerInRange(port, "a port", 1, 65_535);
          oneOf(protocol, "a protocol", protocols);
          const twin = entries.find(
            (other) => other.name !== name && other.port.port === port && (other.port.protocol ?? "tcp") === protocol,
          );
          if (twin !== undefined)
            throw invalid(
              "one name per port",
              `${name} and ${twin.name}, both ${protocol} ${port}`,
              "keep one of them",
            );
        },
      ]),
    ),
  );
  return Object.fromEntries(entries.map(({ name, port }) => [name, port]));
}

/** @throws RangeError unless Kubernetes takes it for the name of a port (RFC 6335: 15 characters). */
export function portName(value: unknown): string {
  if (typeof value !== "string" || !/^[a-z]([a-z0-9-]{0,13}[a-z0-9])?$/.test(value) || value.includes("--"))
    throw invalid(
      "a port name of at most 15 lower-case letters, digits and single inner hyphens",
      value,
      "rename the port",
    );
  return value;
}

/** A tier as text: `meet/meet-web-1`. */
export const tierText = ({ namespace, name }: Pick<Tier, "namespace" | "name">): string => `${namespace}/${name}`;

/** Host name of a tier's service inside the cluster. */
export const serviceHost = ({ namespace, name }: Pick<Tier, "namespace" | "name">): string =>
  `${name}.${namespace}.svc.cluster.local`;

/** Name of the headless service that resolves to the addresses of a tier's pods. */
export const podsService = ({ name }: Pick<Tier, "name">): string => `${name}-pods`;

/** Host name that resolves to the addresses of all pods of a tier that are ready. */
export const podsHost = (tier: Pick<Tier, "namespace" | "name">): string =>
  serviceHost({ namespace: tier.namespace, name: podsService(tier) });

/** Name of the headless service that resolves to the addresses of all pods of a tier, whether Kubernetes holds them for ready or not. */
export const allPodsService = ({ name }: Pick<Tier, "name">): string => `${name}-pods-all`;

/** Host name that resolves to the addresses of all pods of a tier. Only for a client that asks each pod itself whether it works. */
export const allPodsHost = (tier: Pick<Tier, "namespace" | "name">): string =>
  serviceHost({ namespace: tier.namespace, name: allPodsService(tier) });

/** Namespace of a cluster's one edge. Tiers that it leads to have a headless service, so that it finds each of their pods. */
export const edgeNamespace = "edge";

/** The tier that fetches metrics. Every workload with metrics lets it in. */
export const monitoringTier = tier("monitoring", "collector", {});
