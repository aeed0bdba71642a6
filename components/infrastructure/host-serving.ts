import { createHash } from "node:crypto";
import * as command from "@pulumi/command/remote";
import type { input as inputs } from "@pulumi/command/types";
import * as pulumi from "@pulumi/pulumi";
import { scripts } from "../recipe/scripts";

/**
 * Steps with which a host takes part in a service that has a list of its hosts elsewhere: it rests before anything in it changes, and serves once it is healthy. While it
 * does not, the hosts after it in its pool are left alone.
 */
export interface Serving {
  /** The host on which the steps run. */
  readonly through: { readonly connection: inputs.remote.ConnectionArgs };
  /** Resources that have to be there before a host can serve, and until it serves no more. */
  readonly after: readonly pulumi.Resource[];
  /** Script that gives the host no new work and waits until it has none. It has to pass for a host that the service does not know. */
  readonly rest: string;
  /** Script that gives it work. */
  readonly serve: string;
  /** Script that lets it rest and forgets it. */
  readonly leave: string;
  /** Standard input of all three, in lines without secrets. To `rest` and `serve` a last line names what the host converges to. */
  readonly words: string;
}

/** Words of a step that is taken again with every convergence: they have a digest of what is sent to the host, secrets included. */
export const converging = (words: string, whole: pulumi.Output<string>): pulumi.Output<string> =>
  pulumi.secret(whole.apply((text) => `${words}converges ${createHash("sha256").update(text).digest("hex")}\n`));

type Own = pulumi.CustomResourceOptions & { readonly dependsOn: readonly pulumi.Resource[] };

/** A host rests before anything in it changes. */
export const resting = (
  name: string,
  { through, rest, words }: Serving,
  whole: pulumi.Output<string>,
  triggers: pulumi.Output<string>[],
  own: Own,
): pulumi.Resource =>
  new command.Command(
    `${name}-rest`,
    {
      connection: through.connection,
      create: rest,
      stdin: converging(words, whole),
      triggers,
      logging: "none",
      addPreviousOutputInEnv: false,
    },
    { ...own, dependsOn: [...own.dependsOn] },
  );

/** A healthy host takes up its service, and puts it down before anything of it is deleted. */
export function serving(
  name: string,
  serves: Serving,
  whole: pulumi.Output<string>,
  triggers: pulumi.Output<string>[],
  own: Own,
): pulumi.Resource {
  const { through, after, words } = serves;
  const serve = new command.Command(
    `${name}-serve`,
    {
      connection: through.connection,
      create: serves.serve,
      stdin: converging(words, whole),
      triggers,
      logging: "none",
      addPreviousOutputInEnv: false,
    },
    { ...own, dependsOn: [...own.dependsOn, ...after] },
  );
  return new command.Command(
    `${name}-withdraw`,
    {
      connection: unpinned(through.connection),
      create: scripts.nothing,
      delete: serves.leave,
      stdin: words,
      triggers,
      addPreviousOutputInEnv: false,
    },
    { ...own, dependsOn: [...own.dependsOn, ...after, serve] },
  );
}

/**
 * A connection without any pinned key. A host leaves with the connection of the state before: when the host that it leaves through was made again in the same
 * update, the key in that state is gone, and nobody could leave any more. What leaving sends is the name of a host, no secret.
 */
export function unpinned({
  hostKey: _,
  proxy,
  ...connection
}: inputs.remote.ConnectionArgs): inputs.remote.ConnectionArgs {
  return {
    ...connection,
    ...(proxy === undefined
      ? {}
      : {
          proxy: pulumi.output(proxy).apply(({ hostKey: _hop, ...hop }) => hop),
        }),
  };
}
