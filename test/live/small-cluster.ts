import { apiPort, Cluster } from "../../components/kubernetes/cluster";
import { hetzner } from "../../components/clouds/hetzner";
import { CertificateAuthority } from "../../components/infrastructure/certificate-authority";
import { Gateway } from "../../components/infrastructure/gateway";
import { Network } from "../../components/infrastructure/network";

/** Hosts of a small cluster: pools of private hosts with the volumes that they carry. */
export interface SmallCluster {
  /** @default 3 */
  readonly application?: number;
  readonly pools?: Readonly<
    Record<
      string,
      {
        readonly count: number;
        readonly volumes: Readonly<Record<string, { readonly gib: number }>>;
        readonly taints?: readonly string[];
      }
    >
  >;
  /** Destinations that the gateways' proxy leads to. */
  readonly egress?: readonly { readonly host: string; readonly port: number; readonly reason: string }[];
}

/** A cluster with two gateways and as few hosts as a test needs; call it inside a program. */
export function smallCluster({ application = 3, pools = {}, egress = [] }: SmallCluster = {}): Cluster {
  const network = new Network("live", {
    cloud: hetzner(),
    location: "fsn1",
    isolatedFrom: [{ name: "directory", kind: "directory", ranges: ["10.0.0.0/20"] }],
    birthSecret: "protects nothing here",
  });
  const administrators = ["203.0.113.0/24"];
  const first = (i: number): number => 140 + 20 * i;
  const gateway = new Gateway("live-gateway", {
    network,
    type: "cpx22",
    count: 2,
    firstHost: 10,
    administrators,
    published: [
      {
        port: 443,
        targets: network.addresses(30, application),
        targetPort: 30443,
        proxyProtocol: true,
        from: ["0.0.0.0/0"],
        reason: "web",
      },
      apiPort(network.addresses(20, 3), administrators),
    ],
    site: {
      resolvers: [
        { address: "192.0.2.53", name: "dns1.example.ch" },
        { address: "198.51.100.53", name: "dns2.example.ch" },
      ],
      timeServers: ["192.0.2.123", "198.51.100.123"],
      mirror: {
        registry: "registry.crisis.example.ch",
        packages: "https://packages.crisis.example.ch/debian",
        artefacts: "https://artefacts.crisis.example.ch",
      },
    },
    volumeHosts: [
      ...network.addresses(20, 3),
      ...Object.values(pools).flatMap(({ count }, i) => network.addresses(first(i), count)),
    ],
    egress: [...egress],
  });
  // The outside of live nodes takes the authority of the web's certificates from it.
  new CertificateAuthority("live-web", { commonName: "live web" });
  return new Cluster("live", {
    network,
    gateway,
    domain: "meet.crisis.example.ch",
    controlPlane: { type: "cpx32", firstHost: 20 },
    application: { type: "cpx42", firstHost: 30, count: application },
    pools: Object.fromEntries(
      Object.entries(pools).map(([name, pool], i) => [name, { type: "ccx23", firstHost: first(i), ...pool }]),
    ),
  });
}
