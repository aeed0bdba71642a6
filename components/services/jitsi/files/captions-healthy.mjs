/** Asks the transcriber in the same pod whether it is well: the door answers for the program behind it. */
import { get } from "node:https";

const { CAPTIONS_PORT: port } = process.env;
const end = (code) => process.exit(code);
get(
  // Its certificate has the service's name, not the loopback address.
  { host: "127.0.0.1", port, path: "/health", rejectUnauthorized: false, timeout: 4_000 },
  ({ statusCode }) => end(statusCode === 200 ? 0 : 1),
)
  .on("timeout", () => end(1))
  .on("error", () => end(1));
