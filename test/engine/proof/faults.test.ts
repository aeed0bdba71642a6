/** Stacks whose clouds fail, whose objects are changed behind the engine's back, or whose engine is killed. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Rehearsal, savedOnce } from "../../support/rehearsal";
import { lastingName } from "../fault-plan";

jest.setTimeout(600_000);

const quorum = { program: "quorum", environment: savedOnce };
/** The same with the state written at every step, as users have it: for engines that fail or are killed in the middle. */
const stepwise = { program: "quorum" };

interface Content {
  readonly objects: Readonly<Record<string, Record<string, Record<string, unknown>>>>;
}

const cloud = (rehearsal: Rehearsal): { readonly file: string; readonly content: Content } => {
  const file = join(rehearsal.folder, "clouds", "hcloud.json");
  return { file, content: JSON.parse(readFileSync(file, "utf8")) as Content };
};

/** Path of the stack's state. */
function stateFile({ folder, stack }: Rehearsal): string {
  const stacks = join(folder, "state", ".pulumi", "stacks");
  const found = readdirSync(stacks, { recursive: true }).find((name) => String(name).endsWith(`${stack}.json`));
  return join(stacks, String(found));
}

/** Names of all objects by type, without ids and digests of keys, which differ from run to run. */
const shape = (rehearsal: Rehearsal): Readonly<Record<string, readonly unknown[]>> =>
  Object.fromEntries(
    Object.entries(cloud(rehearsal).content.objects).map(([type, objects]) => [
      type,
      Object.values(objects)
        .map(({ name }) => lastingName(type, name))
        .sort(),
    ]),
  );

/** Deployed once; tests that need a deployed stack copy its folder. */
const deployed = new Rehearsal();
let undisturbed: Readonly<Record<string, readonly unknown[]>>;
beforeAll(async () => {
  await deployed.up(quorum);
  undisturbed = shape(deployed);
});
afterAll(() => deployed.remove());

describe("a fault in the middle", () => {
  const rehearsal = new Rehearsal();
  afterAll(() => rehearsal.remove());

  test.each([
    ["hcloud:index/volume:Volume", 2, "rate-limit"],
    ["hcloud:index/server:Server", 2, "quota"],
    ["hcloud:index/server:Server", 1, "timeout-with-id"],
  ] as const)("%s, the %dth, %s: made resources remain, the failure is named", async (type, nth, kind) => {
    const { code, text } = await rehearsal.run([], { ...stepwise, faults: [{ type, operation: "create", nth, kind }] });
    expect(code).toBe(1);
    expect(text).toMatch(new RegExp(`✕.*${type}`));
  });

  test("the next run finishes, with nothing made twice", async () => {
    const { code, text } = await rehearsal.run([], stepwise);
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
    expect(shape(rehearsal)).toEqual(undisturbed);
  });
});

test("an object whose answer was lost stops the next run, which prints the import that adopts it", async () => {
  const rehearsal = new Rehearsal();
  try {
    const lost = {
      type: "hcloud:index/volume:Volume",
      operation: "create",
      nth: 1,
      kind: "timeout-after-made",
    } as const;
    expect(await rehearsal.run([], { ...quorum, faults: [lost] })).toMatchObject({ code: 1 });
    const stopped = await rehearsal.run([], quorum);
    expect(stopped.code).toBe(1);
    const adopt = /--adopt (\S+)/.exec(stopped.text)?.[1] ?? "";
    expect(stopped.text).toContain(`pulumi import hcloud:index/volume:Volume`);
    const { code, text } = await rehearsal.run(["--adopt", adopt], quorum);
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
    expect(shape(rehearsal)).toEqual(undisturbed);
  } finally {
    rehearsal.remove();
  }
});

