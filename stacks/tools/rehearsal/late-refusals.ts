import { isGrpcError } from "@pulumi/pulumi/errors";

/**
 * A program in this process outlives an engine that gave up: what it still registers is refused after `automation/server.js` of @pulumi/pulumi has
 * stopped listening for that, and Node would end the process. Why the engine gave up, it has said itself.
 *
 * @returns what ends this again.
 */
export function withoutLateRefusals(): () => void {
  const hear = (reason: unknown): void => {
    if (!(reason instanceof Error && isGrpcError(reason))) throw reason;
  };
  process.on("unhandledRejection", hear);
  return () => process.off("unhandledRejection", hear);
}
