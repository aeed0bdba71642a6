/** The script that hands recordings of a BigBlueButton server over, run for real with rclone, whose store is a folder here. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { spoolEnvironment } from "../../components/recipe/parts/bigbluebutton/spool";
import { scripts } from "../../components/recipe/scripts";
import { describeWith } from "../support/programs/programs";

const meeting = "183f0bf3a0982a127bdb8161e0c44eb696b3e75c-1767225600000";
const published = `var/bigbluebutton/published`;
const status = "var/bigbluebutton/recording/status/published";

describeWith(["rclone"], "recordings", () => {
  let root: string;
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const record = (format: string): void => {
    write(`${published}/${format}/${meeting}/metadata.xml`, `<recording>${format}</recording>`);
    write(`${status}/${meeting}-${format}.done`, "");
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "spool-"));
    mkdirSync(join(root, "store"));
    // What takes a recording away is BigBlueButton's own.
    write(
      "bin/bbb-record",
      `#!/bin/sh\necho "$@" >>${root}/deleted\nrm -rf ${root}/${published}/*/"$2" ${root}/${status}/"$2"-*\n`,
    );
    chmodSync(join(root, "bin/bbb-record"), 0o755);
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const run = (store = join(root, "store")) =>
    spawnSync("sh", ["-c", scripts.spoolRecordings, "spool", root], {
      encoding: "utf8",
      env: { ...process.env, PATH: `${root}/bin:${process.env["PATH"]}`, STORE: store, FORMATS: "presentation video" },
    });
  const archive = () => join(root, "store/spool", `${meeting}.tar`);
  const deleted = (): boolean => existsSync(join(root, "deleted"));

  test("are in the store as one archive, as the importer reads it, and then no longer here", () => {
    record("presentation");
    record("video");
    expect(run().status).toBe(0);
    expect(execFileSync("tar", ["--list", "--file", archive()], { encoding: "utf8" }).split("\n")).toEqual(
      expect.arrayContaining([`presentation/${meeting}/metadata.xml`, `video/${meeting}/metadata.xml`]),
    );
    expect(readFileSync(join(root, "deleted"), "utf8")).toBe(`--delete ${meeting}\n`);
    expect(run().status).toBe(0);
  });

  test("wait for all of their formats, but not for one that fails for ever", () => {
    record("presentation");
    expect(run().status).toBe(0);
    expect([existsSync(archive()), deleted()]).toEqual([false, false]);
    const old = Date.now() / 1000 - 7 * 3600;
    utimesSync(join(root, status, `${meeting}-presentation.done`), old, old);
    expect(run()).toMatchObject({ status: 0, stdout: expect.stringContaining("without video") as string });
    expect([existsSync(archive()), deleted()]).toEqual([true, true]);
  });

  test("stay while the store is away, and while it has something else", () => {
    record("presentation");
    record("video");
    expect(run("/proc/nowhere").status).toBe(1);
    expect(deleted()).toBe(false);
    // A store that says yes and keeps something else.
    write("bin/rclone", "#!/bin/sh\nif [ $1 = cat ]; then echo other; fi\n");
    chmodSync(join(root, "bin/rclone"), 0o755);
    expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining("it stays here") as string });
    expect(deleted()).toBe(false);
    expect(existsSync(join(root, `${published}/video/${meeting}/metadata.xml`))).toBe(true);
  });

  test("find the store by variables that rclone reads", () => {
    const text = spoolEnvironment(
      { endpoint: "https://store.example.ch", region: "ch", bucket: "spool", accessKey: "key", secretKey: "secret" },
      ["presentation", "video"],
      { authority: true },
    );
    const variables = Object.fromEntries(
      text
        .trim()
        .split("\n")
        .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1).replace(/^"|"$/g, "")]),
    ) as Record<string, string>;
    expect(variables).toMatchObject({ STORE: "store:spool", FORMATS: "presentation video" });
    const { PATH = "" } = process.env;
    expect(
      execFileSync("rclone", ["listremotes"], {
        encoding: "utf8",
        env: { PATH, HOME: root, ...variables, RCLONE_CA_CERT: "" },
      }),
    ).toContain("store:");
  });
});
