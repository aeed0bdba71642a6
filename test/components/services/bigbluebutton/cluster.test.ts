/** The part of BigBlueButton that stands on the cluster: Scalelite, its pollers and importers, playback, and Greenlight. */
import { replicasFor } from "../../../../components/core/capacity";
import { bigBlueButtonImages } from "../../../../components/services/bigbluebutton/images";
import { playbackConf } from "../../../../components/services/bigbluebutton/playback";
import { secretRoles } from "../../../../components/services/bigbluebutton/rails";
import {
  cacheClients,
  greenlightConnections,
  scaleliteConnections,
} from "../../../../components/services/bigbluebutton/settings";
import {
  bigBlueButtonTiers,
  greenlightClients,
  greenlightRoute,
  madeTiers,
  requests,
  scaleliteClients,
  scaleliteRoute,
} from "../../../../components/services/bigbluebutton/tiers";
import { clusterUpstream } from "../../../../components/services/bigbluebutton/upstream";
import type { Deployment } from "../../../support/mocks";
import { manifests, object } from "../../kubernetes/target";
import { clearManifests, containersOf, podTemplates, scriptsOf } from "../rendered";
import { domain, made, parts, recordings } from "./cluster-support";

let recorded: Deployment;
let plain: Deployment;
beforeAll(async () => {
  recorded = await made({ recordings });
  plain = await made();
});

/** Variables of a workload's pods, those of its Secret included, with secrets in clear. */
function variables({ resources }: Deployment, name: string): Readonly<Record<string, string>> {
  const pod = podTemplates(manifests(resources)).find((one) => one.name === name);
  if (pod === undefined) throw new Error(`expected pods of ${name}, got none`);
  return Object.fromEntries(
    containersOf(pod).flatMap(({ env = [], envFrom = [] }) => [
      ...env.map(({ name: key, value }) => [key, value ?? ""] as const),
      ...envFrom.flatMap(({ secretRef }) =>
        Object.entries(object(resources, "Secret", secretRef.name)["stringData"] as Record<string, string>),
      ),
    ]),
  );
}

/** The one file of a workload's Secret. */
const secretFile = ({ resources }: Deployment, secret: string, file: string): unknown =>
  JSON.parse((object(resources, "Secret", secret)["stringData"] as Record<string, string>)[file] ?? "");

/** Places that a tier's policy lets it reach, as "peer port". */
function reached({ resources }: Deployment, tier: string): readonly string[] {
  const { spec } = object(resources, "NetworkPolicy", tier) as unknown as {
    readonly spec: {
      readonly egress: readonly {
        readonly to: readonly {
          readonly ipBlock?: { readonly cidr: string };
          readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
        }[];
        readonly ports: readonly { readonly port: number }[];
      }[];
    };
  };
  return spec.egress.flatMap(({ to, ports }) =>
    to.flatMap(({ ipBlock, podSelector }) =>
      ports.map(({ port }) => `${ipBlock?.cidr ?? Object.values(podSelector?.matchLabels ?? {}).join(" ")} ${port}`),
    ),
  );
}

const replicas = ({ resources }: Deployment, kind: string, name: string): number =>
  (object(resources, kind, name)["spec"] as { readonly replicas: number }).replicas;

