/**
 * The blueprint `messaging` on live nodes: a homeserver behind the edge, with everything that it is connected to: PostgreSQL, a cache, a volume; a bucket and an identity
 * provider outside.
 */
import { join } from "node:path";
import { monitoringTier } from "../../components/core/tier";
import { workloadLabel } from "../../components/kubernetes/peers";
import { metricsPath, synapsePorts } from "../../components/services/matrix/settings";
import { synapseTier } from "../../components/services/matrix/tiers";
import type { KubernetesObject } from "../support/programs/apply";
import { until } from "../support/programs/background";
import { inPod, opens, requests } from "./ask";
import { describeLive } from "./describe-live";
import { probeImage } from "./images";
import { isReady, type LiveCluster, type Pod } from "./live-cluster";
import { messaging, store } from "./messaging";
import { PostgresLife } from "./postgres-life";
import { render, type Rendered } from "./rendered";
import { scaled } from "./start-live";

const homeserver = synapseTier("chat");
const kept = "/var/lib/sovereign-uc/volumes/chat-media/local_content";

/** The tier that fetches metrics, of which there is none yet. */
const collector = ({ registry }: Rendered): readonly KubernetesObject[] => {
  const { namespace, name } = monitoringTier;
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace, labels: { [workloadLabel]: name } },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [{ name, image: `${registry}/${probeImage}`, command: ["sleep", "infinity"] }],
      },
    },
  ] as unknown as readonly KubernetesObject[];
};

const nameOf = ({ kind, metadata }: KubernetesObject): string => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;

jest.setTimeout(300_000);

let rendered: Rendered;

