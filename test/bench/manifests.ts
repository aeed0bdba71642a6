/** Numbers that look random and are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

type Manifest = Readonly<Record<string, unknown>>;

/** Manifests as ordinary projects have them: most kinds that there are, some well kept, some not. The same seed gives the same ones. */
export const manifests = (count: number, seed = 1): readonly Manifest[] => [...manifestsOneByOne(count, seed)];

/** The same, each made when it is asked for. */
export function* manifestsOneByOne(count: number, seed = 1): Generator<Manifest> {
  const next = seeded(seed);
  const one = <T>(list: readonly [T, ...T[]]): T => list[Math.floor(next() * list.length)] ?? list[0];
  const often = (share: number): boolean => next() < share;
  const pod = (name: string): Manifest => ({
    metadata: { labels: { app: name, "app.kubernetes.io/name": name } },
    spec: {
      ...(often(0.5) ? { automountServiceAccountToken: false } : {}),
      ...(often(0.5) ? { securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } } } : {}),
      containers: Array.from({ length: 1 + Math.floor(next() * 2) }, (_, i) => ({
        name: `c${i}`,
        image: one([
          "registry.example.ch/team/app:1.4.2",
          "nginx:1.27",
          "ghcr.io/acme/worker:v3",
          "docker.io/library/redis:7",
        ]),
        ...(often(0.5) ? { imagePullPolicy: "Always" } : {}),
        ...(often(0.7)
          ? { resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } } }
          : {}),
        ...(often(0.4) ? { securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true } } : {}),
        env: [
          { name: "DATABASE_URL", value: `postgres://app@db-${i}.data.svc:5432/app` },
          { name: "PUBLIC_URL", value: one(["https://app.example.ch", "https://hooks.slack.com/services/T0/B0/x"]) },
          { name: "LOG_LEVEL", value: one(["info", "debug"]) },
        ],
        ports: [{ containerPort: 8080 + i }],
        ...(often(0.6) ? { livenessProbe: { httpGet: { path: "/health", port: 8080 } } } : {}),
        ...(often(0.6) ? { readinessProbe: { httpGet: { path: "/ready", port: 8080 } } } : {}),
      })),
    },
  });
  const workload = (kind: string, name: string): Manifest => ({
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace: one(["default", "shop", "meet"]), labels: { app: name } },
    spec: {
      ...(kind === "DaemonSet" ? {} : { replicas: 1 + Math.floor(next() * 3) }),
      ...(kind === "StatefulSet" ? { serviceName: name } : {}),
      selector: { matchLabels: { app: name } },
      template: pod(name),
    },
  });
  const makers: readonly [(name: string) => Manifest, ...((name: string) => Manifest)[]] = [
    (name) => workload("Deployment", name),
    (name) => workload("Deployment", name),
    (name) => workload("StatefulSet", name),
    (name) => workload("DaemonSet", name),
    (name) => ({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace: "shop" },
      spec: {
        type: one(["ClusterIP", "LoadBalancer", "NodePort"]),
        selector: { app: name },
        ports: [{ port: 80, targetPort: 8080 }],
      },
    }),
    (name) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace: "shop" },
      data: {
        "app.yaml": `server:\n  listen: 0.0.0.0:8080\n  upstream: https://${name}.example.ch/api\nmetrics:\n  enabled: ${String(often(0.5))}\n`,
        "nginx.conf": `server {\n  listen 8080;\n  server_name ${name}.example.ch;\n  location / { proxy_pass http://app:8080; }\n}\n`,
      },
    }),
    (name) => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name, namespace: "shop" },
      spec: {
        podSelector: { matchLabels: { app: name } },
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 8080, protocol: "TCP" }] }],
        egress: [
          {
            to: [{ ipBlock: { cidr: one(["10.4.0.0/16", "0.0.0.0/0"]) } }],
            ports: [{ port: one([443, 25]), protocol: "TCP" }],
          },
        ],
      },
    }),
    (name) => ({
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name, namespace: "shop" },
      spec: { schedule: "0 3 * * *", jobTemplate: { spec: { template: pod(name) } } },
    }),
    (name) => ({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: { name, namespace: "shop" },
      rules: [{ apiGroups: [""], resources: [one(["pods", "secrets"])], verbs: [one(["get", "*"])] }],
    }),
    (name) => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name, namespace: "shop" },
      spec: {
        rules: [
          {
            host: `${name}.example.ch`,
            http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name, port: { number: 80 } } } }] },
          },
        ],
      },
    }),
  ];
  for (let i = 0; i < count; i++) yield one(makers)(`item-${i}`);
}
