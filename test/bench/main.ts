/** `npm run bench`: what the library and its packs cost, as ratios of one run. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compilePacks } from "../../stacks/tools/rehearsal/packs";
import { againstCheckov } from "./checkov";
import { deployed } from "./deployed";
import { longMeeting, manyMeetings } from "./minutes";
import { packs } from "./packs";
import { startup } from "./startup";
import { median } from "./time";
import { type Deployed, stack, type Timed } from "./up";

const root = join(__dirname, "..", "..");

const usage = `npm run bench [-- --rounds N]

  Times the engine's \`up\` of ${stack} onto simulated clouds: with the library, as a flat program of the same resources, and with the policy pack.
  Each runs compiled, in a process of its own, as an importer's library does. Every round runs all three; printed are medians and their ratios, of the clock
  and of the processor: on a machine that is busy with other things, only the second says something.
  Then registers 10, 100 and 1,000 hosts on Pulumi's mocks, each in a process of its own: resources, time, memory.

  Then loads the compiled library, and Pulumi's SDK alone, in processes of their own.

  Then deploys the largest stack once, the ministry: time, resources, size of the state, memory.

  Then starts the complete pack, judges 10,000 generated resources, and audits 1,000 generated manifests beside Checkov, which it installs into the cache folder.

  --profile    says where the library's time beyond the flat program's goes: into as many empty components, into writing the state, into the program
  --cost       only library and flat program
  --scale      only the hosts on mocks
  --startup    only what loading takes
  --ministry   only the ministry
  --packs      only the packs: their start, their cost, Checkov beside them
  --share      only the pack's share of \`up\`: the library with it, with a pack that forbids nothing, and without
  --minutes    only the minutes worker: eight hours of sound and eight meetings at once, and what they cost beside inference
  --rounds N   rounds (default: 3)`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "3" },
      profile: { type: "boolean", default: false },
      scale: { type: "boolean", default: false },
      startup: { type: "boolean", default: false },
      ministry: { type: "boolean", default: false },
      packs: { type: "boolean", default: false },
      share: { type: "boolean", default: false },
      cost: { type: "boolean", default: false },
      minutes: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return void process.stdout.write(`${usage}\n`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new RangeError(
      `expected a whole number of rounds of at least 1, got "${values.rounds}"; give one like --rounds 3`,
    );
  const all = !["scale", "startup", "ministry", "packs", "share", "cost", "minutes"].some(
    (one) => values[one as keyof typeof values],
  );
  if (all || values.share || values.cost)
    await deployments(rounds, {
      profile: values.profile,
      byHand: all || values.cost,
      judged: all || values.share,
    });
  if (all || values.scale) scale(rounds);
  if (all || values.minutes) {
    process.stdout.write(await longMeeting());
    process.stdout.write(await manyMeetings());
  }
  if (all || values.startup) process.stdout.write(startup(rounds));
  if (all || values.ministry) await ministry();
  if (all || values.packs) {
    process.stdout.write(await packs(rounds));
    process.stdout.write(await againstCheckov(rounds));
  }
}

/** Programs that are timed beside the library's. */
interface Beside {
  readonly byHand: boolean;
  readonly judged: boolean;
  /** True if the library's time is broken down. */
  readonly profile: boolean;
}

async function deployments(rounds: number, { byHand, judged, profile }: Beside): Promise<void> {
  const policies = join(root, "policies");
  const nothing = join(__dirname, "empty-pack");
  if (judged) {
    await compilePacks(policies);
    execFileSync(process.execPath, [join(policies, "build.mjs"), nothing]);
  }
  const folder = mkdtempSync(join(tmpdir(), "bench-state-"));
  const recorded = join(folder, "state.json");
  const library = (how: Deployed = {}) => deployed({ of: "library", recorded, components: 0, how });
  const flat = (components = 0, how: Deployed = {}) => deployed({ of: "by hand", recorded, components, how });
  // Not measured: warms caches and yields the resources that the flat program registers.
  const first = await library({ once: true });
  writeFileSync(recorded, JSON.stringify(first.state));
  // The stack itself is a component that every program has.
  const empty = first.components - 1;
  const kinds: Readonly<Record<string, () => Promise<Timed>>> = {
    library: () => library(),
    ...(byHand ? { "by hand": () => flat() } : {}),
    ...(judged
      ? { "empty pack": () => library({ packs: [nothing] }), judged: () => library({ packs: [policies] }) }
      : {}),
    ...(profile && byHand
      ? {
          "by hand, empty components": () => flat(empty),
          "library, state once": () => library({ once: true }),
          "by hand, state once": () => flat(0, { once: true }),
        }
      : {}),
  };
  const names = Object.keys(kinds);
  const all: Record<string, Timed[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // Programs rotate their order, so that none always comes first.
    const turn = round % names.length;
    for (const name of [...names.slice(turn), ...names.slice(0, turn)])
      all[name]?.push(await (kinds[name] ?? library)());
    const said = names.map((name) => `${name} ${all[name]?.at(-1)?.seconds.toFixed(1) ?? ""} s`);
    process.stderr.write(`round ${round + 1} of ${rounds}: ${said.join(", ")}\n`);
  }
  rmSync(folder, { recursive: true });
  const of = (name: string, figure: (timed: Timed) => number): number => median((all[name] ?? []).map(figure));
  const clock = (name: string): number => of(name, ({ seconds }) => seconds);
  const processor = (name: string): number => of(name, (timed) => timed.program + timed.engine);
  const row = (name: string): string =>
    `  ${name.padEnd(27)}${clock(name).toFixed(1).padStart(6)} s${processor(name).toFixed(1).padStart(10)} s` +
    `${of(name, (timed) => timed.engine)
      .toFixed(1)
      .padStart(11)} s${of(name, (timed) => timed.program)
      .toFixed(1)
      .padStart(11)} s` +
    `${of(name, (timed) => timed.resources)
      .toFixed(0)
      .padStart(10)}${of(name, (timed) => timed.components)
      .toFixed(0)
      .padStart(12)}`;
  const share = (without: string, figure: typeof clock): string =>
    (((figure("judged") - figure(without)) / figure("judged")) * 100).toFixed(0);
  process.stdout.write(
    [
      `up of ${stack}: medians of ${rounds} rounds`,
      `  ${"".padEnd(29)}clock   processor  the engine's  this one's  resources  components`,
      ...names.map(row),
      `                              clock   processor`,
      ...(!byHand
        ? []
        : [
            `library / by hand              ${(clock("library") / clock("by hand")).toFixed(2)}        ${(processor("library") / processor("by hand")).toFixed(2)}   goal: at most 1.20`,
          ]),
      ...(judged
        ? [
            `pack's share of up             ${share("library", clock).padStart(2)} %        ${share("library", processor).padStart(2)} %   goal: at most 10 %`,
            `of it beyond an empty pack's   ${share("empty pack", clock).padStart(2)} %        ${share("empty pack", processor).padStart(2)} %`,
          ]
        : []),
      ...(profile && byHand ? explained(processor, first, empty) : []),
      "",
    ].join("\n"),
  );
}

