import { Cidr } from "../../core/cidr";
import { inbound, Opening, outbound } from "../../core/openings";
import { combine, Recipe, Unit } from "../recipe";
import { renewedCertificates } from "./certificates";
import { auditPolicy } from "./cluster-audit";
import { directory, json, type Member, member, type MemberSettings, paths, runtime, unit } from "./k3s-host";
import { proxyUrl } from "./private-host";

/**
 * Sources of the claims about k3s, in k3s-io/k3s:
 *
 * | claim | file | revision |
 * |---|---|---|
 * | options of a server, `disable-default-registry-endpoint` among them; `system-default-registry` is a server's only | pkg/cli/cmds/server.go | 005499a |
 * | options of an agent | pkg/cli/cmds/agent.go | 00cc29b |
 * | a token is `K10`, SHA-256 of the CA file's bytes, `::user:password`, and an agent's user is `node` | pkg/clientaccess/token.go | 0566d45 |
 * | `etcd-s3`, `etcd-s3-endpoint`, `-bucket`, `-region`, `-folder`, `-access-key`, `-secret-key` are options | pkg/cli/cmds/etcd_snapshot.go | 0326c32 |
 * | `etcd-s3-proxy` takes the place of the environment's proxy | pkg/etcd/s3/s3.go | read 2026-11-25 |
 * | the bucket stands in the path, not in the host name, at stores that minio-go does not know | minio/minio-go | unverified |
 * | `etcd-s3-retention` is separate from the local one since v1.34.0, 5 by default | the documentation of `k3s etcd-snapshot` | read 2026-11-25 |
 * | the keys to encrypted Secrets lie in etcd encrypted with the server's token | the documentation of `k3s token` | unverified |
 * | a server that joins and gets no answer ends with an error before it has an etcd | pkg/cluster/bootstrap.go | 04099b2 |
 * | a server whose etcd is there joins nobody, whatever it is told | pkg/cluster/bootstrap.go | 04099b2 |
 * | an agent asks the member that it joins every two seconds until there is an answer | pkg/agent/config/config.go | read 2026-11-25 |
 * | without an agent token, agents join with the servers' token; one that is given is taken with or without `K10…::node:` before it, and cannot be left away | pkg/daemons/control/deps/deps.go; pkg/passwd/passwd.go | 09ac65a; 4de6d2d |
 * | an agent whose token is refused asks again every 5 to 10 seconds; one that has its certificates shows them, and needs no token to start again | pkg/agent/config/config.go; pkg/clientaccess/token.go | 001a6d9; 0566d45 |
 * | a name that is taken joins again only with the password in `/etc/rancher/node/password`, of which `<name>.node-password.k3s` has the hash, until the node is deleted | pkg/nodepassword/validate.go, controller.go | 2a722cf; 67810cf |
 * | with a token of the form `id.secret`, whoever is in `system:bootstrappers` gets a kubelet's certificates under a name that is free | pkg/server/handlers/router.go, handlers.go | 1be7bd2, 10e42d4 |
 * | the API runs the admission plugin NodeRestriction | pkg/daemons/control/server.go | 0103601 |
 * | `disable` takes `coredns`, and deletes what was deployed of it; `cluster-dns` is the address that kubelets give to pods | pkg/cli/cmds/server.go | 005499a |
 * | k3s' own CoreDNS has no replicas, which means one, and tolerates no taint but the control plane's | manifests/coredns.yaml | 66c487b |
 * | a member that starts applies every packaged manifest again, whatever its checksum: what a manifest sets is as it was | pkg/deploy/controller.go | 0301210 |
 * | a node's `machineID` is what stands in `/etc/machine-id` | Kubernetes' reference of the kubelet, `--machine-id-file` | read 2026-11-25 |
 */
export { k3sFile, k3sVersion, type MemberSettings, paths } from "./k3s-host";

export interface ServerSettings extends MemberSettings {
  /** Name under which administrators reach the API. */
  readonly endpoint: string;
  /** Destination of snapshots of etcd, beside the host's own disk; the credentials come as a secret file. @default - nowhere */
  readonly snapshots?: SnapshotSettings;
}

export interface SnapshotSettings {
  /** Host of the S3 API. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  /** Beginning of the snapshots' names in the bucket. */
  readonly folder: string;
}

/** Address of the cluster's resolver: the tenth of the service range, as k3s chooses it. */
export const clusterResolver = (serviceRange: string): string => Cidr.parse(serviceRange).host(10);

/** Number of kept snapshots per member, on its disk and in the bucket: a week of them. */
const kept = 28;

/** The credentials of the snapshots' bucket, as the secret file at `paths.snapshots`. */
export const snapshotKeys = (accessKey: string, secretKey: string): string =>
  json({ "etcd-s3-access-key": accessKey, "etcd-s3-secret-key": secretKey });

/**
 * A member of the control plane: embedded etcd, secrets encrypted at rest, audit log, WireGuard between hosts. It always joins the member before it
 * (the first joins the second): founding the cluster is a step of its own, so a host that is made again cannot found another.
 */
