// Puts no-closures.cjs and short-traces.cjs in their places in a process without Jest.
const Module = require("node:module");

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  const asker = parent?.filename ?? "";
  if (
    /^\.\/closure\/(codePaths|serializeClosure)$/.test(request) &&
    /@pulumi[\\/]pulumi[\\/]runtime[\\/]index\.js$/.test(asker)
  )
    return require.resolve("./no-closures.cjs");
  if (/^(\.|\.\.\/runtime)\/debuggable$/.test(request) && /@pulumi[\\/]pulumi[\\/]/.test(asker))
    return require.resolve("./short-traces.cjs");
  return resolve.call(this, request, parent, ...rest);
};
