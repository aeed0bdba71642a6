/** Authorities of clusters, gateways and services had a component of their own around them: stacks that were made then keep their keys. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PlainEngine } from "./plain-engine";

jest.setTimeout(600_000);

test("an authority that lost the component around it keeps its keys and what it issued", async () => {
  const folder = mkdtempSync(join(tmpdir(), "authority-"));
  const before = new PlainEngine("crisis-hetzner", "authority-apart", folder);
  const after = new PlainEngine("crisis-hetzner", "authority-within", folder);
  try {
    const made = await before.run();
    expect(made.text).toBe("");
    expect(made.steps.map(({ name }) => name)).toEqual(expect.arrayContaining(["uc-ca", "uc-ca-door"]));
    expect(await after.run()).toEqual({
      ok: true,
      text: "",
      steps: [{ op: "delete", type: "sovereign-uc:index:CertificateAuthority", name: "uc-ca", failed: false }],
    });
  } finally {
    after.remove();
  }
});