export function server(settings: ServerSettings): Recipe {
  const { address, controlPlane, endpoint, podRange, serviceRange, range, snapshots } = settings;
  const other = controlPlane.find((member) => member !== address) ?? address;
  const config = {
    ...member(settings),
    "advertise-address": address,
    "system-default-registry": settings.mirror.registry,
    "agent-token-file": paths.agentToken,
    "tls-san": [endpoint, ...controlPlane],
    "cluster-cidr": podRange,
    "service-cidr": serviceRange,
    "cluster-dns": clusterResolver(serviceRange),
    "flannel-backend": "wireguard-native",
    "secrets-encryption": true,
    disable: ["coredns", "traefik", "servicelb", "local-storage", "metrics-server"],
    "disable-helm-controller": true,
    "write-kubeconfig-mode": "0600",
    "etcd-snapshot-schedule-cron": "0 */6 * * *",
    "etcd-snapshot-retention": kept,
    ...(snapshots === undefined
      ? {}
      : {
          "etcd-s3": true,
          "etcd-s3-endpoint": snapshots.endpoint,
          "etcd-s3-bucket": snapshots.bucket,
          "etcd-s3-region": snapshots.region,
          "etcd-s3-folder": snapshots.folder,
          "etcd-s3-retention": kept,
          "etcd-s3-proxy": proxyUrl,
        }),
    "kube-apiserver-arg": [
      "audit-log-path=/var/log/kubernetes/audit.log",
      "audit-log-maxage=365",
      "audit-log-maxsize=100",
      `audit-policy-file=${directory}/audit.yaml`,
    ],
  };
  const own: Recipe = {
    packages: ["curl"],
    files: [
      ...runtime(settings, "server"),
      { path: `${directory}/config.yaml`, content: json(config), mode: "0600" },
      {
        path: `${directory}/config.yaml.d/50-join.yaml`,
        content: json({ server: `https://${other}:6443` }),
        mode: "0600",
      },
      { path: `${directory}/audit.yaml`, content: json(auditPolicy), mode: "0600" },
      {
        path: "/etc/sovereign-uc/checks.d/50-cluster",
        mode: "0755",
        content: [
          "#!/bin/sh",
          "# The API answers, etcd is healthy and this member is ready.",
          "set -e",
          "k3s kubectl get --raw '/readyz?verbose' >/dev/null",
          "k3s kubectl get --raw /readyz/etcd >/dev/null",
          'k3s kubectl wait --for=condition=Ready "node/$(hostname)" --timeout=1s >/dev/null',
          "",
        ].join("\n"),
      },
    ],
    units: [unit([`${directory}/audit.yaml`, ...(snapshots === undefined ? [] : [paths.snapshots])])],
    openings: [
      ...between(range, settings.podRange),
      inbound("tcp", 6443, [range], "Kubernetes API for members and the gateways"),
      inbound("tcp", [2379, 2380], hosts(controlPlane), "etcd between members of the control plane"),
      outbound("tcp", [2379, 2380], hosts(controlPlane), "etcd between members of the control plane"),
      inbound("tcp", 6443, [podRange], "Kubernetes API for pods"),
      outbound("tcp", 10250, [range], "the API's way to kubelets"),
    ],
  };
  return combine(own, renewedCertificates(Math.max(0, controlPlane.indexOf(address))));
}

/** A member that carries workloads. */
export function agent(settings: MemberSettings, index: number): Recipe {
  const { controlPlane } = settings;
  const through = controlPlane[index % controlPlane.length] ?? "";
  return carrier(settings, { server: `https://${through}:6443` }, unit([]));
}

/**
 * A member that carries workloads and that the cloud made: the member that joins it writes what is its own into `paths.itself`, and a token into `paths.token`
 * with which k3s starts again.
 */
export const elasticAgent = (settings: Omit<MemberSettings, "address">): Recipe =>
  // The cluster is there, and the member that joins the host waits for it as long as its token lives.
  carrier(settings, {}, unit([paths.itself, paths.token], false));

function carrier(settings: Member, own: Readonly<Record<string, unknown>>, service: Unit): Recipe {
  const host: Recipe = {
    packages: ["curl"],
    files: [
      ...runtime(settings, "agent"),
      { path: `${directory}/config.yaml`, content: json({ ...member(settings), ...own }), mode: "0600" },
      {
        path: "/etc/sovereign-uc/checks.d/50-cluster",
        mode: "0755",
        content:
          "#!/bin/sh\n# The kubelet says that it is well.\nexec curl -fsS -o /dev/null http://127.0.0.1:10248/healthz\n",
      },
    ],
    units: [service],
    openings: between(settings.range, settings.podRange),
  };
  return combine(host, renewedCertificates(undefined));
}

/** From where to where a member passes packets on: those of pods, and to and from the hosts of its network. */
export const podForwards = (range: string, podRange: string): readonly (readonly [from: string, to: string])[] => [
  [podRange, podRange],
  [podRange, range],
  [range, podRange],
];

/** Ports that every member has towards every other. */
const between = (range: string, podRange: string): Opening[] => [
  outbound("tcp", [1, 65535], [podRange], "probes, and what Kubernetes services lead to"),
  outbound("udp", [1, 65535], [podRange], "what Kubernetes services lead to"),
  inbound("udp", 51820, [range], "WireGuard between members"),
  outbound("udp", 51820, [range], "WireGuard between members"),
  outbound("tcp", 6443, [range], "Kubernetes API"),
  inbound("tcp", 10250, [range], "kubelet, for the API"),
];

const hosts = (addresses: readonly string[]): string[] => addresses.map((address) => `${address}/32`);
