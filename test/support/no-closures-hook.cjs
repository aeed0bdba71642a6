// Puts no-closures.cjs in its place in a process without Jest.
const Module = require("node:module");

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  const closures = /^\.\/closure\/(codePaths|serializeClosure)$/.test(request);
  const asked = /@pulumi[\\/]pulumi[\\/]runtime[\\/]index\.js$/.test(parent?.filename ?? "");
  return closures && asked ? require.resolve("./no-closures.cjs") : resolve.call(this, request, parent, ...rest);
};
