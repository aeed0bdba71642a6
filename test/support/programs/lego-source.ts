import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { goProgramPath } from "../../../stacks/tools/rehearsal/engine";

const version = "5.6.0";
const released = `github.com/go-acme/lego/v5@v${version}`;
/** Of the module's files, as the Go checksum database has it. */
const sum = "h1:tdr1k0mPExMhqFUee09aAD8kSDcM7rha9k8IBs1wuX0=";
const here = join(__dirname, "go", "lego");

/** Folder of lego's source as it is built for the tests: in the cache, beside the program. */
export const legoFolder = (): string =>
  join(dirname(dirname(goProgramPath({ name: "lego", version, family: "lego" }))), "source");

/**
 * Puts lego's source into the cache, without its DNS providers and with another log handler: the modules of two of them are not to be had, and none is used.
 * Everything that orders, renews and keeps certificates is upstream's.
 */
export function prepareLego(): void {
  const folder = legoFolder();
  if (existsSync(folder)) return;
  const { Dir, Sum } = JSON.parse(
    execFileSync("go", ["mod", "download", "-json", released], { cwd: here, encoding: "utf8" }),
  ) as { readonly Dir: string; readonly Sum: string };
  if (Sum !== sum) throw new Error(`expected ${released} with the sum ${sum}, got ${Sum}; do not use it`);
  const draft = `${folder}-${process.pid}`;
  cpSync(Dir, draft, { recursive: true, filter: (path) => !path.endsWith("_test.go") });
  execFileSync("chmod", ["-R", "u+w", draft]);
  const providers = join(draft, "providers", "dns");
  for (const entry of readdirSync(providers, { withFileTypes: true }))
    if (entry.isDirectory()) rmSync(join(providers, entry.name), { recursive: true });
  cpSync(join(here, "dns.go"), join(providers, "zz_gen_dns_providers.go"));
  cpSync(join(here, "slogor"), join(draft, "slogor"), { recursive: true });
  execFileSync("go", ["mod", "edit", "-replace=gitlab.com/greyxor/slogor=./slogor"], { cwd: draft });
  renameSync(draft, folder);
}
