// Stands before runtime/closure/{codePaths,serializeClosure}.js of @pulumi/pulumi (3.248.0) in tests. They write functions down for dynamic providers and callbacks
// that outlive the program, and load TypeScript and npm's dependency tree for it: two thirds of what it takes to load @pulumi/pulumi, in every file of tests.
// Nothing here writes functions down.
const refuse = () => {
  throw new Error(
    "expected no function to be serialised in a test, got one; take test/support/no-closures.cjs away for it",
  );
};

module.exports = {
  computeCodePaths: refuse,
  findWorkspaceRoot: refuse,
  serializeFunction: refuse,
  serializeFunctionAsync: refuse,
};
