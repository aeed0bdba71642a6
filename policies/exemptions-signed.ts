import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type Exemption, readExemptions } from "./exemptions";

/** Namespace of the signatures: a signature that was made for something else does not count. */
export const exemptionNamespace = "sovereign-uc-exemptions";

/** A file of exemptions, and the file that says whose keys count. */
export interface ExemptionFiles {
  /** File of exemptions; its signatures stand beside it, as `FILE.author.sig` and `FILE.approver.sig`. */
  readonly file: string;
  /** Allowed signers, as `ssh-keygen` reads them: a name, and a key. */
  readonly signers: string;
}

/**
 * Reads a file of exemptions that two persons have signed.
 *
 * The author and the approver sign the same bytes with keys of their own: `ssh-keygen -Y sign -n sovereign-uc-exemptions -f KEY < FILE > FILE.author.sig`, and the
 * same for `FILE.approver.sig`. So one file has one author and one approver.
 *
 * @throws RangeError if something is wrong with the file, if a signature is missing or wrong, or if both were made with one key.
 */
export function signedExemptions({ file, signers }: ExemptionFiles, today: string): readonly Exemption[] {
  const bytes = read(file, "a file of exemptions");
  const exemptions = readExemptions(bytes.toString("utf8"), today);
  read(signers, "a file of allowed signers");
  const one = (role: "author" | "approver"): string => {
    const names = [...new Set(exemptions.map((row) => row[role]))];
    if (names.length > 1)
      throw new RangeError(
        `expected one ${role} in ${file}, got ${names.join(", ")}; give each of them a file of their own`,
      );
    return names[0] ?? "";
  };
  const names = { author: one("author"), approver: one("approver") };
  if (exemptions.length === 0) return exemptions;
  const keys = (["author", "approver"] as const).map((role) => keyOf(names[role], role, { file, signers }, bytes));
  if (keys[0] === keys[1])
    throw new RangeError(
      `expected two keys behind the signatures of ${file}, got ${keys[0] ?? ""} twice; let the author and the approver sign with keys of their own`,
    );
  return exemptions;
}

/** Fingerprint of the key with which somebody has signed. */
function keyOf(name: string, role: string, { file, signers }: ExemptionFiles, bytes: Buffer): string {
  const signature = `${file}.${role}.sig`;
  read(signature, `a signature of the ${role} ${name}`);
  const said = verified([
    ["-Y", "verify", "-f", signers, "-I", name, "-n", exemptionNamespace, "-s", signature],
    bytes,
    `a signature by the ${role} ${name} on the file as it stands, in ${signature}`,
  ]);
  const [key] = / key (SHA256:\S+)/.exec(said)?.slice(1) ?? [];
  if (key === undefined)
    throw new RangeError(
      `expected the fingerprint of a key from ssh-keygen, got ${JSON.stringify(said)}; update OpenSSH`,
    );
  return key;
}

/** Output of `ssh-keygen -Y verify`: the reference for the format, and for what a line of allowed signers means. */
function verified([args, bytes, what]: readonly [args: readonly string[], bytes: Buffer, what: string]): string {
  try {
    return execFileSync("ssh-keygen", [...args], { input: bytes, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] });
  } catch (error) {
    const {
      code,
      stderr = "",
      stdout = "",
    } = error as { readonly code?: string; readonly stderr?: string; readonly stdout?: string };
    if (code === "ENOENT")
      throw new RangeError(
        "expected the program ssh-keygen, which checks signatures of exemptions, got none; install OpenSSH",
      );
    const line =
      `${stderr}\n${stdout}`
        .split("\n")
        .find((text) => text.trim() !== "")
        ?.trim() ?? "no reason";
    throw new RangeError(`expected ${what}, got ${JSON.stringify(line)}; sign the file again, after it was read again`);
  }
}

function read(path: string, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    throw new RangeError(
      `expected ${what} in ${path}, got none that can be read; give its path, absolute or from the folder of the pack`,
    );
  }
}
