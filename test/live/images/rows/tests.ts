import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Layer, slim } from "../layers";
import type { StandIn } from "../stand-in";

/** The process that holds a pod's namespaces: Debian's catatonit, which is linked statically and made for it. */
export const pause: StandIn = {
  user: "65535:65535",
  entrypoint: ["/usr/bin/catatonit", "-P"],
  command: [],
  environment: {},
  layer: { name: "pause", packages: ["catatonit"], without: /^(?!catatonit$)/ },
  fill: async (root) => {
    for (const name of ["dev", "proc", "sys"]) await mkdir(join(root, name));
  },
  proves: "pods have a sandbox",
  doesNotProve: "Kubernetes' own pause program",
  source: "kubernetes/kubernetes v1.34.2, build/pause/Dockerfile: unverified",
};

const tools: Layer = {
  name: "probe",
  parent: slim,
  packages: [
    "curl",
    "openssl",
    "netcat-openbsd",
    "socat",
    "iproute2",
    "bind9-host",
    "procps",
    "coturn",
    "python3",
    "catatonit",
  ],
};

/** A client of the tests' own, for any user and a read-only root. */
export const probe: StandIn = {
  user: "65534:65534",
  // Ends when it is asked to, which "sleep" alone would not.
  entrypoint: ["/usr/bin/catatonit", "--"],
  command: ["sleep", "infinity"],
  environment: {},
  layer: tools,
  fill: async () => {},
  proves: "what a pod can reach",
  doesNotProve: "anything of the catalogue",
  source: "the tests' own",
};
