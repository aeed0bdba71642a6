import { isLoopback } from "./address";
import { type Digest, isDigest, Tampered } from "./digest";
import { failure, type Run } from "./programs";

/** Error texts of skopeo for a registry that does not have the image. */
const absent = /manifest unknown|name unknown|StatusCode: 404|repository .*not found/i;

/** Both ends of a copy in skopeo's notation: `docker://registry.example.ch/jitsi/jvb:1`, `dir:some/folder`. */
export type Place = `docker://${string}` | `dir:${string}`;

/** skopeo as the client of registries: it copies, compares digests on the way and skips blobs that the other end has. */
export class Skopeo {
  constructor(
    private readonly run: Run,
    /** True on a terminal: skopeo then draws a progress bar for every layer. */
    private readonly terminal: boolean,
  ) {}

  /**
   * A raw manifest, unchecked; undefined if the registry has none.
   *
   * @throws RangeError when the registry cannot be asked.
   */
  async raw(place: Place): Promise<Buffer | undefined> {
    const ended = await this.run("skopeo", ["inspect", "--raw", "--no-tags", ...tls("", place), place]);
    if (ended.code === 0) return ended.stdout;
    if (absent.test(ended.complaint)) return undefined;
    throw failure(
      `an answer about ${place.replace("docker://", "")}`,
      ended,
      "check name, network and login (skopeo login), then start again",
    );
  }

  /**
   * Copies one image byte for byte. Layers that the other end has are skipped, so that an interrupted copy resumes; the tag is set last, so that
   * no client pulls an incomplete image.
   *
   * @throws Tampered when a layer does not match the manifest; RangeError for anything else.
   */
  async copy(what: string, from: Place, to: Place): Promise<void> {
    const parameters = ["copy", "--preserve-digests", ...tls("src-", from), ...tls("dest-", to)];
    const ended = await this.run("skopeo", [...parameters, from, to], { terminal: this.terminal });
    if (ended.code === 0) return;
    const [, expected, found] = /expected (sha256:\w+), got (sha256:\w+)/.exec(ended.complaint) ?? [];
    if (isDigest(expected))
      throw new Tampered(
        `a layer of ${what}`,
        expected,
        isDigest(found) ? (found satisfies Digest) : undefined,
        "the image was not tagged; ask its publisher, or take it from elsewhere",
      );
    throw failure(`a copy of ${what}`, ended, "start again: finished copies are kept");
  }
}

const tls = (end: "" | "src-" | "dest-", place: Place): string[] => {
  const host = /^docker:\/\/([^/]+)\//.exec(place)?.[1];
  return host !== undefined && isLoopback(host) ? [`--${end}tls-verify=false`] : [];
};
