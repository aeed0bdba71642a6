import * as pulumi from "@pulumi/pulumi";
import type { BucketAccess } from "../../core/connections";
import { invalid, validate } from "../../core/errors";
import { type Secret, secretText } from "../../core/secret";
import { fields, record } from "../../core/shapes";
import type { HostPool } from "../../infrastructure/host";
import type { HostPlace, SecretInput } from "../../infrastructure/host-lifecycle";
import type { Serving } from "../../infrastructure/host-serving";
import { appsOverrides } from "../../recipe/parts/bigbluebutton/apps";
import { eventSocket, eventSocketClient } from "../../recipe/parts/bigbluebutton/freeswitch";
import { repositories, type RepositoryName, secretPaths, server, signed } from "../../recipe/parts/bigbluebutton/host";
import { relayConfiguration } from "../../recipe/parts/bigbluebutton/relay";
import { sfuOverrides } from "../../recipe/parts/bigbluebutton/sfu";
import { state, stateUnit, stateVolume } from "../../recipe/parts/bigbluebutton/state";
import { spool, spoolEnvironment, spoolPaths } from "../../recipe/parts/bigbluebutton/spool";
import { turnStunServers } from "../../recipe/parts/bigbluebutton/turn";
import { webProperties } from "../../recipe/parts/bigbluebutton/web";
import { combine } from "../../recipe/recipe";
import { scripts } from "../../recipe/scripts";
import { settings } from "../../recipe/text";
import type { ServiceHosts } from "../../service-hosts";
import type { KubernetesTarget } from "../../kubernetes/target";
import type { BigBlueButtonPlan } from "./plan";
import { bigBlueButtonTiers } from "./tiers";

/** Seconds that a browser's credential for a relay counts: it is given once, so it has to outlive the longest meeting. */
const credentialSeconds = 86_400;

/** Id of a server in Scalelite, for ever. */
export const serverId = (index: number): string => `server-${index + 1}`;

/** Secrets of servers. */
export interface ServerSecrets {
  /** Secret by which Scalelite asks them. */
  readonly servers: Secret;
  /** Password of the voice switch. */
  readonly switch: Secret;
  /** Secret by which a relay's credentials are made. */
  readonly relay: Secret;
}

