/** The simulated client of object stores. */
import type { Properties } from "../../../../../stacks/tools/rehearsal/simulated/values";
import { seen, types, World } from "./world";

let world: World;
beforeEach(() => {
  world = new World();
  world.config["minio"] = { minioServer: "sos-ch-gva-2.exo.io" };
});
afterEach(() => world.end());

const enabled = (bucket: string, status = "Enabled"): Properties => ({ bucket, versioningConfiguration: { status } });

test("a bucket is private and found by its name, which nobody else has", async () => {
  const made = await world.make(types.bucket, "b", { bucket: "backups" });
  expect(made.id).toBe("backups");
  expect(seen(made)).toMatchObject({
    acl: "private",
    objectLocking: false,
    bucketDomainName: "https://sos-ch-gva-2.exo.io/minio/backups",
  });
  await expect(world.make(types.bucket, "c", { bucket: "backups" })).rejects.toThrow(/bucket already exists!/);
  expect(await world.import(types.bucket, "b", "backups")).toMatchObject({ id: "backups" });
  expect(world.replaces(made, { bucket: "others" })).toEqual(["bucket"]);
});

test.each(["Backups", "a", "ab..c", "192.0.2.1"])("%p is no name of a bucket", async (bucket) => {
  await expect(world.make(types.bucket, "b", { bucket })).rejects.toThrow(/invalid characters/);
});

test.each<[string, string, Properties, string]>([
  ["a name that is too long", types.bucket, { bucket: "x".repeat(64) }, "bucket"],
  ["a name and a prefix", types.bucket, { bucket: "backups", bucketPrefix: "back" }, "bucket"],
  ["versioning that is off", types.versioning, enabled("backups", "Off"), "versioningConfiguration.status"],
])("%s is refused before anything is made", (_, type, inputs, property) => {
  expect(world.check(type, inputs).map((problem) => problem.property)).toEqual([property]);
});

test("an unknown rule of access is refused", async () => {
  await expect(world.make(types.bucket, "b", { bucket: "backups", acl: "everybody" })).rejects.toThrow(
    /unsupported ACL/,
  );
});

test("versioning needs its bucket and goes with it", async () => {
  await expect(world.make(types.versioning, "v", enabled("backups"))).rejects.toThrow(/bucket does not exist/);
  const bucket = await world.make(types.bucket, "b", { bucket: "backups" });
  const versioning = await world.make(types.versioning, "v", enabled("backups"));
  expect(versioning.id).toBe("backups");
  await world.remove(bucket);
  expect((await world.import(types.versioning, "v", "backups")).id).toBe("");
});

test("a bucket whose objects can be locked keeps its versions", async () => {
  await world.make(types.bucket, "b", { bucket: "backups", objectLocking: true });
  const versioning = await world.make(types.versioning, "v", enabled("backups"));
  await expect(world.update(versioning, enabled("backups", "Suspended"))).rejects.toThrow(/InvalidBucketState/);
  await expect(world.remove(versioning)).rejects.toThrow(/InvalidBucketState/);
});

test("a client knows its store, and its user by one name", () => {
  const client = world.of("minio:x:X");
  expect(client.checkConfig({})).toMatchObject([{ property: "minioServer" }]);
  expect(client.checkConfig({ minioServer: "a.example.ch", minioUser: "a", minioAccessKey: "b" })).toMatchObject([
    { property: "minioUser" },
  ]);
  expect(client.checkConfig({ minioServer: "a.example.ch", minioUser: "a" })).toEqual([]);
});
