/** A host that is lost takes one shard, not two: their singletons keep off each other's hosts. */
import { object } from "../../kubernetes/target";
import { jitsi } from "./support";

interface Template {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly affinity?: { readonly podAntiAffinity?: Readonly<Record<string, unknown>> } };
}

const templateOf = async (name: string, application?: readonly string[]): Promise<Template> => {
  const addresses = application ?? ["10.20.0.30", "10.20.0.31", "10.20.0.32"];
  const made = await jitsi(
    {},
    { hostAddresses: { controlPlane: [], application: addresses, media: ["10.20.0.40", "10.20.0.41", "10.20.0.42"] } },
  );
  return (object(made.resources, "Deployment", name)["spec"] as { readonly template: Template }).template;
};

const others = {
  topologyKey: "kubernetes.io/hostname",
  labelSelector: {
    matchLabels: { "sovereign-uc/shard-of": "meet" },
    matchExpressions: [{ key: "sovereign-uc/shard", operator: "NotIn", values: ["1"] }],
  },
};

test.each(["meet-signalling-1", "meet-focus-1"])(
  "%s waits rather than share a host with another shard",
  async (name) => {
    const { metadata, spec } = await templateOf(name);
    expect(metadata.labels).toMatchObject({ "sovereign-uc/shard-of": "meet", "sovereign-uc/shard": "1" });
    expect(spec.affinity?.podAntiAffinity).toEqual({ requiredDuringSchedulingIgnoredDuringExecution: [others] });
  },
);

test("where there are no more hosts than shards, they share one rather than wait", async () => {
  const { spec } = await templateOf("meet-focus-1", ["10.20.0.30", "10.20.0.31"]);
  expect(spec.affinity?.podAntiAffinity).toEqual({
    preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: others }],
  });
});

test("web servers, of which each shard has several, may be anywhere", async () => {
  const { spec } = await templateOf("meet-web-1");
  expect(spec.affinity).toBeUndefined();
});
