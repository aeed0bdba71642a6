import { readFileSync } from "node:fs";
import { join } from "node:path";
import { workloadLabel } from "../../components/kubernetes/peers";
import type { KubernetesObject } from "../support/programs/apply";
import { until } from "../support/programs/background";
import type { LiveCluster } from "./live-cluster";
import { client, store } from "./postgres-program";
import type { Rendered } from "./rendered";

/** File in which the writer notes what was acknowledged. */
const notes = "/tmp/acknowledged";

/** A program that writes into the database without a pause, from a pod that the policies know. */
export function writer({ registry, objects, outputs }: Rendered): readonly KubernetesObject[] {
  const { namespace, name } = client;
  const image = JSON.stringify(objects).match(new RegExp(`${registry}/timescale/timescaledb-ha[^"]*`))?.[0];
  const files = {
    "writer.py": readFileSync(join(__dirname, "files", "writer.py"), "utf8"),
    "ca.crt": String(outputs["ca"]),
  };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: files },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace, labels: { [workloadLabel]: name } },
      spec: {
        terminationGracePeriodSeconds: 0,
        nodeSelector: { "kubernetes.io/hostname": "live-application-1" },
        containers: [
          {
            name,
            image,
            command: [
              "python3",
              "/files/writer.py",
              "records.records.svc.cluster.local",
              String(outputs["user"]),
              notes,
            ],
            env: [
              { name: "PGPASSWORD", value: String(outputs["password"]) },
              { name: "PGSSLROOTCERT", value: "/files/ca.crt" },
            ],
            volumeMounts: [{ name: "files", mountPath: "/files" }],
          },
        ],
        volumes: [{ name: "files", configMap: { name } }],
      },
    },
  ] as unknown as readonly KubernetesObject[];
}

/** Starts the store of the archive. */
export async function prepare(cluster: LiveCluster): Promise<void> {
  await cluster.outside.startStore(store.host, [store.bucket], { access: store.access, secret: store.secret });
}

/** State of a run of the writer. */
export interface Acknowledged {
  readonly number: number;
  readonly at: number;
}

/** A PostgreSQL cluster on live nodes, and what tests do to it. */
export class PostgresLife {
  constructor(
    readonly cluster: LiveCluster,
    readonly name = "records",
  ) {}

  /** Runs a program in the container of a member. */
  exec(member: string, command: readonly string[], container = "postgres"): Promise<string> {
    return this.cluster.kubectl(["exec", "-n", this.name, member, "-c", container, "--", ...command]);
  }

  /** Asks one member a question in SQL. */
  async ask(member: string, question: string, database = "ledger"): Promise<string> {
    const psql = ["psql", "-h", "/run/postgres", "-U", "postgres", "-d", database, "-XAtc", question];
    return (await this.exec(member, psql)).trim();
  }

  /** Text that Patroni has written on one of its objects; nothing before it has made it. */
  private annotation(object: string, key: string): Promise<string> {
    return this.cluster.kubectl([
      "get",
      "endpoints",
      object,
      "-n",
      this.name,
      "-o",
      `jsonpath={.metadata.annotations.${key}}`,
    ]);
  }

  leader(): Promise<string> {
    return this.annotation(this.name, "leader");
  }

  /** The synchronous standby, as soon as there is one that is connected. */
  async standby(): Promise<string> {
    let found = "";
    await until(
      "a synchronous standby",
      async () => {
        found = await this.annotation(`${this.name}-sync`, "sync_standby").catch(() => "");
        const leader = await this.leader().catch(() => "");
        if (found === "" || leader === "") return false;
        const streaming = await this.ask(
          leader,
          "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'",
          "postgres",
        ).catch(() => "0");
        return streaming === "1";
      },
      120,
    );
    return found;
  }

  async hostOf(member: string): Promise<string> {
    return this.cluster.kubectl(["get", "pod", member, "-n", this.name, "-o", "jsonpath={.spec.nodeName}"]);
  }

  /** Everything that the writer was told is written. */
  async acknowledged(): Promise<readonly Acknowledged[]> {
    const text = await this.inWriter(["cat", notes]);
    return text
      .trim()
      .split("\n")
      .map((line) => line.split(" ").map(Number))
      .map(([number = 0, at = 0]) => ({ number, at }));
  }

  /** Runs a program in the writer's pod. */
  inWriter(command: readonly string[]): Promise<string> {
    return this.cluster.kubectl(["exec", "-n", client.namespace, client.name, "--", ...command]);
  }

  /** Waits until the writer is told of writes again that began after a moment. */
  async writing(since: number): Promise<void> {
    await until(
      "writes to be acknowledged again",
      async () => {
        const last = await this.inWriter(["tail", "-n", "1", notes]).catch(() => "");
        return Number(last.split(" ")[1] ?? 0) > since;
      },
      120,
    );
  }

  /** The longest time without an acknowledged write between two moments, in seconds. */
  async pause(from: number, to: number): Promise<number> {
    const times = (await this.acknowledged()).map(({ at }) => at);
    return times
      .map((at, i) => ({ at, next: times[i + 1] ?? at }))
      .filter(({ at, next }) => next >= from && at <= to)
      .reduce((most, { at, next }) => Math.max(most, next - at), 0);
  }

  /** Numbers that were acknowledged and are not in the database. */
  async lost(): Promise<readonly number[]> {
    const told = await this.acknowledged();
    const kept = new Set((await this.ask(await this.leader(), "SELECT number FROM written")).split("\n").map(Number));
    return told.filter(({ number }) => !kept.has(number)).map(({ number }) => number);
  }

  /** Waits until both others follow the leader without a gap. */
  private async whole(): Promise<void> {
    await this.cluster.ready([this.name], 180);
    await this.standby();
    await until(
      "both standbys to stream",
      async () => {
        const question = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'";
        return (await this.ask(await this.leader(), question, "postgres").catch(() => "0")) === "2";
      },
      120,
    );
  }

  /**
   * Switches the host of a member off in mid-write and on again, and waits until all members are back.
   *
   * @returns seconds without an acknowledged write: the longest after the death, and the longest from the host's return until both standbys follow again.
   */
  async death(member: string): Promise<{ readonly pause: number; readonly back: number }> {
    await this.standby();
    await this.writing(now());
    const name = await this.hostOf(member);
    const host = this.cluster.byRole("data").find((one) => one.name === name);
    if (host === undefined) throw new Error(`expected the host of ${member}, got ${name}`);
    const killed = now();
    await this.cluster.powerOff(name);
    await this.writing(killed + 1);
    const recovered = now();
    await this.cluster.boot(host);
    await this.cluster.startNode(name);
    await this.whole();
    const whole = now();
    await this.writing(whole);
    return { pause: await this.pause(killed - 0.5, recovered), back: await this.pause(recovered, whole) };
  }
}

/** Now, in seconds. */
export const now = (): number => Date.now() / 1000;
