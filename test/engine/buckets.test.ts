/** Buckets in both stores on the real engine, with the packs before them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Rehearsal, savedOnce } from "../support/rehearsal";
import { PlainEngine } from "./plain-engine";

jest.setTimeout(600_000);

describe("buckets with services", () => {
  const rehearsal = new Rehearsal();
  const engine = new PlainEngine(rehearsal.stack, "buckets", rehearsal.out);
  beforeAll(async () => {
    await rehearsal.up({ program: "buckets", environment: savedOnce });
  });
  afterAll(() => rehearsal.remove());

  test("have a key with a role at Exoscale, and a policy and days of former versions at Hetzner", () => {
    const [role] = rehearsal.objects("exoscale", "IamRole");
    const [key] = rehearsal.objects("exoscale", "IamApiKey");
    expect(key).toMatchObject({ name: "archive-records-1", roleId: role?.["id"] });
    expect(JSON.stringify(role)).toContain("parameters.bucket == 'archive'");
    expect(
      rehearsal
        .objects("minio", "S3Bucket")
        .map(({ id }) => String(id))
        .sort(),
    ).toEqual(["archive", "media"]);
    expect(rehearsal.objects("minio", "IlmPolicy")).toMatchObject([
      { id: "media", rules: [{ noncurrentVersionExpirationDays: 30 }] },
    ]);
    expect(rehearsal.objects("minio", "S3BucketPolicy")).toMatchObject([{ id: "media" }]);
  });

  test("show no secret of a key, neither in the clouds' files nor in the state", () => {
    for (const file of ["exoscale.json", "minio.json"])
      expect(readFileSync(join(rehearsal.folder, "clouds", file), "utf8")).not.toMatch(/secret of (the store|chat)/);
  });

  test("a second run changes nothing", async () => {
    expect(await engine.run()).toEqual({ ok: true, text: "", steps: [] });
  });

  test("another generation makes the new key before it deletes the one before, and touches nothing else", async () => {
    const { text, steps } = await engine.run({ set: { "sovereign-uc:secretsGeneration": "2" } });
    expect(text).toBe("");
    const words = steps
      .filter(({ op }) => op !== "replace")
      .map(({ op, type, name }) => `${op} ${type.split(":").at(-1) ?? ""} ${name}`);
    // The component is updated beside the new key, before it or after.
    expect(words.filter((word) => word !== "update Bucket archive")).toEqual([
      "create-replacement IamApiKey archive-records-key",
      "delete-replaced IamApiKey archive-records-key",
    ]);
    expect(words).toHaveLength(3);
    expect(rehearsal.objects("exoscale", "IamApiKey").map(({ name }) => name)).toEqual(["archive-records-2"]);
  });

  test("a destroy leaves what is protected", async () => {
    const { ok, text } = await engine.run({ operation: "destroy" });
    expect(ok).toBe(false);
    expect(text).toMatch(/protected/);
    expect(rehearsal.objects("minio", "S3Bucket")).toHaveLength(2);
  });
});
