import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Programs that {@link signedNames} needs. */
export const signingPrograms = ["ldns-keygen", "ldns-signzone"] as const;

/** A root of names with a key of its own. */
export interface SignedNames {
  /** The zone with its signatures, in the format of zone files. */
  readonly zone: string;
  /** Its key: what a resolver trusts that knows this root. */
  readonly anchor: string;
}

/** Signs records as if all of them stood in the root itself, which is enough for a resolver to trace each to the key that it trusts. */
export function signedNames(records: readonly string[]): SignedNames {
  const folder = mkdtempSync(join(tmpdir(), "signed-names-"));
  try {
    const run = (program: string, ...args: readonly string[]): string =>
      execFileSync(program, args, { cwd: folder, encoding: "utf8", stdio: "pipe" }).trim();
    const key = run("ldns-keygen", "-a", "ECDSAP256SHA256", "-k", ".");
    const own = [". 3600 IN SOA localhost. root.localhost. 1 3600 900 86400 60", ". 3600 IN NS localhost."];
    writeFileSync(join(folder, "zone"), [...own, ...records, ""].join("\n"));
    run("ldns-signzone", "-o", ".", "-f", "signed", "zone", key);
    return {
      zone: readFileSync(join(folder, "signed"), "utf8"),
      anchor: readFileSync(join(folder, `${key}.key`), "utf8"),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
