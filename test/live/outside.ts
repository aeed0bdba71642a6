import { join } from "node:path";
import { until } from "../support/programs/background";
import { installed, program } from "../support/programs/programs";
import { signedNames } from "../support/programs/signed-names";
import { makeSynapse, python } from "../support/programs/synapse";
import { RunningHost } from "./host";
import { authority, issue, type Pair } from "./pki";
import type { LiveFile } from "./rendered";
import type { Wires } from "./wires";

/** Parts of a deployment's outside. */
export interface Surroundings {
  /** Names with their addresses, as public DNS would have them. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  /** The operator's resolvers, which the gateways ask over TLS. */
  readonly resolvers: readonly { readonly address: string; readonly name: string }[];
  readonly registry: { readonly host: string; readonly storage: string };
  /** Certificate of the authority that the deployment's web certificate comes from: clients trust it. */
  readonly webAuthority: string;
}

/** Addresses of the outside that are nobody's in the stack files: TEST-NET-1 is the operator's, 203.0.113.0/24 the administrators'. */
export const outsideAddresses = {
  registry: "192.0.2.80",
  store: "192.0.2.81",
  login: "192.0.2.82",
  artefacts: "192.0.2.83",
  administrator: "203.0.113.7",
  /** Somebody in the internet, with several addresses. */
  client: ["198.18.0.1", "198.18.0.2", "198.18.0.3"],
} as const;

let made: Pair | undefined;

/** The authority that all servers of the outside have their certificates from: one per run, known before anything starts. */
export const outsideAuthority = (): Pair => (made ??= authority("live outside"));

/**
 * The internet as far as a deployment sees it: the operator's resolvers (a real unbound that answers over TLS and logs every question), the operator's registry
 * (a real one, with TLS), and a place from which clients connect.
 */
export class Outside {
  readonly authority = outsideAuthority();
  /** The key of this outside's root of names, as a line of a zone: the gateways' resolvers trust it in place of the real one. */
  rootKey = "";
  private readonly hosts: RunningHost[] = [];
  private server: RunningHost | undefined;

  constructor(
    private readonly wires: Wires,
    private readonly folder: string,
    private readonly surroundings: Surroundings,
  ) {}

  async start(): Promise<void> {
    const { resolvers, registry } = this.surroundings;
    await this.wires.outside("outside", [
      ...resolvers.map(({ address }) => address),
      outsideAddresses.registry,
      outsideAddresses.store,
      outsideAddresses.login,
      outsideAddresses.artefacts,
    ]);
    await this.wires.outside("client", [outsideAddresses.administrator, ...outsideAddresses.client]);
    // All names in one zone, that of the root, with a key of this run.
    const root = signedNames(
      Object.entries(this.surroundings.names).flatMap(([name, addresses]) =>
        addresses.map((address) => `${name}. 60 IN A ${address}`),
      ),
    );
    this.rootKey = root.anchor;
    const names = issue(this.authority, {
      commonName: "resolver",
      dnsNames: resolvers.map(({ name }) => name),
    });
    const served = issue(this.authority, { commonName: registry.host, dnsNames: [registry.host] });
    const file = (path: string, content: string): LiveFile => ({ path, content, mode: "0644", owner: "root:root" });
    this.server = await this.host("outside", [
      file("/etc/live/resolver.crt", names.certificate),
      file("/etc/live/resolver.key", names.key),
      file("/etc/live/registry.crt", served.certificate),
      file("/etc/live/registry.key", served.key),
      file("/etc/live/root.zone", root.zone),
      file("/etc/live/unbound.conf", this.resolver()),
      file("/etc/live/registry.yml", this.registry()),
    ]);
    const { names: known, webAuthority } = this.surroundings;
    await this.host("client", [
      file("/etc/live/web.pem", webAuthority),
      file("/etc/live/outside.pem", this.authority.certificate),
      // Clients know the names by other means than the operator's resolvers.
      file(
        "/etc/hosts",
        Object.entries(known)
          .flatMap(([name, addresses]) => addresses.map((address) => `${address} ${name}\n`))
          .join(""),
      ),
    ]);
    const { server } = this;
    const resolver = server.start("resolver", [must("unbound", "unbound"), "-d", "-c", "/etc/live/unbound.conf"]);
    const images = server.start("registry", [
      must("docker-registry", "docker-registry"),
      "serve",
      "/etc/live/registry.yml",
    ]);
    await Promise.all([server.listening("resolver", resolver, 853), server.listening("registry", images, 443)]);
  }

  /**
   * Starts an S3 store (versitygw) behind TLS, with buckets that are folders below the returned one: what stands on its disk can be read there.
   *
   * @param host name that its certificate is for.
   */
  async startStore(
    host: string,
    buckets: readonly string[],
    key: { readonly access: string; readonly secret: string },
  ): Promise<string> {
    const { server } = this;
    if (server === undefined) throw new Error("expected the outside to be there, got none; start it first");
    const served = issue(this.authority, { commonName: host, dnsNames: [host] });
    for (const [name, content] of [
      ["store.crt", served.certificate],
      ["store.key", served.key],
    ] as const)
      await server.write({ path: `/etc/live/${name}`, content, mode: "0600", owner: "root:root" });
    const folder = "/var/lib/live/store";
    await server.sh(`mkdir -p ${buckets.map((bucket) => `${folder}/${bucket}`).join(" ")}`);
    const store = server.start(
      "store",
      [
        await program("versitygw"),
        ...["--port", `${outsideAddresses.store}:443`, "--region", "live"],
        ...["--cert", "/etc/live/store.crt", "--key", "/etc/live/store.key"],
        ...["posix", "--nometa", folder],
      ],
      { ROOT_ACCESS_KEY: key.access, ROOT_SECRET_KEY: key.secret },
    );
    await server.listening("store", store, 443);
    await until("the store to listen", () => server.holds(`ss -Hltn src ${outsideAddresses.store}:443 | grep -q .`));
    return folder;
  }

