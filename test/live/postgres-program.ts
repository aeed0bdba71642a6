import {
  apiPort,
  CertificateAuthority,
  Cluster,
  Gateway,
  givenSecret,
  hetzner,
  Network,
  Postgres,
  type PostgresArgs,
  tier,
} from "../../components";
import { outsideAuthority } from "./outside";

/** Store of the archive, outside. */
export const store = { host: "store.example.ch", bucket: "archive", access: "archive-key", secret: "archive-secret" };

/** Clients of the database: pods of the tests' own. */
export const client = tier("clients", "writer", { none: 1 });

/** PostgreSQL on three hosts with volumes, and little beside it: one gateway more than none, one member, one host for the resolver. */
export function postgresProgram(more: Partial<PostgresArgs> = {}, name = "records"): () => Record<string, unknown> {
  return () => {
    const network = new Network("live", {
      cloud: hetzner(),
      location: "fsn1",
      isolatedFrom: [{ name: "directory", kind: "directory", ranges: ["10.0.0.0/20"] }],
      birthSecret: "protects nothing here",
    });
    const administrators = ["203.0.113.0/24"];
    const gateway = new Gateway("live-gateway", {
      network,
      type: "cpx22",
      count: 2,
      firstHost: 10,
      administrators,
      published: [
        // Nobody is there; a gateway is up when it listens for the web.
        {
          port: 443,
          targets: network.addresses(30, 1),
          targetPort: 30443,
          proxyProtocol: true,
          from: ["0.0.0.0/0"],
          reason: "web",
        },
        apiPort(network.addresses(20, 3), administrators),
      ],
      site: {
        resolvers: [
          { address: "192.0.2.53", name: "dns1.example.ch" },
          { address: "198.51.100.53", name: "dns2.example.ch" },
        ],
        timeServers: ["192.0.2.123", "198.51.100.123"],
        mirror: {
          registry: "registry.crisis.example.ch",
          packages: "https://packages.crisis.example.ch/debian",
          artefacts: "https://artefacts.crisis.example.ch",
        },
      },
      volumeHosts: [...network.addresses(20, 3), ...network.addresses(40, 3)],
      egress: [{ host: store.host, port: 443, reason: "archive of the databases" }],
    });
    const cluster = new Cluster("live", {
      network,
      gateway,
      domain: "meet.crisis.example.ch",
      controlPlane: { type: "cpx32", firstHost: 20 },
      application: { type: "cpx42", firstHost: 30, count: 1 },
      pools: {
        data: {
          type: "cpx42",
          firstHost: 40,
          count: 3,
          // Databases alone: a resolver that died with the primary's host would hide what clients see of it.
          taints: ["data=true:NoSchedule"],
          volumes: { postgres: { gib: 8 }, more: { gib: 8 } },
        },
      },
    });
    const bucket = {
      endpoint: `https://${store.host}`,
      bucket: store.bucket,
      region: "live",
      accessKey: givenSecret(store.access),
      secretKey: givenSecret(store.secret),
      ca: outsideAuthority().certificate,
      port: 443,
      peer: { name: "store", ranges: ["192.0.2.81/32"] },
    };
    const postgres = new Postgres(name, {
      cluster,
      pool: "data",
      volume: { from: "postgres", gib: 8 },
      resources: { cpu: 0.25, memoryMib: 512 },
      databases: { ledger: {} },
      archive: { bucket },
      ...more,
    });
    const database = postgres.database("ledger", { from: client });
    new CertificateAuthority("live-web", { commonName: "live web" });
    return {
      kubeconfig: cluster.kubeconfig,
      user: database.user,
      password: database.password.value,
      ca: database.ca,
      passphrase: postgres.archive.passphrase.value,
    };
  };
}

/** A second cluster on the same hosts, begun from a moment in the archive of the first. */
export const restoredProgram = (passphrase: string, at: string): (() => Record<string, unknown>) =>
  postgresProgram(
    {
      volume: { from: "more", gib: 8 },
      restore: { archive: { folder: "records", passphrase: givenSecret(passphrase) }, at },
    },
    "restored",
  );
