/**
 * Upstream files that read what a service writes. A variable or a key that stands in no row is a guess: a test over all services refuses it, and a row that
 * nothing uses as well. Every source names a repository or a release, a revision, and a file.
 */
export interface Upstream {
  /** Variables of each image, by the image's path in the catalogue: the file that reads each. */
  readonly variables: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /**
   * Configuration files by name. Of files in YAML or JSON, every key of the first level has a row; of others, a row may cover several keys, or state behaviour
   * that the file counts on.
   */
  readonly files: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Behaviour that scripts and modules of the service count on. @default {} */
  readonly behaviour?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
