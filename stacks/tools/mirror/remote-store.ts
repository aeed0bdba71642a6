import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { below } from "./address";
import { type Digest, measured, Tampered } from "./digest";
import type { Bucket } from "./options";
import { type Ended, type Environment, failure, type Run } from "./programs";
import { readSums, type Store, type Sums, sumsName, writtenSums } from "./store";

/** Requests that differ between a web server and a bucket. */
interface Transport {
  readonly name: string;
  /** Size of the object; undefined if there is none. */
  size(key: string): Promise<number | undefined>;
  read<T>(key: string, reader: (content: Readable) => Promise<T>): Promise<T>;
  write(key: string, path: string): Promise<void>;
  /** True if the object was deleted. */
  remove(key: string): Promise<boolean>;
}

/**
 * A store behind a network. It keeps a SHA256SUMS of its own: without it, every run would have to download everything to know what is there. A file
 * gets its line only after it was read back whole.
 */
export class RemoteStore implements Store {
  private sums: Promise<Sums> | undefined;

  constructor(
    private readonly transport: Transport,
    /** Folder for the draft of SHA256SUMS. */
    private readonly work: string,
  ) {}

  get name(): string {
    return this.transport.name;
  }

  async has(key: string, digest: Digest, bytes: number | undefined): Promise<boolean> {
    if ((await this.known()).get(key) !== digest) return false;
    const size = await this.transport.size(key);
    return size !== undefined && (bytes === undefined || size === bytes);
  }

  async put(key: string, path: string, digest: Digest): Promise<void> {
    await this.transport.write(key, path);
    const found = await this.found(key);
    if (found !== digest) {
      const gone = await this.transport.remove(key);
      const advice = gone
        ? "look at the store, then start again"
        : "it could not be removed: remove it there, then start again";
      throw new Tampered(`${key} in ${this.name}`, digest, found, advice);
    }
    const sums = new Map([...(await this.known()), [key, digest] as const]);
    const draft = join(this.work, sumsName);
    await writeFile(draft, writtenSums(sums));
    await this.transport.write(sumsName, draft);
    this.sums = Promise.resolve(sums);
  }

  async verify(key: string, digest: Digest): Promise<void> {
    const found = await this.found(key);
    if (found !== digest)
      throw new Tampered(
        `${key} in ${this.name}`,
        digest,
        found,
        "remove it there, then start again: it is copied again",
      );
  }

  async text(key: string): Promise<string | undefined> {
    if ((await this.transport.size(key)) === undefined) return undefined;
    return this.transport.read(key, async (content) => Buffer.concat(await content.toArray()).toString("utf8"));
  }

  /** Digest of the object. */
  private async found(key: string): Promise<Digest | undefined> {
    return (await this.transport.size(key)) === undefined
      ? undefined
      : (await this.transport.read(key, measured)).digest;
  }

  private known(): Promise<Sums> {
    return (this.sums ??= this.text(sumsName).then((text) => readSums(text ?? "")));
  }
}

const failed = (what: string, ended: Ended): RangeError =>
  failure(what, ended, "check address, login and network, then start again");

/** A program that hands a store's content to a reader. */
async function readWith<T>(
  run: Run,
  program: string,
  parameters: readonly string[],
  what: string,
  reader: (content: Readable) => Promise<T>,
  environment: Environment = {},
): Promise<T> {
  let result: { readonly value: T } | undefined;
  const ended = await run(program, parameters, {
    environment,
    read: async (content) => (result = { value: await reader(content) }),
  });
  if (ended.code !== 0 || result === undefined) throw failed(what, ended);
  return result.value;
}

/** A web server that accepts PUT, such as nginx with its DAV module; curl takes credentials from ~/.netrc. */
export function webTransport(run: Run, address: string): Transport {
  const curl = ["-q", "--silent", "--show-error", "--netrc-optional", "--connect-timeout", "20"];
  return {
    name: address,
    size: async (key) => {
      const head = [...curl, "--head", "--output", "/dev/null", "--write-out", "%{http_code} %header{content-length}"];
      const ended = await run("curl", [...head, below(address, key)]);
      const [code = "", length = ""] = ended.stdout.toString().split(" ");
      if (ended.code === 0 && (code === "404" || code === "410")) return undefined;
      if (ended.code !== 0 || code !== "200")
        throw failed(`an answer about ${below(address, key)}`, code === "" ? ended : { ...ended, complaint: code });
      return Number(length);
    },
    read: (key, reader) =>
      readWith(run, "curl", [...curl, "--fail", below(address, key)], `${key} from ${address}`, reader),
    write: async (key, path) => {
      const ended = await run("curl", [...curl, "--fail", "--upload-file", path, below(address, key)]);
      if (ended.code !== 0) throw failed(`${address} to take ${key}`, ended);
    },
    remove: async (key) => {
      const { code } = await run("curl", [...curl, "--fail", "--request", "DELETE", below(address, key)]);
      return code === 0;
    },
  };
}

/**
 * A bucket; rclone signs, splits large objects into parts, and takes its keys from the environment.
 *
 * @param authorities file with certificate authorities, if AWS_CA_BUNDLE names one: rclone fails on this variable, and has an option of its own.
 */
export function bucketTransport(run: Run, { endpoint, path }: Bucket, authorities: string | undefined): Transport {
  // A remote defined by variables needs no file; an operator's own rclone configuration is not read.
  const environment = {
    RCLONE_CONFIG: "",
    RCLONE_CONFIG_STORE_TYPE: "s3",
    RCLONE_CONFIG_STORE_PROVIDER: "Other",
    RCLONE_CONFIG_STORE_ENV_AUTH: "true",
    RCLONE_CONFIG_STORE_ENDPOINT: endpoint,
    // The operator makes the bucket, with the retention that it should have; this tool never makes one.
    RCLONE_S3_NO_CHECK_BUCKET: "true",
    AWS_CA_BUNDLE: undefined,
    ...(authorities === undefined ? {} : { RCLONE_CA_CERT: authorities }),
  };
  const at = (key: string): string => `store:${path}/${key}`;
  const name = `${endpoint}/${path}`;
  return {
    name,
    size: async (key) => {
      const ended = await run("rclone", ["lsjson", "--stat", at(key)], { environment });
      if (ended.code === 3 || (ended.code === 0 && ended.stdout.toString().trim() === "null")) return undefined;
      if (ended.code !== 0) throw failed(`an answer about ${key} from ${name}`, ended);
      const { Size, IsDir } = JSON.parse(ended.stdout.toString()) as { readonly Size: number; readonly IsDir: boolean };
      return IsDir ? undefined : Size;
    },
    read: (key, reader) => readWith(run, "rclone", ["cat", at(key)], `${key} from ${name}`, reader, environment),
    write: async (key, file) => {
      const ended = await run("rclone", ["copyto", "--ignore-times", file, at(key)], { environment });
      if (ended.code !== 0) throw failed(`${name} to take ${key}`, ended);
    },
    remove: async (key) => {
      const { code } = await run("rclone", ["deletefile", at(key)], { environment });
      return code === 0;
    },
  };
}
