import type { Subject } from "../rule";
import { kindOf } from "./subject";
import { at, hasKey, items, type Value } from "./value";

/** Label of machines' volumes, and annotation of objects, that says how their content is made again when it is lost. */
export const remadeLabel = "sovereign-uc-remade";
export const remadeAnnotation = "sovereign-uc/remade";

/** Data of a stack that is lost with what it stands on. */
export interface Kept {
  readonly what: string;
  readonly urn: string;
  /** Cloud and location, as far as the resource says them. */
  readonly location: Value;
  /** True for a database whose operator makes backups itself. */
  readonly operated: boolean;
}

/** Resources of clouds that hold data, with the property that says where. */
const clouds: Readonly<Record<string, string>> = {
  "hcloud:index/volume:Volume": "location",
  "exoscale:index/blockStorageVolume:BlockStorageVolume": "zone",
};

/** Custom resources of operators that keep data. Source: `replicated` of facts, with the operators' own references. */
const databases = new Set([
  "postgresql.cnpg.io/Cluster",
  "postgres-operator.crunchydata.com/PostgresCluster",
  "acid.zalan.do/postgresql",
  "psmdb.percona.com/PerconaServerMongoDB",
  "pxc.percona.com/PerconaXtraDBCluster",
  "k8s.mariadb.com/MariaDB",
  "mysql.oracle.com/InnoDBCluster",
]);

/** Records of a cluster itself: the program makes all of them again. */
const remadeTier = "control-plane";

const isSaid = (value: Value): boolean => typeof value === "string" && value.trim() !== "";

/** The data that a resource keeps; undefined if it keeps none, or says how it is made again. */
export function keptBy({ type, name, urn, properties }: Subject): Kept | undefined {
  if (hasKey(clouds, type)) {
    const labels = at(properties, "labels");
    if (isSaid(at(labels, remadeLabel)) || at(labels, "sovereign-uc-tier") === remadeTier) return undefined;
    return { what: `the volume "${name}"`, urn, location: at(properties, clouds[type] ?? ""), operated: false };
  }
  // Volumes of an inventory are no resources.
  if (type === "sovereign-uc:index:HostPool") {
    const size = at(properties, "dataGib");
    return at(properties, "cloud") === "metal" &&
      typeof size === "number" &&
      size > 0 &&
      at(properties, "role") !== remadeTier
      ? { what: `the volumes of "${name}"`, urn, location: at(properties, "location"), operated: false }
      : undefined;
  }
  const kind = kindOf(type);
  if (kind === undefined || isSaid(at(properties, "metadata", "annotations", remadeAnnotation))) return undefined;
  const of = `${kind.group}/${kind.kind}`;
  const isClaim =
    of === "core/PersistentVolumeClaim" ||
    (of === "apps/StatefulSet" && items(at(properties, "spec", "volumeClaimTemplates")).length > 0);
  return isClaim || databases.has(of)
    ? { what: `${kind.kind} "${name}"`, urn, location: undefined, operated: databases.has(of) }
    : undefined;
}
