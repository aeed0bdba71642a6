import type { KubernetesObject } from "../../support/programs/apply";
import { until } from "../../support/programs/background";
import { describeLive } from "../describe-live";
import { now, PostgresLife, prepare, writer } from "../postgres-life";
import { postgresProgram, restoredProgram, store } from "../postgres-program";
import { render, type Rendered } from "../rendered";

let rendered: Rendered;

/** Objects of one namespace, and the volumes that are kept for it. */
const of = (objects: readonly KubernetesObject[], namespace: string): readonly KubernetesObject[] =>
  objects.filter(
    ({ kind, metadata, spec }) =>
      metadata.namespace === namespace ||
      (kind === "Namespace" && metadata.name === namespace) ||
      (spec as { claimRef?: { namespace: string } } | undefined)?.claimRef?.namespace === namespace,
  );

describeLive(
  "PostgreSQL on live nodes",
  {
    program: postgresProgram(),
    change: {},
    store: store.host,
    prepare,
    objects: (made) => {
      rendered = made;
      return [...made.objects, ...writer(made)];
    },
  },
  (live) => {
    jest.setTimeout(480_000);
    const life = (): PostgresLife => new PostgresLife(live().cluster);
    const say = (text: string): void => void process.stderr.write(`${text}\n`);
    const told = (pause: number, back: number): string =>
      `${pause.toFixed(1)} s without an acknowledged write, and at most ${back.toFixed(1)} s from its return until both standbys followed again`;

    it("the database, its roles and a first backup are made, and the writer writes", async () => {
      await life().standby();
      await life().writing(now());
      await until("a full backup", async () => /full backup/.test(await info()), 120);
    });

    const info = async (): Promise<string> =>
      life().exec(await life().leader(), ["pgbackrest", "--stanza=main", "info"], "keeper");

    it("nobody gets in without TLS, without a right to, or as a superuser", async () => {
      const attempt = (options: string): Promise<string> =>
        life().inWriter([
          "python3",
          "-c",
          `import psycopg2\ntry:\n  psycopg2.connect("host=records.records.svc.cluster.local connect_timeout=3 ${options}")\n  print("in")\nexcept psycopg2.Error as error:\n  print(str(error))`,
        ]);
      const user = String(rendered.outputs["user"]);
      expect(await attempt(`dbname=ledger user=${user}`)).toBe("in\n");
      expect(await attempt(`dbname=ledger user=${user} sslmode=disable`)).toMatch(
        /no pg_hba.conf entry.*no encryption/,
      );
      expect(await attempt(`dbname=ledger user=${user} password=guessed`)).toMatch(/password authentication failed/);
      expect(await attempt(`dbname=postgres user=${user}`)).toBe("in\n");
      for (const taken of ["postgres", "standby", "rewind"])
        expect(await attempt(`dbname=ledger user=${taken}`)).toMatch(/pg_hba.conf rejects connection|certificate/);
      expect(await attempt("hostaddr=10.20.0.1 user=nobody dbname=x")).toMatch(/timeout|refused|unreachable/);
    });

    it("the primary's host dies in mid-write, and no acknowledged write is lost", async () => {
      const { pause, back } = await life().death(await life().leader());
      say(`death of the primary's host: ${told(pause, back)}`);
      expect(await life().lost()).toEqual([]);
      expect(pause).toBeLessThan(90);
      expect(back).toBeLessThan(30);
    });

    it("the standby's host dies: another takes its place, and writes go on", async () => {
      const { pause, back } = await life().death(await life().standby());
      say(`death of the standby's host: ${told(pause, back)}`);
      expect(await life().lost()).toEqual([]);
      expect(pause).toBeLessThan(60);
      expect(back).toBeLessThan(30);
    });

    it("the primary's host drains: the primary hands over", async () => {
      await live().cluster.ready(["records"], 180);
      await life().standby();
      const leader = await life().leader();
      const host = await life().hostOf(leader);
      const begun = now();
      const options = ["--ignore-daemonsets", "--delete-emptydir-data", "--timeout=180s"];
      try {
        await live().cluster.kubectl(["drain", host, ...options], "", 190_000);
        await life().writing(now());
        expect(await life().leader()).not.toBe(leader);
      } finally {
        await live().cluster.kubectl(["uncordon", host]);
      }
      const pause = await life().pause(begun, now());
      await live().cluster.ready(["records"], 180);
      say(`drain of the primary's host: ${pause.toFixed(1)} s without an acknowledged write`);
      expect(await life().lost()).toEqual([]);
      expect(pause).toBeLessThan(30);
    });

    it("a moment is restored from the archive, into another cluster", async () => {
      await life().writing(now());
      const asked = now();
      await life().writing(asked + 2);
      const leader = await life().leader();
      const log = await life().ask(leader, "SELECT pg_walfile_name(pg_switch_wal())");
      await until(
        "the log to be archived",
        async () => (await life().ask(leader, "SELECT last_archived_wal FROM pg_stat_archiver")) >= log,
      );
      const at = new Date(asked * 1000).toISOString();
      const second = await render("crisis-hetzner", {}, restoredProgram(String(rendered.outputs["passphrase"]), at));
      await live().cluster.apply(of(second.objects, "restored"));
      await live().cluster.ready(["restored"], 180);
      const restored = new PostgresLife(live().cluster, "restored");
      const last = Number(
        await restored.ask(await restored.leader(), "SELECT extract(epoch FROM max(at)) FROM written"),
      );
      say(`asked for ${asked.toFixed(3)}, restored to ${last.toFixed(3)}: ${(asked - last).toFixed(3)} s before`);
      expect(last).toBeLessThanOrEqual(asked);
      expect(asked - last).toBeLessThan(1);
    });

    it("the archive holds nothing in clear", async () => {
      const outside = live().cluster.outside.running("outside");
      const found = async (what: string): Promise<string> =>
        (await outside.sh(`grep -rlaF '${what}' /var/lib/live/store/${store.bucket} | wc -l`)).trim();
      const leader = await life().leader();
      // The same search finds it where it is in clear.
      const data = await live()
        .cluster.host(await life().hostOf(leader))
        .sh("grep -rlaF 'a text in clear' /var/lib/sovereign-uc/volumes/records | wc -l");
      expect(Number(data)).toBeGreaterThan(0);
      expect(
        Number((await outside.sh(`find /var/lib/live/store/${store.bucket} -type f | wc -l`)).trim()),
      ).toBeGreaterThan(3);
      expect(await found("a text in clear")).toBe("0");
    });
  },
);
