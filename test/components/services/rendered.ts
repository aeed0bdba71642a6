import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import type { Deployment } from "../../support/mocks";
import type { KubernetesObject } from "../../support/programs/apply";
import { manifests } from "../kubernetes/target";

const root = join(__dirname, "..", "..", "..");

/** Scripts and modules that travel into pods as they are, by their content: two services may have the same one. */
const verbatim: ReadonlyMap<string, string> = readdirSync(join(root, "components"), {
  withFileTypes: true,
  recursive: true,
})
  .filter((entry) => entry.isFile() && entry.parentPath.endsWith("/files"))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .sort()
  .reduce((found, file) => {
    const text = readFileSync(join(root, file), "utf8");
    return found.set(text, [found.get(text) ?? [], file].flat().join(", "));
  }, new Map<string, string>());

/** A plain file of a pod that is rendered: no script that travels as it is. */
export interface RenderedFile {
  readonly namespace: string;
  readonly configMap: string;
  readonly name: string;
  readonly text: string;
}

/** Content of ConfigMaps. Those that belong to no workload's mount hold data that is known only later, and are no configuration. */
export function renderedFiles(objects: readonly KubernetesObject[]): readonly RenderedFile[] {
  const mounted = new Set(podTemplates(objects).flatMap(({ name, namespace }) => `${namespace}/${name}`));
  return objects
    .filter(({ kind }) => kind === "ConfigMap")
    .filter(({ metadata: { name, namespace = "" } }) => mounted.has(`${namespace}/${name.replace(/-[^-]+$/, "")}`))
    .flatMap(({ metadata: { name: configMap, namespace = "" }, data }) =>
      Object.entries(data as Readonly<Record<string, string>>)
        .filter(([, text]) => !verbatim.has(text))
        .map(([name, text]) => ({ namespace, configMap, name, text })),
    );
}

/** A container as far as tests look at it. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly envFrom?: readonly { readonly secretRef: { readonly name: string } }[];
}

export interface PodTemplate {
  readonly namespace: string;
  /** Name of the object that makes the pods. */
  readonly name: string;
  /** Names of the volumes that each of its pods has of its own. */
  readonly claims: readonly string[];
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: {
      readonly hostNetwork?: boolean;
      readonly shareProcessNamespace?: boolean;
      readonly volumes?: readonly object[];
      readonly containers: readonly Container[];
      readonly initContainers?: readonly Container[];
    };
  };
}

/** Templates of the pods that objects make. */
export const podTemplates = (objects: readonly KubernetesObject[]): readonly PodTemplate[] =>
  objects.flatMap(({ metadata: { name, namespace = "default" }, spec }) => {
    const {
      template,
      jobTemplate,
      volumeClaimTemplates = [],
    } = (spec ?? {}) as {
      readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
      readonly template?: PodTemplate["template"];
      readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate["template"] } };
    };
    const found = template ?? jobTemplate?.spec.template;
    return found?.spec.containers === undefined
      ? []
      : [{ namespace, name, template: found, claims: volumeClaimTemplates.map(({ metadata }) => metadata.name) }];
  });

/** Containers of a pod, those that run before the others included. */
export const containersOf = ({ template: { spec } }: PodTemplate): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
];

/** Scripts of a workload that travel as they are. */
export const scriptsOf = (
  { namespace, name }: PodTemplate,
  objects: readonly KubernetesObject[],
  ending = ".sh",
): readonly string[] =>
  objects
    .filter(
      ({ kind, metadata }) =>
        kind === "ConfigMap" && metadata.namespace === namespace && metadata.name.startsWith(`${name}-`),
    )
    .flatMap(({ data }) => Object.values(data as Readonly<Record<string, string>>))
    .filter((text) => verbatim.get(text)?.endsWith(ending));

/** Kubernetes' objects as a state shows them: without secrets. */
export const clearManifests = ({ resources }: Deployment): readonly KubernetesObject[] =>
  manifests(resources.map((one) => ({ ...one, inputs: one.clear })));

/**
 * Everything that stands in Kubernetes for a service, as text by path: objects in YAML, and beside them the files of ConfigMaps as programs read them. Secrets are
 * masked; digests are left out, as they change with what they are made of. Of the edge, only its files are the service's.
 */
export function renderedTree(made: Deployment): Readonly<Record<string, string>> {
  const objects = clearManifests(made).filter(({ metadata }) => metadata.name !== "closed");
  const files = renderedFiles(objects);
  return Object.fromEntries([
    ...files.map(({ namespace, configMap, name, text }) => [`${namespace}/${configMap}/${name}`, text] as const),
    ...objects
      .filter(({ kind, metadata }) => (metadata.namespace ?? metadata.name) !== "edge" && kind !== "Provider")
      .map((object) => [pathOf(object), yaml(withReferences(object))] as const),
  ]);
}

/** The same in fewer files: the objects of a namespace in one. */
export function golden(tree: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const objects = Object.entries(tree).filter(([path]) => isObject(path));
  const namespaces = [...new Set(objects.map(([path]) => path.split("/")[0] ?? ""))];
  const ofNamespace = (namespace: string): string =>
    objects
      .filter(([path]) => path.startsWith(`${namespace}/`))
      .map(([, text]) => text)
      .sort()
      .join("---\n");
  return Object.fromEntries([
    ...Object.entries(tree).filter(([path]) => !isObject(path)),
    ...namespaces.map((namespace) => [`${namespace}.yaml`, ofNamespace(namespace)] as const),
  ]);
}

/** Files of ConfigMaps stand one folder deeper. */
const isObject = (path: string): boolean => path.split("/").length === 2;

const pathOf = ({ kind, metadata: { name, namespace } }: KubernetesObject): string =>
  `${namespace ?? (kind === "Namespace" ? name : "cluster")}/${kind}-${name}.yaml`;

/** A ConfigMap whose content stands in files of its own. */
const withReferences = (object: KubernetesObject): KubernetesObject =>
  object.kind !== "ConfigMap"
    ? object
    : {
        ...object,
        data: Object.fromEntries(
          Object.entries(object["data"] as Readonly<Record<string, string>>).map(([name, text]) => [
            name,
            verbatim.get(text) ?? (text.includes("\n") ? `see ${object.metadata.name}/${name}` : text),
          ]),
        ),
      };

const yaml = (object: KubernetesObject): string =>
  stringify(object, { lineWidth: 0, aliasDuplicateObjects: false, sortMapEntries: true }).replace(
    /\b[0-9a-f]{64}\b/g,
    "(digest)",
  );
