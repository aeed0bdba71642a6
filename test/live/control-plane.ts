import { randomBytes } from "node:crypto";
import { installed, program } from "../support/programs/programs";
import { until } from "../support/programs/background";
import type { RunningHost } from "./host";
import type { K3sConfig } from "./k3s";
import { issue, type Pair } from "./pki";
import type { LiveFile, LiveHost } from "./rendered";

const folder = "/etc/live/plane";
const certificates = "/var/lib/rancher/k3s/server/tls";

/** Path of the administrators' kubeconfig on a k3s server. */
const administrators = "/etc/rancher/k3s/k3s.yaml";

/** The port on which k3s serves the API. */
const port = 6443;

/**
 * One member of the control plane on its rendered host: etcd, API server, controllers and scheduler as k3s starts them (k3s-io/k3s
 * `pkg/daemons/control/server.go`), with the authorities and the service account key that the stack made. The audit policy and everything else that the recipe
 * passes to the API server is passed on as it stands.
 */
export class ControlPlane {
  readonly serverAuthority: Pair;
  readonly clientAuthority: Pair;

  constructor(
    private readonly running: RunningHost,
    private readonly host: LiveHost,
    private readonly config: K3sConfig,
    readonly ranges: { readonly podRange: string; readonly serviceRange: string },
  ) {
    this.serverAuthority = this.pair("server-ca");
    this.clientAuthority = this.pair("client-ca");
  }

  get address(): string {
    return this.config.nodeIp;
  }

