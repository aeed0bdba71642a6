/** Talk's back end as its programs read it: a password that the bus takes for a number, and a media host that drains. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { givenSecret } from "../../../../components/core/secret";
import { planNextcloud } from "../../../../components/services/nextcloud";
import { busPassword } from "../../../../components/services/nextcloud/bus";
import { proxyConf } from "../../../../components/services/nextcloud/signaling";
import { describeWith } from "../../../support/programs/programs";
import { ran } from "../../../live/images/folders";

describe("media hosts of a hub", () => {
  test("open nothing to each other: between them, streams would be plain RTP", () => {
    const talk = { domain: "talk.crisis.example.ch", participants: 150 };
    const { media } = planNextcloud({ name: "hub", domain: "hub.crisis.example.ch", people: 300, talk });
    const openings = Object.values(media ?? {}).flatMap((need) => need.openings);
    expect(openings.length).toBeGreaterThan(5);
    expect(openings.filter(({ peers }) => peers === "pool")).toEqual([]);
    expect(proxyConf({ listen: "0.0.0.0:1", tokenKey: "/key", janus: 2 })).not.toContain("token_id");
  });
});

const script = join(__dirname, "../../../../components/services/nextcloud/files/drain-janus.sh");

describeWith(["nats-server"], "the bus", () => {
  /** True if a server of the bus would start with a variable of its environment, as its configuration names it. */
  const starts = async (value: string): Promise<boolean> => {
    const config = "/dev/stdin";
    const lines = 'authorization: { user: "signaling", password: $BUS_PASSWORD }';
    const asked = ["-c", `echo '${lines}' | BUS_PASSWORD='${value}' nats-server -t -c ${config}`];
    return ran("sh", asked).then(
      () => true,
      () => false,
    );
  };
  const ofEnvironment = (password: string): Promise<string> =>
    new Promise((resolve) => pulumi.output(busPassword(givenSecret(password)).value).apply(resolve));

  test.each(["3K0abcdefGHIJKLMNOPQRSTUVWXYZ0123", "9e10abcdefGHIJKLMNOPQRSTUVWXYZ012", "1".repeat(32)])(
    "starts with the password %s, which it would take for a number as it stands",
    async (password) => {
      await expect(starts(password)).resolves.toBe(false);
      await expect(starts(await ofEnvironment(password))).resolves.toBe(true);
    },
  );
});

describeWith(["socat"], "Janus on a host that drains", () => {
  let server: Server | undefined;
  // The live nodes run the image's own nc; here socat stands in its place, with the one option that the script gives.
  const folder = mkdtempSync(join(tmpdir(), "sovereign-uc-janus-"));
  const path = [folder, process.env["PATH"] ?? ""].join(delimiter);
  beforeAll(() =>
    writeFileSync(join(folder, "nc"), '#!/bin/sh\n[ "$1" = -w ] && exec socat -t "$2" - "TCP:$3:$4"\n', {
      mode: 0o755,
    }),
  );
  afterEach(() => server?.close());
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Starts a proxy that counts so many streams, one answer after the other. @returns its port, and the number of answers. */
  async function proxy(counts: readonly number[]): Promise<{ readonly port: number; readonly asked: () => number }> {
    let asked = 0;
    server = createServer((request, answer) => {
      const clients = counts[Math.min(asked, counts.length - 1)] ?? 0;
      asked += 1;
      // As its own encoder indents it (cmd/proxy/proxy_server.go at 6046e47, statsHandler).
      const stats = {
        load: 0,
        mcu: { url: "ws://127.0.0.1:8188/", connected: true, publishers: 1, clients },
        sessions: 2,
      };
      answer.writeHead(request.url === "/stats" ? 200 : 404).end(JSON.stringify(stats, null, 2));
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    return { port: (server.address() as AddressInfo).port, asked: () => asked };
  }
  const drained = async (port: number): Promise<number | null> => {
    const asked = spawn("sh", [script, `${port}`], { stdio: "ignore", env: { PATH: path } });
    const [code] = (await once(asked, "exit")) as [number | null];
    return code;
  };

  test("stays until the proxy counts no stream any more", async () => {
    const { port, asked } = await proxy([2, 1, 0]);
    await expect(drained(port)).resolves.toBe(0);
    expect(asked()).toBe(3);
  });

  test("ends where the proxy has ended", async () => {
    const { port } = await proxy([1]);
    server?.close();
    await expect(drained(port)).resolves.toBe(0);
  });
});
