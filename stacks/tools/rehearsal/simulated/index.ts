import { openPackages, SimulatedCloudsOptions } from "./packages";
import { serve } from "./server";

export type { Fault, FaultKind, FaultOperation } from "./faults";
export type { SimulatedCloudsOptions } from "./packages";

export interface SimulatedClouds {
  /** Environment for the engine's process: it attaches to the packages instead of starting plugins. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Starts the simulated clouds in this process: a stateful provider for each package, to which Pulumi engines attach over local ports.
 *
 * @example
 * const clouds = await startSimulatedClouds({ folder: "out/crisis/clouds" });
 * // run the engine with clouds.environment, then
 * await clouds.close();
 *
 * @throws RangeError when a file in the folder is no state of a simulated cloud, or a fault could never happen.
 */
export async function startSimulatedClouds(options: SimulatedCloudsOptions): Promise<SimulatedClouds> {
  const served = await Promise.all(
    openPackages(options).map(async (service) => ({ name: service.simulated.name, ...(await serve(service)) })),
  );
  return {
    environment: { PULUMI_DEBUG_PROVIDERS: served.map(({ name, port }) => `${name}:${port}`).join(",") },
    close: async () => {
      await Promise.all(served.map((one) => one.close()));
    },
  };
}
