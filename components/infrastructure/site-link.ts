import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { Cidr, ipAddress, privateRanges, ranges, rfc1918 } from "../core/cidr";
import { givenArgs, type Keys, validate, validateArgs, invalid, each } from "../core/errors";
import { dnsLabel } from "../core/names";
import { integerInRange } from "../core/numbers";
import { fields, list } from "../core/shapes";
import { wireguardKeyOf } from "../core/wireguard";
import { type Tunnel, tunnelFile, tunnelPath } from "../recipe/parts/site-link";
import type { SecretInput } from "./host-lifecycle";

/** One place with a network and gateways of its own. */
export interface LinkedSite {
  readonly name: string;
  /** Private range of its network. */
  readonly range: string;
  /** Public addresses of its gateways, in their order; at least two. */
  readonly gateways: readonly string[];
  /** Ranges that its network is isolated from. @default [] */
  readonly isolatedFrom?: readonly string[];
}

const linkedSiteKeys: Keys<LinkedSite> = {
  name: true,
  range: true,
  gateways: true,
  isolatedFrom: true,
};

export interface SiteLinkArgs {
  /** Two sites or more, each linked with each. */
  readonly sites: readonly LinkedSite[];
  /** First UDP port of the tunnels: as many ports as there are gateways in all sites. @default 51821 */
  readonly port?: number;
}

const siteLinkArgsKeys: Keys<SiteLinkArgs> = {
  sites: each(linkedSiteKeys),
  port: true,
};

/** One site's end of a link: what its `Gateway` takes. */
export interface SiteEnd {
  /** Name of the site. */
  readonly site: string;
  readonly range: Cidr;
  /** Ranges of the other sites. */
  readonly others: readonly string[];
  /** For each gateway of the site: its tunnels, and their files, which hold its keys. */
  readonly gateways: readonly { readonly tunnels: readonly Tunnel[]; readonly files: readonly SecretInput[] }[];
}

/**
 * Encrypted tunnels (WireGuard) between sites: from each gateway to each gateway of every other site, so that one can fail on both sides. Private keys
 * are made per gateway and preshared keys per tunnel; they reach the gateways with convergence. Only packets between the sites' ranges pass, and on every
 * host the openings still decide.
 *
 * Addresses are plain text, so that a preview can judge them: take the ones that the sites' inventories name. All sites of a link are in one
 * stack, since their keys are.
 *
 * @example
 * const link = new SiteLink("sites", {
 *   sites: [
 *     { name: "zurich", range: "10.20.0.0/24", gateways: ["192.0.2.10", "192.0.2.11"] },
 *     { name: "geneva", range: "10.30.0.0/24", gateways: ["198.51.100.10", "198.51.100.11"] },
 *   ],
 * });
 * const zurich = link.of("zurich");
 */
export class SiteLink extends pulumi.ComponentResource {
  private readonly ends: ReadonlyMap<string, SiteEnd>;

