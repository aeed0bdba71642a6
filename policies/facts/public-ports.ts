import { type Fact, lastReview as reviewed } from "./fact";

/** Ports that everybody may reach: the platform's own services need them. */
export interface PublicPortFact extends Fact {
  readonly first: number;
  readonly last: number;
  readonly protocols: readonly ("tcp" | "udp")[];
  readonly service: string;
}

/** Ports of administration and of data, which nobody outside may reach. */
export interface AdminPortFact extends Fact {
  readonly first: number;
  readonly last: number;
  readonly service: string;
}

const open = (
  service: string,
  ports: readonly [first: number, last: number],
  protocols: PublicPortFact["protocols"],
  source: string,
): PublicPortFact => ({ service, first: ports[0], last: ports[1], protocols, source, reviewed });

const turn = "RFC 8656 section 5 (STUN and TURN), section 13 (ports of relayed addresses)";
const livekit = "livekit/livekit config-sample.yaml at v1.13.11";
const bbb = "bigbluebutton/bigbluebutton docs/docs/administration/configure-firewall.md at 15698b34";

export const publicPorts: readonly PublicPortFact[] = [
  open("web, and TURN over TLS", [443, 443], ["tcp", "udp"], "RFC 9110 section 4.2.2"),
  open("web, to be sent to TLS", [80, 80], ["tcp"], "RFC 9110 section 4.2.1; RFC 8555 section 8.3"),
  open("STUN and TURN", [3478, 3478], ["tcp", "udp"], turn),
  open("TURN over TLS", [5349, 5349], ["tcp", "udp"], turn),
  open("relayed media", [49152, 65535], ["udp"], turn),
  open("SIP over TLS", [5061, 5061], ["tcp"], "RFC 3261 section 19.1.2"),
  open(
    "federation of Matrix",
    [8448, 8448],
    ["tcp"],
    "https://spec.matrix.org/v1.11/server-server-api/#resolving-server-names",
  ),
  open("media of Jitsi", [10000, 10000], ["udp"], "jitsi/docker-jitsi-meet env.example at 2e6b31d8 (JVB_PORT)"),
  open("media of LiveKit over TCP", [7881, 7881], ["tcp"], livekit),
  open("media of LiveKit on few ports", [7882, 7999], ["udp"], livekit),
  open("media of LiveKit and others", [50000, 60000], ["udp"], livekit),
  open("media of BigBlueButton", [16384, 32768], ["udp"], bbb),
  open(
    "media of Nextcloud Talk (Janus)",
    [20000, 40000],
    ["udp"],
    "nextcloud/all-in-one Containers/talk/Dockerfile at 50636f2",
  ),
  open(
    "mail of services to their relay, over TLS and by a password each",
    [2465, 2465],
    ["tcp"],
    "components/services/mail/settings.ts",
  ),
];

const iana = "https://www.iana.org/assignments/service-names-port-numbers";

const closed = (service: string, first: number, last = first, source = iana): AdminPortFact => ({
  service,
  first,
  last,
  source,
  reviewed,
});

const kubernetes = "https://kubernetes.io/docs/reference/networking/ports-and-protocols/";

const prometheus = "https://github.com/prometheus/prometheus/wiki/Default-port-allocations";

export const adminPorts: readonly AdminPortFact[] = [
  closed("SSH", 22),
  closed("Telnet", 23),
  closed("RDP", 3389),
  closed("VNC", 5900, 5903),
  closed("Docker", 2375, 2376),
  closed("etcd", 2379, 2380, kubernetes),
  closed("the Kubernetes API", 6443, 6443, kubernetes),
  closed("the kubelet", 10250, 10250, kubernetes),
  closed("the scheduler and controllers of Kubernetes", 10255, 10259, kubernetes),
  closed("PostgreSQL", 5432),
  closed("MySQL", 3306),
  closed("MongoDB", 27017, 27019),
  closed("Redis", 6379),
  closed("Redis Sentinel", 26379, 26379, "https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/"),
  closed("memcached", 11211),
  closed(
    "Elasticsearch",
    9200,
    9300,
    "https://www.elastic.co/guide/en/elasticsearch/reference/current/modules-network.html",
  ),
  closed("NATS", 4222, 4222, "https://docs.nats.io/running-a-nats-service/configuration"),
  closed("Prometheus", 9090, 9090, prometheus),
  closed("Prometheus' Pushgateway", 9091, 9091, prometheus),
  closed("Kafka", 9092, 9092, "https://kafka.apache.org/documentation/#brokerconfigs_listeners"),
  closed("Alertmanager", 9093, 9094, prometheus),
  closed("Prometheus' exporter of hosts", 9100, 9100, prometheus),
  closed("Vault", 8200, 8201, "https://developer.hashicorp.com/vault/docs/configuration/listener/tcp"),
  closed("Proxmox", 8006, 8006, "https://pve.proxmox.com/wiki/Ports"),
];
