/** The task that makes buckets, where its store's gateways hear of a new one late: a store of two lines in the place of curl. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { workFolder } from "./jitsi-rendered";

const script = join(__dirname, "../../components/services/storage/files/make-buckets.sh");
const enabled = "<ObjectLockEnabled>Enabled</ObjectLockEnabled>";
const folder = workFolder();

interface Made {
  readonly status: number | null;
  readonly said: string;
  /** Requests in their order, as method and path. */
  readonly asked: readonly string[];
}

/**
 * Runs the task.
 *
 * @param isThere true if the bucket is there before.
 * @param late answers about the lock that know of none, before those that do.
 * @param more `buckets`: as the task has them; `unknown`: settings of the bucket that are answered with 404, before those that are taken.
 */
function made(isThere: boolean, late: number, { buckets = "records:30:365", unknown = 0 } = {}): Made {
  const place = join(folder(), `${isThere}-${late}-${unknown}`);
  const programs = {
    // The path is the last word, the method follows -X, the file of the answer follows -o.
    curl: `for word in "$@"; do
  case "$before" in -X) method="$word" ;; -o) answer="$word" ;; esac
  before="$word"
done
path="\${before#https://store/}"
echo "$method $path" >>"${place}/asked"
: >"$answer"
case "$method $path" in
  "HEAD records") echo ${isThere ? 200 : 404} ;;
  "GET records?object-lock=")
    if [ "$(grep -c '^GET' "${place}/asked")" -gt ${late} ]; then echo "${enabled}" >"$answer"; fi
    echo 200 ;;
  "PUT records?versioning=" | "PUT records?lifecycle=")
    if [ "$(grep -c '^PUT records?' "${place}/asked")" -gt ${unknown} ]; then echo 200; else echo 404; fi ;;
  *) echo 200 ;;
esac`,
    weed: `echo '"fsync": true'`,
    sleep: "",
  };
  mkdirSync(join(place, "bin"), { recursive: true });
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(place, "bin", name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(place, "bin", name), 0o755);
  }
  const { status, stdout, stderr } = spawnSync("sh", [script], {
    encoding: "utf8",
    env: {
      PATH: `${join(place, "bin")}:/usr/bin:/bin`,
      STORE_URL: "https://store",
      STORE_REGION: "here",
      STORE_AUTHORITY: "ca.pem",
      STORE_COPIES: "001",
      STORE_BUCKETS: buckets,
      STORE_KEEPER_ACCESS_KEY: "key",
      STORE_KEEPER_SECRET_KEY: "secret",
      STORE_MASTERS: "master:9333",
      STORE_CONFIG: place,
      STORE_WORK: place,
    },
  });
  const asked = existsSync(join(place, "asked")) ? readFileSync(join(place, "asked"), "utf8").trim().split("\n") : [];
  return { status, said: stdout + stderr, asked };
}

const locks = (asked: readonly string[]): readonly string[] => asked.filter((one) => one.includes("object-lock"));

test("a lock that a gateway does not know of yet is waited for, and then has its days", () => {
  const { status, said, asked } = made(false, 2);
  expect([status, said]).toEqual([
    0,
    "made records\nrecords keeps former versions for 30 days, and everything for 365 days\n",
  ]);
  const get = "GET records?object-lock=";
  expect(locks(asked)).toEqual([get, get, get, "PUT records?object-lock="]);
});

test("one that nobody knows of is refused after thirty questions", () => {
  const { status, said, asked } = made(false, 1_000);
  expect(status).toBe(1);
  expect(said).toMatch(/expected the bucket records to have object lock, got a bucket without; empty and delete it/);
  expect(locks(asked)).toHaveLength(30);
});

test("a bucket that was there without one is refused at once", () => {
  const { status, said, asked } = made(true, 1_000);
  expect(status).toBe(1);
  expect(said).toMatch(/got a bucket without/);
  expect(locks(asked)).toHaveLength(1);
});

describe("settings of a bucket", () => {
  const settings = (asked: readonly string[]): readonly string[] =>
    asked.filter((one) => one.startsWith("PUT records?"));

  test("are said again to a gateway that has not heard of a new one", () => {
    const { status, said, asked } = made(false, 0, { buckets: "records:30:", unknown: 2 });
    expect([status, said]).toEqual([0, "made records\nrecords keeps former versions for 30 days\n"]);
    const versioning = "PUT records?versioning=";
    expect(settings(asked)).toEqual([versioning, versioning, versioning, "PUT records?lifecycle="]);
  });

  test("are refused after thirty tries, and at once for a bucket that was there", () => {
    const isNew = made(false, 0, { buckets: "records:30:", unknown: 1_000 });
    expect([isNew.status, settings(isNew.asked).length]).toEqual([1, 30]);
    expect(isNew.said).toMatch(/expected PUT records\?versioning= to succeed, got 404/);
    const old = made(true, 0, { buckets: "records:30:", unknown: 1_000 });
    expect([old.status, settings(old.asked).length]).toEqual([1, 1]);
  });
});