describe("the cluster's side of BigBlueButton", () => {
  it("has one more of every tier than its load asks for, and no singleton", () => {
    for (const [kind, tier, count] of [
      ["Deployment", "scalelite", 2],
      ["Deployment", "poller", 2],
      ["Deployment", "greenlight", 2],
      ["Deployment", "playback", 2],
      ["Deployment", "reader", 2],
      ["StatefulSet", "importer", 2],
    ] as const)
      expect([tier, replicas(recorded, kind, `hearing-${tier}`)]).toEqual([tier, count]);
    expect(JSON.stringify(recorded.resources.map(({ inputs }) => inputs))).not.toContain("singleton");
  });

  it("asks for as many pods as it makes", () => {
    const asked = requests("hearing", 400, { recordings: true });
    for (const { tier, replicas: count, hosts } of asked)
      if (!tier.endsWith("-schema"))
        expect([tier, count]).toEqual([
          tier,
          replicas(recorded, hosts === "data" ? "StatefulSet" : "Deployment", tier),
        ]);
    expect(asked.map(({ tier }) => tier).sort()).toEqual(
      madeTiers("hearing", true)
        .map(({ name }) => name)
        .filter((name) => !["hearing-scalelite-schema", "hearing-greenlight-sync"].includes(name))
        .sort(),
    );
    expect(requests("hearing", 400, { recordings: false })).toHaveLength(4);
    expect(
      requests("hearing", 4_000, { recordings: false }).find(({ tier }) => tier.endsWith("greenlight"))?.replicas,
    ).toBe(9);
  });

  it("makes neither playback nor importers where nothing is recorded, and says so to Scalelite and Greenlight", () => {
    expect(
      plain
        .all("Deployment")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["hearing-greenlight", "hearing-poller", "hearing-scalelite"]);
    expect(plain.all("StatefulSet")).toEqual([]);
    const env = variables(plain, "hearing-scalelite");
    expect(env["RECORDING_DISABLED"]).toBe("true");
    expect(env["OVERRIDE_CREATE_PARAMS"]).toBe("guestPolicy=ASK_MODERATOR,record=false");
    expect(Object.keys(env).filter((key) => /^(S3_|AWS_|STORE_)/.test(key))).toEqual([]);
    expect(variables(plain, "hearing-greenlight-schema")["RECORDINGS"]).toBe("false");
    expect(scaleliteRoute("hearing", "s.example.ch", { recordings: false })).toMatchObject({
      upstreams: [{ tier: { name: "hearing-scalelite" } }],
      closedPaths: ["/scalelite", "/fsapi"],
    });
  });

  it("protects what is recorded, and keeps it in the bucket", () => {
    for (const tier of ["scalelite", "poller", "importer"])
      expect(variables(recorded, `hearing-${tier}`)).toMatchObject({
        RECORDING_DISABLED: "false",
        PROTECTED_RECORDINGS_ENABLED: "true",
        OVERRIDE_CREATE_PARAMS: "guestPolicy=ASK_MODERATOR",
      });
    for (const tier of ["scalelite", "importer"])
      expect(variables(recorded, `hearing-${tier}`)).toMatchObject({
        S3_RECORDING: "true",
        S3_BUCKET_NAME: "recordings",
        STORE_ENDPOINT: "https://store.crisis.example.ch",
        AWS_ACCESS_KEY_ID: "secret access key of recordings",
      });
    expect(JSON.stringify(variables(recorded, "hearing-poller"))).not.toContain("of recordings");
    expect(variables(recorded, "hearing-importer")).toMatchObject({
      SPOOL_BUCKET: "spool",
      SPOOL_SECRET_ACCESS_KEY: "secret key of spool",
      SPOOL_PROXY: "http://gateway.internal:3128",
      RECORDING_SPOOL_DIR: "/spool/archives",
    });
    // Only importers have the key of the spool.
    for (const tier of ["scalelite", "poller", "reader", "greenlight"])
      expect(JSON.stringify(variables(recorded, `hearing-${tier}`))).not.toContain("of spool");
    expect(scaleliteRoute("hearing", "s.example.ch", { recordings: true })).toMatchObject({
      upstreams: [{ tier: { name: "hearing-playback" } }],
    });
  });

  it("connects to database and cache over TLS that is verified, with passwords in secrets only", () => {
    for (const [tier, of] of [
      ["scalelite", "scalelite"],
      ["poller", "scalelite"],
      ["importer", "scalelite"],
      ["scalelite-schema", "scalelite"],
      ["greenlight", "greenlight"],
      ["greenlight-schema", "greenlight"],
    ] as const)
      expect(variables(recorded, `hearing-${tier}`)).toMatchObject({
        DATABASE_URL: `postgresql:///hearing_${of}?connect_timeout=5&keepalives_idle=10&keepalives_interval=5&keepalives_count=3&tcp_user_timeout=20000`,
        PGHOST: "records.data.svc.cluster.local",
        PGDATABASE: `hearing_${of}`,
        PGSSLMODE: "verify-full",
        PGSSLROOTCERT: "/trust/database.crt",
        PGPASSWORD: `secret password of the database ${of}`,
        REDIS_URL: `rediss://:secret%2Fof%40the%3Acache%20${of}@kept.kept.svc.cluster.local:6379`,
        SSL_CERT_FILE: "/tmp/trust.pem",
        SECRET_KEY_BASE: `secret key of ${of}`,
      });
    const clear = JSON.stringify(clearManifests(recorded));
    for (const secret of ["secret password", "secret/of@", "secret%2F", "secret key", "secret of"])
      expect([secret, clear.includes(secret)]).toEqual([secret, false]);
  });

  it("lets Greenlight find an issuer on the same platform at its own name", async () => {
    const addresses = ["10.20.0.10", "10.20.0.11"];
    const deployment = await made({ login: { ...parts().login, port: 443, addresses } });
    const greenlight = JSON.stringify(object(deployment.resources, "Deployment", "hearing-greenlight"));
    expect(greenlight).toMatch(/"login\.crisis\.example\.ch"\],"ip":"10\.20\.0\.11"/);
    expect(greenlight).not.toContain("HTTPS_PROXY");
  });

  it("keeps Greenlight from every third party, and signs people in at the provider alone", () => {
    const env = variables(recorded, "hearing-greenlight");
    expect(env).toMatchObject({
      OPENID_CONNECT_ISSUER: "https://login.crisis.example.ch/realms/crisis",
      OPENID_CONNECT_REDIRECT: `https://${domain}`,
      OPENID_CONNECT_CLIENT_SECRET: "secret of the login",
      BIGBLUEBUTTON_ENDPOINT: `https://scalelite.${domain}/bigbluebutton/api`,
      BIGBLUEBUTTON_SECRET: "secret of frontends, new",
      URL_HOST: domain,
      HTTPS_PROXY: "http://gateway.internal:3128",
      SMTP_STARTTLS: "true",
      SMTP_TLS: "false",
      SMTP_SSL_VERIFY: "true",
      S3_ENDPOINT: "https://store.crisis.example.ch",
      SERVE_FILES: "true",
    });
    for (const key of Object.keys(env)) expect(key).not.toMatch(/^(HCAPTCHA|GCS|RAILS_LOG_REMOTE|AS_MIRROR|CLAMAV)/);
  });

  it("has the migrations run before what needs them", () => {
    for (const [job, workloads] of [
      ["hearing-scalelite-schema", ["hearing-scalelite", "hearing-poller", "hearing-importer"]],
      ["hearing-greenlight-schema", ["hearing-greenlight"]],
    ] as const) {
      expect(recorded.one("Job", job).inputs).toMatchObject({ spec: { backoffLimit: 3 } });
      for (const name of workloads) {
        const kind = name === "hearing-importer" ? "StatefulSet" : "Deployment";
        const before = [recorded.one(kind, name).opts.dependsOn].flat() as readonly { readonly name?: string }[];
        expect([name, before.map((one) => one.name)]).toEqual([name, expect.arrayContaining([job]) as unknown]);
      }
    }
  });

  it("asks every hour for recordings of which Greenlight was not told", () => {
    expect(recorded.one("CronJob", "hearing-greenlight-sync").inputs).toMatchObject({
      spec: { schedule: "23 * * * *" },
    });
    expect(variables(recorded, "hearing-greenlight-sync")).toMatchObject({
      BIGBLUEBUTTON_ENDPOINT: `https://scalelite.${domain}/bigbluebutton/api`,
      BIGBLUEBUTTON_SECRET: "secret of frontends, new",
    });
    expect(plain.all("CronJob")).toEqual([]);
  });

  it("lets each tier reach its own peers and nobody else", () => {
    expect(reached(recorded, "hearing-scalelite")).toEqual(
      expect.arrayContaining(["10.20.0.61/32 443", "10.20.0.62/32 443", "10.20.0.10/32 3128"]),
    );
    expect(reached(recorded, "hearing-poller")).toEqual(expect.arrayContaining(["10.20.0.61/32 443"]));
    expect(reached(recorded, "hearing-poller").join()).not.toContain("10.20.0.10");
    expect(reached(recorded, "hearing-greenlight").join()).not.toContain("10.20.0.61");
    expect(reached(recorded, "hearing-greenlight")).toEqual(expect.arrayContaining(["10.20.0.10/32 443"]));
    expect(reached(recorded, "hearing-importer").join()).not.toContain("10.20.0.61");
    expect(reached(recorded, "hearing-reader").join()).not.toMatch(/5432|6379|10\.20\.0\.6/);
    expect(reached(recorded, "hearing-playback").join()).not.toMatch(/5432|6379|3128/);
  });

  it("gives the pollers the servers, and the tenants with both of their secrets while one is exchanged", async () => {
    expect(secretFile(recorded, "hearing-poller-planned", "planned.json")).toEqual({
      servers: {
        "server-1": { url: `https://server-1.${domain}/bigbluebutton/api`, secret: "secret of servers" },
        "server-2": { url: `https://server-2.${domain}/bigbluebutton/api`, secret: "secret of servers" },
      },
      tenants: {},
    });
    expect(variables(recorded, "hearing-scalelite")).toMatchObject({
      LOADBALANCER_SECRETS: "secret of frontends, new:secret of frontends, old",
      MULTITENANCY_ENABLED: "false",
    });
    const shared = await made({
      tenants: ["moodle"],
      secrets: {
        ...(await import("./cluster-support")).parts().secrets,
        tenants: { moodle: { value: "secret of moodle", version: "1" } },
      },
    });
    expect(secretFile(shared, "hearing-poller-planned", "planned.json")).toMatchObject({
      tenants: {
        // Greenlight, which goes on asking by Scalelite's own name.
        scalelite: "secret of frontends, new:secret of frontends, old",
        moodle: "secret of moodle",
      },
    });
    expect(variables(shared, "hearing-scalelite")["MULTITENANCY_ENABLED"]).toBe("true");
    expect(scaleliteRoute("hearing", "scalelite.example.ch", { recordings: false, tenant: "moodle" })).toMatchObject({
      name: "hearing-tenant-moodle",
      host: "moodle.scalelite.example.ch",
    });
    expect(secretRoles(["moodle"])).toContain("tenant-moodle");
  });

  it("counts connections that its pods can open", () => {
    // Two pods of ten threads, two pollers, two importers and a migration.
    expect(scaleliteConnections(400)).toBe(2 * 10 + 2 * 5 + 2 * 6 + 5);
    expect(greenlightConnections(400)).toBe(3 * 10);
    expect(cacheClients(400)).toBeGreaterThan(scaleliteConnections(400) + greenlightConnections(400));
    expect(scaleliteClients("hearing", true).map(({ name }) => name)).toContain("hearing-importer");
    expect(greenlightClients("hearing", true).map(({ name }) => name)).toContain("hearing-greenlight-sync");
    expect(greenlightClients("hearing", false)).toHaveLength(2);
    expect(greenlightRoute("hearing", domain)).toMatchObject({ host: domain, health: ["/health_check"] });
    expect(replicasFor({ load: 1, perReplica: 1, unit: "x", source: "x" })).toBe(2);
  });
});