describe("a deployed stack", () => {
  let rehearsal: Rehearsal;
  beforeAll(() => {
    rehearsal = deployed.copy();
  });
  afterAll(() => rehearsal.remove());

  test("a firewall that was opened by hand is detected and closed again", async () => {
    const { file, content } = cloud(rehearsal);
    const [wall] = Object.values(content.objects["hcloud:index/firewall:Firewall"] ?? {});
    (wall?.["rules"] as object[]).push({ direction: "in", protocol: "tcp", port: "3389", sourceIps: ["0.0.0.0/0"] });
    writeFileSync(file, JSON.stringify(content, null, 2));
    const { code } = await rehearsal.run(["--refresh"], quorum);
    expect(code).toBe(0);
    expect(rehearsal.steps()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(refresh|update) Firewall door-wall$/)]),
    );
    expect(readFileSync(file, "utf8")).not.toContain("3389");
  });

  test("a host that was deleted by hand is detected and made again", async () => {
    const { file, content } = cloud(rehearsal);
    const servers = content.objects["hcloud:index/server:Server"] ?? {};
    const [id = ""] = Object.entries(servers).find(([, { name }]) => name === "uc-application-2") ?? [];
    Reflect.deleteProperty(servers, id);
    writeFileSync(file, JSON.stringify(content, null, 2));
    const { code, text } = await rehearsal.run(["--refresh"], quorum);
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
    expect(shape(rehearsal)).toEqual(undisturbed);
  });

  test("a second run at the same time is refused, and changes nothing", async () => {
    let second: Promise<{ readonly code: number | null; readonly text: string }> | undefined;
    const first = await rehearsal.run([], {
      ...quorum,
      watch: (text) => {
        if (text.includes("Previewing")) second ??= rehearsal.run([], quorum);
      },
    });
    expect(first.code).toBe(0);
    expect(await second).toMatchObject({
      code: 2,
      text: expect.stringContaining("no other rehearsal of this stack") as string,
    });
  });

  test("a dead host stops a destroy, which continues after the README's steps", async () => {
    const { file, content } = cloud(rehearsal);
    const servers = content.objects["hcloud:index/server:Server"] ?? {};
    const [id = ""] = Object.entries(servers).find(([, { name }]) => name === "uc-control-3") ?? [];
    Reflect.deleteProperty(servers, id);
    writeFileSync(file, JSON.stringify(content, null, 2));
    const stopped = await rehearsal.run(["--destroy"], quorum);
    expect(stopped.code).toBe(1);
    expect(stopped.text).toContain("uc-control-3-leave");

    const readme = readFileSync(join(__dirname, "..", "..", "..", "README.md"), "utf8");
    const [, edit = ""] = /^ *node -e '(.*)'$/m.exec(readme) ?? [];
    const kept = stateFile(rehearsal);
    const state = JSON.parse(readFileSync(kept, "utf8")) as { readonly checkpoint: { latest: unknown } };
    // What `pulumi stack export` writes, and `pulumi stack import` reads.
    const exported = join(rehearsal.folder, "state.json");
    writeFileSync(exported, JSON.stringify({ version: 3, deployment: state.checkpoint.latest }));
    execFileSync("node", ["-e", edit.replaceAll("crisis-control-2", "uc-control-3")], { cwd: rehearsal.folder });
    state.checkpoint.latest = (
      JSON.parse(readFileSync(exported, "utf8")) as { readonly deployment: unknown }
    ).deployment;
    writeFileSync(kept, JSON.stringify(state));

    const { code, text } = await rehearsal.run(["--destroy"], quorum);
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
  });
});

test("killed between the steps of a replacement and run again, it ends in the same state", async () => {
  const rehearsal = deployed.copy();
  const changed = [
    "--set",
    'sovereign-uc:administratorKeys=["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKR6Zr1mQ duty-officer"]',
  ];
  try {
    // A different step each time, so that the engine dies with a host deleted, made, and joined.
    for (const step of ["Server uc-control-1 deleted", "Server uc-control-2 created", "uc-control-3-converge"]) {
      const killed = await rehearsal.run(changed, {
        ...stepwise,
        watch: (text, child) => {
          if (text.includes(step) && text.includes("replacement")) process.kill(-(child.pid ?? 0), "SIGKILL");
        },
      });
      expect([null, 0]).toContain(killed.code);
    }
    const { code, text } = await rehearsal.run(changed, stepwise);
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
    expect(shape(rehearsal)).toEqual(undisturbed);
    expect(await rehearsal.run(changed, stepwise)).toMatchObject({ code: 0 });
    expect(rehearsal.steps()).toEqual([]);
  } finally {
    rehearsal.remove();
  }
});
