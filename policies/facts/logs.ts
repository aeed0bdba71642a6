import { type Fact, lastReview as reviewed } from "./fact";

/** A line by which a machine sends what it records to another one. */
export interface SendingFact extends Fact {
  readonly line: RegExp;
  /** Line that has to stand in the same text. @default none */
  readonly beside?: RegExp;
}

/** Lines of configurations. */
export const sending: readonly SendingFact[] = (
  [
    [/^\s*URL\s*=\s*https?:\/\/\S/, "journal-upload.conf(5) of systemd 252", /^\s*\[Upload\]/m],
    [/^\s*[\w*.,;!-]+\s+@@?[\w([]/, "rsyslog.conf(5) of rsyslog 8.2302"],
    [/\btype\s*=\s*"om(?:fwd|relp)"/, "https://docs.rsyslog.com/doc/configuration/modules/omfwd.html"],
    [
      /\bdestination\b.{0,200}\{\s*(?:network|syslog|tcp|tcp6|udp|relp)\s*\(/,
      "https://www.syslog-ng.com (destination drivers)",
    ],
    [
      /^\s*name\s+(?:forward|loki|es|opensearch|http|syslog|gelf|kafka|tcp|opentelemetry)\s*$/i,
      "https://docs.fluentbit.io/manual/pipeline/outputs",
      /^\s*\[OUTPUT\]/im,
    ],
    [
      /^\s*@type\s+(?:forward|elasticsearch|opensearch|loki|http|gelf|syslog|remote_syslog|kafka2?)\b/,
      "https://docs.fluentd.org/output",
      /^\s*<match\b/m,
    ],
    [/^\s*loki\.write\s+"/, "https://grafana.com/docs/alloy/latest/reference/components/loki/loki.write/"],
    [/^\s*output\.(?:elasticsearch|logstash|kafka)\s*:/, "elastic/beats filebeat/filebeat.reference.yml at 45042449"],
    [
      /["']?log-driver["']?\s*[:=]\s*["']?(?:syslog|gelf|fluentd|loki|splunk)\b/,
      "https://docs.docker.com/engine/logging/configure/",
    ],
  ] as const
).map(([line, source, beside]) => ({ line, source, reviewed, ...(beside === undefined ? {} : { beside }) }));

/** Keys of a document that sends records, from its top. */
export const sendingKeys: readonly (Fact & { readonly path: readonly string[] })[] = (
  [
    ["rsyslog.remotes", "canonical/cloud-init cloudinit/config/cc_rsyslog.py at 0044c835"],
    ["machine.logging.destinations", "siderolabs/talos pkg/machinery/config/types/v1alpha1 at ad88231"],
    ["filebeat.inputs", "elastic/beats filebeat/filebeat.reference.yml at 45042449"],
  ] as const
).map(([path, source]) => ({ path: path.split("."), source, reviewed }));

/** Images of programs that collect what pods and hosts write, by the last part of their names. */
export const collectors: readonly (Fact & { readonly image: string })[] = (
  [
    ["fluent-bit", "fluent/fluent-bit"],
    ["fluentd", "fluent/fluentd-docker-image"],
    ["fluentd-kubernetes-daemonset", "fluent/fluentd-kubernetes-daemonset"],
    ["vector", "vectordotdev/vector distribution/docker/README.md at c3445d42"],
    ["promtail", "grafana/loki clients/cmd/promtail/Dockerfile at da353255"],
    ["alloy", "grafana/alloy Dockerfile at 66ebea85"],
    ["filebeat", "elastic/beats dev-tools/packaging/templates/ironbank/filebeat/hardening_manifest.yaml at 3a208367"],
    ["opentelemetry-collector-contrib", "open-telemetry/opentelemetry-collector-releases"],
    ["opentelemetry-collector-k8s", "open-telemetry/opentelemetry-collector-releases"],
    ["logging-operator", "kube-logging/logging-operator"],
  ] as const
).map(([image, source]) => ({ image, source, reviewed }));

/** A setting that says how long records are kept. */
export interface KeepingFact extends Fact {
  /** Program that keeps them. */
  readonly keeper: string;
  /** The line, with the length in its first group. */
  readonly line: RegExp;
  /** Line that has to stand in the same text. @default none */
  readonly beside?: RegExp;
  /** Days of a length without a unit. @default 1 */
  readonly days?: number;
}

export const keeping: readonly KeepingFact[] = [
  {
    keeper: "the gateways' keeper of journals",
    line: /\bKEPT_DAYS=(\d{1,6})\b/,
    source: "components/recipe/parts/journals.ts",
    reviewed,
  },
  {
    keeper: "Loki",
    line: /^\s*["']?retention_period["']?\s*:\s*["']?(\d{1,6}[smhdwy]?)["']?,?\s*$/,
    source: "https://grafana.com/docs/loki/latest/operations/storage/retention/",
    reviewed,
  },
  {
    keeper: "VictoriaLogs",
    line: /(?:^|\s)--?retentionPeriod[= ]["']?(\d{1,6}[hdwy]?)/,
    // Months, where no unit is said.
    days: 30,
    source: "https://docs.victoriametrics.com/victorialogs/#retention",
    reviewed,
  },
  {
    keeper: "Elasticsearch",
    line: /^\s*["']?min_age["']?\s*:\s*["']?(\d{1,6}[hdm]?)["']?,?\s*$/,
    beside: /\bdelete\b/,
    source: "https://www.elastic.co/docs/reference/elasticsearch/index-lifecycle-actions/ilm-delete",
    reviewed,
  },
];
