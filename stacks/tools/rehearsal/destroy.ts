import { failuresOf } from "./failures";
import type { Context } from "./deploy";
import { resourcesOfState } from "./report/state";
import { exported } from "./session";
import { unlocking } from "./unlock";
import { removeReport } from "./write";

/** Destroys a stack: everything but protected data, or data too if that was asked for explicitly. Returns the exit code. */
export async function destroy(context: Context): Promise<number> {
  const { session, voice, asked, place } = context;
  const { stack, log, common } = session;
  if (resourcesOfState((await exported(session)).state).length === 0) {
    voice.line(`Nothing to destroy: "${asked.stack}" is empty.`);
    return 0;
  }
  const destroyed = async (excludeProtected: boolean): Promise<unknown> => {
    log.begin("destroy");
    await stack.destroy({ ...common, excludeProtected });
    return (await exported(session)).state;
  };
  let state: unknown;
  try {
    voice.headline("Destroying everything but protected data");
    state = await destroyed(true);
    // Data loses its protection only when everything around it is gone: a failure before that leaves it protected.
    const { targets, program } = unlocking(state);
    if (asked.withData && targets.length > 0) {
      voice.headline("Lifting the protection of data");
      log.begin("up");
      await stack.up({ ...common, target: [...targets], program });
      voice.headline("Destroying data");
      state = await destroyed(false);
    }
  } catch (error) {
    const failures = failuresOf([...log.of("up"), ...log.of("destroy")]);
    if (failures.length === 0) throw error;
    await exported(session);
    voice.line();
    for (const { resource, type, message } of failures)
      voice.line(`${voice.bad("✕")} ${resource} (${type}): ${message}`);
    voice.line(voice.bad("✕ Not everything could be removed. Run the same command again: it continues from here."));
    return 1;
  }
  const after = resourcesOfState(state);
  removeReport(place);
  voice.line();
  const kept = after.filter(({ protect }) => protect);
  const needed = after.filter(({ protect, type }) => !protect && !type.startsWith("sovereign-uc:"));
  if (after.length === 0) {
    voice.line(voice.good(`✓ Nothing is left of "${asked.stack}".`));
    return 0;
  }
  voice.line(`Kept, because it is protected:`);
  for (const { name, type, id } of kept)
    voice.line(`  ${voice.bold(name)} (${type}${id === undefined ? "" : `, id ${id}`})`);
  if (needed.length > 0)
    voice.line(`and what it hangs on: ${needed.map(({ name, type }) => `${name} (${type})`).join(", ")}`);
  voice.line(`Remove it too, for good: npm start -- --stack ${asked.stack} --destroy --with-data ${asked.stack}`);
  voice.line(voice.good("✓ Everything else is gone."));
  return 0;
}