  /** A kubeconfig for a user, with a certificate of the stack's own authority. */
  kubeconfig(commonName: string, organization?: string): string {
    const { certificate, key } = issue(this.clientAuthority, {
      commonName,
      ...(organization === undefined ? {} : { organization }),
    });
    const encoded = (text: string): string => Buffer.from(text).toString("base64");
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "live",
          cluster: {
            server: `https://${this.address}:${port}`,
            "certificate-authority-data": encoded(this.serverAuthority.certificate),
          },
        },
      ],
      users: [
        { name: "user", user: { "client-certificate-data": encoded(certificate), "client-key-data": encoded(key) } },
      ],
      contexts: [{ name: "live", context: { cluster: "live", user: "user" } }],
      "current-context": "live",
    });
  }

  async start(): Promise<void> {
    for (const file of this.files()) await this.running.write(file);
    await this.running.sh("mkdir -p /var/log/kubernetes");
    await this.startEtcd();
    await this.startServer();
    await this.startControllers();
  }

  async startEtcd(): Promise<void> {
    const etcd = installed("etcd");
    if (etcd === undefined) throw new Error("expected etcd, got none; install the Debian package etcd-server");
    const own = "http://127.0.0.1:2380";
    this.running.start("etcd", [
      etcd,
      "--data-dir=/var/lib/etcd",
      "--listen-client-urls=http://127.0.0.1:2379",
      "--advertise-client-urls=http://127.0.0.1:2379",
      `--listen-peer-urls=${own}`,
      `--initial-advertise-peer-urls=${own}`,
      `--initial-cluster=default=${own}`,
    ]);
  }

  async startServer(): Promise<void> {
    const { podRange: _, serviceRange } = this.ranges;
    this.running.start("kube-apiserver", [
      await program("kube-apiserver"),
      "--etcd-servers=http://127.0.0.1:2379",
      `--secure-port=${port}`,
      "--bind-address=0.0.0.0",
      `--advertise-address=${this.address}`,
      `--tls-cert-file=${folder}/serving.crt`,
      `--tls-private-key-file=${folder}/serving.key`,
      `--client-ca-file=${certificates}/client-ca.crt`,
      `--service-account-key-file=${certificates}/service.key`,
      `--service-account-signing-key-file=${certificates}/service.key`,
      "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
      "--authorization-mode=Node,RBAC",
      "--enable-admission-plugins=NodeRestriction",
      "--anonymous-auth=false",
      "--allow-privileged=true",
      `--service-cluster-ip-range=${serviceRange}`,
      `--kubelet-certificate-authority=${certificates}/server-ca.crt`,
      `--kubelet-client-certificate=${folder}/kubelet-client.crt`,
      `--kubelet-client-key=${folder}/kubelet-client.key`,
      "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
      // As k3s does it: an API inside the cluster is asked in the name of who asks.
      `--requestheader-client-ca-file=${certificates}/request-header-ca.crt`,
      "--requestheader-allowed-names=system:auth-proxy",
      "--requestheader-extra-headers-prefix=X-Remote-Extra-",
      "--requestheader-group-headers=X-Remote-Group",
      "--requestheader-username-headers=X-Remote-User",
      `--proxy-client-cert-file=${folder}/asks.crt`,
      `--proxy-client-key-file=${folder}/asks.key`,
      `--encryption-provider-config=${folder}/encryption.json`,
      ...this.config.apiServerArguments.map((argument) => `--${argument}`),
    ]);
    await this.ready();
  }

  /** Waits until the API answers, asked on its own host. */
  async ready(): Promise<void> {
    const kubectl = await program("kubectl");
    await until(`a ready API server (its log: ${this.running.folder}/logs/kube-apiserver.log)`, () =>
      this.running.holds(`${kubectl} --kubeconfig=${administrators} get --raw /readyz`),
    );
  }

  async startControllers(): Promise<void> {
    const { podRange, serviceRange } = this.ranges;
    this.running.start("kube-controller-manager", [
      await program("kube-controller-manager"),
      `--kubeconfig=${administrators}`,
      `--service-account-private-key-file=${certificates}/service.key`,
      `--root-ca-file=${certificates}/server-ca.crt`,
      "--use-service-account-credentials",
      "--allocate-node-cidrs=true",
      `--cluster-cidr=${podRange}`,
      `--service-cluster-ip-range=${serviceRange}`,
      "--controllers=*,tokencleaner",
      "--leader-elect=false",
      "--profiling=false",
    ]);
    this.running.start("kube-scheduler", [
      await program("kube-scheduler"),
      `--kubeconfig=${administrators}`,
      "--leader-elect=false",
      "--profiling=false",
    ]);
  }

  private pair(name: string): Pair {
    const text = (path: string): string => {
      const found = this.host.files.find((file) => file.path === path);
      if (found === undefined) throw new Error(`expected ${path} among the files of ${this.host.name}, got none`);
      return found.content;
    };
    return { certificate: text(`${certificates}/${name}.crt`), key: text(`${certificates}/${name}.key`) };
  }

  private files(): readonly LiveFile[] {
    const file = (name: string, content: string): LiveFile => ({
      path: `${folder}/${name}`,
      content,
      mode: "0600",
      owner: "root:root",
    });
    const serving = issue(this.serverAuthority, {
      commonName: "kube-apiserver",
      dnsNames: ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost", ...this.names(false)],
      ipAddresses: ["127.0.0.1", "10.43.0.1", ...this.names(true)],
    });
    const kubelets = issue(this.clientAuthority, { commonName: "kube-apiserver", organization: "system:masters" });
    const asks = issue(this.pair("request-header-ca"), { commonName: "system:auth-proxy" });
    return [
      file("serving.crt", serving.certificate),
      file("serving.key", serving.key),
      file("asks.crt", asks.certificate),
      file("asks.key", asks.key),
      file("kubelet-client.crt", kubelets.certificate),
      file("kubelet-client.key", kubelets.key),
      {
        ...file("admin.conf", ""),
        path: administrators,
        content: this.kubeconfig("live-administrator", "system:masters"),
      },
      file("encryption.json", JSON.stringify(encryption())),
    ];
  }

  private names(addresses: boolean): readonly string[] {
    return this.config.tlsNames.filter((name) => /^[\d.]+$/.test(name) === addresses);
  }
}

/** As k3s makes it with `secrets-encryption`: AES-CBC, with a key of this run. */
const encryption = (): object => ({
  apiVersion: "apiserver.config.k8s.io/v1",
  kind: "EncryptionConfiguration",
  resources: [
    {
      resources: ["secrets"],
      providers: [
        { aescbc: { keys: [{ name: "live", secret: randomBytes(32).toString("base64") }] } },
        { identity: {} },
      ],
    },
  ],
});
