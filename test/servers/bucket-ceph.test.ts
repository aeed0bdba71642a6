/** A bucket with the rules that `Bucket` gives it at Hetzner, in the program that Hetzner's store is made of. */
import { bucketPolicy } from "../../components/clouds/hetzner/store";
import { until } from "../support/programs/background";
import { describeWith } from "../support/programs/programs";
import { cephPrograms, CephGateway } from "./ceph-gateway";
import type { S3Answer, S3Client } from "./s3-client";

const status = async (asked: Promise<S3Answer>): Promise<number> => (await asked).status;
const version = ({ headers }: S3Answer): string => String(headers["x-amz-version-id"]);
const project = "1234567";

jest.setTimeout(240_000);

describeWith(cephPrograms, "a bucket of a store whose keys reach the whole project", () => {
  const store = new CephGateway(project);
  let maker: S3Client, media: S3Client, audit: S3Client, other: S3Client;
  const statuses = async (asked: Readonly<Record<string, Promise<S3Answer>>>): Promise<Record<string, number>> =>
    Object.fromEntries(
      await Promise.all(Object.entries(asked).map(async ([what, one]) => [what, await status(one)] as const)),
    );
  const all = (asked: object, expected: number): Record<string, number> =>
    Object.fromEntries(Object.keys(asked).map((what) => [what, expected]));

  beforeAll(async () => {
    await store.start();
    [maker, media, audit, other] = ["MAKER", "MEDIA", "AUDIT", "OTHER"].map((key) => store.key(key)) as [
      S3Client,
      S3Client,
      S3Client,
      S3Client,
    ];
    expect(await status(maker.ask("PUT", "/media"))).toBe(200);
    const versions = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    expect(await status(maker.ask("PUT", "/media", { query: { versioning: "" }, body: versions }))).toBe(200);
    // Without a policy every key of the project is let in: this is what the policy is for.
    expect(await status(other.ask("PUT", "/media/before", { body: "theirs" }))).toBe(200);
    const policy = bucketPolicy(project, "media", "MAKER", [
      { accessKeys: ["MEDIA"], rights: "write" },
      { accessKeys: ["AUDIT"], rights: "read" },
    ]);
    expect(await status(maker.ask("PUT", "/media", { query: { policy: "" }, body: policy }))).toBeLessThan(300);
  });
  afterAll(() => store.stop());

  test("lets a service read, write and delete", async () => {
    const written = await media.ask("PUT", "/media/own", { body: "own" });
    expect(written.status).toBe(200);
    expect((await media.ask("GET", "/media/own")).body.toString()).toBe("own");
    expect((await audit.ask("GET", "/media/own")).body.toString()).toBe("own");
    const works = {
      lists: media.ask("GET", "/media", { query: { "list-type": "2" } }),
      "lists versions": media.ask("GET", "/media", { query: { versions: "" } }),
      "reads a version": media.ask("GET", "/media/own", { query: { versionId: version(written) } }),
      "asks about versions": media.ask("GET", "/media", { query: { versioning: "" } }),
      "begins parts": media.ask("POST", "/media/large", { query: { uploads: "" } }),
      "copies within": media.ask("PUT", "/media/copy", { headers: { "x-amz-copy-source": "/media/own" } }),
    };
    expect(await statuses(works)).toEqual(all(works, 200));
    expect(await status(media.ask("DELETE", "/media/copy"))).toBe(204);
  });

  test("refuses every other key of the project, and whoever has none", async () => {
    const nobody = store.client(undefined);
    const refusals = {
      "another's key reads": other.ask("GET", "/media/own"),
      "another's key writes": other.ask("PUT", "/media/own", { body: "theirs" }),
      "another's key deletes what it wrote before": other.ask("DELETE", "/media/before"),
      "another's key lists": other.ask("GET", "/media"),
      "another's key copies": other.ask("PUT", "/media/x", { headers: { "x-amz-copy-source": "/media/own" } }),
      "another's key takes the policy away": other.ask("DELETE", "/media", { query: { policy: "" } }),
      "another's key deletes the bucket": other.ask("DELETE", "/media"),
      "no key reads": nobody.ask("GET", "/media/own"),
      "no key lists": nobody.ask("GET", "/media"),
    };
    expect(await statuses(refusals)).toEqual(all(refusals, 403));
    // A bucket of its own takes nothing out of this one.
    expect(await status(other.ask("PUT", "/theirs"))).toBe(200);
    expect(await status(other.ask("PUT", "/theirs/x", { headers: { "x-amz-copy-source": "/media/own" } }))).toBe(403);
    // Not to be had: a bucket without a policy is open to every key of the project.
    expect(await status(media.ask("PUT", "/theirs/y", { body: "y" }))).toBe(200);
  });

  test("keeps its rules and its former versions from its services, and objects from becoming public", async () => {
    const first = await media.ask("PUT", "/media/letter", { body: "first" });
    await media.ask("PUT", "/media/letter", { body: "second" });
    const query = { versionId: version(first) };
    const refusals = {
      "deletes a former version": media.ask("DELETE", "/media/letter", { query }),
      "suspends versions": media.ask("PUT", "/media", {
        query: { versioning: "" },
        body: "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>",
      }),
      "takes the policy away": media.ask("DELETE", "/media", { query: { policy: "" } }),
      "reads the policy": media.ask("GET", "/media", { query: { policy: "" } }),
      "opens the bucket": media.ask("PUT", "/media", { query: { acl: "" }, headers: { "x-amz-acl": "public-read" } }),
      "opens an object": media.ask("PUT", "/media/own", {
        query: { acl: "" },
        headers: { "x-amz-acl": "public-read" },
      }),
      "changes rules of expiry": media.ask("PUT", "/media", {
        query: { lifecycle: "" },
        body: rules("<Prefix></Prefix>"),
      }),
      "deletes the bucket": media.ask("DELETE", "/media"),
      "a reader writes": audit.ask("PUT", "/media/own", { body: "audit" }),
      "a reader deletes": audit.ask("DELETE", "/media/own"),
    };
    expect(await statuses(refusals)).toEqual(all(refusals, 403));
    expect((await media.ask("GET", "/media/letter", { query })).body.toString()).toBe("first");
    await media.ask("PUT", "/media/shown", { body: "shown", headers: { "x-amz-acl": "public-read" } });
    expect(await status(store.client(undefined).ask("GET", "/media/shown"))).toBe(403);
  });

  // As the client's plugin writes them: the first form up to some version, the other from then on.
  test.each([
    ["an empty prefix", "<Prefix></Prefix>"],
    ["a size", "<ObjectSizeGreaterThan>1</ObjectSizeGreaterThan>"],
  ])("deletes former versions that are due, and no other, by rules whose filter is %s", async (_, filter) => {
    const name = `/media/${filter.length}`;
    await media.ask("PUT", name, { body: "the first" });
    await media.ask("PUT", name, { body: "the second" });
    expect(await versions(name)).toBe(2);
    expect(await status(maker.ask("PUT", "/media", { query: { lifecycle: "" }, body: rules(filter) }))).toBe(200);
    const set = (await maker.ask("GET", "/media", { query: { lifecycle: "" } })).body.toString();
    expect(set).toMatch(/<NoncurrentVersionExpiration><NoncurrentDays>2<\/NoncurrentDays>/);
    await until(
      "the former version to go",
      async () => {
        store.expire();
        return (await versions(name)) === 1;
      },
      60,
    );
    expect((await media.ask("GET", name)).body.toString()).toBe("the second");
  });

  const rules = (filter: string): string =>
    `<LifecycleConfiguration><Rule><ID>former</ID><Status>Enabled</Status><Filter>${filter}</Filter><NoncurrentVersionExpiration><NoncurrentDays>2</NoncurrentDays></NoncurrentVersionExpiration></Rule></LifecycleConfiguration>`;
  const versions = async (name: string): Promise<number> =>
    (
      (await maker.ask("GET", "/media", { query: { versions: "", prefix: name.slice("/media/".length) } })).body
        .toString()
        .match(/<Version>/g) ?? []
    ).length;
});
