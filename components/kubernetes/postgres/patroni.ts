import { workloadLabel } from "../peers";
import { paths, ports, scopeLabel, stanza } from "./paths";

/** Settings of Patroni's configuration. */
export interface PatroniSettings {
  /** Name of the cluster: of its Endpoints, and of the Service that follows the leader. */
  readonly scope: string;
  /** Range of the pods: nobody else connects. */
  readonly podRange: string;
  readonly connections: number;
  readonly memoryMib: number;
  readonly volumeGib: number;
  /** Point in time to begin from. @default - an empty cluster */
  readonly restore?: boolean;
}

const file = (name: string): string => `${paths.tls}/${name}`;

/** Login of a member at another: by a certificate of the cluster's own authority, whose name is the user's. Passwords there are none. */
const byCertificate = (username: string): Readonly<Record<string, string>> => ({
  username,
  // Members know each other by addresses, which no certificate can name beforehand; the authority signs for this cluster only.
  sslmode: "verify-ca",
  sslrootcert: file("ca.crt"),
  sslcert: file(`${username}.crt`),
  sslkey: file(`${username}.key`),
});

/**
 * The part of Patroni's configuration that lies in Kubernetes and counts for all members. The file seeds it at the first start; afterwards `look-after.py` keeps
 * it as it is here.
 *
 * A leader that is not heard of is replaced after `ttl`. While the Kubernetes API cannot be asked, the leader goes on as long as all other members confirm it.
 */
export const dynamicConfiguration = ({ connections, volumeGib }: PatroniSettings): object => ({
  // loop_wait + 2 × retry_timeout must not be more than ttl, whose least value is 20.
  ttl: 20,
  loop_wait: 5,
  retry_timeout: 7,
  maximum_lag_on_failover: 1_048_576,
  primary_start_timeout: 60,
  primary_stop_timeout: 60,
  failsafe_mode: true,
  synchronous_mode: true,
  // Without it, a primary that loses its standbys goes on alone, and what it acknowledges dies with it.
  synchronous_mode_strict: true,
  synchronous_node_count: 1,
  postgresql: {
    use_pg_rewind: true,
    use_slots: true,
    parameters: {
      max_connections: connections,
      max_wal_senders: 10,
      max_replication_slots: 10,
      max_worker_processes: 8,
      wal_level: "replica",
      hot_standby: "on",
      wal_log_hints: "on",
      wal_keep_size: `${Math.max(Math.floor((volumeGib * 1024) / 20), 128)}MB`,
    },
  },
});

/**
 * Patroni's configuration, as JSON, which is YAML too. What differs between the pods of a cluster comes as variables: see {@link patroniVariables}.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | every key here | docs/SETTINGS.rst; docs/yaml_configuration.rst, docs/dynamic_configuration.rst | patroni/patroni v3.0.2; v4.1.4 |
 * | with `use_endpoints`, lock and address of the leader change in one update of one Endpoints object; a new leader's first update empties the addresses | patroni/dcs/kubernetes.py (attempt_to_acquire_leader, _map_subsets) | v3.0.2 |
 * | the Endpoints' controller removes Endpoints without a Service when it starts: `-config`, `-sync` and `-failover` need one each | pkg/controller/endpoint/endpoints_controller.go (checkLeftoverEndpoints) | kubernetes v1.34.2 |
 * | with `verify_client: optional`, whatever changes something takes a certificate of the authority, health checks do not | patroni/api.py (check_access) | v3.0.2 |
 * | with a client certificate, `insecure` leaves out the check of the host's name only | patroni/request.py | v3.0.2, v4.1.4 |
 * | the process that works inherits a handler that drops SIGINT; SIGTERM ends it cleanly | patroni/__main__.py (main), patroni/daemon.py | v3.0.2; in v4.1.4 handlers are set after the fork |
 * | a superuser without a password gets none | patroni/postgresql/bootstrap.py (post_bootstrap) | v3.0.2 |
 * | a standby that is dead counts as connected until `wal_sender_timeout` (60 s by default), and every commit waits for it | patroni/postgresql/sync.py (pg_stat_replication), PostgreSQL's runtime-config-replication | v3.0.2, 15 |
 */
