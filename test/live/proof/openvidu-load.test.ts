/**
 * Load on the media servers of an OpenVidu, on live nodes behind their gateways and filters and through their relays, beside a bare LiveKit in the same run. One
 * machine carries it all, so only figures of windows that lie side by side are compared: each round has one window of each kind, every other round in reverse.
 */
import { loadavg } from "node:os";
import { join } from "node:path";
import { token } from "../../../stacks/examples/citizen-portal";
import { until } from "../../support/programs/background";
import { bareKey, type BareMedia, bareMedia } from "../bare-media";
import { describeLive } from "../describe-live";
import type { LiveCluster, Pod } from "../live-cluster";
import { type Figures, Load, type LoadSize, medianOf, programsIn } from "../load";
import { domain, program } from "../openvidu";

const size: LoadSize = {
  rooms: 2,
  senders: 2,
  receivers: 3,
  video: { framesPerSecond: 30, packetsPerFrame: 4, bytesPerPacket: 1_100 },
};
const rounds = 7;
const seconds = 5;

const bareAddress = "198.18.2.1";

/** Ways from people to a server. With the filters off, the same people are at the same servers. */
const kinds = ["bare", "direct", "unfiltered", "relayed"] as const;
type Kind = (typeof kinds)[number];

let key = { apiKey: "", apiSecret: "" };

describeLive(
  "load on an OpenVidu",
  {
    program,
    change: {},
    objects: ({ objects, outputs }) => {
      key = { apiKey: String(outputs["apiKey"]), apiSecret: String(outputs["apiSecret"]) };
      return objects;
    },
  },
  (live) => {
    const cluster = (): LiveCluster => live().cluster;
    const client = () => cluster().outside.running("client");
    const windows: Record<Kind, Figures>[] = [];
    const ways: { readonly kind: Kind; readonly ways: Load["ways"] }[] = [];
    let bare: BareMedia | undefined;

    /**
     * Rooms of a load, opened by their portal: nobody else may. On a machine with much else to do, servers tell each other too late that they are there (5 s,
     * LiveKit's selector/utils.go), and no room has a place for a moment.
     */
    const open = async (url: string, keyOf: typeof key, name: string): Promise<readonly string[]> => {
      const rooms = Array.from({ length: size.rooms }, (_, i) => `${name}-${i + 1}`);
      for (const room of rooms)
        await until("a media server that has a place for a room", async () => {
          const answer = await client().exec([
            ...["curl", "-sS", "--max-time", "20", "--cacert", "/etc/live/web.pem"],
            ...["-H", `authorization: Bearer ${token(keyOf, { roomCreate: true })}`],
            ...["-H", "content-type: application/json", "-d", JSON.stringify({ name: room })],
            `${url}/twirp/livekit.RoomService/CreateRoom`,
          ]);
          if (/could not find any available nodes/.test(answer)) return false;
          expect(answer).toContain(room);
          return true;
        });
      return rooms;
    };

    /** Switches the hosts' own filters of media hosts off, and on again as their unit does. */
    const filters = async (on: boolean): Promise<void> => {
      for (const { name } of cluster().byRole("media"))
        await cluster()
          .host(name)
          .sh(on ? "nft -f /etc/nftables.conf" : "nft delete table inet sovereign_uc");
    };

    /** Lets people join from where clients are, measures some kinds of way with them, and lets them leave: whoever does not send or receive costs nothing. */
    const come = async (round: number, measured: readonly Kind[]): Promise<Partial<Record<Kind, Figures>>> => {
      const [first = "direct"] = measured;
      const [url, keyOf] = first === "bare" ? [bare?.url ?? "", bareKey] : [`https://${domain}`, key];
      const load = await Load.start(["nsenter", "-t", String(client().pid()), "-m", "-n", "--"], {
        ...{ url: url.replace("http", "ws"), key: keyOf, size, relayed: first === "relayed" },
        rooms: await open(url, keyOf, `${first}-${round}`),
        authority: "/etc/live/web.pem",
      });
      const spaces =
        first === "bare"
          ? ["bare"]
          : cluster()
              .byRole("media")
              .map(({ name }) => name);
      const watched = spaces.flatMap((name) =>
        programsIn(cluster().wires.path(name), ["livekit-server", "turnserver"]),
      );
      const found: Partial<Record<Kind, Figures>> = {};
      try {
        for (const kind of measured) {
          ways.push({ kind, ways: load.ways });
          if (kind === "unfiltered") await filters(false);
          found[kind] = await load.measure(seconds, watched);
          if (kind === "unfiltered") await filters(true);
        }
      } finally {
        await load.stop();
      }
      return found;
    };

    beforeAll(async () => {
      const { wires, folder } = cluster();
      await wires.outside("bare", [bareAddress]);
      const relays = cluster()
        .byRole("media")
        .map((_, i) => `relay-${i + 1}.${domain}`);
      bare = await bareMedia(wires.path("bare"), bareAddress, join(folder, "bare"), relays);
      for (let round = 0; round < rounds; round++) {
        const turns: readonly (readonly Kind[])[] = [["bare"], ["direct", "unfiltered"], ["relayed"]];
        const found: Partial<Record<Kind, Figures>> = {};
        for (const turn of round % 2 === 0 ? turns : turns.map((turn) => [...turn].reverse()).reverse())
          Object.assign(found, await come(round, turn));
        windows.push(found as Record<Kind, Figures>);
        print(windows);
      }
    }, 1_800_000);

    afterAll(() => bare?.program.stop());

    it("everybody is reached, by the way that was meant", () => {
      const people = size.rooms * (size.senders + size.receivers);
      const media = cluster()
        .byRole("media")
        .map(({ publicAddress = "" }) => publicAddress);
      const to = (kind: string, addresses: readonly string[]) =>
        new RegExp(`^${kind} udp to (${addresses.join("|").replaceAll(".", "\\.")})$`);
      const due = {
        bare: to("(host|prflx|srflx)", [bareAddress]),
        direct: to("(host|prflx|srflx)", media),
        relayed: to("relay", media),
      };
      const way = { ...due, unfiltered: due.direct };
      for (const { kind, ways: taken } of ways) {
        expect([kind, Object.keys(taken).filter((one) => !way[kind].test(one))]).toEqual([kind, []]);
        expect([kind, Object.values(taken).reduce((total, count) => total + count, 0)]).toEqual([kind, people]);
      }
      for (const round of windows)
        for (const kind of kinds) expect([kind, round[kind].reached]).toEqual([kind, people]);
    });

    it("no server and no relay was started again meanwhile: its rooms would be gone", async () => {
      const { items } = await cluster().get<{ readonly items: readonly Pod[] }>(["pods", "-n", "rooms-media"]);
      const restarts = items.map(({ status }) => status.containerStatuses?.map(({ restartCount }) => restartCount));
      expect(restarts).toEqual(Array<readonly number[]>(4).fill([0]));
    });

    it("what was sent arrives", () => {
      for (const kind of kinds) {
        const all = windows.map((round) => round[kind]);
        const [sent, came] = [sum(all, "expected"), sum(all, "received")];
        expect(sent).toBeGreaterThan(10_000);
        expect([kind, came / sent > 0.99]).toEqual([kind, true]);
      }
    });
  },
);

