/** Every example in a docstring and in the README compiles. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { exoscale, hetzner } from "../components";
import { exoscaleTypes } from "../components/clouds/exoscale/prices";
import { hetznerTypes } from "../components/clouds/hetzner/prices";
import { tryParse } from "../components/core/errors";
import { compileErrors } from "./support/compile";

jest.setTimeout(120_000);

const root = join(__dirname, "..");

/** Text of every `@example`, by file. */
const documented = readdirSync(join(root, "components"), { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .flatMap((entry) => {
    const file = join(entry.parentPath, entry.name);
    return [...readFileSync(file, "utf8").matchAll(/@example\n((?:\s*\*(?!\/| @).*\n)+)/g)].map((match) => ({
      file: relative(root, file),
      code: (match[1] ?? "").replace(/^\s*\* ?/gm, ""),
    }));
  });

const readme = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/```ts\n([^]*?)```/g)].map((match) => ({
  file: "README.md",
  code: match[1] ?? "",
}));

/** Names that examples may use without declaring them: one of each, under its usual name. */
const preamble = `
import * as pulumi from "@pulumi/pulumi";
import * as library from "../components";
declare const network: library.Network;
declare const gateway: library.Gateway;
declare const cluster: library.Cluster;
declare const namespace: library.Namespace;
declare const web: library.Workload;
declare const site: library.SiteServices;
declare const place: Omit<library.PlatformArgs, "plans">;
declare const platform: library.Platform;
declare const database: library.Database;
declare const login: library.OidcClient;
declare const bucket: library.BucketAccess;
declare const cache: library.MailArgs["cache"];
declare const repositoryKeys: library.BigBlueButtonArgs["repositoryKeys"];
declare const databases: library.BigBlueButtonArgs["databases"];
declare const caches: library.BigBlueButtonArgs["caches"];
declare const certificate: pulumi.Output<string>;
declare const privateKey: pulumi.Output<string>;
const { ${readFileSync(join(root, "components/index.ts"), "utf8")
  .replace(/\btype \w+,?/g, "")
  .split("export {")
  .slice(1)
  .flatMap((part) => part.slice(0, part.indexOf("}")).split(","))
  .map((name) => name.trim())
  .filter((name) => /^\w+$/.test(name))
  .join(", ")} } = library;
`;

/** Code of importers around a component: a wrapper that sets an argument itself, and two mistakes. */
const callers = {
  "test/wrapper.virtual.ts": `
import { Jitsi, type JitsiArgs, type JitsiPlan, planJitsi, type Privacy, type ServicePlatform } from "../components";
export const meetings = (on: ServicePlatform, args: Omit<JitsiArgs, "on">): Jitsi => new Jitsi("meet", { on, ...args });
export const closed = (args: Omit<JitsiArgs, "privacy">): Jitsi => new Jitsi("meet", { ...args, privacy: { confidentiality: "end-to-end" } });
export const chosen = (args: Omit<JitsiArgs, "privacy">, privacy: Privacy): Jitsi => new Jitsi("meet", { ...args, privacy });
export const larger = (args: JitsiArgs): JitsiPlan => planJitsi({ name: "meet", domain: args.plan.domain, participants: args.plan.participants * 2 });
export interface OwnArgs extends Omit<JitsiArgs, "on"> { readonly platform: JitsiArgs["on"] }
export const own = ({ platform, ...args }: OwnArgs): Jitsi => new Jitsi("meet", { ...args, on: platform });
`,
  "test/forgotten.virtual.ts": `
import { type JitsiArgs, type ServicePlatform } from "../components";
declare const on: ServicePlatform;
export const complete: JitsiArgs = { on };
`,
  "test/contradiction.virtual.ts": `
import { type JitsiArgs } from "../components";
declare const args: JitsiArgs;
export const recorded: JitsiArgs = { ...args, privacy: { confidentiality: "end-to-end", recording: true } };
`,
};

test("every component with an example has one, and each compiles; so does what importers write around Jitsi", () => {
  const examples = [...documented, ...readme];
  expect(documented.length).toBeGreaterThanOrEqual(9);
  expect(readme.length).toBeGreaterThan(0);
  const text = `${preamble}\n${examples
    .map(({ code }, i) => `export function example${i}(): void {\n${code.replace(/^import .*$/gm, "")}\n}`)
    .join("\n")}`;
  const errors = compileErrors({ "test/examples.virtual.ts": text, ...callers });
  expect(errors["test/examples.virtual.ts"]).toEqual([]);
  expect(errors["test/wrapper.virtual.ts"]).toEqual([]);
  // The error names the missing argument, and no optional one.
  expect(errors["test/forgotten.virtual.ts"]).toEqual([
    expect.stringMatching(/^complete: .*Property 'plan' is missing in type/),
  ]);
  expect(errors["test/forgotten.virtual.ts"]?.join()).not.toMatch(/confidentiality|privacy/);
  expect(errors["test/contradiction.virtual.ts"]).toEqual([
    expect.stringMatching(/^recording: true.*: Type 'true' is not assignable to type 'false'/),
  ]);
});

test("every host type that an example, a stack file or the README names can be had and used", () => {
  const exoscaleZone = "ch-gva-2";
  const clouds = [
    (type: string) => hetzner().hostType(type, "fsn1"),
    (type: string) => exoscale({ templateId: "00000000-0000-4000-8000-000000000012" }).hostType(type, exoscaleZone),
  ];
  const usable = (type: string): boolean => clouds.some((hostType) => tryParse(() => hostType(type)) !== undefined);
  const named = [...documented, ...readme].flatMap(({ file, code }) =>
    [...code.matchAll(/\btype: "([a-z]+\d{2}|[a-z0-9]+\.[a-z0-9-]+)"/g)].map(([, type = ""]) => ({ file, type })),
  );
  expect(named.length).toBeGreaterThanOrEqual(5);
  expect(named.filter(({ type }) => !usable(type))).toEqual([]);
  const defaults = [...Object.values(hetznerTypes), ...Object.values(exoscaleTypes)];
  expect(defaults).toHaveLength(10);
  expect(defaults.filter((type) => !usable(type))).toEqual([]);
});
