import type * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { invalid, type Keys } from "./core/errors";
import { decisive, hostNames, mediaOpenings } from "./core/plan";
import type { PlacedHosts } from "./core/layout";
import type { Gateway } from "./infrastructure/gateway";
import { type Frozen, type HostPoolArgs, HostPool } from "./infrastructure/host";
import { frozenKeys } from "./infrastructure/host-args";
import type { SecretInput } from "./infrastructure/host-lifecycle";
import type { Network } from "./infrastructure/network";
import { dataVolume, recoveryKeyPath } from "./recipe/parts/data-volume";
import { privateHost } from "./recipe/parts/private-host";
import { combine } from "./recipe/recipe";
import type { Repository } from "./recipe/system";

/** The ground on which hosts of a service stand that are no nodes of the cluster. */
export interface HostGround {
  readonly network: Network;
  readonly gateway: Gateway;
  /** Host type in the cloud's own words. */
  readonly type: string;
  /** Number of the first host in the network; the others follow. */
  readonly firstHost: number;
  readonly frozen?: Frozen;
  /** True if data volumes are protected. @default true */
  readonly keepData?: boolean;
}

export const hostGroundKeys: Keys<HostGround> = {
  network: true,
  gateway: true,
  type: true,
  firstHost: true,
  frozen: frozenKeys,
  keepData: true,
};

/** Everything inside hosts of a service that their platform does not know. */
export interface HostInside extends Pick<HostPoolArgs, "system" | "recipe" | "secrets" | "serves"> {
  /** Package repositories beside the system's own archive. @default [] */
  readonly repositories?: readonly Repository[];
  /** Names of the deployment's own web that the hosts ask for, by way of the gateways. @default [] */
  readonly webNames?: readonly string[];
  /** Mount point of the encrypted volume, where the plan has one, and the unit that starts only after it is mounted. @default - the plan has none */
  readonly volume?: { readonly path: string; readonly before: string };
}

/** Hosts of one tier of a service, planned and not made yet. */
export interface ServiceHosts {
  readonly network: Network;
  readonly gateway: Gateway;
  /** Private addresses, in order. */
  readonly addresses: readonly string[];
  /** Names in DNS, in the same order. */
  readonly names: readonly string[];
  /** Certificate for all names and its key, both PEM. */
  readonly certificate: Readonly<Record<"certificate" | "privateKey", pulumi.Input<string>>>;
  /**
   * Makes them: doors with the openings of the plan, which get packages, names and time through the gateways and send their journals there.
   */
  readonly make: (name: string, inside: HostInside, opts: pulumi.ComponentResourceOptions) => HostPool;
}

/** Hosts of one tier on their ground. */
export function serviceHosts(
  { network, gateway, type, firstHost, frozen, keepData = true }: HostGround,
  { need, count }: Omit<PlacedHosts, "firstHost">,
  certificate: ServiceHosts["certificate"],
  around: { readonly podRange: string; readonly application: readonly string[] },
): ServiceHosts {
  const addresses = network.addresses(firstHost, count);
  const capacity = decisive([need]);
  return {
    network,
    gateway,
    addresses,
    names: hostNames(need, count),
    certificate,
    make: (
      name,
      { repositories = [], webNames = [], volume, recipe = () => ({}), secrets = () => [], ...inside },
      opts,
    ) => {
      if ((need.dataGib ?? 0) > 0 !== (volume !== undefined))
        throw invalid("a volume in the plan of the hosts and a place for it, or neither", volume, "give both");
      const { parent } = opts;
      // It is kept as long as the volume: without its key, data is no data.
      const key = (host: string): SecretInput => ({
        path: recoveryKeyPath,
        mode: "0600",
        content: new random.RandomPassword(
          `${host}-data-key`,
          { length: 48, special: false },
          { ...(parent === undefined ? {} : { parent }), ...(keepData ? { protect: true } : {}) },
        ).result,
      });
      return new HostPool(
        name,
        {
          network,
          role: "media",
          pool: need.names.prefix,
          type,
          firstHost,
          count,
          door: true,
          keepData,
          sshFrom: gateway.addresses.map((address) => `${address}/32`),
          jumpHosts: gateway.paths,
          openings: mediaOpenings([need], { ...around, hosts: addresses, gateways: gateway.addresses }),
          ...(capacity === undefined ? {} : { capacity }),
          dataGib: need.dataGib ?? 0,
          ...(frozen === undefined ? {} : { frozen }),
          ...inside,
          recipe: (place) =>
            combine(
              privateHost({
                gateways: gateway.addresses,
                mirror: gateway.mirror,
                routes: gateway.siteRoutes,
                system: place.system,
                repositories,
                names: webNames,
              }),
              volume === undefined
                ? {}
                : dataVolume({
                    ...volume,
                    device: network.cloud.dataDevice(place.address),
                    gateways: gateway.addresses,
                  }),
              recipe(place),
            ),
          secrets: (place, publicAddress) => [
            ...gateway.journalFilesOf(place),
            ...(volume === undefined ? [] : [key(place.name)]),
            ...secrets(place, publicAddress),
          ],
        },
        opts,
      );
    },
  };
}

/** Hosts that a platform does not have. @throws RangeError always. */
export function noServiceHosts(tier: string, there: readonly string[]): never {
  throw invalid(
    `hosts of this platform out of ${there.join(", ") || "none"}`,
    tier,
    "give the platform the same plan as the service; an AdoptedPlatform has to be told the ground, too: serviceHosts",
  );
}
