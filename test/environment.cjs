// Jest's environment for Node, with cheap stack traces where nobody reads them.
const { TestEnvironment } = require("jest-environment-node");

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
 */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    this.global.Error.prepareStackTrace = (error, frames) =>
      isUnread(frames) ? `${error}` : (Error.prepareStackTrace ?? plain)(error, frames);
  }
};
