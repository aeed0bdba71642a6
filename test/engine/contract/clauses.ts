import { hostsOf, type HostView } from "../../../stacks/tools/rehearsal/report/hosts";
import { pathsOf, type PathVerdict, verdict } from "../../../stacks/tools/rehearsal/report/mechanisms";
import { ofType, type StateResource } from "../../../stacks/tools/rehearsal/report/state";
import { gapText, type Mechanism, type Path } from "../../../stacks/tools/rehearsal/report/walls";
import { gatewayArgs, isolatedFrom } from "../../support/arguments";
import type { World } from "../../support/infrastructure";
import type { Step } from "../plain-engine";
import type { Adapter } from "./clouds";

/** Observations of one deployment from its first update to its destruction. */
export interface Life {
  readonly deployed: readonly StateResource[];
  /** After the administrators' range was changed. */
  readonly opened: { readonly steps: readonly Step[]; readonly resources: readonly StateResource[] };
  /** After administrators' SSH was closed. */
  readonly shut: { readonly steps: readonly Step[]; readonly resources: readonly StateResource[] };
  /** After it was opened again. */
  readonly reopened: { readonly steps: readonly Step[]; readonly resources: readonly StateResource[] };
  /** After the administrator keys of all hosts but the gateway's were changed. */
  readonly replaced: { readonly steps: readonly Step[]; readonly resources: readonly StateResource[] };
  /** After the administrator keys of every host were changed, the gateways' too, in one `up`. */
  readonly atOnce: { readonly steps: readonly Step[]; readonly resources: readonly StateResource[] };
  /** After `--destroy`. */
  readonly kept: Removed;
  /** After `--destroy --with-data`. */
  readonly gone: Removed;
}

export interface Removed {
  /** Terminal output. */
  readonly text: string;
  /** Objects of the simulated cloud by type and id. */
  readonly objects: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly resources: readonly StateResource[];
}

/** The administrators' range after the change. */
export const otherAdministrators = "198.51.100.0/24";

const [administrators] = gatewayArgs.administrators;
const members = ["uc-control-1", "uc-control-2", "uc-control-3"];
/** Type token of the keys to data volumes. */
const passwords = "random:index/randomPassword:RandomPassword";

/** A sentence that holds on every cloud, with its check. */
export interface Clause {
  readonly sentence: string;
  /** The only cloud for which it holds. @default - every cloud */
  readonly only?: World["id"];
  readonly check: (life: Life, adapter: Adapter) => void;
}

