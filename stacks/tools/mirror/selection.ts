import { invalid } from "../../../components/core/errors";
import type { Catalogue } from "./catalogue";
import { kindWords, type Options } from "./options";

/**
 * Selected entries of a catalogue. Host packages are selected by naming their source, because the operator chooses it.
 *
 * @throws RangeError for a word that is neither a kind nor a name, for a missing store or registry, and for an empty selection.
 */
export function selected(all: Catalogue, { only, relock, debian, ubuntu, fromBundle, ...options }: Options): Catalogue {
  const names = [...all.images.map(({ name }) => name), ...all.files.map(({ key }) => key)];
  const unknown = only.find((word) => !kindWords.some((kind) => kind === word) && !names.includes(word));
  if (unknown !== undefined)
    throw invalid(`--only ${kindWords.join(", ")} or a name of the catalogue`, unknown, "correct the word");
  const unlockable = relock.find((name) => !names.includes(name));
  if (unlockable !== undefined)
    throw invalid("--relock with a name of the catalogue", unlockable, "correct the name; --dry-run prints them all");
  if (only.includes("packages") && debian === undefined && ubuntu === undefined && fromBundle === undefined)
    throw invalid(
      "--debian ADDRESS or --ubuntu ADDRESS for packages",
      undefined,
      "name the archive that they come from",
    );

  const asked = (kind: string, name: string): boolean =>
    only.length === 0 || only.includes(kind) || only.includes(name);
  const chosen = all.files.filter(({ kind, key }) => asked(`${kind}s`, key));
  // A file needs the checksums that it is checked against: they are included, and come first.
  const sums = all.files.filter(({ key }) =>
    chosen.some(({ expected }) => expected !== "first seen" && "sums" in expected && expected.sums === key),
  );
  const files = [...sums, ...chosen.filter((file) => !sums.includes(file))];
  const images = all.images.filter(({ name }) => asked("images", name));
  const from = (archive: string | undefined, names: readonly string[]): readonly string[] =>
    (archive !== undefined || fromBundle !== undefined) && asked("packages", "packages") ? names : [];
  const packages = from(debian, all.packages);
  const ubuntuPackages = from(ubuntu, all.ubuntuPackages);
  const bare = files.length + packages.length + ubuntuPackages.length;
  const wanting = [
    ...(images.length > 0 && options.registry === undefined ? ["--registry HOST for images"] : []),
    ...(bare > 0 && options.store === undefined ? ["--store ADDRESS for files"] : []),
  ];
  if (options.bundle === undefined && wanting.length > 0)
    throw invalid(wanting.join(" and "), undefined, "name the place for them, or leave them out with --only");
  if (images.length + bare === 0)
    throw invalid(
      "something to copy",
      `nothing with ${only.map((word) => `--only ${word}`).join(" ")}`,
      "add to the catalogue, or ask for something else",
    );
  return { images, files, packages, ubuntuPackages, repositories: all.repositories };
}
