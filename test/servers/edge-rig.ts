/** A namespace with the edge's HAProxy as its own script starts it, pods on addresses of their own, and a resolver that is the test's. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Tier, tier, podsHost } from "../../components/core/tier";
import { edgePorts, haproxy, type HaproxySettings } from "../../components/kubernetes/haproxy";
import { type Background, background, until } from "../support/programs/background";
import { edgeAddress, EdgeClient } from "./edge-client";

export const scriptFolder = join(__dirname, "..", "..", "components", "kubernetes", "files");

const resolverAddress = "10.43.0.10";

/** A tier whose pods are programs of the test. */
export interface Pods {
  readonly tier: Tier<"http">;
  /** Addresses by the name of the pod. */
  readonly pods: Readonly<Record<string, string>>;
}

export const podsOf = (namespace: string, name: string, pods: Pods["pods"]): Pods => ({
  tier: tier(namespace, name, { http: 8000 }),
  pods,
});

export class EdgeRig extends EdgeClient {
  readonly folder = mkdtempSync(join(tmpdir(), "edge-"));
  private readonly running = new Map<string, Background>();
  private readonly names = new Map<string, readonly string[]>();

  constructor(space: string) {
    super(space);
    for (const each of ["etc", "run", "certificates", "acme", "bin"]) mkdirSync(join(this.folder, each));
    for (const word of ["awk", "nc", "cat", "grep", "cmp", "rm", "mv", "sleep", "sh", "printf"])
      symlinkSync("/bin/busybox", join(this.folder, "bin", word));
    execFileSync("ip", ["netns", "add", space]);
    this.ip("link", "set", "lo", "up");
    for (const address of [edgeAddress, resolverAddress]) this.address(address);
    this.write();
    this.resolver();
  }

  resolver(): void {
    this.start("names", "python3", join(__dirname, "edge-names.py"), resolverAddress, join(this.folder, "names.json"));
  }

  /** Drops every packet to some addresses, as a host does that lost its power. */
  drop(addresses: readonly string[]): void {
    const chain = `chain in {\ntype filter hook input priority 0\nip daddr { ${addresses.join(", ")} } drop\n}`;
    const table = addresses.length === 0 ? "" : `table ip dead {\n${chain}\n}`;
    this.run(["nft", "-f", "-"], `table ip dead {}\ndelete table ip dead\n${table}\n`);
  }

  log(name: string): string {
    return this.running.get(name)?.log() ?? "";
  }

  /** Number of the process that serves. */
  worker(): string {
    return /^Pid: \d+$/m.exec(this.control("show info"))?.[0] ?? "";
  }

  /** Answer of HAProxy's control socket to a command. */
  control(command: string): string {
    return this.run(["/bin/busybox", "nc", "127.0.0.1", String(edgePorts.control)], `${command}\n`);
  }

  /** Requests in progress of one source, as the route's table counts them. */
  inProgress(route: string, source: string): number {
    const entry = this.control(`show table sources-${route}`)
      .split("\n")
      .find((line) => line.includes(`${source} `));
    return Number(/ conn_cur=(\d+)/.exec(entry ?? "")?.[1] ?? 0);
  }

  ip(...words: string[]): void {
    execFileSync("ip", ["-n", this.space, ...words]);
  }

  address(one: string): void {
    this.ip("address", "replace", `${one}/32`, "dev", "lo");
  }

  /** Starts pods and lists them under their tier's name. */
  serve({ tier: one, pods }: Pods): void {
    for (const [pod, address] of Object.entries(pods)) {
      this.address(address);
      this.start(pod, "python3", join(__dirname, "edge-pod.py"), address, "8000", pod, this.folder);
    }
    this.list(podsHost(one), Object.values(pods));
  }

  /** Says which addresses a name has. */
  list(host: string, addresses: readonly string[]): void {
    this.names.set(host, addresses);
    this.write();
  }

  private write(): void {
    // The resolver reads it whenever it is asked: never half of it.
    const file = join(this.folder, "names.json");
    writeFileSync(`${file}.draft`, JSON.stringify(Object.fromEntries(this.names)));
    renameSync(`${file}.draft`, file);
  }

