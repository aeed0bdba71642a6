import { createHash } from "node:crypto";
import type * as input from "@pulumi/kubernetes/types/input";
import { invalid, tryParse, type Keys, each } from "../core/errors";
import { readSecret, type Secret, secretKeys } from "../core/secret";

/** Content at a path inside the pods of a workload. */
export type Mount = { readonly name: string; readonly path: string } & (
  | {
      /** Plain files by their path below `path`; a change rolls the pods. */
      readonly files: Readonly<Record<string, string>>;
      /** @default false */
      readonly executable?: boolean;
    }
  | {
      /** Secret files by name. Another version of one rolls the pods. */
      readonly secrets: Readonly<Record<string, Secret>>;
    }
  | {
      /** A ConfigMap that somebody else keeps, whose values are known only after other resources exist. */
      readonly configMap: string;
      /** Its keys: another set of them rolls the pods. */
      readonly keys: readonly string[];
    }
  | {
      /** A Secret that somebody else keeps. Programs read its files again: another content does not replace the pods. */
      readonly keptSecret: string;
    }
  | {
      /** An empty directory in memory: nothing of it ever reaches a disk. */
      readonly memoryMib: number;
    }
);

export const mountKeys: Keys<Mount> = {
  name: true,
  path: true,
  files: true,
  executable: true,
  secrets: each(secretKeys),
  configMap: true,
  keys: true,
  keptSecret: true,
  memoryMib: true,
};

/** Reads mounts: names and paths once each, absolute paths, at least one file. @throws RangeError with every problem. */
export function mounts(values: unknown): readonly Mount[] {
  if (!Array.isArray(values)) throw invalid("a list of mounts", values, "give [] for none");
  const given = values as readonly Mount[];
  const problems = given.flatMap((mount) => {
    const found: RangeError[] = [];
    if (typeof mount.name !== "string" || !/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/.test(mount.name))
      found.push(
        invalid("a mount name of at most 22 lower-case letters, digits and inner hyphens", mount.name, "rename it"),
      );
    if (typeof mount.path !== "string" || !/^\/[^:]+$/.test(mount.path))
      found.push(invalid("an absolute path without a colon", mount.path, `move the mount "${mount.name}"`));
    for (const key of ["name", "path"] as const)
      if (given.filter((other) => other[key] === mount[key]).length > 1)
        found.push(invalid(`a mount ${key} of its own`, mount[key], "rename or remove one of them"));
    if ("memoryMib" in mount) {
      if (!Number.isInteger(mount.memoryMib) || mount.memoryMib < 1)
        found.push(invalid("whole mebibytes, one at least", mount.memoryMib, `size the mount "${mount.name}"`));
    } else if (!("keptSecret" in mount) && fileNames(mount).length === 0)
      found.push(invalid("at least one file", {}, `fill the mount "${mount.name}"`));
    if ("secrets" in mount)
      for (const [file, secret] of Object.entries(mount.secrets))
        if (tryParse(() => readSecret(secret)) === undefined)
          found.push(
            invalid(
              `a secret with a value and a version for ${file}`,
              secret === undefined ? undefined : "something else",
              `give the mount "${mount.name}" the result of givenSecret(), keyPair() or secrets.password()`,
            ),
          );
    return found.map((error) => error.message);
  });
  if (problems.length > 0) throw new RangeError([...new Set(problems)].join("\n"));
  return given;
}

const fileNames = (mount: Exclude<Mount, { memoryMib: number } | { keptSecret: string }>): readonly string[] =>
  "configMap" in mount ? mount.keys : Object.keys("files" in mount ? mount.files : mount.secrets);

/** Keys of ConfigMaps have no slashes. */
const keyOf = (path: string): string => path.replaceAll("/", "_");

/** The data of a mount's ConfigMap. */
export const configMapData = (files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [keyOf(path), content]));

/** The volume of a mount. `owner` is the workload that its objects are named after. */
export function volume(owner: string, mount: Mount): input.core.v1.Volume {
  const { name } = mount;
  if ("memoryMib" in mount) return { name, emptyDir: { medium: "Memory", sizeLimit: `${mount.memoryMib}Mi` } };
  // Readable by the group that owns the volumes (fsGroup), and by nobody else.
  if ("keptSecret" in mount) return { name, secret: { secretName: mount.keptSecret, defaultMode: 0o440 } };
  if ("secrets" in mount) return { name, secret: { secretName: `${owner}-${name}`, defaultMode: 0o440 } };
  if ("configMap" in mount) return { name, configMap: { name: mount.configMap } };
  const paths = Object.keys(mount.files);
  return {
    name,
    configMap: {
      name: `${owner}-${name}`,
      ...(mount.executable === true ? { defaultMode: 0o555 } : {}),
      ...(paths.some((path) => path.includes("/")) ? { items: paths.map((path) => ({ key: keyOf(path), path })) } : {}),
    },
  };
}

/** Path of a mount in a container. */
export const volumeMount = (mount: Mount): input.core.v1.VolumeMount => ({
  name: mount.name,
  mountPath: mount.path,
  ...("memoryMib" in mount ? {} : { readOnly: true }),
});

/** SHA-256 of everything plain that is mounted: another one rolls the pods. Contents known only later count by their names. */
export const mountsDigest = (values: readonly Mount[]): string =>
  createHash("sha256")
    .update(
      JSON.stringify(
        values.map((mount) => {
          if ("memoryMib" in mount) return [mount.path, mount.memoryMib];
          if ("keptSecret" in mount) return [mount.path, mount.keptSecret];
          return "files" in mount ? [mount.path, mount.files] : [mount.path, fileNames(mount)];
        }),
      ),
    )
    .digest("hex");
