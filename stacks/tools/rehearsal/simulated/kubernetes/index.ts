import { Problem, shown } from "../checks";
import { CheckContext, Kind, Operation, ProviderError, SimulatedPackage } from "../kind";
import { adoption } from "../adoption";
import { sdkDeclarations } from "../tables";
import { equal, flag, hasUnknown, isProperties, object, own, Properties, Secret, text, Value } from "../values";
import { builtInNamespaces, clusterScoped, objectName, replaces } from "./facts";
import { live } from "./live";
import { mustAnswer, targetOf } from "./target";

const autonamed = "pulumi.com/autonamed";
const namespaceType = "kubernetes:core/v1:Namespace";
const definitionType = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";

/** Kinds are many and alike: what differs between them is in the facts. */
function kindOf(token: string, declared: boolean): Kind {
  const kind = token.slice(token.lastIndexOf(":") + 1);
  return {
    previewsInputsOnly: true,
    ...(kind === "Secret" ? { secretOutputs: ["data", "stringData"] } : {}),
    // pulumi-kubernetes 94977969d, `provider/pkg/provider/provider.go`, Diff: named by the program, and the same name in the same namespace.
    deletesFirst: (old, fresh) => !isAutonamed(fresh) && idOf(old) === idOf(fresh),
    complete: (inputs, context) => completed(kind, inputs, context),
    check: (inputs) => checked(kind, inputs),
    rules: (inputs, config) => ({
      replaces: replaces(kind, {
        secretMutable: isTrue(config, "enableSecretMutable"),
        configMapMutable: isTrue(config, "enableConfigMapMutable"),
        immutable: flag(inputs, "immutable"),
      }),
    }),
    key: (id, config) => `${clusterOf(config)} ${id}`,
    create: (operation) => {
      const { type, inputs, config, store } = operation;
      const id = idOf(inputs);
      if (!declared) mustBeDefined(operation);
      const namespace = text(object(inputs, "metadata"), "namespace");
      if (
        namespace !== undefined &&
        !builtInNamespaces.has(namespace) &&
        store.get(namespaceType, `${clusterOf(config)} ${namespace}`) === undefined
      )
        throw new ProviderError(refusal(operation, `namespaces "${namespace}" not found`));
      const there = store.get(type, `${clusterOf(config)} ${id}`);
      if (there !== undefined)
        throw new ProviderError(
          refusal(
            operation,
            `${kind} "${id}" already exists: ${adoption({ importId: () => id }, there, operation.urnName)}`,
          ),
        );
      return { id, outputs: live(kind, inputs, undefined, store.nextId()) };
    },
    update: ({ inputs, state, store }) => live(kind, inputs, state, store.nextId()),
    remove: (operation) => {
      if (kind === "Namespace") emptied(operation, text(object(operation.state, "metadata"), "name") ?? "");
    },
  };
}

const refusal = ({ urnName }: Operation, cause: string): string =>
  `resource "${urnName}" was not successfully created by the Kubernetes API server: ${cause}`;

/** A cluster deletes everything in a namespace with it. */
function emptied({ store, config }: Operation, namespace: string): void {
  for (const type of store.types)
    for (const { id, properties } of store.of(type))
      if (id.startsWith(`${clusterOf(config)} `) && text(object(properties, "metadata"), "namespace") === namespace)
        store.remove(type, id);
}

function mustBeDefined(operation: Operation): void {
  const { inputs, store, config } = operation;
  const apiVersion = text(inputs, "apiVersion") ?? "";
  const kind = text(inputs, "kind") ?? "";
  const found = store
    .of(definitionType)
    .filter(({ id }) => id.startsWith(`${clusterOf(config)} `))
    .some(({ properties }) => {
      const spec = object(properties, "spec");
      return text(spec, "group") === apiVersion.split("/")[0] && text(object(spec, "names"), "kind") === kind;
    });
  if (!found)
    throw new ProviderError(
      `creation of resource "${operation.urnName}" with kind ${apiVersion}/${kind} failed because the Kubernetes API server reported that the apiVersion for this resource does not exist. Verify that any required CRDs have been created: no matches for kind "${kind}" in version "${apiVersion}"`,
    );
}

function completed(kind: string, inputs: Properties, { olds, urnName, config, random }: CheckContext): Properties {
  const given = own(inputs, "metadata");
  const metadata = given === undefined ? {} : given instanceof Secret ? given.value : given;
  if (!isProperties(metadata)) return inputs;
  const before = object(olds, "metadata");
  const name: Properties =
    own(metadata, "name") !== undefined
      ? {}
      : {
          name: (isAutonamed(olds) ? text(before, "name") : undefined) ?? `${urnName}-${random(8)}`,
          annotations: { ...object(metadata, "annotations"), [autonamed]: "true" },
        };
  const namespace: Properties =
    clusterScoped.has(kind) || own(metadata, "namespace") !== undefined
      ? {}
      : { namespace: targetOf(config).namespace ?? "default" };
  const complete: Value = { ...metadata, ...name, ...namespace };
  return { ...inputs, metadata: given instanceof Secret ? new Secret(complete) : complete };
}

