/** The hand-typed Exoscale classes have the same properties as the published Python package of the plugin. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { argumentsOf, exoscalePackage } from "../../support/programs/exoscale-package";

const statements = ["resources", "reach", "sks", "database-resources", "iam"].flatMap((file) => [
  ...ts.createSourceFile(
    `${file}.ts`,
    readFileSync(join(__dirname, `../../../components/clouds/exoscale/${file}.ts`), "utf8"),
    ts.ScriptTarget.ES2022,
  ).statements,
]);

/** Arguments of every class, with whether each is required. */
const typed = Object.fromEntries(
  statements
    .filter(ts.isInterfaceDeclaration)
    .map((one) => [
      one.name.text.replace(/Args$/, ""),
      Object.fromEntries(
        one.members
          .filter(ts.isPropertySignature)
          .map((member) => [(member.name as ts.Identifier).text, member.questionToken === undefined]),
      ),
    ]),
);

/** Classes with the type token that each registers. */
const classes = statements.filter(ts.isClassDeclaration).map((one) => ({
  name: one.name?.text ?? "",
  token:
    one.members
      .filter(ts.isPropertyDeclaration)
      .flatMap((member) =>
        member.initializer && ts.isStringLiteral(member.initializer) ? [member.initializer.text] : [],
      )[0] ?? "",
}));

const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter, at: number) => `${at > 0 ? "_" : ""}${letter.toLowerCase()}`);
const folder = exoscalePackage();

if (folder === undefined)
  (process.env["CI"] === "true" ? test : test.skip)(
    "the published package is at hand (skipped: pip could not fetch pulumiverse-exoscale)",
    () => {
      expect(exoscalePackage()).toBeDefined();
    },
  );
else {
  test.each(classes)("$name has the published arguments, and the published token", ({ name, token }) => {
    const published = argumentsOf(folder, snake(name), name);
    expect(published).not.toEqual({});
    expect(typed[name]).toEqual(published);
    expect(readFileSync(join(folder, `${snake(name)}.py`), "utf8")).toContain(`'${token}'`);
  });

  test("nested arguments are the published ones", () => {
    const nested = Object.keys(typed).filter((name) => !classes.some((one) => one.name === name));
    expect(nested.length).toBeGreaterThan(2);
    const inputs = readFileSync(join(folder, "_inputs.py"), "utf8");
    for (const name of nested) expect({ [name]: typed[name] }).toEqual({ [name]: argumentsOfNested(inputs, name) });
  });
}

function argumentsOfNested(inputs: string, name: string): Readonly<Record<string, boolean>> {
  const begun = inputs.indexOf(`class ${name}Args:`);
  const constructor = inputs.slice(begun, inputs.indexOf('"""', inputs.indexOf("def __init__", begun)));
  return Object.fromEntries(
    [...constructor.matchAll(/^\s{17}(\w+): (Optional\[|pulumi\.Input\[(?!.*= None))/gm)].map(([, key = "", kind]) => [
      key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      kind !== "Optional[",
    ]),
  );
}
