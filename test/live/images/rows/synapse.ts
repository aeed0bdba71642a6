import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { makeSynapse } from "../../../support/programs/synapse";
import { runs } from "../folders";
import { type Layer, ownFiles, slim } from "../layers";
import type { StandIn } from "../stand-in";

/** Folder in which Debian's Python looks beside its own packages. */
const packages = "usr/local/lib/python3.11/dist-packages";

/** Packages that only the S3 storage provider needs: upstream's image has none of them. */
const store = /^(s3_storage_provider|synapse_s3_storage_provider|boto3|botocore|s3transfer|jmespath|tqdm|humanize)/;

async function copied(root: string, wanted: (name: string) => boolean): Promise<void> {
  const from = makeSynapse();
  await mkdir(join(root, packages), { recursive: true });
  const names = (await readdir(from)).filter((name) => name !== "bin" && wanted(name));
  await runs("cp", ["-a", ...names.map((name) => join(from, name)), join(root, packages)]);
}

const layer: Layer = {
  name: "synapse",
  parent: slim,
  packages: ["python3", "python3-psycopg2", "ca-certificates", "libjemalloc2"],
  finish: (root) => copied(root, (name) => !store.test(name)),
};

/** Said of both. */
const doesNotProve =
  "what differs between the release of PyPI and that of the image, and between Python 3.11 (Debian's) and upstream's";

export const synapse: StandIn = {
  user: "",
  entrypoint: ["/start.py"],
  command: [],
  environment: {},
  layer,
  fill: (root) => ownFiles(root, "synapse"),
  proves:
    "the rendered configuration, secrets and arguments run in a real Synapse under the manifest's user with a read-only root file system",
  doesNotProve,
  source: "element-hq/synapse a58ad44, docker/Dockerfile and docker/start.py",
};

/** An operator's own image: upstream's, and the S3 storage provider above it. */
export const synapseWithStore: StandIn = {
  ...synapse,
  fill: async (root) => {
    await ownFiles(root, "synapse");
    await copied(root, (name) => store.test(name));
  },
  proves: `${synapse.proves}; that files go to a bucket and come back from there`,
};
