import * as pulumi from "@pulumi/pulumi";
import { linkOut } from "../../../components/core/link";
import { givenSecret } from "../../../components/core/secret";
import { tier } from "../../../components/core/tier";
import { Namespace } from "../../../components/kubernetes/namespace";
import { cron, Task, type TaskArgs } from "../../../components/kubernetes/task";
import { deploy, type Deployment } from "../../support/mocks";
import { manifests, object, target } from "./target";

const own = tier("crisis", "cleanup", {});

const made = (change: Partial<Record<keyof TaskArgs, unknown>> = {}, name = "cleanup"): Promise<Deployment> =>
  deploy(() => {
    const namespace = new Namespace("crisis", { cluster: target() });
    new Task(name, {
      namespace,
      tier: own,
      image: "registry.crisis.example.ch/wiki:1",
      user: 1000,
      resources: { cpu: 0.1, memoryMib: 64 },
      ...change,
    } as TaskArgs);
  });

describe("a task", () => {
  test.each([
    ["a run", undefined, "Job"],
    ["a schedule", "17 3 * * *", "CronJob"],
  ])("waits with %s for what it depends on, by its objects and not itself", async (_, schedule, kind) => {
    const deployment = await deploy(() => {
      const namespace = new Namespace("crisis", { cluster: target() });
      const before = new pulumi.ComponentResource("test:index:Before", "before");
      new Task(
        "cleanup",
        {
          namespace,
          tier: own,
          image: "registry.crisis.example.ch/wiki:1",
          user: 1000,
          resources: { cpu: 0.1, memoryMib: 64 },
          secretEnv: { TOKEN: givenSecret("t") },
          ...(schedule === undefined ? {} : { schedule }),
        },
        { dependsOn: before },
      );
    });
    const waits = (type: string, name: string): unknown => deployment.one(type, name).opts.dependsOn;
    const isBefore = expect.objectContaining({ __name: "before" }) as unknown;
    for (const [type, name] of [
      [kind, "cleanup"],
      ["Secret", "cleanup-env"],
    ] as const)
      expect(waits(type, name)).toContainEqual(isBefore);
    expect(waits("Task", "cleanup")).toEqual([]);
  });

  test("without a schedule runs once, with its policy before it, and repeats no work", async () => {
    const deployment = await made({
      links: [linkOut(own, { name: "store", ranges: ["192.0.3.0/24"] }, 443, "old files")],
      secretEnv: { TOKEN: givenSecret("t") },
    });
    expect(manifests(deployment.resources).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      "Namespace crisis",
      "NetworkPolicy closed",
      "Secret cleanup-env",
      "NetworkPolicy cleanup",
      "Job cleanup",
    ]);
    const job = object(deployment.resources, "Job", "cleanup");
    expect(job.metadata).toMatchObject({ annotations: { "pulumi.com/timeoutSeconds": "4200" } });
    expect(job["spec"]).toMatchObject({
      activeDeadlineSeconds: 3600,
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      podReplacementPolicy: "Failed",
      template: {
        metadata: { labels: { "app.kubernetes.io/name": "cleanup" } },
        spec: {
          restartPolicy: "Never",
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              resources: { requests: { cpu: "0.1", memory: "64Mi" }, limits: { memory: "64Mi" } },
            },
          ],
        },
      },
    });
    // A job is never changed in place, and its name is taken while the old one is there.
    expect(deployment.one("Job", "cleanup").opts).toMatchObject({ deleteBeforeReplace: true });
    expect(deployment.one("Task", "cleanup").inputs).toEqual({
      tier: "cleanup",
      namespace: "crisis",
      timeoutSeconds: 3600,
      retries: 0,
    });
  });

  test("has no probes, no ports and no place apart: nothing connects to it", async () => {
    const job = JSON.stringify(object((await made()).resources, "Job", "cleanup"));
    expect(job).not.toMatch(/[pP]robe|"ports"|topologySpread|preStop|hostNetwork/);
  });

  test("with a schedule runs one at a time, keeps a few of its runs and none that comes late", async () => {
    const deployment = await made({ schedule: "17 3 * * *", timeoutSeconds: 600, retries: 2 });
    expect(object(deployment.resources, "CronJob", "cleanup")["spec"]).toMatchObject({
      schedule: "17 3 * * *",
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 600,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 3,
      jobTemplate: { spec: { activeDeadlineSeconds: 600, backoffLimit: 2 } },
    });
    expect(deployment.all("Job")).toEqual([]);
  });

  const cases: readonly [what: string, change: Partial<Record<keyof TaskArgs, unknown>>, message: RegExp][] = [
    ["ports", { tier: tier("crisis", "cleanup", { http: 80 }) }, /ports: expected a tier without ports, got "http"/],
    ["a schedule in words", { schedule: "@daily" }, /schedule: expected a schedule of five fields in numbers/],
    ["no time at all", { timeoutSeconds: 1 }, /timeoutSeconds: expected a whole number of seconds/],
    ["endless retries", { retries: 100 }, /retries: expected a whole number of retries from 0 to 10, got 100/],
    ["a pool that is none", { pool: "nowhere" }, /pool: expected one of the pools application, media, got "nowhere"/],
    ["root", { user: 0 }, /user: expected a user other than root/],
  ];
  test.each(cases)("refuses %s", async (_, change, message) => {
    await expect(made(change)).rejects.toThrow(message);
  });

  test("refuses a name that leaves no room for the names of its runs", async () => {
    const long = "c".repeat(42);
    await expect(made({ tier: tier("crisis", long, {}), schedule: "0 0 * * *" }, long)).rejects.toThrow(
      /name: expected a name of at most 41 characters for what runs on a schedule/,
    );
  });

  test.each(["* * * * *", "0 0 1 1 0", "*/5 0-6 1,15 * 1-5", "59 23 31 12 6", "0-30/10 * * * *"])(
    "runs at %s",
    (schedule) => {
      expect(cron(schedule)).toBe(schedule);
    },
  );

  test.each([
    ["60 * * * *", /the minute from 0 to 59/],
    ["* 24 * * *", /the hour from 0 to 23/],
    ["* * 0 * *", /the day of the month from 1 to 31/],
    ["* * * 13 *", /the month from 1 to 12/],
    ["* * * * 7", /the day of the week from 0 to 6/],
    ["5-1 * * * *", /the minute/],
    ["*/0 * * * *", /the minute/],
    ["1, * * * *", /the minute/],
    ["* * * *", /five fields/],
    ["* * * * * *", /five fields/],
    ["", /five fields/],
    ["mon * * * *", /the minute/],
  ])("never at %j", (schedule, message) => {
    expect(() => cron(schedule)).toThrow(message);
  });
});
