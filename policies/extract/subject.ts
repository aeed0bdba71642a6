import type { Subject } from "../rule";
import type { Tables } from "../tables";
import { providerFact } from "../facts/providers";
import { hostOf } from "./hosts";
import { remembering } from "./memo";
import { at, decoded, entries, items, type Value } from "./value";

/** The package that makes a resource: from its provider, else from the type token of a provider. */
export function packageOf({ type, provider }: Subject): string | undefined {
  const token = type.startsWith("pulumi:providers:") ? type : provider?.type;
  return token?.slice("pulumi:providers:".length);
}

/** True if the resource is itself a provider. */
export const isProvider = ({ type }: Subject): boolean => type.startsWith("pulumi:providers:");

/** A component of ours that says where machines stand which no cloud makes. */
export const site = "sovereign-uc:index:Network";

/** True for machines of an inventory: the operator states where they stand, and no resource has their addresses. */
export const isInventory = ({ type, properties }: Pick<Subject, "type" | "properties">): boolean =>
  type === site && at(properties, "cloud") === "metal";

/** The package that a type token begins with. */
export const tokenPackage = ({ type }: Pick<Subject, "type">): string => type.split(":")[0] ?? "";

/** True if it groups others: it has no provider, and its token belongs to no provider that is known (a state may leave providers out). */
export const isComponent = (subject: Subject): boolean =>
  subject.provider === undefined && !isProvider(subject) && providerFact(tokenPackage(subject)) === undefined;

/** Group and kind of a Kubernetes resource, without the version: `apps` and `Deployment`; `core` for the first group. */
export const kindOf = remembering((type): { readonly group: string; readonly kind: string } | undefined => {
  const [, group, kind] = /^kubernetes:([^/:]+)\/[^:]+:(\w+)$/.exec(type) ?? [];
  return group === undefined || kind === undefined ? undefined : { group, kind };
});

/** Configuration of the provider that answers for a resource. */
export const providerProperties = (subject: Subject): Value =>
  isProvider(subject) ? subject.properties : subject.provider?.properties;

/** Hosts that an S3 provider (`aws`, `minio`) is pointed at, each with the service whose calls go there. */
export function storeEndpoints(configuration: Value): readonly { readonly service: string; readonly host: string }[] {
  const listed = items(decoded(at(configuration, "endpoints"))).flatMap((set) => entries(set));
  return [...listed, ["s3", at(configuration, "minioServer")] as const].flatMap(([service, url]) => {
    const host = typeof url === "string" && url !== "" ? hostOf(url) : undefined;
    return host === undefined ? [] : [{ service, host }];
  });
}

/** The hosts alone. */
export const storeHosts = (configuration: Value): readonly string[] =>
  storeEndpoints(configuration).map(({ host }) => host);

/** The accepted object store behind a host. */
export const objectStore = ({ objectStores }: Tables, host: string): Tables["objectStores"][number] | undefined =>
  objectStores.find((row) => host === row.host || host.endsWith(`.${row.host}`));
