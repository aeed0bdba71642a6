import * as pulumi from "@pulumi/pulumi";

/**
 * A provider's SDK that is loaded when something of it is first used. The build puts it around every import of an optional package (components/build.mjs).
 *
 * @param wanted - the package with its range: `@pulumi/hcloud@^1.25.0`
 * @throws pulumi.RunError at first use, without a stack, when the package is not installed.
 */
export function optionalSdk<T extends object>(wanted: string, load: () => T): T {
  let loaded: T | undefined;
  return new Proxy({} as T, {
    get: (_, key) => Reflect.get((loaded ??= installed(wanted, load)), key) as unknown,
    has: (_, key) => Reflect.has((loaded ??= installed(wanted, load)), key),
  });
}

function installed<T>(wanted: string, load: () => T): T {
  const name = wanted.slice(0, wanted.lastIndexOf("@"));
  try {
    return load();
  } catch (error) {
    // What the package itself fails to find is its own fault, and keeps its own message.
    const missing = (error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND" && String(error).includes(`'${name}`);
    if (!missing) throw error;
    throw new pulumi.RunError(`expected the package ${name}, got nothing; npm install "${wanted}"`);
  }
}
