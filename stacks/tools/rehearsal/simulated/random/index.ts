import { randomBytes, randomInt, randomUUID } from "node:crypto";
import type { Check } from "../property-checks";
import { all, between } from "../property-checks";
import { Kind, ProviderError, SimulatedPackage } from "../kind";
import { sdkDeclarations } from "../tables";
import { flag, list, number, own, Properties, text } from "../values";
import { randomText } from "./text";

/**
 * Values are really random, with the real provider's algorithm.
 *
 * | facts | source |
 * |---|---|
 * | defaults, least lengths, everything replaces, alphabets | hashicorp/terraform-provider-random ad788e23, `internal/provider/resource_*.go`, `internal/random/string.go` |
 * | secret outputs | schema of pulumi-random 4.21.1 |
 * | `bcryptHash` | has the form of a bcrypt hash, but is the hash of nothing: no bcrypt is at hand, and nothing here reads it |
 * | ids | those of bytes are their value, in clear, as in `provider/resources.go` of pulumi-random 07bdbf2a (`computeRandomBytesID`); those of passwords are really "none", those of numbers and lists not unique: here every object is found by its id, so they are |
 */
const textDefaults = {
  lower: true,
  minLower: 0,
  minNumeric: 0,
  minSpecial: 0,
  minUpper: 0,
  special: true,
  upper: true,
};

/** `number` is the old name of `numeric`; whichever the program states, both come back. */
const numeric = (inputs: Properties): boolean => own(inputs, "numeric") !== false && own(inputs, "number") !== false;

const textCheck: Check = all(between("length", 1), (inputs) => {
  const least = ["minLower", "minUpper", "minNumeric", "minSpecial"].reduce(
    (sum, name) => sum + (number(inputs, name) ?? 0),
    0,
  );
  const length = number(inputs, "length");
  if (length !== undefined && length < least)
    return [
      { property: "length", reason: `expected at least the sum of the minima (${least}), got ${length}; raise it` },
    ];
  const some = flag(inputs, "upper") || flag(inputs, "lower") || flag(inputs, "special") || numeric(inputs);
  return some ? [] : [{ property: "special", reason: "expected at least one kind of characters, got none; allow one" }];
});

/** Source: terraform-provider-random f8d869dc98d9, `internal/planmodifiers/bool/boolplanmodifiers.go`; seen at pulumi-random f64d8726. */
const oneNumeric: Check = (inputs) => {
  const [number, numeric] = [own(inputs, "number"), own(inputs, "numeric")];
  return number === undefined || numeric === undefined || number === numeric
    ? []
    : [{ property: "number", reason: 'expected the same as "numeric", got another; remove "number"' }];
};

const textReplaces = [
  "length",
  "lower",
  "minLower",
  "minNumeric",
  "minSpecial",
  "minUpper",
  "number",
  "numeric",
  "overrideSpecial",
  "special",
  "upper",
];

const made = (inputs: Properties): Properties => ({
  number: numeric(inputs),
  numeric: numeric(inputs),
  result: randomText(inputs, numeric(inputs)),
});

const unique = (): string => randomBytes(8).toString("hex");

const string: Kind = {
  replaces: ["keepers", ...textReplaces],
  defaults: textDefaults,
  plans: { number: true, numeric: true },
  check: all(textCheck, oneNumeric),
  create: ({ inputs }) => {
    const outputs = made(inputs);
    return { id: text(outputs, "result") ?? "", outputs };
  },
};

const password: Kind = {
  ...string,
  secretOutputs: ["result", "bcryptHash"],
  create: ({ inputs }) => {
    const hash = randomBytes(40).toString("base64").replace(/[+=]/g, ".").slice(0, 53);
    return { id: unique(), outputs: { ...made(inputs), bcryptHash: `$2a$10$${hash}` } };
  },
};

const id: Kind = {
  replaces: ["byteLength", "keepers", "prefix"],
  check: between("byteLength", 1),
  create: ({ inputs }) => {
    const bytes = randomBytes(number(inputs, "byteLength") ?? 1);
    const prefix = text(inputs, "prefix") ?? "";
    const hex = bytes.toString("hex");
    return {
      id: bytes.toString("base64url"),
      outputs: {
        b64Std: prefix + bytes.toString("base64"),
        b64Url: prefix + bytes.toString("base64url"),
        dec: prefix + BigInt(`0x${hex}`).toString(),
        hex: prefix + hex,
      },
    };
  },
};

const bytes: Kind = {
  replaces: ["keepers", "length"],
  // Only here does every change of `keepers` replace the resource. Source: the same, `internal/provider/resource_bytes.go`.
  inPlace: [],
  secretOutputs: ["base64", "hex"],
  check: between("length", 1),
  create: ({ inputs }) => {
    const value = randomBytes(number(inputs, "length") ?? 1);
    const base64 = value.toString("base64");
    return { id: base64, outputs: { base64, hex: value.toString("hex") } };
  },
};

const integer: Kind = {
  replaces: ["keepers", "max", "min", "seed"],
  check: (inputs) => {
    const [min, max] = [number(inputs, "min"), number(inputs, "max")];
    return min === undefined || max === undefined || min <= max
      ? []
      : [{ property: "max", reason: `expected at least ${min}, got ${max}; raise it` }];
  },
  create: ({ inputs }) => {
    const result = randomInt(number(inputs, "min") ?? 0, (number(inputs, "max") ?? 0) + 1);
    return { id: unique(), outputs: { result } };
  },
};

const uuid: Kind = {
  replaces: ["keepers"],
  create: () => {
    const result = randomUUID();
    return { id: result, outputs: { result } };
  },
};

const shuffle: Kind = {
  replaces: ["inputs", "keepers", "resultCount", "seed"],
  create: ({ inputs }) => {
    const items = [...list(inputs, "inputs")];
    for (let i = items.length - 1; i > 0; i--) {
      const j = randomInt(i + 1);
      [items[i], items[j]] = [items[j] ?? null, items[i] ?? null];
    }
    const count = number(inputs, "resultCount") ?? items.length;
    if (items.length === 0 && count > 0) throw new ProviderError("cannot take results from an empty list");
    return {
      id: unique(),
      outputs: { results: Array.from({ length: count }, (_, i) => items[i % items.length] ?? null) },
    };
  },
};

/** Source: terraform-provider-random f8d869dc98d9, `internal/planmodifiers/map/mapplanmodifiers.go` (RequiresReplaceIfValuesNotNull). */
const emptied: Pick<Kind, "inPlace"> = { inPlace: ["keepers"] };

const kinds: Readonly<Record<string, Kind>> = {
  "random:index/randomBytes:RandomBytes": bytes,
  "random:index/randomId:RandomId": id,
  "random:index/randomInteger:RandomInteger": integer,
  "random:index/randomPassword:RandomPassword": password,
  "random:index/randomShuffle:RandomShuffle": shuffle,
  "random:index/randomString:RandomString": string,
  "random:index/randomUuid:RandomUuid": uuid,
  "random:index/randomUuid4:RandomUuid4": uuid,
};

/** Random values as plugin `random` 4 makes them. */
export function random(): SimulatedPackage {
  const declarations = sdkDeclarations("@pulumi/random");
  return {
    name: "random",
    version: declarations.version,
    declarations,
    bridged: true,
    framework: Object.keys(kinds),
    kind: (token) => (kinds[token] === undefined ? undefined : { ...emptied, ...kinds[token] }),
    faultText: (fault, type, name) => `${type} "${name}": the simulated provider was told to fail (${fault})`,
  };
}
