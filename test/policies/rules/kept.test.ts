/** Replicas, data, the state, and the inputs of components. */
import { componentInputsVisible } from "../../../policies/rules/gov-003-component-inputs-visible";
import { deleteProtection } from "../../../policies/rules/prt-001-delete-protection";
import { singletonAnnotation } from "../../../policies/rules/ha-001-n-plus-one";
import { spreadReplicas } from "../../../policies/rules/ha-002-spread";
import { stateBackend } from "../../../policies/rules/sta-001-state-backend";
import { type Options, own, type Resource, type Row, shape, stackTable, table, under, unknownString } from "../support";

describe("UC-HA-002 spread", () => {
  const labels = { app: "web" };
  const constraint = (more: object = {}) => ({
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "DoNotSchedule",
    labelSelector: { matchLabels: labels },
    ...more,
  });
  const workload = (pod: object = {}, more: object = {}, kind = "apps/v1:Deployment"): Resource => ({
    type: `kubernetes:${kind}`,
    name: "web",
    props: {
      metadata: { namespace: "a" },
      spec: {
        replicas: 2,
        ...more,
        template: { metadata: { labels }, spec: { topologySpreadConstraints: [constraint()], ...pod } },
      },
    },
  });
  const spread = (...topologySpreadConstraints: readonly unknown[]) => workload({ topologySpreadConstraints });
  const affinity = (podAntiAffinity: unknown) =>
    workload({ topologySpreadConstraints: [], affinity: { podAntiAffinity } });
  const tier = { "sovereign-uc-tier": "media" };
  const server = (props: object): Resource => ({ type: "hcloud:index/server:Server", props: { ...props } });
  const pool = (type: string, props: object): Resource => ({ type: `exoscale:index/${type}`, props: { ...props } });
  const budget = (spec: object, namespace = "a"): Resource => ({
    type: "kubernetes:policy/v1:PodDisruptionBudget",
    props: { metadata: { namespace }, spec },
  });
  const excused = (resource: Resource, excuse: string): Resource => ({
    ...resource,
    props: { ...resource.props, metadata: { annotations: { [singletonAnnotation]: excuse } } },
  });
  const everything = budget({ selector: {} });
  const inside = (resource: Resource, namespace: string): Resource => ({
    ...resource,
    props: { ...resource.props, metadata: { namespace } },
  });
  const anywhere = (resource: Resource): Resource => ({ ...resource, props: { ...resource.props, metadata: {} } });
  const through = (resource: Resource, namespace: string): Resource => ({
    ...anywhere(resource),
    provider: { type: "pulumi:providers:kubernetes", props: { namespace } },
  });
  shape(spreadReplicas);
  table(spreadReplicas, [
    { title: "it accepts replicas on different hosts", resource: spread(constraint()), expect: "passes" },
    {
      title: "it accepts what Kubernetes takes where nothing is said",
      resource: spread(constraint({ whenUnsatisfiable: undefined })),
      expect: "passes",
    },
    {
      title: "it accepts replicas in different zones",
      resource: spread(constraint({ topologyKey: "topology.kubernetes.io/zone" })),
      expect: "passes",
    },
    {
      title: "it refuses replicas without a spread",
      resource: spread(),
      expect: /replicas that may all stand on one machine/,
    },
    {
      title: "it refuses a spread that is only preferred",
      resource: spread(constraint({ whenUnsatisfiable: "ScheduleAnyway" })),
      expect: /only preferred to be apart/,
    },
    {
      title: "it refuses a spread over something that tells no machines apart",
      resource: spread(constraint({ topologyKey: "kubernetes.io/os" })),
      expect: /apart|one machine/,
    },
    {
      title: "it accepts pods that refuse each other",
      resource: affinity({
        requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "kubernetes.io/hostname" }],
      }),
      expect: "passes",
    },
    {
      title: "it refuses pods that would rather not",
      resource: affinity({ preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1 }] }),
      expect: /only preferred/,
    },
    {
      title: "it judges stateful sets",
      resource: workload({ topologySpreadConstraints: [] }, {}, "apps/v1:StatefulSet"),
      expect: /one machine/,
    },
    {
      title: "it judges replicas that an autoscaler counts",
      resource: workload({ topologySpreadConstraints: [] }, { replicas: undefined }),
      expect: /one machine/,
    },
    {
      title: "it judges replicas whose number is not known",
      resource: workload({ topologySpreadConstraints: [] }, { replicas: unknownString }),
      expect: /one machine/,
    },
    {
      title: "it says nothing about one replica, which another rule judges",
      resource: workload({ topologySpreadConstraints: [] }, { replicas: 1 }),
      expect: "says nothing",
    },
    ...[" ", ""].map((excuse) => ({
      title: `it takes ${JSON.stringify(excuse)} for no excuse of a singleton`,
      resource: excused(workload({ topologySpreadConstraints: [] }), excuse),
      expect: /one machine/,
    })),
    {
      title: "it says nothing about a singleton that says how it fails over",
      resource: excused(workload({ topologySpreadConstraints: [] }), "by hand"),
      expect: "says nothing",
    },
    {
      title: "it cannot judge a spread that is not known",
      resource: workload({ topologySpreadConstraints: unknownString }),
      expect: "is undetermined",
    },
    {
      title: "it says nothing about a daemon set",
      resource: workload({ topologySpreadConstraints: [] }, {}, "apps/v1:DaemonSet"),
      expect: "says nothing",
    },
    {
      title: "it accepts servers of a tier in a group",
      resource: server({ labels: tier, placementGroupId: 1 }),
      expect: "passes",
    },
    {
      title: "it accepts a group that is not known yet",
      resource: server({ labels: tier, placementGroupId: unknownString }),
      expect: "passes",
    },
    {
      title: "it refuses servers of a tier without one",
      resource: server({ labels: tier }),
      expect: /no placementGroupId/,
    },
    { title: "it says nothing about a server that serves no tier", resource: server({}), expect: "says nothing" },
    {
      title: "it refuses instances of a tier without a group",
      resource: pool("computeInstance:ComputeInstance", { labels: tier, antiAffinityGroupIds: [] }),
      expect: /no antiAffinityGroupIds/,
    },
    {
      title: "it refuses a pool of instances without a group",
      resource: pool("instancePool:InstancePool", {}),
      expect: /no antiAffinityGroupIds/,
    },
    {
      title: "it refuses a pool of nodes without a group",
      resource: pool("sksNodepool:SksNodepool", {}),
      expect: /no antiAffinityGroupIds/,
    },
    {
      title: "it accepts a pool with a group",
      resource: pool("instancePool:InstancePool", { antiAffinityGroupIds: ["x"] }),
      expect: "passes",
    },
    ...["", null].map((placementGroupId) => ({
      title: `it takes ${JSON.stringify(placementGroupId)} for no group`,
      resource: server({ labels: tier, placementGroupId }),
      expect: /no placementGroupId/,
    })),
    {
      title: "it accepts a pool of nodes with a group",
      resource: pool("sksNodepool:SksNodepool", { antiAffinityGroupIds: ["x"] }),
      expect: "passes",
    },
    {
      title: "it accepts groups that are not known yet",
      resource: pool("computeInstance:ComputeInstance", { labels: tier, antiAffinityGroupIds: unknownString }),
      expect: "passes",
    },
  ]);
  stackTable(spreadReplicas, [
    {
      title: "it accepts replicas with a budget",
      resources: [workload(), budget({ maxUnavailable: 1, selector: { matchLabels: labels } })],
      expect: "passes",
    },
    {
      title: "it accepts a budget for the whole namespace",
      resources: [workload(), budget({ maxUnavailable: 1, selector: {} })],
      expect: "passes",
    },
    {
      title: "it refuses replicas without a budget",
      resources: [workload()],
      expect: /replicas of "web" without a budget/,
    },
    {
      title: "it refuses a budget with other labels",
      resources: [workload(), budget({ selector: { matchLabels: { app: "db" } } })],
      expect: /without a budget/,
    },
    {
      title: "it refuses a budget in another namespace",
      resources: [workload(), budget({ selector: {} }, "b")],
      expect: /without a budget/,
    },
    {
      title: "it refuses a budget whose selector is not known",
      resources: [workload(), budget({ selector: unknownString })],
      expect: /without a budget/,
    },
    { title: "it says nothing about a stack without replicas", resources: [server({})], expect: "says nothing" },
    {
      title: "it accepts a workload and a budget that both name no namespace",
      resources: [anywhere(workload()), anywhere(everything)],
      expect: "passes",
    },
    {
      title: "it accepts a workload without a namespace beside a budget in the one that Kubernetes takes then",
      resources: [anywhere(workload()), budget({ selector: {} }, "default")],
      expect: "passes",
    },
    {
      title: "it accepts a budget without a namespace beside a workload in the one that Kubernetes takes then",
      resources: [inside(workload(), "default"), anywhere(everything)],
      expect: "passes",
    },
    {
      title: "it refuses a budget without a namespace for a workload in another",
      resources: [workload(), anywhere(everything)],
      expect: /without a budget/,
    },
    {
      title: "it takes the namespace of the provider where an object names none",
      resources: [
        through(workload(), "a"),
        through(everything, "a"),
        inside(workload({}, {}, "apps/v1:StatefulSet"), "a"),
      ],
      expect: "passes",
    },
    {
      title: "it refuses a budget that another provider puts elsewhere",
      resources: [workload(), through(everything, "b")],
      expect: /without a budget/,
    },
    {
      title: "it reads what was given, since an autoscaler counts otherwise later",
      resources: [workload()],
      outputs: [workload({}, { replicas: 1 })],
      expect: /replicas of "web" without a budget/,
    },
    {
      title: "it judges what stands in a stack though nobody gave it in this operation",
      resources: [server({})],
      outputs: [workload()],
      expect: /replicas of "web" without a budget/,
    },
  ]);
});

