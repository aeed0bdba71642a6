/** Machines and services: their records, clocks, labels, who watches them, and what is left when they are lost. */
import { fallbackChannel } from "../../../policies/rules/emg-001-fallback-channel";
import { loggingRetained } from "../../../policies/rules/log-001-logging-present-retained";
import { ownTelemetry } from "../../../policies/rules/mon-001-telemetry-saas";
import { assetLabels } from "../../../policies/rules/tag-001-asset-labels";
import { clocks } from "../../../policies/rules/tim-001-ntp";
import { own, type Resource, type Row, shape, type StackRow, stackTable, table, unknownString } from "../support";
import { map, pod } from "./fixtures";

const server = (userData?: unknown, props: object = {}, name = "one"): Resource => ({
  type: "hcloud:index/server:Server",
  name,
  props: { location: "fsn1", ...(userData === undefined ? {} : { userData }), ...props },
});
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const hosts = (files: object, name = "one"): readonly [Resource, Resource] => {
  const type = "sovereign-uc:index:HostPool";
  return [
    { type, name: "pool", props: { cloud: "metal", location: "bern" } },
    { type, name: "pool", props: { renderedOnAll: files, rendered: { [name]: { files: {} } } } },
  ];
};
const command = (create: unknown): Resource => ({ type: "command:remote:Command", props: { create } });
const rows = (list: readonly (readonly [string, readonly Resource[], StackRow["expect"]])[]): readonly StackRow[] =>
  list.map(([title, resources, expect]) => ({ title: `it ${title}`, ...own, resources, expect }));
const ones = (list: readonly (readonly [string, Resource, Row["expect"]])[]): readonly Row[] =>
  list.map(([title, resource, expect]) => ({ title: `it ${title}`, ...own, resource, expect }));

describe("UC-TIM-001 ntp", () => {
  const chrony = (...lines: readonly string[]): Resource =>
    map({ "chrony.conf": [...lines, "driftfile /a", ""].join("\n") });
  const cloud = (ntp: string): Resource => server(`#cloud-config\nntp: ${ntp}\n`);
  shape(clocks);
  table(
    clocks,
    ones([
      ["accepts a clock under one's own domains", chrony("server ntp.crisis.example.ch iburst"), "passes"],
      ["accepts it in capitals, with a dot at its end", chrony("server NTP.crisis.example.ch. iburst"), "passes"],
      ["accepts a private address", chrony("server 10.20.0.10"), "passes"],
      ["accepts an address that somebody chose", chrony("server 192.0.2.123 iburst"), "passes"],
      ["accepts a name of the private network", chrony("server gateway.internal iburst"), "passes"],
      ["refuses Google's", chrony("server time.google.com iburst"), /the clock time\.google\.com.*which Google/],
      ["refuses Google's by its address", chrony("server 216.239.35.0 iburst"), /the clock 216\.239\.35\.0/],
      ["refuses the pool", chrony("pool 2.debian.pool.ntp.org iburst maxsources 4"), /2\.debian\.pool\.ntp\.org/],
      ["refuses a peer", chrony("peer time.cloudflare.com"), /time\.cloudflare\.com/],
      [
        "cannot judge a clock that is in no table",
        chrony("server ntp.example.net iburst"),
        { undetermined: /the clock ntp\.example\.net in .*, which is in no table/ },
      ],
      [
        "takes no host for one's own that only ends like it",
        chrony("server notcrisis.example.ch iburst"),
        { undetermined: /notcrisis/ },
      ],
      [
        "cannot judge punycode of somebody's",
        chrony("server xn--ntp-9na.example.net iburst"),
        { undetermined: /xn--ntp/ },
      ],
      ["takes no line that is a comment", chrony("# server time.google.com iburst"), "says nothing"],
      [
        "reads timesyncd",
        map({ "timesyncd.conf": "[Time]\nNTP=ntp.crisis.example.ch\nFallbackNTP=time.cloudflare.com\n" }),
        /time\.cloudflare\.com/,
      ],
      [
        "accepts timesyncd without a fallback",
        map({ "timesyncd.conf": "[Time]\nNTP=ntp.crisis.example.ch 10.0.0.1\nFallbackNTP=\n" }),
        "passes",
      ],
      ["takes no yes for a clock", map({ "a.network": "[DHCP]\nUseNTP=yes\nNTP=yes\n" }), "says nothing"],
      ["reads the section of cloud-config", cloud("{ servers: [time.apple.com] }"), /time\.apple\.com.*which Apple/],
      [
        "refuses a section without a server, which means the pool",
        cloud("{ enabled: true }"),
        /without a server in userData ntp/,
      ],
      ["accepts one that leaves time to others", cloud("{ enabled: false }"), "says nothing"],
      [
        "reads Talos",
        server("machine:\n  time:\n    servers:\n      - time.cloudflare.com\n  type: worker\n"),
        /time\.cloudflare\.com/,
      ],
      ["reads base64", server(base64("#cloud-config\nntp: { pools: [pool.ntp.org] }\n")), /pool\.ntp\.org/],
      [
        "reads a command",
        command("sed -i 's/^#NTP=.*/NTP=time.windows.com/' /etc/systemd/timesyncd.conf"),
        /time\.windows\.com/,
      ],
      [
        "takes no server of a proxy for a clock",
        map({ "haproxy.cfg": "backend a\n  server one 192.0.2.1:80 check\n" }),
        "says nothing",
      ],
      [
        "takes no server of a web server for one",
        map({ "nginx.conf": "upstream a {\n  server time.google.com:443;\n}\n" }),
        "says nothing",
      ],
      ["leaves a machine without one to the stack", server("#!/bin/sh\n"), "says nothing"],
    ]),
  );
  const [metal, told] = hosts({ "/etc/chrony/chrony.conf": "server 10.20.0.10 iburst\ndriftfile /a\n" });
  stackTable(
    clocks,
    rows([
      ["accepts a machine that is told", [cloud("{ servers: [ntp.crisis.example.ch] }")], "passes"],
      ["refuses a machine that is told nothing", [server()], /"one", which nobody tells of a clock/],
      [
        "refuses one whose user data is about something else",
        [server("#!/bin/sh\napt-get install nginx\n")],
        /"one", which nobody/,
      ],
      [
        "refuses a pool of instances",
        [{ type: "exoscale:index/instancePool:InstancePool", name: "pool", props: { zone: "ch-gva-2" } }],
        /"pool", which nobody/,
      ],
      [
        "refuses an instance",
        [{ type: "exoscale:index/computeInstance:ComputeInstance", name: "two", props: {} }],
        /"two", which nobody/,
      ],
      [
        "cannot judge user data that is not known",
        [server(unknownString)],
        { undetermined: /what "one" is told is not known/ },
      ],
      [
        "accepts what a command tells",
        [server(), command("echo 'server ntp.crisis.example.ch iburst' > /etc/chrony/sources.d/a.sources")],
        "passes",
      ],
      [
        "cannot judge beside a command that is not known",
        [server(), command(unknownString)],
        { undetermined: /what "one" is told/ },
      ],
      [
        "cannot judge user data that is not known beside a command that is",
        [server(unknownString), command("apt-get install nginx")],
        { undetermined: /what "one" is told/ },
      ],
      ["says nothing about a stack without machines", [{ type: "hcloud:index/network:Network" }], "says nothing"],
    ]),
  );
  stackTable(clocks, [
    {
      title: "it accepts a machine that a pool of ours tells",
      resources: [server(), metal],
      outputs: [server(), told],
      expect: "passes",
    },
    { title: "it accepts machines of an inventory", resources: [metal], outputs: [told], expect: "passes" },
    {
      title: "it refuses machines of an inventory that nobody tells",
      resources: [metal],
      outputs: [hosts({}, "three")[1]],
      expect: /"three", which nobody tells/,
    },
    {
      title: "it reads what was given, since a provider keeps a digest of user data",
      ...own,
      resources: [cloud("{ servers: [ntp.crisis.example.ch] }")],
      outputs: [server("z4PhNX7vuL3xVChQ1m2AB9Yg5AU=")],
      expect: "passes",
    },
  ]);
});

