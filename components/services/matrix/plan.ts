import { invalid, validate, type Keys, knownKeys } from "../../core/errors";
import { dnsLabel, domainName } from "../../core/names";
import { countInRange } from "../../core/numbers";
import { type DatabaseNeed, egressTo, type ServicePlan } from "../../core/plan";
import { databaseConnections, healthPath, synapseTier, uploadMib } from "./settings";

export interface MatrixPlanArgs {
  /** Its namespace and resources begin with it. */
  readonly name: string;
  /** Host name that clients connect to. */
  readonly domain: string;
  /**
   * Part of every user's and room's name after the colon. It can never be changed. Where it is another name, that name's own web server has to answer
   * `/.well-known/matrix/client`.
   *
   * @default - the domain
   */
  readonly serverName?: string;
  /** People who are there at once. */
  readonly users: number;
  /** Files of all rooms: on the volume of one host, and in a bucket where the service is given one. */
  readonly mediaGib: number;
  /** Issuer of the identity provider, where it is outside: `https://login.crisis.example.ch/realms/crisis`. @default - inside the cluster */
  readonly login?: string;
  /** Endpoint of the bucket's store, where there is one and it is outside: `https://sos-ch-gva-2.exo.io`. @default - none */
  readonly bucket?: string;
}

const matrixPlanArgsKeys: Keys<MatrixPlanArgs> = {
  name: true,
  domain: true,
  serverName: true,
  users: true,
  mediaGib: true,
  login: true,
  bucket: true,
};

/** Needs of a Matrix homeserver, and the figures that it is built from. */
export interface MatrixPlan extends ServicePlan {
  readonly service: "matrix";
  readonly domain: string;
  readonly serverName: string;
  readonly users: number;
  readonly mediaGib: number;
  readonly databases: readonly DatabaseNeed[];
  /** The one process, as databases and caches see it. */
  readonly homeserver: ReturnType<typeof synapseTier>;
}

/** Most people for one process: Element's own sizing for servers that do not federate (ems-docs.element.io, "ESS Sizing", LTS 23.10) goes on with workers above. */
export const mostUsers = 500;

/** Resource requests of one process, from the same page: 2 cores and 2,000 MiB; files on their way are in memory besides. */
export const synapseResources = { cpu: 2, memoryMib: 2_560 } as const;

/** Connections that a client holds at once: one waits for news, others load files. An assumption until measured. */
const connectionsPerUser = 4;

/** Name of the homeserver's volume on its hosts. */
export const mediaVolume = (name: string): string => `${name}-media`;

/**
 * Plans a Matrix homeserver: one process, which keeps its rooms in a database and its files on a volume.
 *
 * @throws RangeError with every problem.
 *
 * @example
 * const chat = planMatrix({ name: "chat", domain: "chat.crisis.example.ch", users: 300, mediaGib: 100 });
 */
export function planMatrix(args: MatrixPlanArgs): MatrixPlan {
  const { name, domain, serverName = domain, users, mediaGib, login, bucket } = knownKeys(args, matrixPlanArgsKeys);
  const valid = validate({
    // The volume is named after it, in at most 15 characters.
    name: () => dnsLabel(name, 9),
    domain: () => domainName(domain),
    serverName: () => domainName(serverName),
    users: () => {
      const many = countInRange(users, "people", 1);
      if (many > mostUsers)
        throw invalid(`at most ${mostUsers} people for a homeserver of one process`, many, "plan several homeservers");
      return many;
    },
    mediaGib: () => countInRange(mediaGib, "GiB of files", 1, 65_536),
    login: () => (login === undefined ? [] : [egressTo(login, `logins of ${name}`)]),
    bucket: () => (bucket === undefined ? [] : [egressTo(bucket, `files of ${name}`)]),
  });
  const tier = synapseTier(valid.name);
  return {
    service: "matrix",
    name: valid.name,
    domain: valid.domain,
    serverName: valid.serverName,
    users: valid.users,
    mediaGib: valid.mediaGib,
    homeserver: tier,
    routes: [
      {
        kind: "web",
        name: valid.name,
        host: valid.domain,
        upstreams: [{ name: "homeserver", tier, port: "http" }],
        health: [healthPath],
        // Without a token, too, it tells anybody its version there. Other homeservers are not served at all.
        closedPaths: ["/_synapse/admin", "/_synapse/metrics", "/_matrix/federation", "/_matrix/key"],
        bodyMib: uploadMib + 2,
      },
    ],
    connections: valid.users * connectionsPerUser,
    requests: [{ tier: tier.name, replicas: 1, hosts: "data", ...synapseResources }],
    volumes: [{ name: mediaVolume(valid.name), gib: valid.mediaGib, replicas: 1 }],
    databases: [{ name: valid.name.replaceAll("-", "_"), connections: databaseConnections.most, locale: "C" }],
    egress: [...valid.login, ...valid.bucket],
  };
}

/** A plan of this service, and nothing else in its place. @throws RangeError */
export function matrixPlan(value: MatrixPlan): MatrixPlan {
  if ((value as MatrixPlan | undefined)?.service !== "matrix")
    throw invalid("a plan of a Matrix homeserver", value, "give what planMatrix(…) returns, also to the platform");
  return value;
}
