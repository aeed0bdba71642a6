import { invalid, type Keys, validate } from "../../core/errors";
import { dnsLabel } from "../../core/names";
import { fields } from "../../core/shapes";

/** A place where machines stand. */
export interface Site {
  readonly city?: string;
  /** Country code of ISO 3166-1: "CH". Packs judge it. */
  readonly country: string;
  /**
   * Name of the network of layer 2 that its private interfaces are in, where sites share one: hosts of both can then be in one network, if they are in one country.
   *
   * @default - one of its own
   */
  readonly network?: string;
}

export const siteKeys: Keys<Site> = {
  city: true,
  country: true,
  network: true,
};

/** Sites by code. */
export type Sites = Readonly<Record<string, Site>>;

export function checkedSites(sites: Sites | undefined): Sites {
  if (typeof sites !== "object" || sites === null || Object.keys(sites).length === 0)
    throw invalid("at least one site", sites, 'give sites like { bern: { country: "CH" } }');
  validate(
    Object.fromEntries(
      Object.entries(sites).map(([code, site]: [string, Partial<Site> | undefined]) => [
        `["${code}"]`,
        () => {
          dnsLabel(code);
          if (typeof site?.country !== "string" || !/^[A-Z]{2}$/.test(site.country))
            throw invalid("a country code of two capital letters", site?.country, 'give one like "CH"');
          if (site.network !== undefined) dnsLabel(site.network);
        },
      ]),
    ),
  );
  return sites;
}

export function knownSite(value: unknown, sites: Sites | undefined): string {
  if (typeof value !== "string" || !Object.hasOwn(fields(sites), value))
    throw invalid("a site of the inventory", value, `choose one of ${Object.keys(fields(sites)).join(", ")}`);
  return value;
}

/** True if machines of both sites can be in one network. A network names one country, by which packs judge all of its machines. */
export const share = (one: string, other: string, sites: Sites): boolean =>
  one === other ||
  (sites[one]?.network !== undefined &&
    sites[one].network === sites[other]?.network &&
    sites[one].country === sites[other]?.country);

/** @throws RangeError for what is no site, and a site that has no network with another. */
export function sharingSite(value: unknown, network: string, sites: Sites): string {
  const site = knownSite(value, sites);
  if (!share(site, network, sites))
    throw invalid(
      `a site that shares its network with ${network}, in the same country`,
      site,
      `give both sites one name as \`network\` where their private interfaces are in one segment, or make a platform of its own at ${site}`,
    );
  return site;
}