describeLive(
  "a homeserver on live nodes",
  {
    ...messaging,
    objects: (made) => {
      rendered = made;
      return [...made.objects, ...collector(made)];
    },
  },
  (live) => {
    const cluster = (): LiveCluster => live().cluster;
    const say = (text: string): void => void process.stderr.write(`${text}\n`);
    /** A person's browser and client, outside: through a gateway and the edge. */
    const browser = async (...what: readonly string[]): Promise<Record<string, unknown>> => {
      const authorities = ["/etc/live/web.pem", "/etc/live/outside.pem"];
      const script = join(__dirname, "files", "matrix-client.py");
      const client = cluster().outside.running("client");
      const said = await client.exec(["python3", script, cluster().domain, ...authorities, ...what]);
      return JSON.parse(said) as Record<string, unknown>;
    };
    const one = async (namespace: string, workload: string): Promise<Pod> => {
      const found = (await cluster().pods([namespace])).find(
        (pod) => pod.metadata.labels[workloadLabel] === workload && isReady(pod),
      );
      if (found === undefined) throw new Error(`expected a ready pod of ${namespace}/${workload}, got none`);
      return found;
    };
    const pod = (): Promise<Pod> => one("chat", homeserver.name);
    const database = (): PostgresLife => new PostgresLife(cluster());
    /** Answers a question about the database "chat" in SQL. */
    const asked = async (question: string): Promise<string> =>
      database().ask(await database().leader(), question, "chat");
    let written: { readonly token: string; readonly room: string; readonly media: string };
    const everythingIsThere = async (): Promise<void> =>
      expect(await browser("read", written.token, written.room, written.media)).toEqual({
        messages: ["kept"],
        file: "the file",
      });

    it("a person logs in at the identity provider, writes, and sends a file, which is in the bucket before the answer", async () => {
      written = (await browser("write")) as typeof written;
      const found = await cluster()
        .outside.running("outside")
        .sh(`grep -rlF 'the file' /var/lib/live/store/${store.media} | wc -l`);
      expect(Number(found)).toBe(1);
      await everythingIsThere();
      expect(Number(await asked("SELECT count(*) FROM events WHERE type = 'm.room.message'"))).toBe(1);
    });

    it("nobody registers, and the edge answers for what is closed", async () => {
      expect(await browser("refused")).toEqual({ register: 403, closed: [404] });
    });

    it("its figures are fetched by the monitoring, and by nobody else", async () => {
      const { status } = await pod();
      const address = `http://${status.podIP}:${synapsePorts.metrics}${metricsPath}`;
      const fetched = await inPod(cluster(), await one(monitoringTier.namespace, monitoringTier.name), [
        "python3",
        "-c",
        `import urllib.request; print(urllib.request.urlopen("${address}", timeout=5).read().decode())`,
      ]);
      expect(fetched).toMatch(/^synapse_build_info\{/m);
      const edge = await one("edge", "edge");
      expect(await opens(cluster(), edge, [[status.podIP ?? "", synapsePorts.metrics]])).toEqual([false]);
      expect(await opens(cluster(), edge, [[status.podIP ?? "", synapsePorts.http]])).toEqual([true]);
    });

    it("a file that the volume has lost comes back from the bucket", async () => {
      const { spec } = await pod();
      const host = cluster().host(spec.nodeName ?? "");
      await host.sh(`test -d ${kept} && rm -rf ${kept}`);
      await everythingIsThere();
    });

    it("another generation of all secrets: both are let in, the homeserver starts again with the new one and with everything that it kept, then the old one is shut out", async () => {
      const users = async (): Promise<readonly string[]> =>
        (await asked("SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'chat' ORDER BY 1")).split("\n");
      const allowed = async (): Promise<readonly string[]> =>
        (await asked("SELECT rolname FROM pg_roles WHERE rolname ~ '^chat_' AND rolcanlogin ORDER BY 1")).split("\n");
      expect(await allowed()).toEqual(["chat_1"]);
      expect(await users()).toContain("chat_1");
      const before = (await pod()).metadata.uid;
      const asking = requests(cluster(), "/_matrix/client/versions");
      let now: readonly KubernetesObject[] = rendered.objects;
      for (const [generation, roles] of [
        ['["2", "1"]', ["chat_1", "chat_2"]],
        ["2", ["chat_2"]],
      ] as const) {
        const present = new Map(now.map((object) => [nameOf(object), JSON.stringify(object)]));
        const change = { ...messaging.change, "sovereign-uc:secretsGeneration": generation };
        now = (await render(messaging.stack, change)).objects;
        const changed = now.filter((object) => present.get(nameOf(object)) !== JSON.stringify(object));
        say(`secretsGeneration ${generation}: ${changed.map(nameOf).join(", ")}`);
        // No instance of the database is replaced for it.
        expect(changed.map(nameOf)).toContain("Secret records/records-roles");
        expect(changed.map(nameOf)).not.toContain("StatefulSet records/records");
        await cluster().apply(changed.map(scaled));
        await until("the roles to be those", async () => String(await allowed()) === String(roles), 120);
        await until(
          "the homeserver to log in with the new one",
          async () => (await users()).includes("chat_2") && !(await users()).includes("chat_1"),
          120,
        );
        await cluster().ready(["chat", "cache"], 180);
      }
      await until("the edge to lead to it", async () => (await browser("refused"))["register"] === 403);
      const { lost } = await asking.end();
      const [first = 0, last = 0] = [lost[0]?.[0], lost.at(-1)?.[0]];
      say(`rotation: people waited ${(last - first).toFixed(1)} s while the homeserver started again`);
      expect((await pod()).metadata.uid).not.toBe(before);
      await everythingIsThere();
    });

    it("reaches its database, its cache and the gateways' proxy, and nothing else", async () => {
      const from = await pod();
      const [member, proxy, replica] = await Promise.all([
        one("records", "records"),
        one("cache", "cache-proxy"),
        one("cache", "cache-replica"),
      ]);
      const [gateway] = cluster().byRole("gateway");
      const [control] = cluster().byRole("control-plane");
      const targets = [
        [member.status.podIP ?? "", 5432, true],
        [proxy.status.podIP ?? "", 6379, true],
        [gateway?.address ?? "", 3128, true],
        [replica.status.podIP ?? "", 6379, false],
        [member.status.podIP ?? "", 8008, false],
        [control?.address ?? "", 6443, false],
        ["10.0.0.10", 389, false],
        ["192.0.2.81", 443, false],
        ["192.0.2.82", 443, false],
        ["198.18.0.1", 443, false],
      ] as const;
      expect(
        await opens(
          cluster(),
          from,
          targets.map(([address, port]) => [address, port] as const),
        ),
      ).toEqual(targets.map(([, , open]) => open));
    });

    it("asks for no name but those that it is connected to", async () => {
      const questions = (await cluster().outside.questions()).join("\n");
      expect(questions).toContain(store.host);
      expect(questions).not.toMatch(/matrix\.org|vector\.im|element\.io/);
    });
  },
);
