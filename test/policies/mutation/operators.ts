import ts from "typescript";
import { thinner } from "./patterns";

/** One replacement of a text by another, at a place in a file. */
export interface Change {
  /** Kind of the change, as it is printed. */
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Text that is named. @default the one that is replaced */
  readonly from?: string;
  /** Expression whose evaluation shows that a test comes by. */
  readonly site: ts.Node;
}

/** Results of a predicate's call that are replaced by a constant. */
const predicates = new Set(["some", "every", "includes", "has", "test", "startsWith", "endsWith"]);

/** Methods that have a counterpart. */
const counterparts: ReadonlyMap<string, string> = new Map([
  ["some", "every"],
  ["every", "some"],
  ["startsWith", "endsWith"],
  ["endsWith", "startsWith"],
]);

/** Methods whose result may be left as it was before. */
const dropped = new Set(["filter", "toLowerCase", "toUpperCase", "trim", "trimEnd", "trimStart", "replace"]);

/** Methods that make a list. */
const lists = new Set(["flatMap", "map", "filter"]);

const comparisons: ReadonlyMap<ts.SyntaxKind, readonly string[]> = new Map([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, ["!=="]],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, ["==="]],
  [ts.SyntaxKind.LessThanToken, ["<=", ">="]],
  [ts.SyntaxKind.LessThanEqualsToken, ["<", ">"]],
  [ts.SyntaxKind.GreaterThanToken, [">=", "<="]],
  [ts.SyntaxKind.GreaterThanEqualsToken, [">", "<"]],
]);

const sums: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.PlusToken, "-"],
  [ts.SyntaxKind.MinusToken, "+"],
  [ts.SyntaxKind.AsteriskToken, "/"],
  [ts.SyntaxKind.SlashToken, "*"],
]);

/** Properties that explain and decide nothing; tests of the tables and of a rule's shape look at them. */
const explaining = new Set(["source", "reviewed", "title", "rationale", "remediation", "specification", "version"]);

/** Changes of one node, without those of the nodes inside it. */
export function changesOf(node: ts.Node, file: ts.SourceFile): readonly Change[] {
  if (ts.isIfStatement(node) || ts.isConditionalExpression(node)) {
    const condition = ts.isIfStatement(node) ? node.expression : node.condition;
    return ["true", "false"].map((text) => instead(`condition → ${text}`, condition, text, file));
  }
  if (ts.isWhileStatement(node)) return [instead("condition → false", node.expression, "false", file)];
  if (ts.isBinaryExpression(node)) return binary(node, file);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return [instead("negation dropped", node, node.operand.getText(file), file)];
  if (ts.isArrayLiteralExpression(node)) return entries(node, file);
  if (ts.isObjectLiteralExpression(node) && isTop(node))
    return without("property dropped", node, node.properties, file).filter(
      (_, i) => !explaining.has(node.properties[i]?.name?.getText(file) ?? ""),
    );
  if (ts.isCallExpression(node)) return call(node, file);
  if (ts.isCaseClause(node)) return [instead("case skipped", node, "", file, node.expression)];
  if (ts.isExpressionStatement(node)) return [instead("statement dropped", node.expression, "void 0", file)];
  if (ts.isRegularExpressionLiteral(node))
    return thinner(node.getText(file)).map(({ kind, text }) => instead(kind, node, text, file));
  if (ts.isReturnStatement(node) && node.expression !== undefined) return verdict(node.expression, file);
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body))
    return [...verdict(node.body, file), ...constant(node.body, file)];
  return [];
}

const instead = (kind: string, node: ts.Node, text: string, file: ts.SourceFile, site: ts.Node = node): Change => ({
  kind,
  start: node.getStart(file),
  end: node.end,
  text,
  site: whole(site),
});

/** The whole chain of calls that an expression begins: what is inserted inside a chain would break `?.`. */
function whole(node: ts.Node): ts.Node {
  const { parent } = node;
  const goesOn =
    (ts.isPropertyAccessExpression(parent) ||
      ts.isElementAccessExpression(parent) ||
      ts.isCallExpression(parent) ||
      ts.isNonNullExpression(parent)) &&
    parent.expression === node;
  return goesOn ? whole(parent) : node;
}

function binary(node: ts.BinaryExpression, file: ts.SourceFile): readonly Change[] {
  const { left, right, operatorToken } = node;
  const operator = operatorToken.kind;
  const [first, second] = [left.getText(file), right.getText(file)];
  const to = (kind: string, text: string): Change => instead(kind, node, text, file);
  if (operator === ts.SyntaxKind.AmpersandAmpersandToken || operator === ts.SyntaxKind.BarBarToken) {
    // A chain is one list of operands: its left part is no operand of its own.
    const chain = ts.isBinaryExpression(left) && left.operatorToken.kind === operator;
    return [...(chain ? [] : [to("operand dropped", second)]), to("operand dropped", first)];
  }
  if (operator === ts.SyntaxKind.QuestionQuestionToken)
    return isEmpty(right) ? [] : [to("default dropped", first), to("default always", second)];
  const others = comparisons.get(operator);
  if (others !== undefined) return others.map((sign) => to("comparison", `${first} ${sign} ${second}`));
  const other = sums.get(operator);
  return other !== undefined && [left, right].some(ts.isNumericLiteral)
    ? [to("sum", `${first} ${other} ${second}`)]
    : [];
}

