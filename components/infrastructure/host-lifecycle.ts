import * as command from "@pulumi/command/remote";
import type { input as inputs } from "@pulumi/command/types";
import * as pulumi from "@pulumi/pulumi";
import type { CloudPool } from "../clouds/cloud";
import { sshRetries } from "../clouds/ssh-retries";
import { converging, resting, type Serving, serving, unpinned } from "./host-serving";
import { Network } from "./network";
import { heard } from "../recipe/birth-word";
import type { Birth } from "../recipe/cloud-init";
import { payload, SecretFile } from "../recipe/payload";
import { Recipe, recipeDigest } from "../recipe/recipe";
import type { OperatingSystem } from "../recipe/system";
import { admission, joinToken, ordained } from "../recipe/admission";
import { scripts } from "../recipe/scripts";

/** One host as its pool's recipe sees it. */
export interface HostPlace {
  readonly name: string;
  readonly address: string;
  /** Position in the pool, from 0. */
  readonly index: number;
  readonly system: OperatingSystem;
}

/** A host as other components see it. */
export interface Host extends HostPlace {
  /** As its cloud knows it. */
  readonly id: pulumi.Output<string>;
  /** Public address. Doors only. */
  readonly publicAddress: pulumi.Output<string> | undefined;
  /** Connection for commands on it once it is ready, and through it; the host's own key is pinned. */
  readonly connection: inputs.remote.ConnectionArgs;
  /** Its health check: everything that needs a working host depends on it. */
  readonly ready: pulumi.Resource;
}

/** The way from the administrators' machine to a private host: through a gateway. */
export type Path = Pick<Host, "publicAddress" | "connection" | "ready">;

/** A secret file whose content is made by another resource. */
export type SecretInput = Omit<SecretFile, "content"> & { readonly content: pulumi.Input<string> };

/** Steps with which a host joins a cluster whose control plane exists. */
export interface Joining {
  /** The member of the control plane that lets it in. */
  readonly through: Pick<Host, "connection">;
  /** Health of the control plane: the first host of a pool is made after it, and deleted before it. */
  readonly after: pulumi.Resource;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly string[];
  /** Secret of the cluster of which the hosts' tokens are made. */
  readonly secret: pulumi.Input<string>;
  /** The file on the host that carries its token. */
  readonly file: (token: pulumi.Input<string>) => SecretInput;
}

/** Specification of one host and its life cycle. */
export interface HostSpec {
  readonly network: Network;
  readonly pool: CloudPool;
  readonly type: string;
  readonly birth: Birth;
  readonly userData: pulumi.Input<string> | undefined;
  /** With which it proves at first contact that it is itself; undefined where who answers first is believed, or the key is known. */
  readonly word: pulumi.Output<string> | undefined;
  readonly recipe: Recipe;
  /** Secret files, by the host's public address. */
  readonly secrets: (publicAddress: pulumi.Output<string> | undefined) => readonly SecretInput[];
  readonly dataGib: number;
  readonly keepData: boolean;
  /** The gateway that leads to it. */
  readonly path: Path | undefined;
  /** Health of the host before it in the pool. */
  readonly before: pulumi.Resource | undefined;
  /** Connection on which it leaves the cluster; undefined for hosts outside a cluster. */
  readonly leaveThrough: "itself" | Pick<Host, "connection"> | undefined;
  /** Steps with which it joins; undefined for hosts that join nothing or have the join key themselves. */
  readonly joins: Joining | undefined;
  /** Steps with which it takes part in a service; undefined for hosts that are in no such list. */
  readonly serves: Serving | undefined;
  /** Script that founds the cluster, on the one host that does. */
  readonly foundBy: string | undefined;
}

/**
 * Makes a host and the steps of its life: contact, convergence, leaving, joining or founding, health. Their dependencies are the whole of the sequence in which a frozen
 * change replaces hosts: delete ready, leave, host; create host, contact, convergence, leave, ready; only then the next. A host of a service leaves it first and serves
 * last, and rests before each convergence.
 */
