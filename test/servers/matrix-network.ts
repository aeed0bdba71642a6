/** A network namespace with no route but to one neighbour, which is this process: it answers questions for names with a refusal, and is the way out that it writes down. */
import { execFileSync, spawnSync } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { hostname } from "node:os";

import { proxyPort } from "../../components/recipe/parts/private-host";

export class ClosedNetwork {
  readonly name = `matrix-${process.pid}`;
  /** Address of this process there. */
  readonly neighbour = "10.209.77.1";
  /** Names that were asked for. */
  readonly questions: string[] = [];
  /** Places that were asked of the proxy. */
  readonly asked: string[] = [];
  private readonly link = `mx${process.pid % 100_000}`;
  private readonly resolver: Socket = createSocket("udp4");
  private readonly proxy: Server = createServer();

  /** Words before a program that runs inside. */
  readonly inside: readonly string[] = ["ip", "netns", "exec", this.name];

  /**
   * @param names addresses by host name, as the hosts file inside has them.
   * @param addresses all addresses inside.
   */
  async start(names: Readonly<Record<string, string>>, addresses: readonly string[]): Promise<void> {
    const ip = (...words: readonly string[]): void => void execFileSync("ip", words, { stdio: "pipe" });
    ip("netns", "add", this.name);
    ip("link", "add", this.link, "type", "veth", "peer", "name", "inside", "netns", this.name);
    ip("address", "add", `${this.neighbour}/24`, "dev", this.link);
    ip("link", "set", this.link, "up");
    for (const address of addresses) ip("-n", this.name, "address", "add", `${address}/24`, "dev", "inside");
    for (const device of ["lo", "inside"]) ip("-n", this.name, "link", "set", device, "up");
    mkdirSync(`/etc/netns/${this.name}`, { recursive: true });
    // A pod knows its own name, too.
    const hosts = Object.entries({ localhost: "127.0.0.1", [hostname()]: "127.0.0.1", ...names }).map(
      ([name, address]) => `${address} ${name}\n`,
    );
    writeFileSync(`/etc/netns/${this.name}/hosts`, hosts.join(""));
    writeFileSync(
      `/etc/netns/${this.name}/resolv.conf`,
      `nameserver ${this.neighbour}\noptions timeout:1 attempts:1\n`,
    );
    this.resolver.on("message", (question, from) => {
      this.questions.push(nameIn(question));
      const answer = Buffer.from(question);
      // An answer that refuses.
      answer.writeUInt16BE(0x8185, 2);
      this.resolver.send(answer, from.port, from.address);
    });
    this.resolver.bind(53, this.neighbour);
    await once(this.resolver, "listening");
    this.proxy.on("connect", (request, socket) => {
      const place = request.url ?? "";
      this.asked.push(place);
      const [host = "", port = ""] = place.split(":");
      const there = connect(Number(port), names[host] ?? "192.0.2.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        there.pipe(socket);
        socket.pipe(there);
      });
      for (const end of [there, socket]) end.on("error", () => [there, socket].forEach((one) => one.destroy()));
    });
    this.proxy.listen(proxyPort, this.neighbour);
    await once(this.proxy, "listening");
  }

  /** Routes inside: those to addresses of its own and its neighbour's. */
  routes(): string {
    return execFileSync("ip", ["-n", this.name, "route"], { encoding: "utf8" }).trim();
  }

  async stop(): Promise<void> {
    this.resolver.close();
    this.proxy.closeAllConnections();
    this.proxy.close();
    spawnSync("ip", ["netns", "delete", this.name]);
    spawnSync("ip", ["link", "delete", this.link]);
    rmSync(`/etc/netns/${this.name}`, { recursive: true, force: true });
  }
}

/** The name in a question for one. */
function nameIn(question: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; (question[at] ?? 0) > 0; at += 1 + (question[at] ?? 0))
    labels.push(question.subarray(at + 1, at + 1 + (question[at] ?? 0)).toString());
  return labels.join(".");
}
