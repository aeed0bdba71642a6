/** The liveness check of a focus, and a bridge that finds its address: their own scripts, run as in the pods. */
import { once } from "node:events";
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describeWithNamespaces } from "../isolation/possible";
import { authorityOf } from "../support/certificates";
import { finished, run, scriptFolder, workFolder } from "./jitsi-rendered";

const folder = workFolder();

describe("a focus", () => {
  let focus: Server;
  let bridges: number;
  beforeEach(async () => {
    // As JicofoServices.kt getStats and BridgeSelector.kt stats write it (a595d0b).
    focus = createServer((request, response) => {
      response.statusCode = request.url === "/stats" ? 200 : 404;
      response.end(
        JSON.stringify({
          bridge_selector: { bridge_count: bridges, operational_bridge_count: bridges },
          lost_bridges: 7,
        }),
      );
    }).listen(0, "127.0.0.1");
    await once(focus, "listening");
  });
  afterEach(() => {
    focus.closeAllConnections();
    focus.close();
  });
  const alive = (seen: string) =>
    finished("focus-alive.sh", {
      FOCUS: `http://127.0.0.1:${(focus.address() as AddressInfo).port}`,
      SEEN: seen,
      LOST_SECONDS: "300",
    });
  /** A file that says when a bridge was last seen. */
  function last(name: string, secondsAgo: number): string {
    const file = join(folder(), name);
    writeFileSync(file, "");
    const then = Date.now() / 1000 - secondsAgo;
    utimesSync(file, then, then);
    return file;
  }

  test("starts again once it has had no bridge for minutes", async () => {
    bridges = 0;
    expect(await alive(last("lost", 400))).not.toBe(0);
  });

  test("is left alone while bridges are away for a moment, and in its first minutes", async () => {
    bridges = 0;
    expect(await alive(last("moment", 200))).toBe(0);
    expect(await alive(join(folder(), "first"))).toBe(0);
  });

  test("is healthy again as soon as a bridge is there", async () => {
    bridges = 12;
    const seen = last("back", 4_000);
    expect(await alive(seen)).toBe(0);
    bridges = 0;
    expect(await alive(seen)).toBe(0);
  });

  test("starts again when it does not answer", async () => {
    bridges = 3;
    const seen = last("silent", 0);
    focus.closeAllConnections();
    focus.close();
    await once(focus, "close");
    expect(await finished("focus-alive.sh", { FOCUS: "http://127.0.0.1:1", SEEN: seen })).not.toBe(0);
  });
});

describeWithNamespaces(["unshare", "keytool"], "a bridge on a host with many addresses", () => {
  /** The address of its own that a bridge is told to take, on a host of a cluster: public, private, the pod network's, a tunnel's. */
  function local(publicAddress: string, ...links: readonly string[]): string | undefined {
    const at = (name: string): string => join(folder(), "many", name);
    mkdirSync(at("addresses"), { recursive: true });
    writeFileSync(at("addresses/host-1"), publicAddress);
    writeFileSync(at("c"), authorityOf("meet"));
    const lines = [
      "set -eu",
      ...links.flatMap((link) => {
        const [name = "", address = ""] = link.split(" ");
        return [`ip link add ${name} type bridge`, `ip address add ${address} dev ${name}`, `ip link set ${name} up`];
      }),
      "ip route add default via 198.51.100.254",
      `exec bash ${join(scriptFolder, "start-java.sh")} env`,
    ];
    const env = {
      NODE_NAME: "host-1",
      ADDRESSES: at("addresses"),
      AUTHORITY: at("c"),
      TRUST_STORE: at("s"),
      SEEN: at("b"),
    };
    const seen = run("unshare", ["--net", "bash", "-c", lines.join("\n")], env);
    expect(seen).toContain(`JVB_ADVERTISE_IPS=${publicAddress}\n`);
    return /^JVB_LOCAL_ADDRESS=(.*)$/m.exec(seen)?.[1];
  }
  const others = ["enp7s0 10.20.0.40/24", "cni0 10.42.3.1/24", "flannel.1 10.42.3.0/32", "docker0 172.17.0.1/16"];

  test("takes the public one where the host has it", () => {
    expect(local("198.51.100.1", ...others, "eth0 198.51.100.1/24")).toBe("198.51.100.1");
    // One that is told beside the one that leads out.
    expect(local("198.51.100.77", ...others, "eth0 198.51.100.1/24", "lasting 198.51.100.77/32")).toBe("198.51.100.77");
  });

  test("takes the one of the default route if the public one is translated on the way", () => {
    expect(local("203.0.113.9", ...others, "eth0 198.51.100.1/24")).toBe("198.51.100.1");
  });

  test("does not take a longer address for its own", () => {
    expect(local("198.51.100.7", ...others, "eth0 198.51.100.77/24")).toBe("198.51.100.77");
  });
});
