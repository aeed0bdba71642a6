import { type Fact, lastReview as reviewed } from "./fact";

/** A variable by which a program reports to a service of somebody else's, with no host in sight. */
export interface WatcherFact extends Fact {
  /** Name of the variable; `*` at its beginning stands for the prefix of a front end. */
  readonly variable: string;
  /** The service, as it stands in messages. */
  readonly service: string;
  /** Variables of which one leads to a server of one's own. */
  readonly led: readonly string[];
}

type Row = readonly [variable: string, service: string, ...led: readonly string[]];

const watched = (source: string, ...rows: readonly Row[]): readonly WatcherFact[] =>
  rows.map(([variable, service, ...led]) => ({ variable, service, led, source, reviewed }));

/** Variables that send what people do, or how programs fare. Those of Datadog, New Relic and Honeycomb stand in `programs.ts`, and hosts in `hosts.ts`. */
export const watchers: readonly WatcherFact[] = [
  ...watched(
    "jitsi/docker-jitsi-meet web/rootfs/defaults/settings-config.js at 4259e913",
    ["*GOOGLE_ANALYTICS_ID", "Google Analytics"],
    ["AMPLITUDE_ID", "Amplitude"],
  ),
  ...watched(
    "grafana/grafana conf/defaults.ini at d6b85077",
    ["GF_ANALYTICS_GOOGLE_ANALYTICS_UA_ID", "Google Analytics"],
    ["GF_ANALYTICS_GOOGLE_ANALYTICS_4_ID", "Google Analytics"],
    ["GF_ANALYTICS_GOOGLE_TAG_MANAGER_ID", "Google Tag Manager"],
    ["GF_ANALYTICS_RUDDERSTACK_WRITE_KEY", "RudderStack", "GF_ANALYTICS_RUDDERSTACK_DATA_PLANE_URL"],
    ["GF_ANALYTICS_APPLICATION_INSIGHTS_CONNECTION_STRING", "Azure Application Insights"],
  ),
  ...watched(
    "https://learn.microsoft.com/azure/azure-monitor/app/connection-strings",
    ["APPLICATIONINSIGHTS_CONNECTION_STRING", "Azure Application Insights"],
    ["APPINSIGHTS_INSTRUMENTATIONKEY", "Azure Application Insights"],
  ),
  ...watched(
    "https://developers.google.com/analytics",
    ["*GA_MEASUREMENT_ID", "Google Analytics"],
    ["*GTM_ID", "Google Tag Manager"],
  ),
  ...watched("https://docs.mixpanel.com", ["*MIXPANEL_TOKEN", "Mixpanel"]),
  ...watched("https://segment.com/docs/connections/find-writekey/", ["*SEGMENT_WRITE_KEY", "Segment"]),
  ...watched(
    "https://posthog.com/docs/libraries",
    ["*POSTHOG_API_KEY", "PostHog", "POSTHOG_HOST", "POSTHOG_API_HOST"],
    ["*POSTHOG_KEY", "PostHog", "*POSTHOG_HOST"],
  ),
  ...watched("https://docs.rollbar.com", ["ROLLBAR_ACCESS_TOKEN", "Rollbar", "ROLLBAR_ENDPOINT"]),
  ...watched("https://docs.bugsnag.com", ["BUGSNAG_API_KEY", "Bugsnag", "BUGSNAG_ENDPOINT"]),
  ...watched("instana/instana-agent-operator pkg/k8s/object/builders/common/env/env_builder.go at bfe3e19a", [
    "INSTANA_AGENT_KEY",
    "Instana",
    "INSTANA_AGENT_ENDPOINT",
  ]),
  ...watched("https://docs.dynatrace.com (OneAgent in containers)", [
    "DT_TENANTTOKEN",
    "Dynatrace",
    "DT_CONNECTION_POINT",
  ]),
  ...watched(
    "signalfx/splunk-otel-java docs/advanced-config.md at 2676b737; signalfx/splunk-otel-collector cmd/otelcol/config/collector/agent_config.yaml at 331f8e15 (SPLUNK_INGEST_URL)",
    ["SPLUNK_ACCESS_TOKEN", "Splunk Observability", "OTEL_EXPORTER_OTLP_ENDPOINT", "SPLUNK_INGEST_URL"],
  ),
  ...watched(
    "https://docs.mezmo.com",
    ["LOGDNA_INGESTION_KEY", "Mezmo", "LDLOGHOST"],
    ["MEZMO_INGESTION_KEY", "Mezmo", "LDLOGHOST"],
  ),
];

