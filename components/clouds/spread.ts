import { validate, invalid, type Parsers } from "../core/errors";
import type { AskedHosts } from "./cloud";

/**
 * For providers that keep hosts off one machine and say nothing of what machines share.
 *
 * @param others further refusals of the provider.
 * @throws RangeError where more is asked.
 */
export const machinesOnly =
  (provider: string, others: (asked: AskedHosts) => Parsers = () => ({})) =>
  (asked: AskedHosts): void => {
    validate({
      spread: () => {
        if (asked.spread !== "machines")
          throw invalid(
            '"machines"',
            asked.spread,
            `${provider} does not say which rack or power feed a machine is in: leave it out`,
          );
      },
      ...others(asked),
    });
  };
