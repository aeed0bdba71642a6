import { checked, problem } from "./errors";
import { domainName } from "./names";

/**
 * Where everything that a stack is made of comes from: stores that the operator runs. Upstream registries are almost all operated by US
 * companies, so hosts know no other source.
 */
export interface Mirror {
  /** Host of the container registry, with a port where it is not 443: `registry.example.ch`. */
  readonly registry: string;
  /** HTTPS address of the Debian package mirror: `https://packages.example.ch/debian`. */
  readonly packages: string;
  /** HTTPS address of the store with k3s and models: `https://artefacts.example.ch`. */
  readonly artefacts: string;
}

/** @throws RangeError with every problem. */
export function mirror(value: Mirror | undefined): Mirror {
  const given = value ?? ({} as Partial<Mirror>);
  return checked({
    registry: () => registryHost(given.registry),
    packages: () => https(given.packages),
    artefacts: () => https(given.artefacts),
  });
}

/** Host names of a mirror: what the gateways let through. */
export const mirrorHosts = (of: Mirror): readonly string[] => [
  ...new Set([of.registry.replace(/:\d+$/, ""), new URL(of.packages).hostname, new URL(of.artefacts).hostname]),
];

/** Host of a container registry, with a port where it is not 443. @throws RangeError for anything else. */
export function registryHost(value: unknown): string {
  const [name, port, ...rest] = typeof value === "string" ? value.split(":") : [];
  if (rest.length > 0 || (port !== undefined && !/^\d{1,5}$/.test(port)))
    throw problem("a registry host", value, 'give one like "registry.example.ch"');
  domainName(name);
  return value as string;
}

function https(value: unknown): string {
  const url = typeof value === "string" && URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol !== "https:" || url.username !== "" || url.search !== "" || url.hash !== "")
    throw problem(
      "an https address without credentials or query",
      value,
      'give one like "https://packages.example.ch/debian"',
    );
  domainName(url.hostname);
  return (value as string).replace(/\/$/, "");
}
