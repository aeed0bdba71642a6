import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createRequire } from "node:module";
import { build } from "esbuild";
import { makeMatrixSdk } from "../../../support/programs/matrix-sdk";
import { runs } from "../folders";
import { type Layer, link, ownFiles, slim, users } from "../layers";
import type { StandIn } from "../stand-in";
import { node } from "./node";

const layer: Layer = {
  name: "element",
  parent: slim,
  packages: ["nginx"],
  without: /^(iproute2|libelf1|libbpf1|libbsd0|libmnl0|libxtables12|libcap2-bin)$/,
  finish: async (root) => {
    await runs("rm", ["-rf", join(root, "var/lib/nginx"), join(root, "etc/init.d")]);
    // As upstream's: a log that is opened before the configuration is read.
    await mkdir(join(root, "var/log/nginx"), { recursive: true });
    await link(root, "/dev/stderr", "var/log/nginx/error.log");
    await users(root, "nginx:101:/nonexistent:/bin/false");
  },
};

/** Element's files: a page with the library that Element is made of, and nothing else. */
export const element: StandIn = {
  user: "nginx",
  entrypoint: ["/docker-entrypoint.sh"],
  command: ["nginx", "-g", "daemon off;"],
  environment: {},
  layer,
  fill: async (root) => {
    await ownFiles(root, "element");
    const bundles = join(root, "app/bundles");
    await mkdir(join(bundles, "pkg"), { recursive: true });
    const library = makeMatrixSdk();
    const wasm = "matrix_sdk_crypto_wasm_bg.wasm";
    const crypto = createRequire(join(library, "package.json")).resolve("@matrix-org/matrix-sdk-crypto-wasm");
    await copyFile(join(dirname(crypto), "pkg", wasm), join(bundles, "pkg", wasm));
    await build({
      // The library's programs look for its WebAssembly beside them.
      stdin: { contents: 'import * as matrix from "matrix-js-sdk"; window.matrix = matrix;', resolveDir: library },
      ...{ bundle: true, minify: true, format: "esm", logLevel: "error" },
      outfile: join(bundles, "client.js"),
    });
  },
  proves:
    "a real nginx serves a page, the rendered configuration beside it and the library that Element is made of, under the manifest's user, mounts and probes; a browser runs that library, encryption included, under the rendered headers",
  doesNotProve:
    "Element itself: what its own program loads, asks for and shows; the image's own start, which the manifest passes by; what differs between nginx of Debian and of upstream's image",
  source:
    "element-hq/element-web 02ac72b, apps/web/Dockerfile: nginxinc/nginx-unprivileged, whose user is nginx with number 101, and Element's files in /app",
};

/** Tickets for calls, by a script of our own. */
export const tickets: StandIn = {
  user: "",
  entrypoint: [],
  command: ["/lk-jwt-service"],
  environment: {},
  layer: node.layer,
  fill: (root) => ownFiles(root, "lk-jwt-service"),
  proves:
    "the manifest's variables, secrets, trust store, names, probes and policies: who asks for a ticket is asked about at the homeserver under its own name over TLS that is verified, and a real LiveKit opens the room with the key",
  doesNotProve:
    "upstream's program: its redis, its delayed events, its own search for homeservers beyond /.well-known/matrix/server",
  source: "element-hq/lk-jwt-service a375b13, Dockerfile, handler.go, requests.go and helper.go",
};
