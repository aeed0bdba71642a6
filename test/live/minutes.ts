/**
 * Minutes of recordings on live nodes, from the bucket to the people: a store, servers of speech and of language, a database and workers, as their components render them.
 * The hub, the identity service and the mail relay are one pod of the tests' own, behind policies that the components render.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildSync } from "esbuild";
import { serviceHost } from "../../components/core/tier";
import { workloadLabel } from "../../components/kubernetes/peers";
import type { KubernetesObject } from "../support/programs/apply";
import { until } from "../support/programs/background";
import { speechPlaces } from "../support/programs/speech";
import type { LiveCluster } from "./live-cluster";
import { hubPorts, people } from "./minutes-people";
import { artefacts, folder, hub, hubCa, operator, program, whisperFolder } from "./minutes-program";
import { store as archive } from "./postgres-program";
import { issue } from "./pki";
import type { Rendered } from "./rendered";
import type { LiveOptions } from "./start-live";

const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
} as const;

/** Place of the tests' own pods: a host that no test switches off. */
const aside = {
  nodeSelector: { "kubernetes.io/hostname": "live-data-1" },
  tolerations: [{ key: "data", operator: "Exists" }],
  terminationGracePeriodSeconds: 0,
} as const;

/** An image as the deployment names it. */
function imageOf({ registry, objects }: Rendered, path: string): string {
  const found = new RegExp(`"(${registry}/${path}[:@][^"]*)"`).exec(JSON.stringify(objects))?.[1];
  if (found === undefined) throw new Error(`expected the image ${path} among the objects, got none`);
  return found;
}

/** Pods of the tests' own: the hub, and the operator's client of buckets. */
function ownPods(rendered: Rendered): readonly KubernetesObject[] {
  const pair = issue(hubCa(), { commonName: "hub", dnsNames: [serviceHost(hub)] });
  const { outputFiles } = buildSync({
    entryPoints: [join(__dirname, "minutes-hub.ts")],
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "cjs",
  });
  const { namespace, name } = hub;
  const labels = { [workloadLabel]: name };
  const at = { name: operator.name, namespace: operator.namespace };
  const keys = rendered.outputs["keys"] as Readonly<Record<string, readonly string[]>>;
  const remotes = Object.entries(keys).flatMap(([bucket, [access = "", secret = ""]]) => {
    const remote = `RCLONE_CONFIG_${bucket.toUpperCase()}`;
    return Object.entries({
      TYPE: "s3",
      PROVIDER: "Other",
      ENDPOINT: String(rendered.outputs["endpoint"]),
      REGION: "store",
      NO_CHECK_BUCKET: "true",
      ACCESS_KEY_ID: access,
      SECRET_ACCESS_KEY: secret,
    }).map(([key, value]) => ({ name: `${remote}_${key}`, value }));
  });
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace },
      data: {
        "hub.js": outputFiles[0]?.text ?? "",
        "server.crt": pair.certificate,
        "server.key": pair.key,
        "ca.crt": hubCa().certificate,
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace },
      spec: {
        selector: labels,
        ports: Object.entries(hubPorts).map(([portName, port]) => ({ name: portName, port, protocol: "TCP" })),
      },
    },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace, labels },
      spec: {
        ...aside,
        containers: [
          {
            name,
            image: imageOf(rendered, "library/node"),
            command: ["node", "/hub/hub.js"],
            env: [{ name: "PEOPLE", value: JSON.stringify(people) }],
            securityContext: { ...restricted, runAsUser: 1_000 },
            readinessProbe: { tcpSocket: { port: hubPorts.https } },
            volumeMounts: [{ name: "files", mountPath: "/hub" }],
          },
        ],
        volumes: [{ name: "files", configMap: { name } }],
      },
    },
    { apiVersion: "v1", kind: "Namespace", metadata: { name: at.namespace } },
    { apiVersion: "v1", kind: "ConfigMap", metadata: at, data: { "ca.crt": String(rendered.outputs["ca"]) } },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...at, labels: { [workloadLabel]: at.name } },
      spec: {
        ...aside,
        containers: [
          {
            name: at.name,
            image: imageOf(rendered, "rclone/rclone"),
            command: ["sleep", "1000000"],
            env: [{ name: "RCLONE_CA_CERT", value: "/trust/ca.crt" }, ...remotes],
            volumeMounts: [
              { name: "trust", mountPath: "/trust" },
              { name: "files", mountPath: "/files" },
              { name: "whisper", mountPath: `/files/${whisperFolder}`, readOnly: true },
            ],
          },
        ],
        volumes: [
          { name: "trust", configMap: { name: at.name } },
          { name: "files", hostPath: { path: folder } },
          { name: "whisper", hostPath: { path: speechPlaces()?.models.whisper ?? "/none" } },
        ],
      },
    },
  ] as unknown as readonly KubernetesObject[];
}

/** Copies what lies in the operator's folder into a bucket. */
export const uploaded = (cluster: LiveCluster, from: string, to: string): Promise<string> =>
  cluster.kubectl(
    ["exec", "-n", operator.namespace, operator.name, "--", "rclone", "copy", `/files/${from}`, to],
    "",
    300_000,
  );

/** Puts a file into the operator's folder. */
export function laid(path: string, content: string | Buffer): void {
  const whole = join(folder, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, content);
}

const isTask = ({ kind }: KubernetesObject): boolean => kind === "Job";
/** Servers and workers, which start when the operator has put the models into the bucket. */
const isAfterModels = ({ kind, metadata }: KubernetesObject): boolean => {
  const own = kind === "Namespace" ? metadata.name : metadata.namespace;
  return own !== undefined && ["speech", "words", "notes"].includes(own);
};

/** The engine's order: buckets come once the store is ready. Then the operator puts models into theirs. */
async function afterwards(cluster: LiveCluster, later: readonly KubernetesObject[]): Promise<void> {
  await cluster.apply(later.filter(isTask));
  const done = (): Promise<string> =>
    cluster.kubectl(["get", "jobs", "-n", "store", "-o", "jsonpath={.items[*].status.succeeded}"]);
  await until("the buckets to be made", async () => (await done()) === "1", 240);
  await uploaded(cluster, "models", "models:models");
  await cluster.apply(later.filter((object) => !isTask(object)));
  await until("pods of the servers", async () => (await cluster.pods(["speech", "words", "notes"])).length >= 6);
  await cluster.ready(["speech", "words", "notes"], 420);
}

export const minutes = {
  program,
  change: {},
  store: archive.host,
  artefacts,
  prepare: async ({ outside }) => {
    await outside.startStore(archive.host, [archive.bucket], { access: archive.access, secret: archive.secret });
    await outside.startArtefacts(artefacts, folder);
    rmSync(join(folder, "recordings"), { recursive: true, force: true });
  },
  objects: (rendered) => [...rendered.objects, ...ownPods(rendered)],
  isLater: (object) => isTask(object) || isAfterModels(object),
  seconds: 480,
  afterwards,
} satisfies LiveOptions;
