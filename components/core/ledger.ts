import { invalid, type Keys } from "./errors";
import { integerInRange } from "./numbers";
import { list, oneOf, record } from "./shapes";
import { protocols } from "./tier";

/** Ports that pods take straight on the addresses of their host. */
export interface HostPort {
  readonly port: number | readonly [first: number, last: number];
  readonly protocol: "tcp" | "udp";
}

export const hostPortKeys: Keys<HostPort> = {
  port: true,
  protocol: true,
};

/** An entry of the ledger. */
export interface TakenPort extends HostPort {
  /** Workload that takes it, with its namespace. */
  readonly owner: string;
  /** Pool of hosts on which it runs; `"*"` is every pool. */
  readonly pool: string;
}

/** Pool name of what runs on every host of a cluster. */
export const everyPool = "*";

/**
 * Ports that something on every host of a cluster listens on before any workload does.
 *
 * | port | where |
 * |---|---|
 * | 22 | OpenSSH, sshd_config(5): Port |
 * | 10248, 10250 | kubernetes v1.34.2, pkg/cluster/ports/ports.go: KubeletHealthzPort, KubeletPort |
 * | 10249, 10256 | the same file: ProxyStatusPort, ProxyHealthzPort |
 * | 51820/udp | recipe/parts/k3s.ts: flannel's WireGuard backend |
 */
export const ownHostPorts: readonly TakenPort[] = [
  { owner: "the host's SSH server", pool: everyPool, port: 22, protocol: "tcp" },
  { owner: "the host's kubelet", pool: everyPool, port: 10_248, protocol: "tcp" },
  { owner: "the host's service proxy", pool: everyPool, port: 10_249, protocol: "tcp" },
  { owner: "the host's kubelet", pool: everyPool, port: 10_250, protocol: "tcp" },
  { owner: "the host's service proxy", pool: everyPool, port: 10_256, protocol: "tcp" },
  { owner: "the pod network", pool: everyPool, port: 51_820, protocol: "udp" },
];

/**
 * Ledger of the host ports of one cluster. Two workloads on the host network cannot share a port of one host, and Kubernetes says so only by leaving pods
 * unscheduled for ever; the ledger says it before anything is made.
 */
export class HostPorts {
  private readonly taken: TakenPort[];

  constructor(before: readonly TakenPort[] = ownHostPorts) {
    this.taken = [...before];
  }

  /**
   * Gives ports of a pool's hosts to a workload: all of them, or none.
   *
   * @throws RangeError with every port that another workload has.
   */
  take(owner: string, pool: string, ports: readonly HostPort[]): void {
    const problems = ports.flatMap((asked, i) => {
      const earlier = ports.slice(0, i).map((port): TakenPort => ({ ...port, owner, pool }));
      return [...this.taken, ...earlier]
        .filter((one) => conflicts(one, { ...asked, owner, pool }))
        .map(
          (one) =>
            invalid(
              `${asked.protocol} ports of the hosts of pool "${pool}" that are free`,
              hostPortText(asked),
              `${quoted(one.owner)} has ${hostPortText(one)}; give "${owner}" another port or a pool of its own`,
            ).message,
        );
    });
    if (problems.length > 0) throw new RangeError([...new Set(problems)].join("\n"));
    this.taken.push(...ports.map((port) => ({ ...port, owner, pool })));
  }

  /** Everything that is taken, in order. */
  get entries(): readonly TakenPort[] {
    return [...this.taken];
  }
}

/** Reads host ports: a port, or the first and last of a range, and a protocol. @throws RangeError with every problem. */
export const hostPorts = (values: readonly HostPort[] | undefined): readonly HostPort[] =>
  list(values, "host ports", '[{ port: [50000, 59999], protocol: "udp" }]', (one) => {
    const { port, protocol } = record(one, "a host port", '{ port: 10000, protocol: "udp" }');
    const [first, last, ...rest] = Array.isArray(port) ? (port as readonly unknown[]) : [port, port];
    const least = integerInRange(first, "a port", 1, 65_535);
    if (integerInRange(last, "a port", 1, 65_535) < least || rest.length > 0)
      throw invalid("ports from 1 to 65535, the lower first", port, "give one like 443 or [50000, 59999]");
    oneOf(protocol, "a protocol", protocols);
    return one;
  });

const span = ({ port }: HostPort): readonly [first: number, last: number] =>
  typeof port === "number" ? [port, port] : port;

/** Ports as text: `443` or `49152-65535`. */
export const hostPortText = (value: HostPort): string => [...new Set(span(value))].join("-");

const quoted = (owner: string): string => (owner.startsWith("the ") ? owner : `"${owner}"`);

function conflicts(one: TakenPort, other: TakenPort): boolean {
  const [first, last] = span(one);
  const [from, to] = span(other);
  const pools = one.pool === everyPool || other.pool === everyPool || one.pool === other.pool;
  return pools && one.protocol === other.protocol && first <= to && from <= last;
}
