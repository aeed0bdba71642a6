// Jest's environment for Node, with cheap stack traces where nobody reads them, and without what one file of tests would leave to the next.
const hooks = require("node:async_hooks");
const { TestEnvironment } = require("jest-environment-node");

const { AsyncLocalStorage } = hooks;

/** As Node writes a trace where nobody else does. */
const plain = (error, frames) => [`${error}`, ...frames.map((frame) => `    at ${frame}`)].join("\n");

/** Functions of Pulumi's SDK that ask for a trace which no test reads: for the message that a promise is never resolved, and for a resource's place in the program. */
const unread = new Set(["debuggablePromise", "callsites"]);
const isUnread = ([frame]) =>
  unread.has(frame?.getFunctionName()) && /@pulumi[\\/]pulumi[\\/]/.test(frame.getFileName());

/**
 * Pulumi's SDK takes a stack trace for every promise that it makes, several for each resource, and one for the resource (runtime/debuggable.js and
 * resource.js of @pulumi/pulumi 3.248.0). Node writes such a trace in no time; Jest looks up each of up to a hundred frames in source maps, which is more
 * than half of what a test takes that registers resources. These traces are left as one line; every other error is written as ever.
 *
 * The SDK also makes an `AsyncLocalStorage` (runtime/state.js) each time it is loaded, which is once for each file. Node asks all of them at every promise, and keeps what
 * they hold: after a hundred files the same test took three to seven times as much of a processor. They are switched off with the file that made them.
 */
module.exports = class extends TestEnvironment {
  storages = new Set();

  async setup() {
    await super.setup();
    const { storages } = this;
    hooks.AsyncLocalStorage = class extends AsyncLocalStorage {
      constructor(...args) {
        super(...args);
        storages.add(this);
      }
    };
    this.global.Error.prepareStackTrace = (error, frames) =>
      isUnread(frames) ? `${error}` : (Error.prepareStackTrace ?? plain)(error, frames);
  }

  async teardown() {
    hooks.AsyncLocalStorage = AsyncLocalStorage;
    for (const storage of this.storages) storage.disable();
    await super.teardown();
  }
};
