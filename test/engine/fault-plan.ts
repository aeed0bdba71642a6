/** Makes operations of the simulated clouds fail, each once, runs the engine again, and compares the result with an undisturbed run. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault, FaultKind } from "../../stacks/tools/rehearsal/simulated";
import { PlainEngine, type Run, type Step } from "./plain-engine";

/** One operation of a stack's life cycle that can fail. */
export interface Position {
  readonly phase: string;
  readonly type: string;
  readonly operation: "create" | "update" | "delete";
  /** Name of the resource in the program. */
  readonly name: string;
}

export interface Proof {
  /** All positions. */
  readonly positions: readonly Position[];
  /** Those that were seen to fail. */
  readonly tried: readonly Position[];
  /** Those of `tried` after which the state equalled the undisturbed one. Where it did not, none of a phase counts: its positions shared runs. */
  readonly held: readonly Position[];
  /** Differences and failed retries, as lines. */
  readonly problems: readonly string[];
  /** Number of engine runs. */
  readonly runs: number;
}

/** The life cycle of a stack: each phase begins where the one before ended. */
const phases = {
  deploy: { goOn: true },
  "change what converges": {
    goOn: true,
    set: { "sovereign-uc:administrators": ["198.51.100.0/24"], "sovereign-uc:keepData": "false" },
  },
  "change what is frozen": {
    set: {
      "sovereign-uc:administrators": ["198.51.100.0/24"],
      "sovereign-uc:keepData": "false",
      "sovereign-uc:administratorKeys": ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKR6Zr1mQ duty-officer"],
    },
  },
  destroy: { operation: "destroy" },
} as const satisfies Readonly<Record<string, Run>>;

type Phase = keyof typeof phases;
const order = Object.keys(phases) as readonly Phase[];

/**
 * Faults share runs: each names one resource and one operation, and counts as tried only when the engine reported exactly that operation as failed. Where
 * possible, a run continues with resources that do not depend on a failure; the next one plans faults that have not happened yet; the last one of a phase plans none.
 *
 * @param choose picks the positions to try out of all that there are.
 */
export async function prove(
  choose: (all: readonly Position[]) => readonly Position[],
  report: (line: string) => void = () => undefined,
): Promise<Proof> {
  const undisturbed = new PlainEngine("crisis-hetzner", "quorum");
  const disturbed = new PlainEngine("crisis-hetzner", "quorum");
  let runs = 0;
  try {
    const positions: Position[] = [];
    const expected = new Map<Phase, readonly string[]>();
    for (const phase of order) {
      const { ok, text, steps } = await undisturbed.run(phases[phase]);
      if (!ok) throw new Error(`the undisturbed run of "${phase}" failed: ${text}`);
      positions.push(...positionsOf(phase, steps));
      expected.set(phase, await shape(undisturbed));
    }
    const chosen = choose(positions);
    const tried: Position[] = [];
    const held: Position[] = [];
    const problems: string[] = [];
    for (const phase of order) {
      let left = chosen.filter((position) => position.phase === phase);
      const failed: Position[] = [];
      for (;;) {
        const { ok, text, steps } = await disturbed.run({ ...phases[phase], faults: left.map(fault) });
        runs++;
        const now = positionsOf(
          phase,
          steps.filter((step) => step.failed),
        );
        const fired = left.filter((position) => now.some((other) => same(other, position)));
        left = left.filter((position) => !fired.includes(position));
        failed.push(...fired);
        report(`${phase}: run ${runs}, ${fired.length} failed as planned, ${left.length} to come`);
        if (ok) break;
        if (fired.length === 0) throw new Error(`"${phase}" does not go on after ${runs} runs: ${text}`);
      }
      tried.push(...failed);
      problems.push(...left.map(({ operation, type, name }) => `${phase}: ${operation} of ${type} ${name} never came`));
      const difference = differences(expected.get(phase) ?? [], await shape(disturbed));
      problems.push(...difference.map((line) => `${phase}: ${line}`));
      if (difference.length === 0) held.push(...failed);
      report(`${phase}: ${failed.length} tried, ${difference.length === 0 ? failed.length : 0} held`);
    }
    return { positions, tried, held, problems, runs };
  } finally {
    undisturbed.remove();
    disturbed.remove();
  }
}

const operations: Readonly<Record<string, Position["operation"]>> = {
  create: "create",
  "create-replacement": "create",
  update: "update",
  delete: "delete",
  "delete-replaced": "delete",
};

