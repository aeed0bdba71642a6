/** A blueprint on the real engine: it goes up under all rules, and a destroy takes it down. Each cloud has a test file of its own. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CapacityPlan, ConferenceService } from "../../components/planner";
import { rules } from "../../policies/pack";
import { Rehearsal, savedOnce } from "../support/rehearsal";
import { disorder } from "./leaving";

/** A stack, and what stands on its hosts' own volumes. */
export interface Expected {
  readonly stack: string;
  /** The simulated cloud with its type of hosts. */
  readonly hosts: readonly [cloud: string, type: string];
  /** Pools whose hosts, three each, have a volume for data. */
  readonly volumes: readonly string[];
  /** Persistent volumes in the cluster. */
  readonly persistent: number;
  /** Protected resources beside volumes and their keys. */
  readonly kept: readonly string[];
  /** Rules that find nothing to judge in it: nobody signs in, nothing is recorded. */
  readonly silent: readonly string[];
  /** Service whose conferences the report plans. @default - none */
  readonly conferences?: ConferenceService;
  /** True where the README shows the stack's topology. @default false */
  readonly shown?: boolean;
}

/** The test of one stack. */
export function goesUp({
  stack,
  hosts,
  volumes: pools,
  persistent,
  kept: further,
  silent,
  conferences,
  shown = false,
}: Expected): void {
  jest.setTimeout(600_000);
  const rehearsal = new Rehearsal(stack);
  const [blueprint = ""] = stack.split("-");
  const volumes = pools.flatMap((pool) => [1, 2, 3].map((n) => `${blueprint}-${pool}-${n}-data`));
  afterAll(() => rehearsal.remove());

  test("every rule passes, and its data is on volumes of three private hosts", async () => {
    const { code, text } = await rehearsal.run([], { environment: savedOnce });
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
    expect(text).toMatch(/went up[^]*Report: .*report\.html/);
    const report = JSON.parse(readFileSync(join(rehearsal.folder, "report.json"), "utf8")) as {
      readonly rules: readonly { readonly id: string; readonly state: string }[];
      readonly conferences: readonly { readonly plan?: CapacityPlan }[];
    };
    expect(report.rules.map(({ id, state }) => `${id} ${state}`)).toEqual(
      rules.map(({ id }) => `${id} ${silent.includes(id) ? "not run" : "passed"}`),
    );
    expect(report.conferences.map(({ plan }) => plan?.service)).toEqual(conferences === undefined ? [] : [conferences]);
    // The planner's arithmetic and the stack's own plans come to the same hosts.
    for (const { plan } of report.conferences)
      expect(sums(plan?.hosts ?? [])).toEqual(
        sums(
          rehearsal.objects(...hosts).map((host) => ({ type: String(host["serverType"] ?? host["type"]), count: 1 })),
        ),
      );
    expect(rehearsal.objects("kubernetes", "PersistentVolume")).toHaveLength(persistent);
    if (shown) {
      // Public addresses, and which host a pod is drawn on, depend on the order in which things were made.
      const picture = readFileSync(join(rehearsal.folder, "topology.svg"), "utf8");
      const committed = join(__dirname, "..", "golden", "pictures", `${stack}.svg`);
      if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(committed, picture);
      expect(wordsOf(picture)).toEqual(wordsOf(readFileSync(committed, "utf8")));
      expect(wordsOf(picture).length).toBeGreaterThan(50);
    }
    const names = rehearsal.objects(...hosts).map(({ name }) => String(name));
    for (const volume of volumes) expect(names).toContain(volume.replace(/-data$/, ""));
  });

  // About 50 s of a processor for both clouds: each of them deletes 280 resources, then 20.
  test("destroy takes pods, members and gateways in this order, and keeps and lists protected data and nothing else", async () => {
    const { code, text } = await rehearsal.run(["--destroy"], { environment: savedOnce });
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
    expect(disorder(rehearsal, hosts[1])).toEqual([]);
    const kept = [...text.matchAll(/^ {2}(\S+) \(\S+, id \S+\)$/gm)].map(([, name]) => name);
    expect(kept.sort()).toEqual([...volumes, ...volumes.map((name) => `${name}-key`), ...further].sort());
    expect(text).toMatch(/^and what it hangs on: (default_\S+ \(pulumi:providers:\w+\)(, )?)+$/m);
    expect(everything(rehearsal, hosts[0])).toHaveLength(volumes.length);
    expect(everything(rehearsal, "kubernetes")).toEqual([]);
  });

  test("destroy with data leaves nothing", async () => {
    const { code, text } = await rehearsal.run(["--destroy", "--with-data", stack], { environment: savedOnce });
    expect({ code, text }).toEqual({
      code: 0,
      text: expect.stringContaining(`Nothing is left of "${stack}"`) as string,
    });
    expect([...everything(rehearsal, hosts[0]), ...everything(rehearsal, "kubernetes")]).toEqual([]);
  });
}

/** Texts of a picture, but public addresses. */
const wordsOf = (svg: string): readonly string[] =>
  [...svg.matchAll(/<t(?:ext|span) [^>]*>([^<]+)</g)]
    .map(([, text = ""]) => text)
    .filter((text) => !/^198\.1[89]\./.test(text))
    .sort();

/** Number of hosts by type. */
function sums(hosts: readonly { readonly type: string; readonly count: number }[]): Readonly<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const { type, count } of hosts) all[type] = (all[type] ?? 0) + count;
  return all;
}

/** Ids of all objects in a simulated cloud. */
function everything(rehearsal: Rehearsal, cloud: string): readonly string[] {
  const { objects } = JSON.parse(readFileSync(join(rehearsal.folder, "clouds", `${cloud}.json`), "utf8")) as {
    readonly objects: Readonly<Record<string, object>>;
  };
  return Object.values(objects).flatMap((ofType) => Object.keys(ofType));
}
