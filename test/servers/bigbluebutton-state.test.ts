/** The state of a BigBlueButton server on its encrypted volume: the script that moves and binds it, in a mount namespace of its own, with a file system in memory for the volume. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { state, stateUnit } from "../../components/recipe/parts/bigbluebutton/state";
import { scripts } from "../../components/recipe/scripts";
import { describeWithNamespaces } from "../isolation/possible";

const content = (ending: string): string => state().files?.find(({ path }) => path.endsWith(ending))?.content ?? "";
const list = content("/bigbluebutton-state");

describeWithNamespaces(["mount", "mountpoint", "unshare"], "what a BigBlueButton server holds of meetings", () => {
  let folder: string;
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "state-"));
    write("list", list);
    mkdirSync(join(folder, "volume"));
    mkdirSync(join(folder, "root/var/lib/sovereign-uc"), { recursive: true });
    write("root/var/bigbluebutton/recording/status/.keep", "");
    write("root/var/lib/postgresql/14/main/PG_VERSION", "14\n");
    write(
      "bin/systemctl",
      `#!/bin/sh\necho "$@" >>${folder}/diary\ncase $1 in is-active) case $3 in redis-server.service|freeswitch.service) ;; *) exit 3 ;; esac ;; esac\n`,
    );
    chmodSync(join(folder, "bin/systemctl"), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs commands where the volume is mounted; `keep` is the script. */
  function run(commands: string, { mounted = true } = {}): { status: number | null; stdout: string; stderr: string } {
    const shell = [
      `cd ${folder}`,
      ...(mounted ? ["mount -t tmpfs tmpfs volume"] : []),
      `PATH=${folder}/bin:$PATH; export PATH`,
      `keep() { sh -c "$SCRIPT" keep ${folder}/list ${folder}/volume ${folder}/root; }`,
      commands,
    ].join("\n");
    const { status, stdout, stderr } = spawnSync("unshare", ["--mount", "sh", "-ec", shell], {
      encoding: "utf8",
      env: { ...process.env, SCRIPT: scripts.keepBigBlueButton },
    });
    return { status, stdout, stderr };
  }

  test("is moved to the volume once, and nothing of it stays on the host's own disk", () => {
    const { status, stdout, stderr } = run(
      [
        "keep",
        "echo secret >root/var/bigbluebutton/recording/talk.opus",
        "cat volume/var/bigbluebutton/recording/talk.opus volume/var/lib/postgresql/14/main/PG_VERSION",
        "for one in var/bigbluebutton var/freeswitch var/lib/redis var/lib/postgresql; do mountpoint -q root/$one && echo bound; done",
        "keep",
        "umount root/var/bigbluebutton root/var/lib/postgresql",
        "find root/var/bigbluebutton root/var/lib/postgresql -type f | wc -l",
        // A boot: the volume is mounted again, and everything is bound where it was.
        "keep",
        "cat root/var/bigbluebutton/recording/talk.opus",
      ].join("\n"),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.trim().split("\n")).toEqual(["secret", "14", "bound", "bound", "bound", "bound", "0", "secret"]);
    const diary = readFileSync(join(folder, "diary"), "utf8").split("\n");
    expect(diary.filter((line) => !line.startsWith("is-active") && line !== "")).toEqual([
      "stop redis-server.service freeswitch.service",
      "--no-block start redis-server.service freeswitch.service",
    ]);
  });

  test("comes back to a host that was made again, with its owners' numbers there, and with that host's own database", () => {
    const { status, stdout, stderr } = run(
      [
        "numbers() { printf 'bigbluebutton:x:%s:%s::/:\\nfreeswitch:x:%s:%s::/:\\n' $1 $1 $2 $2; }",
        `printf '#!/bin/sh\\ncat ${folder}/names\\n' >bin/getent; chmod 755 bin/getent`,
        "numbers 997 998 >names",
        "keep",
        "echo talk >root/var/bigbluebutton/talk; chown 997:997 root/var/bigbluebutton/talk",
        "echo wave >root/var/freeswitch/wave; chown 998:998 root/var/freeswitch/wave",
        "echo old >root/var/lib/postgresql/14/main/base",
        // Another host: its own disk is as its packages made it, and they drew the numbers the other way round.
        "umount $(findmnt -rno TARGET | grep ^$PWD/root/)",
        "rm -rf root/var; mkdir -p root/var/lib/sovereign-uc root/var/lib/postgresql/14/main root/var/bigbluebutton/new",
        "numbers 998 997 >names",
        "keep",
        "stat -c %u:%g root/var/bigbluebutton/talk root/var/freeswitch/wave",
        "ls root/var/bigbluebutton root/var/lib/postgresql/14/main",
      ].join("\n"),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const words = stdout.trim().split("\n");
    expect(words.slice(0, 2)).toEqual(["998:998", "997:997"]);
    expect(words).toEqual(expect.arrayContaining(["talk", "new", "recording"]));
    expect(words).not.toContain("base");
  });

  test("that was cut while it was moved is moved by the next run", () => {
    const { status, stdout } = run(
      [
        `printf '#!/bin/sh\\ncase "$*" in *postgresql) exit 32 ;; esac\\nexec /usr/bin/mount "$@"\\n' >bin/mount; chmod 755 bin/mount`,
        "! keep",
        "rm bin/mount",
        "keep",
        "cat root/var/lib/postgresql/14/main/PG_VERSION",
      ].join("\n"),
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: "14\n" });
  });

  test("stays where nothing is mounted, and says what to look at", () => {
    const { status, stderr } = run("keep", { mounted: false });
    expect(status).toBe(1);
    expect(stderr).toContain("expected the data volume at");
    expect(readFileSync(join(folder, "root/var/lib/postgresql/14/main/PG_VERSION"), "utf8")).toBe("14\n");
  });

  test("is there before anything that writes it", () => {
    const writers = list
      .split("\n")
      .filter((line) => line.startsWith("unit "))
      .map((line) => line.slice(5));
    expect(writers).toEqual(
      expect.arrayContaining(["redis-server.service", "postgresql@14-main.service", "bbb-web.service"]),
    );
    for (const key of ["Before", "RequiredBy"])
      expect(content(stateUnit).split("\n")).toContain(`${key}=${writers.join(" ")}`);
  });
});
