import { CronJob } from "@pulumi/kubernetes/batch/v1/cronJob";
import { Job } from "@pulumi/kubernetes/batch/v1/job";
import * as pulumi from "@pulumi/pulumi";
import { invalid, validateArgs, givenArgs, type Keys } from "../core/errors";
import { countInRange } from "../core/numbers";
import { Tier } from "../core/tier";
import { awaitedBy } from "./awaited";
import { Namespace } from "./namespace";
import { objectsName, podParsers } from "./pod-checks";
import { metadataOf, podObjects, PodOwner, podTemplate } from "./pod-objects";
import { mediaPools, privatePools, taintsOf } from "./target";
import { type PodArgs, podArgsKeys, podObjectsNeeded } from "./workload-args";

/** Arguments of a task. Its tier has no ports: nothing connects to it. */
export interface TaskArgs extends PodArgs {
  /** When it runs, as in cron(5), in UTC: `17 3 * * *`. @default - once, while the stack is updated, and again when it changes */
  readonly schedule?: string;
  /** After this time it is stopped and has failed. @default 3600 */
  readonly timeoutSeconds?: number;
  /**
   * Times that it is started again after it failed. Give more than none only to a program that may do its work twice: a pod whose host died may have done it.
   *
   * @default 0
   */
  readonly retries?: number;
}

const taskArgsKeys: Keys<TaskArgs> = {
  ...podArgsKeys,
  schedule: true,
  timeoutSeconds: true,
  retries: true,
};

/** Maximum delay of a scheduled run in seconds: one that was missed for longer is skipped rather than run beside the next. */
const startingDeadlineSeconds = 600;

/**
 * Work that ends by itself: a migration, a backup, a renewal. Its pods are restricted as those of a `Workload`, and it runs one at a time: the next run waits for
 * the one before, and a run that failed is not repeated unless `retries` says so.
 *
 * Kubernetes may in rare cases start a run twice or leave one out (kubernetes.io/docs/concepts/workloads/controllers/cron-jobs): what it does must bear that.
 *
 * @example
 * const cleanup = new Task("wiki-cleanup", {
 *   namespace,
 *   tier: tier("wiki", "wiki-cleanup", {}),
 *   schedule: "17 3 * * *",
 *   image: image(cluster.registry, { path: "intranet/wiki", upstream: "registry.example.ch/wiki", version: "4.2" }),
 *   command: ["/wiki", "clean-up"],
 *   user: 1000,
 *   resources: { cpu: 0.1, memoryMib: 128 },
 * });
 */
