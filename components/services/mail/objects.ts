/**
 * Settings as Stalwart keeps them since 0.16: objects in its database, told through JMAP. Everything here is plain data; secrets are read from files by the servers, and the
 * few that are not have a mark in their place.
 */

/** A property's value, as JSON has it. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

export type Properties = Readonly<Record<string, Value>>;

/** A step of the task that tells the settings. */
export type Step =
  /** Done each time. */
  | { readonly step: "do"; readonly request: Request }
  /** Remembers the first thing that is found under a name. */
  | { readonly step: "find"; readonly as: string; readonly request: Request }
  /** Done where nothing was found under a name, or where something was. */
  | { readonly step: "new" | "old"; readonly of: string; readonly request: Request }
  /** Starts a server as it will be, alone, where nothing was found under a name. The last step; it asks for nothing. */
  | { readonly step: "start"; readonly of: string; readonly request: Request };

type Call = readonly [method: string, args: Properties, id: string];

/** A request of JMAP (RFC 8620, 3.3). */
export interface Request {
  readonly using: readonly string[];
  readonly methodCalls: readonly Call[];
}

/** crates/jmap-proto/src/request/capability.rs */
const using = ["urn:ietf:params:jmap:core", "urn:stalwart:jmap"];

const request = (...methodCalls: readonly Call[]): Request => ({ using, methodCalls });

/** Id of what was found under a name. */
export const idOf = (name: string): string => `@id:${name}@`;

/** Content of a secret file, for the properties that upstream reads from no file. */
export const contentOf = (file: string): string => `@secret:${file}@`;

/** A secret in a file of the servers' own (`SecretKey`, `SecretText`, `PublicText`). */
export const inFile = (path: string): Properties => ({ "@type": "File", filePath: path });

/** A set, as upstream writes one. */
export const setOf = (values: readonly string[]): Properties =>
  Object.fromEntries(values.map((value) => [value, true]));

/** A list, as upstream writes one. */
export const listOf = (values: readonly Value[]): Properties =>
  Object.fromEntries(values.map((value, i) => [String(i), value]));

/** An expression: the first condition that holds decides, otherwise the last word. */
export const expression = (
  otherwise: string,
  ...cases: readonly (readonly [when: string, then: string])[]
): Properties => ({
  else: otherwise,
  match: listOf(cases.map(([when, then]) => ({ if: when, then }))),
});

/** Settings of which there is one of a kind. */
export const single = (object: string, properties: Properties): Step => ({
  step: "do",
  request: request([`x:${object}/set`, { update: { singleton: properties } }, "0"]),
});

/** All things of one kind: whatever else there was goes. */
export const all = (object: string, things: readonly Properties[]): Step => ({
  step: "do",
  request: request(
    [`x:${object}/query`, {}, "0"],
    [`x:${object}/set`, { "#destroy": { resultOf: "0", name: `x:${object}/query`, path: "/ids" } }, "1"],
    ...(things.length === 0
      ? []
      : ([
          [`x:${object}/set`, { create: Object.fromEntries(things.map((thing, i) => [`n${i}`, thing])) }, "2"],
        ] as const)),
  ),
});

/** One thing of a kind, which others refer to: made where it is not there, brought in line where it is. */
export const kept = (object: string, as: string, filter: Properties, properties: Properties): readonly Step[] => {
  const find: Step = { step: "find", as, request: request([`x:${object}/query`, { filter }, "0"]) };
  return [
    find,
    { step: "new", of: as, request: request([`x:${object}/set`, { create: { n0: properties } }, "0"]) },
    { step: "old", of: as, request: request([`x:${object}/set`, { update: { [idOf(as)]: properties } }, "0"]) },
    find,
  ];
};

/** A server's first start is its own: what it makes then, two at once would make twice, or one of them not see. `object` is among what it makes. */
export const firstAlone = (object: string): { readonly find: Step; readonly start: Step } => ({
  find: { step: "find", as: "first", request: request([`x:${object}/query`, {}, "0"]) },
  start: { step: "start", of: "first", request: request() },
});

/** Steps as the task reads them: the step, the name that it is about or a hyphen, and the request, one a line. */
export const stepsText = (steps: readonly Step[]): string =>
  steps
    .map((one) => {
      const about = one.step === "do" ? "-" : one.step === "find" ? one.as : one.of;
      return `${one.step} ${about} ${JSON.stringify(one.request)}\n`;
    })
    .join("");
