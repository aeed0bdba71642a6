/** A call of two real browsers on live nodes: its media through Janus, also while its media host is told to leave. */
import { workloadLabel } from "../../../components/kubernetes/peers";
import { mediaPorts } from "../../../components/services/nextcloud/settings";
import { until } from "../../support/programs/background";
import type { Pod } from "../live-cluster";
import { Browser, type Caller } from "../talk-browser";
import type { Hub } from "../talk-people";

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Tests of a hub that is there. */
export function callOfTwo(hub: () => Hub): void {
  describe("a call of two browsers", () => {
    let browser: Browser | undefined;
    let publisher: Caller | undefined;
    const media = (): readonly string[] =>
      hub()
        .cluster.byRole("media")
        .flatMap(({ publicAddress }) => publicAddress ?? []);
    afterAll(() => browser?.stop());

    it("has its media through Janus at the host's public address, encrypted, and a picture comes out at the other", async () => {
      browser = await Browser.start(hub());
      publisher = await browser.call("officer");
      const viewer = await browser.call("deputy");
      await publisher.publish();
      const connected = async (): Promise<boolean> => (await publisher?.seen())?.state === "connected";
      await until("the publisher's media to be connected", connected, 90);
      const sent = await publisher.seen();
      expect(media()).toContain(sent.address);
      expect(sent.port).toBeGreaterThanOrEqual(mediaPorts.media[0]);
      expect(sent.port).toBeLessThanOrEqual(mediaPorts.media[1]);
      expect(sent.dtls).toMatch(/^connected FEF[CD] (AES|AEAD|SRTP)/);
      expect(sent.sdp).toMatch(/^m=video \d+ UDP\/TLS\/RTP\/SAVPF /m);
      // Janus offers no other address.
      const offered = [...sent.sdp.matchAll(/^a=candidate:\S+ \d \S+ \d+ (\S+) /gm)].map(([, address]) => address);
      expect([...new Set(offered)]).toEqual([sent.address]);
      await viewer.watch(publisher.session);
      const whose = publisher.session;
      await until("pictures", async () => (await viewer.seen(whose)).frames > 10, 90);
      expect(await viewer.seen(whose)).toMatchObject({ address: sent.address, state: "connected" });
      say(
        `media: ${sent.address}:${sent.port}, ${sent.dtls}; ${(await viewer.seen(whose)).frames} pictures at the other`,
      );
    });

    it("stays while the pods of its media host are told to leave, and these go when it has ended", async () => {
      if (publisher === undefined || browser === undefined) throw new Error("expected a call, got none");
      const { address } = await publisher.seen();
      const host = hub()
        .cluster.byRole("media")
        .find(({ publicAddress }) => publicAddress === address);
      const own = async (): Promise<readonly Pod[]> => {
        const { items } = await hub().cluster.get<{ readonly items: readonly Pod[] }>(["pods", "-n", "hub-media"]);
        return items.filter(
          ({ metadata, spec }) =>
            spec.nodeName === host?.name && ["hub-janus", "hub-media"].includes(metadata.labels[workloadLabel] ?? ""),
        );
      };
      const leaving = await own();
      expect(leaving.length).toBe(2);
      const names = leaving.map(({ metadata }) => metadata.name);
      await hub().cluster.kubectl(["delete", "pod", "-n", "hub-media", "--wait=false", ...names]);
      const begun = Date.now();
      // Longer than the ten seconds after which a pod without a drain of its own is told to end.
      await until("a while", async () => Date.now() - begun > 25_000, 60);
      expect((await publisher.seen()).state).toBe("connected");
      const there = async (): Promise<readonly string[]> =>
        (await own()).flatMap(({ metadata }) => (names.includes(metadata.name) ? [metadata.name] : []));
      expect([...(await there())].sort()).toEqual([...names].sort());
      await browser.stop();
      browser = undefined;
      const ended = Date.now();
      await until("pods that leave", async () => (await there()).length === 0, 110);
      say(
        `pods of a media host that drains were gone ${((Date.now() - ended) / 1_000).toFixed(0)} s after its last call`,
      );
      await hub().cluster.ready(["hub-media"], 120);
    });
  });
}
