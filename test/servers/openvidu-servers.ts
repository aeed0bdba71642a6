/** Two media servers of an OpenVidu over one cache, with the keys of a portal: what several tests start. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Deployed, mediaPortsFree, MediaServer, startCache } from "./media-server";

export const relays = ["relay-1.rooms.example.ch", "relay-2.rooms.example.ch"];
export const relaySecret = "a secret that relays and servers share";
export const keys = {
  "citizens-2": "the new secret of the citizens' portal, 48 letters",
  "citizens-1": "the old secret of the citizens' portal, 48 letters",
};

/** Access to rooms through one server. */
export const access = ({ url }: MediaServer, apiKey: keyof typeof keys = "citizens-2") => ({
  url,
  webSocketUrl: url.replace("http", "ws"),
  apiKey,
  apiSecret: keys[apiKey],
});

/** Two media servers that run, and their cache, which a test may replace. */
export interface TwoServers {
  readonly folder: string;
  readonly deployed: Deployed;
  readonly servers: readonly [MediaServer, MediaServer];
  cache: Awaited<ReturnType<typeof startCache>>;
}

/** Starts two servers before the tests of a block, and ends them afterwards. */
export function twoServers(address: (number: 1 | 2) => string): () => TwoServers {
  let made: TwoServers | undefined;
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "sovereign-uc-openvidu-"));
    const cache = await startCache(folder);
    const deployed: Deployed = { folder, relays, keys, relaySecret, cache };
    const server = async (number: 1 | 2): Promise<MediaServer> =>
      new MediaServer(deployed, address(number), { ports: await mediaPortsFree() });
    made = { folder, deployed, cache, servers: [await server(1), await server(2)] };
    for (const one of made.servers) await one.start();
  });
  afterAll(async () => {
    for (const one of made?.servers ?? []) await one.kill();
    await made?.cache.program.stop();
    if (made !== undefined) rmSync(made.folder, { recursive: true, force: true });
  });
  return () => {
    if (made === undefined) throw new Error("expected two servers that run, got none");
    return made;
  };
}
