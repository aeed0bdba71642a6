import { mkdir, readFile, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { background, until } from "../../support/programs/background";
import { installed } from "../../support/programs/programs";
import { runs } from "./folders";

/** Programs that images and their registry need: for `describeWith`. */
export const registryPrograms = ["umoci", "skopeo", "docker-registry", "setcap"] as const;

export interface RegistryOptions {
  /** Address that it listens on: `10.99.0.1`. */
  readonly address: string;
  readonly port: number;
  /** PEM files: its chain and key, and the authority by which the tests know it. */
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
  /** Folder of its storage; images that are there are served and not pushed again. */
  readonly storage: string;
  /** Words before the program: `nsenter --net=/run/netns/gateways`. @default - none */
  readonly within?: readonly string[];
}

export interface Registry {
  /** `10.99.0.1:5000` */
  readonly host: string;
  /**
   * Puts images under `path:tag`, and so under their digests.
   *
   * @param images what `buildImages` returned, by path and tag.
   * @returns digests by path and tag.
   */
  push(images: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>>;
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>;
}

/** Starts Debian's docker-registry with TLS. @throws Error when it does not answer. */
export async function startRegistry(options: RegistryOptions): Promise<Registry> {
  const { address, port, certificate, key, authority, storage, within = [] } = options;
  const host = `${address}:${port}`;
  await mkdir(storage, { recursive: true });
  const config = join(storage, "config.yml");
  await writeFile(
    config,
    JSON.stringify({
      version: "0.1",
      log: { accesslog: { disabled: true }, level: "warn" },
      storage: { filesystem: { rootdirectory: storage }, delete: { enabled: false } },
      http: { addr: host, tls: { certificate, key } },
    }),
  );
  const program = installed("docker-registry");
  if (program === undefined)
    throw new Error("expected docker-registry, got none; install the Debian package docker-registry");
  const [first = program, ...words] = [...within, program, "serve", config];
  const server = background(first, words, storage);
  // skopeo takes a folder of authorities.
  const trusted = join(storage, "authority");
  await mkdir(trusted, { recursive: true });
  await writeFile(join(trusted, "ca.crt"), await readFile(authority));
  const ca = await readFile(authority, "utf8");
  const digestAt = (path: string, tag: string): Promise<string | undefined> =>
    asked({ address, port, ca, path: `/v2/${path}/manifests/${tag}` });
  try {
    await until("an answer of docker-registry", async () => {
      server.mustRun();
      return asked({ address, port, ca, path: "/v2/" }).then(
        () => true,
        () => false,
      );
    });
  } catch (error) {
    await server.stop();
    throw error;
  }

  const pushed = async (name: string, source: string): Promise<string> => {
    const colon = name.lastIndexOf(":");
    const digest = await digestOf(source);
    if ((await digestAt(name.slice(0, colon), name.slice(colon + 1))) === digest) return digest;
    await runs("skopeo", [
      ...["copy", "--quiet", "--insecure-policy", "--dest-no-creds", "--dest-cert-dir", trusted],
      ...[source, `docker://${host}/${name}`],
    ]);
    return digest;
  };
  return {
    host,
    push: async (images) => {
      const digests = new Map<string, string>();
      // One after the other: they share layers.
      for (const [name, source] of images) digests.set(name, await pushed(name, source));
      return digests;
    },
    stop: () => server.stop(),
  };
}

/** The digest of the only image in an OCI layout: skopeo pushes its manifest as it stands. */
async function digestOf(source: string): Promise<string> {
  const layout = /^oci:(.*):[^:]*$/.exec(source)?.[1];
  if (layout === undefined)
    throw new Error(`expected an image like "oci:/folder:image", got ${source}; take what buildImages returns`);
  const index = JSON.parse(await readFile(join(layout, "index.json"), "utf8")) as {
    readonly manifests: readonly { readonly digest: string }[];
  };
  const [only, ...others] = index.manifests;
  if (only === undefined || others.length > 0)
    throw new Error(`expected one image in ${layout}, got ${index.manifests.length}; build it again`);
  return only.digest;
}

interface Asked {
  readonly address: string;
  readonly port: number;
  readonly ca: string;
  readonly path: string;
}

/** The digest that a registry names, undefined where it has no such thing. @throws Error when nothing answers. */
function asked({ address, port, ca, path }: Asked): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: address,
        port,
        path,
        ca,
        method: "HEAD",
        headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
      },
      (response) => {
        response.resume();
        const digest = response.headers["docker-content-digest"];
        response.on("end", () => resolve(typeof digest === "string" ? digest : undefined));
      },
    );
    outgoing.on("error", reject);
    outgoing.end();
  });
}

/** Writes an image as an archive that `ctr images import` takes, named as given. */
export const archive = (source: string, file: string, name: string): Promise<void> =>
  runs("skopeo", ["copy", "--quiet", "--insecure-policy", source, `oci-archive:${file}:${name}`]);
