import * as pulumi from "@pulumi/pulumi";
import { issuerNames } from "../../core/connections";
import { image } from "../../core/images";
import { trusted } from "../../core/secret";
import { serviceHost } from "../../core/tier";
import { Workload } from "../../kubernetes/workload";
import { gatewayName, proxyUrl } from "../../recipe/parts/private-host";
import { authenticationConfig } from "./authentication";
import { callEnv } from "./calls";
import { elementConfig, elementFolder, elementServer } from "./element";
import { scripts } from "./files";
import { matrixImages } from "./images";
import { aroundResources, lightCapacity } from "./plan";
import { type HomeserverParts, placesOf } from "./pods";
import { trustFilesOf } from "./secrets";
import {
  authenticationPorts,
  authenticationUser,
  callPorts,
  callUser,
  elementPorts,
  elementUser,
  folders,
  synapsePorts,
  trustFiles,
} from "./settings";

/** Pods of everything that stands around the homeserver, as far as its plan has it. */
export function aroundPods(parts: HomeserverParts, opts: pulumi.ComponentResourceOptions): readonly Workload[] {
  const { plan } = parts;
  return [
    ...(plan.authentication === undefined ? [] : [authenticationPods(parts, plan.authentication, opts)]),
    ...(plan.app === undefined ? [] : [elementPods(parts, plan.app, opts)]),
    ...(plan.calls === undefined ? [] : [callPods(parts, plan.calls, opts)]),
  ];
}

const shared = ({ policies }: HomeserverParts) => ({ namespace: policies.namespace, policies });

/** Servers that sign people in. All state is in their database. */
function authenticationPods(
  parts: HomeserverParts,
  { domain, tier }: NonNullable<HomeserverParts["plan"]["authentication"]>,
  opts: pulumi.ComponentResourceOptions,
): Workload {
  const { args, plan, secrets } = parts;
  const { cluster } = args.on;
  const { login, authentication } = args;
  if (authentication === undefined) throw new Error("expected data of the authentication service, got none");
  const proxied = placesOf({ login }).some((place) => place.proxied);
  return new Workload(
    tier.name,
    {
      ...shared(parts),
      tier,
      role: "authentication",
      image: image(cluster.registry, matrixImages.authentication),
      user: authenticationUser,
      capacity: lightCapacity(plan.users),
      args: ["server", "--config", `${folders.config}/config.yaml`],
      env: {
        PGHOST: authentication.database.host,
        ...(login.ca === undefined ? {} : { SSL_CERT_FILE: `${folders.trust}/${trustFiles.login}` }),
        ...(proxied ? { HTTPS_PROXY: proxyUrl } : {}),
      },
      names: { ...issuerNames(login), ...(proxied ? { [gatewayName]: cluster.gatewayAddresses } : {}) },
      mounts: [
        {
          name: "config",
          path: folders.config,
          files: {
            "config.yaml": authenticationConfig({
              domain,
              serverName: plan.serverName,
              database: authentication.database,
              login,
              homeserver: `http://${serviceHost(plan.homeserver)}:${synapsePorts.http}/`,
              proxies: [cluster.podRange],
              folders,
            }),
          },
        },
        { name: "secrets", path: folders.secrets, secrets: secrets.authentication },
        { name: "trust", path: folders.trust, secrets: trustFilesOf({ database: authentication.database, login }) },
      ],
      metrics: { port: "management", path: "/metrics" },
      probes: {
        ready: { get: "/health", port: authenticationPorts.management, everySeconds: 5 },
        alive: { get: "/health", port: authenticationPorts.management, failures: 12 },
        // The first start of a new release changes the database.
        startSeconds: 600,
      },
      resources: aroundResources.authentication,
    },
    opts,
  );
}

/** Web servers with Element's files. */
function elementPods(
  parts: HomeserverParts,
  { tier }: NonNullable<HomeserverParts["plan"]["app"]>,
  opts: pulumi.ComponentResourceOptions,
): Workload {
  const { args, plan } = parts;
  return new Workload(
    tier.name,
    {
      ...shared(parts),
      tier,
      role: "element",
      image: image(args.on.cluster.registry, matrixImages.element),
      user: elementUser,
      capacity: lightCapacity(plan.users),
      // Not by way of the image's own start, which writes a configuration into the root file system.
      command: ["nginx", "-c", `${elementFolder}/nginx.conf`, "-g", "daemon off;"],
      mounts: [
        {
          name: "config",
          path: elementFolder,
          files: { "nginx.conf": elementServer(), "config.json": elementConfig(plan), ...scripts.phones },
        },
        { name: "tmp", path: "/tmp", memoryMib: 16 },
      ],
      probes: {
        ready: { get: "/config.json", port: elementPorts.http, everySeconds: 5 },
        alive: { connect: elementPorts.http, failures: 6 },
      },
      resources: aroundResources.element,
    },
    opts,
  );
}

/** Servers that give out tickets for calls. What they remember of calls is lost with one of them: somebody who left without a word stays in the list for a while. */
function callPods(
  parts: HomeserverParts,
  { tier, livekit }: NonNullable<HomeserverParts["plan"]["calls"]>,
  opts: pulumi.ComponentResourceOptions,
): Workload {
  const { args, plan } = parts;
  const { on, calls } = args;
  if (calls === undefined) throw new Error("expected LiveKit servers, got none");
  const { webAuthority } = on;
  return new Workload(
    tier.name,
    {
      ...shared(parts),
      tier,
      role: "calls",
      image: image(on.cluster.registry, matrixImages.calls),
      user: callUser,
      capacity: lightCapacity(plan.users),
      env: {
        ...callEnv({ livekit, serverName: plan.serverName, key: calls.key }),
        ...(webAuthority === undefined ? {} : { SSL_CERT_FILE: `${folders.trust}/web.crt` }),
      },
      secretEnv: { LIVEKIT_SECRET: calls.secret },
      names: {
        // The homeserver under its own name, through the gateways inside.
        [plan.domain]: on.cluster.gatewayAddresses,
        ...(calls.addresses === undefined ? {} : { [new URL(livekit).hostname]: calls.addresses }),
      },
      mounts:
        webAuthority === undefined
          ? []
          : [{ name: "trust", path: folders.trust, secrets: { "web.crt": trusted(webAuthority) } }],
      probes: {
        ready: { get: "/healthz", port: callPorts.http, everySeconds: 5 },
        alive: { get: "/healthz", port: callPorts.http, failures: 6 },
      },
      resources: aroundResources.calls,
    },
    opts,
  );
}