describe("the table of upstream", () => {
  /** Variables that a workload's own scripts read, or that others name. */
  const ours = (script: string, name: string): boolean => new RegExp(`^[^#]*\\b${name}\\b`, "m").test(script);

  it("has every variable that is set, none that is not, and a revision for each", () => {
    const objects = clearManifests(recorded);
    const set = new Map<string, Set<string>>();
    for (const pod of podTemplates(objects))
      for (const { image } of containersOf(pod)) {
        const { path } = Object.values(bigBlueButtonImages).find((row) => image.includes(`/${row.path}:`)) ?? {
          path: image,
        };
        const scripts = [".sh", ".rb"].flatMap((ending) => scriptsOf(pod, objects, ending)).join("\n");
        const names = Object.keys(variables(recorded, pod.name)).filter(
          (name) => clusterUpstream.variables[path]?.[name] !== undefined || !ours(scripts, name),
        );
        set.set(path, new Set([...(set.get(path) ?? []), ...names]));
      }
    for (const [path, names] of set)
      expect([path, [...names].sort()]).toEqual([path, Object.keys(clusterUpstream.variables[path] ?? {}).sort()]);
    const { variables: rows, files, behaviour = {} } = clusterUpstream;
    for (const source of [rows, files, behaviour]
      .flatMap(Object.values)
      .flatMap((table: object) => Object.values(table)))
      expect(source).toMatch(/\b[0-9a-f]{7,}\b|\bv?\d+\.\d+(\.\d+)*\b/);
  });

  it("knows all tiers by the name alone", () => {
    expect(Object.keys(bigBlueButtonTiers("x"))).toHaveLength(9);
    expect(playbackConf({ scalelite: "a:1", reader: "b:2" })).toContain("proxy_pass http://b:2;");
  });
});
