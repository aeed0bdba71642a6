import { parseArgs } from "node:util";
import { validate, invalid } from "../../../components/core/errors";
import { domainName } from "../../../components/core/names";
import { isLoopback, registryHost, webAddress } from "./address";
import { builtInName } from "./catalogue-file";
import { type Digest, isDigest } from "./digest";

/** Location of an S3 bucket. Its keys come from the environment. */
export interface Bucket {
  readonly endpoint: string;
  /** Bucket, and a prefix of all keys. */
  readonly path: string;
}

/** A place for files. */
export type StoreAddress =
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "web"; readonly address: string }
  | { readonly kind: "s3"; readonly bucket: Bucket };

/** Options of the mirror command. */
export interface Options {
  readonly help: boolean;
  readonly registry: string | undefined;
  readonly store: StoreAddress | undefined;
  readonly bundle: string | undefined;
  readonly fromBundle: string | undefined;
  /** Digest of the bundle's SHA256SUMS, received over another channel than the bundle. */
  readonly expect: Digest | undefined;
  readonly catalogues: readonly string[];
  /** Address of a Debian archive; its security archive is the same with `-security`. */
  readonly debian: string | undefined;
  readonly keyring: string;
  /** Address of an Ubuntu archive. */
  readonly ubuntu: string | undefined;
  readonly ubuntuKeyring: string;
  /** Kinds and names; empty: everything. */
  readonly only: readonly string[];
  readonly relock: readonly string[];
  readonly verify: boolean;
  readonly dryRun: boolean;
  readonly work: string;
  readonly lock: string | undefined;
}

export const usage = `npm run mirror -- [options]

  Copies what the catalogue lists from upstream into places that you run, checks every byte and writes the lock file.
  Interrupted, it goes on where it stopped when it is started again.

  To:
  --registry HOST[:PORT]   registry for images; log in with "skopeo login HOST"
  --store ADDRESS          place for files: a folder, https://… (PUT; ~/.netrc) or s3://ENDPOINT/BUCKET[/PREFIX]
                           (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment)
  --bundle FOLDER          an offline bundle of the same, in place of --registry and --store

  From:
  --from-bundle FOLDER     a bundle in place of the upstreams: no internet is needed
  --expect SHA256          refuses a bundle whose SHA256SUMS is another than the one that its maker told you
  --catalogue FILE         what to copy, as YAML, as often as needed; "built-in" is what this version deploys
                           (default: built-in)
  --debian ADDRESS         Debian archive for host packages, as https://debian.example.org/debian;
                           without it none are copied. ADDRESS-security has to be there too
  --keyring FILE           keys that sign that archive (default: Debian's own)
  --ubuntu ADDRESS         the same of Ubuntu, as https://ubuntu.example.org/ubuntu, for packages of hosts with Ubuntu
                           and of the catalogue's repositories
  --ubuntu-keyring FILE    keys that sign that archive (default: Ubuntu's own)

  How:
  --only WORD              images, files, charts, models, packages, or a name; as often as needed
  --relock NAME            takes what upstream has now in place of what the lock file says, as often as needed
  --verify                 reads back what is there already, too
  --dry-run                says what would be copied, how much, from where and who controls that place; copies nothing
  --work FOLDER            where unfinished downloads wait (default: out/mirror)
  --lock FILE              lock file (default: components/core/images.lock.json)
  --help                   prints this

  Programs: skopeo, curl; rclone for s3://, apt-get for packages, docker-registry to make a bundle.`;

export const kindWords = ["images", "files", "charts", "models", "packages"] as const;

/**
 * Reads the command line.
 *
 * @throws RangeError with every problem on a line of its own.
 */