function checked(kind: string, inputs: Properties): readonly Problem[] {
  if (kind.endsWith("List"))
    return [
      {
        property: "kind",
        reason: `expected a kind that can be created, got the list "${kind}"; make its items one by one`,
      },
    ];
  const metadata = object(inputs, "metadata");
  if (own(metadata, "generateName") !== undefined)
    return [
      {
        property: "metadata.generateName",
        reason: "expected metadata.name, got generateName, which server-side apply refuses; state a name",
      },
    ];
  const name = own(metadata, "name");
  return typeof name !== "string" || (objectName.test(name) && name.length <= 253)
    ? []
    : [
        {
          property: "metadata.name",
          reason: `expected lower-case letters, digits, "-" and ".", got ${shown(name)}; rename it`,
        },
      ];
}

const isAutonamed = (inputs: Properties): boolean =>
  text(object(object(inputs, "metadata"), "annotations"), autonamed) === "true";

function idOf(inputs: Properties): string {
  const metadata = object(inputs, "metadata");
  const namespace = text(metadata, "namespace");
  return `${namespace === undefined ? "" : `${namespace}/`}${text(metadata, "name") ?? ""}`;
}

/** Objects belong to a cluster, however its address changes. */
const clusterOf = (config: Properties): string => text(config, "clusterIdentifier") ?? targetOf(config).server ?? "-";

/** The SDK sends booleans as text. */
const isTrue = (config: Properties, name: string): boolean => flag(config, name) || text(config, name) === "true";

/** As in the real provider: an unchanged identifier keeps everything, otherwise another active cluster replaces everything. */
function replacesProvider(old: Properties, fresh: Properties): readonly string[] {
  const [before, now] = [own(old, "clusterIdentifier"), own(fresh, "clusterIdentifier")];
  if (now !== undefined && equal(before, now)) return [];
  const changed = before !== undefined && now !== undefined ? ["clusterIdentifier"] : [];
  const unknown = ["kubeconfig", "context", "cluster"].filter((name) => hasUnknown(own(fresh, name)));
  if (unknown.length > 0) return [...changed, ...unknown.slice(0, 1)];
  const [from, to] = [targetOf(old), targetOf(fresh)];
  const moved =
    from.server !== undefined &&
    to.server !== undefined &&
    (from.server !== to.server || from.certificateAuthority !== to.certificateAuthority);
  return moved ? [...changed, "kubeconfig"] : changed;
}

/** Kubernetes as plugin `kubernetes` 4 presents it; a cluster exists if the machine at its address exists. */
export function kubernetes(): SimulatedPackage {
  const declarations = sdkDeclarations("@pulumi/kubernetes");
  const kinds = new Map<string, Kind>();
  return {
    name: "kubernetes",
    version: declarations.version,
    declarations,
    kind: (token) => {
      const [, module = "", name = ""] = token.split(":");
      if (!/^[a-z0-9.-]+\/v\d\w*$/.test(module) || /^(helm|kustomize|yaml)\b/.test(module) || name.endsWith("Patch"))
        return undefined;
      const kind = kinds.get(token) ?? kindOf(token, declarations.locate(token) !== undefined);
      kinds.set(token, kind);
      return kind;
    },
    replacesProvider,
    reach: (config, stores, operation) => {
      try {
        mustAnswer(targetOf(config), stores);
        return true;
      } catch (error) {
        if ((operation === "read" || operation === "delete") && isTrue(config, "deleteUnreachable")) return false;
        throw error;
      }
    },
    faultText: (fault, type, name) => faults[fault](type.slice(type.lastIndexOf(":") + 1), name),
  };
}

const faults: Readonly<Record<Parameters<SimulatedPackage["faultText"]>[0], (kind: string, name: string) => string>> = {
  quota: (kind, name) =>
    `resource "${name}" was not successfully created by the Kubernetes API server: ${kind} "${name}" is forbidden: exceeded quota (403)`,
  "rate-limit": () => "the server has received too many requests and has asked us to try again later (429)",
  "server-error": () => "the server is currently unable to handle the request (503)",
  "timeout-after-made": (kind, name) =>
    `the server was unable to return a response in the time allotted for ${kind} "${name}"; it may exist all the same (504)`,
  "timeout-with-id": (kind, name) =>
    `resource "${name}" was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live: ${kind} timed out`,
};