export const clauses: readonly Clause[] = [
  {
    sentence: "a network has no way in",
    check: ({ deployed }) => {
      const inside = hostsOf(deployed).filter(({ door }) => !door);
      expect(inside.map(({ name }) => name).sort()).toEqual(
        [...members, "uc-application-1", "uc-application-2"].sort(),
      );
      for (const { host, path, said } of judged(deployed, inside))
        expect({ host, path, state: said.state, by: said.by }).toEqual({
          host,
          path,
          state: "closed",
          by: ["no route", "nftables"],
        });
    },
  },
  {
    sentence: "what it is isolated from is dropped before anything else, both ways, on every host and door",
    check: ({ deployed }) => {
      const said = judged(deployed, hostsOf(deployed)).filter(({ kind }) => kind === "isolated");
      expect(said).toHaveLength(10 * isolatedFrom.length * 2);
      for (const {
        host,
        path,
        said: { state, walls },
      } of said)
        expect({ host, path, state, filter: walls.find(({ mechanism }) => mechanism === "nftables")?.detail }).toEqual({
          host,
          path,
          state: "closed",
          filter: "drops these ranges before anything else",
        });
    },
  },
  {
    sentence: "a published port is reachable by rule at the host's own filter, and nothing else is",
    check: ({ deployed }) => expect(published(deployed, "nftables")).toEqual(expectedPorts(administrators)),
  },
  {
    sentence: "a wall outside the host opens the same ports and no others",
    check: ({ deployed }) => expect(published(deployed, "cloud firewall")).toEqual(expectedPorts(administrators)),
  },
  {
    sentence: "n+1 hosts are spread: the hosts of a pool share a group that keeps them apart",
    check: ({ deployed }, { host, groups }) => {
      const machines = ofType(deployed, host.type);
      const all = hostsOf(deployed);
      const pools = [...new Set(all.map(({ pool }) => pool))].map(
        (pool) => [pool, all.filter((one) => one.pool === pool)] as const,
      );
      expect(pools.map(([pool, { length }]) => [pool, length]).sort()).toEqual([
        ["door", 2],
        ["uc-application", 2],
        ["uc-control", 3],
        ["uc-media", 3],
      ]);
      for (const [pool, hosts] of pools) {
        const apart = hosts.map(({ name }) =>
          machines.filter((machine) => machine.name === host.named(name)).flatMap(groups),
        );
        expect({ pool, apart, one: new Set(apart.flat()).size }).toEqual({
          pool,
          apart: hosts.map(() => [expect.any(String)]),
          one: 1,
        });
      }
    },
  },
  {
    sentence: "a changed converged part replaces no host, and arrives at the host's own filter",
    check: ({ deployed, opened: { steps, resources } }, { host }) => {
      const before = hostIds(deployed, host);
      // A machine of an inventory gets the new SSH openings before convergence, and keeps what has converged.
      const touched = steps.filter(({ name, type }) => type === host.type && name in before);
      expect(touched.filter(({ op }) => op !== "refresh" && op !== "update")).toEqual([]);
      expect(hostIds(resources, host)).toEqual(before);
      expect(steps.map(({ op, name }) => `${op} ${name}`)).toEqual(
        expect.arrayContaining(["update door-1-converge", "update door-2-converge"]),
      );
      expect(published(resources, "nftables")).toEqual(expectedPorts(otherAdministrators));
    },
  },
  {
    sentence:
      "a changed frozen part replaces the hosts of a quorum one after another, each left, joined and healthy before the next",
    check: ({ opened, replaced: { steps, resources } }, { host }) => {
      const [before, after] = [hostIds(opened.resources, host), hostIds(resources, host)];
      const changed = Object.keys(after).filter((name) => before[name] !== after[name]);
      expect(changed.sort()).toEqual(
        Object.keys(before)
          .filter((name) => !name.startsWith("door-"))
          .sort(),
      );
      expect(changed).toEqual(expect.arrayContaining(members.map(host.named)));
      const at = (op: string, name: string): number =>
        steps.findIndex((step) => step.op === op && step.name === name && !/volume/i.test(step.type));
      const order = members.flatMap((name) => [
        at("delete-replaced", `${name}-ready`),
        at("delete-replaced", `${name}-leave`),
        at("delete-replaced", host.named(name)),
        at("create-replacement", host.named(name)),
        at("create-replacement", `${name}-contact`),
        at("create-replacement", `${name}-converge`),
        at("create-replacement", `${name}-leave`),
        at("create-replacement", `${name}-ready`),
      ]);
      expect(order).not.toContain(-1);
      expect(order).toEqual([...order].sort((a, b) => a - b));
      expect(steps.filter(({ type }) => /^(random|tls|kubernetes):/.test(type))).toEqual([]);
    },
  },
  {
    sentence:
      "a frozen change of every host at once replaces the gateways one after another, and leads to all others by addresses that stay",
    check: ({ replaced, atOnce: { steps, resources } }, { host }) => {
      const [before, after] = [hostIds(replaced.resources, host), hostIds(resources, host)];
      expect(Object.keys(after)).toHaveLength(10);
      expect(Object.keys(after).filter((name) => before[name] === after[name])).toEqual([]);
      expect(steps.filter(({ failed }) => failed)).toEqual([]);
      const at = (op: string, name: string): number =>
        steps.findIndex((step) => step.op === op && step.name === name && !/volume/i.test(step.type));
      const made = (name: string): readonly number[] => [
        at("delete-replaced", host.named(name)),
        at("create-replacement", host.named(name)),
        at("create-replacement", `${name}-ready`),
      ];
      // The gateways take turns: each host waits for the one in front of it.
      for (const order of [
        ["door-1", "door-2"].flatMap(made),
        members.flatMap(made),
        ["door-1", "uc-control-1"].flatMap(made),
        ["door-2", "uc-control-2"].flatMap(made),
      ]) {
        expect(order).not.toContain(-1);
        expect(order).toEqual([...order].sort((a, b) => a - b));
      }
      const known = (all: readonly StateResource[]) =>
        hostsOf(all)
          .filter(({ role }) => role === "gateway")
          .map(({ name, publicAddresses: [address] }) => [name, address]);
      expect(known(resources)).toEqual([
        ["door-1", expect.stringMatching(/^[0-9.]+$/)],
        ["door-2", expect.stringMatching(/^[0-9.]+$/)],
      ]);
      expect(known(resources)).toEqual(known(replaced.resources));
      expect(steps.filter(({ type }) => /^(random|tls|kubernetes|pulumi:providers):/.test(type))).toEqual([]);
    },
  },
  {
    sentence: "administrators' SSH is closed and opened again at the outer wall alone, and touches no host",
    check: ({ opened, shut, reopened }, { host, wall }) => {
      for (const steps of [shut.steps, reopened.steps])
        expect([...new Set(steps.map(({ type }) => type))]).toEqual([wall]);
      const without = Object.fromEntries(
        Object.entries(expectedPorts(otherAdministrators)).map(([name, ports]) => [
          name,
          ports.filter((port) => !port.startsWith("TCP 22 ")),
        ]),
      );
      expect(published(shut.resources, "cloud firewall")).toEqual(without);
      expect(published(shut.resources, "nftables")).toEqual(expectedPorts(otherAdministrators));
      expect(published(reopened.resources, "cloud firewall")).toEqual(expectedPorts(otherAdministrators));
      expect(hostIds(reopened.resources, host)).toEqual(hostIds(opened.resources, host));
    },
  },
  {
    sentence: "a volume survives its host, and the host of the same name holds it again",
    check: ({ deployed, replaced: { resources } }, { host, volume, holds }) => {
      const held = (all: readonly StateResource[]) =>
        Object.fromEntries(
          members.map((name) => [
            name,
            ofType(all, host.type)
              .filter((machine) => machine.name === host.named(name))
              .flatMap((machine) => holds(all, machine)),
          ]),
        );
      expect(Object.values(held(deployed)).flat().sort()).toEqual(Object.values(ids(deployed, volume)).sort());
      expect(Object.values(ids(deployed, volume))).toHaveLength(members.length);
      expect(held(resources)).toEqual(held(deployed));
    },
  },
  {
    sentence:
      "data stays on the disks of machines: no release is told to wipe what must be kept, also of hosts that are made again",
    only: "metal",
    check: ({ deployed, replaced }) => {
      for (const resources of [deployed, replaced.resources])
        expect(
          members.map((name) => {
            const releases = ofType(resources, "command:remote:Command").filter(
              (command) => command.name === `${name}-release`,
            );
            return releases.map(({ inputs }) =>
              String(inputs["stdin"])
                .split("\n")
                .filter((line) => /^(wipe|end)/.test(line)),
            );
          }),
        ).toEqual(members.map(() => [["end"]]));
    },
  },
  {
    sentence: "data is locked at the provider too",
    check: ({ deployed }, { volume, locked }) =>
      expect(ofType(deployed, volume).map(locked)).toEqual(members.map(() => true)),
  },
  {
    sentence: "destroy keeps protected data and the keys to it and lists them, and keeps nothing else",
    check: ({ deployed, kept: { text, objects, resources } }, { stack, volume }) => {
      expect(
        resources
          .filter(({ protect }) => protect)
          .map(({ type, name }) => `${type} ${name}`)
          .sort(),
      ).toEqual(members.flatMap((name) => [`${volume} ${name}-data`, `${passwords} ${name}-data-key`]).sort());
      expect(Object.keys(objects)).toEqual([volume]);
      expect(Object.keys(objects[volume] ?? {}).sort()).toEqual(Object.values(ids(deployed, volume)).sort());
      for (const name of members)
        for (const kept of [`${name}-data (${volume}`, `${name}-data-key (${passwords}`]) expect(text).toContain(kept);
      expect(text).toContain(`--destroy --with-data ${stack}`);
    },
  },
  {
    sentence: "destroy leaves nothing when it is told to take data too",
    check: ({ gone: { text, objects, resources } }, { stack }) => {
      expect(text).toContain(`Nothing is left of "${stack}"`);
      expect({ objects, resources }).toEqual({ objects: {}, resources: [] });
    },
  },
];