  start(name: string, ...words: string[]): Background {
    const one = background("ip", ["netns", "exec", this.space, ...words], this.folder);
    this.running.set(name, one);
    return one;
  }

  async stop(name: string): Promise<void> {
    await this.running.get(name)?.stop();
    this.running.delete(name);
  }

  /** Puts a certificate where the kubelet would. */
  certificate(
    name: string,
    pair: { readonly certificate: string; readonly privateKey: string },
    from = "certificates",
  ): void {
    writeFileSync(join(this.folder, from, `${name}.crt`), pair.certificate);
    writeFileSync(join(this.folder, from, `${name}.key`), pair.privateKey);
  }

  /** Starts the edge by its own script. */
  edge(
    settings: Omit<HaproxySettings, "peers"> & Partial<Pick<HaproxySettings, "peers">>,
    thumbprint = "thumb",
  ): Background {
    for (const [name, text] of Object.entries(haproxy({ peers: [], ...settings })))
      writeFileSync(
        join(this.folder, "etc", name),
        this.moved(text)
          .replaceAll("$HOSTNAME", this.space)
          // Debian's 2.6.12 can stop itself while its threads wait for each other's answers of many names: haproxy/haproxy issue 3101, commit 2ce5e0edc.
          .replace(/^global$/m, "global\n    nbthread 1")
          .replace("parse-resolv-conf", `nameserver dns ${resolverAddress}:53`)
          .replaceAll(/bind :(\d+)/g, `bind ${edgeAddress}:$1`),
      );
    const script = join(this.folder, "edge.sh");
    writeFileSync(script, this.moved(readFileSync(join(scriptFolder, "edge.sh"), "utf8")));
    return this.start(
      "edge",
      "env",
      `PATH=${this.folder}/bin:/usr/sbin:/usr/bin`,
      `ACME_THUMBPRINT=${thumbprint}`,
      "busybox",
      "sh",
      script,
    );
  }

  /** Runs what Kubernetes runs before it tells the edge to stop, but for its wait. */
  drain(): void {
    const script = readFileSync(join(scriptFolder, "drain-edge.sh"), "utf8").replaceAll(/^sleep 10$/gm, "");
    this.run(["env", `PATH=${this.folder}/bin`, "/bin/busybox", "sh", "-s"], script);
  }

  /** Paths of the pods as they are here. */
  private readonly moved = (text: string): string =>
    text
      .replaceAll("/etc/edge", join(this.folder, "etc"))
      .replaceAll("/run/edge", join(this.folder, "run"))
      .replaceAll(/"?\/certificates\b/g, (found) => found.replace("/certificates", join(this.folder, "certificates")))
      .replaceAll(/=\/acme\b/g, `=${join(this.folder, "acme")}`)
      .replaceAll(/"\/acme\//g, `"${join(this.folder, "acme")}/`);

  mustRun(): void {
    for (const one of this.running.values()) one.mustRun();
  }

  async answers(hosts: readonly string[], seconds = 30): Promise<void> {
    await until(
      `${hosts.length} host names to answer`,
      () => {
        this.mustRun();
        return Promise.resolve(hosts.every((host) => this.ask(host).status === 200));
      },
      seconds,
    );
  }

  async end(): Promise<void> {
    await Promise.all([...this.running.values()].map((one) => one.stop()));
    // Workers of HAProxy outlive a master that was killed; all in the namespace are ours.
    for (const pid of spawnSync("ip", ["netns", "pids", this.space], { encoding: "utf8" }).stdout.split("\n"))
      if (pid !== "") spawnSync("kill", ["-KILL", pid]);
    spawnSync("ip", ["netns", "delete", this.space]);
    rmSync(this.folder, { recursive: true });
  }

  /** Lets a pod's long answers go on. */
  go(pod: string): void {
    writeFileSync(join(this.folder, `${pod}.go`), "");
  }

  sick(pod: string, sick: boolean): void {
    const file = join(this.folder, `${pod}.sick`);
    if (sick) writeFileSync(file, "");
    else if (existsSync(file)) rmSync(file);
  }
}
