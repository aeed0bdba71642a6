/** A homeserver on live nodes with everything that it is connected to: PostgreSQL, a cache, a bucket outside, an identity provider, a volume. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { givenBucket, givenOidcClient } from "../../components/core/connections";
import { givenSecret } from "../../components/core/secret";
import { edgeNamespace, tier } from "../../components/core/tier";
import { CertificateAuthority } from "../../components/infrastructure/certificate-authority";
import { Valkey } from "../../components/kubernetes/cache";
import { Namespace } from "../../components/kubernetes/namespace";
import { workloadLabel } from "../../components/kubernetes/peers";
import { Postgres } from "../../components/kubernetes/postgres";
import { Matrix, planMatrix } from "../../components/services/matrix";
import { synapseTier } from "../../components/services/matrix/settings";
import type { KubernetesObject } from "../support/programs/apply";
import { opens } from "./ask";
import { describeLive } from "./describe-live";
import { isReady, type LiveCluster, type Pod } from "./live-cluster";
import { outsideAuthority } from "./outside";
import type { Rendered } from "./rendered";
import { smallCluster } from "./small-cluster";

const store = { host: "store.example.ch", bucket: "chat-media", access: "store-access", secret: "store-secret" };
const provider = tier("identity", "provider", { https: 8443 });
const issuer = `https://provider.identity.svc.cluster.local:8443`;
/** In the place of the edge: its policies let the homeserver in from there. */
const edge = tier(edgeNamespace, "live-edge", { web: 8443 });
const domain = "chat.crisis.example.ch";
const clientSecret = "client-secret-of-the-tests";
const homeserver = synapseTier("chat");

const program = (): Record<string, unknown> => {
  const plan = planMatrix({ name: "chat", domain, users: 50, mediaGib: 8 });
  const cluster = smallCluster({
    application: 2,
    pools: { data: { count: 3, volumes: { postgres: { gib: 8 }, "chat-media": { gib: 8 } } } },
    egress: [{ host: store.host, port: 443, reason: "files and archive" }],
  });
  const gateways = { name: "gateways", ranges: cluster.gatewayAddresses.map((address) => `${address}/32`) };
  const bucket = givenBucket({
    endpoint: `https://${store.host}`,
    bucket: store.bucket,
    region: "live",
    accessKey: givenSecret(store.access),
    secretKey: givenSecret(store.secret),
    ca: outsideAuthority().certificate,
    port: 3128,
    peer: gateways,
  });
  const postgres = new Postgres("records", {
    cluster,
    pool: "data",
    volume: { from: "postgres", gib: 8 },
    resources: { cpu: 0.2, memoryMib: 384 },
    databases: { chat: { locale: "C" } },
    archive: { bucket: { ...bucket, bucket: "archive" } },
  });
  const cache = new Valkey("store", { namespace: new Namespace("cache", { cluster }), memoryMib: 32 });
  const authority = new CertificateAuthority("identity", { commonName: "identity" });
  const served = authority.issue("provider", {
    commonName: "provider",
    dnsNames: [new URL(issuer).hostname],
    usage: "server",
  });
  const matrix = new Matrix("chat", {
    on: {
      cluster,
      edge,
      media: () => {
        throw new Error("expected no question for media hosts, got one");
      },
    },
    plan,
    database: postgres.database("chat", { from: homeserver }),
    login: givenOidcClient({
      issuer,
      clientId: "chat",
      clientSecret: givenSecret(clientSecret),
      ca: authority.certificate,
      port: 8443,
      peer: provider,
    }),
    bucket,
    image: { path: "live/synapse-with-store", upstream: "registry.example.ch/synapse", version: "1" },
    cache: cache.access({ from: homeserver }),
  });
  return {
    kubeconfig: cluster.kubeconfig,
    url: matrix.url,
    certificate: served.certificate,
    key: served.privateKey,
    ca: authority.certificate,
  };
};

/** The identity provider, and a browser in the place of the edge. */
const beside = ({ registry, outputs }: Rendered): readonly KubernetesObject[] => {
  const image = `${registry}/live/synapse-with-store:1`;
  const files = (name: string): string => readFileSync(join(__dirname, "files", name), "utf8");
  const made = (of: { namespace: string; name: string }, data: Readonly<Record<string, string>>, container: object) => [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: of.namespace } },
    { apiVersion: "v1", kind: "ConfigMap", metadata: of, data },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...of, labels: { [workloadLabel]: of.name } },
      spec: {
        terminationGracePeriodSeconds: 0,
        nodeSelector: { "kubernetes.io/hostname": "live-application-1" },
        containers: [{ name: of.name, image, volumeMounts: [{ name: "files", mountPath: "/files" }], ...container }],
        volumes: [{ name: "files", configMap: { name: of.name } }],
      },
    },
  ];
  return [
    ...made(
      { namespace: provider.namespace, name: provider.name },
      {
        "provider.py": files("oidc-provider.py"),
        "tls.crt": String(outputs["certificate"]),
        "tls.key": String(outputs["key"]),
      },
      {
        command: ["python3", "/files/provider.py", issuer, "/files/tls.crt", "/files/tls.key", "chat"],
        env: [{ name: "CLIENT_SECRET", value: clientSecret }],
        readinessProbe: { tcpSocket: { port: 8443 } },
      },
    ),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: provider.name, namespace: provider.namespace },
      spec: { selector: { [workloadLabel]: provider.name }, ports: [{ port: 8443 }] },
    },
    ...made(
      { namespace: edge.namespace, name: edge.name },
      { "client.py": files("matrix-client.py"), "ca.crt": String(outputs["ca"]) },
      { command: ["sleep", "infinity"] },
    ),
  ] as unknown as readonly KubernetesObject[];
};