const sum = (all: readonly Figures[], key: keyof Figures): number => all.reduce((total, one) => total + one[key], 0);

/** Processor time of a packet that arrived, in microseconds: of people, servers and relays together, for a filter works on the account of whoever sends. */
const perPacket = ({ own, watched, received }: Figures): number => (1_000 * (own + watched)) / received;

/** Prints figures of each kind, and the ratios to two of them as medians of the rounds. */
function print(windows: readonly Record<Kind, Figures>[]): void {
  const ratio = (kind: Kind, to: Kind, of: (one: Figures) => number): string =>
    medianOf(windows.map((round) => of(round[kind]) / of(round[to]))).toFixed(3);
  const milli = (value: number): string => (value / 1_000).toFixed(2).padStart(9);
  const lines = kinds.map((kind) => {
    const all = windows.map((round) => round[kind]);
    const [sent, came] = [sum(all, "expected"), sum(all, "received")];
    const median = (of: (one: Figures) => number): number => medianOf(all.map(of));
    return [
      kind.padEnd(11),
      `${Math.min(...all.map(({ reached }) => reached))} of ${all[0]?.people ?? 0}`.padStart(9),
      `${came} of ${sent}`.padStart(18),
      `${((100 * (sent - came)) / sent).toFixed(3)} %`.padStart(9),
      milli(median((one) => one.median)),
      milli(median((one) => one.late)),
      median(perPacket).toFixed(1).padStart(10),
    ].join(" ");
  });
  process.stderr.write(
    [
      `\n${size.rooms} rooms, each ${size.senders} who send (1 Mbit/s of picture, 32 kbit/s of sound) and ${size.receivers} who receive; ${windows.length} rounds of ${seconds} s; load average ${loadavg()[0]?.toFixed(1)}`,
      "way          reached            packets      lost median ms   95th ms  us/packet",
      ...lines,
      `filters of media hosts, on to off: processor time of a packet x ${ratio("direct", "unfiltered", perPacket)}, median delay x ${ratio("direct", "unfiltered", (one) => one.median)}`,
      `behind gateways and filters to bare: processor time of a packet x ${ratio("direct", "bare", perPacket)}, median delay x ${ratio("direct", "bare", (one) => one.median)}`,
      `through the relay to bare: processor time of a packet x ${ratio("relayed", "bare", perPacket)}, median delay x ${ratio("relayed", "bare", (one) => one.median)}`,
      "",
    ].join("\n"),
  );
}