describe("UC-TAG-001 asset-labels", () => {
  const labels = { owner: "a", "data-class": "b", service: "c", "legal-entity": "d" };
  const without = (...keys: readonly string[]): object =>
    Object.fromEntries(Object.entries(labels).filter(([key]) => !keys.includes(key)));
  const labelled = (given: unknown, type = "hcloud:index/server:Server"): Resource => ({
    type,
    props: { labels: given },
  });
  shape(assetLabels);
  table(
    assetLabels,
    ones([
      ["accepts all four", labelled(labels), "passes"],
      [
        "refuses none",
        { type: "hcloud:index/volume:Volume" },
        /no labels, and so without owner, data-class, service, legal-entity/,
      ],
      ["refuses an empty list of them", labelled({}), /labels without owner/],
      ...Object.keys(labels).map(
        (key) =>
          [`refuses labels without ${key}`, labelled(without(key)), new RegExp(`labels without ${key};`)] as const,
      ),
      ["refuses a label that says nothing", labelled({ ...labels, owner: " " }), /labels without owner;/],
      [
        "accepts other names for them",
        labelled({ team: "a", classification: "b", "app.kubernetes.io/part-of": "c", company: "d" }),
        "passes",
      ],
      [
        "accepts capitals and other marks between words",
        labelled({ Owner: "a", Data_Class: "b", ServiceName: "c", "Legal.Entity": "d" }),
        "passes",
      ],
      ["takes no other word for an owner", labelled({ ...without("owner"), "not-owner": "a" }), /without owner/],
      ["takes no name of a list's own for one", labelled({ ...without("owner"), constructor: "a" }), /without owner/],
      ["cannot judge labels that are not known", labelled(unknownString), "is undetermined"],
      [
        "cannot judge a value that is not known",
        labelled({ ...labels, owner: unknownString }),
        { undetermined: /the label owner/ },
      ],
      ["accepts another label that is not known", labelled({ ...labels, note: unknownString }), "passes"],
      ["takes no part behind two marks for one", labelled({ ...without("owner"), "a/b/owner": "a" }), /without owner/],
      ["judges an instance", labelled({}, "exoscale:index/computeInstance:ComputeInstance"), /labels without/],
      ["judges a balancer", labelled({}, "exoscale:index/nlb:Nlb"), /labels without/],
      [
        "judges the network of an inventory",
        { type: "sovereign-uc:index:Network", props: { cloud: "metal" } },
        /no labels/,
      ],
      ["accepts one with labels", { type: "sovereign-uc:index:Network", props: { cloud: "metal", labels } }, "passes"],
      [
        "says nothing about a network of ours in a cloud",
        { type: "sovereign-uc:index:Network", props: { cloud: "hetzner" } },
        "says nothing",
      ],
      ["says nothing about a firewall", { type: "hcloud:index/firewall:Firewall" }, "says nothing"],
    ]),
  );
});

