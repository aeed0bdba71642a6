/** An object store of the house on live nodes: who gets in, what stands on its disks, and hosts that die under it while somebody writes. */
import type { KubernetesObject } from "../../support/programs/apply";
import { until } from "../../support/programs/background";
import { opens } from "../ask";
import { describeLive } from "../describe-live";
import { isReady, type LiveCluster } from "../live-cluster";
import { now, PostgresLife, prepare } from "../postgres-life";
import { store as archive } from "../postgres-program";
import { clientPods, clients, program, StoreLife, stranger } from "../store-life";

jest.setTimeout(600_000);

const isTask = ({ kind }: KubernetesObject): boolean => kind === "Job";
const isClient = ({ metadata }: KubernetesObject): boolean => metadata.namespace === clients.namespace;

/** The engine's order: buckets are made once the store serves, and whoever uses them comes after that. */
async function afterwards(cluster: LiveCluster, objects: readonly KubernetesObject[]): Promise<void> {
  await cluster.apply(objects.filter(isTask));
  await succeeded(cluster, "store-buckets");
  await cluster.apply(objects.filter(isClient));
  await until("the clients", async () => (await cluster.pods([clients.namespace])).filter(isReady).length === 4);
}

async function succeeded(cluster: LiveCluster, prefix: string): Promise<void> {
  await until(
    `the task ${prefix} to succeed`,
    async () => {
      const path = '{range .items[*]}{.metadata.name}={.status.succeeded}{"\\n"}{end}';
      const jobs = await cluster.kubectl(["get", "jobs", "-n", "store", "-o", `jsonpath=${path}`]);
      return jobs.split("\n").some((line) => line.startsWith(prefix) && line.endsWith("=1"));
    },
    240,
  );
}

describeLive(
  "an object store on live nodes",
  {
    program,
    change: {},
    store: archive.host,
    prepare,
    objects: (made) => [...made.objects, ...clientPods(made)],
    isLater: (object) => isTask(object) || isClient(object),
    seconds: 420,
    afterwards,
  },
  (live) => {
    const cluster = (): LiveCluster => live().cluster;
    const life = (): StoreLife => new StoreLife(cluster());
    const database = (): PostgresLife => new PostgresLife(cluster());
    const say = (text: string): void => void process.stderr.write(`${text}\n`);

    it("has three of each, on three hosts, and an object comes back as it was written", async () => {
      for (const role of ["store-master", "store-volume", "store-gateway"])
        expect([role, (await life().pods(role)).filter(isReady).length]).toEqual([role, 3]);
      for (const role of ["store-master", "store-volume"])
        expect(new Set((await life().pods(role)).map(({ spec }) => spec.nodeName)).size).toBe(3);
      expect((await life().ask("media", "PUT", "/media/letter")).status).toBe(200);
      expect(await life().ask("media", "GET", "/media/letter")).toEqual({ status: 200, text: "written" });
      await life().writing(now());
    });

    it("a key opens its own bucket alone, and evidence stays", async () => {
      expect((await life().ask("protocols", "PUT", "/protocols/session")).status).toBe(200);
      expect((await life().ask("protocols", "DELETE", "/protocols/session")).status).toBe(403);
      expect((await life().ask("protocols", "GET", "/protocols/session")).text).toBe("written");
      expect((await life().ask("media", "GET", "/protocols/session")).status).toBe(403);
      expect((await life().ask("protocols", "PUT", "/media/letter")).status).toBe(403);
      expect((await life().ask("media", "PUT", "/another")).status).toBe(403);
    });

    it("clients reach S3 alone, and whoever was not let in reaches nothing", async () => {
      const asked = (
        await Promise.all(
          (
            [
              ["store-gateway", [8333, 18333, 8888, 18888]],
              ["store-volume", [8080, 18080]],
              ["store-master", [9333, 19333]],
            ] as const
          ).map(async ([role, ports]) => {
            const [pod] = await life().pods(role);
            return ports.map((port) => [pod?.status.podIP ?? "", port] as const);
          }),
        )
      ).flat();
      const [client] = (await life().pods(clients.name)).filter(isReady);
      const [other] = (await life().pods(stranger)).filter(isReady);
      if (client === undefined || other === undefined) throw new Error("expected both clients, got fewer");
      expect(await opens(cluster(), client, asked)).toEqual([true, false, false, false, false, false, false, false]);
      expect(await opens(cluster(), other, asked)).toEqual(asked.map(() => false));
    });

    it("the nightly task carries out the buckets' rules from its own pod", async () => {
      await cluster().kubectl(["create", "job", "store-expire-now", "-n", "store", "--from=cronjob/store-expire"]);
      await succeeded(cluster(), "store-expire-now");
      expect(await cluster().kubectl(["logs", "-n", "store", "job/store-expire-now"])).toMatch(/shards 0-15 complete/);
    });

    it("no content stands on a disk in clear", async () => {
      const onDisks = (script: string): Promise<readonly number[]> =>
        Promise.all(
          cluster()
            .byRole("data")
            .map(async ({ name }) =>
              Number(await cluster().host(name).sh(`cd /var/lib/sovereign-uc/volumes/store-disk; ${script}`)),
            ),
        );
      // Two of the three have each object's content.
      const written = await onDisks("find . -name '*.dat' -size +32k | wc -l");
      expect(written.filter((files) => files > 0).length).toBeGreaterThanOrEqual(2);
      expect(await onDisks("grep -rlaF 'written' . | wc -l")).toEqual([0, 0, 0]);
    });

    /** A host that falls silent is missed after 60 + 20 seconds (weed/pb/grpc_client_server.go), and this machine is slow. */
    const silence = 110;
    const dies = async (what: string, host: string): Promise<void> => {
      const { pause, back, failures } = await life().death(host);
      const { acknowledged, lost, slowest } = await life().kept();
      say(
        `death of ${what}: ${pause.toFixed(1)} s without an acknowledged object, and at most ${back.toFixed(1)} s while it came back (of ${acknowledged} acknowledged in all, ${lost.length} are lost, and the slowest read took ${slowest} s; instead: ${failures})`,
      );
      expect(lost).toEqual([]);
      expect(pause).toBeLessThan(silence);
      expect(back).toBeLessThan(60);
      // The next death meets a database that is whole.
      await cluster().ready(["records"], 240);
      await database().standby();
    };

    it("the host of the database's primary dies, with a volume server and a master: nothing acknowledged is lost", async () => {
      await database().standby();
      await dies("the host of the database's primary", await database().hostOf(await database().leader()));
    });

    it("the host of a volume server dies: the same", async () => {
      const members = [await database().leader(), await database().standby()];
      const busy = await Promise.all(members.map((member) => database().hostOf(member)));
      const host = cluster()
        .byRole("data")
        .find(({ name }) => !busy.includes(name))?.name;
      await dies("a volume server's host", host ?? "no host");
    });

    it("the host of a gateway dies: the same", async () => {
      // The clients' own host carries gateways, too.
      const pods = await life().pods("store-gateway");
      const host = pods.find(({ spec }) => spec.nodeName !== "live-application-1")?.spec.nodeName;
      await dies("a gateway's host", host ?? "no host");
    });
  },
);
