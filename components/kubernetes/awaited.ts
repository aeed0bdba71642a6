import * as pulumi from "@pulumi/pulumi";

type Waiting = pulumi.ComponentResourceOptions["dependsOn"];

/**
 * Resources that the objects of a component wait for, and the options of the component itself.
 *
 * Its objects wait for what it depends on, and have it in the state, where a destruction finds it. It does not wait itself: it is made of nothing, and a backend that
 * writes the whole state at every step writes more of it for each that comes late. Where only an output says what it depends on, it waits as Pulumi has it.
 */
export function awaitedBy(
  opts: pulumi.ComponentResourceOptions | undefined,
): readonly [awaited: readonly pulumi.Input<pulumi.Resource>[], own: pulumi.ComponentResourceOptions | undefined] {
  const awaited = listed(opts?.dependsOn);
  return [awaited, awaited.length === 0 ? opts : { ...opts, dependsOn: [] }];
}

const listed = (dependsOn: Waiting): readonly pulumi.Input<pulumi.Resource>[] =>
  Array.isArray(dependsOn) ? dependsOn : pulumi.Resource.isInstance(dependsOn) ? [dependsOn] : [];
