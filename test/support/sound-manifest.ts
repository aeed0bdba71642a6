/** Manifests of a workload in which no rule finds anything but what its image gives: two replicas apart, a budget, and a closed namespace. The Deployment comes first. */
export const soundManifest = (image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: DoNotSchedule
          labelSelector: { matchLabels: { app: web } }
      containers: [{ name: a, image: "${image}" }]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: web }
spec: { minAvailable: 1, selector: { matchLabels: { app: web } } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: closed, namespace: web }
spec: { podSelector: {}, policyTypes: [Ingress, Egress] }
`;

/** An image of a registry, by a digest. */
export const pinned = (repository: string): string => `${repository}@sha256:${"0123456789abcdef".repeat(4)}`;
