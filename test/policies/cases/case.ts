import type { Probed } from "../probes";

/** A stack of one resource or some, under a title. */
export type Case = readonly [title: string, ...resources: readonly Given[]];

/** A resource with a name. */
export interface Given extends Probed {
  /** @default "it" */
  readonly name?: string;
  /** True if Pulumi itself refuses to delete it. @default false */
  readonly protect?: boolean;
}

/** A value that is not known: a state file holds this in a secret's place. */
export const open = "[secret]";

export const kube = (type: string, props: Readonly<Record<string, unknown>> = {}, name = "it"): Given => ({
  type: `kubernetes:${type}`,
  props,
  name,
});

/** A ConfigMap with one text. */
export const text = (a: string): Given => kube("core/v1:ConfigMap", { data: { a } });

/** A Deployment with one container, of an image of one's own. */
export const pod = (container: Readonly<Record<string, unknown>>, name = "it"): Given =>
  kube(
    "apps/v1:Deployment",
    {
      metadata: { name, namespace: "it" },
      spec: { template: { spec: { containers: [{ image: "registry.crisis.example.ch/a:1", ...container }] } } },
    },
    name,
  );

/** Variables of a container. */
export const env = (variables: Readonly<Record<string, unknown>>): Given =>
  pod({ env: Object.entries(variables).map(([name, value]) => ({ name, value })) });
