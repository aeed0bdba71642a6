import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

const execute = promisify(execFile);

/** Facts about an image that a test has made. */
export interface MadeImage {
  /** Digest under the tag: of the list, where there is one. */
  readonly tagged: string;
  /** Digest of the image for 64-bit x86. */
  readonly digest: string;
  readonly layers: readonly string[];
}

export const sha256 = (content: Uint8Array | string): string =>
  `sha256:${createHash("sha256").update(content).digest("hex")}`;

/** An OCI image layout with one image for each kind of machine, and a list of both; the layers' content is new every time. */
export function makeImage(folder: string, layers: readonly number[], architectures = ["arm64", "amd64"]): MadeImage {
  const put = (content: Buffer, mediaType: string) => {
    const digest = sha256(content);
    writeFileSync(join(folder, "blobs/sha256", digest.slice(7)), content);
    return { mediaType, digest, size: content.length };
  };
  const type = (name: string): string => `application/vnd.oci.image.${name}`;
  mkdirSync(join(folder, "blobs/sha256"), { recursive: true });
  const images = architectures.map((architecture) => {
    const content = layers.map((size) => archive(randomBytes(size)));
    const config = {
      architecture,
      os: "linux",
      config: {},
      rootfs: { type: "layers", diff_ids: content.map((layer) => sha256(layer)) },
    };
    const manifest = {
      schemaVersion: 2,
      mediaType: type("manifest.v1+json"),
      config: put(Buffer.from(JSON.stringify(config)), type("config.v1+json")),
      layers: content.map((layer) => put(gzipSync(layer), type("layer.v1.tar+gzip"))),
    };
    return {
      ...put(Buffer.from(JSON.stringify(manifest)), manifest.mediaType),
      platform: { os: "linux", architecture },
      layers: manifest.layers.map(({ digest }) => digest),
    };
  });
  const list = put(
    Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: type("index.v1+json"),
        manifests: images.map(({ layers: _, ...entry }) => entry),
      }),
    ),
    type("index.v1+json"),
  );
  writeFileSync(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  writeFileSync(
    join(folder, "index.json"),
    JSON.stringify({
      schemaVersion: 2,
      manifests: [{ ...list, annotations: { "org.opencontainers.image.ref.name": "made" } }],
    }),
  );
  const ours = images.at(-1);
  return { tagged: list.digest, digest: ours?.digest ?? "", layers: ours?.layers ?? [] };
}

/** Publishes a layout that was made here. */
export async function publish(
  folder: string,
  reference: string,
  parameters = ["--all", "--preserve-digests"],
): Promise<void> {
  await execute("skopeo", [
    ...["copy", "--quiet", "--dest-tls-verify=false", ...parameters],
    ...[`oci:${folder}:made`, `docker://${reference}`],
  ]);
}

/** Content that a registry serves under a reference; undefined if it serves none. */
export async function served(reference: string): Promise<string | undefined> {
  const run = execute("skopeo", ["inspect", "--raw", "--tls-verify=false", `docker://${reference}`], {
    encoding: "buffer",
  });
  return run.then(
    ({ stdout }) => sha256(stdout),
    () => undefined,
  );
}

/** A tar archive with one file. */
function archive(content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write("content");
  header.write("0000644\0", 100);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        0", 148);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512), Buffer.alloc(1024)]);
}
