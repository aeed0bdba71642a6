/** An object store whose database falls silent, as when its host has died, while another takes its place. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describeWithSeaweedfs } from "../support/programs/seaweedfs";
import { until } from "../support/programs/background";
import { databasePort } from "./storage-database";
import { databaseAddress } from "./storage-network";
import { storagePrograms, StorageRig } from "./storage-rig";

jest.setTimeout(300_000);

describeWithSeaweedfs([...storagePrograms, "unshare", "ss"], "an object store whose database falls silent", () => {
  const rig = new StorageRig([{ name: "media" }], true);
  beforeAll(async () => {
    await rig.start();
    const { status, stderr } = rig.makeBuckets();
    expect([status, stderr]).toEqual([0, ""]);
  });
  afterAll(() => rig.stop());

  const filter = (...lines: readonly string[]): void => {
    const table = `table ip silence {\n chain in {\n type filter hook input priority -5\n ${lines.join("\n ")}\n }\n}`;
    const { status, stderr } = rig.sh(`PATH=/usr/sbin:$PATH nft -f - <<END\n${table}\nEND\n`, {});
    expect([status, stderr]).toEqual([0, ""]);
  };
  const unfiltered = (): void => expect(rig.sh("PATH=/usr/sbin:$PATH nft delete table ip silence", {}).stderr).toBe("");

  /**
   * Drops every packet of the connections that there are to the database, as when its host has died; new ones lead to it, as to another that took its place.
   *
   * @returns number of the connections.
   */
  const silence = (): number => {
    const to = `dst ${databaseAddress} dport = :${databasePort}`;
    const { stdout } = rig.sh(`ss -Htn state established '${to}'`, {});
    const own = [...stdout.matchAll(/:(\d+)\s+\S+:\d+\s*$/gm)].map(([, port]) => port).join(", ");
    const rule = (one: string, other: string): string => `tcp ${one} ${databasePort} tcp ${other} { ${own} } drop`;
    filter(rule("dport", "sport"), rule("sport", "dport"));
    return own.split(", ").length;
  };

  /** Status of a write through one gateway; 0 where it was not answered in some seconds. */
  const put = async (path: string, host: number): Promise<number> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<number>((resolve) => (timer = setTimeout(resolve, 3_000, 0)));
    const asked = rig
      .client(rig.key("media"), host)
      .ask("PUT", path, { body: path })
      .then(
        ({ status }) => status,
        () => 0,
      );
    return Promise.race([asked, late]).finally(() => clearTimeout(timer));
  };

  /** Lets writes of one object wait inside the database, as those that wait for a standby. */
  const hold = [
    "CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(600); RETURN NEW; END'",
    "CREATE TRIGGER held BEFORE INSERT ON media FOR EACH ROW WHEN (NEW.name LIKE 'held%' OR NEW.directory LIKE '/held%') EXECUTE FUNCTION held()",
  ];
  /** The way to another primary, which has neither the writes that waited nor the trigger. */
  const another = [
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
    "DROP TRIGGER held ON media",
  ];
  const told = (statements: readonly string[]): void =>
    expect(statements.map((one) => [one, rig.sql(one)])).not.toContainEqual([expect.anything(), undefined]);

  test("the object that was on its way is written again once another answers, through each gateway", async () => {
    for (const host of rig.addresses.keys())
      await until("a first write", async () => (await put(`/media/first-${host}`, host)) === 200, 60);
    told(hold);
    // Its lock is held by the gateway whose turn it is, which waits for the database and sends it nothing more.
    expect(await put("/media/held", 0)).toBe(0);
    expect(silence()).toBeGreaterThan(0);
    const begun = Date.now();
    told(another);
    for (const host of rig.addresses.keys())
      await until(`a write through ${host}`, async () => (await put("/media/held", host)) === 200, 90);
    process.stderr.write(`written again after ${((Date.now() - begun) / 1_000).toFixed(1)} s\n`);
    expect((await rig.client(rig.key("media")).ask("GET", "/media/held")).body.toString()).toBe("/media/held");
  });

  test("a gateway that waits for a database that nobody can reach is alive, and serves once there is one", async () => {
    unfiltered();
    const waits = (): readonly boolean[] =>
      [...rig.addresses.keys()].map((host) => existsSync(join(rig.folders(host).run, "waits")));
    // Port 1 takes no connection: what counts is that it waits.
    const alive = (): readonly (number | null)[] =>
      [...rig.addresses.keys()].map(
        (host) =>
          rig.sh(`exec sh ${rig.folders(host).scripts}/alive.sh 1`, { STORE_WORK: rig.folders(host).run }).status,
      );
    expect([waits(), alive()]).toEqual([
      [false, false, false],
      [1, 1, 1],
    ]);
    filter(`tcp dport ${databasePort} drop`);
    await until(
      "every gateway to wait",
      async () => {
        await Promise.all([...rig.addresses.keys()].map((host) => put("/media/later", host)));
        return !waits().includes(false);
      },
      90,
    );
    expect(alive()).toEqual([0, 0, 0]);
    unfiltered();
    for (const host of rig.addresses.keys())
      await until(`a write through ${host}`, async () => (await put("/media/later", host)) === 200, 90);
    expect(waits()).toEqual([false, false, false]);
  });
});
