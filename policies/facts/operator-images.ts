import { type Fact, lastReview as reviewed } from "./fact";

/** An image that an operator takes of its publisher where its object names none. */
export interface OperatorImageFact extends Fact {
  /** Group of the API. */
  readonly group: string;
  readonly kind: string;
  /** Keys from the object's top of which one names the image or its registry; `*` stands for each member. */
  readonly paths: readonly string[];
  /** Reference of the default, without its tag. */
  readonly image: string;
  /** Key of a part that has to be there for the image to be taken. @default always */
  readonly when?: string;
  /** Key that replaces the part, so that no image is taken. @default nothing does */
  readonly unless?: string;
}

const of = (
  source: string,
  group: string,
  ...rows: readonly (readonly [
    kind: string,
    image: string,
    paths: string,
    more?: Pick<OperatorImageFact, "when" | "unless">,
  ])[]
): readonly OperatorImageFact[] =>
  rows.map(([kind, image, paths, more = {}]) => ({
    group,
    kind,
    image,
    paths: paths.split(" "),
    source,
    reviewed,
    ...more,
  }));

const strimzi = "quay.io/strimzi/kafka";
const operator = "quay.io/strimzi/operator";
const elastic = "docker.elastic.co";
const metrics = (kind: string, name: string) => [kind, `victoriametrics/${name}`, "spec.image.repository"] as const;

