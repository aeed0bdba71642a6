import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { volumes, volumesFolder } from "../../../components/recipe/parts/volumes";

describe("folders of a host's volumes", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "volumes-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const { files = [], units = [] } = volumes(["postgres", "mail"], {
    device: "/dev/vdb",
    before: "k3s.service",
    gateways: ["10.20.0.10"],
  });
  const unit = files.find(({ path }) => path.endsWith("/volume-folders.service"))?.content ?? "";
  const make = (): void =>
    [...unit.matchAll(/^ExecStart=(\/usr\/bin\/mkdir .*)$/gm)].forEach(([, line = ""]) =>
      execFileSync("sh", ["-ec", line.replaceAll(volumesFolder, folder)]),
    );
  const mode = (name: string): string => (statSync(join(folder, name)).mode & 0o7777).toString(8);

  test("they are root's alone until a pod claims them, and keep what Kubernetes made of them over a boot", () => {
    make();
    expect([mode("postgres"), mode("mail")]).toEqual(["700", "700"]);
    // As the kubelet leaves it for the group of a pod.
    chmodSync(join(folder, "postgres"), 0o2770);
    make();
    expect(mode("postgres")).toBe("2770");
  });

  test("nothing is made before the encrypted volume is mounted there", () => {
    expect(unit.split("\n").filter((line) => line.startsWith("ExecStart="))[0]).toBe(
      `ExecStart=/usr/bin/mountpoint -q '${volumesFolder}'`,
    );
    expect(units.map(({ name }) => name)).toContain("volume-folders.service");
  });
});
