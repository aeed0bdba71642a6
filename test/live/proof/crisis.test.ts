/** `crisis` on live nodes while its programs hang, its nodes drain and its hosts die. All tests share one deployment; each leaves it intact. */
import { until } from "../../support/programs/background";
import { freeze, requests, served, unanswered } from "../ask";
import { crisis, namespaces, workload } from "../crisis";
import { describeLive } from "../describe-live";
import { isReady, type Pod } from "../live-cluster";

interface Slice {
  readonly endpoints?: readonly {
    readonly targetRef?: { readonly name: string };
    readonly conditions: { readonly serving?: boolean };
  }[];
}

jest.setTimeout(300_000);

describeLive("crisis under losses", {}, (live) => {
  const { cluster, pods, one, report } = crisis(live);

  it("a program that hangs leaves its service and is started again, in every workload", async () => {
    const all = await pods();
    const chosen = [...new Map(all.map((pod) => [workload(pod), pod])).values()];
    for (const pod of chosen) await freeze(cluster(), pod);
    const state = async (pod: Pod): Promise<{ readonly ready: boolean; readonly starts: number }> => {
      const now = (await pods()).find(({ metadata }) => metadata.uid === pod.metadata.uid);
      return {
        ready: now !== undefined && isReady(now),
        starts: now?.status.containerStatuses?.[0]?.restartCount ?? -1,
      };
    };
    const endpoints = async (pod: Pod): Promise<boolean> => {
      const slices = await cluster().get<{ readonly items: readonly Slice[] }>([
        "endpointslices",
        "-n",
        pod.metadata.namespace,
      ]);
      return slices.items
        .flatMap(({ endpoints: ends }) => ends ?? [])
        .some(({ targetRef, conditions }) => targetRef?.name === pod.metadata.name && conditions.serving === true);
    };
    const waited = new Map<string, { left?: boolean }>(chosen.map((pod) => [pod.metadata.name, {}]));
    await until(
      "every frozen pod to leave its service and to be started again",
      async () => {
        const done = await Promise.all(
          chosen.map(async (pod) => {
            const { ready, starts } = await state(pod);
            const seen = waited.get(pod.metadata.name);
            if (seen !== undefined && !ready && !(await endpoints(pod))) seen.left = true;
            return seen?.left === true && starts === 1 && ready;
          }),
        );
        return done.every(Boolean);
      },
      240,
    ).catch(async (problem: Error) => {
      const left = await Promise.all(
        chosen.map(async (pod) => ({
          name: pod.metadata.name,
          ...(await state(pod)),
          ...waited.get(pod.metadata.name),
        })),
      );
      throw new Error(`${problem.message}: ${JSON.stringify(left, null, 2)}`);
    });
  });

  it("nodes drain within their budgets, one of each pool at a time, and no request is lost", async () => {
    const asking = requests(cluster(), "/");
    const drain = async (role: "application" | "media", its: readonly string[]): Promise<void> => {
      for (const { name } of cluster().byRole(role)) {
        await cluster().kubectl(
          ["drain", name, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=240s"],
          "",
          250_000,
        );
        const left = (await pods()).filter(({ spec }) => spec.nodeName === name);
        expect([name, left.map(({ metadata }) => metadata.name)]).toEqual([name, []]);
        await cluster().kubectl(["uncordon", name]);
        await cluster().ready(its, 240);
      }
    };
    await Promise.all([drain("application", ["edge", "meetings"]), drain("media", ["meetings-media"])]);
    const draining = await asking.end();
    await report("draining", draining);
    expect(draining.lost).toEqual([]);
  });

  it("parts of k3s that start again take no pod with them", async () => {
    const before = (await pods()).map(({ metadata, status }) => [
      metadata.uid,
      status.containerStatuses?.[0]?.restartCount,
    ]);
    const asking = requests(cluster(), "/");
    for (const { name } of cluster().byRole("application")) await cluster().node(name).restart();
    await until("every node to be ready", async () => {
      const ready = await Promise.all(
        cluster()
          .byRole("application")
          .map(({ name }) => cluster().isReady(name)),
      );
      return ready.every(Boolean);
    });
    const { lost } = await asking.end();
    expect(
      (await pods()).map(({ metadata, status }) => [metadata.uid, status.containerStatuses?.[0]?.restartCount]),
    ).toEqual(before);
    expect(lost).toEqual([]);
    // A kubelet that starts asks every pod's start-up question again: until then it counts none as ready.
    await cluster().ready(namespaces, 60);
  });

  it("a host that dies right after every kubelet began again takes the request in flight with it, and no other", async () => {
    const dead = (await one("edge")).spec.nodeName ?? "";
    const host = cluster()
      .byRole("application")
      .find(({ name }) => name === dead);
    if (host === undefined) throw new Error(`expected ${dead} among the hosts, got none`);
    const asking = requests(cluster(), "/");
    // A kubelet that starts counts no pod as ready before it has asked each again: none of them is when the host dies.
    await Promise.all(
      cluster()
        .byRole("application")
        .map(({ name }) => cluster().node(name).restart()),
    );
    await until("a kubelet to count its pods as not ready", async () =>
      (await pods()).some((pod) => pod.metadata.namespace !== "meetings-media" && !isReady(pod)),
    );
    await cluster().powerOff(dead);
    await until(`the death of ${dead} to be noticed`, async () => !(await cluster().isReady(dead)), 120);
    const during = await asking.end();
    await report(`death of ${dead} after every kubelet began again`, during);
    await cluster().boot(host);
    await cluster().startNode(dead);
    await cluster().ready(namespaces, 240);
    await served(cluster());
    expect(during.asked).toBeGreaterThan(30);
    // Requests come one after the other: one is in flight.
    expect(during.lost.length).toBeLessThanOrEqual(1);
  });

  it("a host that dies takes nothing below N, and its pods come back with it", async () => {
    const edge = await one("edge");
    const dead = edge.spec.nodeName ?? "";
    const elsewhere = (await pods()).find(
      (pod) => isReady(pod) && pod.spec.nodeName !== dead && pod.metadata.namespace === "meetings",
    );
    if (elsewhere === undefined) throw new Error("expected a pod of meetings on another host, got none");
    const asking = requests(cluster(), "/");
    const names = unanswered(cluster(), elsewhere, "10.43.0.10", "kubernetes.default.svc.cluster.local");
    await cluster().powerOff(dead);
    await until(`the death of ${dead} to be noticed`, async () => !(await cluster().isReady(dead)), 120);
    expect(await names).toBe("");
    const during = await asking.end();
    await report(`death of ${dead}`, during);
    const after = requests(cluster(), "/");
    const host = cluster()
      .byRole("application")
      .find(({ name }) => name === dead);
    if (host === undefined) throw new Error(`expected ${dead} among the hosts, got none`);
    await cluster().boot(host);
    await cluster().startNode(dead);
    await cluster().ready(namespaces, 240);
    const returning = await after.end();
    await report(`return of ${dead}`, returning);
    expect(returning.lost).toEqual([]);
    expect(during.longest).toBeLessThan(15);
  });
});
