import type { Cloud } from "../clouds/cloud";
import type { Layout, PlacedPool } from "../core/layout";

/** Addresses of a platform's network: /24, as `Network` makes it. */
const addresses = 256;

/** Reason why a layout does not fit into one network; undefined if it does. */
export function misfit(
  { gateway, controlPlane, application, media, data, hosts: own }: Layout,
  cloud: Cloud,
): string | undefined {
  const pools: readonly (readonly [string, PlacedPool])[] = [
    ["gateways", gateway],
    ["control plane", controlPlane],
    ["application hosts", application],
    ...Object.entries(media),
    ...Object.entries(data),
    ...Object.entries(own),
  ];
  const hosts = pools.reduce((sum, [, { count }]) => sum + count, 0);
  if (hosts > cloud.hostsPerNetwork) return `${hosts} hosts; a network of this cloud takes ${cloud.hostsPerNetwork}`;
  const last = addresses - 2 - cloud.reservedAtEnd;
  for (const [name, { firstHost, count }] of pools) {
    if (firstHost + count - 1 > last) return `${count} ${name} from number ${firstHost} on; the last number is ${last}`;
    const met = pools.find(([, other]) => other.firstHost > firstHost && other.firstHost < firstHost + count);
    if (met !== undefined)
      return `${count} ${name} from number ${firstHost} on; ${met[0]} begin at ${met[1].firstHost}`;
  }
  return undefined;
}
