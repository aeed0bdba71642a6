import { type Fact, lastReview as reviewed } from "./fact";

/** A kind of Kubernetes object that something in the cluster renders or fetches later. */
export interface RendererFact extends Fact {
  /** Group of the API, without its version. */
  readonly group: string;
  /** Kinds of the group. Empty: all. */
  readonly kinds: readonly string[];
  readonly why: string;
}

const renderer = (group: string, why: string, source: string, ...kinds: readonly string[]): RendererFact => ({
  group,
  kinds,
  why,
  source,
  reviewed,
});

const charts = "the cluster renders a chart later, after every rule has run";
const folders = "the cluster fetches manifests later, after every rule has run";
const objects = "the cluster makes an object of what stands in it, after every rule has run";
const program = "the cluster runs a program that makes resources";
const machines = "a controller makes machines of it, after every rule has run";

export const renderers: readonly RendererFact[] = [
  renderer("helm.cattle.io", charts, "https://docs.k3s.io/helm"),
  renderer("argoproj.io", folders, "https://argo-cd.readthedocs.io", "Application", "ApplicationSet"),
  renderer("helm.toolkit.fluxcd.io", charts, "https://fluxcd.io/flux/components/helm/"),
  renderer("kustomize.toolkit.fluxcd.io", folders, "https://fluxcd.io/flux/components/kustomize/"),
  renderer("source.toolkit.fluxcd.io", folders, "https://fluxcd.io/flux/components/source/"),
  renderer("fleet.cattle.io", folders, "https://fleet.rancher.io", "GitRepo", "Bundle", "HelmOp"),
  renderer(
    "addons.cluster.x-k8s.io",
    charts,
    "https://cluster-api.sigs.k8s.io",
    "HelmChartProxy",
    "ClusterResourceSet",
  ),
  renderer("infra.contrib.fluxcd.io", program, "https://github.com/flux-iac/tofu-controller"),
  renderer("image.toolkit.fluxcd.io", "the cluster changes images later", "https://fluxcd.io/flux/components/image/"),
  renderer(
    "fluxcd.controlplane.io",
    folders,
    "https://fluxoperator.dev/docs/",
    "FluxInstance",
    "ResourceSet",
    "ResourceSetInputProvider",
  ),
  renderer("gitops.kluctl.io", folders, "https://kluctl.io/docs/gitops/", "KluctlDeployment"),
  renderer("kappctrl.k14s.io", folders, "https://carvel.dev/kapp-controller/docs/", "App"),
  renderer(
    "packaging.carvel.dev",
    folders,
    "https://carvel.dev/kapp-controller/docs/",
    "PackageInstall",
    "PackageRepository",
  ),
  renderer("catalog.cattle.io", charts, "https://ranchermanager.docs.rancher.com", "App", "ClusterRepo"),
  renderer("helm.k0sproject.io", charts, "https://docs.k0sproject.io/stable/helm-charts/"),
  renderer(
    "config.projectsveltos.io",
    charts,
    "https://projectsveltos.github.io/sveltos/",
    "ClusterProfile",
    "Profile",
  ),
  renderer("core.oam.dev", folders, "https://kubevela.io/docs/", "Application"),
  renderer("kro.run", "the cluster makes resources from a template of its own", "https://kro.run/docs/"),
  renderer(
    "app.terraform.io",
    "a service elsewhere runs a program that makes resources",
    "https://github.com/hashicorp/hcp-terraform-operator",
  ),
  renderer(
    "apiextensions.crossplane.io",
    "the cluster makes resources from a template of its own",
    "https://docs.crossplane.io",
    "Composition",
  ),
  renderer("pkg.crossplane.io", "the cluster fetches a package and runs it", "https://docs.crossplane.io"),
  renderer("helm.crossplane.io", charts, "https://github.com/crossplane-contrib/provider-helm"),
  renderer(
    "operators.coreos.com",
    "the cluster fetches an operator and runs it",
    "https://olm.operatorframework.io",
    "Subscription",
    "CatalogSource",
  ),
  renderer("helm.m.crossplane.io", charts, "https://github.com/crossplane-contrib/provider-helm"),
  ...["kubernetes.crossplane.io", "kubernetes.m.crossplane.io"].map((group) =>
    renderer(
      group,
      objects,
      "https://github.com/crossplane-contrib/provider-kubernetes",
      "Object",
      "ObservedObjectCollection",
    ),
  ),
  ...["tf.upbound.io", "tf.m.upbound.io", "opentofu.upbound.io", "opentofu.m.upbound.io"].map((group) =>
    renderer(
      group,
      program,
      "https://github.com/upbound/provider-terraform and https://github.com/upbound/provider-opentofu",
      "Workspace",
    ),
  ),
  renderer("ansible.crossplane.io", program, "https://github.com/crossplane-contrib/provider-ansible", "AnsibleRun"),
  renderer("tf.galleybytes.com", program, "https://github.com/GalleyBytes/terraform-operator", "Terraform"),
  renderer("tower.ansible.com", program, "https://github.com/ansible/awx-resource-operator", "AnsibleJob"),
  renderer("k3s.cattle.io", folders, "https://docs.k3s.io/installation/packaged-components", "Addon"),
  renderer("helm.fluxcd.io", charts, "https://github.com/fluxcd/helm-operator", "HelmRelease"),
  renderer(
    "olm.operatorframework.io",
    "the cluster fetches an operator and runs it",
    "https://operator-framework.github.io/operator-controller/",
    "ClusterExtension",
    "ClusterCatalog",
  ),
  renderer(
    "configsync.gke.io",
    folders,
    "https://cloud.google.com/kubernetes-engine/enterprise/config-sync/docs",
    "RootSync",
    "RepoSync",
  ),
  renderer(
    "cluster.x-k8s.io",
    machines,
    "https://cluster-api.sigs.k8s.io/user/concepts",
    "Cluster",
    "Machine",
    "MachineSet",
    "MachineDeployment",
    "MachinePool",
  ),
  renderer("management.cattle.io", charts, "https://ranchermanager.docs.rancher.com", "ManagedChart"),
  renderer("infrastructure.cluster.x-k8s.io", machines, "https://cluster-api.sigs.k8s.io/reference/providers"),
  renderer(
    "machine.openshift.io",
    machines,
    "https://docs.openshift.com/container-platform/latest/machine_management/",
  ),
  renderer("auto.pulumi.com", program, "https://github.com/pulumi/pulumi-kubernetes-operator", "Stack", "Program"),
  renderer("pulumi.com", program, "https://github.com/pulumi/pulumi-kubernetes-operator", "Stack", "Program"),
];

