import { type Fact, lastReview as reviewed } from "./fact";

/** A custom resource that an operator turns into replicas, with the figure that it takes where none is given. */
export interface ReplicatedFact extends Fact {
  readonly group: string;
  readonly kind: string;
  /** Keys to the figure; `*` stands for each item of a list. */
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
  row(
    "databases.spotahome.com",
    "RedisFailover",
    "spec.redis.replicas",
    3,
    "spotahome/redis-operator api/redisfailover/v1/defaults.go at 632aa3da",
  ),
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
  row("redis.redis.opstreelabs.in", "RedisCluster", "spec.clusterSize", 1, "OT-CONTAINER-KIT/redis-operator api"),
  row("redis.redis.opstreelabs.in", "RedisSentinel", "spec.clusterSize", 1, "OT-CONTAINER-KIT/redis-operator api"),
  row(
    "kafka.strimzi.io",
    "Kafka",
    "spec.kafka.replicas",
    3,
    "strimzi api reference (replicas of node pools otherwise)",
  ),
  row(
    "elasticsearch.k8s.elastic.co",
    "Elasticsearch",
    "spec.nodeSets.*.count",
    1,
    "elastic/cloud-on-k8s api reference",
  ),
  row("kibana.k8s.elastic.co", "Kibana", "spec.count", 1, "elastic/cloud-on-k8s api reference"),
  row("opensearch.opster.io", "OpenSearchCluster", "spec.nodePools.*.replicas", 1, "opensearch-k8s-operator api"),
  row("psmdb.percona.com", "PerconaServerMongoDB", "spec.replsets.*.size", 1, "percona-server-mongodb-operator api"),
  row("pxc.percona.com", "PerconaXtraDBCluster", "spec.pxc.size", 1, "percona-xtradb-cluster-operator api"),
  row("pgv2.percona.com", "PerconaPGCluster", "spec.instances.*.replicas", 1, "percona-postgresql-operator api"),
  row(
    "postgres-operator.crunchydata.com",
    "PostgresCluster",
    "spec.instances.*.replicas",
    1,
    "CrunchyData/postgres-operator api",
  ),
  row("mysql.oracle.com", "InnoDBCluster", "spec.instances", 1, "mysql/mysql-operator api"),
  row("k8ssandra.io", "K8ssandraCluster", "spec.cassandra.datacenters.*.size", 1, "k8ssandra-operator api"),
  row("minio.min.io", "Tenant", "spec.pools.*.servers", 1, "minio/operator api"),
  row("nats.io", "NatsCluster", "spec.size", 1, "nats-operator api"),
  row(
    "argoproj.io",
    "Rollout",
    "spec.replicas",
    1,
    "https://argo-rollouts.readthedocs.io (spec.replicas defaults to 1)",
  ),
];