/** Providers and components are the engine's own: no cloud makes them, so none can refuse. */
function positionsOf(phase: Phase, steps: readonly Step[]): readonly Position[] {
  return steps.flatMap(({ op, type, name }) => {
    const operation = operations[op];
    return operation === undefined || /^(pulumi|sovereign-uc):/.test(type) ? [] : [{ phase, type, operation, name }];
  });
}

const same = (one: Position, other: Position): boolean =>
  one.type === other.type && one.operation === other.operation && one.name === other.name;

/** Kinds of failure from which the next run recovers, used in turn; an object whose answer was lost needs a person (see faults.test.ts). */
function fault({ type, operation, name }: Position, index: number): Fault {
  const kinds: readonly FaultKind[] = [
    "server-error",
    "rate-limit",
    ...(operation === "create" && type.startsWith("hcloud:") ? (["quota", "timeout-with-id"] as const) : []),
  ];
  return { type, operation, name, nth: 1, kind: kinds[index % kinds.length] ?? "server-error" };
}

/** A resource in the engine's state. */
interface Kept {
  readonly urn: string;
  readonly protect?: boolean;
  readonly delete?: boolean;
  readonly initErrors?: readonly string[];
}

/** Objects of the clouds and of the state, as sorted lines without ids, keys and addresses, which differ between deployments. */
async function shape(engine: PlainEngine): Promise<readonly string[]> {
  const stores = readdirSync(engine.folders.clouds)
    .filter((file) => file.endsWith(".json"))
    .flatMap((file) => {
      const { objects } = JSON.parse(readFileSync(join(engine.folders.clouds, file), "utf8")) as {
        readonly objects: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
      };
      return Object.entries(objects).flatMap(([type, all]) =>
        Object.values(all).map(
          (object) => `${type} ${JSON.stringify({ ...plain(object), name: lastingName(type, object["name"]) })}`,
        ),
      );
    });
  const { deployment } = (await engine.state()) as { readonly deployment: { readonly resources?: readonly Kept[] } };
  const kept = (deployment.resources ?? []).map(
    ({ urn, protect = false, delete: leaving = false, initErrors = [] }) =>
      `engine ${urn} ${JSON.stringify({ protect, leaving, initErrors: initErrors.length })}`,
  );
  return [...stores, ...kept].sort();
}

/** A name without the parts that differ between runs: that of an SSH key ends in a digest of the key (`components/clouds/key-name.ts`), and each run has its own keys. */
export const lastingName = (type: string, name: unknown): unknown =>
  typeof name === "string" && type.endsWith(":SshKey") ? name.replace(/-[0-9a-f]{8}$/, "-digest") : name;

/** Values that mean the same in every run stay; numbers and texts become placeholders. */
function plain(value: unknown): object {
  const inner = (item: unknown): unknown =>
    typeof item === "object" && item !== null
      ? Array.isArray(item)
        ? item.map(inner)
        : Object.fromEntries(
            Object.entries(item)
              .sort(([a], [b]) => a.localeCompare(b))
              .map(([key, part]) => [key, inner(part)]),
          )
      : item === "" || item === 0 || typeof item === "boolean" || item === null
        ? item
        : typeof item;
  return inner(value) as object;
}

function differences(expected: readonly string[], got: readonly string[]): readonly string[] {
  const less = (all: readonly string[], others: readonly string[]): readonly string[] => {
    const rest = [...others];
    return all.filter((line) => {
      const at = rest.indexOf(line);
      if (at >= 0) rest.splice(at, 1);
      return at < 0;
    });
  };
  return [
    ...less(expected, got).map((line) => `missing: ${line}`),
    ...less(got, expected).map((line) => `too much: ${line}`),
  ];
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** As many positions of each operation as asked for, of different types where there are; the same ones for the same seed. */
export function sample(all: readonly Position[], each: number, seed: number): readonly Position[] {
  const next = numbers(seed);
  // The engine works in parallel: its order differs in every run.
  const sorted = [...all].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  return (["create", "update", "delete"] as const).flatMap((operation) => {
    const shuffled = sorted
      .filter((position) => position.operation === operation)
      .map((position) => ({ position, order: next() }))
      .sort((a, b) => a.order - b.order)
      .map(({ position }) => position);
    const types = new Map(shuffled.map((position) => [position.type, position]));
    return [...types.values()].slice(0, each);
  });
}