/** A fallback that only the compiler asks for: `?? ""`. */
const isEmpty = (node: ts.Expression): boolean =>
  (ts.isStringLiteralLike(node) && node.text === "") ||
  (ts.isArrayLiteralExpression(node) && node.elements.length === 0) ||
  (ts.isIdentifier(node) && node.text === "undefined");

/** Entries of a list. Of a row of facts only what may be missing: without its first two words, or without a source, it is no fault that anybody makes. */
function entries(node: ts.ArrayLiteralExpression, file: ts.SourceFile): readonly Change[] {
  if (!isData(node)) return [];
  const all = without("entry dropped", node, node.elements, file);
  return isFact(node, file) ? all.filter((_, i) => i > 1 && !isSource(node.elements[i])) : all;
}

/** True for a row of facts: a tuple among rows of any length, or among the arguments of a function that takes rows. */
function isFact(node: ts.ArrayLiteralExpression, file: ts.SourceFile): boolean {
  const { parent } = node;
  if (!isTable(file) || node.elements.length < 2) return false;
  if (ts.isArrayLiteralExpression(parent))
    return parent.elements.every((row) => ts.isArrayLiteralExpression(row) && row.elements.length > 1);
  return ts.isCallExpression(parent) && rowsIn(parent, file).includes(node);
}

const isTable = ({ fileName }: ts.SourceFile): boolean => fileName.includes("/facts/");

const isSource = (node: ts.Node | undefined): boolean =>
  node !== undefined && ts.isStringLiteralLike(node) && /[\s/]/.test(node.text);

/** A list, as against a tuple: a row of a list of rows, or the right side of `const [a, b] = [c, d]`. */
function isData(node: ts.ArrayLiteralExpression): boolean {
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) && ts.isArrayBindingPattern(parent.name)) return false;
  if (ts.isBinaryExpression(parent)) return false;
  if (!ts.isArrayLiteralExpression(parent)) return true;
  return !parent.elements.every(
    (item) => ts.isArrayLiteralExpression(item) && item.elements.length === node.elements.length,
  );
}

/** True for an object that is data: no function stands around it. */
function isTop(node: ts.Node): boolean {
  for (let above = node.parent; !ts.isSourceFile(above); above = above.parent)
    if (ts.isFunctionLike(above)) return false;
  return true;
}

/** The same list once for each of its parts, without it. */
function without(kind: string, node: ts.Node, parts: ts.NodeArray<ts.Node>, file: ts.SourceFile): readonly Change[] {
  return parts.map((part, i) => {
    const next = parts[i + 1];
    const before = parts[i - 1];
    // The last part takes the comma before it along; a single one the comma after it.
    const start = next === undefined && before !== undefined ? before.end : part.getStart(file);
    const end = next?.getStart(file) ?? (before === undefined ? node.end - 1 : part.end);
    return {
      kind,
      start,
      end,
      text: "",
      from: part.getText(file),
      site: whole(node),
    };
  });
}

function call(node: ts.CallExpression, file: ts.SourceFile): readonly Change[] {
  if (ts.isIdentifier(node.expression)) {
    const rows = rowsIn(node, file).length;
    return rows === 0 ? [] : without("row dropped", node, node.arguments, file).slice(-rows);
  }
  if (!ts.isPropertyAccessExpression(node.expression)) return [];
  const { expression: target, name } = node.expression;
  const counterpart = counterparts.get(name.text);
  return [
    ...(counterpart === undefined ? [] : [{ ...instead("method", name, counterpart, file), site: whole(node) }]),
    ...(dropped.has(name.text) ? [instead(`${name.text} dropped`, node, target.getText(file), file)] : []),
  ];
}

/** Arguments that a function takes as a list, `(source, ...rows)`: each is a row. Of a function from elsewhere, in a table of facts, the lists at the end. */
function rowsIn(node: ts.CallExpression, file: ts.SourceFile): readonly ts.Node[] {
  const name = node.expression.getText(file);
  const made = file.statements
    .flatMap((statement) => (ts.isVariableStatement(statement) ? statement.declarationList.declarations : []))
    .find((declaration) => ts.isIdentifier(declaration.name) && declaration.name.text === name)?.initializer;
  if (made === undefined) {
    const first = node.arguments.findIndex(ts.isArrayLiteralExpression);
    const rows = node.arguments.slice(first);
    return isTable(file) && first > 0 && rows.every(ts.isArrayLiteralExpression) ? rows : [];
  }
  if (!ts.isArrowFunction(made)) return [];
  const rest = made.parameters.findIndex(({ dotDotDotToken }) => dotDotDotToken !== undefined);
  return rest < 0 ? [] : node.arguments.slice(rest);
}

/** Other answers than the one that is returned. */
function verdict(node: ts.Expression, file: ts.SourceFile): readonly Change[] {
  const text = node.getText(file);
  const isRule = /\/rules\//.test(file.fileName);
  if (isRule && text === "[]") return [instead("passed → nothing said", node, "undefined", file)];
  if (isRule && text === "undefined") return [instead("nothing said → passed", node, "[]", file)];
  return ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    lists.has(node.expression.name.text)
    ? [instead("list emptied", node, "[]", file)]
    : [];
}

/** A predicate that is always true, and one that never is. */
const constant = (node: ts.Expression, file: ts.SourceFile): readonly Change[] =>
  ts.isCallExpression(node) &&
  ts.isPropertyAccessExpression(node.expression) &&
  predicates.has(node.expression.name.text)
    ? ["true", "false"].map((text) => instead(`predicate → ${text}`, node, text, file))
    : [];
