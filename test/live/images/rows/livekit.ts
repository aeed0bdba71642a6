import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { program } from "../../../support/programs/programs";
import { busyboxLibc } from "../layers";
import type { StandIn } from "../stand-in";

/** The media server of OpenVidu, with BusyBox' shell beside it as upstream's Alpine has. */
export const livekit: StandIn = {
  user: "",
  entrypoint: ["/livekit-server"],
  command: [],
  environment: {},
  layer: busyboxLibc,
  fill: async (root) => copyFile(await program("livekit-server"), join(root, "livekit-server")),
  proves: "the real server runs by its script, with BusyBox' tools and nothing else",
  doesNotProve:
    "that it needs no C library: upstream builds it without; what Alpine's own packages would do, of which the scripts use none",
  source: "livekit/livekit v1.13.11, Dockerfile",
};
