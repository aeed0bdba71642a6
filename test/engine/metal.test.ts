/** The blueprint `crisis` on machines of an inventory, on the real engine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../../policies/pack";
import { Rehearsal, savedOnce } from "../support/rehearsal";
import { PlainEngine } from "./plain-engine";

jest.setTimeout(600_000);

const rehearsal = new Rehearsal("crisis-metal");
const engine = new PlainEngine(rehearsal.stack, "blueprint", rehearsal.out);
afterAll(() => rehearsal.remove());

interface Run {
  readonly resource: string;
  readonly phase: string;
  readonly host: string;
  readonly through: string;
}

interface Cloud {
  readonly objects: Readonly<Record<string, object>>;
  readonly journal: readonly Run[];
}

const commands = (): Cloud =>
  JSON.parse(readFileSync(join(rehearsal.folder, "clouds", "command.json"), "utf8")) as Cloud;

/** Position of a command's run in the journal. */
const ran = (journal: readonly Run[], resource: string, phase = "create"): number =>
  journal.findIndex((run) => run.resource === resource && run.phase === phase);

test("goes up: every machine is enrolled at its inventory address, doors first, private hosts through them", async () => {
  const { code, text } = await rehearsal.run([], { environment: savedOnce });
  expect({ code, text }).toMatchObject({ code: 0, text: expect.stringContaining("went up") as string });
  const { journal } = commands();
  const enrolments = journal.filter(({ resource }) => resource.endsWith("-enrol"));
  expect(enrolments).toHaveLength(14);
  expect(enrolments.map(({ resource }) => resource).sort()).toEqual(
    enrolments.map(({ host }) => `${host}-enrol`).sort(),
  );
  for (const { host, through } of enrolments)
    if (/control|application|data/.test(host)) expect(through).toMatch(/^crisis-gateway-[12]$/);
    else expect(/gateway/.test(host) ? through : "").toBe("");
  expect(ran(journal, "crisis-gateway-1-ready")).toBeLessThan(ran(journal, "crisis-control-1-enrol"));
  expect(ran(journal, "crisis-control-1-ready")).toBeLessThan(ran(journal, "crisis-control-2-enrol"));
});

test("a second run changes nothing", async () => {
  expect(await engine.run()).toEqual({ ok: true, text: "", steps: [] });
});

test("under strict every rule passes, too, or finds nothing to judge: no exposure, no exemption, nothing undetermined", async () => {
  const { code, text } = await rehearsal.run(["--profile", "strict"], { environment: savedOnce });
  expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
  expect(text).toContain("Nothing had to change");
  expect(text).not.toMatch(/exempt/i);
  const report = JSON.parse(readFileSync(join(rehearsal.folder, "report.json"), "utf8")) as {
    readonly profile: string;
    readonly exposure: readonly unknown[];
    readonly rules: readonly {
      readonly id: string;
      readonly state: string;
      readonly undetermined: readonly unknown[];
    }[];
  };
  expect({ profile: report.profile, exposure: report.exposure }).toEqual({ profile: "strict", exposure: [] });
  // Machines of one's own have no provider, and nothing here looks into people or loads a model.
  const silent = ["UC-JUR-002", "UC-AI-003", "UC-AI-004"];
  expect(report.rules.map(({ id, state }) => `${id} ${state}`)).toEqual(
    rules.map(({ id }) => `${id} ${silent.includes(id) ? "not run" : "passed"}`),
  );
  expect(report.rules.flatMap(({ undetermined }) => undetermined)).toEqual([]);
});

test("a frozen change enrols the members of a quorum again one at a time: leave, release, enrol, converge, ready, and only then the next", async () => {
  const before = commands().journal.length;
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHNvbWVib2R5IGVsc2UncyBwdWJsaWMga2V5IGhlcmU ada";
  expect((await engine.run({ set: { "sovereign-uc:administratorKeys": [key] } })).text).toBe("");
  const journal = commands().journal.slice(before);
  const steps = journal.flatMap(({ resource, phase }) => {
    const [, step] = /^crisis-control-2-(leave|release|enrol|converge|ready)$/.exec(resource) ?? [];
    return step === undefined ? [] : [`${phase} ${step}`];
  });
  expect(steps.filter((step) => !/create (leave|release)/.test(step))).toEqual([
    "delete leave",
    "delete release",
    "create enrol",
    "create converge",
    "create ready",
  ]);
  expect(ran(journal, "crisis-control-2-ready")).toBeLessThan(ran(journal, "crisis-control-3-leave", "delete"));
});

test("destroy releases every machine and leaves only the keys of data disks; with data it leaves nothing", async () => {
  const before = commands().journal.length;
  const { code, text } = await rehearsal.run(["--destroy"], { environment: savedOnce });
  expect(code).toBe(0);
  for (const pool of ["control", "data"])
    for (const number of [1, 2, 3]) expect(text).toContain(`crisis-${pool}-${number}-data-key`);
  const { objects, journal } = commands();
  expect(Object.values(objects).flatMap((ofType) => Object.keys(ofType))).toEqual([]);
  const released = journal
    .slice(before)
    .filter(({ resource, phase }) => phase === "delete" && resource.endsWith("-release"));
  expect(released).toHaveLength(14);

  const gone = await rehearsal.run(["--destroy", "--with-data", "crisis-metal"], { environment: savedOnce });
  expect(gone).toMatchObject({
    code: 0,
    text: expect.stringContaining('Nothing is left of "crisis-metal"') as string,
  });
});
