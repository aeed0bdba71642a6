import { invalid } from "./errors";
import { record } from "./shapes";

/** What one tier carries and what one replica of it can carry: the whole of the N+1 arithmetic. */
export interface Capacity {
  /** How much the tier must carry with one replica missing. */
  readonly load: number;
  /** How much one replica carries. */
  readonly perReplica: number;
  /** What is counted: "participants", "relayed participants", "requests per second". */
  readonly unit: string;
  /** Where the figure comes from. */
  readonly source: string;
}

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