export const operatorImages: readonly OperatorImageFact[] = [
  ...of(
    "cloudnative-pg/cloudnative-pg pkg/versions/versions.go at a95a534d (DefaultImageName, DefaultPgbouncerImage)",
    "postgresql.cnpg.io",
    ["Cluster", "ghcr.io/cloudnative-pg/postgresql", "spec.imageName spec.imageCatalogRef"],
    ["Pooler", "ghcr.io/cloudnative-pg/pgbouncer", "spec.template.spec.containers.*.image"],
  ),
  ...of(
    "strimzi/strimzi-kafka-operator install/cluster-operator/060-Deployment-strimzi-cluster-operator.yaml at 8541da1e",
    "kafka.strimzi.io",
    ["Kafka", strimzi, "spec.kafka.image"],
    ["Kafka", operator, "spec.entityOperator.topicOperator.image", { when: "spec.entityOperator.topicOperator" }],
    ["Kafka", operator, "spec.entityOperator.userOperator.image", { when: "spec.entityOperator.userOperator" }],
    ["Kafka", strimzi, "spec.kafkaExporter.image", { when: "spec.kafkaExporter" }],
    ["Kafka", strimzi, "spec.cruiseControl.image", { when: "spec.cruiseControl" }],
    ["KafkaConnect", strimzi, "spec.image spec.build.output.image"],
    ["KafkaMirrorMaker2", strimzi, "spec.image"],
    ["KafkaBridge", "quay.io/strimzi/kafka-bridge", "spec.image"],
  ),
  ...of(
    "zalando/postgres-operator manifests/postgresql-operator-default-configuration.yaml at a7aaad0a (docker_image)",
    "acid.zalan.do",
    ["postgresql", "ghcr.io/zalando/spilo-18", "spec.dockerImage"],
  ),
  ...of(
    "spotahome/redis-operator api/redisfailover/v1/defaults.go at 632aa3da",
    "databases.spotahome.com",
    ["RedisFailover", "redis", "spec.redis.image"],
    ["RedisFailover", "redis", "spec.sentinel.image"],
    ["RedisFailover", "quay.io/oliver006/redis_exporter", "spec.redis.exporter.image", { when: "spec.redis.exporter" }],
  ),
  ...of("rabbitmq/cluster-operator cmd/main.go at 06cda8e8 (defaultRabbitmqImage)", "rabbitmq.com", [
    "RabbitmqCluster",
    "rabbitmq",
    "spec.image",
  ]),
  ...(
    [
      ["elasticsearch", "Elasticsearch"],
      ["kibana", "Kibana"],
      ["apm", "ApmServer"],
      ["enterprisesearch", "EnterpriseSearch"],
      ["beat", "Beat"],
      ["agent", "Agent"],
      ["maps", "ElasticMapsServer"],
      ["logstash", "Logstash"],
    ] as const
  ).flatMap(([group, kind]) =>
    of(
      "elastic/cloud-on-k8s pkg/controller/common/container/container.go at 7b93383d (DefaultContainerRegistry)",
      `${group}.k8s.elastic.co`,
      [kind, `${elastic}/${group}/${group}`, "spec.image"],
    ),
  ),
  ...of(
    "prometheus-operator/prometheus-operator pkg/operator/defaults.go at 6adcebc5",
    "monitoring.coreos.com",
    ["Prometheus", "quay.io/prometheus/prometheus", "spec.image spec.baseImage"],
    ["Prometheus", "quay.io/thanos/thanos", "spec.thanos.image spec.thanos.baseImage", { when: "spec.thanos" }],
    ["PrometheusAgent", "quay.io/prometheus/prometheus", "spec.image"],
    ["Alertmanager", "quay.io/prometheus/alertmanager", "spec.image spec.baseImage"],
    ["ThanosRuler", "quay.io/thanos/thanos", "spec.image"],
  ),
  ...of(
    "keycloak/keycloak-k8s-resources kubernetes/kubernetes.yml at 26.0.0 (RELATED_IMAGE_KEYCLOAK)",
    "k8s.keycloak.org",
    ["Keycloak", "quay.io/keycloak/keycloak", "spec.image"],
  ),
  ...of("minio/operator pkg/apis/minio.min.io/v2/constants.go at 0ee2c254 (DefaultMinIOImage)", "minio.min.io", [
    "Tenant",
    "minio/minio",
    "spec.image",
  ]),
  ...of(
    "mariadb-operator/mariadb-operator docs/releases/RELEASE_26.3.0_HEADER.md.gotmpl at 8970edf8",
    "k8s.mariadb.com",
    ["MariaDB", "docker-registry1.mariadb.com/library/mariadb", "spec.image"],
  ),
  ...of(
    "mysql/mysql-operator mysqloperator/controller/config.py at aec777a1 (DEFAULT_IMAGE_REPOSITORY)",
    "mysql.oracle.com",
    ["InnoDBCluster", "container-registry.oracle.com/mysql/community-server", "spec.imageRepository"],
  ),
  ...of(
    "grafana/grafana-operator controllers/config/operator_constants.go at 60d3ebd2 (GrafanaImage)",
    "grafana.integreatly.org",
    [
      "Grafana",
      "docker.io/grafana/grafana",
      "spec.deployment.spec.template.spec.containers.*.image",
      { unless: "spec.external" },
    ],
  ),
  ...of(
    "open-telemetry/opentelemetry-operator internal/config/config.go at be894441",
    "opentelemetry.io",
    [
      "OpenTelemetryCollector",
      "ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector",
      "spec.image",
    ],
    ["TargetAllocator", "ghcr.io/open-telemetry/opentelemetry-operator/target-allocator", "spec.image"],
    ["OpAMPBridge", "ghcr.io/open-telemetry/opentelemetry-operator/operator-opamp-bridge", "spec.image"],
  ),
  ...of("jaegertracing/jaeger-operator pkg/cmd/start/main.go at 87d8ae04", "jaegertracing.io", [
    "Jaeger",
    "jaegertracing/all-in-one",
    "spec.allInOne.image spec.collector.image spec.query.image",
  ]),
  ...of(
    "k8ssandra/cass-operator pkg/images/images.go at d5697290 (DefaultCassandraRepository)",
    "cassandra.datastax.com",
    ["CassandraDatacenter", "k8ssandra/cass-management-api", "spec.serverImage"],
  ),
  ...of(
    "opensearch-project/opensearch-k8s-operator opensearch-operator/pkg/helpers/reconcile-helpers.go at ef6502ab (defaultRepo)",
    "opensearch.opster.io",
    ["OpenSearchCluster", "docker.io/opensearchproject/opensearch", "spec.general.image spec.general.defaultRepo"],
  ),
  ...of(
    "VictoriaMetrics/operator internal/config/config.go at d0d258c8",
    "operator.victoriametrics.com",
    metrics("VMSingle", "victoria-metrics"),
    metrics("VMAgent", "vmagent"),
    metrics("VMAlert", "vmalert"),
    metrics("VMAuth", "vmauth"),
    metrics("VMAnomaly", "vmanomaly"),
    metrics("VLSingle", "victoria-logs"),
    metrics("VLogs", "victoria-logs"),
    metrics("VLAgent", "vlagent"),
    metrics("VTSingle", "victoria-traces"),
    ["VMAlertmanager", "prom/alertmanager", "spec.image.repository"],
    ["VMCluster", "victoriametrics/vmstorage", "spec.vmstorage.image.repository", { when: "spec.vmstorage" }],
    ["VMCluster", "victoriametrics/vmselect", "spec.vmselect.image.repository", { when: "spec.vmselect" }],
    ["VMCluster", "victoriametrics/vminsert", "spec.vminsert.image.repository", { when: "spec.vminsert" }],
  ),
  ...of("dragonflydb/dragonfly-operator internal/resources/const.go at b28637d7 (DragonflyImage)", "dragonflydb.io", [
    "Dragonfly",
    "docker.dragonflydb.io/dragonflydb/dragonfly",
    "spec.image",
  ]),
  ...of("argoproj-labs/argocd-operator common/defaults.go at cf5d1c02 (ArgoCDDefaultArgoImage)", "argoproj.io", [
    "ArgoCD",
    "quay.io/argoproj/argocd",
    "spec.image",
  ]),
  ...of(
    "envoyproxy/gateway api/v1alpha1/shared_types.go at d32f2829 (DefaultEnvoyProxyImage)",
    "gateway.envoyproxy.io",
    [
      "EnvoyProxy",
      "docker.io/envoyproxy/envoy",
      "spec.provider.kubernetes.envoyDeployment.container.image spec.provider.kubernetes.envoyDaemonSet.container.image",
    ],
  ),
  ...of("scylladb/scylla-operator pkg/api/scylla/v1/types_cluster.go at adefed4e (repository)", "scylla.scylladb.com", [
    "ScyllaCluster",
    "docker.io/scylladb/scylla",
    "spec.repository",
  ]),
  ...of(
    "Altinity/clickhouse-operator pkg/model/chi/config/const.go at 50e8d049 (DefaultClickHouseDockerImage)",
    "clickhouse.altinity.com",
    ["ClickHouseInstallation", "clickhouse/clickhouse-server", "spec.templates.podTemplates.*.spec.containers.*.image"],
  ),
  ...of(
    "mattermost/mattermost-operator apis/mattermost/v1beta1/mattermost_utils.go at 07a736bb (DefaultMattermostImage)",
    "installation.mattermost.com",
    ["Mattermost", "mattermost/mattermost-enterprise-edition", "spec.image"],
  ),
  ...of(
    "pravega/zookeeper-operator api/v1beta1/zookeepercluster_types.go at 462635bc (DefaultZkContainerRepository)",
    "zookeeper.pravega.io",
    ["ZookeeperCluster", "pravega/zookeeper", "spec.image.repository"],
  ),
  ...of(
    "mongodb/mongodb-kubernetes-operator config/manager/manager.yaml at f6a53c96 (MONGODB_REPO_URL)",
    "mongodbcommunity.mongodb.com",
    [
      "MongoDBCommunity",
      "quay.io/mongodb/mongodb-community-server",
      "spec.statefulSet.spec.template.spec.containers.*.image",
    ],
  ),
  ...of(
    "kubernetes/kubernetes cmd/kubeadm/app/apis/kubeadm/v1beta4/defaults.go at 027ac5a4 (DefaultImageRepository)",
    "kubeadm.k8s.io",
    ["ClusterConfiguration", "registry.k8s.io/kube-apiserver", "imageRepository"],
  ),
];