export class Task extends pulumi.ComponentResource {
  readonly namespace: Namespace;
  readonly tier: Tier;
  readonly name: string;
  /** Resources that are made once it has run to its end, or is scheduled. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: TaskArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, taskArgsKeys, podObjectsNeeded);
    const [awaited, waiting] = awaitedBy(opts);
    const { namespace, schedule, timeoutSeconds = 3_600, retries = 0, role = objectsName(name, args.tier) } = args;
    super(
      "sovereign-uc:index:Task",
      name,
      {
        tier: role,
        namespace: namespace.name,
        timeoutSeconds,
        retries,
        ...(schedule === undefined ? {} : { schedule }),
      },
      waiting,
    );

    const task = readTask(this, name, args);
    this.namespace = namespace;
    this.tier = args.tier;
    this.name = task.name;

    const own = { parent: this, provider: namespace.cluster.provider };
    const first = [...namespace.ready, ...(args.policies?.ready ?? []), ...awaited];
    const objects = podObjects(task, { ...own, dependsOn: first });
    const after = { ...own, dependsOn: [...first, ...objects] };
    const metadata = metadataOf(task);
    const spec = {
      activeDeadlineSeconds: timeoutSeconds,
      backoffLimit: retries,
      completions: 1,
      parallelism: 1,
      // A pod that is still being stopped counts as running: the next one would do the same work beside it.
      podReplacementPolicy: "Failed",
      template: podTemplate(task),
    };
    if (schedule === undefined) {
      // The wait for it: its own time, and that of fetching the image.
      const annotations = { "pulumi.com/timeoutSeconds": `${timeoutSeconds + 600}` };
      // A job cannot be changed, and its name is fixed.
      const once = { ...after, deleteBeforeReplace: true };
      this.ready = [new Job(name, { metadata: { ...metadata, annotations }, spec }, once)];
    } else {
      const scheduled = new CronJob(
        name,
        {
          metadata,
          spec: {
            schedule,
            timeZone: "Etc/UTC",
            concurrencyPolicy: "Forbid",
            startingDeadlineSeconds,
            successfulJobsHistoryLimit: 1,
            failedJobsHistoryLimit: 3,
            jobTemplate: { metadata: { labels: metadata.labels }, spec },
          },
        },
        after,
      );
      this.ready = [scheduled];
    }
    this.registerOutputs({});
  }
}

/** Reads the arguments of a task. @throws pulumi.ResourceError with every problem. */
function readTask(resource: pulumi.ComponentResource, component: string, args: TaskArgs): PodOwner {
  const name = objectsName(component, args.tier);
  const { namespace, pool = "application", timeoutSeconds = 3_600, retries = 0, schedule } = args;
  const { cluster } = namespace;
  const valid = validateArgs(resource, component, {
    ...podParsers(name, args),
    // Kubernetes appends 11 characters to the name of a scheduled job, and again to that of its pod.
    name: () => {
      if (schedule !== undefined && name.length > 41)
        throw invalid("a name of at most 41 characters for what runs on a schedule", name, "choose a shorter one");
    },
    ports: () => {
      const ports = Object.keys(args.tier.ports);
      if (ports.length > 0)
        throw invalid("a tier without ports", ports.join(", "), "nothing connects to a task; make it a Workload");
    },
    pool: () => {
      const pools = [...privatePools(cluster), ...mediaPools(cluster)];
      if (!pools.includes(pool)) throw invalid(`one of the pools ${pools.join(", ")}`, pool, "name one of them");
    },
    schedule: () => (schedule === undefined ? undefined : cron(schedule)),
    timeoutSeconds: () => countInRange(timeoutSeconds, "seconds until it has failed", 10, 86_400),
    retries: () => countInRange(retries, "retries", 0, 10),
  });
  const { image, user, env = {}, podFields = {}, secretEnv = {}, mounts = [], init = [] } = args;
  return {
    name,
    prefix: component.slice(0, -name.length),
    role: valid.role,
    namespace,
    image,
    pool,
    taints: taintsOf(cluster, pool),
    user,
    env,
    podFields,
    secretEnv,
    mounts,
    volumes: [],
    init,
    resources: valid.resources,
    hostNetwork: false,
    lowPorts: false,
    connections: { ingress: valid.ingress, egress: valid.egress },
    ...(args.command === undefined ? {} : { command: args.command }),
    ...(args.args === undefined ? {} : { args: args.args }),
    ...(args.policies === undefined ? {} : { policies: args.policies }),
    ...(args.stableHostsOnly === undefined ? {} : { stableHostsOnly: args.stableHostsOnly }),
    ...(args.account === undefined ? {} : { account: args.account }),
    ...(args.runtimeClass === undefined ? {} : { runtimeClass: args.runtimeClass }),
    ...(args.names === undefined ? {} : { names: args.names }),
  };
}

/** Limits of the five fields of a schedule. */
const cronFields = [
  ["minute", 0, 59],
  ["hour", 0, 23],
  ["day of the month", 1, 31],
  ["month", 1, 12],
  ["day of the week", 0, 6],
] as const;

/**
 * A schedule in numbers: five fields of `*`, numbers, ranges, lists and steps. Kubernetes reads more (names, `@daily`, `?`), which nobody needs.
 *
 * @throws RangeError for anything else.
 */
export function cron(value: string): string {
  const parts = typeof value === "string" ? value.split(" ") : [];
  const wrong = cronFields.find(([, least, most], i) => !cronField(parts[i] ?? "", least, most));
  if (parts.length !== cronFields.length || wrong !== undefined)
    throw invalid(
      `a schedule of five fields in numbers${wrong === undefined ? "" : `, the ${wrong[0]} from ${wrong[1]} to ${wrong[2]}`}`,
      value,
      'give one like "17 3 * * *"',
    );
  return value;
}

const cronField = (text: string, least: number, most: number): boolean =>
  text.split(",").every((part) => {
    const [, first, last, step] = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/([1-9]\d?))?$/.exec(part) ?? [];
    const numbers = [first, last].flatMap((number) => (number === undefined ? [] : [Number(number)]));
    return (
      /^(\*|\d)/.test(part) &&
      /^(?:\*|\d{1,2}(?:-\d{1,2})?)(?:\/[1-9]\d?)?$/.test(part) &&
      numbers.every((number) => number >= least && number <= most) &&
      (last === undefined || Number(first) <= Number(last)) &&
      (step === undefined || Number(step) <= most)
    );
  });
