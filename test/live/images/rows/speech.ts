import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { makeSpeech, speechPlaces } from "../../../support/programs/speech";
import { runs } from "../folders";
import { type Layer, slim } from "../layers";
import type { StandIn } from "../stand-in";

const layer: Layer = {
  name: "python",
  parent: slim,
  packages: ["python3", "ca-certificates", "netbase", "tzdata", "libstdc++6"],
  finish: async (root) => {
    await mkdir(join(root, "usr/local/bin"), { recursive: true });
    await symlink("/usr/bin/python3", join(root, "usr/local/bin/python3"));
  },
};

/** Said of both. */
const doesNotProve = "what differs between Debian's Python 3.11 and upstream's";

/** Python's own image, upon which the servers of speech have theirs built. */
export const python: StandIn = {
  user: "",
  entrypoint: [],
  command: ["python3"],
  environment: { LANG: "C.UTF-8" },
  layer,
  fill: async () => {},
  proves: "Python runs with Debian's libraries alone; what is built upon it is live/speech",
  doesNotProve,
  source: "docker-library/python 025fb34, 3.11/slim-bookworm/Dockerfile",
};

/** The image of an operator with the packages of components/services/speech/files/requirements.txt. */
export const speech: StandIn = {
  ...python,
  fill: async (root) => {
    makeSpeech();
    const packages = join(root, "usr/local/lib/python3.11/dist-packages");
    await mkdir(join(packages, ".."), { recursive: true });
    await runs("cp", ["-a", speechPlaces()?.packages ?? "", packages]);
    await runs("find", [packages, "-name", "__pycache__", "-prune", "-exec", "rm", "-r", "{}", "+"]);
  },
  proves:
    "the real servers run by the rendered arguments, probes, mounts, secrets and policies under the manifest's user with a read-only root file system",
  doesNotProve: `${doesNotProve}; that files/Containerfile builds: the packages of its list lie where Debian's Python looks for them`,
};
