import { type Fact, lastReview as reviewed } from "./fact";

/** A custom resource that an operator turns into replicas, with the figure that it takes where none is given. */
export interface ReplicatedFact extends Fact {
  readonly group: string;
  readonly kind: string;
  readonly path: readonly string[];
  /** Replicas where the path is not there. */
  readonly usual: number;
}

const row = (group: string, kind: string, path: string, usual: number, source: string): ReplicatedFact => ({
  group,
  kind,
  path: path.split("."),
  usual,
  source,
  reviewed,
});

export const replicated: readonly ReplicatedFact[] = [
  row("postgresql.cnpg.io", "Cluster", "spec.instances", 1, "cloudnative-pg api/v1 cluster_types.go (default 1)"),
  row("monitoring.coreos.com", "Alertmanager", "spec.replicas", 1, "prometheus-operator api reference"),
  row("monitoring.coreos.com", "Prometheus", "spec.replicas", 1, "prometheus-operator api reference"),
  row("rabbitmq.com", "RabbitmqCluster", "spec.replicas", 1, "rabbitmq/cluster-operator api/v1beta1 (default 1)"),
  row("k8s.keycloak.org", "Keycloak", "spec.instances", 1, "keycloak operator Keycloak spec (instances)"),
  row("redis.redis.opstreelabs.in", "RedisReplication", "spec.clusterSize", 1, "OT-CONTAINER-KIT/redis-operator api"),
  row("acid.zalan.do", "postgresql", "spec.numberOfInstances", 1, "zalando/postgres-operator manifests reference"),
  row("mariadb.mmontes.io", "MariaDB", "spec.replicas", 1, "mariadb-operator api reference"),
  row("k8s.mariadb.com", "MariaDB", "spec.replicas", 1, "mariadb-operator api reference"),
  row("kafka.strimzi.io", "KafkaNodePool", "spec.replicas", 1, "strimzi api reference"),
  row("nats.io", "NatsCluster", "spec.size", 1, "nats-operator api"),
  row(
    "argoproj.io",
    "Rollout",
    "spec.replicas",
    1,
    "https://argo-rollouts.readthedocs.io (spec.replicas defaults to 1)",
  ),
];
