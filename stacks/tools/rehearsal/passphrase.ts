import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { invalid } from "../../../components/core/errors";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Passphrase that encrypts the secrets in the state, as variables for the engine: the caller's own, or one that is generated once and kept for this user
 * alone, outside the folder that holds the state. Whoever has both can read the secrets; whoever has only one cannot.
 *
 * @throws RangeError when none was given and the kept one cannot be written or read.
 */
export function passphrase(environment: Environment): Readonly<Record<string, string>> {
  if (environment["PULUMI_CONFIG_PASSPHRASE"] !== undefined)
    return { PULUMI_CONFIG_PASSPHRASE: environment["PULUMI_CONFIG_PASSPHRASE"] };
  if (environment["PULUMI_CONFIG_PASSPHRASE_FILE"] !== undefined)
    return { PULUMI_CONFIG_PASSPHRASE_FILE: environment["PULUMI_CONFIG_PASSPHRASE_FILE"] };
  return { PULUMI_CONFIG_PASSPHRASE: kept(passphrasePath(environment)) };
}

/** `$XDG_STATE_HOME/sovereign-uc/passphrase`, else below `~/.local/state`. */
export function passphrasePath(environment: Environment): string {
  const given = environment["XDG_STATE_HOME"] ?? "";
  return join(
    isAbsolute(given) ? given : join(environment["HOME"] ?? homedir(), ".local", "state"),
    "sovereign-uc",
    "passphrase",
  );
}

function kept(path: string): string {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    try {
      // Fails if another run was first: then its passphrase is used.
      writeFileSync(path, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const text = readFileSync(path, "utf8").trim();
    if (text === "")
      throw invalid(
        `a passphrase in ${path}`,
        "an empty file",
        "remove it: a new one is made, and states of rehearsals must be removed too",
      );
    return text;
  } catch (error) {
    if (error instanceof RangeError) throw error;
    throw invalid(
      "a folder of this user's for the passphrase",
      (error as Error).message,
      "set PULUMI_CONFIG_PASSPHRASE, or XDG_STATE_HOME to such a folder",
    );
  }
}
