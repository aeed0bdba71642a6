import { type Fact, lastReview as reviewed } from "./fact";

/** A custom resource that an operator turns into replicas, with the figure that it takes where none is given. */
export interface ReplicatedFact extends Fact {
  readonly group: string;
  readonly kind: string;
  /** Keys to the figure; `*` stands for each item of a list. */
  readonly path: readonly string[];
  /** Replicas where the path is not there: 0 where no pod comes to be, or the object is refused. */
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
  row(
    "postgresql.cnpg.io",
    "Cluster",
    "spec.instances",
    1,
    "cloudnative-pg/cloudnative-pg api/v1/cluster_types.go at a95a534d (default 1)",
  ),
  row(
    "monitoring.coreos.com",
    "Alertmanager",
    "spec.replicas",
    1,
    "prometheus-operator/prometheus-operator pkg/apis/monitoring/v1/alertmanager_types.go at 6adcebc5",
  ),
  row(
    "monitoring.coreos.com",
    "Prometheus",
    "spec.replicas",
    1,
    "prometheus-operator/prometheus-operator pkg/apis/monitoring/v1/prometheus_types.go at 6adcebc5 (default 1)",
  ),
  row(
    "rabbitmq.com",
    "RabbitmqCluster",
    "spec.replicas",
    1,
    "rabbitmq/cluster-operator api/v1beta1/rabbitmqcluster_types.go at 06cda8e8 (default 1)",
  ),
  row(
    "k8s.keycloak.org",
    "Keycloak",
    "spec.instances",
    1,
    "keycloak/keycloak-k8s-resources kubernetes/keycloaks.k8s.keycloak.org-v1.yml at 26.0.0 (default 1)",
  ),
  row(
    "redis.redis.opstreelabs.in",
    "RedisReplication",
    "spec.clusterSize",
    0,
    "OT-CONTAINER-KIT/redis-operator api/redisreplication/v1beta2/redisreplication_types.go at 5dd04e17 (required)",
  ),
  row(
    "acid.zalan.do",
    "postgresql",
    "spec.numberOfInstances",
    0,
    "zalando/postgres-operator docs/reference/cluster_manifest.md at a7aaad0a (required)",
  ),
  row("mariadb.mmontes.io", "MariaDB", "spec.replicas", 1, "mariadb-operator api reference"),
  row(
    "k8s.mariadb.com",
    "MariaDB",
    "spec.replicas",
    1,
    "mariadb-operator/mariadb-operator api/v1alpha1/mariadb_types.go at 8970edf8 (default 1)",
  ),
  row("kafka.strimzi.io", "KafkaNodePool", "spec.replicas", 1, "strimzi api reference"),
  row(
    "redis.redis.opstreelabs.in",
    "RedisCluster",
    "spec.clusterSize",
    0,
    "OT-CONTAINER-KIT/redis-operator api/rediscluster/v1beta2/rediscluster_types.go at 5dd04e17 (required)",
  ),
  row(
    "redis.redis.opstreelabs.in",
    "RedisSentinel",
    "spec.clusterSize",
    3,
    "OT-CONTAINER-KIT/redis-operator api/redissentinel/v1beta2/redissentinel_types.go at 5dd04e17 (default 3)",
  ),
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
    0,
    "elastic/cloud-on-k8s pkg/apis/elasticsearch/v1/elasticsearch_types.go at 7b93383d (no pod without a figure)",
  ),
  row(
    "kibana.k8s.elastic.co",
    "Kibana",
    "spec.count",
    0,
    "elastic/cloud-on-k8s pkg/apis/kibana/v1/kibana_types.go at 7b93383d (no pod without a figure)",
  ),
  row("opensearch.opster.io", "OpenSearchCluster", "spec.nodePools.*.replicas", 1, "opensearch-k8s-operator api"),
  row("psmdb.percona.com", "PerconaServerMongoDB", "spec.replsets.*.size", 1, "percona-server-mongodb-operator api"),
  row(
    "pxc.percona.com",
    "PerconaXtraDBCluster",
    "spec.pxc.size",
    1,
    "percona/percona-xtradb-cluster-operator pkg/apis/pxc/v1/pxc_types.go at b3b0b10a (fewer than 3 are refused but for unsafeFlags)",
  ),
  row("pgv2.percona.com", "PerconaPGCluster", "spec.instances.*.replicas", 1, "percona-postgresql-operator api"),
  row(
    "postgres-operator.crunchydata.com",
    "PostgresCluster",
    "spec.instances.*.replicas",
    1,
    "CrunchyData/postgres-operator pkg/apis/postgres-operator.crunchydata.com/v1beta1/postgrescluster_types.go at 0fbac306 (default 1)",
  ),
  row(
    "mysql.oracle.com",
    "InnoDBCluster",
    "spec.instances",
    1,
    "mysql/mysql-operator deploy/deploy-crds.yaml at aec777a1 (default 1)",
  ),
  row(
    "k8ssandra.io",
    "K8ssandraCluster",
    "spec.cassandra.datacenters.*.size",
    0,
    "k8ssandra/k8ssandra-operator apis/k8ssandra/v1alpha1/k8ssandracluster_types.go at 9e3d1b51 (required)",
  ),
  row(
    "minio.min.io",
    "Tenant",
    "spec.pools.*.servers",
    0,
    "minio/operator pkg/apis/minio.min.io/v2/types.go at 0ee2c254 (required)",
  ),
  row(
    "nats.io",
    "NatsCluster",
    "spec.size",
    0,
    "nats-io/nats-operator pkg/apis/nats/v1alpha2/cluster.go at 5e702c59 (no pod without a figure)",
  ),
  row(
    "argoproj.io",
    "Rollout",
    "spec.replicas",
    1,
    "https://argo-rollouts.readthedocs.io (spec.replicas defaults to 1)",
  ),
];
