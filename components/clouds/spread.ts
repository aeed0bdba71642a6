import { validate, invalid } from "../core/errors";
import type { AskedHosts } from "./cloud";

/** For providers that keep hosts off one machine and say nothing of what machines share. @throws RangeError where more is asked. */
export const machinesOnly =
  (provider: string) =>
  ({ spread }: AskedHosts): void => {
    validate({
      spread: () => {
        if (spread !== "machines")
          throw invalid(
            '"machines"',
            spread,
            `${provider} does not say which rack or power feed a machine is in: leave it out`,
          );
      },
    });
  };