export function options(argv: readonly string[]): Options {
  const values = parsed(argv);
  const { registry, store, bundle, debian, ubuntu, expect, catalogue = [], only = [], relock = [] } = values;
  const fromBundle = values["from-bundle"];
  const help = values.help ?? false;
  const asked = help
    ? { registry: undefined, store: undefined, debian: undefined, ubuntu: undefined, expect: undefined }
    : validate({
        registry: () => (registry === undefined ? undefined : registryHost(registry)),
        store: () => (store === undefined ? undefined : storeAddress(store)),
        debian: () => (debian === undefined ? undefined : webAddress(debian, "https://debian.example.org/debian")),
        ubuntu: () => (ubuntu === undefined ? undefined : webAddress(ubuntu, "https://ubuntu.example.org/ubuntu")),
        expect: () => (expect === undefined ? undefined : sum(expect)),
        options: () => combined(values),
      });
  return {
    help,
    registry: asked.registry,
    store: asked.store,
    bundle,
    fromBundle,
    expect: asked.expect,
    catalogues: catalogue.length === 0 ? [builtInName] : catalogue,
    debian: asked.debian,
    keyring: values.keyring ?? "/usr/share/keyrings/debian-archive-keyring.gpg",
    ubuntu: asked.ubuntu,
    ubuntuKeyring: values["ubuntu-keyring"] ?? "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
    only,
    relock,
    verify: values.verify ?? false,
    dryRun: values["dry-run"] ?? false,
    work: values.work ?? "out/mirror",
    lock: values.lock,
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        help: { type: "boolean", short: "h" },
        registry: { type: "string" },
        store: { type: "string" },
        bundle: { type: "string" },
        "from-bundle": { type: "string" },
        expect: { type: "string" },
        catalogue: { type: "string", multiple: true },
        debian: { type: "string" },
        keyring: { type: "string" },
        ubuntu: { type: "string" },
        "ubuntu-keyring": { type: "string" },
        only: { type: "string", multiple: true },
        relock: { type: "string", multiple: true },
        verify: { type: "boolean" },
        "dry-run": { type: "boolean" },
        work: { type: "string" },
        lock: { type: "string" },
      },
    }).values;
  } catch (error) {
    // Node's first sentence names the option; the rest explains Node's parser.
    const [said = ""] = (error as Error).message.split(". ");
    throw invalid("options as --help prints them", said.replace(/\.$/, ""), "correct the command line");
  }
}

function combined(values: ReturnType<typeof parsed>): void {
  const given = (names: readonly (keyof typeof values)[]): string =>
    names
      .filter((name) => values[name] !== undefined)
      .map((name) => `--${name}`)
      .join(", ");
  const targets = given(["registry", "store"]);
  if (values.bundle === undefined && targets === "")
    throw invalid(
      "a place to copy to",
      "none",
      "give --registry HOST and --store ADDRESS, or --bundle FOLDER; --help tells more",
    );
  if (values.bundle !== undefined && targets !== "")
    throw invalid(
      "either --bundle or --registry and --store",
      `--bundle, ${targets}`,
      "make the bundle and the mirror one after the other; what is fetched for one is not kept for the other",
    );
  const upstream = given(["bundle", "debian", "ubuntu", "relock"]);
  if (values["from-bundle"] !== undefined && upstream !== "")
    throw invalid(
      "--from-bundle without what asks upstreams",
      upstream,
      "leave it out: a bundle brings its own content",
    );
  if (values.expect !== undefined && values["from-bundle"] === undefined)
    throw invalid("--expect together with --from-bundle", "--expect alone", "add --from-bundle FOLDER");
}

function sum(value: string): Digest {
  const digest = value.startsWith("sha256:") ? value : `sha256:${value}`;
  if (!isDigest(digest))
    throw invalid("64 hexadecimal digits", value, "copy the digest that was printed when the bundle was made");
  return digest;
}

function storeAddress(value: string): StoreAddress {
  if (/^https?:/.test(value)) return { kind: "web", address: webAddress(value, "https://artefacts.example.ch") };
  if (!/^[a-z0-9]+:\/\//i.test(value)) {
    if (value === "") throw invalid("a folder or an address", value, "name the place for files");
    return { kind: "folder", path: value };
  }
  const [, endpoint, path] = /^s3:\/\/([^/@?#\s]+)\/([^?#\s]+?)\/?$/.exec(value) ?? [];
  if (endpoint === undefined || path === undefined)
    throw invalid(
      "a folder, https://… or s3://ENDPOINT/BUCKET",
      value,
      'give one like "s3://objects.example.ch/artefacts"; its keys come from the environment',
    );
  const host = endpoint.replace(/:\d+$/, "");
  if (!isLoopback(host)) domainName(host);
  return { kind: "s3", bucket: { endpoint: `${isLoopback(host) ? "http" : "https"}://${endpoint}`, path } };
}
