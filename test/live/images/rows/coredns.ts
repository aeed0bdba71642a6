import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { program } from "../../../support/programs/programs";
import { slim } from "../layers";
import type { StandIn } from "../stand-in";

/** The cluster's resolver: CoreDNS of an earlier release, with the plugins that the rendered configuration names. */
export const coredns: StandIn = {
  user: "",
  entrypoint: ["/coredns"],
  command: [],
  environment: {},
  layer: slim,
  fill: async (root) => copyFile(await program("coredns"), join(root, "coredns")),
  proves:
    "names of the cluster are answered on every host under the rendered configuration, and all others asked of the gateways",
  doesNotProve: "what differs between CoreDNS 1.12.3 and 1.13.1; the user of upstream's image, which is not root",
  source: "coredns/coredns Dockerfile b230864: the program at /coredns is the entry point",
};
