/** The store's rules on former versions, seen to have an effect: what became a former version long enough ago goes, and nothing else does. */
import { describeWithSeaweedfs } from "../support/programs/seaweedfs";
import type { S3Answer, S3Client } from "./s3-client";
import { storagePrograms, StorageRig } from "./storage-rig";

const version = ({ headers }: S3Answer): string => String(headers["x-amz-version-id"]);
const day = 86_400_000_000_000n;

jest.setTimeout(240_000);

describeWithSeaweedfs(storagePrograms, "former versions in an object store", () => {
  const rig = new StorageRig([
    { name: "media", formerDays: 30 },
    { name: "protocols", formerDays: 30, evidenceDays: 400 },
  ]);
  let media: S3Client;
  let protocols: S3Client;
  beforeAll(async () => {
    await rig.start();
    const { status, stderr } = rig.makeBuckets();
    expect([status, stderr]).toEqual([0, ""]);
    media = rig.client(rig.key("media"));
    protocols = rig.client(rig.key("protocols"));
  });
  afterAll(() => rig.stop());

  /** Makes a version a former one some days earlier: the store keeps the moment as digits in the version's row. */
  function longer(bucket: string, id: string, days: bigint): void {
    const where = `"name" = 'v_${id}'`;
    const hex = rig.sql(`SELECT encode(meta, 'hex') FROM "${bucket}" WHERE ${where}`) ?? "";
    const meta = Buffer.from(hex, "hex").toString("latin1");
    const [found = "", since = ""] = /[Nn]oncurrent-?[Ss]ince[^0-9]{0,12}(1\d{18})/.exec(meta) ?? [];
    expect([bucket, id, since]).toEqual([bucket, id, expect.stringMatching(/^1\d{18}$/)]);
    const earlier = meta.replace(found, found.replace(since, `${BigInt(since) - days * day}`));
    const written = Buffer.from(earlier, "latin1").toString("hex");
    expect(rig.sql(`UPDATE "${bucket}" SET meta = decode('${written}', 'hex') WHERE ${where}`)).toBe("UPDATE 1");
  }

  const read = async (client: S3Client, path: string, id: string): Promise<number> =>
    (await client.ask("GET", path, { query: { versionId: id } })).status;
  const expire = (): void => {
    const { status, stdout } = rig.expire();
    expect([status, stdout]).toEqual([0, expect.stringMatching(/shards 0-15 complete/)]);
  };

  test("stay while they are not due, go when they are, and take nothing along", async () => {
    const [old, young, present] = [
      await media.ask("PUT", "/media/letter", { body: "the oldest" }),
      await media.ask("PUT", "/media/letter", { body: "the next" }),
      await media.ask("PUT", "/media/letter", { body: "the present" }),
    ].map(version) as [string, string, string];
    expire();
    expect(await read(media, "/media/letter", old)).toBe(200);
    longer("media", old, 29n);
    longer("media", young, 29n);
    expire();
    expect(await read(media, "/media/letter", old)).toBe(200);
    longer("media", old, 2n);
    expire();
    expect(await read(media, "/media/letter", old)).toBe(404);
    expect(await read(media, "/media/letter", young)).toBe(200);
    expect(await read(media, "/media/letter", present)).toBe(200);
    expect((await media.ask("GET", "/media/letter")).body.toString()).toBe("the present");
  });

  test("stay as long as they are locked, however old", async () => {
    const id = version(await protocols.ask("PUT", "/protocols/session", { body: "what was said" }));
    await protocols.ask("PUT", "/protocols/session", { body: "what was said, corrected" });
    longer("protocols", id, 60n);
    expire();
    expect((await protocols.ask("GET", "/protocols/session", { query: { versionId: id } })).body.toString()).toBe(
      "what was said",
    );
  });
});
