import { Struct, Value as WireValue } from "google-protobuf/google/protobuf/struct_pb";
import { isList, isProperties, Opaque, Properties, Secret, Unknown, Value } from "./values";

/**
 * Marks of Pulumi's wire format for values that JSON does not have.
 * Source: pulumi/pulumi v3.256.0, `sdk/go/common/resource/sig/sig.go` and `sdk/go/common/resource/plugin/rpc.go`.
 */
const mark = "4dabf18193072939515e22adb298388d";
const kinds = { secret: "1b47061264138c4ac30d75fd1eb44270", output: "d0e6a833031e9bbcd3f4e8bde6ca49a4" } as const;

const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One sentinel for each type of value; all mean the same here. */
const unknowns: ReadonlySet<unknown> = new Set([
  unknownText,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** The properties in a message of the engine; absent properties and nulls are left out. */
export function fromStruct(struct: Struct | undefined): Properties {
  const value = struct === undefined ? {} : fromWire(struct.toJavaScript());
  return isProperties(value) ? value : {};
}

/** Names of the properties that the program sets to null. */
export const nullsOf = (struct: Struct | undefined): readonly string[] =>
  Object.entries(struct?.toJavaScript() ?? {}).flatMap(([name, value]) => (value === null ? [name] : []));

export function toStruct(properties: Properties): Struct {
  const struct = new Struct();
  for (const [name, value] of Object.entries(properties))
    struct.getFieldsMap().set(name, WireValue.fromJavaScript(toWire(value) as never));
  return struct;
}

function fromWire(wire: unknown): Value {
  if (wire === null || wire === undefined) return null;
  if (unknowns.has(wire)) return Unknown.value;
  if (typeof wire === "boolean" || typeof wire === "number" || typeof wire === "string") return wire;
  if (Array.isArray(wire)) return wire.map(fromWire);
  if (typeof wire !== "object") return new Opaque(wire);
  const fields = wire as Readonly<Record<string, unknown>>;
  switch (fields[mark]) {
    case undefined:
      return Object.fromEntries(
        Object.entries(fields).flatMap(([name, item]) => (item === null ? [] : [[name, fromWire(item)]])),
      );
    case kinds.secret:
      return new Secret(fromWire(fields["value"]));
    case kinds.output: {
      const value = "value" in fields ? fromWire(fields["value"]) : Unknown.value;
      return fields["secret"] === true ? new Secret(value) : value;
    }
    default:
      return new Opaque(wire);
  }
}

function toWire(value: Value): unknown {
  if (value instanceof Unknown) return unknownText;
  if (value instanceof Secret) return { [mark]: kinds.secret, value: toWire(value.value) };
  if (value instanceof Opaque) return value.wire;
  if (isList(value)) return value.map(toWire);
  return isProperties(value)
    ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toWire(item)]))
    : value;
}
