import type * as typescript from "typescript";

/** Type of a property. Kept as JSON in a cache, so it is plain data. */
export type Shape =
  | "any"
  | "text"
  | "number"
  | "flag"
  | { readonly value: string | number | boolean }
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly object: string }
  | { readonly oneOf: readonly Shape[] };

export interface Property {
  readonly shape: Shape;
  readonly optional: boolean;
}

export type ObjectShape = Readonly<Record<string, Property>>;

/** Declarations of one resource type in a package. */
export interface Declared {
  readonly inputs: ObjectShape;
  /** Output properties; `true` where the provider always fills them. */
  readonly outputs: Readonly<Record<string, boolean>>;
  /** Shapes that the inputs refer to by name, with all that they refer to. */
  readonly objects: Readonly<Record<string, ObjectShape>>;
}

/** Names of the properties, at any depth, that hold a map. */
export const mapsOf = ({ inputs, objects }: Declared): readonly string[] =>
  [inputs, ...Object.values(objects)].flatMap((shape) =>
    Object.entries(shape).flatMap(([name, { shape: of }]) => (typeof of === "object" && "map" in of ? [name] : [])),
  );

/** One file of declarations, parsed. */
export class Declarations {
  private readonly nodes = new Map<string, typescript.Node>();

  constructor(
    private readonly ts: typeof typescript,
    readonly name: string,
    content: string,
  ) {
    const file = ts.createSourceFile(name, content, ts.ScriptTarget.Latest, false);
    file.statements.forEach((statement) => this.index(statement, ""));
  }

  /** The interface, class, alias or constant of that (dotted) name. */
  get(name: string): typescript.Node | undefined {
    return this.nodes.get(name);
  }

  get classes(): readonly typescript.ClassDeclaration[] {
    return [...this.nodes.values()].filter(this.ts.isClassDeclaration);
  }

  private index(node: typescript.Node, path: string): void {
    const { ts } = this;
    if (ts.isModuleDeclaration(node) && node.body !== undefined) {
      const inner = `${path}${node.name.text}.`;
      if (ts.isModuleBlock(node.body)) node.body.statements.forEach((statement) => this.index(statement, inner));
      else this.index(node.body, inner);
    } else if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) {
      // An enumeration is a constant and an alias of one name; the constant has the values.
      if (!this.nodes.has(path + node.name.text)) this.nodes.set(path + node.name.text, node);
    } else if (ts.isClassDeclaration(node) && node.name !== undefined) {
      this.nodes.set(path + node.name.text, node);
    } else if (ts.isVariableStatement(node)) {
      for (const declaration of node.declarationList.declarations)
        if (ts.isIdentifier(declaration.name)) this.nodes.set(path + declaration.name.text, declaration);
    }
  }
}

/** Declarations for names that begin with `inputs.` and `enums.`. */
export interface Sources {
  readonly inputs?: () => Declarations;
  readonly enums?: (namespace: string) => Declarations | undefined;
}

/** Reads one resource type out of a file of declarations: class `name` and interface `<name>Args`. */
export class Reader {
  private readonly objects: Record<string, ObjectShape> = {};

  constructor(
    private readonly ts: typeof typescript,
    private readonly file: Declarations,
    private readonly sources: Sources,
  ) {}

  /** Undefined if the file has no such class. */
  resource(name: string): Declared | undefined {
    const { ts } = this;
    const declared = this.file.get(name);
    if (declared === undefined || !ts.isClassDeclaration(declared)) return undefined;
    const args = this.file.get(`${name}Args`);
    const inputs =
      args !== undefined && ts.isInterfaceDeclaration(args) ? this.members(args.members, this.file, "") : {};
    return { inputs, outputs: this.outputs(declared), objects: this.objects };
  }

