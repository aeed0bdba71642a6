import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** Digest of files by their names: another file gives another digest. */
export const digest = (files: Readonly<Record<string, string>>): string =>
  createHash("sha256")
    .update(JSON.stringify(Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1))))
    .digest("hex");

/** Digest of values that tell versions apart, plain: none of them is secret. */
export const settled = (values: readonly pulumi.Input<string>[]): pulumi.Output<string> =>
  pulumi.unsecret(
    pulumi.all([...values]).apply((texts) => createHash("sha256").update(JSON.stringify(texts)).digest("hex")),
  );