/** Ids of the resources of a type, by name in the program. */
const ids = (resources: readonly StateResource[], type: string): Readonly<Record<string, string>> =>
  Object.fromEntries(ofType(resources, type).map(({ name, id = "" }) => [name, id]));

/** The same for hosts only: on bare metal they share their type with every step of their life cycle. */
const hostIds = (
  resources: readonly StateResource[],
  { type, named }: Adapter["host"],
): Readonly<Record<string, string>> => {
  const names = hostsOf(resources).map(({ name }) => named(name));
  return Object.fromEntries(Object.entries(ids(resources, type)).filter(([name]) => names.includes(name)));
};

/** Every path of some hosts with its verdict in the report. */
function judged(
  resources: readonly StateResource[],
  hosts: readonly HostView[],
): readonly {
  readonly host: string;
  readonly path: string;
  readonly kind: Path["kind"];
  readonly said: PathVerdict;
}[] {
  const networkRanges = ofType(resources, "Network").map(({ inputs }) => String(inputs["range"]));
  return hosts.flatMap((host) =>
    pathsOf(isolatedFrom).map((path) => ({
      host: host.name,
      path: `${path.direction} ${path.peer}`,
      kind: path.kind,
      said: verdict({ kind: host.door ? "door" : "host", host }, path, { networkRanges, policies: [] }),
    })),
  );
}

/** Ports that one wall of each door lets in from the internet: `TCP 22 from 203.0.113.0/24`. */
function published(
  resources: readonly StateResource[],
  mechanism: Mechanism,
): Readonly<Record<string, readonly string[]>> {
  const doors = hostsOf(resources).filter(({ door }) => door);
  return Object.fromEntries(
    judged(resources, doors)
      .filter(({ path }) => path === "in internet")
      .map(({ host, said }) => {
        const wall = said.walls.find((one) => one.mechanism === mechanism);
        if (wall?.counted !== true) return [host, [`no ${mechanism}`]];
        return [
          host,
          wall.gaps
            .map((gap) => `${gapText(gap)} from ${gap.peers.filter((peer) => peer !== "::/0").join(", ")}`)
            .sort(),
        ];
      }),
  );
}

/** Ports that `infrastructure()` publishes, written down a second time. */
function expectedPorts(from: string): Readonly<Record<string, readonly string[]>> {
  const gateway = [`TCP 22 from ${from}`, "TCP 443 from 0.0.0.0/0", `TCP 6443 from ${from}`];
  const media = ["UDP 10000 from 0.0.0.0/0"];
  return {
    "door-1": gateway,
    "door-2": gateway,
    "uc-media-1": media,
    "uc-media-2": media,
    "uc-media-3": media,
  };
}
