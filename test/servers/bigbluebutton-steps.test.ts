/** The scripts with which a BigBlueButton server rests and serves, run for real with a stand-in for k3s in whose pod a load balancer answers, and one for the clock. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scripts } from "../../components/recipe/scripts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rest-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const program = (name: string, text: string): void => {
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}`);
  chmodSync(join(folder, name), 0o755);
};

interface Balancer {
  /** Answers to the question which meetings a server has, one after the other; the last one stays. */
  readonly meetings?: readonly string[];
  /** @default true */
  readonly there?: boolean;
  /** @default true */
  readonly known?: boolean;
  /** @default true */
  readonly online?: boolean;
  /** Times that a server is not known yet when it is to serve. @default 0 */
  readonly unknownFor?: number;
}

/** Runs a step; each look at the clock is ten seconds after the one before. */
function step(
  script: string,
  { meetings = [], there = true, known = true, online = true, unknownFor = 0 }: Balancer,
  minutes = 2,
) {
  const state = online ? "online" : "offline";
  const rows = ["server-1", ...(known ? ["server-2"] : [])].map(
    (id) => `id: ${id}\\n\\turl: https://${id}.example.ch\\n\\tenabled\\n\\t${id === "server-2" ? state : "online"}\\n`,
  );
  meetings.forEach((text, i) => writeFileSync(join(folder, `meetings-${i}`), text));
  program(
    "k3s",
    `case $* in
*"get deployment"*) ${there ? "echo deployment.apps/hearing-scalelite" : ":"}; exit 0 ;;
*"rake servers") printf '${rows.join("")}' ;;
*"rake servers:meeting_list"*)
  echo asked >>${folder}/diary
  n=$(grep -c asked ${folder}/diary); n=$((n - 1))
  [ -f ${folder}/meetings-$n ] || n=${Math.max(meetings.length - 1, 0)}
  cat ${folder}/meetings-$n ;;
*"rake servers:enable"*)
  n=$(grep -c enable ${folder}/diary 2>/dev/null || true)
  echo "\${*##* }" >>${folder}/diary
  if [ "\${n:-0}" -lt ${unknownFor} ]; then echo "ERROR: No server found" >&2; exit 1; fi ;;
*) echo "\${*##* }" >>${folder}/diary ;;
esac
`,
  );
  program("sleep", "exit 0\n");
  program("date", `echo tick >>${folder}/clock; echo $(($(grep -c tick ${folder}/clock) * 10))\n`);
  const { status, stderr } = spawnSync("sh", ["-c", script], {
    input: `server server-2\nnamespace hearing\nworkload hearing-scalelite\nminutes ${minutes}\nconverges 00\n`,
    encoding: "utf8",
    env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}` },
  });
  const diary = join(folder, "diary");
  return { status, stderr, did: existsSync(diary) ? readFileSync(diary, "utf8").trim().split("\n") : [] };
}

const none = "Server ID: server-2\nMeetingIDs: \n\tNo meetings to display\n";
const some = "Server ID: server-2\nMeetingIDs: \n\thearing of the council\n";
const silent = "Failed to get server id=server-2 status: timeout\n";
const cordon = "servers:cordon[server-2]";

describe("a server rests", () => {
  test("at once where it has no meeting, after it was taken off", () => {
    expect(step(scripts.restBigBlueButton, { meetings: [none] })).toEqual({
      status: 0,
      stderr: "",
      did: [cordon, "asked"],
    });
  });

  test("when its meetings have ended, taken off again at each look", () => {
    const { status, did } = step(scripts.restBigBlueButton, { meetings: [some, some, none] });
    expect({ status, did }).toEqual({ status: 0, did: [cordon, "asked", cordon, "asked", cordon, "asked"] });
  });

  test("not while a meeting goes on: the update stops and says what to do", () => {
    const { status, stderr } = step(scripts.restBigBlueButton, { meetings: [some] });
    expect(status).toBe(1);
    expect(stderr).toContain(
      "expected server-2 to be without meetings within 2 minutes, got some that go on; end them",
    );
  });

  test("without a word where the load balancer does not know it, or is not there", () => {
    expect(step(scripts.restBigBlueButton, { known: false })).toEqual({ status: 0, stderr: "", did: [] });
    expect(step(scripts.restBigBlueButton, { there: false })).toEqual({ status: 0, stderr: "", did: [] });
  });

  test("when it is lost: five looks in a row without an answer, and the load balancer says the same", () => {
    const { status, did } = step(scripts.restBigBlueButton, { meetings: [silent], online: false });
    expect({ status, looks: did.filter((line) => line === "asked").length }).toEqual({ status: 0, looks: 5 });
  });

  test("not when it is silent for a moment", () => {
    const moment = [silent, silent, some, silent, silent, none];
    expect(step(scripts.restBigBlueButton, { meetings: moment, online: false }, 60).did).toHaveLength(12);
  });

  test("not when it is silent and the load balancer still reaches it", () => {
    expect(step(scripts.restBigBlueButton, { meetings: [silent] }).status).toBe(1);
  });
});

describe("a server serves", () => {
  test("once the load balancer knows it", () => {
    const enable = "servers:enable[server-2]";
    expect(step(scripts.serveBigBlueButton, { unknownFor: 2 })).toEqual({
      status: 0,
      stderr: "",
      did: [enable, enable, enable],
    });
  });

  test("or the update says that it does not", () => {
    const { status, stderr } = step(scripts.serveBigBlueButton, { unknownFor: 1_000 });
    expect(status).toBe(1);
    expect(stderr).toContain("expected the load balancer to know server-2 within five minutes, got: ERROR: No server");
  });
});