export interface ServersArgs {
  readonly plan: BigBlueButtonPlan;
  readonly hosts: ServiceHosts;
  readonly repositoryKeys: Readonly<Record<RepositoryName, string>>;
  readonly secrets: ServerSecrets;
  readonly welcome: string;
  /** Bucket that recordings are handed over to; absent where nothing is recorded. */
  readonly spool?: BucketAccess | undefined;
  readonly drainMinutes: number;
  readonly cluster: KubernetesTarget;
  /** Resources of the load balancer: a server takes part in it once they are there. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * The servers: doors with Ubuntu, each with a name, a certificate, a relay and media of its own. They are changed and replaced one after the other: a server gets no new
 * meetings, is left alone until it has none, and is given meetings again once it is healthy.
 *
 * On somebody else's cluster there is no way to the load balancer, and meetings on a server end with each change of it.
 */
export function servers(args: ServersArgs, opts: pulumi.ComponentResourceOptions): HostPool {
  const { plan, hosts, repositoryKeys, cluster } = args;
  const [operated] = cluster.controlPlane ?? [];
  const named = ({ index }: HostPlace): string => hosts.names[index] ?? "";
  return hosts.make(
    `${plan.name}-server`,
    {
      system: "ubuntu-22.04",
      repositories: signed(repositoryKeys),
      webNames: [plan.domain, plan.scaleliteDomain],
      volume: { path: stateVolume, before: stateUnit },
      recipe: (place) =>
        combine(
          state(),
          server({ host: named(place), help: plan.help, formats: plan.recordings?.formats ?? [] }),
          args.spool === undefined ? {} : spool(),
        ),
      secrets: (place, publicAddress) => [
        ...secretFiles(args, named(place), publicAddress),
        ...(args.spool === undefined ? [] : spoolFiles(args.spool, plan)),
      ],
      ...(operated === undefined ? {} : { serves: ({ index }) => serving(args, index, cluster.controlPlane ?? []) }),
    },
    opts,
  );
}

/** Steps with which a server takes part in the load balancer; they run where the cluster can be asked. */
function serving(
  { plan, drainMinutes, after }: ServersArgs,
  index: number,
  controlPlane: NonNullable<KubernetesTarget["controlPlane"]>,
): Serving {
  const { scalelite } = bigBlueButtonTiers(plan.name);
  return {
    through: controlPlane[index % controlPlane.length] as NonNullable<(typeof controlPlane)[number]>,
    after,
    rest: scripts.restBigBlueButton,
    serve: scripts.serveBigBlueButton,
    leave: scripts.restBigBlueButton,
    words: [
      `server ${serverId(index)}`,
      `namespace ${scalelite.namespace}`,
      `workload ${scalelite.name}`,
      `minutes ${drainMinutes}`,
      "",
    ].join("\n"),
  };
}

/** Files of a server that hold secrets, or its public address. */
function secretFiles(
  { plan, hosts, secrets, welcome }: ServersArgs,
  host: string,
  publicAddress: pulumi.Output<string> | undefined,
): readonly SecretInput[] {
  const address = publicAddress ?? pulumi.output("");
  const own = { group: "root:bigbluebutton", mode: "0640" } as const;
  const all = { servers: secrets.servers, switch: secrets.switch, relay: secrets.relay };
  const file = (
    path: string,
    make: (texts: Readonly<Record<keyof typeof all, string>>, at: string) => string,
    { owner = own.group as string, mode = own.mode as `0${number}` } = {},
  ): SecretInput => ({
    path,
    mode,
    owner,
    content: pulumi
      .all([secretText(all, (texts) => JSON.stringify(texts)).value, address])
      .apply(([texts, at]) => make(JSON.parse(texts) as Record<keyof typeof all, string>, at)),
  });
  const root = { owner: "root:root", mode: "0600" } as const;
  return [
    file(secretPaths.web, (texts) =>
      webProperties({
        host,
        sharedSecret: texts.servers,
        welcome,
        recording: plan.recordings !== undefined,
        blockedHosts: [metadataService],
      }),
    ),
    file(secretPaths.apps, (texts) => appsOverrides({ host, sharedSecret: texts.servers })),
    file(secretPaths.switchClient, (texts) => eventSocketClient(texts.switch)),
    file(secretPaths.sfu, (texts, at) => sfuOverrides({ publicAddress: at, eventSocketPassword: texts.switch })),
    file(secretPaths.relays, (texts) =>
      turnStunServers({
        stun: [`stun:${host}:3478`],
        turn: [`turn:${host}:3478`, `turns:${host}:443?transport=tcp`],
        secret: texts.relay,
        credentialSeconds,
      }),
    ),
    file(secretPaths.eventSocket, (texts) => eventSocket(texts.switch), { owner: "freeswitch:daemon", mode: "0600" }),
    file(secretPaths.relay, (texts, at) => relayConfiguration({ host, publicAddress: at, secret: texts.relay }), {
      owner: "root:turnserver",
    }),
    file(
      secretPaths.values,
      (texts, at) => settings({ SERVER_NAME: host, PUBLIC_ADDRESS: at, SWITCH_PASSWORD: texts.switch }, "="),
      root,
    ),
    { path: secretPaths.certificate, content: hosts.certificate.certificate, mode: "0644" },
    { path: secretPaths.key, content: hosts.certificate.privateKey, mode: "0640", owner: "root:turnserver" },
  ];
}

/** Access of a server to the bucket that it hands recordings over to. */
const spoolFiles = (bucket: BucketAccess, { recordings }: BigBlueButtonPlan): readonly SecretInput[] => [
  {
    path: spoolPaths.environment,
    mode: "0600",
    content: pulumi.secret(
      pulumi.all([bucket.accessKey.value, bucket.secretKey.value]).apply(([accessKey, secretKey]) =>
        spoolEnvironment({ ...bucket, accessKey, secretKey }, recordings?.formats ?? [], {
          authority: bucket.ca !== undefined,
        }),
      ),
    ),
  },
  ...(bucket.ca === undefined ? [] : [{ path: spoolPaths.authority, content: bucket.ca }]),
];

/**
 * Address of a cloud's own service for its hosts: no document is fetched from there. What else a server must not ask, the network that it is isolated from first of all,
 * its filter drops.
 */
const metadataService = "169.254.169.254";

/** Public keys of all repositories. @throws RangeError with every one that is none. */
export function repositoryKeys(
  given: Readonly<Record<RepositoryName, string>>,
): Readonly<Record<RepositoryName, string>> {
  record(given, "keys of package repositories", '{ bigbluebutton: "-----BEGIN PGP PUBLIC KEY BLOCK-----…" }');
  const keys: Readonly<Partial<Record<RepositoryName, string>>> = fields(given);
  return validate(
    Object.fromEntries(
      (Object.keys(repositories) as RepositoryName[]).map((name) => [
        name,
        () => {
          const key = keys[name];
          if (
            typeof key !== "string" ||
            !/^-----BEGIN PGP PUBLIC KEY BLOCK-----\n[^]+\n-----END PGP PUBLIC KEY BLOCK-----$/.test(key.trim())
          )
            throw invalid(
              "an armoured public key",
              key,
              `give the text of the key that signs "${name}", from a source that you trust`,
            );
          return key;
        },
      ]),
    ),
  ) as Record<RepositoryName, string>;
}