  constructor(
    private readonly name: string,
    args: SiteLinkArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    givenArgs(name, args, siteLinkArgsKeys);
    const { sites, port = 51_821 } = args;
    super("sovereign-uc:index:SiteLink", name, { sites, port }, opts);

    const valid = validateArgs(this, name, {
      name: () => dnsLabel(name),
      sites: () => checkedSites(sites),
      port: () => integerInRange(port, "a port", 1, 65_536 - gatewaysOf(sites)),
    });

    const own = { parent: this };
    const key = (role: string): pulumi.Output<string> =>
      pulumi
        .secret(new random.RandomPassword(`${name}-${role}`, { length: 64, special: false }, own).result)
        .apply(wireguardKeyOf);
    // Tunnels are numbered over all sites: the port on which a gateway hears another is that of the other's number.
    const members = valid.sites
      .flatMap(({ name: site, range, gateways }) =>
        gateways.map((address, i) => ({ site, range, address, role: `${site}-${i + 1}` })),
      )
      .map((member, number) => ({ ...member, port: port + number, privateKey: key(member.role) }));
    const preshared = new Map<string, pulumi.Output<string>>();
    const pair = (one: string, other: string): pulumi.Output<string> => {
      const role = [one, other].sort().join("-");
      const known = preshared.get(role) ?? key(role);
      preshared.set(role, known);
      return known;
    };

    this.ends = new Map(
      valid.sites.map(({ name: site, range }) => [
        site,
        {
          site,
          range,
          others: valid.sites.filter((other) => other.name !== site).map((other) => other.range.toString()),
          gateways: members
            .filter((member) => member.site === site)
            .map((member) => {
              const ways = members
                .filter((other) => other.site !== site)
                .map((other) => ({
                  other,
                  tunnel: {
                    site: other.site,
                    range: other.range,
                    endpoint: other.address,
                    endpointPort: member.port,
                    port: other.port,
                  },
                }));
              return {
                tunnels: ways.map(({ tunnel }) => tunnel),
                files: ways.map(({ other, tunnel }) => ({
                  path: tunnelPath(tunnel),
                  mode: "0600" as const,
                  content: pulumi
                    .all([member.privateKey, other.privateKey, pair(member.role, other.role)])
                    .apply(([privateKey, otherPrivateKey, presharedKey]) =>
                      tunnelFile(tunnel, { privateKey, otherPrivateKey, presharedKey }),
                    ),
                })),
              };
            }),
        },
      ]),
    );
    this.registerOutputs({ sites: [...this.ends.keys()] });
  }

  /** A site's end of the link. @throws RangeError when there is no such site. */
  of(site: string): SiteEnd {
    const end = this.ends.get(site);
    if (end === undefined)
      throw invalid(`a site of "${this.name}"`, site, `choose one of ${[...this.ends.keys()].join(", ")}`);
    return end;
  }
}

/** Number of gateways of all sites: as many ports are used. Malformed sites count as none and are reported elsewhere. */
const gatewaysOf = (sites: readonly Partial<LinkedSite>[] | undefined): number =>
  Array.isArray(sites)
    ? sites.flatMap((site: Partial<LinkedSite> | null | undefined) => site?.gateways ?? []).length
    : 0;

type ParsedSite = Omit<LinkedSite, "range" | "isolatedFrom"> & {
  readonly range: Cidr;
  readonly isolated: readonly Cidr[];
};

function checkedSites(values: readonly LinkedSite[]): readonly ParsedSite[] {
  if (!Array.isArray(values) || values.length < 2)
    throw invalid("at least two sites", values, "name the sites that are to be linked");
  const sites = Object.values(
    validate(Object.fromEntries(values.map((value: LinkedSite, i) => [`[${i}]`, () => checkedSite(value)]))),
  ) as ParsedSite[];
  const problems = sites.flatMap((site, i) => {
    const earlier = sites.slice(0, i);
    const twice = earlier.find((other) => other.name === site.name);
    const same = earlier.find((other) => other.range.overlaps(site.range));
    const shared = site.gateways.find((address) => earlier.some(({ gateways }) => gateways.includes(address)));
    const isolating = sites.find((other) => other.isolated.some((range) => range.overlaps(site.range)));
    const hidden = site.gateways.find((address) =>
      [...privateRanges, ...sites.flatMap(({ isolated }) => isolated)].some((one) => one.contains(address)),
    );
    const other = site.gateways.find((address) => address.includes(":") !== sites[0]?.gateways[0]?.includes(":"));
    return [
      ...(twice ? [invalid("sites with names of their own", site.name, "rename one")] : []),
      ...(same
        ? [invalid(`a range of "${site.name}" apart from "${same.name}"`, site.range.toString(), "choose another")]
        : []),
      ...(isolating
        ? [
            invalid(
              `a range of "${site.name}" outside what ${isolating === site ? "it" : `"${isolating.name}"`} is isolated from`,
              site.range.toString(),
              isolating === site ? "correct its range or its isolatedFrom" : "do not link them",
            ),
          ]
        : []),
      ...(shared ? [invalid("gateways with addresses of their own", shared, "name each once")] : []),
      ...(hidden ? [invalid("gateways outside private and isolated ranges", hidden, "give public addresses")] : []),
      ...(other ? [invalid("gateway addresses of one family", other, "give all as IPv4, or all as IPv6")] : []),
    ];
  });
  if (problems.length > 0) throw new RangeError(problems.map(({ message }) => message).join("\n"));
  return sites;
}