/** A type of resource that nobody can look into before it has run. */
export interface OpaqueFact extends Fact {
  /** Type token, or its beginning when it ends with `*`. */
  readonly type: string;
  readonly why: string;
  readonly action: string;
}

const dynamic = "make it a resource of a provider, or list it under `opaque` with a reason";

export const opaqueTypes: readonly OpaqueFact[] = [
  {
    type: "kubernetes:helm.sh/v3:Release",
    why: "a chart is rendered by the provider, after every rule has run",
    action: "use typed resources, or the Chart resource of helm.sh/v4, whose objects are judged one by one",
    source: "pulumi/pulumi-kubernetes provider/pkg/provider/helm_release.go at 94977969d",
    reviewed,
  },
  {
    type: "pulumi-nodejs:dynamic*",
    why: "its code runs inside the program",
    action: dynamic,
    source: "pulumi/pulumi sdk/nodejs/dynamic/index.ts at v3.256.0",
    reviewed,
  },
  {
    type: "pulumi-python:dynamic*",
    why: "its code runs inside the program",
    action: dynamic,
    source: "pulumi/pulumi sdk/python/lib/pulumi/dynamic/dynamic.py at v3.256.0",
    reviewed,
  },
  {
    type: "command:*",
    why: "a script can do anything",
    action: "use a recipe, whose scripts are known by digest, or list it under `opaque` with a reason",
    source: "pulumi/pulumi-command provider/pkg/provider at 010bd8e0",
    reviewed,
  },
  {
    type: "docker:index/image:Image",
    why: "the content of an image that is built here is not declared anywhere",
    action: "build it elsewhere, push it to your own registry and name it by digest",
    source: "https://www.pulumi.com/registry/packages/docker/api-docs/image/",
    reviewed,
  },
  {
    type: "docker-build:index:*",
    why: "the content of an image that is built here is not declared anywhere",
    action: "build it elsewhere, push it to your own registry and name it by digest",
    source: "https://www.pulumi.com/registry/packages/docker-build/",
    reviewed,
  },
  {
    type: "pulumi:pulumi:StackReference",
    why: "outputs of another stack were judged, if at all, elsewhere",
    action: "give the value by configuration, or list the reference under `opaque` with a reason",
    source: "pulumi/pulumi pkg/resource/deploy/builtins.go at v3.256.0",
    reviewed,
  },
];
