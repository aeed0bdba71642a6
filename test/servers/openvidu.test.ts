/** Real LiveKit servers with the rendered configuration, started by the script that starts them in pods: two of them over one Redis. */
import { spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { relayCredentialSeconds } from "../../components/services/openvidu/settings";
import { Rooms } from "../../stacks/examples/citizen-portal";
import { manifests } from "../components/kubernetes/target";
import { bucket, cache as clients, openvidu } from "../components/services/openvidu/support";
import { certificateFor } from "../support/certificates";
import { type Kubernetes, kubernetesPrograms, startKubernetes } from "../support/programs/kubernetes";
import { until } from "../support/programs/background";
import { describeWith, installed } from "../support/programs/programs";
import { type Deployed, type Joined, mediaPortsFree, MediaServer, ownAddress, startCache } from "./media-server";
import { access, relays, relaySecret, type TwoServers, twoServers } from "./openvidu-servers";

jest.setTimeout(120_000);

/** An offer of a browser that has data to send; without its fingerprint, nobody knows whose keys these are. */
const offer = (fingerprint: boolean): string =>
  JSON.stringify({
    offer: {
      type: "offer",
      sdp: [
        "v=0",
        "o=- 1 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "c=IN IP4 0.0.0.0",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:abcdefghijklmnopqrstuvwx",
        ...(fingerprint
          ? [
              `a=fingerprint:sha-256 ${Array.from({ length: 32 }, (_, i) => (i + 16).toString(16))
                .join(":")
                .toUpperCase()}`,
            ]
          : []),
        "a=setup:actpass",
        "a=mid:0",
        "a=sctp-port:5000",
        "",
      ].join("\r\n"),
    },
  });

describeWith(
  ["livekit-server", "redis-server", "redis-cli", "curl", "busybox"],
  "the media servers of an OpenVidu",
  () => {
    const two = twoServers((number) => `127.0.12.${number}`);
    let folder = "";
    let deployed: Deployed;
    let servers: TwoServers["servers"];
    const further: MediaServer[] = [];
    beforeAll(() => {
      ({ folder, deployed, servers } = two());
    });

    afterAll(async () => {
      for (const server of further) await server.kill();
    });

    /** A server that is not meant to answer: its last words. */
    const lastWords = async (of: Deployed, change?: (text: string) => string): Promise<string> => {
      const server = new MediaServer(
        { ...of, folder: join(folder, "refused") },
        "127.0.12.3",
        { ports: await mediaPortsFree() },
        change,
      );
      further.push(server);
      const running = await server.begin();
      await until(
        "the server to refuse",
        async () => {
          try {
            running.mustRun();
            return false;
          } catch {
            return true;
          }
        },
        20,
      );
      return running.log();
    };

    test("take the rendered configuration, and none with a key that they do not know", async () => {
      expect(await lastWords(deployed, (text) => text.replace("auto_create", "auto_creates"))).toContain(
        "auto_creates",
      );
    });

    test("use no cache whose certificate is another's", async () => {
      const other = { ...deployed, cache: { ...deployed.cache, authority: certificateFor(["localhost"]).certificate } };
      expect(await lastWords(other)).toMatch(/x509|certificate/);
    });

    test("open a room for the portal's key, which both of them know then", async () => {
      await new Rooms(access(servers[0])).open("appointment-1");
      for (const server of servers) expect(await new Rooms(access(server)).list()).toContain("appointment-1");
    });

    test("take the key before as well, while it is listed", async () => {
      await new Rooms(access(servers[0], "citizens-1")).open("appointment-2");
      expect(await new Rooms(access(servers[1], "citizens-2")).list()).toContain("appointment-2");
    });

    test.each([
      ["a wrong secret", { apiSecret: "another secret of 48 letters that nobody knows of" }],
      ["a key that is not listed", { apiKey: "citizens-3" as "citizens-2" }],
      ["upstream's own key", { apiKey: "devkey" as "citizens-2", apiSecret: "secret" }],
    ])("refuse %s", async (_, change) => {
      await expect(new Rooms({ ...access(servers[0]), ...change }).open("appointment-3")).rejects.toThrow(/got 401/);
    });

    test("let nobody open a room with the ticket of another one", async () => {
      const ticket = new Rooms(access(servers[0])).ticket("appointment-1", "citizen");
      const answer = await fetch(`${servers[0].url}/twirp/livekit.RoomService/CreateRoom`, {
        method: "POST",
        headers: { authorization: `Bearer ${ticket.token}`, "content-type": "application/json" },
        body: JSON.stringify({ name: "of my own" }),
      });
      expect(answer.status).toBe(401);
    });

    test("let nobody in where no room was opened, though the ticket is good", async () => {
      const { token: ticket } = new Rooms(access(servers[0])).ticket("never opened", "citizen");
      await expect(servers[0].join(ticket)).rejects.toThrow(/^404: /);
    });

    describe("to whom joins", () => {
      let joined: Joined;

      beforeAll(async () => {
        await new Rooms(access(servers[0])).open("appointment-4");
        joined = await servers[0].join(new Rooms(access(servers[0])).ticket("appointment-4", "citizen").token);
      });
      afterAll(() => joined.socket.close());

      test("they name our relays and our STUN servers, and no others", () => {
        expect(joined.iceServers.flatMap(({ urls }) => urls).sort()).toEqual([
          ...relays.map((host) => `stun:${host}:3478`),
          ...relays.map((host) => `turns:${host}:443?transport=tcp`),
        ]);
      });

      test("a server without these lists would name others' (so upstream still does, and our lists are what keeps them away)", async () => {
        const alone = join(folder, "alone");
        mkdirSync(alone);
        const cacheOfItsOwn = await startCache(alone);
        const server = new MediaServer({ ...deployed, folder: alone, relays: [], cache: cacheOfItsOwn }, "127.0.12.4", {
          ports: await mediaPortsFree(),
        });
        try {
          await server.start();
          await new Rooms(access(server)).open("appointment");
          const { iceServers, socket } = await server.join(
            new Rooms(access(server)).ticket("appointment", "citizen").token,
          );
          socket.close();
          expect(iceServers.flatMap(({ urls }) => urls).join()).toMatch(/twilio\.com.*google\.com/);
        } finally {
          await server.kill();
          await cacheOfItsOwn.program.stop();
        }
      });

      test("they give credentials that the relays accept for a day", () => {
        const given = joined.iceServers.filter(({ username }) => username !== "");
        expect(given).toHaveLength(relays.length);
        for (const { username, credential } of given) {
          expect(credential).toBe(createHmac("sha1", relaySecret).update(username).digest("base64"));
          const left = Number(username.split(":")[0]) - Date.now() / 1_000;
          expect(left).toBeGreaterThan(relayCredentialSeconds - 60);
          expect(left).toBeLessThanOrEqual(relayCredentialSeconds + 1);
        }
      });
    });

    test("answer an offer with the fingerprint of its keys, and none without", async () => {
      await new Rooms(access(servers[0])).open("appointment-5");
      /** Reaction to an offer: the answer, and the media addresses that come beside it; or that the server wants nothing more. */
      const answered = async (fingerprint: boolean, person: string) => {
        const { socket } = await servers[0].join(new Rooms(access(servers[0])).ticket("appointment-5", person).token);
        const candidates: string[] = [];
        let sdp = "";
        socket.say(offer(fingerprint));
        try {
          while (sdp === "" || candidates.length === 0) {
            const { text, data } = await socket.hear();
            // Until it has read the offer, the server speaks in bytes.
            if (!text) continue;
            const said = JSON.parse(data.toString()) as {
              readonly answer?: { readonly sdp: string };
              readonly trickle?: { readonly candidateInit: string };
              readonly leave?: unknown;
            };
            if (said.answer !== undefined) sdp = said.answer.sdp;
            if (said.trickle !== undefined) candidates.push(said.trickle.candidateInit);
            if (said.leave !== undefined) return { end: "left", sdp, candidates };
          }
          return { end: "answered", sdp, candidates };
        } catch (problem) {
          if ((problem as Error).message.includes("the end of the connection"))
            return { end: "closed", sdp, candidates };
          throw problem;
        } finally {
          socket.close();
        }
      };
      const good = await answered(true, "with");
      expect(good.sdp).toMatch(/a=fingerprint:sha-256 /);
      // Its media address is the host's, and no other: neither a private one of this machine nor one that somebody told it.
      expect(good.candidates.map((text) => / (\S+) \d+ typ host/.exec(text)?.[1])).toEqual(
        good.candidates.map(() => ownAddress()),
      );
      const bad = await answered(false, "without");
      expect(bad).toMatchObject({ sdp: "", end: expect.stringMatching(/^(left|closed)$/) as unknown });
    });

    test("have a check that notices when the host has another address", async () => {
      const [server] = servers;
      // As in the image, and Debian's BusyBox knows less than Alpine's: its wget ends at `-T`.
      const bin = join(folder, "bin");
      mkdirSync(bin);
      for (const word of ["sh", "cat", "grep", "timeout", "wget"])
        symlinkSync(installed("busybox") ?? "", join(bin, word));
      const alive = (): number | null =>
        spawnSync(join(bin, "sh"), [join(server.folder, "scripts/media-alive.sh")], {
          env: { ...server.environment, PATH: bin },
        }).status;
      expect(alive()).toBe(0);
      writeFileSync(join(server.folder, "addresses/host-1"), "198.51.100.9");
      expect(alive()).not.toBe(0);
      writeFileSync(join(server.folder, "addresses/host-1"), ownAddress());
      expect(alive()).toBe(0);
    });
  },
);

describeWith(kubernetesPrograms, "the objects of an OpenVidu", () => {
  let kubernetes: Kubernetes;
  beforeAll(async () => {
    kubernetes = await startKubernetes();
  });
  afterAll(() => kubernetes?.stop());

  test("are taken by a real API server without a warning", async () => {
    const events = { portal: "citizens", url: "https://portal.example.ch/rooms" };
    const recorders = { recordings: 2, bucket: "https://store.example.ch" };
    const recording = { bucket: bucket(), cache: clients() };
    const results = await kubernetes.apply(manifests((await openvidu({ events, recorders, recording })).resources));
    expect(results.filter(({ warnings, refusal }) => warnings.length > 0 || refusal !== undefined)).toEqual([]);
    expect(results.map(({ object }) => object)).toEqual(
      expect.arrayContaining([
        "Deployment rooms-media/rooms-server",
        "Service rooms-media/rooms-server-pods",
        "Deployment rooms-recording/rooms-recorder",
      ]),
    );
  });
});