  /**
   * Starts an identity provider for one client, who logs everybody in as the same person.
   *
   * @param host name that its certificate is for.
   */
  async startLogin(host: string, client: { readonly id: string; readonly secret: string }): Promise<void> {
    const { server } = this;
    if (server === undefined) throw new Error("expected the outside to be there, got none; start it first");
    const served = issue(this.authority, { commonName: host, dnsNames: [host] });
    for (const [name, content] of [
      ["login.crt", served.certificate],
      ["login.key", served.key],
    ] as const)
      await server.write({ path: `/etc/live/${name}`, content, mode: "0600", owner: "root:root" });
    const script = join(__dirname, "files", "oidc-provider.py");
    const login = server.start(
      "login",
      [
        ...[python, script, outsideAddresses.login, "443", `https://${host}`],
        ...["/etc/live/login.crt", "/etc/live/login.key", client.id],
      ],
      { CLIENT_SECRET: client.secret, PYTHONPATH: makeSynapse() },
    );
    await until("the identity provider to listen", async () => {
      if (login.exitCode !== null) throw new Error(`expected an identity provider, got:\n${server.log("login")}`);
      return server.holds(`ss -Hltn src ${outsideAddresses.login}:443 | grep -q .`);
    });
  }

  /**
   * Starts the operator's store of artefacts: the files of a folder of this machine, over TLS, for everybody.
   *
   * @param host name that its certificate is for.
   */
  async startArtefacts(host: string, folder: string): Promise<void> {
    const server = this.running("outside");
    const served = issue(this.authority, { commonName: host, dnsNames: [host] });
    for (const [name, content] of [
      ["artefacts.crt", served.certificate],
      ["artefacts.key", served.key],
    ] as const)
      await server.write({ path: `/etc/live/${name}`, content, mode: "0600", owner: "root:root" });
    const script = join(__dirname, "files", "artefacts.py");
    const { artefacts: address } = outsideAddresses;
    server.start("artefacts", [
      ...[python, script, address, folder],
      ...["/etc/live/artefacts.crt", "/etc/live/artefacts.key"],
    ]);
    await until("the store of artefacts to listen", () => server.holds(`ss -Hltn src ${address}:443 | grep -q .`));
  }

  running(name: "outside" | "client"): RunningHost {
    const found = this.hosts.find((one) => one.name === name);
    if (found === undefined) throw new Error(`expected the outside to be there, got no ${name}; start it first`);
    return found;
  }

  /** Every question that the operator's resolvers were asked: `registry.crisis.example.ch. A`. */
  async questions(): Promise<readonly string[]> {
    const log = await this.running("outside").sh("cat /run/live/questions.log");
    return [...log.matchAll(/info: \S+ (\S+\. [A-Z0-9]+) IN$/gm)].map(([, question = ""]) => question);
  }

  async stop(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.stop()));
  }

  private async host(name: string, files: readonly LiveFile[]): Promise<RunningHost> {
    // No filter of ours: the outside answers whoever asks.
    const open: LiveFile = { path: "/etc/nftables.conf", content: "", mode: "0644", owner: "root:root" };
    const host = new RunningHost({ name, files: [...files, open] }, this.wires, join(this.folder, name));
    this.hosts.push(host);
    await host.boot();
    return host;
  }

  private resolver(): string {
    const { resolvers } = this.surroundings;
    return [
      "server:",
      '  chroot: ""',
      '  username: ""',
      "  pidfile: /run/live/unbound.pid",
      "  use-syslog: no",
      "  logfile: /run/live/questions.log",
      "  log-queries: yes",
      "  do-daemonize: no",
      '  module-config: "iterator"',
      ...resolvers.map(({ address }) => `  interface: ${address}@853`),
      "  tls-service-pem: /etc/live/resolver.crt",
      "  tls-service-key: /etc/live/resolver.key",
      "  access-control: 0.0.0.0/0 allow",
      "remote-control:",
      "  control-enable: no",
      "auth-zone:",
      '  name: "."',
      "  zonefile: /etc/live/root.zone",
      "  for-downstream: yes",
      "  for-upstream: no",
      "  fallback-enabled: no",
      "",
    ].join("\n");
  }

  private registry(): string {
    return JSON.stringify({
      version: 0.1,
      log: { level: "warn" },
      storage: { filesystem: { rootdirectory: this.surroundings.registry.storage } },
      http: {
        secret: "one instance, no uploads",
        addr: `${outsideAddresses.registry}:443`,
        tls: { certificate: "/etc/live/registry.crt", key: "/etc/live/registry.key" },
      },
    });
  }
}

export function must(name: string, debianPackage: string): string {
  const path = installed(name);
  if (path === undefined) throw new Error(`expected ${name}, got none; install the Debian package ${debianPackage}`);
  return path;
}
