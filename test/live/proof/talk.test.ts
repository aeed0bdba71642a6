/**
 * Talk's high-performance back end on live nodes: signaling servers, their bus, Janus behind its proxy and relays, as `Nextcloud` renders them. In the web servers' pods a
 * stand-in answers (test/live/talk-hub.ts), since Nextcloud itself is not to be had here.
 */
import { workloadLabel } from "../../../components/kubernetes/peers";
import { mediaPorts, ports } from "../../../components/services/nextcloud/settings";
import { until } from "../../support/programs/background";
import { opens, opensFrom } from "../ask";
import { describeLive } from "../describe-live";
import { isReady, type LiveCluster, type Pod } from "../live-cluster";
import { allowed } from "../policies";
import { domains, talk } from "../talk";
import { entry, Hub, type Page, pauseOf } from "../talk-people";
import { callOfTwo } from "./talk-call";

jest.setTimeout(420_000);

describeLive("Talk on live nodes", talk, (live) => {
  const cluster = (): LiveCluster => live().cluster;
  const hub = (): Hub => (found ??= new Hub(cluster()));
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  let found: Hub | undefined;

  const restarts = async (): Promise<readonly string[]> =>
    (await cluster().pods(["hub", "hub-media"])).flatMap(({ metadata, status }) =>
      (status.containerStatuses ?? []).some(({ restartCount }) => restartCount > 0) ? [metadata.name] : [],
    );
  /** Waits until a page hears what another counts from now on. @returns the longest pause since a moment, in seconds. */
  const heardAgain = async (page: Page, since: number, seconds = 120): Promise<number> => {
    const now = Date.now();
    await until("messages to go through", async () => (page.counted.at(-1)?.[0] ?? 0) > now + 2_000, seconds);
    return pauseOf(page, since);
  };
  const kill = ({ metadata: { name, namespace } }: Pod): Promise<string> =>
    cluster().kubectl(["delete", "pod", name, "-n", namespace, "--grace-period=0", "--force"]);

  it("has two signaling servers, two of the bus and two media hosts, none of which began twice", async () => {
    const pods = (await cluster().pods(["hub", "hub-media"])).filter(isReady);
    const count = (name: string): number =>
      pods.filter(({ metadata }) => metadata.labels[workloadLabel] === name).length;
    const names = ["hub-signaling", "hub-bus", "hub-janus", "hub-media", "hub-relay", "hub-web"];
    expect(names.map((name) => [name, count(name)])).toEqual(names.map((name) => [name, 2]));
    expect(await restarts()).toEqual([]);
  });

  it("a page with the hub's ticket gets in through each gateway, by either version of the greeting", async () => {
    for (const gateway of hub().gateways)
      for (const version of ["1.0", "2.0"] as const) {
        const [tickets, page] = [await hub().tickets("officer"), await hub().connection(gateway)];
        const { hello } = await page.hello(version, tickets[version]);
        expect([version, hello?.server?.features]).toEqual([version, expect.arrayContaining(["mcu"])]);
        page.close();
      }
  });

  it("no page gets in without a ticket, with somebody else's, or by another hub", async () => {
    const { "1.0": own, "2.0": signed } = await hub().tickets("officer");
    const elsewhere = entry.replace(domains.hub, "hub.example.net");
    const code = async (version: "1.0" | "2.0", params: object, url = entry): Promise<string | undefined> => {
      const page = await hub().connection();
      const { error } = await page.hello(version, params, url);
      page.close();
      return error?.code;
    };
    expect(await code("1.0", { userid: "officer", ticket: "none" })).toBe("invalid_ticket");
    expect(await code("1.0", { ...own, userid: "deputy" })).toBe("invalid_ticket");
    expect(await code("2.0", { token: signed.token.replace(/.{9}$/, "AAAAAAAAA") })).toBe("invalid_token");
    expect(await code("1.0", own, elsewhere)).toBe("invalid_backend");
    expect((await hub().ask("officer", "GET", "v3/signaling/settings", {}, "a guess")).status).toBe(401);
    expect((await hub().ask("guest", "POST", "v4/room/call/participants/active")).status).toBe(404);
    const guest = await hub().page("guest");
    expect((await guest.join("call", "guest:call:0:0")).error?.code).toBe("no_such_room");
    guest.close();
  });

  it("people at two servers are in one room, hear each other over the bus, and hear the hub", async () => {
    const [officer, deputy] = await hub().apart("officer", "deputy");
    await officer.hear(({ event }) => event?.join?.some(({ userid }) => userid === "deputy") === true);
    deputy.count();
    await heardAgain(officer, Date.now());
    deputy.stop();
    expect((await hub().ask("deputy", "POST", "v1/chat/call")).status).toBe(201);
    for (const page of [officer, deputy])
      await page.hear(({ event }) => event?.type === "message" && event.message?.data?.type === "chat");
    for (const page of [officer, deputy]) page.close();
  });

  it("a page that comes back by the other server goes on with its session", async () => {
    const [officer, deputy] = await hub().apart("officer", "deputy");
    const { resume, session } = officer;
    officer.close();
    const [, second = ""] = hub().gateways;
    const again = await hub().connection(second);
    again.say({ id: "again", type: "hello", hello: { version: "1.0", resumeid: resume } });
    expect((await again.hear(({ id }) => id === "again")).hello?.sessionid).toBe(session);
    for (const page of [again, deputy]) page.close();
  });

  callOfTwo(hub);

  it("Janus takes orders from its own host alone, and the proxy from application hosts", async () => {
    const [signaling] = await hub().pods("hub", "hub-signaling");
    const [web] = await hub().pods("hub", "hub-web");
    if (signaling === undefined || web === undefined) throw new Error("expected pods of the hub, got none");
    for (const { address, publicAddress = "" } of cluster().byRole("media")) {
      const both = [mediaPorts.janus, mediaPorts.proxy];
      expect(
        await opensFrom(
          cluster().outside.running("client"),
          both.map((port) => [publicAddress, port]),
        ),
      ).toEqual([false, false]);
      expect(
        await opens(
          cluster(),
          signaling,
          both.map((port) => [address, port]),
        ),
      ).toEqual([false, true]);
      expect(
        await opens(
          cluster(),
          web,
          both.map((port) => [address, port]),
        ),
      ).toEqual([false, false]);
    }
  });

  it("pods of the hub reach each other where the policies say so, and nowhere else", async () => {
    const pods = (await cluster().pods(["hub", "edge"])).filter(isReady);
    const kinds = [...new Set(pods.map(({ metadata }) => metadata.labels[workloadLabel] ?? ""))];
    const asked = [ports.web, ports.signaling, ports.grpc, ports.nats, ports.natsCluster, ports.natsMonitor];
    const listening: Readonly<Record<string, readonly number[]>> = {
      "hub-web": [ports.web],
      "hub-signaling": [ports.signaling, ports.grpc],
      "hub-bus": [ports.nats, ports.natsCluster, ports.natsMonitor],
    };
    for (const kind of kinds) {
      const from = pods.find(({ metadata }) => metadata.labels[workloadLabel] === kind);
      if (from === undefined) throw new Error(`expected a pod of ${kind}, got none`);
      const targets = pods.flatMap((to) =>
        to.metadata.uid === from.metadata.uid || to.metadata.namespace !== "hub"
          ? []
          : asked.map((port) => ({ to, port })),
      );
      const opened = await opens(
        cluster(),
        from,
        targets.map(({ to, port }) => [to.status.podIP ?? "", port]),
      );
      const wanted = targets.map(
        ({ to, port }) =>
          allowed(live().objects, from, to, port) &&
          listening[to.metadata.labels[workloadLabel] ?? ""]?.includes(port) === true,
      );
      expect([kind, ...opened]).toEqual([kind, ...wanted]);
    }
  });

  it("a signaling server that drains keeps its people, takes nobody new, and ends when they have left", async () => {
    const [officer, deputy] = await hub().apart("officer", "deputy");
    const server = await hub().serverOf(officer);
    deputy.count();
    officer.count();
    await heardAgain(officer, Date.now());
    const begun = Date.now();
    const { name } = server.metadata;
    await cluster().kubectl(["delete", "pod", name, "-n", "hub", "--wait=false"]);
    await until(
      "another signaling server",
      async () => (await hub().pods("hub", "hub-signaling")).filter(isReady).length === 2,
    );
    const pauses = [await heardAgain(officer, begun), await heardAgain(deputy, begun)];
    expect([officer.ended, deputy.ended]).toEqual([undefined, undefined]);
    const clerk = await hub().page("clerk");
    expect((await hub().serverOf(clerk)).metadata.name).not.toBe(name);
    say(
      `a signaling server drains: longest pauses of its person and of another's ${pauses.map((one) => one.toFixed(1)).join(" and ")} s`,
    );
    expect(Math.max(...pauses)).toBeLessThan(3);
    for (const page of [officer, deputy, clerk]) page.close();
    const left = Date.now();
    const gone = async (): Promise<boolean> =>
      (await cluster().kubectl(["get", "pod", name, "-n", "hub", "--ignore-not-found", "-o", "name"])) === "";
    await until("a server that ends", gone, 100);
    say(`it ended ${((Date.now() - left) / 1_000).toFixed(0)} s after the last of them`);
  });

  it("a server of the bus dies: people at two servers hear each other again within seconds", async () => {
    const [officer, deputy] = await hub().apart("officer", "deputy");
    deputy.count();
    officer.count();
    for (const server of await hub().pods("hub", "hub-bus")) {
      await heardAgain(officer, Date.now());
      const begun = Date.now();
      await kill(server);
      const pauses = [await heardAgain(officer, begun), await heardAgain(deputy, begun)];
      say(`death of ${server.metadata.name}: longest pauses ${pauses.map((one) => one.toFixed(1)).join(" and ")} s`);
      expect(Math.max(...pauses)).toBeLessThan(10);
      await until("the bus", async () => (await hub().pods("hub", "hub-bus")).filter(isReady).length === 2);
    }
    for (const page of [officer, deputy]) page.close();
    expect(await restarts()).toEqual([]);
  });

  it("the host of a signaling server dies: its people are back at the other within a minute", async () => {
    const [officer, deputy] = await hub().apart("officer", "deputy");
    const host = (await hub().serverOf(officer)).spec.nodeName ?? "";
    const there = (await cluster().pods(["hub", "edge"])).filter(({ spec }) => spec.nodeName === host);
    deputy.count();
    await heardAgain(officer, Date.now());
    const begun = Date.now();
    await cluster().powerOff(host);
    await until("a connection that ends", async () => officer.ended !== undefined, 120);
    let again: Page | undefined;
    await until(
      "the officer to be back",
      async () => {
        again?.close();
        again = await hub()
          .page("officer")
          .catch(() => undefined);
        return (
          again !== undefined &&
          (await hub()
            .join("officer", again)
            .then(
              () => true,
              () => false,
            ))
        );
      },
      120,
    );
    const [noticed, back] = [officer.ended ?? 0, Date.now()].map((at) => (at - begun) / 1_000);
    say(
      `death of a signaling server's host (${there.map(({ metadata }) => metadata.name).join(", ")}): its person's connection ended after ${noticed?.toFixed(1)} s, they are back after ${back?.toFixed(1)} s`,
    );
    expect(back).toBeLessThan(60);
    if (again === undefined || deputy.ended !== undefined) throw new Error("expected both people, got one");
    const talking = again;
    await until("messages to go through", async () => talking.counted.length > 0, 480);
    say(`and hear the other after ${(((talking.counted[0]?.[0] ?? 0) - begun) / 1_000).toFixed(1)} s`);
    for (const page of [talking, deputy]) page.close();
    // Minutes, where the host carried a server of the bus, too: see the component.
  }, 900_000);
});