/** Size of the largest stack, and the time that it takes. */
async function ministry(): Promise<void> {
  const name = "ministry-exoscale";
  const how: Deployed = { of: name, once: true };
  const { seconds, program, engine, resources, components, objects, kib, componentsKib, mib } = await deployed({
    of: "library",
    recorded: "",
    components: 0,
    how,
  });
  process.stdout.write(
    [
      `up of ${name}, without packs, the state written once`,
      `  resources       ${resources} and ${components} components; ${objects} of them objects in Kubernetes`,
      `  state           ${kib.toFixed(0)} KiB, ${componentsKib.toFixed(0)} KiB of them what components say`,
      `  memory          ${mib.toFixed(0)} MiB at most, program and simulated clouds`,
      `  clock           ${seconds.toFixed(0)} s   goal, with packs and preview: at most 180 s`,
      `  processor       ${(program + engine).toFixed(0)} s, ${engine.toFixed(0)} s of them the engine's`,
      "",
    ].join("\n"),
  );
}

/** Breakdown of the processor time that the library takes beyond the flat program. */
function explained(
  processor: (name: string) => number,
  { kib, componentsKib }: Timed,
  empty: number,
): readonly string[] {
  const beyond = processor("library") - processor("by hand");
  const components = processor("by hand, empty components") - processor("by hand");
  const unwritten = processor("library, state once") - processor("by hand, state once");
  const line = (what: string, value: number): string =>
    `  ${what.padEnd(72)}${value.toFixed(1).padStart(6)} s${((value / beyond) * 100).toFixed(0).padStart(6)} %`;
  return [
    `what the library takes beyond the flat program, processor time`,
    line("all of it", beyond),
    line(`of it the engine's own: ${empty} empty components, flat`, components),
    line("of it whatever writes no state: program, calls, plans of components", unwritten),
    line("the rest: a larger state, written at every step", beyond - components - unwritten),
    `  (the first two overlap in what empty components take beside the state; the engine writes the whole state twice for each resource, and a third`,
    `  time for the outputs of a component: pkg/backend/snapshot.go of pulumi/pulumi v3.256.0)`,
    `  the state has ${kib.toFixed(0)} KiB, ${componentsKib.toFixed(0)} KiB of them what components say`,
  ];
}

interface Registered {
  readonly hosts: number;
  readonly resources: number;
  readonly seconds: number;
  /** Processor time of the process. */
  readonly processor: number;
  readonly mib: number;
}

/** Time to register hosts, and whether a thousand take more than ten times as much of the processor as a hundred. */
function scale(rounds: number): void {
  const rows = [10, 100, 1000].map((hosts): Registered => {
    const all = Array.from({ length: rounds }, () => {
      const argv = [require.resolve("tsx/cli"), join(__dirname, "scale-child.ts"), String(hosts)];
      return JSON.parse(execFileSync(process.execPath, argv, { encoding: "utf8" })) as Registered;
    });
    const of = (key: keyof Registered): number => median(all.map((one) => one[key]));
    return { hosts, resources: of("resources"), seconds: of("seconds"), processor: of("processor"), mib: of("mib") };
  });
  const perResource = (hosts: number): number => {
    const row = rows.find((one) => one.hosts === hosts);
    return row === undefined ? NaN : row.processor / row.resources;
  };
  process.stdout.write(
    [
      `registration on Pulumi's mocks: medians of ${rounds} processes for each row`,
      "  (the engine's file backend writes the whole state at every step, so an `up` of this size would measure the engine)",
      ...rows.map(
        ({ hosts, resources, seconds, processor, mib }) =>
          `  ${String(hosts).padStart(5)} hosts   ${String(resources).padStart(5)} resources   ${seconds.toFixed(2).padStart(6)} s   ` +
          `processor ${processor.toFixed(2).padStart(6)} s   ${mib.toFixed(0).padStart(5)} MiB   ` +
          `${((processor / resources) * 1000).toFixed(2)} ms of the processor per resource`,
      ),
      `per resource, 1,000 / 100   ${(perResource(1000) / perResource(100)).toFixed(2)}   goal: at most 1.20`,
      "",
    ].join("\n"),
  );
}

main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof RangeError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
});
