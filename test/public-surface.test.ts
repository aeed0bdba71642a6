/** Exports of the library's index. */
import { join, relative } from "node:path";
import ts from "typescript";
import * as library from "../components";

const root = join(__dirname, "..");

/** Types that stand in arguments and are no importer's to write, with the reason. */
const internal: Readonly<Record<string, string>> = {
  Cidr: "a range that the library has read; arguments take its text",
  Interfaces: "only the cluster says by which interfaces its hosts forward pods' packets",
  Joining: "only the cluster has hosts that join it",
  MakingStore: "part of a cloud, which importers take as it is",
  OpenViduSizes: "figures of a plan, which planOpenVidu reckons",
  Path: "taken from a gateway as it is: gateway.paths",
  PlainStore: "part of a cloud, which importers take as it is",
  PlannedRecorders: "figures of a plan, which planOpenVidu reckons",
  SecretInput: "only gateways and clusters give hosts secrets of the library's own",
  Serving: "only services of the library have hosts that take part in them outside a cluster",
  Sizes: "figures of a plan, which planJitsi reckons",
  Tunnel: "taken from a site link as it is: link.of(site)",
};

/** Types declared in `components/` that exported arguments name, with who names them; through exported types as well, but not into a cloud: importers take one, they write none. */
function namedByArguments(): { readonly all: ReadonlySet<string>; readonly unexported: readonly string[] } {
  const index = join(root, "components", "index.ts");
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    root,
  );
  const program = ts.createProgram([index], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(index);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`expected a module at ${index}`);
  const declared = (symbol: ts.Symbol): ts.Symbol =>
    (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
  const exported = new Set(checker.getExportsOfModule(module).map(declared));
  const all = new Set<string>();
  const unexported = new Set<string>();
  const visit = (owner: string, node: ts.Node): void => {
    const named = ts.isTypeReferenceNode(node) ? checker.getSymbolAtLocation(node.typeName) : undefined;
    const symbol = named === undefined ? undefined : declared(named);
    const file = symbol?.declarations?.[0]?.getSourceFile().fileName;
    if (
      symbol !== undefined &&
      file?.startsWith(join(root, "components")) === true &&
      (symbol.flags & ts.SymbolFlags.TypeParameter) === 0
    ) {
      all.add(symbol.name);
      if (!exported.has(symbol)) unexported.add(`${symbol.name} of ${relative(root, file)}, in ${owner}`);
    }
    // What an interface extends belongs to it, and needs no name of its own.
    const base = ts.isExpressionWithTypeArguments(node) ? checker.getSymbolAtLocation(node.expression) : undefined;
    for (const inherited of base === undefined ? [] : (declared(base).declarations ?? []))
      if (ts.isInterfaceDeclaration(inherited)) visit(owner, inherited);
    ts.forEachChild(node, (child) => visit(owner, child));
  };
  for (const symbol of exported)
    if (symbol.name !== "Cloud")
      for (const node of symbol.declarations ?? [])
        if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) visit(symbol.name, node);
  return { all, unexported: [...unexported] };
}

test("every type that arguments name can be imported, but for those that are no importer's to write", () => {
  const { all, unexported } = namedByArguments();
  for (const name of ["Mount", "Allowed", "KubernetesTarget", "Cloud"]) expect(all).toContain(name);
  expect(unexported.filter((line) => !Object.keys(internal).some((name) => line.startsWith(`${name} of `)))).toEqual(
    [],
  );
  expect(Object.keys(internal).filter((name) => !all.has(name))).toEqual([]);
});

test("what checks arguments is the library's own business", () => {
  expect(Object.keys(library)).toEqual(expect.arrayContaining(["Network", "Jitsi", "hetzner"]));
  for (const name of ["validate", "validateArgs", "invalid", "tryParse"]) expect(library).not.toHaveProperty(name);
});
