/** Every service of the list on the real engine. */
import { readFileSync } from "node:fs";
import { engineEnvironment, findEngine } from "../../stacks/tools/rehearsal/engine";
import { join } from "node:path";
import { described, givenWord } from "../components/services/described";
import { filesBelow, leaks, logsBelow, secretLines, secretValues, type State } from "./clear-text";
import { PlainEngine } from "./plain-engine";

jest.setTimeout(300_000);

describe("all services on the real engine", () => {
  const engine = new PlainEngine("crisis-hetzner", "services");
  let state: State;
  beforeAll(async () => {
    const { ok, text } = await engine.run();
    if (!ok) throw new Error(text);
    state = (await engine.state()) as State;
  });
  afterAll(() => engine.remove());

  test.each(described)("$kind.name is there", ({ component }) => {
    expect(state.deployment.resources.map(({ type }) => type)).toContain(`sovereign-uc:index:${component}`);
  });

  test("no secret is in clear in the state, the simulated cluster or the engine's logs", async () => {
    const secrets = [...secretLines(state), givenWord];
    expect(secrets.length).toBeGreaterThan(10 * described.length);
    const { PULUMI_HOME: home = "" } = await engineEnvironment(await findEngine());
    const files = filesBelow(engine.folders.root).map((file) => [file, readFileSync(file, "utf8")] as const);
    const logs = logsBelow(join(home, "logs"));
    expect(files.length).toBeGreaterThan(2);
    expect(leaks(secrets, [...files, ...logs])).toEqual([]);
  });

  test("no component has a secret in its arguments", () => {
    const components = state.deployment.resources.filter(({ type }) => type.startsWith("sovereign-uc:"));
    expect(components.length).toBeGreaterThan(described.length);
    expect(components.filter(({ inputs }) => secretValues(inputs).length > 0)).toEqual([]);
  });

  test("a second run changes nothing", async () => {
    expect(await engine.run()).toEqual({ ok: true, text: "", steps: [] });
  });
});