describe("UC-MON-001 telemetry-saas", () => {
  const web = (name: string, value: unknown, ...more: readonly (readonly [string, unknown])[]): Resource =>
    pod("team/web:1", [[name, value], ...more]);
  const chart = (name: string): Resource => ({
    type: "kubernetes:helm.sh/v3:Release",
    props: { chart: name, values: {} },
  });
  shape(ownTelemetry);
  table(
    ownTelemetry,
    ones([
      ["accepts a pod with other variables", web("MATOMO_URL", "https://matomo.crisis.example.ch"), "passes"],
      [
        "refuses a key of Google Analytics",
        web("GOOGLE_ANALYTICS_ID", "G-1"),
        /GOOGLE_ANALYTICS_ID in .*, by which Google Analytics is told/,
      ],
      [
        "refuses it with the prefix of a front end",
        web("NEXT_PUBLIC_GOOGLE_ANALYTICS_ID", "G-1"),
        /by which Google Analytics/,
      ],
      ["accepts an empty key", web("GOOGLE_ANALYTICS_ID", ""), "passes"],
      [
        "refuses a key that another object holds",
        web("APPLICATIONINSIGHTS_CONNECTION_STRING", "elsewhere"),
        /Application Insights is told/,
      ],
      ["refuses Instana's", web("INSTANA_AGENT_KEY", "a"), /Instana is told/],
      [
        "accepts Instana's that leads to a server of one's own",
        web("INSTANA_AGENT_KEY", "a", ["INSTANA_AGENT_ENDPOINT", "instana.crisis.example.ch"]),
        "passes",
      ],
      [
        "refuses it where that is empty",
        web("INSTANA_AGENT_KEY", "a", ["INSTANA_AGENT_ENDPOINT", ""]),
        /Instana is told/,
      ],
      [
        "accepts PostHog of one's own behind a front end's prefix",
        web("VITE_POSTHOG_KEY", "a", ["VITE_POSTHOG_HOST", "https://posthog.crisis.example.ch"]),
        "passes",
      ],
      ["takes no variable for one that only begins like it", web("AMPLITUDE_ID_FILE", "a"), "passes"],
      ["takes no variable for one that only ends like it", web("OLD_SPLUNK_ACCESS_TOKEN", "a"), "passes"],
      [
        "cannot judge an image that is not known",
        { type: "kubernetes:core/v1:Pod", props: { spec: { containers: [{ image: unknownString }] } } },
        "is undetermined",
      ],
      ["cannot judge a text that is not known", map({ "config.js": unknownString }), "is undetermined"],
      [
        "refuses Mattermost that reports",
        pod("team/mattermost-team-edition:10"),
        /mattermost-team-edition without MM_LOGSETTINGS_ENABLEDIAGNOSTICS=false/,
      ],
      [
        "accepts Mattermost that does not",
        pod("team/mattermost-team-edition:10", [["MM_LOGSETTINGS_ENABLEDIAGNOSTICS", "false"]]),
        "passes",
      ],
      [
        "refuses Grafana that is told to",
        pod("team/grafana@sha256:0", [["GF_ANALYTICS_REPORTING_ENABLED", "TRUE"]]),
        /Grafana Labs is told/,
      ],
      [
        "refuses Grafana whose variable is empty",
        pod("team/grafana:1", [["GF_ANALYTICS_REPORTING_ENABLED", ""]]),
        /Grafana Labs is told/,
      ],
      [
        "accepts Grafana whose variable another object holds, which somebody has set",
        pod("team/grafana:1", [["GF_ANALYTICS_REPORTING_ENABLED", "elsewhere"]]),
        "passes",
      ],
      [
        "refuses Grafana that is told to, whatever another object holds",
        pod("team/grafana:1", [["GF_ANALYTICS_REPORTING_ENABLED", "true"]], {
          envFrom: [{ configMapRef: { name: "settings" } }],
        }),
        /Grafana Labs is told/,
      ],
      [
        "leaves to the stack what another object may hold",
        pod("team/grafana:1", [], { envFrom: [{ configMapRef: { name: "settings" } }] }),
        "says nothing",
      ],
      [
        "judges containers before the others",
        {
          type: "kubernetes:core/v1:Pod",
          props: {
            spec: { initContainers: [{ image: "team/a", env: [{ name: "ROLLBAR_ACCESS_TOKEN", value: "a" }] }] },
          },
        },
        /Rollbar is told/,
      ],
      [
        "reads compose in user data",
        server(
          "#cloud-config\nwrite_files:\n  - path: /a.yaml\n    content: |\n      services:\n        a:\n          image: team/a\n          environment: { MIXPANEL_TOKEN: a }\n",
        ),
        /Mixpanel is told/,
      ],
      ["refuses a chart of Datadog's", chart("datadog"), /the chart datadog, the agent of Datadog/],
      [
        "refuses it by its address",
        chart("oci://registry.crisis.example.ch/charts/dynatrace-operator/"),
        /the agent of Dynatrace/,
      ],
      [
        "refuses it by Helm's own object of a later version",
        { type: "kubernetes:helm.sh/v4:Chart", props: { chart: "datadog" } },
        /the chart datadog, the agent of Datadog/,
      ],
      [
        "takes no other object for a chart",
        {
          type: "kubernetes:example.org/v1:Application",
          props: { chart: "datadog", spec: { source: { chart: "datadog" } } },
        },
        "says nothing",
      ],
      ["accepts a chart of Prometheus", chart("kube-prometheus-stack"), "says nothing"],
      [
        "refuses it by Flux",
        {
          type: "kubernetes:helm.toolkit.fluxcd.io/v2:HelmRelease",
          props: { spec: { chart: { spec: { chart: "nri-bundle" } } } },
        },
        /New Relic/,
      ],
      [
        "refuses it by Argo CD in a text",
        map({
          "a.yaml":
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: { source: { chart: splunk-otel-collector } }\n",
        }),
        /Splunk/,
      ],
      [
        "refuses a resource of Dynatrace's operator",
        { type: "kubernetes:dynatrace.com/v1beta5:DynaKube", props: { spec: {} } },
        /DynaKube of dynatrace\.com, the agent of Dynatrace/,
      ],
      [
        "refuses the counter in Jitsi's pages",
        map({ "config.js": "config.analytics = {\n  googleAnalyticsTrackingId: 'UA-1',\n};\n" }),
        /googleAnalyticsTrackingId/,
      ],
      [
        "refuses the counter in Grafana's file",
        map({ "grafana.ini": "[analytics]\ngoogle_analytics_4_id = G-1\n" }),
        /google_analytics_4_id/,
      ],
      ...["googleAnalyticsTrackingId", "amplitudeAPPKey", "google_analytics_ua_id", "google_tag_manager_id"].map(
        (key) =>
          [
            `refuses the counter ${key} where nothing else speaks of counting`,
            map({ "a.conf": `a = 1\n${key} = "b-1"\n` }),
            new RegExp(`found ${key} in`),
          ] as const,
      ),
      [
        "reads lines of a thousand characters",
        map({ "a.ini": `[a]\n${"google_tag_manager_id = G".padEnd(1000, "1")}\n` }),
        /google_tag_manager_id/,
      ],
      [
        "reads no longer lines, which are no settings",
        map({ "a.ini": `[a]\n${"google_tag_manager_id = G".padEnd(1001, "1")}\n` }),
        "says nothing",
      ],
      [
        "accepts one that is switched off by a comment",
        map({ "grafana.ini": "[analytics]\n;google_analytics_4_id = G-1\n" }),
        "says nothing",
      ],
      ["accepts an empty one", map({ "grafana.ini": "[analytics]\ngoogle_analytics_4_id =\n" }), "says nothing"],
      [
        "refuses the counter in values of a chart",
        {
          type: "kubernetes:helm.sh/v3:Release",
          props: { chart: "grafana", values: { "grafana.ini": { analytics: { google_tag_manager_id: "GTM-1" } } } },
        },
        /google_tag_manager_id/,
      ],
      ["says nothing about a network", { type: "hcloud:index/network:Network" }, "says nothing"],
    ]),
  );
  table(
    ownTelemetry,
    ones(
      [
        "GOOGLE_ANALYTICS_ID AMPLITUDE_ID GF_ANALYTICS_GOOGLE_ANALYTICS_UA_ID GF_ANALYTICS_GOOGLE_ANALYTICS_4_ID GF_ANALYTICS_GOOGLE_TAG_MANAGER_ID",
        "GF_ANALYTICS_RUDDERSTACK_WRITE_KEY GF_ANALYTICS_APPLICATION_INSIGHTS_CONNECTION_STRING APPLICATIONINSIGHTS_CONNECTION_STRING",
        "APPINSIGHTS_INSTRUMENTATIONKEY VITE_GA_MEASUREMENT_ID PUBLIC_GTM_ID MIXPANEL_TOKEN SEGMENT_WRITE_KEY POSTHOG_API_KEY POSTHOG_KEY",
        "ROLLBAR_ACCESS_TOKEN BUGSNAG_API_KEY INSTANA_AGENT_KEY DT_TENANTTOKEN SPLUNK_ACCESS_TOKEN LOGDNA_INGESTION_KEY MEZMO_INGESTION_KEY",
      ]
        .flatMap((line) => line.split(" "))
        .map((name) => [
          `knows the key ${name}`,
          web(name, "a"),
          new RegExp(`found ${name} in .*, by which .* is told`),
        ]),
    ),
  );
  table(
    ownTelemetry,
    ones(
      [
        ["GF_ANALYTICS_RUDDERSTACK_WRITE_KEY", "GF_ANALYTICS_RUDDERSTACK_DATA_PLANE_URL"],
        ["POSTHOG_API_KEY", "POSTHOG_HOST"],
        ["POSTHOG_API_KEY", "POSTHOG_API_HOST"],
        ["ROLLBAR_ACCESS_TOKEN", "ROLLBAR_ENDPOINT"],
        ["BUGSNAG_API_KEY", "BUGSNAG_ENDPOINT"],
        ["DT_TENANTTOKEN", "DT_CONNECTION_POINT"],
        ["SPLUNK_ACCESS_TOKEN", "OTEL_EXPORTER_OTLP_ENDPOINT"],
        ["SPLUNK_ACCESS_TOKEN", "SPLUNK_INGEST_URL"],
        ["LOGDNA_INGESTION_KEY", "LDLOGHOST"],
        ["MEZMO_INGESTION_KEY", "LDLOGHOST"],
      ].map(([key = "", led = ""]) => [
        `accepts ${key} that ${led} leads to one's own`,
        web(key, "a", [led, "https://a.crisis.example.ch"]),
        "passes",
      ]),
    ),
  );
  table(
    ownTelemetry,
    ones([
      ...[
        ["mattermost-enterprise-edition", "MM_LOGSETTINGS_ENABLEDIAGNOSTICS"],
        ["grafana", "GF_ANALYTICS_REPORTING_ENABLED"],
        ["n8n", "N8N_DIAGNOSTICS_ENABLED"],
      ].map(
        ([image = "", variable = ""]) =>
          [
            `knows that ${image} reports`,
            pod(`team/${image}:1`),
            new RegExp(`${image} without ${variable}=false`),
          ] as const,
      ),
      ..."datadog datadog-operator nri-bundle newrelic-infrastructure newrelic-logging dynatrace-operator instana-agent splunk-otel-collector sysdig-deploy honeycomb cluster-agent"
        .split(" ")
        .map(
          (name) => [`knows the chart ${name}`, chart(name), new RegExp(`the chart ${name}, the agent of`)] as const,
        ),
      ...[
        "instana.io/v1:InstanaAgent",
        "cluster.appdynamics.com/v1alpha1:Clusteragent",
        "appdynamics.com/v1alpha1:InfraViz",
      ].map(
        (token) =>
          [
            `knows ${token}`,
            { type: `kubernetes:${token}`, props: { spec: {} } },
            /, the agent of (Instana|AppDynamics)/,
          ] as const,
      ),
    ]),
  );
  const grafana = pod("team/grafana:1", [], { envFrom: [{ configMapRef: { name: "settings" } }] });
  stackTable(
    ownTelemetry,
    rows([
      [
        "accepts what another object switches off",
        [grafana, map({ GF_ANALYTICS_REPORTING_ENABLED: "false" })],
        "passes",
      ],
      ["refuses what it leaves on", [grafana, map({ GF_SECURITY_ADMIN_USER: "a" })], /Grafana Labs is told/],
      [
        "cannot judge what an object may hold that nobody makes",
        [grafana],
        { undetermined: /comes from ConfigMap settings/ },
      ],
      ["says nothing where nothing comes from elsewhere", [pod("team/web:1")], "says nothing"],
    ]),
  );
});

