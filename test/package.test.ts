/** Use as importers do it: the library as npm packs it, in a folder elsewhere. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import manifest from "../package.json";
import { type OrdinaryCli, ordinaryCli } from "./support/ordinary-cli";
import { spawnText } from "./support/spawn-text";

jest.setTimeout(300_000);

const root = join(__dirname, "..");
let folder: string;
/** The packed library, unpacked. */
let unpacked: string;

/** Ends with the program's own words when it fails. */
function run(cwd: string, program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, [...args], { cwd, encoding: "utf8" });
  expect({ status, said: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, said: "" });
  return stdout;
}

const filesBelow = (path: string): readonly string[] =>
  readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(path, join(entry.parentPath, entry.name)));

/** Folders with an index of their own, which the exports map offers. */
const subpaths = ["clouds", "services"].flatMap((above) =>
  readdirSync(join(root, "components", above), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, "components", above, entry.name, "index.ts")))
    .map((entry) => `${above}/${entry.name}`),
);

const optional = Object.keys(manifest.peerDependenciesMeta);

/** A folder with the library, what it depends on, and the packages that an importer installs beside it. */
function importer(name: string, packages: readonly string[]): string {
  const user = join(folder, name);
  mkdirSync(join(user, "node_modules"), { recursive: true });
  // Not a link: Node looks for packages from where a file really is.
  cpSync(unpacked, join(user, "node_modules", manifest.name), { recursive: true });
  for (const installed of [...Object.keys(manifest.dependencies), "@types", ...packages]) {
    const place = join(user, "node_modules", installed);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(root, "node_modules", installed), place);
  }
  return user;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "package-"));
  // In a copy: a build empties its folder, and others may build here too.
  const source = join(folder, "source");
  for (const name of [
    "components",
    "policies",
    "stacks/tools/audit",
    "stacks/tools/evidence",
    "package.json",
    "tsconfig.json",
    "README.md",
    "LICENSE",
  ])
    cpSync(join(root, name), join(source, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(source, "node_modules"));
  mkdirSync(join(source, "dist", "components"), { recursive: true });
  writeFileSync(join(source, "dist", "components", "renamed-long-ago.js"), "");
  const tarball = run(source, "npm", "pack", "--silent", "--pack-destination", folder).trim().split("\n").at(-1) ?? "";
  run(folder, "tar", "-xzf", tarball);
  unpacked = join(folder, "package");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the package holds every module with its declarations, every script and every pack, and nothing of an earlier build", () => {
  // A worker is bundled by itself, for an image of Node.
  const sources = filesBelow(join(root, "components")).filter((file) => !/^services\/[^/]+\/worker\//.test(file));
  const wanted = sources.flatMap((file) =>
    file.endsWith(".ts")
      ? [file.replace(/\.ts$/, ".js"), file.replace(/\.ts$/, ".d.ts")]
      : /(^|\/)files\/|\.lock\.json$/.test(file)
        ? [file]
        : [],
  );
  expect(wanted.length).toBeGreaterThan(150);
  expect([...filesBelow(join(unpacked, "dist", "components"))].sort()).toEqual([...wanted].sort());
  const packs = ["", ...readdirSync(join(root, "policies", "packs")).map((name) => `packs/${name}/`)];
  for (const pack of packs)
    for (const file of ["PulumiPolicy.yaml", "package.json", "bin/index.js"])
      expect(filesBelow(join(unpacked, "policies"))).toContain(`${pack}${file}`);
});