describe("UC-STA-001 state-backend", () => {
  const stack: Resource = { type: "pulumi:pulumi:Stack" };
  const reference = (name: unknown): Resource => ({ type: "pulumi:pulumi:StackReference", props: { name } });
  const at = (backend: string | undefined, organization = "organization", options: Options = own): Options => ({
    ...options,
    operation: { organization, ...(backend === undefined ? {} : { backend }) },
  });
  const row = (title: string, backend: string, expect: Row["expect"], options: Options = own): Row => ({
    title: `it ${title}`,
    ...at(backend, "organization", options),
    resource: stack,
    expect,
  });
  shape(stateBackend);
  table(stateBackend, [
    row("accepts a folder", "file:///var/lib/state", "passes"),
    row("accepts a folder at home", "file://~", "passes"),
    ...["~/state", "~anna.muster/state", "./state", "../state", "/var/lib/state"].map((path) =>
      row(`accepts the folder ${path}`, path, "passes"),
    ),
    row("says nothing about an empty address", "", "says nothing"),
    row("takes a word in the middle of an address for no scheme", "state.crisis.example.ch/gs:a", "passes"),
    row("accepts a host that the operator has reviewed", "https://state.example.net", "passes", {
      ...own,
      pack: {
        facts: [
          {
            host: "state.example.net",
            party: "Example AG",
            country: "CH",
            nexus: "none",
            source: "the contract",
            reviewed: "2026-11-01",
          },
        ],
      },
    }),
    row("accepts a store under one's own domains", "s3://state?endpoint=store.crisis.example.ch&region=ch", "passes"),
    row(
      "accepts a store that is written in full",
      "s3://state?endpoint=https%3A%2F%2Fstore.crisis.example.ch",
      "passes",
    ),
    row("accepts an accepted operator's store", "s3://state?endpoint=sos-ch-gva-2.exo.io&region=ch-gva-2", "passes"),
    row(
      "refuses that store under strict",
      "s3://state?endpoint=sos-ch-gva-2.exo.io",
      /sos-ch-gva-2\.exo\.io of .*listed/,
      under("strict"),
    ),
    row(
      "refuses a store without an endpoint, which is Amazon's",
      "s3://state",
      /Amazon's object store, since no endpoint is named/,
    ),
    row("refuses Amazon's by its endpoint", "s3://state?endpoint=s3.eu-central-1.amazonaws.com", /amazonaws\.com/),
    row("refuses Microsoft's", "azblob://state", /Microsoft's blob store/),
    row("refuses Google's, in any case of letters", "GS://state", /Google's object store/),
    row("accepts a database in a private network", "postgres://10.20.0.5/state", "passes"),
    row("accepts a database by a name that leads nowhere outside", "postgres://database/state", "passes"),
    row("accepts a service of one's own", "https://pulumi.crisis.example.ch", "passes"),
    row("refuses Pulumi's service by its address", "https://api.pulumi.com", /api\.pulumi\.com of Pulumi/),
    row(
      "refuses an address whose user looks like one's own domain",
      "https://crisis.example.ch@api.pulumi.com",
      /api\.pulumi\.com/,
    ),
    row(
      "refuses a store that is in no table",
      "s3://state?endpoint=store.example.net",
      /store\.example\.net, which is in no table/,
    ),
    row("cannot judge an address that cannot be read", "https://", { undetermined: /cannot be read/ }),
    {
      title: "it refuses an organization of Pulumi's service",
      ...at(undefined, "acme"),
      resource: stack,
      expect: /the state of the organization "acme" in Pulumi's service/,
    },
    {
      title: "it says nothing about a backend that nobody names, since a project can",
      ...at(undefined),
      resource: stack,
      expect: "says nothing",
    },
    {
      title: "it cannot judge one under strict, which leaves nothing open",
      ...at(undefined, "organization", under("strict")),
      resource: stack,
      expect: { undetermined: /neither the environment nor a login/ },
    },
    { title: "it says nothing where a state is judged as it stands", resource: stack, expect: "says nothing" },
    {
      title: "it refuses a reference to a stack in Pulumi's service",
      resource: reference("acme/network/production"),
      expect: /a reference to a stack of the organization "acme"/,
    },
    {
      title: "it accepts a reference to a stack in the same backend",
      resource: reference("organization/network/production"),
      expect: "passes",
    },
    {
      title: "it says nothing about other resources",
      ...at("azblob://state"),
      resource: { type: "hcloud:index/network:Network" },
      expect: "says nothing",
    },
  ]);
});

describe("UC-PRT-001 delete-protection", () => {
  const of = (type: string, props: object = {}, protect = false): Resource => ({ type, props: { ...props }, protect });
  const volume = "hcloud:index/volume:Volume";
  const block = "exoscale:index/blockStorageVolume:BlockStorageVolume";
  shape(deleteProtection);
  table(deleteProtection, [
    {
      title: "it accepts a volume that its provider protects",
      resource: of(volume, { deleteProtection: true }),
      expect: "passes",
    },
    { title: "it accepts a volume that Pulumi protects", resource: of(volume, {}, true), expect: "passes" },
    {
      title: "it refuses a volume without either",
      resource: of(volume),
      expect: /neither protect nor deleteProtection is set/,
    },
    {
      title: "it refuses one whose protection is switched off",
      resource: of(volume, { deleteProtection: false }),
      expect: /neither protect/,
    },
    {
      title: "it refuses a text in the place of a switch",
      resource: of(volume, { deleteProtection: "false" }),
      expect: /neither protect/,
    },
    {
      title: "it cannot judge a protection that is not known",
      resource: of(volume, { deleteProtection: unknownString }),
      expect: "is undetermined",
    },
    {
      title: "it refuses a block volume that only Pulumi could protect",
      resource: of(block),
      expect: /neither protect is set/,
    },
    {
      title: "it takes no input of any other name for a protection",
      resource: of(block, { undefined: true, deleteProtection: true }),
      expect: /neither protect is set/,
    },
    { title: "it accepts one that Pulumi protects", resource: of(block, {}, true), expect: "passes" },
    ...["hcloud:index/storageBox:StorageBox"].map((type) => ({
      title: `it refuses ${type}`,
      resource: of(type),
      expect: /nor deleteProtection/,
    })),
    ...["exoscale:index/database:Database", "exoscale:index/dbaas:Dbaas"].map((type) => ({
      title: `it refuses ${type}`,
      resource: of(type),
      expect: /nor terminationProtection/,
    })),
    ...["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2", "minio:index/s3Bucket:S3Bucket"].map((type) => ({
      title: `it refuses ${type}`,
      resource: of(type),
      expect: /neither protect/,
    })),
    {
      title: "it accepts a volume of the cluster that is kept",
      resource: of("kubernetes:core/v1:PersistentVolume", { spec: { persistentVolumeReclaimPolicy: "Retain" } }),
      expect: "passes",
    },
    {
      title: "it refuses one that is deleted with its claim",
      resource: of("kubernetes:core/v1:PersistentVolume", { spec: { persistentVolumeReclaimPolicy: "Delete" } }),
      expect: /spec\.persistentVolumeReclaimPolicy "Delete"/,
    },
    {
      title: "it accepts one that is deleted with its claim where Pulumi protects it",
      resource: of("kubernetes:core/v1:PersistentVolume", { spec: { persistentVolumeReclaimPolicy: "Delete" } }, true),
      expect: "passes",
    },
    {
      title: "it accepts one made by hand that says nothing, since Kubernetes keeps it",
      resource: of("kubernetes:core/v1:PersistentVolume", { spec: {} }),
      expect: "passes",
    },
    {
      title: "it refuses a class that says nothing, since Kubernetes deletes its volumes",
      resource: of("kubernetes:storage.k8s.io/v1:StorageClass"),
      expect: /no reclaimPolicy, which means Delete/,
    },
    {
      title: "it accepts a class that keeps its volumes",
      resource: of("kubernetes:storage.k8s.io/v1:StorageClass", { reclaimPolicy: "Retain" }),
      expect: "passes",
    },
    {
      title: "it cannot judge a policy that is not known",
      resource: of("kubernetes:storage.k8s.io/v1:StorageClass", { reclaimPolicy: unknownString }),
      expect: "is undetermined",
    },
    {
      title: "it says nothing about a host, which can be made again",
      resource: of("hcloud:index/server:Server"),
      expect: "says nothing",
    },
  ]);
});

describe("UC-GOV-003 component-inputs-visible", () => {
  shape(componentInputsVisible);
  table(componentInputsVisible, [
    {
      title: "it accepts a component with inputs",
      resource: { type: "sovereign-uc:index:Jitsi", props: { participants: 10 } },
      expect: "passes",
    },
    {
      title: "it accepts inputs of which the value is not known",
      resource: { type: "sovereign-uc:index:Jitsi", props: { participants: unknownString } },
      expect: "passes",
    },
    {
      title: "it refuses a component without any",
      resource: { type: "sovereign-uc:index:Jitsi" },
      expect: /found Jitsi without a single input/,
    },
    {
      title: "it says nothing about other people's components",
      resource: { type: "acme:index:Thing" },
      expect: "says nothing",
    },
    {
      title: "it says nothing about a resource without inputs",
      resource: { type: "hcloud:index/network:Network" },
      expect: "says nothing",
    },
  ]);
});
