// Stands before runtime/debuggable.js of @pulumi/pulumi (3.248.0) in tests. That module keeps a stack trace for every promise, several for each resource, for
// a message which no test reads; taking them was a third of what a test takes that registers resources. Promises that are never resolved are found as ever.
const actual = require("@pulumi/pulumi/runtime/debuggable.js");
const { getStore } = require("@pulumi/pulumi/runtime/state.js");

let watching = false;

module.exports = {
  ...actual,
  debuggablePromise(promise, context) {
    // Its first call begins to watch for promises that are left at the end.
    if (!watching) {
      watching = true;
      return actual.debuggablePromise(promise, context);
    }
    const store = getStore();
    store.leakCandidates.add(promise);
    return promise.then(
      (value) => {
        store.leakCandidates.delete(promise);
        return value;
      },
      (error) => {
        store.leakCandidates.delete(promise);
        error.promise = promise;
        throw error;
      },
    );
  },
};
