import { AsyncLocalStorage } from "node:async_hooks";

interface Environment {
  setup(): Promise<void>;
  teardown(): Promise<void>;
}

const TestEnvironment = jest.requireActual<new (config: object, context: object) => Environment>("./environment.cjs");

test("what a file of tests holds in an AsyncLocalStorage is gone with the file", async () => {
  const config = { projectConfig: { globals: {}, testEnvironmentOptions: {} }, globalConfig: {} };
  const environment = new TestEnvironment(config, { docblockPragmas: {} });
  await environment.setup();
  const { AsyncLocalStorage: Made } = jest.requireActual<typeof import("node:async_hooks")>("node:async_hooks");
  const storage = new Made<string>();
  storage.enterWith("a module registry");
  expect(storage.getStore()).toBe("a module registry");

  await environment.teardown();
  expect(storage.getStore()).toBeUndefined();
  const later = new AsyncLocalStorage<string>();
  later.enterWith("the next file's");
  expect(later.getStore()).toBe("the next file's");
  later.disable();
});
