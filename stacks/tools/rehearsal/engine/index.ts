export { cacheFolder, isExecutable, onPath, type Environment } from "./cache";
export {
  type Engine,
  type EngineOptions,
  type EngineSource,
  EngineUnavailable,
  findEngine,
  pulumiCommand,
} from "./engine";
export { engineEnvironment } from "./environment";
export { type GoOptions, type GoProgram, goProgram, goProgramPath } from "./go-program";
export { elapsed, type Terminal, withProgress } from "./progress";