describe("UC-LOG-001 logging-present-retained", () => {
  const journals = (days: number): object => ({
    "/etc/systemd/system/journals-kept.service": `[Service]\nEnvironment=KEPT_BYTES=1 KEPT_DAYS=${days}\n`,
  });
  const loki = (period: string): Resource =>
    map({ "loki.yaml": `limits_config:\n  retention_period: ${period}\ncompactor:\n  retention_enabled: true\n` });
  const sks = (audit?: unknown): Resource => ({
    type: "exoscale:index/sksCluster:SksCluster",
    props: audit === undefined ? {} : { audit },
  });
  const collector = (image: string, kind = "DaemonSet"): Resource => ({
    type: `kubernetes:apps/v1:${kind}`,
    props: { spec: { template: { spec: { containers: [{ image }] } } } },
  });
  shape(loggingRetained);
  table(
    loggingRetained,
    ones([
      ["accepts a year in Loki", loki("8760h"), "passes"],
      ["accepts a year in days", loki("365d"), "passes"],
      ["accepts a year in weeks that is longer", loki("53w"), "passes"],
      ["refuses a month", loki("744h"), /records that Loki keeps for 744h in data\["loki\.yaml"\]/],
      ["refuses 364 days", loki("364d"), /Loki keeps for 364d/],
      ["refuses 400 minutes", loki("400m"), /Loki keeps for 400m/],
      ["refuses 400 seconds", loki("400s"), /Loki keeps for 400s/],
      ["accepts no end", loki("0s"), "passes"],
      [
        "takes no line that is a comment",
        map({ "loki.yaml": "limits_config: {}\n# retention_period: 7d\n" }),
        "says nothing",
      ],
      [
        "refuses months of VictoriaLogs",
        pod("team/victoria-logs:1", [], { args: ["-retentionPeriod=3"] }),
        /VictoriaLogs keeps for 3/,
      ],
      ["accepts its years", pod("team/victoria-logs:1", [], { args: ["-retentionPeriod=1y"] }), "passes"],
      [
        "refuses Elasticsearch that deletes after 30 days",
        map({ "policy.json.txt": 'PUT\n"delete": {\n"min_age": "30d"\n}\n' }),
        /Elasticsearch keeps for 30d/,
      ],
      [
        "refuses the gateways' journals of 90 days",
        { type: "command:remote:Command", props: { create: "Environment=KEPT_DAYS=90 KEPT_IN=/a" } },
        /keeper of journals keeps for 90 days/,
      ],
      [
        "accepts an audit that goes to one's own",
        sks({ enabled: true, endpoint: "https://logs.crisis.example.ch/audit" }),
        "passes",
      ],
      ["accepts a private address", sks({ enabled: true, endpoint: "https://10.0.0.5:8443" }), "passes"],
      ["refuses a cluster without an audit", sks(), /a cluster without an audit/],
      [
        "refuses one that is switched off",
        sks({ enabled: false, endpoint: "https://logs.crisis.example.ch" }),
        /without an audit/,
      ],
      [
        "refuses one that does not say that it is on",
        sks({ endpoint: "https://logs.crisis.example.ch" }),
        /without an audit/,
      ],
      ["refuses one without an endpoint", sks({ enabled: true }), /without an audit/],
      [
        "refuses an audit that goes to Datadog",
        sks({ enabled: true, endpoint: "https://http-intake.logs.datadoghq.eu" }),
        /datadoghq\.eu, which Datadog/,
      ],
      [
        "is not misled by a user before the host",
        sks({ enabled: true, endpoint: "https://logs.crisis.example.ch@in.datadoghq.com" }),
        /in\.datadoghq\.com/,
      ],
      [
        "cannot judge a host that is in no table",
        sks({ enabled: true, endpoint: "https://logs.example.net" }),
        { undetermined: /logs\.example\.net/ },
      ],
      ["cannot judge an audit that is not known", sks(unknownString), "is undetermined"],
      [
        "cannot judge an endpoint that is not known",
        sks({ enabled: true, endpoint: unknownString }),
        { undetermined: /where its audit goes/ },
      ],
      ["says nothing about a network", { type: "hcloud:index/network:Network" }, "says nothing"],
    ]),
  );
  stackTable(
    loggingRetained,
    rows([
      ["refuses a machine whose records stay on it", [server("#!/bin/sh\n")], /"one", whose records stay on it/],
      [
        "accepts rsyslog in cloud-config",
        [server('#cloud-config\nrsyslog: { remotes: { a: "@@logs.crisis.example.ch" } }\n')],
        "passes",
      ],
      [
        "accepts rsyslog in a file",
        [server("#!/bin/sh\ncat >/etc/rsyslog.d/a.conf <<E\n*.* @@logs.crisis.example.ch:6514\nE\n")],
        "passes",
      ],
      [
        "accepts its module",
        [server('#!/bin/sh\necho \'action(type="omfwd" target="logs.crisis.example.ch")\' > /etc/rsyslog.d/a.conf\n')],
        "passes",
      ],
      [
        "is not misled by a comment",
        [server("#!/bin/sh\n# *.* @@logs.crisis.example.ch:6514\n")],
        /whose records stay/,
      ],
      [
        "accepts systemd's own",
        [
          server(
            "#cloud-config\nwrite_files:\n  - path: /a\n    content: |\n      [Upload]\n      URL=https://logs.crisis.example.ch:19532\n",
          ),
        ],
        "passes",
      ],
      [
        "takes no other URL for it",
        [
          server(
            "#cloud-config\nwrite_files:\n  - path: /a\n    content: |\n      [Service]\n      URL=https://logs.crisis.example.ch:19532\n",
          ),
        ],
        /whose records stay/,
      ],
      [
        "accepts Talos",
        [server("machine:\n  logging:\n    destinations:\n      - endpoint: tcp://10.0.0.5:514\n  type: worker\n")],
        "passes",
      ],
      [
        "accepts a collector on every node",
        [server("#!/bin/sh\n"), collector("registry.crisis.example.ch/team/fluent-bit@sha256:0")],
        "passes",
      ],
      [
        "accepts a collector beside another program",
        [
          server("#!/bin/sh\n"),
          {
            type: "kubernetes:apps/v1:DaemonSet",
            props: {
              spec: { template: { spec: { containers: [{ image: "team/a:1" }, { image: "team/vector:1" }] } } },
            },
          },
        ],
        "passes",
      ],
      [
        "accepts what a command of the stack sets up",
        [server("#!/bin/sh\n"), command("cat >/etc/rsyslog.d/a.conf <<E\n*.* @@logs.crisis.example.ch:6514\nE\n")],
        "passes",
      ],
      [
        "cannot judge what a command may set up that is not known",
        [server("#!/bin/sh\n"), command(unknownString)],
        { undetermined: /whether records leave "one"/ },
      ],
      [
        "takes one that is on a single node for none",
        [server("#!/bin/sh\n"), collector("team/fluent-bit", "Deployment")],
        /whose records stay/,
      ],
      [
        "takes another program for none",
        [server("#!/bin/sh\n"), collector("team/node-exporter")],
        /whose records stay/,
      ],
      [
        "reads base64",
        [server(base64("#!/bin/sh\necho '*.* @10.0.0.5' > /etc/rsyslog.d/a.conf\n*.* @10.0.0.5\n"))],
        "passes",
      ],
      [
        "cannot judge user data that is not known",
        [server(unknownString)],
        { undetermined: /whether records leave "one"/ },
      ],
      ["says nothing about a stack without machines", [{ type: "hcloud:index/network:Network" }], "says nothing"],
    ]),
  );
  stackTable(
    loggingRetained,
    rows([
      ..."fluentd fluentd-kubernetes-daemonset vector promtail alloy filebeat opentelemetry-collector-contrib opentelemetry-collector-k8s logging-operator"
        .split(" ")
        .map(
          (name) =>
            [`knows the collector ${name}`, [server("#!/bin/sh\n"), collector(`team/${name}:1`)], "passes"] as const,
        ),
      ...[
        "destination d { network('logs.crisis.example.ch' port(6514)); };",
        "[OUTPUT]\n    Name loki\n    Host logs.crisis.example.ch",
        "<match **>\n  @type forward\n</match>",
        'loki.write "a" {\n}',
        "output.elasticsearch:\n  hosts: [logs.crisis.example.ch]",
        'dockerd --log-opt a=b "log-driver": "gelf"',
      ].map(
        (text) =>
          [`knows ${text.split("\n")[0] ?? ""}`, [server(`#!/bin/sh\ncat >/a <<E\n${text}\nE\n`)], "passes"] as const,
      ),
      [
        "knows inputs of filebeat",
        [
          server(
            "#cloud-config\nwrite_files:\n  - path: /a\n    content: |\n      filebeat: { inputs: [] }\n      a: 1\n",
          ),
        ],
        "passes",
      ],
    ]),
  );
  const sends = { "/etc/systemd/journal-upload.conf.d/a.conf": "[Upload]\nURL=https://gateway.internal:19532\n" };
  const [metal, kept] = hosts({ ...sends, ...journals(365) });
  stackTable(loggingRetained, [
    {
      title: "it reads the collector that was given, since a cluster may show less",
      resources: [server("#!/bin/sh\n"), collector("team/vector:1")],
      outputs: [server("#!/bin/sh\n"), { ...collector("team/vector:1"), props: {} }],
      expect: "passes",
    },
    {
      title: "it sees a collector that nobody gave in this operation",
      resources: [server("#!/bin/sh\n")],
      outputs: [server("#!/bin/sh\n"), collector("team/vector:1")],
      expect: "passes",
    },
    {
      title: "it accepts hosts of ours that send their journals, and keepers of a year",
      resources: [metal],
      outputs: [kept],
      expect: "passes",
    },
    {
      title: "it refuses keepers of 90 days",
      resources: [metal],
      outputs: [hosts({ ...sends, ...journals(90) })[1]],
      expect: /keeps for 90 days/,
    },
    {
      title: "it refuses hosts that send nothing",
      resources: [metal],
      outputs: [hosts(journals(365))[1]],
      expect: /"one", whose records stay/,
    },
  ]);
});

