import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { services } from "../components/services/registry";
import { serviceFacts } from "../policies/facts/containers";
import { described } from "./components/services/described";

const root = join(__dirname, "..");

const files = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !/(^|\/)(node_modules|bin|dist)\//.test(file));

const imports = (file: string): string[] =>
  [...readFileSync(join(root, file), "utf8").matchAll(/(?:from|import|import\(|require\()\s*"([^"]+)"/g)].map(
    (match) => match[1] ?? "",
  );

const resolved = (file: string, target: string): string =>
  target.startsWith(".") ? relative(root, join(root, dirname(file), target)) : target;

/** Layers from below; a file imports its own layer and lower ones. */
const layers: readonly RegExp[] = [
  /^components\/core\//,
  /^components\/recipe\//,
  /^components\/clouds\//,
  /^components\/infrastructure\//,
  /^components\/kubernetes\//,
  /^components\/(dns-names|service-(base|hosts|media)|(adopted-)?platform(-args)?)(\.ts)?$/,
  /^components\/services\//,
  /^components\/planner\//,
  /^components(\/index(\.ts)?)?$/,
  /^stacks\//,
];

/** Modules that lower layers may import although they stand higher: the shape in which services see a cluster. */
const shapes = ["components/kubernetes/target"];

const layer = (path: string): number => layers.findIndex((pattern) => pattern.test(path));

test("every source file belongs to a layer, and imports only its own and lower ones", () => {
  const sources = [...files("components"), ...files("stacks")];
  expect(sources.length).toBeGreaterThan(30);
  const upwards = sources.flatMap((file) => {
    const own = layer(file);
    return own === -1
      ? [`${file} belongs to no layer`]
      : imports(file)
          .map((target) => resolved(file, target))
          .filter((target) => target.startsWith("components") && !shapes.includes(target) && layer(target) > own)
          .map((target) => `${file} imports ${target}`);
  });
  expect(upwards).toEqual([]);
});

test("provider SDKs stand in their clouds' folders only, and Kubernetes' from the cluster upwards", () => {
  const misplaced = [...files("components"), ...files("stacks")].flatMap((file) =>
    imports(file)
      .filter(
        (target) =>
          (target.startsWith("@pulumi/hcloud") && !file.startsWith("components/clouds/hetzner/")) ||
          (target.startsWith("@pulumi/minio") && file !== "components/clouds/object-store.ts") ||
          (target.startsWith("@pulumi/kubernetes") && layer(file) < layer("components/kubernetes/cluster.ts")),
      )
      .map((target) => `${file} imports ${target}`),
  );
  expect(misplaced).toEqual([]);
});

test("policies import nothing from components or stacks", () => {
  const wrong = files("policies").flatMap((file) =>
    imports(file)
      .map((target) => resolved(file, target))
      .filter((target) => /^(components|stacks)/.test(target))
      .map((target) => `${file} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test("a service imports no other service", () => {
  const wrong = files("components/services").flatMap((file) => {
    // The list of all services, which belongs to none.
    if (file === "components/services/registry.ts") return [];
    const own = file.split("/").slice(0, 3).join("/");
    return imports(file)
      .map((target) => resolved(file, target))
      .filter((target) => target.startsWith("components/services/") && !target.startsWith(own))
      .map((target) => `${file} imports ${target}`);
  });
  expect(wrong).toEqual([]);
});

test("no rule and no reader names a service: what they know of one stands in its facts", () => {
  const tokens = (folder: string): readonly { readonly file: string; readonly token: string }[] =>
    files(folder).flatMap((file) =>
      [...readFileSync(join(root, file), "utf8").matchAll(/sovereign-uc:index:\w+/g)].map(([token]) => ({
        file,
        token,
      })),
    );
  const ofServices = new Set(tokens("components/services").map(({ token }) => token));
  expect(ofServices.size).toBeGreaterThan(0);
  const judging = [...files("policies/rules"), ...files("policies/extract")];
  expect([
    ...judging.flatMap((file) =>
      imports(file)
        .map((target) => resolved(file, target))
        .filter((target) => target.startsWith("policies/facts/containers/"))
        .map((target) => `${file} imports ${target}`),
    ),
    ...["policies/rules", "policies/extract"]
      .flatMap(tokens)
      .filter(({ token }) => ofServices.has(token))
      .map(({ file, token }) => `${file} names ${token}`),
  ]).toEqual([]);
});

/** Circles in the imports of files: each as the chain that leads back to its first file. Imports of types count too: two files that need each other are one. */
function circles(folder: string): readonly string[] {
  const all = new Set(files(folder));
  const next = new Map(
    [...all].map((file) => [
      file,
      imports(file)
        .filter((target) => target.startsWith("."))
        .map((target) => resolved(file, target))
        .flatMap((target) => [`${target}.ts`, `${target}/index.ts`, target].find((path) => all.has(path)) ?? []),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, chain: readonly string[]): void => {
    const at = chain.indexOf(file);
    if (at !== -1) found.push([...chain.slice(at), file].join(" → "));
    if (at !== -1 || done.has(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...chain, file]);
    done.add(file);
  };
  for (const file of all) visit(file, []);
  return found;
}

test.each(["components", "stacks", "policies", "test"])("no import leads in a circle in %s", (folder) => {
  expect(circles(folder)).toEqual([]);
});

/** Begins of a docstring that describe a thing in a roundabout way: "What a stack is told" for "Configuration of a stack". */
const roundabout = /^(What|How|Whether|Where|Who)\b/;

const docstrings = (file: string): readonly string[] =>
  [...readFileSync(join(root, file), "utf8").matchAll(/\/\*\*(?!\*)([^]*?)\*\//g)].map(([, text = ""]) =>
    text.replaceAll(/^\s*\* ?/gm, "").trim(),
  );

// The rest of components/ joins once it is rewritten.
test.each(["components", "stacks", "policies", "test"])("docstrings in %s begin with what the thing is", (folder) => {
  const all = files(folder);
  expect(all.flatMap(docstrings).length).toBeGreaterThan(100);
  expect(
    all.flatMap((file) =>
      docstrings(file)
        .filter((text) => roundabout.test(text))
        .map((text) => `${file}: ${text.slice(0, 60)}`),
    ),
  ).toEqual([]);
});

test("index files only re-export", () => {
  for (const line of readFileSync(join(root, "components/index.ts"), "utf8")
    .split(";\n")
    .filter((text) => text.trim() !== ""))
    expect(line).toMatch(/^export (type )?\{[^}]*\} from "\.\/[^"]+"$/);
});

test("the top level holds what the layout names, and nothing else", () => {
  const named = ["package.json", "package-lock.json", "tsconfig.json", "Pulumi.yaml", "README.md", "LICENSE"];
  const folders = ["components", "stacks", "policies", "test"];
  for (const name of [...named, ...folders]) expect(existsSync(join(root, name))).toBe(true);
  const others = readdirSync(root).filter(
    (name) => !name.startsWith(".") && ![...named, ...folders, "node_modules", "out", "dist"].includes(name),
  );
  expect(others).toEqual([]);
});

describe("every service is one folder with the same files", () => {
  // A folder without an index is a program that no component runs yet.
  const folders = readdirSync(join(root, "components/services"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(entry.parentPath, entry.name, "index.ts")))
    .map(({ name }) => name);

  test("and all folders are in the list of services", () => {
    expect(services.map(({ name }) => name).sort()).toEqual([...folders].sort());
  });

  test("and the rules have facts about each", () => {
    expect(serviceFacts.map(({ service }) => service).sort()).toEqual([...folders].sort());
  });

  test.each(folders)("%s", (name) => {
    const needed = [
      // Component, arguments, plan, images, and the upstream files that read what it writes.
      ...["index", "args", "plan", "images", "upstream"].map((file) => `components/services/${name}/${file}.ts`),
      `policies/facts/containers/${name}.ts`,
      // Description for the tests over the list, and tests of its own.
      `test/components/services/${name}/service.ts`,
      `test/components/services/${name}/${name}.test.ts`,
      `test/golden/${name}`,
    ];
    expect(needed.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  test.each(described.map(({ kind, component }) => [kind.name, component]))(
    "%s: an example in the docstring of %s makes one from a plan",
    (name, component) => {
      const text = readFileSync(join(root, "components/services", name, "index.ts"), "utf8");
      const example = /@example\n((?:\s*\*(?!\/| @).*\n)+)\s*\*\/\nexport class (\w+)/.exec(text);
      expect(example?.[2]).toBe(component);
      expect(example?.[1]).toMatch(new RegExp(`= plan${component}\\([^]*new ${component}\\(`));
    },
  );
});
