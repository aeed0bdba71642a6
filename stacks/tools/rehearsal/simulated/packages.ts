import { join } from "node:path";
import { command } from "./command";
import { exoscale } from "./exoscale";
import { Fault, FaultPlan } from "./faults";
import { hcloud } from "./hcloud";
import type { SimulatedPackage, Stores } from "./kind";
import { kubernetes } from "./kubernetes";
import { minio } from "./minio";
import { random } from "./random";
import { PackageService } from "./service";
import { Store } from "./store";
import { Tables } from "./tables";
import { tls } from "./tls";

export interface SimulatedCloudsOptions {
  /** Folder in which objects are kept between runs, one file per package. */
  readonly folder: string;
  /** Operations that have to fail. @default [] */
  readonly faults?: readonly Fault[];
  /** Told of every object that is made, changed or removed. @default - nobody */
  readonly report?: (line: string) => void;
  /** Folder in which the property tables are cached. @default - `tables` in the cache folder of everything that is made once */
  readonly cacheFolder?: string;
}

const packages: readonly (() => SimulatedPackage)[] = [hcloud, exoscale, kubernetes, minio, random, tls, command];

/**
 * Opens all simulated packages on the files of one folder.
 *
 * @throws RangeError when a file in the folder is no state of a simulated cloud, or a fault could never happen.
 */
export function openPackages({
  folder,
  faults = [],
  report = () => undefined,
  cacheFolder,
}: SimulatedCloudsOptions): readonly PackageService[] {
  const plan = new FaultPlan(faults);
  const simulated = packages.map((make) => make());
  const stores: Stores = Object.fromEntries(
    simulated.map(({ name }) => [name, new Store(join(folder, `${name}.json`))]),
  );
  return simulated.map(
    (one) => new PackageService(one, new Tables(one.name, one.declarations, cacheFolder), stores, plan, report),
  );
}
