import { invalid } from "../core/errors";
import type { Mirror } from "../core/mirror";

/** Operating system of a host: what its image has, and what its packages come from. */
export type OperatingSystem = "debian-12" | "ubuntu-22.04";

const systems: readonly unknown[] = ["debian-12", "ubuntu-22.04"] satisfies readonly OperatingSystem[];

/** @throws RangeError for a word that is none. */
export function operatingSystem(value: unknown): OperatingSystem {
  if (!systems.includes(value))
    throw invalid('"debian-12" or "ubuntu-22.04"', value, "leave it out for Debian; a recipe knows no other system");
  return value as OperatingSystem;
}

/** A package repository of one upstream's own, beside the operating system's archive: a copy in the operator's store of artefacts. */
export interface Repository {
  /** Name of its key on the host. */
  readonly name: string;
  /** Folder in the store: "bigbluebutton/jammy-300". */
  readonly folder: string;
  readonly suite: string;
  readonly components: readonly string[];
  /** Public keys that sign its lists, as the text between the lines that say so ("-----BEGIN PGP PUBLIC KEY BLOCK-----"). */
  readonly key: string;
}

/** Path on a host of the key of a repository. */
export const repositoryKey = ({ name }: Pick<Repository, "name">): string => `/etc/apt/sovereign-uc-${name}.asc`;

/** apt's sources: the operator's mirror and nothing else, together with the setting that leaves out what an image has in `sources.list.d`. */
export const sources = (
  mirror: Mirror,
  system: OperatingSystem = "debian-12",
  repositories: readonly Repository[] = [],
): string =>
  [
    ...(system === "debian-12" ? debian(mirror) : ubuntu(mirror)),
    ...repositories.map(
      (repository) =>
        `deb [arch=amd64 signed-by=${repositoryKey(repository)}] ${mirror.artefacts}/${repository.folder} ${repository.suite} ${repository.components.join(" ")}`,
    ),
    "",
  ].join("\n");

const debian = ({ packages }: Mirror): readonly string[] => [
  `deb ${packages} bookworm main`,
  `deb ${packages} bookworm-updates main`,
  `deb ${packages}-security bookworm-security main`,
];

/**
 * Ubuntu's three suites are in one archive. Its key alone counts, whatever keys an image has; other architectures, which an image may know of, are not in
 * the mirror.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | suites and components that Ubuntu's own images ask | templates/sources.list.ubuntu.tmpl | canonical/cloud-init 3be0fd46 |
 * | path of the archive's keys | templates/sources.list.ubuntu.deb822.tmpl, `Signed-By` | canonical/cloud-init 0167c1b9 |
 * | `signed-by` takes text as well as binary keys, `arch` names what is asked | sources.list(5) | Debian's apt 2.6.2 |
 */
function ubuntu({ ubuntu: address }: Mirror): readonly string[] {
  if (address === undefined)
    throw invalid(
      "the mirror's address of Ubuntu's packages",
      undefined,
      'give the mirror `ubuntu: "https://packages.example.ch/ubuntu"`, as `npm run mirror -- --ubuntu` fills it',
    );
  const key = "/usr/share/keyrings/ubuntu-archive-keyring.gpg";
  return ["jammy", "jammy-updates", "jammy-security"].map(
    (suite) => `deb [arch=amd64 signed-by=${key}] ${address} ${suite} main universe`,
  );
}