export function createHost(place: HostPlace, life: HostSpec, parent: pulumi.Resource): Host {
  const { name, address } = place;
  const { network, pool, path, before, recipe, leaveThrough, joins, serves, foundBy } = life;
  const waits = [before ?? joins?.after, path?.ready].filter((resource) => resource !== undefined);
  const through = path === undefined ? undefined : withoutProxy(path.connection);
  const { type, birth, userData, dataGib, keepData } = life;
  const machine = pool.host(
    name,
    { type, address, birth, userData, through, dataGib, keepData },
    { parent, dependsOn: waits },
  );
  const first = {
    host: path === undefined ? (machine.birthAddress ?? machine.publicAddress ?? address) : address,
    user: "root",
    privateKey: network.convergenceKey,
    ...sshRetries,
    ...(machine.hostKey === undefined ? {} : { hostKey: machine.hostKey }),
    ...(through === undefined ? {} : { proxy: through }),
  };
  const triggers = [machine.id];
  const own = { parent, dependsOn: [machine.resource, ...machine.attachments] };

  // Where no key is known beforehand, nothing is pinned yet and nothing secret sent: the host only says which key it has, and proves it.
  const contact = new command.Command(`${name}-contact`, { connection: first, create: scripts.contact, triggers }, own);
  // What it says is no secret, though a secret proves it.
  const said = pulumi.unsecret(
    pulumi.all([contact.stdout, life.word]).apply(([answer, word]) => {
      try {
        return heard(name, answer, word);
      } catch (error) {
        throw error instanceof RangeError ? new pulumi.RunError(error.message) : error;
      }
    }),
  );
  const connection = { ...first, hostKey: machine.hostKey ?? said.apply(({ key }) => key) };

  const token =
    joins && pulumi.all([joins.secret, machine.id]).apply(([secret, id]) => joinToken(secret, name, String(id)));
  const secrets = pulumi.all([
    ...life.secrets(machine.publicAddress),
    ...(machine.files ?? []),
    ...(joins === undefined || token === undefined ? [] : [joins.file(token)]),
  ]);
  const whole = pulumi.secret(secrets.apply((files) => payload(recipe, files)));
  const rest = serves && resting(name, serves, whole, triggers, { ...own, dependsOn: [...own.dependsOn, contact] });
  const converge = new command.Command(
    `${name}-converge`,
    {
      connection,
      create: scripts.converge,
      stdin: whole,
      triggers,
      logging: "none",
      addPreviousOutputInEnv: false,
    },
    { ...own, dependsOn: [...own.dependsOn, contact, ...(rest === undefined ? [] : [rest])] },
  );
  const steps: pulumi.Resource[] = [converge];
  if (leaveThrough !== undefined) {
    steps.push(
      new command.Command(
        `${name}-leave`,
        {
          connection: unpinned(leaveThrough === "itself" ? connection : leaveThrough.connection),
          create: scripts.nothing,
          delete: scripts.leave,
          // Which machine it is: by the time it leaves, another one may have its name.
          stdin: said.apply(({ machine: id }) => `${name}\n${id}\n`),
          triggers,
          addPreviousOutputInEnv: false,
        },
        { ...own, dependsOn: [...own.dependsOn, converge] },
      ),
    );
  }
  if (joins !== undefined && token !== undefined)
    steps.push(
      // Another member of the control plane in the way does nothing; another machine, or another place in the cluster, lets it in anew.
      new command.Command(
        `${name}-admit`,
        {
          connection: joins.through.connection,
          create: scripts.admit,
          update: scripts.nothing,
          stdin: pulumi.secret(
            pulumi
              .all([said, token])
              .apply(([{ machine: id }, word]) => admission({ ...joins, name, machine: id, token: word })),
          ),
          triggers: [...triggers, [...ordained(joins.labels), ...joins.taints].join(" ")],
          logging: "none",
          addPreviousOutputInEnv: false,
        },
        { ...own, dependsOn: [...own.dependsOn, converge] },
      ),
    );
  if (foundBy !== undefined)
    steps.push(
      // No trigger: a host that is made again must join, never found a second cluster.
      new command.Command(
        `${name}-found`,
        { connection, create: foundBy, update: scripts.nothing, addPreviousOutputInEnv: false },
        { ...own, dependsOn: [...own.dependsOn, converge] },
      ),
    );
  const ready = new command.Command(
    `${name}-ready`,
    {
      connection,
      create: scripts.ready,
      // A host that is to serve again is asked again, also where a secret alone has changed.
      ...(serves === undefined ? {} : { stdin: converging("", whole), logging: "none" as const }),
      triggers: [machine.id, recipeDigest(recipe)],
      addPreviousOutputInEnv: false,
    },
    { ...own, dependsOn: [...own.dependsOn, ...steps] },
  );
  const served = serves && serving(name, serves, whole, triggers, { ...own, dependsOn: [...own.dependsOn, ready] });
  const { id, publicAddress } = machine;
  // Its own steps go where it always answers; who goes through it goes where the next host of its name will answer too.
  const lasting = path === undefined && publicAddress !== undefined ? { host: publicAddress } : {};
  return { ...place, id, publicAddress, connection: { ...connection, ...lasting }, ready: served ?? ready };
}

/** A hop has no hop of its own. */
function withoutProxy(connection: Host["connection"]): inputs.remote.ProxyConnectionArgs {
  const { host, user, privateKey, hostKey } = connection;
  return {
    host,
    ...sshRetries,
    ...(user === undefined ? {} : { user }),
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(hostKey === undefined ? {} : { hostKey }),
  };
}
