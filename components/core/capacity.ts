import { invalid, type Keys } from "./errors";
import { record } from "./shapes";

/** Load of a tier and capacity of one replica: the input of the N+1 arithmetic. */
export interface Capacity {
  /** Load that the tier must carry with one replica lost. */
  readonly load: number;
  /** Load that one replica carries. */
  readonly perReplica: number;
  /** Unit: "participants", "relayed participants", "requests per second". */
  readonly unit: string;
  /** Source of the figure. */
  readonly source: string;
}

export const capacityKeys: Keys<Capacity> = {
  load: true,
  perReplica: true,
  unit: true,
  source: true,
};

/**
 * Replicas that carry the load with one of them gone: ceil(load / perReplica) + 1.
 *
 * @throws RangeError when a figure is not a positive number.
 */
export function replicasFor(capacity: Capacity): number {
  const example = '{ load: 200, perReplica: 100, unit: "participants", source: "a measurement" }';
  const { load, perReplica, unit = "units" } = record(capacity, "a load and what one replica carries", example);
  const positive = (figure: unknown): number => {
    if (typeof figure !== "number" || !Number.isFinite(figure) || figure <= 0)
      throw invalid(`a positive number of ${unit}`, figure, "give the load and the capacity of one replica");
    return figure;
  };
  return Math.ceil(positive(load) / positive(perReplica)) + 1;
}