/** A program that reports how it is used unless a variable says no. */
export interface ReporterFact extends Fact {
  /** Last part of the image's name. */
  readonly image: string;
  readonly variable: string;
  /** To whom. */
  readonly service: string;
}

export const reporters: readonly ReporterFact[] = (
  [
    [
      "mattermost-team-edition",
      "MM_LOGSETTINGS_ENABLEDIAGNOSTICS",
      "Mattermost, Inc.",
      "mattermost/mattermost server/public/model/config.go at 33b68c60",
    ],
    [
      "mattermost-enterprise-edition",
      "MM_LOGSETTINGS_ENABLEDIAGNOSTICS",
      "Mattermost, Inc.",
      "mattermost/mattermost server/public/model/config.go at 33b68c60",
    ],
    ["grafana", "GF_ANALYTICS_REPORTING_ENABLED", "Grafana Labs", "grafana/grafana conf/defaults.ini at d6b85077"],
    [
      "n8n",
      "N8N_DIAGNOSTICS_ENABLED",
      "n8n GmbH",
      "n8n-io/n8n packages/@n8n/config/src/configs/diagnostics.config.ts at d1d7e37d",
    ],
  ] as const
).map(([image, variable, service, source]) => ({ image, variable, service, source, reviewed }));

/** A chart that installs a service's own agent, or a group of custom resources that its operator reads. */
export interface AgentFact extends Fact {
  readonly name: string;
  readonly service: string;
}

const agents = (...rows: readonly (readonly [name: string, service: string, source: string])[]): readonly AgentFact[] =>
  rows.map(([name, service, source]) => ({ name, service, source, reviewed }));

/** Charts, by the last part of their names. */
export const agentCharts: readonly AgentFact[] = agents(
  ["datadog", "Datadog", "DataDog/helm-charts charts/datadog at 79f7c74f"],
  ["datadog-operator", "Datadog", "DataDog/helm-charts charts/datadog-operator at 79f7c74f"],
  ["nri-bundle", "New Relic", "newrelic/helm-charts charts/nri-bundle at 587cc94b"],
  ["newrelic-infrastructure", "New Relic", "newrelic/nri-kubernetes charts/newrelic-infrastructure at 22a20cdf"],
  ["newrelic-logging", "New Relic", "newrelic/helm-charts charts/newrelic-logging at 587cc94b"],
  ["dynatrace-operator", "Dynatrace", "Dynatrace/dynatrace-operator config/helm/chart/default at 70d37e5e"],
  ["instana-agent", "Instana", "instana/helm-charts instana-agent at 29fe9b33"],
  [
    "splunk-otel-collector",
    "Splunk Observability",
    "signalfx/splunk-otel-collector-chart helm-charts/splunk-otel-collector at 8876653b",
  ],
  ["sysdig-deploy", "Sysdig", "sysdiglabs/charts charts/sysdig-deploy at 1e57ebb4"],
  ["honeycomb", "Honeycomb", "honeycombio/helm-charts charts/honeycomb at 9a4db528"],
  ["cluster-agent", "AppDynamics", "CiscoDevNet/appdynamics-charts cluster-agent at 6118ba3b"],
);

/** Groups of Kubernetes' API. */
export const agentGroups: readonly AgentFact[] = agents(
  ["dynatrace.com", "Dynatrace", "Dynatrace/dynatrace-operator pkg/api/latest/groupversion_info.go at 70d37e5e"],
  ["instana.io", "Instana", "instana/instana-agent-operator api/v1/groupversion_info.go at bfe3e19a"],
  [
    "appdynamics.com",
    "AppDynamics",
    "Appdynamics/appdynamics-operator deploy/crds at f94ebc14; CiscoDevNet/appdynamics-charts cluster-agent/crds at 6118ba3b (cluster.appdynamics.com)",
  ],
);
