// Stands before runtime/debuggable.js of @pulumi/pulumi (3.248.0) in tests. That module keeps a stack trace for every promise, several for each resource, for
// a message which no test reads; taking them was a third of what a test takes that registers resources. Promises that are never resolved are found as ever.
const actual = require("@pulumi/pulumi/runtime/debuggable.js");

module.exports = {
  ...actual,
  debuggablePromise(promise, context) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return actual.debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  },
};
