import type { Resource } from "../support";

/** Variables of a container; the value `elsewhere` stands for one that another object holds. */
type Variables = readonly (readonly [name: string, value: unknown])[];

/** A Deployment with one container. */
export const pod = (
  image: string,
  variables: Variables = [],
  more: Readonly<Record<string, unknown>> = {},
): Resource => ({
  type: "kubernetes:apps/v1:Deployment",
  props: {
    metadata: { namespace: "jitsi" },
    spec: {
      template: {
        spec: {
          containers: [
            {
              image: `registry.crisis.example.ch/${image}`,
              env: variables.map(([name, value]) =>
                value === "elsewhere" ? { name, valueFrom: {} } : { name, value },
              ),
              ...more,
            },
          ],
        },
      },
    },
  },
});

/** A ConfigMap. */
export const map = (data: Readonly<Record<string, unknown>>, name = "settings"): Resource => ({
  type: "kubernetes:core/v1:ConfigMap",
  name,
  props: { metadata: { namespace: "jitsi", name }, data },
});

/** A host with user data. */
export const host = (userData: unknown): Resource => ({
  type: "exoscale:index/computeInstance:ComputeInstance",
  props: { userData },
});