test("the package brings the audit as a program that needs nothing beside it", () => {
  const { "sovereign-uc-audit": program } = manifest.bin;
  const apart = mkdtempSync(join(folder, "apart-"));
  cpSync(join(unpacked, program), join(apart, "audit.js"));
  mkdirSync(join(apart, "manifests"));
  writeFileSync(join(apart, "manifests", "a.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n");
  expect(run(apart, process.execPath, "audit.js", "manifests")).toMatch(/1 resources, \d+ rules: 0 findings/);
});

describe("with Pulumi's SDK alone", () => {
  let user: string;
  beforeAll(() => (user = importer("alone", ["@pulumi/pulumi"])));

  const node = (script: string, ...args: readonly string[]): string =>
    run(user, process.execPath, ...args, "--eval", script);

  test("every documented path resolves, for require and for import, and loads no SDK of a provider", () => {
    expect(subpaths).toEqual(expect.arrayContaining(["clouds/hetzner", "services/jitsi"]));
    const paths = [manifest.name, ...subpaths.map((path) => `${manifest.name}/${path}`)];
    const required = node(
      `const names = ${JSON.stringify(paths)}.map((path) => Object.keys(require(path)).filter((name) => require(path)[name] !== undefined));
       const sdks = Object.keys(require.cache).flatMap((file) => /node_modules\\/(@pulumi\\/[^/]+)/.exec(file)?.[1] ?? []);
       console.log(JSON.stringify({ names, sdks: [...new Set(sdks)] }));`,
    );
    const { names, sdks } = JSON.parse(required) as { names: string[][]; sdks: string[] };
    expect(sdks).toEqual(["@pulumi/pulumi"]);
    expect(names[0]).toEqual(expect.arrayContaining(["Network", "Jitsi", "hetzner", "exoscale", "metal"]));
    for (const [i, path] of subpaths.entries())
      expect({ path, names: names[i + 1]?.length }).not.toMatchObject({ names: 0 });
    const imported = node(
      paths.map((path, i) => `import * as module${i} from "${path}";`).join("\n") +
        `console.log(JSON.stringify([${paths.map((_, i) => `Object.keys(module${i}).filter((name) => !["__esModule", "default", "module.exports"].includes(name))`).join(", ")}]));`,
      "--input-type=module",
    );
    expect((JSON.parse(imported) as string[][]).map((of) => of.sort())).toEqual(names.map((of) => of.sort()));
  });

  test("nothing else resolves: what is inside may change", () => {
    const inside = [`${manifest.name}/dist/components/core/errors`, `${manifest.name}/clouds/hetzner/types`];
    const codes = node(
      `console.log(${JSON.stringify(inside)}.map((path) => { try { require(path); return "resolves"; } catch (error) { return error.code; } }).join())`,
    );
    expect(codes.trim()).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED,MODULE_NOT_FOUND");
  });

  test.each<[string, ts.CompilerOptions]>([
    ["Node10", { module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 }],
    ["Node16", { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 }],
    ["bundlers'", { module: ts.ModuleKind.Preserve, moduleResolution: ts.ModuleResolutionKind.Bundler }],
  ])("TypeScript knows every documented path by %s resolution, and finds no fault in declarations", (_, resolution) => {
    const file = join(user, "user.ts");
    writeFileSync(
      file,
      [
        `import { type JitsiArgs, hetzner, Network } from "${manifest.name}";`,
        ...subpaths.map((path, i) => `import * as module${i} from "${manifest.name}/${path}";`),
        `export const all = [${subpaths.map((_path, i) => `module${i}`).join(", ")}];`,
        `export const network = new Network("n", { cloud: hetzner(), location: "fsn1", isolatedFrom: [] });`,
        "// @ts-expect-error types are there, and not any",
        `export const wrong = new Network("n", { cloud: 7, location: "fsn1", isolatedFrom: [] });`,
        "// @ts-expect-error so are those of a service",
        "export const few: JitsiArgs = { participants: [] };",
        "",
      ].join("\n"),
    );
    const program = ts.createProgram([file], {
      ...resolution,
      target: ts.ScriptTarget.ES2022,
      strict: true,
      noEmit: true,
      types: ["node"],
      typeRoots: [join(user, "node_modules", "@types")],
      // Pulumi's own templates have declarations checked; they are the same for every resolution.
      skipLibCheck: resolution.module !== ts.ModuleKind.Node16,
    });
    expect(
      ts
        .getPreEmitDiagnostics(program)
        .map(
          ({ file: at, messageText }) => `${at?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
        ),
    ).toEqual([]);
  });
});

/** The first line that a stack prints, on Pulumi's mocks. */
async function firstLine(user: string, script: string): Promise<string> {
  const { text } = await spawnText(
    process.execPath,
    [
      "--eval",
      `const pulumi = require("@pulumi/pulumi");
       const uc = require("${manifest.name}");
       const place = { cloud: uc.hetzner(), location: "fsn1", isolatedFrom: [] };
       const mocks = { newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs };
       pulumi.runtime.setMocks(mocks).then(() => { ${script} }).catch((error) => console.log(error.message));`,
    ],
    { cwd: user },
  );
  return text.split("\n")[0] ?? "";
}

describe("an SDK is asked for by what uses it", () => {
  test.each<[string, string]>([
    ["@pulumi/tls", `new uc.Network("n", place)`],
    ["@pulumi/hcloud", `new uc.Network("n", place)`],
    [
      "@pulumi/minio",
      `new uc.Bucket("backups", { cloud: place.cloud, location: "fsn1", accessKey: "a", secretKey: "s", encryptedByWriters: true })`,
    ],
    [
      "@pulumi/command",
      `new uc.HostPool("p", { network: new uc.Network("n", place), role: "tools", type: "cpx22", count: 2, firstHost: 90, sshFrom: ["10.20.0.10/32"], door: true })`,
    ],
    [
      "@pulumi/random",
      `new uc.SiteLink("s", { sites: [
         { name: "zurich", range: "10.20.0.0/24", gateways: ["192.0.2.10", "192.0.2.11"] },
         { name: "geneva", range: "10.30.0.0/24", gateways: ["198.51.100.10", "198.51.100.11"] } ] })`,
    ],
    [
      "@pulumi/kubernetes",
      `new uc.AdoptedCluster("ministry", { kubeconfig: "{}", server: "https://api.ministry.example.ch:6443", country: "CH", location: "Bern",
         registry: "registry.example.ch", podRange: "10.42.0.0/16", serviceRange: "10.43.0.0/16", isolatedFrom: [],
         hostAddresses: { application: ["10.30.0.10", "10.30.0.11"] }, gatewayAddresses: ["10.30.0.2", "10.30.0.3"] })`,
    ],
  ])("%s: one sentence says what to install", async (absent, use) => {
    const others = optional.filter((name) => name !== absent);
    const user = importer(`without-${absent.replace(/\W+/g, "-")}`, ["@pulumi/pulumi", ...others]);
    const said = await firstLine(user, `${use}; console.log("made");`);
    const range = manifest.peerDependencies[absent as keyof typeof manifest.peerDependencies];
    expect(said).toBe(`expected the package ${absent}, got nothing; npm install "${absent}@${range}"`);
  });

  test.each<[string, string, readonly string[]]>([
    ["a network at Hetzner", "uc.hetzner()", ["@pulumi/tls", "@pulumi/hcloud"]],
    ["one at Exoscale", `uc.exoscale({ templateId: "00000000-0000-4000-8000-000000000012" })`, ["@pulumi/tls"]],
  ])("%s needs nothing of others", async (_, cloud, packages) => {
    const user = importer(`only-${packages.length}`, ["@pulumi/pulumi", ...packages]);
    const made = await firstLine(
      user,
      `const cloud = ${cloud};
       const network = new uc.Network("n", { ...place, cloud, location: cloud.id === "hetzner" ? "fsn1" : "ch-gva-2" });
       network.urn.apply((urn) => console.log(urn));`,
    );
    expect(made).toContain("sovereign-uc:index:Network::n");
  });

  test("every package that the library asks for is one that it names", () => {
    const asked = filesBelow(join(unpacked, "dist", "components"))
      .filter((file) => file.endsWith(".js"))
      .flatMap((file) => [
        ...(ts.sys.readFile(join(unpacked, "dist", "components", file)) ?? "").matchAll(/require\("([^."][^"]*)"\)/g),
      ])
      .map(([, module = ""]) =>
        module
          .split("/")
          .slice(0, module.startsWith("@") ? 2 : 1)
          .join("/"),
      )
      .filter((name) => !name.startsWith("node:"));
    const named = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];
    expect([...new Set(asked)].sort()).toEqual([...named].sort());
    expect(optional).toEqual(Object.keys(manifest.peerDependencies).filter((name) => name !== "@pulumi/pulumi"));
  });
});

describe("in a stack of its own", () => {
  let pulumi: OrdinaryCli;
  beforeAll(async () => (pulumi = await ordinaryCli(folder)));
  afterAll(() => pulumi.close());

  test("it previews by the ordinary CLI, with the packs of the package in front", async () => {
    const user = importer("user", [...Object.keys(manifest.peerDependencies), "typescript"]);
    writeFileSync(join(user, "Pulumi.yaml"), "name: user\nruntime: nodejs\n");
    writeFileSync(join(user, "package.json"), '{ "name": "user", "main": "index.ts" }\n');
    const compilerOptions = {
      strict: true,
      module: "nodenext",
      moduleResolution: "nodenext",
      target: "es2022",
      skipLibCheck: true,
    };
    writeFileSync(join(user, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    writeFileSync(join(user, "index.ts"), stack);
    expect(await pulumi.run(user, "stack", "init", "own")).toMatchObject({ code: 0 });
    // The packs accept a registry only below a domain that the stack calls its own.
    const own = ["--stack", "own", "--path", "sovereign-uc:ownDomains[0]", "example.ch"];
    expect(await pulumi.run(user, "config", "set", ...own)).toMatchObject({ code: 0 });
    const packs = ["--policy-pack", "node_modules/sovereign-uc/policies"];
    const { code, text } = await pulumi.run(user, "preview", "--stack", "own", ...packs);
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
    expect(text).toMatch(/sovereign-uc:index:Jitsi/);
  });
});

const stack = `import { hetzner, Jitsi, planJitsi, Platform } from "sovereign-uc";

const meetings = planJitsi({ name: "talk-meet", domain: "talk.example.ch", participants: 50 });
const platform = new Platform("talk", {
  cloud: hetzner(),
  location: "nbg1",
  machineTypes: { gateway: "cpx22", controlPlane: "cpx32", application: "cpx42", media: "ccx43", data: "ccx23" },
  isolatedFrom: [],
  domain: "talk.example.ch",
  administrators: ["203.0.113.0/24"],
  labels: { owner: "tools", "data-class": "internal", service: "talk", "legal-entity": "example-ag" },
  fallback: { product: "matrix", provider: "exoscale", location: "ch-dk-2" },
  site: {
    resolvers: [
      { address: "192.0.2.53", name: "dns1.example.ch" },
      { address: "198.51.100.53", name: "dns2.example.ch" },
    ],
    timeServers: ["192.0.2.123", "198.51.100.123"],
    mirror: { registry: "registry.example.ch", packages: "https://packages.example.ch/debian", artefacts: "https://artefacts.example.ch" },
  },
  plans: [meetings],
});
export const url = new Jitsi("talk-meet", { on: platform, plan: meetings }).url;
`;
