import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { program } from "../../../support/programs/programs";
import { busyboxLibc } from "../layers";
import type { StandIn } from "../stand-in";

/** Kubernetes' metrics server, alone in its image. */
export const metricsServer: StandIn = {
  user: "65534",
  entrypoint: ["/metrics-server"],
  command: [],
  environment: {},
  layer: busyboxLibc,
  fill: async (root) => copyFile(await program("metrics-server"), join(root, "metrics-server")),
  proves: "what it is given lets it ask the kubelets, and lets the API ask it",
  doesNotProve:
    "the catalogue's version, 0.8.1: this is 0.8.0; nor that it needs no shell, which upstream's image has not",
  source: "kubernetes-sigs/metrics-server v0.8.0, Dockerfile",
};
