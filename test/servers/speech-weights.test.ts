/** The script that brings a model from the bucket before a server of speech starts, with real programs: rclone, and a real S3 server. */
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tier } from "../../components/core/tier";
import { bucketClient } from "../../components/kubernetes/bucket-client";
import { weightsScripts } from "../../components/services/speech/files";
import { startStore, type Store, storeKey } from "./recording-store";

jest.setTimeout(240_000);

const sums = (folder: string): string =>
  execFileSync("sh", ["-c", "find . -type f ! -name SHA256SUMS -exec sha256sum {} +"], {
    cwd: folder,
    encoding: "utf8",
  });
const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("a model of speech", () => {
  const folder = mkdtempSync(join(tmpdir(), "sovereign-uc-speech-weights-"));
  const places = join(folder, "models");
  const stored = join(folder, "buckets", "models", "vosk", "de");
  let store: Store;
  let listed: string;

  /** The script that runs before the server. */
  const fetched = (
    sha256 = digest(listed),
    from = "vosk/de",
  ): Promise<{ readonly code: number; readonly said: string }> =>
    new Promise((resolve) => {
      const key = (value: string) => ({ value, version: "1" });
      const { env } = bucketClient(
        {
          ...{ endpoint: store.endpoint, bucket: "models", region: "us-east-1" },
          ...{ accessKey: key(storeKey.access), secretKey: key(storeKey.secret) },
          ...{ port: 80, peer: tier("store", "store-gateway", {}) },
        },
        [],
      );
      const environment = {
        ...env,
        ...{ PATH: process.env["PATH"], RCLONE_RETRIES: "1" },
        RCLONE_CONFIG_STORE_ACCESS_KEY_ID: storeKey.access,
        RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY: storeKey.secret,
        ...{ MODELS: places, WEIGHTS: `models/${from}`, WEIGHTS_SHA256: sha256 },
      };
      execFile("sh", [join(folder, "fetch-weights.sh")], { env: environment }, (error, _, said) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, said }),
      );
    });

  beforeAll(async () => {
    mkdirSync(places);
    for (const [name, text] of Object.entries(weightsScripts)) writeFileSync(join(folder, name), text);
    store = await startStore(folder, "models");
  });

  beforeEach(() => {
    rmSync(join(folder, "buckets", "models", "vosk"), { recursive: true, force: true });
    mkdirSync(join(stored, "graph"), { recursive: true });
    writeFileSync(join(stored, "README"), "a model");
    writeFileSync(join(stored, "graph", "words.txt"), "eins zwei drei");
    listed = sums(stored);
    writeFileSync(join(stored, "SHA256SUMS"), listed);
  });

  afterEach(() => {
    for (const place of readdirSync(places)) rmSync(join(places, place), { recursive: true });
  });

  afterAll(async () => {
    await store.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("comes from the bucket under the name of its digest, with the folders in it", async () => {
    await expect(fetched()).resolves.toEqual({ code: 0, said: "" });
    expect(readdirSync(places)).toEqual([digest(listed)]);
    expect(readFileSync(join(places, digest(listed), "graph", "words.txt"), "utf8")).toBe("eins zwei drei");
  });

  test.each<[string, () => void, RegExp]>([
    ["of another list", () => writeFileSync(join(stored, "SHA256SUMS"), `${listed}\n`), /expected SHA256SUMS .* got /],
    [
      "without a list",
      () => rmSync(join(stored, "SHA256SUMS")),
      /expected a file SHA256SUMS in models\/vosk\/de, got none/,
    ],
    ["with other bytes in a file", () => writeFileSync(join(stored, "README"), "another"), /as SHA256SUMS lists them/],
    ["with a file too few", () => rmSync(join(stored, "graph", "words.txt")), /as SHA256SUMS lists them/],
    [
      "with a file too many",
      () => writeFileSync(join(stored, "graph", "more.txt"), "more"),
      /beside those in SHA256SUMS/,
    ],
  ])("%s is thrown away, in words", async (_, change, said) => {
    change();
    const answer = await fetched();
    expect(answer.code).not.toBe(0);
    expect(answer.said).toMatch(said);
    expect(readdirSync(places)).toEqual([]);
  });
});