export function patroniConfig(settings: PatroniSettings): string {
  const { scope, podRange, memoryMib, volumeGib } = settings;
  return json({
    scope,
    log: { level: "INFO" },
    restapi: {
      listen: `0.0.0.0:${ports.patroni}`,
      certfile: file("server.crt"),
      keyfile: file("server.key"),
      cafile: file("ca.crt"),
      verify_client: "optional",
    },
    ctl: { cacert: file("ca.crt"), certfile: file("standby.crt"), keyfile: file("standby.key"), insecure: true },
    kubernetes: {
      labels: { [workloadLabel]: scope },
      scope_label: scopeLabel,
      role_label: `${scopeLabel}-role`,
      use_endpoints: true,
      ports: [{ name: "postgres", port: ports.postgres }],
    },
    bootstrap: {
      dcs: dynamicConfiguration(settings),
      initdb: ["data-checksums", { encoding: "UTF8" }, { locale: "C.UTF-8" }],
      ...(settings.restore === true ? { method: "archive", archive: fromArchive } : {}),
    },
    postgresql: {
      listen: `0.0.0.0:${ports.postgres}`,
      data_dir: paths.data,
      pgpass: `${paths.socket}/pgpass`,
      use_unix_socket: true,
      use_unix_socket_repl: true,
      authentication: {
        // On the socket only, by the user of the process: there is no superuser on the network.
        superuser: { username: "postgres" },
        replication: byCertificate("standby"),
        rewind: byCertificate("rewind"),
      },
      remove_data_directory_on_rewind_failure: true,
      remove_data_directory_on_diverged_timelines: true,
      create_replica_methods: ["basebackup"],
      basebackup: [{ checkpoint: "fast" }],
      // A standby that was away longer than the primary keeps its log fetches the rest; an archive that does not answer must not hold up a promotion.
      recovery_conf: {
        restore_command: `timeout 15 pgbackrest --stanza=${stanza} --io-timeout=5 archive-get %f "%p"`,
      },
      parameters: {
        unix_socket_directories: paths.socket,
        ssl: "on",
        ssl_ca_file: file("ca.crt"),
        ssl_cert_file: file("server.crt"),
        ssl_key_file: file("server.key"),
        ssl_min_protocol_version: "TLSv1.2",
        password_encryption: "scram-sha-256",
        shared_buffers: `${Math.max(Math.floor(memoryMib / 4), 32)}MB`,
        effective_cache_size: `${Math.floor((memoryMib * 5) / 8)}MB`,
        huge_pages: "off",
        wal_compression: "on",
        max_slot_wal_keep_size: `${Math.max(Math.floor((volumeGib * 1024) / 4), 256)}MB`,
        wal_sender_timeout: "10s",
        wal_receiver_timeout: "10s",
        tcp_keepalives_idle: 30,
        tcp_keepalives_interval: 5,
        tcp_keepalives_count: 3,
        archive_mode: "on",
        archive_command: `pgbackrest --stanza=${stanza} archive-push "%p"`,
        archive_timeout: "60s",
        logging_collector: "off",
        log_min_duration_statement: -1,
        shared_preload_libraries: "",
      },
      pg_hba: [
        "local all postgres peer",
        "local replication standby peer map=own",
        `hostssl replication standby ${podRange} cert`,
        `hostssl postgres rewind ${podRange} cert`,
        "host all postgres,standby,rewind all reject",
        `hostssl all all ${podRange} scram-sha-256`,
      ],
      pg_ident: ["own postgres standby"],
    },
  });
}

const fromArchive = {
  command: `/bin/sh ${paths.scripts}/restore.sh`,
  no_params: true,
  keep_existing_recovery_conf: true,
};

/** Variables that tell each pod of a cluster who it is: name → field of the pod, or text with such names in it. */
export const patroniVariables = {
  fields: {
    PATRONI_NAME: "metadata.name",
    PATRONI_KUBERNETES_NAMESPACE: "metadata.namespace",
    PATRONI_KUBERNETES_POD_IP: "status.podIP",
  },
  texts: {
    PATRONI_POSTGRESQL_CONNECT_ADDRESS: `$(PATRONI_KUBERNETES_POD_IP):${ports.postgres}`,
    PATRONI_RESTAPI_CONNECT_ADDRESS: `$(PATRONI_KUBERNETES_POD_IP):${ports.patroni}`,
  },
} as const;

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
