import { statSync } from "node:fs";
import { join } from "node:path";
import { invalid } from "../../../components/core/errors";
import { BundleSource } from "./bundle-source";
import { contradictions } from "./contradictions";
import { copyFiles, copyImages } from "./copy";
import { Downloads } from "./download";
import { Files } from "./files";
import type { FileJob, ImageJob } from "./jobs";
import { type Outcome, storeOf } from "./mirror";
import { planText, type Planned } from "./plan";
import { called, Registry } from "./registry";
import { Attempts, type Session } from "./session";

/** Loads a bundle into a registry and a store. It needs no network but the connection to these two. */
export async function load(session: Session, folder: string): Promise<Outcome> {
  const { options, catalogue, work } = session;
  const checking = new Attempts(session, 1);
  let opened: BundleSource | undefined;
  await checking.attempt(`bundle ${folder}`, undefined, async (note) => {
    opened = await BundleSource.open(folder, options.expect, note);
    return "every file is unchanged";
  });
  if (opened === undefined) return { problems: checking.problems };
  const bundle = opened;

  const registry =
    options.registry === undefined ? undefined : new Registry(session.skopeo, options.registry, work.scratch);
  const store = storeOf(session);
  const images = await imageJobs(session, bundle, registry);
  const jobs = fileJobs(session, bundle);
  // Checked before anything is loaded: a bundle does not change what is locked here.
  const wrong = contradictions(session, images, jobs);
  if (wrong.length > 0) return { problems: wrong };
  const lacking = [
    ...catalogue.images
      .filter(({ name, version }) => !images.some(({ image }) => image.name === name && image.version === version))
      .map((image) => `image ${called(image)}`),
    ...catalogue.files.filter(({ key }) => !bundle.files.has(key)).map(({ kind, key }) => `${kind} ${key}`),
  ].map((what) => invalid(`${what} in the bundle`, undefined, "make a new bundle with this version").message);

  if (options.dryRun) {
    const rows = [...images.map(plannedImage)];
    for (const job of jobs) rows.push(await plannedFile(job, store));
    session.out.write(rows.length === 0 ? "" : planText(rows));
    return { problems: lacking };
  }
  const attempts = new Attempts(session, images.length + jobs.length);
  if (registry !== undefined) await copyImages(session, images, registry, attempts);
  // Nothing is downloaded here: every job is in the bundle.
  const files = new Files(
    new Downloads(session.run, join(work.path, "partial")),
    store,
    session.lock,
    [],
    options.verify,
  );
  await copyFiles(jobs, ({ bytes }) => bytes, files, attempts);
  return { problems: [...attempts.problems, ...lacking] };
}

/** True if an entry of a bundle is selected. Without words all are, also those that the catalogue does not name. */
const asked = ({ options: { only } }: Session, kind: string, name: string): boolean =>
  only.length === 0 || only.includes(`${kind}s`) || only.includes(name);

async function imageJobs(
  session: Session,
  bundle: BundleSource,
  registry: Registry | undefined,
): Promise<readonly ImageJob[]> {
  const jobs: ImageJob[] = [];
  for (const bundled of bundle.images.filter(({ name }) => asked(session, "image", name))) {
    const { name, version, wanted } = bundled;
    const known = session.catalogue.images.find((image) => image.name === name && image.version === version);
    const image = known ?? { name, version, upstream: "" };
    jobs.push({
      image,
      wanted,
      there: (await registry?.has(image, wanted)) === true,
      pinned: known !== undefined,
      from: (use) => session.work.scratch(async (scratch) => use(await bundle.place(bundled, scratch))),
    });
  }
  return jobs;
}

/** Files in their order of publication: an archive's lists after the packages, its signatures last. */
function fileJobs(session: Session, bundle: BundleSource): readonly FileJob[] {
  const keys = [...bundle.files].map(([key]) => key);
  const archives = keys.flatMap((key) => /^(.+)\/dists\/[^/]+\/InRelease$/.exec(key)?.[1] ?? []);
  const inArchive = (key: string): boolean => archives.some((archive) => key.startsWith(`${archive}/`));
  const listed = (key: string): boolean => archives.some((archive) => key.startsWith(`${archive}/dists/`));
  const late = ({ key, last }: FileJob): number => (last === true ? 2 : listed(key) ? 1 : 0);
  return [...bundle.files]
    .map(([key, digest]): FileJob => {
      const known = session.catalogue.files.find((file) => file.key === key);
      const path = bundle.path(key);
      return {
        kind: known?.kind ?? (inArchive(key) ? "package" : "file"),
        key,
        url: known?.url ?? "",
        expected: { digest },
        path,
        bytes: statSync(path).size,
        pinned: known !== undefined,
        last: listed(key) && key.endsWith("/InRelease"),
      };
    })
    .filter(({ kind, key }) => asked(session, kind, key))
    .sort((a, b) => late(a) - late(b));
}

const plannedImage = ({ image, wanted, there }: ImageJob): Planned => ({
  what: `image ${called(image)}`,
  bytes: wanted.bytes,
  from: "the bundle",
  state: there ? "there already" : "to copy",
});

async function plannedFile(
  { kind, key, bytes, expected }: FileJob,
  store: ReturnType<typeof storeOf>,
): Promise<Planned> {
  const there = expected !== "first seen" && "digest" in expected && (await store.has(key, expected.digest, bytes));
  return { what: `${kind} ${key}`, bytes, from: "the bundle", state: there ? "there already" : "to copy" };
}
