import { isGrpcError } from "@pulumi/pulumi/errors";

/**
 * A program in this process outlives an engine that gave up: its later registrations are rejected after `automation/server.js` of @pulumi/pulumi has
 * stopped listening for that, and Node would end the process. The engine has already printed why it gave up.
 *
 * @returns a function that restores the former behaviour.
 */
export function withoutLateRefusals(): () => void {
  const hear = (reason: unknown): void => {
    if (!(reason instanceof Error && isGrpcError(reason))) throw reason;
  };
  process.on("unhandledRejection", hear);
  return () => process.off("unhandledRejection", hear);
}
