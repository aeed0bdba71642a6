import { validate, invalid, type Keys } from "./errors";
import { domainName, httpsUrl } from "./names";

/**
 * Stores of the operator from which a stack gets all of its software. Upstream registries are almost all operated by US
 * companies, so hosts know no other source.
 */
export interface Mirror {
  /** Host of the container registry, with a port where it is not 443: `registry.example.ch`. */
  readonly registry: string;
  /** HTTPS address of the Debian package mirror, with a port where it is not 443: `https://packages.example.ch/debian`. */
  readonly packages: string;
  /** The same of Ubuntu's package mirror, for hosts with Ubuntu: `https://packages.example.ch/ubuntu`. @default - none: every host has Debian */
  readonly ubuntu?: string;
  /** HTTPS address of the store with k3s and models, with a port where it is not 443: `https://artefacts.example.ch`. */
  readonly artefacts: string;
}

export const mirrorKeys: Keys<Mirror> = {
  registry: true,
  packages: true,
  ubuntu: true,
  artefacts: true,
};

/** @throws RangeError with every problem. */
export function mirror(value: Mirror | undefined): Mirror {
  const given = value ?? ({} as Partial<Mirror>);
  return validate({
    registry: () => registryHost(given.registry),
    packages: () => https(given.packages),
    artefacts: () => https(given.artefacts),
    ...(given.ubuntu === undefined ? {} : { ubuntu: () => https(given.ubuntu) }),
  });
}

/** A place on the network by name. */
export interface Destination {
  readonly host: string;
  readonly port: number;
}

/** Hosts and ports of a mirror, each once: the gateways allow them. */
export function mirrorDestinations({ registry, packages, ubuntu, artefacts }: Mirror): readonly Destination[] {
  const places = [`https://${registry}`, packages, ...(ubuntu === undefined ? [] : [ubuntu]), artefacts].map(
    (address) => {
      const { hostname, port } = new URL(address);
      return { host: hostname, port: port === "" ? 443 : Number(port) };
    },
  );
  return [...new Map(places.map((place) => [`${place.host}:${place.port}`, place])).values()];
}

/** Host of a container registry, with a port where it is not 443. @throws RangeError for anything else. */
export function registryHost(value: unknown): string {
  const [name, port, ...rest] = typeof value === "string" ? value.split(":") : [];
  if (rest.length > 0 || (port !== undefined && !(/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535)))
    throw invalid("a registry host", value, 'give one like "registry.example.ch"');
  domainName(name);
  return value as string;
}

function https(value: unknown): string {
  const url = httpsUrl(
    value,
    "an https address without credentials or query",
    'give one like "https://packages.example.ch/debian"',
  );
  domainName(url.hostname);
  return (value as string).replace(/\/$/, "");
}
