import { join, resolve } from "node:path";
import { Bundle, bundlePaths } from "./bundle";
import { copyFiles, copyImages } from "./copy";
import type { CataloguedImage } from "./catalogue";
import { debianArchives, packageFiles, ubuntuArchives } from "./debian";
import type { Digest } from "./digest";
import { Downloads } from "./download";
import { Files } from "./files";
import { FolderStore } from "./folder-store";
import { type FileJob, type ImageJob, whatOf } from "./jobs";
import { type Planned, planText, total } from "./plan";
import { called, type ImageTarget, Registry, source, upstreamManifest } from "./registry";
import { bucketTransport, RemoteStore, webTransport } from "./remote-store";
import { Attempts, type Session } from "./session";
import type { Store } from "./store";

/** Result of a run. */
export interface Outcome {
  readonly problems: readonly string[];
  /** Digest of a bundle's checksums. */
  readonly sealed?: Digest;
}

/** Copies the selection from its upstreams, or prints what would be copied. */
export async function mirror(session: Session): Promise<Outcome> {
  const { options, catalogue, work, skopeo } = session;
  const downloads = new Downloads(session.run, join(work.path, "partial"));
  const jobs = await fileJobs(session, downloads);
  const bundle =
    options.bundle === undefined || options.dryRun
      ? undefined
      : await Bundle.open(options.bundle, skopeo, work.scratch);
  try {
    const target =
      bundle ?? (options.registry === undefined ? undefined : new Registry(skopeo, options.registry, work.scratch));
    const store =
      options.bundle === undefined ? storeOf(session) : new FolderStore(join(options.bundle, bundlePaths.files));
    const files = new Files(downloads, store, session.lock, options.relock, options.verify);
    const attempts = new Attempts(session, catalogue.images.length + jobs.length);
    const { jobs: images, missing: absent } = await imageJobs(session, target, attempts);
    const plan = [
      ...images.map(plannedImage),
      ...absent,
      ...(await plannedFiles(session, jobs, files, store, downloads, attempts)),
    ];
    if (options.dryRun) {
      session.out.write(plan.length === 0 ? "" : planText(plan));
      return { problems: attempts.problems };
    }
    const missing = plan.filter(({ state }) => state !== "there already");
    // All problems at once, before hours of copying.
    if (absent.length > 0) session.out.write(`${planText(absent)}\n`);
    session.out.write(
      `${plan.length} in all, ${plan.length - missing.length} there already, ${total(missing)} to copy\n`,
    );
    if (target !== undefined) await copyImages(session, images, target, attempts);
    await copyFiles(jobs, (job) => plan.find(({ what }) => what === whatOf(job))?.bytes, files, attempts);
    if (bundle === undefined || attempts.problems.length > 0) return { problems: attempts.problems };
    const keys = jobs.map(({ key }) => key);
    return { problems: [], sealed: await bundle.seal(images, keys) };
  } finally {
    await bundle?.close();
  }
}

/** Store for files; an empty folder where none was given, which only a selection without files allows. */
export function storeOf({ options: { store }, run, environment, work }: Session): Store {
  if (store === undefined) return new FolderStore(join(work.path, "none"));
  switch (store.kind) {
    case "folder":
      return new FolderStore(store.path);
    case "web":
      return new RemoteStore(webTransport(run, store.address), work.path);
    case "s3":
      return new RemoteStore(bucketTransport(run, store.bucket, environment["AWS_CA_BUNDLE"]), work.path);
  }
}

async function fileJobs({ catalogue, options, work, run }: Session, downloads: Downloads): Promise<readonly FileJob[]> {
  const { debian, ubuntu, keyring, ubuntuKeyring } = options;
  const { files, packages, ubuntuPackages, repositories } = catalogue;
  const systems = [
    { name: "debian", archives: debian === undefined ? [] : debianArchives(debian, resolve(keyring)), packages },
    {
      name: "ubuntu",
      archives:
        ubuntu === undefined
          ? []
          : [
              ...ubuntuArchives(ubuntu, resolve(ubuntuKeyring)),
              ...repositories.map(({ url, suite, ...one }) => ({ ...one, address: url, suites: [suite] })),
            ],
      packages: ubuntuPackages,
    },
  ];
  const jobs = files.map((file): FileJob => ({ ...file, pinned: true }));
  for (const { name, archives, packages: asked } of systems)
    if (archives.length > 0 && asked.length > 0)
      jobs.push(...(await packageFiles(archives, asked, join(work.path, name), run, downloads)));
  return jobs;
}

/** Resolves the digest of every image, and finds the missing ones. The catalogue's digest comes before the lock file's, that before the tag's. */
async function imageJobs(
  { catalogue, options, lock, skopeo }: Session,
  target: ImageTarget | undefined,
  attempts: Attempts,
): Promise<{ readonly jobs: readonly ImageJob[]; readonly missing: readonly Planned[] }> {
  const jobs: ImageJob[] = [];
  const missing: Planned[] = [];
  for (const image of catalogue.images) {
    const { name, upstream, version, digest } = image;
    const locked = options.relock.includes(name) ? undefined : lock.image(name, upstream, version);
    try {
      const wanted = await upstreamManifest(skopeo, image, digest ?? locked);
      jobs.push({
        image,
        wanted,
        there: (await target?.has(image, wanted)) === true,
        pinned: true,
        from: (use) => use(source(image, wanted.digest)),
      });
    } catch (error) {
      attempts.fail(`image ${called(image)}`, error);
      missing.push({ ...origin(image), bytes: undefined, state: "cannot be had" });
    }
  }
  return { jobs, missing };
}

const origin = (image: CataloguedImage): Pick<Planned, "what" | "from" | "host"> => ({
  what: `image ${called(image)}`,
  from: image.upstream,
  host: image.upstream.split("/")[0] ?? "",
});

const plannedImage = ({ image, wanted, there }: ImageJob): Planned => ({
  ...origin(image),
  bytes: wanted.bytes,
  state: there ? "there already" : "to copy",
});

async function plannedFiles(
  { lock, options, signal }: Session,
  jobs: readonly FileJob[],
  files: Files,
  store: Store,
  downloads: Downloads,
  attempts: Attempts,
): Promise<readonly Planned[]> {
  const rows: Planned[] = [];
  for (const job of jobs) {
    const { key, url } = job;
    const common = { what: whatOf(job), from: url, host: new URL(url).host };
    // A checksum file that is not in the store yet is not known: its files count as to be copied.
    const digest = await files.expected(job).catch(() => undefined);
    signal.throwIfAborted();
    const known = job.bytes ?? lock.file(key, url)?.bytes;
    if (digest !== undefined && (await store.has(key, digest, known)))
      rows.push({ ...common, bytes: known, state: "there already" });
    else if (known !== undefined) rows.push({ ...common, bytes: known, state: "to copy" });
    else
      rows.push(
        await downloads.size(url).then(
          (bytes) => ({ ...common, bytes, state: "to copy" }) as const,
          (error: unknown) => {
            signal.throwIfAborted();
            // A real run tries the copy anyway and reports the error; a dry run would not.
            if (options.dryRun || !(error instanceof RangeError)) attempts.fail(whatOf(job), error);
            return { ...common, bytes: undefined, state: "cannot be had" } as const;
          },
        ),
      );
  }
  return rows;
}