describe("UC-EMG-001 fallback-channel", () => {
  const fallback = { product: "matrix", provider: "exoscale", location: "ch-dk-2" };
  const platform = (props: object = {}, service = "jitsi"): Resource => ({
    type: "sovereign-uc:index:Platform",
    props: {
      domain: "meet.crisis.example.ch",
      location: "fsn1",
      services: [
        { service, name: "a" },
        { service: "postgres", name: "b" },
      ],
      ...props,
    },
  });
  const namespace = (...values: readonly unknown[]): Resource => ({
    type: "kubernetes:core/v1:Namespace",
    props: {
      metadata: {
        annotations: Object.fromEntries(
          ["product", "provider", "location"].map((key, i) => [`sovereign-uc/fallback-${key}`, values[i]]),
        ),
      },
    },
  });
  const jvb = pod("jitsi/jvb:stable");
  const imageOf = (image: unknown): Resource => ({
    type: "kubernetes:core/v1:Pod",
    props: { spec: { containers: [{ name: "a", image }] } },
  });
  const jitsi = namespace("jitsi", "exoscale", "ch-dk-2");
  const matrix = namespace("matrix", "exoscale", "ch-dk-2");
  shape(fallbackChannel);
  table(
    fallbackChannel,
    ones([
      ["accepts another product at another place", platform({ fallback }), "passes"],
      ["refuses none", platform(), /jitsi without a second channel/],
      ["refuses a word in its place", platform({ fallback: "matrix" }), /without a second channel/],
      [
        "refuses the same product, in any case of letters",
        platform({ fallback: { ...fallback, product: "Jitsi" } }),
        /of the same product, jitsi/,
      ],
      [
        "refuses the same place",
        platform({ fallback: { ...fallback, location: " FSN1 " } }),
        /at the same place, fsn1/,
      ],
      ...Object.keys(fallback).map(
        (key) =>
          [
            `refuses one without its ${key}`,
            platform({ fallback: { ...fallback, [key]: " " } }),
            new RegExp(`a second channel without ${key}`),
          ] as const,
      ),
      ["cannot judge one that is not known", platform({ fallback: unknownString }), "is undetermined"],
      [
        "cannot judge a product that is not known",
        platform({ fallback: { ...fallback, product: unknownString } }),
        { undetermined: /the product of the second channel/ },
      ],
      ["says nothing about a platform without a channel", platform({}, "storage"), "says nothing"],
      [
        "says nothing about other components",
        { type: "sovereign-uc:index:Jitsi", props: { participants: 1 } },
        "says nothing",
      ],
      [
        "says nothing about what only looks like a platform of ours",
        { ...platform(), type: "acme:index:Platform" },
        "says nothing",
      ],
      ["leaves pods to the stack", jvb, "says nothing"],
    ]),
  );
  stackTable(
    fallbackChannel,
    rows([
      ["refuses a bridge without a second channel", [jvb], /jitsi without a second channel/],
      ["accepts one that an object names", [jvb, namespace("matrix", "exoscale", "ch-dk-2")], "passes"],
      ["refuses the same product", [jvb, namespace("jitsi", "exoscale", "ch-dk-2")], /of the same product/],
      [
        "refuses the place at which the machines stand",
        [jvb, server(), namespace("matrix", "hetzner", "fsn1")],
        /at the same place, fsn1/,
      ],
      ["refuses one that is named in part", [jvb, namespace("matrix")], /without provider, location/],
      ...[
        ["one", "two"],
        ["two", "one"],
      ].map(
        ([one = "", two = ""]) =>
          [
            `takes the same of two, in whatever order they are made: ${one} and ${two}`,
            [...[one, two].map((name): Resource => ({ ...(name === "one" ? jitsi : matrix), name })), jvb],
            /of the same product, jitsi/,
          ] as const,
      ),
      [
        "cannot judge one that is not known",
        [jvb, namespace(unknownString, "a", "b")],
        { undetermined: /the product/ },
      ],
      [
        "knows several products",
        [pod("element-hq/synapse:1"), pod("team/mattermost-team-edition:1"), namespace("mattermost", "a", "b")],
        /of the same product, mattermost/,
      ],
      ...[
        ["jitsi", "jicofo"],
        ["bigbluebutton", "bbb-web bbb-apps-akka"],
        ["matrix", "synapse dendrite-monolith conduit tuwunel continuwuity"],
        ["livekit", "livekit-server"],
        ["openvidu", "openvidu-server"],
        ["nextcloud", "nextcloud-spreed-signaling aio-talk"],
        ["mattermost", "mattermost-team-edition mattermost-enterprise-edition"],
        ["rocketchat", "rocket.chat"],
        ["zulip", "docker-zulip zulip-server"],
        ["mumble", "mumble-server"],
        ["asterisk", "asterisk"],
        ["freeswitch", "freeswitch"],
      ].flatMap(([product = "", images = ""]) =>
        images
          .split(" ")
          .map((name) => [`knows ${name}`, [pod(`team/${name}:1`)], new RegExp(`found ${product} without`)] as const),
      ),
      ["says nothing about an image that is not known", [imageOf(unknownString)], "says nothing"],
      ["says nothing about an image that cannot be read", [imageOf("a@b")], "says nothing"],
      ["takes no image for a channel that only ends like one", [pod("team/not-synapse:1")], "says nothing"],
      ["leaves a platform of ours to its own check", [platform(), jvb], "says nothing"],
      ["says nothing about a network", [{ type: "hcloud:index/network:Network" }], "says nothing"],
    ]),
  );
  stackTable(fallbackChannel, [
    {
      title: "it reads what was given, since a cluster may show less",
      resources: [jvb, matrix],
      outputs: [jvb, { ...matrix, props: {} }],
      expect: "passes",
    },
    {
      title: "it judges what stands in a stack though nobody gave it in this operation",
      resources: [{ type: "hcloud:index/network:Network" }],
      outputs: [jvb],
      expect: /jitsi without a second channel/,
    },
  ]);
});
