/** The contract of every cloud, on the real engine: one deployment from creation to destruction, judged clause by clause. Each cloud has a test file of its own. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { resourcesOfState } from "../../../stacks/tools/rehearsal/report/state";
import type { ConfigValue } from "../../../stacks/tools/rehearsal/stack-files";
import type { World } from "../../support/infrastructure";
import { Rehearsal, savedOnce } from "../../support/rehearsal";
import { PlainEngine } from "../plain-engine";
import { clauses, type Life, otherAdministrators, type Removed } from "./clauses";
import { type Adapter, adapters, exceptions } from "./clouds";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKR6Zr1mQ duty-officer";
const otherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKR6Zr1mR night-officer";

/** Deploys, changes what converges, closes and opens SSH, changes what is frozen, first without the gateways, then everywhere, destroys, destroys with data. */
async function lived(rehearsal: Rehearsal, program: string, { store, wall }: Adapter): Promise<Life> {
  const engine = new PlainEngine(rehearsal.stack, program, rehearsal.out);
  const resources = async () => resourcesOfState(await engine.state());
  const rehearsed = async (...argv: readonly string[]): Promise<string> => {
    const { code, text } = await rehearsal.run(argv, { program, environment: savedOnce });
    if (code !== 0) throw new Error(text);
    return text;
  };
  const changed = async (set: Readonly<Record<string, ConfigValue>>) => {
    const { ok, text, steps } = await engine.run({ set });
    if (!ok) throw new Error(text);
    return { steps, resources: await resources() };
  };
  const removed = async (...argv: readonly string[]): Promise<Removed> => {
    const text = await rehearsed("--destroy", ...argv);
    const { objects } = JSON.parse(readFileSync(join(engine.folders.clouds, store), "utf8")) as Removed;
    return { text, objects, resources: await resources() };
  };

  // The first run has the packs on: the contract's program is also allowed.
  await rehearsed();
  const deployed = await resources();
  const administrators = { "sovereign-uc:administrators": [otherAdministrators] };
  const opened = await changed(administrators);
  const closing = wall === undefined ? {} : { "sovereign-uc:administratorAccess": "closed" };
  const shut = await changed({ ...administrators, ...closing });
  const reopened = await changed(administrators);
  const replaced = await changed({ ...administrators, "sovereign-uc:administratorKeys": [key] });
  const atOnce = await changed({
    ...administrators,
    "sovereign-uc:administratorKeys": [otherKey],
    "sovereign-uc:doorKeys": [otherKey],
  });
  const kept = await removed();
  const gone = await removed("--with-data", rehearsal.stack);
  return { deployed, opened, shut, reopened, replaced, atOnce, kept, gone };
}

/** The tests of one cloud. */
export function keepsTheContract(cloud: World["id"]): void {
  jest.setTimeout(600_000);
  const adapter = adapters[cloud];
  const rehearsal = new Rehearsal(adapter.stack);
  let life: Life;
  beforeAll(async () => {
    life = await lived(rehearsal, `contract-${cloud}`, adapter);
  });
  afterAll(() => rehearsal.remove());

  for (const { sentence, check } of clauses.filter(({ only = cloud }) => only === cloud)) {
    const exception = exceptions.find((one) => one.cloud === cloud && one.clause === sentence);
    if (exception === undefined) test(sentence, () => check(life, adapter));
    else
      test(`declared exception, as long as it applies: ${sentence} (${exception.reason})`, () =>
        expect(() => check(life, adapter)).toThrow(exception.failure));
  }
}
