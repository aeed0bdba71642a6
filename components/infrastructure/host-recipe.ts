import type * as pulumi from "@pulumi/pulumi";
import { Cidr, rfc1918 } from "../core/cidr";
import { inbound, type Opening, portText } from "../core/openings";
import { birthWord, hiddenWord } from "../recipe/birth-word";
import { type Birth, cloudInit } from "../recipe/cloud-init";
import { filterStays, ruleset } from "../recipe/nftables";
import { combine, type Recipe } from "../recipe/recipe";
import type { CheckedHostPool, HostPoolSettings } from "./host-args";
import type { HostPlace } from "./host-lifecycle";
import { isolatedFrom, type Network } from "./network";

/** Everything inside one host, before it is made. */
export interface BuiltHost {
  readonly place: HostPlace;
  readonly birth: Birth;
  readonly userData: pulumi.Input<string> | undefined;
  readonly word: pulumi.Output<string> | undefined;
  /** User data as reports show it, without its word. */
  readonly shown: string | undefined;
  readonly recipe: ReturnType<typeof combine>;
  /** All of its openings. */
  readonly open: readonly Opening[];
}

/** The hosts of a pool: each with a filter made of the same openings as the cloud's firewall. */
export function builtHosts(settings: HostPoolSettings, valid: CheckedHostPool, network: Network): readonly BuiltHost[] {
  const { sshFrom, segment, door, jumpHosts } = settings;
  const isolated = isolatedFrom(network);
  const ssh = sshFrom.map((range) => inbound("tcp", 22, [range], "convergence and administration"));
  return valid.recipe.map(({ place, parts }) => {
    const open = unique([...ssh, ...parts.openings, ...valid.openings]);
    const filter = ruleset({ isolatedFrom: isolated, openings: open, forwards: valid.forwards, segment });
    const netplan = network.handle.netplan(place.address, network.range, door);
    const birth: Birth = {
      hostName: place.name,
      address: `${place.address}/${network.range.prefix}`,
      administratorKeys: valid.administratorKeys,
      sshFrom: bornOpen(jumpHosts.length > 0, network, sshFrom),
      ...(netplan === undefined ? {} : { netplan }),
      ...(place.system === "debian-12" ? {} : { system: place.system }),
    };
    return { place, birth, ...handedOver(birth, place, network), recipe: combine(parts, wall(filter)), open };
  });
}

/** User data of a host, where its cloud takes any, and the word in it. */
function handedOver(
  birth: Birth,
  place: HostPlace,
  { cloud: { userDataLimit }, birthSecret }: Network,
): Pick<BuiltHost, "userData" | "word" | "shown"> {
  if (userDataLimit === 0) return { userData: undefined, word: undefined, shown: undefined };
  const word = birthSecret?.apply((secret) => birthWord(secret, place.name));
  // Shown as it is but for the word, whose length is always the same.
  const shown = cloudInit({ ...birth, ...(word === undefined ? {} : { word: hiddenWord }) }, userDataLimit);
  const userData =
    word === undefined ? shown : word.apply((text) => cloudInit({ ...birth, word: text }, userDataLimit));
  return { userData, word, shown };
}

/** Openings of the cloud's firewall before the hosts of a pool. */
export const outerOpenings = (
  built: readonly BuiltHost[],
  { administratorAccess }: CheckedHostPool,
): readonly Opening[] =>
  unique(built.flatMap(({ open }) => open).map(({ user: _, ...opening }) => opening)).filter(
    (opening) => !onlyPrivate(opening) && !(administratorAccess === "closed" && isSsh(opening)),
  );

/** A host's filter, loaded. */
export const wall = (filter: string): Recipe => ({
  packages: ["nftables"],
  files: [{ path: "/etc/nftables.conf", content: filter, mode: "0600" }, filterStays],
  units: [{ name: "nftables.service", files: ["/etc/nftables.conf", filterStays.path], onChange: "reload" }],
});

/** Private ranges never come by a public interface, where alone the outer wall stands. */
const onlyPrivate = (opening: Opening): boolean =>
  opening.peers.every((peer) => rfc1918.some((range) => range.contains(Cidr.parse(peer))));

/** From where SSH is open before the first convergence: see `Birth.sshFrom`. */
function bornOpen(behind: boolean, { range, cloud }: Network, sshFrom: readonly string[]): readonly string[] {
  if (behind) return [range.toString()];
  return cloud.outerWall === undefined ? sshFrom : Cidr.anywhere;
}

const isSsh = ({ direction, protocol, port }: Opening): boolean =>
  direction === "in" && protocol === "tcp" && port === 22;

const unique = (openings: readonly Opening[]): readonly Opening[] => [
  ...new Map(
    openings.map((opening) => [
      [opening.direction, opening.protocol, portText(opening), opening.user, ...opening.peers].join(" "),
      opening,
    ]),
  ).values(),
];