jest.setTimeout(300_000);

describeLive(
  "a homeserver on live nodes",
  {
    program,
    change: {},
    store: store.host,
    prepare: async (cluster) => {
      await cluster.outside.startStore(store.host, [store.bucket, "archive"], store);
    },
    objects: (made) => [...made.objects, ...beside(made)],
  },
  (live) => {
    const cluster = (): LiveCluster => live().cluster;
    const exec = (namespace: string, pod: string, command: readonly string[]): Promise<string> =>
      cluster().kubectl(["exec", "-n", namespace, pod, "--", ...command]);
    const browser = async (...what: readonly string[]): Promise<Record<string, unknown>> => {
      const place = `http://${homeserver.name}-0.${homeserver.name}.chat.svc.cluster.local:8008`;
      const said = await exec(edge.namespace, edge.name, [
        "python3",
        "/files/client.py",
        place,
        domain,
        "/files/ca.crt",
        ...what,
      ]);
      return JSON.parse(said) as Record<string, unknown>;
    };
    const pod = async (): Promise<Pod> => {
      const [found] = (await cluster().pods(["chat"])).filter(isReady);
      if (found === undefined) throw new Error("expected a homeserver, got none");
      return found;
    };
    let kept: { readonly token: string; readonly room: string; readonly media: string };

    it("a person logs in at the identity provider, writes, and sends a file, which is in the bucket before the answer", async () => {
      kept = (await browser("write")) as typeof kept;
      const found = await cluster()
        .outside.running("outside")
        .sh(`grep -rlF 'the file' /var/lib/live/store/${store.bucket} | wc -l`);
      expect(Number(found)).toBe(1);
      expect(await browser("read", kept.token, kept.room, kept.media)).toEqual({
        messages: ["kept"],
        file: "the file",
      });
    });

    it("nobody registers", async () => {
      expect(await browser("refused")).toEqual({ register: 403 });
    });

    it("is started again with everything that it kept, and people stay logged in", async () => {
      const begun = Date.now();
      const before = (await pod()).metadata.uid;
      await cluster().kubectl(["delete", "pod", "-n", "chat", `${homeserver.name}-0`, "--wait=true"], "", 120_000);
      await cluster().ready(["chat"], 180);
      process.stderr.write(`started again: ${((Date.now() - begun) / 1000).toFixed(1)} s until it was ready\n`);
      expect((await pod()).metadata.uid).not.toBe(before);
      expect(await browser("read", kept.token, kept.room, kept.media)).toEqual({
        messages: ["kept"],
        file: "the file",
      });
    });

    it("a file that the volume has lost comes back from the bucket", async () => {
      const { spec } = await pod();
      await cluster()
        .host(spec.nodeName ?? "")
        .sh("rm -rf /var/lib/sovereign-uc/volumes/chat-media/local_content");
      expect(await browser("read", kept.token, kept.room, kept.media)).toEqual({
        messages: ["kept"],
        file: "the file",
      });
    });

    it("reaches its database, its cache, its login and the gateways' proxy, and nothing else", async () => {
      const from = await pod();
      const [member] = (await cluster().pods(["records"])).filter(isReady);
      const [proxy] = (await cluster().pods(["cache"])).filter(
        ({ metadata }) => metadata.labels[workloadLabel] === "store-proxy",
      );
      const [replica] = (await cluster().pods(["cache"])).filter(
        ({ metadata }) => metadata.labels[workloadLabel] === "store-replica",
      );
      const [identity] = await cluster().pods(["identity"]);
      const [gateway] = cluster().byRole("gateway");
      const [control] = cluster().byRole("control-plane");
      const targets = [
        [identity?.status.podIP ?? "", 8443, true],
        [proxy?.status.podIP ?? "", 6379, true],
        [gateway?.address ?? "", 3128, true],
        [replica?.status.podIP ?? "", 6379, false],
        [member?.status.podIP ?? "", 8008, false],
        [control?.address ?? "", 6443, false],
        ["10.0.0.10", 389, false],
        ["192.0.2.81", 443, false],
        ["198.18.0.1", 443, false],
      ] as const;
      expect(
        await opens(
          cluster(),
          from,
          targets.map(([address, port]) => [address, port] as const),
        ),
      ).toEqual(targets.map(([, , open]) => open));
    });

    it("asks for no name but those that it is connected to", async () => {
      const questions = (await cluster().outside.questions()).join("\n");
      expect(questions).toContain(store.host);
      expect(questions).not.toMatch(/matrix\.org|vector\.im|element\.io/);
    });
  },
);
