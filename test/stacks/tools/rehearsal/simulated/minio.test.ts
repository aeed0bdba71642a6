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

test.each<[string, string, Properties]>([
  ["a policy", types.bucketPolicy, { bucket: "backups", policy: "{}" }],
  [
    "rules of expiry",
    types.expiry,
    { bucket: "backups", rules: [{ id: "former", noncurrentVersionExpirationDays: 30 }] },
  ],
])("%s needs its bucket, goes with it, and belongs to no other", async (_, type, inputs) => {
  await expect(world.make(type, "p", inputs)).rejects.toThrow(/bucket does not exist/);
  const bucket = await world.make(types.bucket, "b", { bucket: "backups" });
  const made = await world.make(type, "p", inputs);
  expect(made.id).toBe("backups");
  expect(world.replaces(made, { ...inputs, bucket: "others" })).toEqual(["bucket"]);
  await world.remove(bucket);
  expect((await world.import(type, "p", "backups")).id).toBe("");
});

test.each<[string, string, Properties, string]>([
  ["a policy that is no JSON", types.bucketPolicy, { bucket: "backups", policy: "allow" }, "policy"],
  ["a policy that is a text", types.bucketPolicy, { bucket: "backups", policy: '"allow"' }, "policy"],
  ["a policy that is a list", types.bucketPolicy, { bucket: "backups", policy: "[{}]" }, "policy"],
  ["a policy after a blank", types.bucketPolicy, { bucket: "backups", policy: " {}" }, "policy"],
  ["a policy without an end", types.bucketPolicy, { bucket: "backups", policy: "{" }, "policy"],
  ["no policy", types.bucketPolicy, { bucket: "backups", policy: "" }, "policy"],
  [
    "no day",
    types.expiry,
    { bucket: "backups", rules: [{ id: "a", noncurrentVersionExpirationDays: 0 }] },
    "rules[0].noncurrentVersionExpirationDays",
  ],
  [
    "a day that is a word",
    types.expiry,
    { bucket: "backups", rules: [{ id: "a", expiration: "soon" }] },
    "rules[0].expiration",
  ],
  [
    "a date that there is not",
    types.expiry,
    { bucket: "backups", rules: [{ id: "a", expiration: "2026-02-30" }] },
    "rules[0].expiration",
  ],
  ["no day at all", types.expiry, { bucket: "backups", rules: [{ id: "a", expiration: "0d" }] }, "rules[0].expiration"],
  [
    "a bucket whose name is too long",
    types.expiry,
    { bucket: "x".repeat(64), rules: [{ id: "a", expiration: "5d" }] },
    "bucket",
  ],
])("%s is refused", (_, type, inputs, property) => {
  expect(world.check(type, inputs).map((problem) => problem.property)).toEqual([property]);
});

test.each(["5d", "2028-02-29", "DeleteMarker"])("objects may go after %p", (expiration) => {
  expect(world.check(types.expiry, { bucket: "backups", rules: [{ id: "a", expiration }] })).toEqual([]);
});

test("a client knows its store, and its user by one name", () => {
  const client = world.of("minio:x:X");
  expect(client.checkConfig({})).toMatchObject([{ property: "minioServer" }]);
  expect(client.checkConfig({ minioServer: "a.example.ch", minioUser: "a", minioAccessKey: "b" })).toMatchObject([
    { property: "minioUser" },
  ]);
  expect(client.checkConfig({ minioServer: "a.example.ch", minioUser: "a" })).toEqual([]);
});
