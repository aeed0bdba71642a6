/** `npm run proof`: the host of PostgreSQL's primary dies in mid-write, again and again; no acknowledged write may be lost. Takes about a minute each, and root on Debian. */
import { setUp } from "../../support/programs/setup";
import { now, PostgresLife, prepare, writer } from "../postgres-life";
import { postgresProgram, store } from "../postgres-program";
import { startLive } from "../start-live";

const deaths = 20;

async function main(): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new Error("expected root, got another user: namespaces, mounts and filters take it; run it as root");
  await setUp();
  const { cluster } = await startLive({
    program: postgresProgram(),
    change: {},
    store: store.host,
    prepare,
    objects: (rendered) => [...rendered.objects, ...writer(rendered)],
  });
  const pauses: number[] = [];
  const lost = new Set<number>();
  try {
    const life = new PostgresLife(cluster);
    await life.standby();
    await life.writing(now());
    for (let i = 1; i <= deaths; i += 1) {
      const { pause, back } = await life.death(await life.leader());
      pauses.push(Math.max(pause, back));
      for (const number of await life.lost()) lost.add(number);
      process.stderr.write(
        `death ${i} of ${deaths}: ${pause.toFixed(1)} s without an acknowledged write, ${back.toFixed(1)} s while the host came back, ${lost.size} lost so far\n`,
      );
    }
    const written = (await life.acknowledged()).length;
    const sorted = [...pauses].sort((one, other) => one - other);
    process.stdout.write(
      `PostgreSQL: the primary's host died ${pauses.length} times in mid-write; ${written} writes acknowledged, ${lost.size} lost; ` +
        `without an acknowledged write ${sorted[0]?.toFixed(1)} to ${sorted.at(-1)?.toFixed(1)} s, median ${sorted[Math.floor(sorted.length / 2)]?.toFixed(1)} s\n`,
    );
  } finally {
    await cluster.stop();
  }
  process.exitCode = lost.size === 0 && pauses.length === deaths ? 0 : 1;
}

main().catch((problem: Error) => {
  process.stderr.write(`${problem.stack ?? problem.message}\n`);
  process.exitCode = 1;
});