  private outputs(declared: typescript.ClassDeclaration): Readonly<Record<string, boolean>> {
    const { ts } = this;
    const outputs: Record<string, boolean> = {};
    for (const member of declared.members) {
      if (!ts.isPropertyDeclaration(member) || !ts.isIdentifier(member.name) || member.type === undefined) continue;
      if (member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) === true) continue;
      outputs[member.name.text] = !this.admitsNothing(this.unwrapped(member.type));
    }
    return outputs;
  }

  private members(members: Iterable<typescript.TypeElement>, file: Declarations, namespace: string): ObjectShape {
    const { ts } = this;
    const shape: Record<string, Property> = {};
    for (const member of members)
      if (
        ts.isPropertySignature(member) &&
        member.type !== undefined &&
        (ts.isIdentifier(member.name) || ts.isStringLiteral(member.name))
      )
        shape[member.name.text] = {
          shape: this.shape(member.type, file, namespace),
          optional: member.questionToken !== undefined || this.admitsNothing(this.unwrapped(member.type)),
        };
    return shape;
  }

  /** The type inside `pulumi.Input<…>` and `pulumi.Output<…>`. */
  private unwrapped(type: typescript.TypeNode): typescript.TypeNode {
    const { ts } = this;
    if (
      ts.isTypeReferenceNode(type) &&
      /(^|\.)(Input|Output)$/.test(this.nameOf(type.typeName)) &&
      type.typeArguments?.[0] !== undefined
    )
      return this.unwrapped(type.typeArguments[0]);
    return ts.isParenthesizedTypeNode(type) ? this.unwrapped(type.type) : type;
  }

  private admitsNothing(type: typescript.TypeNode): boolean {
    const { ts } = this;
    if (ts.isUnionTypeNode(type)) return type.types.some((part) => this.admitsNothing(this.unwrapped(part)));
    return type.kind === ts.SyntaxKind.UndefinedKeyword;
  }

  private shape(wrapped: typescript.TypeNode, file: Declarations, namespace: string): Shape {
    const { ts } = this;
    const type = this.unwrapped(wrapped);
    if (type.kind === ts.SyntaxKind.StringKeyword) return "text";
    if (type.kind === ts.SyntaxKind.NumberKeyword) return "number";
    if (type.kind === ts.SyntaxKind.BooleanKeyword) return "flag";
    if (ts.isUnionTypeNode(type)) {
      const parts = type.types
        .filter((part) => !this.admitsNothing(this.unwrapped(part)))
        .map((part) => this.shape(part, file, namespace));
      return oneOf(parts);
    }
    if (ts.isArrayTypeNode(type)) return { list: this.shape(type.elementType, file, namespace) };
    if (ts.isTypeOperatorNode(type)) return this.shape(type.type, file, namespace);
    if (ts.isLiteralTypeNode(type)) return this.literal(type.literal);
    if (ts.isTypeLiteralNode(type)) {
      const index = type.members.find(ts.isIndexSignatureDeclaration);
      return index === undefined ? "any" : { map: this.shape(index.type, file, namespace) };
    }
    return ts.isTypeReferenceNode(type) ? this.reference(type, file, namespace) : "any";
  }

  private reference(type: typescript.TypeReferenceNode, file: Declarations, namespace: string): Shape {
    const { ts } = this;
    const name = this.nameOf(type.typeName);
    const [first, second] = type.typeArguments ?? [];
    if (name === "Record" && second !== undefined) return { map: this.shape(second, file, namespace) };
    if (/^(Array|ReadonlyArray)$/.test(name) && first !== undefined)
      return { list: this.shape(first, file, namespace) };
    if (name.startsWith("enums.")) return this.enumeration(name.slice("enums.".length));
    const isInput = name.startsWith("inputs.");
    const target = isInput ? this.sources.inputs?.() : file;
    const local = isInput ? name.slice("inputs.".length) : name;
    const node = target?.get(local) ?? target?.get(namespace + local);
    if (target === undefined || node === undefined) return "any";
    if (ts.isTypeAliasDeclaration(node)) return this.shape(node.type, target, namespace);
    if (!ts.isInterfaceDeclaration(node)) return "any";
    const key = isInput ? local : `${namespace}${local}`;
    if (this.objects[key] === undefined) {
      // Registered before it is filled: some shapes contain themselves.
      this.objects[key] = {};
      this.objects[key] = this.members(node.members, target, key.slice(0, key.lastIndexOf(".") + 1));
    }
    return { object: key };
  }

  private enumeration(name: string): Shape {
    const { ts } = this;
    const dot = name.lastIndexOf(".");
    const node = this.sources.enums?.(name.slice(0, Math.max(dot, 0)))?.get(name.slice(dot + 1));
    if (
      node === undefined ||
      !ts.isVariableDeclaration(node) ||
      node.type === undefined ||
      !ts.isTypeLiteralNode(node.type)
    )
      return "any";
    return oneOf(
      node.type.members.flatMap((member) =>
        ts.isPropertySignature(member) && member.type !== undefined && ts.isLiteralTypeNode(member.type)
          ? [this.literal(member.type.literal)]
          : [],
      ),
    );
  }

  private literal(literal: typescript.LiteralTypeNode["literal"]): Shape {
    const { ts } = this;
    if (ts.isStringLiteral(literal)) return { value: literal.text };
    if (ts.isNumericLiteral(literal)) return { value: Number(literal.text) };
    if (literal.kind === ts.SyntaxKind.TrueKeyword || literal.kind === ts.SyntaxKind.FalseKeyword)
      return { value: literal.kind === ts.SyntaxKind.TrueKeyword };
    return "any";
  }

  private nameOf(name: typescript.EntityName): string {
    return this.ts.isIdentifier(name) ? name.text : `${this.nameOf(name.left)}.${name.right.text}`;
  }
}

function oneOf(parts: readonly Shape[]): Shape {
  const [first] = parts;
  if (first === undefined || parts.includes("any")) return "any";
  return parts.length === 1 ? first : { oneOf: parts };
}
