/** A hub with calls for fifty people, which tests start on live nodes: Talk's high-performance back end as `Nextcloud` renders it. */
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { join } from "node:path";
import { buildSync } from "esbuild";
import {
  givenBucket,
  givenCache,
  givenDatabase,
  givenOidcClient,
  givenSecret,
  hetzner,
  Nextcloud,
  planNextcloud,
  Platform,
  tier,
} from "../../components";
import { workloadLabel } from "../../components/kubernetes/peers";
import { folders, ports, trustFiles } from "../../components/services/nextcloud/settings";
import { catalogueImages } from "../../components/services/registry";
import type { KubernetesObject } from "../support/programs/apply";
import { until } from "../support/programs/background";
import type { Rendered } from "./rendered";
import type { LiveOptions } from "./start-live";

export const domains = { hub: "hub.crisis.example.ch", talk: "talk.crisis.example.ch" } as const;

/** Places of others, of which nobody is there: only the web servers would ask them. */
const elsewhere = "elsewhere";
const store = "https://store.example.ch";
const secret = givenSecret("nobody asks for it");
const ca = "-----BEGIN CERTIFICATE-----\nof nobody\n-----END CERTIFICATE-----\n";

export const program = (): Record<string, unknown> => {
  const hub = planNextcloud({
    name: "hub",
    domain: domains.hub,
    people: 50,
    talk: { domain: domains.talk, participants: 50 },
    bucket: store,
  });
  const platform = new Platform("live", {
    cloud: hetzner(),
    location: "fsn1",
    machineTypes: { gateway: "cpx22", controlPlane: "cpx32", application: "cpx42", media: "ccx43", data: "ccx23" },
    isolatedFrom: [{ name: "directory", kind: "directory", ranges: ["10.0.0.0/20"] }],
    birthSecret: "protects nothing here",
    domain: domains.hub,
    administrators: ["203.0.113.0/24"],
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
    plans: [hub],
  });
  new Nextcloud("hub", {
    on: platform,
    plan: hub,
    image: { path: "live/hub", upstream: "registry.example.ch/hub", version: "34.0.2-1" },
    database: givenDatabase({
      host: `records.${elsewhere}.svc.cluster.local`,
      port: 5432,
      name: "hub",
      user: "hub",
      password: secret,
      ca,
      peer: tier(elsewhere, "records", { postgres: 5432 }),
    }),
    cache: givenCache({
      host: `cache.${elsewhere}.svc.cluster.local`,
      port: 6379,
      password: secret,
      ca,
      peer: tier(elsewhere, "cache", { data: 6379 }),
    }),
    bucket: givenBucket({
      ...platform.proxy,
      endpoint: store,
      bucket: "files",
      region: "live",
      accessKey: secret,
      secretKey: secret,
    }),
    bucketEncryption: "key",
    login: givenOidcClient({
      issuer: "https://login.example.ch/realms/crisis",
      clientId: "hub",
      clientSecret: secret,
      peer: tier(elsewhere, "login", { http: 8080 }),
      port: 8080,
    }),
    drainSeconds: 120,
  });
  return { kubeconfig: platform.kubeconfig };
};

/** People whom the hub knows, and those whom it invites to a room. */
export const people = ["officer", "deputy", "clerk", "guest"] as const;
export type Person = (typeof people)[number];
export const rooms: Readonly<Record<string, readonly Person[]>> = { call: ["officer", "deputy", "clerk"] };

/** Input of the stand-in for the web servers. */
export interface HubSettings {
  readonly domains: typeof domains;
  readonly port: number;
  /** Of the hub and the signaling servers. */
  readonly secret: string;
  /** PEM of the key that signs tickets. */
  readonly tokenKey: string;
  readonly passwords: Readonly<Record<string, string>>;
  readonly rooms: Readonly<Record<string, readonly string[]>>;
  /** File of the authority of the web's certificates. */
  readonly webAuthority: string;
}

/** Passwords of people at the hub, made once. */
export const passwords = Object.fromEntries(people.map((one) => [one, randomBytes(12).toString("hex")])) as Readonly<
  Record<Person, string>
>;

const standIn = "hub-stand-in";

/** Fields of an object that only the tests look into. */
const fields = (object: KubernetesObject): Record<string, unknown> => object as unknown as Record<string, unknown>;

/** The web servers as rendered, with their mounts, probes and policies; a stand-in answers in them, since Nextcloud itself is not to be had here. */
function standingIn(rendered: Rendered): readonly KubernetesObject[] {
  const { objects } = rendered;
  const kept = objects.find(({ kind, metadata: { name } }) => kind === "Secret" && name === "hub-keeper-secrets");
  const { backend = "" } = (kept === undefined ? {} : fields(kept)["stringData"]) as Readonly<Record<string, string>>;
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const settings: HubSettings = {
    domains,
    port: ports.web,
    secret: backend,
    tokenKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    passwords,
    rooms,
    webAuthority: `${folders.trust}/${trustFiles.web}`,
  };
  const { outputFiles } = buildSync({
    entryPoints: [join(__dirname, "talk-hub.ts")],
    bundle: true,
    write: false,
    platform: "node",
    target: "node20",
    format: "cjs",
  });
  const { path, version } = catalogueImages.find((image) => image.path === "library/node") ?? {};
  const files = { "hub.js": outputFiles[0]?.text ?? "", "settings.json": JSON.stringify(settings) };
  const inTheirPlace = (object: KubernetesObject): KubernetesObject => {
    const whole = structuredClone(fields(object)) as unknown as {
      readonly spec: { readonly template: { readonly spec: { containers: Container[]; volumes: object[] } } };
    };
    const { containers, volumes } = whole.spec.template.spec;
    const [container] = containers;
    if (container === undefined) throw new Error("expected a container of the web servers, got none");
    container.image = `${rendered.registry}/${path}:${version}`;
    container.command = ["node", "/stand-in/hub.js", "/stand-in/settings.json"];
    container.volumeMounts.push({ name: "stand-in", mountPath: "/stand-in", readOnly: true });
    volumes.push({ name: "stand-in", configMap: { name: standIn } });
    return whole as unknown as KubernetesObject;
  };
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: standIn, namespace: "hub" },
      data: files,
    } as KubernetesObject,
    ...objects
      .filter(({ kind, metadata: { namespace } }) => namespace !== "hub" || !["Job", "CronJob"].includes(kind))
      .map((object) =>
        object.kind === "Deployment" && object.metadata.name === "hub-web" ? inTheirPlace(object) : object,
      ),
  ];
}

interface Container {
  image: string;
  command: string[];
  readonly volumeMounts: object[];
}

/** Signaling servers come after their bus, as the engine has it. */
const isSignaling = ({ kind, metadata }: KubernetesObject): boolean =>
  kind === "Deployment" && metadata.name === "hub-signaling";

export const talk = {
  program,
  // The outside asks gateways for it.
  change: { "sovereign-uc:domain": domains.hub },
  objects: standingIn,
  isLater: isSignaling,
  seconds: 400,
  afterwards: async (cluster, later) => {
    await cluster.apply(later);
    const all = async (): Promise<boolean> =>
      (await cluster.pods(["hub"])).filter(({ metadata }) => metadata.labels[workloadLabel] === "hub-signaling")
        .length === 2;
    await until("pods of the signaling servers", all);
    await cluster.ready(["hub"], 300);
  },
} satisfies LiveOptions;
