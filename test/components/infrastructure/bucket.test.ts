import * as pulumi from "@pulumi/pulumi";
import { Bucket, type BucketArgs, exoscale, hetzner } from "../../../components";
import type { Cloud } from "../../../components/clouds/cloud";
import { deploy } from "../../support/mocks";

const cloud = exoscale({ templateId: "00000000-0000-4000-8000-000000000012" });
const args: BucketArgs = { cloud, location: "ch-dk-2", accessKey: "key of the store", secretKey: "hush" };
const made = (more: Partial<BucketArgs> = {}, name = "backups") =>
  deploy(() => {
    const { bucket, endpoint, region } = new Bucket(name, { ...args, ...more });
    return { bucket, endpoint, region };
  });

test("a bucket is private, versioned, protected, and its store is a plain string", async () => {
  const { one, outputs } = await made();
  expect(outputs).toEqual({ bucket: "backups", endpoint: "https://sos-ch-dk-2.exo.io", region: "ch-dk-2" });
  expect(one("pulumi:providers:minio", "backups-store").inputs).toMatchObject({
    minioServer: "sos-ch-dk-2.exo.io",
    minioRegion: "ch-dk-2",
    minioSsl: "true",
  });
  const bucket = one("minio:index/s3Bucket:S3Bucket", "backups");
  expect(bucket.inputs).toEqual({ bucket: "backups", acl: "private", objectLocking: false, forceDestroy: false });
  expect(bucket.opts.protect).toBe(true);
  expect(one("minio:index/s3BucketVersioning:S3BucketVersioning", "backups-versioning").inputs).toEqual({
    bucket: "backups",
    versioningConfiguration: { status: "Enabled" },
  });
});

test("the keys of the store are secrets, even if the caller gave plain text, and no input of the component", async () => {
  const { one } = await made({ accessKey: pulumi.output("key of the store") });
  expect([...one("pulumi:providers:minio", "backups-store").secrets].sort()).toEqual(["minioPassword", "minioUser"]);
  const component = JSON.stringify(one("sovereign-uc:index:Bucket", "backups").inputs);
  expect(component).toContain("ch-dk-2");
  expect(component).not.toMatch(/hush|key of the store/);
});

test("a bucket that is not kept is not protected, and object locking is set at creation", async () => {
  const { one } = await made({ keepData: false, lockable: true, bucket: "ministry-backups" });
  const bucket = one("minio:index/s3Bucket:S3Bucket", "backups");
  expect(bucket.opts.protect).toBe(false);
  expect(bucket.inputs).toMatchObject({ bucket: "ministry-backups", objectLocking: true });
});

test("Hetzner's store takes a bucket whose objects can be locked too", async () => {
  const { one, outputs } = await made({ cloud: hetzner(), location: "fsn1", lockable: true });
  expect(outputs["endpoint"]).toBe("https://fsn1.your-objectstorage.com");
  expect(one("minio:index/s3Bucket:S3Bucket", "backups").inputs).toMatchObject({ objectLocking: true });
});

describe("is refused", () => {
  const { objectStore: _, ...bare }: Cloud = hetzner();
  const without: Cloud = { ...bare, absent: { objectStore: "take another cloud for it" } };
  const unlocked: Cloud = {
    ...cloud,
    objectStore: { endpoint: () => "store.example.ch", region: () => "eu", retention: false },
  };
  test.each<[string, Partial<BucketArgs>, RegExp]>([
    [
      "a cloud without an object store",
      { cloud: without, location: "fsn1" },
      /cloud: .*got "hetzner"; take another cloud for it/,
    ],
    ["no cloud", { cloud: undefined as never }, /cloud: expected a cloud, got nothing/],
    ["a location that is none", { location: "us-east-1" }, /location: expected an Exoscale zone/],
    [
      "no keys",
      { accessKey: "", secretKey: undefined as never },
      /accessKey: .*got nothing[^]*secretKey: .*got nothing/,
    ],
    [
      "a secret that is no text",
      { secretKey: 5 as never },
      /secretKey: expected the secret of the store's API, got "number"/,
    ],
    [
      "a word that only counts as true",
      { keepData: "false" as never },
      /keepData: expected true or false, got "false"/,
    ],
    ["another such word", { lockable: "no" as never }, /lockable: expected true or false, got "no"/],
    ["a name in capitals", { bucket: "Backups" }, /bucket: expected a name/],
    ["a name that is too short", { bucket: "ab" }, /bucket: expected a name of 3 to 63 characters/],
    ["a lock where there is none", { cloud: unlocked, lockable: true }, /lockable: expected a store that can lock/],
  ])("%s", async (_, more, message) => {
    await expect(made(more)).rejects.toThrow(message);
  });

  test("everything that is wrong, at once", async () => {
    await expect(made({ location: "x", bucket: "ab" })).rejects.toThrow(/location: [^]*bucket: /);
  });
});