function checkedSite(value: Partial<LinkedSite> | null | undefined): ParsedSite {
  const { name, range, gateways, isolatedFrom } = validate({
    name: () => dnsLabel(value?.name, 20),
    range: () => {
      const own = Cidr.parse(value?.range);
      if (!rfc1918.some((outer) => outer.contains(own)))
        throw invalid("a private IPv4 range (RFC 1918)", value?.range, 'give its network\'s, like "10.20.0.0/24"');
      return own;
    },
    gateways: (): readonly string[] => {
      const given: unknown = value?.gateways;
      const read = Array.isArray(given) ? given.map(ipAddress) : [];
      if (read.length < 2 || read.length > 10 || new Set(read).size < read.length)
        throw invalid("two to ten different public addresses", given, "name those of the site's gateways");
      return read;
    },
    isolatedFrom: () => ranges(value?.isolatedFrom ?? []),
  });
  return { name, range, gateways, isolated: isolatedFrom };
}

/** Facts about a gateway's network for the ends of its links. */
export interface EndPlace {
  readonly range: Cidr;
  /** Ranges that its network is isolated from. */
  readonly isolated: readonly Cidr[];
  /** Number of gateways. */
  readonly count: number;
  /** Number of the virtual address. */
  readonly virtual: number | undefined;
}

/** Checks a gateway's ends of links. @throws RangeError with every problem. */
export function checkedLinks(links: readonly SiteEnd[], { range, isolated, count, virtual }: EndPlace): void {
  list(links, "ends of links", "those that `link.of(…)` returns", (end) => {
    const { site, range: own, others, gateways } = fields(end);
    if (typeof site !== "string" || !(own instanceof Cidr) || !Array.isArray(others) || !Array.isArray(gateways))
      throw invalid("a site's end of a link", end, "take it from `link.of(…)`");
  });
  if (links.length === 0) return;
  const ends = links.map(({ site, range: own, others, gateways }) => ({
    site,
    own,
    others: others.map((other) => Cidr.parse(other)),
    members: gateways.length,
  }));
  const others = ends.flatMap((end) => end.others);
  const ports = links.flatMap(({ gateways }) => gateways[0]?.tunnels.map(({ port }) => port) ?? []);
  const away = ends.find(({ own }) => own.toString() !== range.toString());
  const uneven = ends.find(({ members }) => members !== count);
  const isolatedOne = others.find((other) => isolated.some((one) => one.overlaps(other)));
  const overlapping = others.find((other, i) => others.slice(0, i).some((earlier) => earlier.overlaps(other)));
  const port = ports.find((one, i) => ports.indexOf(one) !== i);
  const problems = [
    ...(virtual === undefined
      ? [invalid("a virtualAddress beside links", virtual, "give one: private hosts reach other sites through it")]
      : []),
    ...(away
      ? [invalid(`the site with the network's range ${range.toString()}`, away.own.toString(), "take that site's end")]
      : []),
    ...(uneven
      ? [invalid(`${count} gateways at "${uneven.site}"`, uneven.members, "name the address of every gateway")]
      : []),
    ...(isolatedOne
      ? [invalid("sites outside the isolated ranges", isolatedOne.toString(), "do not link what is isolated")]
      : []),
    ...(overlapping ? [invalid("links to different ranges", overlapping.toString(), "link each site once")] : []),
    ...(port === undefined ? [] : [invalid("links with ports of their own", port, "give one of them another port")]),
  ];
  if (problems.length > 0) throw new RangeError(problems.map(({ message }) => message).join("\n"));
}
