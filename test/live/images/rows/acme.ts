import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { program } from "../../../support/programs/programs";
import { busyboxLibc } from "../layers";
import type { StandIn } from "../stand-in";

/** The ACME client, with BusyBox' shell beside it as upstream's Alpine has. */
export const lego: StandIn = {
  user: "",
  entrypoint: ["/lego"],
  command: [],
  environment: {},
  layer: busyboxLibc,
  fill: async (root) => copyFile(await program("lego"), join(root, "lego")),
  proves: "the script orders and renews with the real client, BusyBox' tools and nothing else",
  doesNotProve: "lego's DNS providers and its own log handler, which are left out here",
  source: "go-acme/lego v5.6.0, buildx.Dockerfile",
};

/** Kubernetes' own client, alone in its image. */
export const kubectl: StandIn = {
  user: "",
  entrypoint: ["/bin/kubectl"],
  command: [],
  environment: {},
  layer: busyboxLibc,
  fill: async (root) => {
    await mkdir(join(root, "bin"), { recursive: true });
    await copyFile(await program("kubectl"), join(root, "bin", "kubectl"));
  },
  proves: "the real client keeps what the script wrote down",
  doesNotProve: "that it needs no shell: upstream's image has none",
  source: "kubernetes/kubernetes v1.34.2, build/server-image/kubectl/Dockerfile",
};
