/** Scripts of the bridges that tell whether one is where it says, and how many there have to be. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { finished, workFolder } from "./jitsi-rendered";

const folder = workFolder();

describe("a bridge", () => {
  let status = 200;
  let bridge: Server;
  beforeAll(async () => {
    bridge = createServer((_, response) => response.writeHead(status).end()).listen(0, "127.0.0.1");
    await once(bridge, "listening");
  });
  afterAll(() => void bridge.close());

  /** @param own address of the host; @param started address that the bridge advertises, and the one that it listens on. */
  const healthy = async (own: string, started: string): Promise<boolean> => {
    mkdirSync(join(folder(), "addresses"), { recursive: true });
    writeFileSync(join(folder(), "addresses", "host-1"), own);
    writeFileSync(join(folder(), "started"), `${started}\n`);
    const url = `http://127.0.0.1:${(bridge.address() as AddressInfo).port}`;
    const env = { BRIDGE: url, ADDRESSES: join(folder(), "addresses"), STARTED: join(folder(), "started") };
    return (await finished("bridge-health.sh", { ...env, NODE_NAME: "host-1" })) === 0;
  };

  test("is well when it says so and advertises the address of its host", async () => {
    expect(await healthy("198.51.100.1", "198.51.100.1 127.0.0.1")).toBe(true);
    status = 500;
    expect(await healthy("198.51.100.1", "198.51.100.1 127.0.0.1")).toBe(false);
    status = 200;
  });

  test("is not when its host has another address than it advertises, though it is content itself", async () => {
    expect(await healthy("198.51.100.9", "198.51.100.1 127.0.0.1")).toBe(false);
  });

  test("is not when it listens on an address that its host does not have", async () => {
    expect(await healthy("198.51.100.1", "198.51.100.1 198.51.100.1")).toBe(false);
    // One that only begins like it is another.
    expect(await healthy("198.51.100.1", "198.51.100.1 127.0.0")).toBe(false);
  });

  test("is not when nobody wrote down what it advertises", async () => {
    expect(await healthy("198.51.100.1", "")).toBe(false);
  });
});

describe("the schedule of the bridges", () => {
  /** Bounds that it writes for a day of the week, an hour and a minute. */
  const bounds = async (now: string, followLoad = "false"): Promise<unknown> => {
    writeFileSync(join(folder(), "floors"), "1 435 600 3\n1 570 660 5\n7 1425 1440 4\n");
    const env = { FLOORS: join(folder(), "floors"), RESULT: join(folder(), "patch.json"), NOW: now };
    const scale = { AT_LEAST: "2", AT_MOST: "6", FOLLOW_LOAD: followLoad };
    expect(await finished("bridge-floor.sh", { ...env, ...scale })).toBe(0);
    return JSON.parse(readFileSync(join(folder(), "patch.json"), "utf8"));
  };

  test.each([
    ["before a peak", "1 07 14", 2],
    ["from its first minute", "1 07 15", 3],
    ["while two overlap, the greater one counts", "1 09 30", 5],
    ["when one of them is over", "1 10 00", 5],
    ["after both", "1 11 00", 2],
    ["on another day", "2 09 30", 2],
    ["until midnight", "7 23 59", 4],
    ["at an hour and a minute that look octal", "1 08 09", 3],
  ])("says %s (%s): %i", async (_, now, bridges) => {
    expect(await bounds(now)).toEqual({ spec: { minReplicas: bridges, maxReplicas: bridges } });
  });

  test("leaves room for the load where the bridges follow it", async () => {
    expect(await bounds("1 09 30", "true")).toEqual({ spec: { minReplicas: 5, maxReplicas: 6 } });
  });

  test("knows the time by itself", async () => {
    const patch = join(folder(), "now.json");
    writeFileSync(join(folder(), "always"), [1, 2, 3, 4, 5, 6, 7].map((day) => `${day} 0 1440 4\n`).join(""));
    const env = { FLOORS: join(folder(), "always"), RESULT: patch, AT_LEAST: "2", AT_MOST: "6" };
    expect(await finished("bridge-floor.sh", env)).toBe(0);
    expect(readFileSync(patch, "utf8")).toBe('{"spec":{"minReplicas":4,"maxReplicas":4}}\n');
  });
});
