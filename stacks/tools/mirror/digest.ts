import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { shown } from "../../../components/core/errors";
import { type Digest, isDigest } from "../../../components/core/images";

export { type Digest, isDigest };

/** Content that was read whole. */
export interface Measured {
  readonly digest: Digest;
  readonly bytes: number;
}

/** The hexadecimal part, as checksum files write it. */
export const hex = (digest: Digest): string => digest.slice("sha256:".length);

export const digestOf = (content: Uint8Array | string): Digest =>
  `sha256:${createHash("sha256").update(content).digest("hex")}`;

/** Reads a stream to its end; never holds more than a chunk of it. */
export async function measured(stream: AsyncIterable<Uint8Array>): Promise<Measured> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of stream) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { digest: `sha256:${hash.digest("hex")}`, bytes };
}

export const measuredFile = (path: string): Promise<Measured> => measured(createReadStream(path));

/** Content with another digest than expected. */
export class Tampered extends RangeError {
  constructor(what: string, expected: Digest, found: Digest | undefined, advice: string) {
    super(`expected ${what} with digest ${expected}, got ${found ?? shown(found)}; ${advice}`);
  }
}
