/** `npm run bench`: what the library and its packs cost, as ratios of one run. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { program } from "../../stacks/blueprints";
import { engineEnvironment, findEngine, pulumiCommand } from "../../stacks/rehearsal/engine";
import { folders, make } from "../../stacks/rehearsal/folders";
import { compilePacks } from "../../stacks/rehearsal/packs";
import { startSimulatedClouds } from "../../stacks/rehearsal/simulated";
import { stackConfig } from "../../stacks/rehearsal/stack-files";
import { engineStack, writeConfig } from "../../stacks/rehearsal/workspace";
import { flat } from "./flat";

const root = join(__dirname, "..", "..");
const stack = "crisis-hetzner";

const usage = `npm run bench [-- --rounds N]

  Times the engine's \`up\` of ${stack} onto simulated clouds: with the library, as a flat program of the same resources, and with the policy pack.
  Every round runs all three; printed are medians and their ratios.
  Then registers 10, 100 and 1,000 hosts on Pulumi's mocks, each in a process of its own: resources, time, memory.

  --scale      only the second
  --rounds N   rounds (default: 3)`;

interface Timed {
  readonly seconds: number;
  readonly resources: number;
  readonly state: unknown;
}

/** One \`up\` of a program into an empty stack on empty clouds. */
async function up(of: PulumiFn, packs: readonly string[]): Promise<Timed> {
  const out = mkdtempSync(join(tmpdir(), "bench-"));
  const place = folders(out, stack);
  make(place);
  const clouds = await startSimulatedClouds({ folder: place.clouds });
  try {
    const engine = await findEngine();
    writeConfig(place, stack, {
      ...stackConfig(join(root, "stacks"), stack),
      "sovereign-uc:unlockedMirror": "accepted",
      "sovereign-uc:birthSecret": "a secret of the benchmark's",
    });
    const opened = await engineStack({
      stack,
      folders: place,
      command: await pulumiCommand(engine),
      program: of,
      environment: {
        ...(await engineEnvironment(engine)),
        ...clouds.environment,
        PULUMI_CONFIG_PASSPHRASE: "a passphrase of the benchmark's",
        HCLOUD_TOKEN: "0".repeat(64),
      },
    });
    const begun = performance.now();
    await opened.up({ policyPacks: [...packs] });
    const seconds = (performance.now() - begun) / 1000;
    const state = await opened.exportStack();
    const { resources } = state.deployment as { readonly resources: readonly { readonly custom: boolean }[] };
    return { seconds, resources: resources.filter(({ custom }) => custom).length, state };
  } finally {
    await clouds.close();
    rmSync(out, { recursive: true });
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "3" },
      scale: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return void process.stdout.write(`${usage}\n`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new RangeError(
      `expected a whole number of rounds of at least 1, got "${values.rounds}"; give one like --rounds 3`,
    );
  if (!values.scale) await deployments(rounds);
  scale(rounds);
}

async function deployments(rounds: number): Promise<void> {
  const policies = join(root, "policies");
  await compilePacks(policies);

  const library = (packs: readonly string[]) => up(() => Promise.resolve(program()), packs);
  // Uncounted: warms caches and tells what the flat program has to register.
  const first = await library([]);
  const byHand = () => up(flat(first.state as Parameters<typeof flat>[0]), []);
  const kinds = { library: () => library([]), byHand, judged: () => library([policies]) };
  const names = Object.keys(kinds) as (keyof typeof kinds)[];
  const seconds: Record<keyof typeof kinds, number[]> = { library: [], byHand: [], judged: [] };
  const counts: Record<keyof typeof kinds, number> = { library: 0, byHand: 0, judged: 0 };
  for (let round = 0; round < rounds; round++) {
    // Each takes each place in turn, so that none is always the first.
    for (const name of [...names.slice(round % 3), ...names.slice(0, round % 3)]) {
      const timed = await kinds[name]();
      seconds[name].push(timed.seconds);
      counts[name] = timed.resources;
    }
    process.stderr.write(
      `round ${round + 1} of ${rounds}: ${names.map((name) => `${name} ${seconds[name].at(-1)?.toFixed(1) ?? ""} s`).join(", ")}\n`,
    );
  }
  const [a, b, c] = [median(seconds.library), median(seconds.byHand), median(seconds.judged)];
  process.stdout.write(
    [
      `up of ${stack}: medians of ${rounds} rounds`,
      `  the library           ${a.toFixed(1)} s   ${counts.library} custom resources`,
      `  the same by hand      ${b.toFixed(1)} s   ${counts.byHand} custom resources`,
      `  the library, judged   ${c.toFixed(1)} s`,
      `library / by hand       ${(a / b).toFixed(2)}   goal: at most 1.10`,
      `pack's share of up      ${(((c - a) / c) * 100).toFixed(0)} %   goal: at most 15 %`,
      "",
    ].join("\n"),
  );
}

interface Registered {
  readonly hosts: number;
  readonly resources: number;
  readonly seconds: number;
  readonly mib: number;
}

/** What hosts cost to register, and whether a thousand cost more than ten times a hundred. */
function scale(rounds: number): void {
  const rows = [10, 100, 1000].map((hosts): Registered => {
    const all = Array.from({ length: rounds }, () => {
      const argv = [require.resolve("tsx/cli"), join(__dirname, "scale-child.ts"), String(hosts)];
      return JSON.parse(execFileSync(process.execPath, argv, { encoding: "utf8" })) as Registered;
    });
    const of = (key: keyof Registered): number => median(all.map((one) => one[key]));
    return { hosts, resources: of("resources"), seconds: of("seconds"), mib: of("mib") };
  });
  const perResource = (hosts: number): number => {
    const row = rows.find((one) => one.hosts === hosts);
    return row === undefined ? NaN : row.seconds / row.resources;
  };
  process.stdout.write(
    [
      `registration on Pulumi's mocks: medians of ${rounds} processes for each row`,
      "  (the engine's file backend writes the whole state at every step, so an `up` of this size would measure the engine)",
      ...rows.map(
        ({ hosts, resources, seconds, mib }) =>
          `  ${String(hosts).padStart(5)} hosts   ${String(resources).padStart(5)} resources   ${seconds.toFixed(2).padStart(6)} s   ` +
          `${mib.toFixed(0).padStart(5)} MiB   ${((seconds / resources) * 1000).toFixed(2)} ms per resource`,
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
