/** The blueprint `crisis` from creation to destruction, on the real engine. Each cloud has a test file of its own. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { engineEnvironment, findEngine, pulumiCommand } from "../../../stacks/tools/rehearsal/engine";
import { folders } from "../../../stacks/tools/rehearsal/folders";
import { engineStack } from "../../../stacks/tools/rehearsal/workspace";
import type { KubernetesObject } from "../../support/programs/apply";
import { kubernetesPrograms, startKubernetes } from "../../support/programs/kubernetes";
import { describeWith } from "../../support/programs/programs";
import { Rehearsal, savedOnce } from "../../support/rehearsal";
import { disorder } from "../leaving";
import { PlainEngine } from "../plain-engine";
import { filesBelow, leaks, logsBelow, secretLines, type State } from "../clear-text";

const passphrase = "a passphrase of the test's";

/** The secrets of a rehearsed stack, and the engine's own folder. */
async function secretsOf(
  rehearsal: Rehearsal,
): Promise<{ readonly secrets: readonly string[]; readonly home: string }> {
  const engine = await findEngine();
  const environment = await engineEnvironment(engine);
  const stack = await engineStack({
    stack: rehearsal.stack,
    folders: folders(rehearsal.out, rehearsal.stack),
    command: await pulumiCommand(engine),
    environment: { ...environment, PULUMI_CONFIG_PASSPHRASE: passphrase },
    program: async () => undefined,
  });
  const secrets = secretLines((await stack.exportStack()) as unknown as State);
  return { secrets, home: environment["PULUMI_HOME"] ?? "" };
}

/** The tests of one stack. */
export function livesAndLeavesNothing(stack: "crisis-hetzner" | "crisis-exoscale"): void {
  jest.setTimeout(600_000);
  const rehearsal = new Rehearsal(stack);
  // The first exactly as users have it.
  const asked = stack === "crisis-hetzner" ? {} : { environment: savedOnce };
  let terminal = "";
  beforeAll(async () => {
    terminal = await rehearsal.up(asked);
  });
  afterAll(() => rehearsal.remove());

  test("goes up, with a verdict and a report in the last lines", () => {
    expect(terminal.trim().split("\n").slice(-2).join("\n")).toMatch(/went up[^]*Report: .*report\.html$/);
    expect(existsSync(join(rehearsal.folder, "report.html"))).toBe(true);
  });

  test("no generated secret is in clear in the state, the clouds, the log, the report, user data or on the terminal", async () => {
    const { secrets, home } = await secretsOf(rehearsal);
    expect(secrets.length).toBeGreaterThan(50);
    // What a rehearsal makes up in place of the operator's own stands in its stack file.
    const generated = secrets.filter((secret) => !secret.startsWith("made up for a rehearsal: "));
    const places: readonly (readonly [string, string])[] = [
      ["the terminal", terminal],
      ...filesBelow(rehearsal.out).map((file) => [file, readFileSync(file, "utf8")] as const),
      ...logsBelow(join(home, "logs")),
    ];
    expect(places.length).toBeGreaterThan(100);
    expect(leaks(generated, places)).toEqual([]);
  });

  if (stack === "crisis-hetzner")
    describeWith(kubernetesPrograms, "a real kube-apiserver", () => {
      test("takes every Kubernetes object without a warning", async () => {
        const folder = join(rehearsal.folder, "rendered", "kubernetes");
        const objects = readdirSync(folder).map(
          (file) => parse(readFileSync(join(folder, file), "utf8")) as KubernetesObject,
        );
        expect(objects.length).toBeGreaterThan(50);
        const kubernetes = await startKubernetes();
        try {
          const applied = await kubernetes.apply(objects);
          expect(applied).toHaveLength(objects.length);
          const complaints = applied.flatMap(({ object, warnings, refusal }) =>
            [...warnings, ...(refusal === undefined ? [] : [refusal])].map((text) => `${object}: ${text}`),
          );
          expect(complaints).toEqual([]);
        } finally {
          await kubernetes.stop();
        }
      });
    });

  test("a second run changes nothing", async () => {
    if (stack === "crisis-hetzner") {
      const { code, text } = await rehearsal.run([], asked);
      expect({ code, steps: rehearsal.steps() }).toEqual({ code: 0, steps: [] });
      expect(text).toContain("Nothing had to change");
    } else {
      const { ok, text, steps } = await new PlainEngine(stack, "blueprint", rehearsal.out).run();
      expect({ ok, text, steps }).toEqual({ ok: true, text: "", steps: [] });
    }
  });

  test("destroy takes pods, members and gateways in this order, keeps and lists protected data, and nothing else; with data it leaves nothing", async () => {
    const kept = await rehearsal.run(["--destroy"], asked);
    expect(kept.code).toBe(0);
    expect(disorder(rehearsal, stack === "crisis-hetzner" ? "Server" : "ComputeInstance")).toEqual([]);
    expect(kept.text).toMatch(/^and what it hangs on: (default_\S+ \(pulumi:providers:\w+\)(, )?)+$/m);
    for (const pool of ["control", "data"])
      for (const number of [1, 2, 3]) expect(kept.text).toContain(`crisis-${pool}-${number}-data`);
    expect(kept.text).toContain("records-passphrase");
    expect(kept.text).toContain(`--destroy --with-data ${stack}`);

    const wrong = await rehearsal.run(["--destroy", "--with-data", "crisis"]);
    expect(wrong).toMatchObject({ code: 2, text: expect.stringContaining("type it exactly") as string });

    const gone = await rehearsal.run(["--destroy", "--with-data", stack], asked);
    expect(gone).toMatchObject({ code: 0, text: expect.stringContaining(`Nothing is left of "${stack}"`) as string });
    for (const cloud of [stack === "crisis-hetzner" ? "hcloud" : "exoscale", "kubernetes"]) {
      const { objects } = JSON.parse(readFileSync(join(rehearsal.folder, "clouds", `${cloud}.json`), "utf8")) as {
        objects: Record<string, object>;
      };
      expect(Object.values(objects).flatMap((ofType) => Object.keys(ofType))).toEqual([]);
    }
  });
}
