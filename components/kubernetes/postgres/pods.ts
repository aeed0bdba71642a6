import type * as input from "@pulumi/kubernetes/types/input";
import { gatewayName, proxyPort } from "../../recipe/parts/private-host";
import { poolLabel } from "../../core/taints";
import { container, type Resources } from "../container";
import { podSpec } from "../pod";
import type { KubernetesTarget } from "../target";
import { claimedMount, type WorkloadVolume } from "../volume";
import { patroniVariables } from "./patroni";
import { archivePort, paths, ports } from "./paths";
import { besides } from "./plan";

/** Settings of a cluster's pods. */
export interface PodsSettings {
  readonly name: string;
  readonly cluster: KubernetesTarget;
  readonly pool: string;
  readonly image: string;
  readonly volume: WorkloadVolume;
  readonly resources: Resources;
  /** Host and port of the store, which the pods' own way leads to. */
  readonly store: { readonly host: string; readonly port: number };
  /** Moment to begin from, in an archive of another cluster. */
  readonly restore?: string;
}

/** User of the image, "postgres": timescale/timescaledb-docker-ha ae77e28, Dockerfile. */
export const postgresUser = 1000;

/** Objects of a cluster that its pods mount, by what they are. */
export const mountedNames = (name: string) =>
  ({
    tls: `${name}-tls`,
    variables: `${name}-archive`,
    roles: `${name}-roles`,
    configuration: `${name}-configuration`,
    scripts: `${name}-scripts`,
  }) as const;

type Container = input.core.v1.Container;

/**
 * One instance: Patroni with PostgreSQL below it, and beside it the keeper (roles, databases, backups) and the way to the archive. All three are one image's, hardened
 * alike; the data is mounted for reading alone where it is only read.
 */
export function instance(settings: PodsSettings): input.core.v1.PodSpec {
  const { name, cluster, pool, image, volume, resources, store } = settings;
  const names = mountedNames(name);
  const base = podSpec({
    name,
    pool,
    poolLabel: cluster.poolLabel ?? poolLabel,
    taints: cluster.taints?.[pool] ?? [],
    image,
    command: ["/bin/sh", `${paths.scripts}/start-postgres.sh`, paths.data, `${paths.configuration}/patroni.yml`],
    user: postgresUser,
    hostNetwork: false,
    lowPorts: false,
    env: { ...environment, ...patroniVariables.texts, ...restored(settings.restore) },
    podFields: patroniVariables.fields,
    envSecret: names.variables,
    mounts: [],
    volumes: [volume],
    init: [],
    initSecrets: {},
    resources,
    serves: {
      ports: [
        { name: "postgres", port: ports.postgres },
        { name: "patroni", port: ports.patroni },
      ],
      probes: {
        ready: { get: "/readiness", port: ports.patroni, everySeconds: 5 },
        alive: { get: "/liveness", port: ports.patroni, failures: 6 },
      },
      drain: { command: ["/bin/sh", `${paths.scripts}/stop-postgres.sh`], seconds: 120 },
    },
    account: name,
    names: { [gatewayName]: cluster.gatewayAddresses, [store.host]: ["127.0.0.1"] },
  });
  const [postgres] = base.containers as readonly Container[] as readonly [Container];
  const data = claimedMount(volume);
  const shared = [
    { name: "socket", mountPath: paths.socket },
    { name: "tls", mountPath: paths.tls, readOnly: true },
    { name: "configuration", mountPath: paths.configuration, readOnly: true },
    { name: "scripts", mountPath: paths.scripts, readOnly: true },
  ];
  const alive = { httpGet: { path: "/liveness", port: ports.patroni, scheme: "HTTPS" } };
  const beside = { image, podFields: {}, lowPorts: false };
  return {
    ...base,
    // Beside the others from before they start until after they end: a restore begins with the archive, and a clean stop ends with it.
    initContainers: [
      {
        ...container({
          ...beside,
          name: "way",
          command: [
            "python3",
            `${paths.scripts}/reach-archive.py`,
            `${archivePort}`,
            `${store.host}:${store.port}`,
            ...cluster.gatewayAddresses.map((address) => `${address}:${proxyPort}`),
          ],
          env: {},
          resources: besides.way,
          volumeMounts: [{ name: "scripts", mountPath: paths.scripts, readOnly: true }],
        }),
        restartPolicy: "Always",
      },
    ],
    containers: [
      {
        ...postgres,
        name: "postgres",
        readinessProbe: https(postgres.readinessProbe),
        livenessProbe: https(postgres.livenessProbe),
        // A first copy of a large cluster takes hours, and is alive meanwhile.
        startupProbe: { ...alive, periodSeconds: 5, failureThreshold: 24, timeoutSeconds: 5 },
        volumeMounts: [data, ...shared, { name: "shm", mountPath: "/dev/shm" }, { name: "tmp", mountPath: "/tmp" }],
      },
      container({
        ...beside,
        name: "keeper",
        command: [
          "python3",
          `${paths.scripts}/look-after.py`,
          `${paths.configuration}/keeper.json`,
          `${paths.roles}/roles.json`,
        ],
        env: environment,
        envSecret: names.variables,
        resources: besides.keeper,
        volumeMounts: [
          { ...data, readOnly: true },
          ...shared,
          { name: "roles", mountPath: paths.roles, readOnly: true },
          { name: "keeper-tmp", mountPath: "/tmp" },
        ],
      }),
    ],
    volumes: [
      // In memory: nothing of it ever reaches a disk that is not encrypted.
      { name: "socket", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
      {
        name: "shm",
        emptyDir: { medium: "Memory", sizeLimit: `${Math.max(64, Math.floor(resources.memoryMib / 8))}Mi` },
      },
      { name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
      { name: "keeper-tmp", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } },
      { name: "tls", secret: { secretName: names.tls, defaultMode: 0o440 } },
      { name: "roles", secret: { secretName: names.roles, defaultMode: 0o440 } },
      { name: "configuration", configMap: { name: names.configuration } },
      { name: "scripts", configMap: { name: names.scripts } },
    ],
  };
}

/** Variables of both containers that call pgBackRest; the image has others of the same names. */
const environment = {
  HOME: "/tmp",
  PGBACKREST_CONFIG: `${paths.configuration}/pgbackrest.conf`,
  PGBACKREST_STANZA: "main",
} as const;

const restored = (moment: string | undefined): Readonly<Record<string, string>> =>
  moment === undefined ? {} : { RESTORE_TIME: moment, RESTORE_CONFIG: `${paths.configuration}/restore.conf` };

/** Patroni's API answers over TLS; the kubelet asks it without looking at the certificate. */
function https(probe: Container["readinessProbe"]): input.core.v1.Probe {
  const asked = probe as input.core.v1.Probe;
  return { ...asked, httpGet: { ...(asked.httpGet as input.core.v1.HTTPGetAction), scheme: "HTTPS" } };
}
