import type { Files } from "./files";
import { type FileJob, type ImageJob, whatOf } from "./jobs";
import { called, type ImageTarget } from "./registry";
import type { Attempts, Session } from "./session";

/** Copies missing images, and locks each one as soon as it is copied. */
export async function copyImages(
  { lock, options }: Session,
  jobs: readonly ImageJob[],
  target: ImageTarget,
  attempts: Attempts,
): Promise<void> {
  for (const { image, wanted, there, pinned, from } of jobs) {
    const work = async (): Promise<string> => {
      if (!there) await from((place) => target.copy(image, wanted, place));
      else if (options.verify) await target.verify(image, wanted);
      const { name, upstream, version } = image;
      if (pinned) lock.pinImage(name, { upstream, version, digest: wanted.digest });
      return there ? `there already${options.verify ? ", read back" : ""}` : "copied";
    };
    // skopeo draws a bar for every layer.
    await attempts.attempt(`image ${called(image)}`, wanted.bytes, work, !there || options.verify);
  }
}

/** Copies files in their order. An index of packages is left out if one of its packages could not be copied. */
export async function copyFiles(
  jobs: readonly FileJob[],
  bytes: (job: FileJob) => number | undefined,
  files: Files,
  attempts: Attempts,
): Promise<void> {
  let whole = true;
  for (const job of jobs) {
    const what = whatOf(job);
    if (job.last === true && !whole)
      attempts.fail(what, new RangeError("not copied, since a package that it lists is missing"));
    else {
      const done = await attempts.attempt(what, bytes(job), (note) => files.bring(job, note));
      if (job.kind === "package") whole &&= done;
    }
  }
}
