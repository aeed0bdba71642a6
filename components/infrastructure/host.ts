import * as pulumi from "@pulumi/pulumi";
import { givenArgs } from "../core/errors";
import { renderedPool } from "../recipe/rendered";
import { checkedHostPool, type HostPoolArgs, hostPoolArgsKeys, hostPoolFacts, hostPoolSettings } from "./host-args";
import { createHost, type Host } from "./host-lifecycle";
import { builtHosts, outerOpenings } from "./host-recipe";
import { givenNetwork } from "./network";

export { type AdministratorAccess, checkedAccess, type Frozen, type HostPoolArgs, publicKeys } from "./host-args";
export type { Host, HostPlace, Path } from "./host-lifecycle";
export { wall } from "./host-recipe";

/**
 * Hosts of one kind: n+1 of them, spread over physical machines, private unless they are doors. Each renders its own filter from the same openings as
 * the cloud's firewall, since no cloud filters its private networks.
 *
 * A change of the converged recipe is applied in place. A change of what is frozen replaces the hosts strictly one after another: each leaves, is made
 * again, converges and is healthy before the next. Data volumes are protected and outlive their hosts.
 *
 * @example
 * const pool = new HostPool("tools", { network, role: "tools", type: "cpx22", count: 2, firstHost: 90, sshFrom: ["10.20.0.10/32"], jumpHosts: gateway.paths });
 */
export class HostPool extends pulumi.ComponentResource {
  readonly hosts: readonly Host[];
  readonly addresses: readonly string[];

  constructor(name: string, args: HostPoolArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, hostPoolArgsKeys);
    const network = givenNetwork(name, args.network);
    const settings = hostPoolSettings(name, args, network);
    super("sovereign-uc:index:HostPool", name, hostPoolFacts(settings, network), opts);

    const valid = checkedHostPool(this, name, settings, network);
    const { role, system, count, door, lasting, spread, dataGib, keepData, jumpHosts } = settings;
    this.addresses = settings.places.map(({ address }) => address);

    const built = builtHosts(settings, valid, network);
    const pool = network.cloud.pool(
      name,
      {
        location: valid.location,
        network: network.handle,
        labels: { ...network.labels, "sovereign-uc-tier": role },
        system,
        door,
        lasting,
        openings: outerOpenings(built, valid),
        count,
        spread,
      },
      { parent: this },
    );

    const hosts: Host[] = [];
    for (const { place, birth, userData, word, recipe } of built) {
      const spec = {
        network,
        pool,
        type: valid.type,
        birth,
        userData,
        word,
        recipe,
        secrets: (publicAddress: pulumi.Output<string> | undefined) => settings.secrets(place, publicAddress),
        dataGib,
        keepData,
        path: jumpHosts[place.index % Math.max(jumpHosts.length, 1)],
        before: hosts.at(-1)?.ready,
        leaveThrough: args.leaveThrough?.(place),
        joins: args.joins?.(place),
        serves: args.serves?.(place),
        foundBy: place.index === 0 ? args.foundBy : undefined,
      };
      hosts.push(createHost(place, spec, this));
    }
    this.hosts = hosts;
    const rendered = renderedPool(
      built.map(({ place, shown, recipe: { files } }) => ({ name: place.name, userData: shown, files })),
    );
    // Said once the hosts are ready, in a preview at once: they have it then, and until then it is in none of the states that the engine writes at each step.
    const ready = pulumi.all(hosts.map((host) => host.ready.urn));
    this.registerOutputs({
      spread: pool.spread,
      rendered: ready.apply(() => rendered.rendered),
      renderedOnAll: ready.apply(() => rendered.renderedOnAll),
    });
  }
}
