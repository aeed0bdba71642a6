import { join } from "node:path";
import ts from "typescript";

const root = join(__dirname, "..", "..");

/** TypeScript's errors in sources that are not on the disk, by file name, each with the line that it begins on. Names are paths below the repository's root. */
export function compileErrors(
  sources: Readonly<Record<string, string>>,
  change: ts.CompilerOptions = {},
): Readonly<Record<string, readonly string[]>> {
  const files = new Map(Object.entries(sources).map(([name, text]) => [join(root, name), text]));
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)).config,
    ts.sys,
    root,
  );
  const compilerOptions = { ...options, noUnusedLocals: false, noUnusedParameters: false, ...change };
  const host = ts.createCompilerHost(compilerOptions);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.getSourceFile = (path, ...rest) => {
    const text = files.get(path);
    return text === undefined ? getSourceFile(path, ...rest) : ts.createSourceFile(path, text, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...files.keys()], compilerOptions, host);
  return Object.fromEntries(
    Object.keys(sources).map((name) => {
      const source = program.getSourceFile(join(root, name));
      const text = sources[name] ?? "";
      return [
        name,
        [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
          ({ messageText, start = 0 }) =>
            `${text.slice(start, start + 60).split("\n")[0]}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
        ),
      ];
    }),
  );
}
