import * as pulumi from "@pulumi/pulumi";
import {
  type AdministratorAccess,
  Cloud,
  exoscale,
  hetzner,
  Isolated,
  metal,
  type MetalHost,
  Mirror,
  Resolver,
  type Site,
  type Vlan,
} from "../components";
import { invalid, validate } from "../components/core/errors";
import { unlocked } from "./locked";

/** What a stack does with content that nobody has locked. */
type Unlocked = "refused" | "accepted";

/** A stack's configuration, read and checked once; everything below takes plain values. */
export interface Settings {
  readonly blueprint: string;
  readonly name: string;
  readonly cloud: Cloud;
  readonly location: string;
  readonly machineTypes: HostTypes;
  readonly domain: string;
  readonly participants: number;
  readonly administrators: readonly string[];
  readonly administratorKeys: readonly string[];
  /** Whether administrators' SSH passes the cloud's outer wall. */
  readonly administratorAccess: AdministratorAccess;
  readonly isolatedFrom: readonly Isolated[];
  readonly mirror: Mirror;
  readonly resolvers: readonly Resolver[];
  readonly timeServers: readonly string[];
  /** Of which the birth words of hosts are made; undefined where an inventory has their keys. */
  readonly birthSecret: pulumi.Output<string> | undefined;
  /** Whether data volumes are protected against deletion. */
  readonly keepData: boolean;
  /** A certificate bought for the domain. @default - one of the deployment's own authority */
  readonly certificate:
    { readonly certificate: pulumi.Output<string>; readonly privateKey: pulumi.Output<string> } | undefined;
}

/** Host types by role, in the cloud's own words. */
export interface HostTypes {
  readonly gateway: string;
  readonly controlPlane: string;
  readonly application: string;
  /** 16 cores and 32 GiB at least: what the capacity of a bridge is stated for. */
  readonly media: string;
}

const clouds = {
  hetzner: {
    machineTypes: { gateway: "cpx22", controlPlane: "cpx32", application: "cpx42", media: "ccx43" },
    make: (config: pulumi.Config) => {
      const image = config.get("image");
      return { cloud: hetzner(image === undefined ? {} : { image }), location: config.require("location") };
    },
  },
  exoscale: {
    machineTypes: {
      gateway: "standard.medium",
      controlPlane: "standard.large",
      application: "standard.extra-large",
      media: "cpu.huge",
    },
    make: (config: pulumi.Config) => ({
      cloud: exoscale({ templateId: config.require("templateId") }),
      location: config.require("location"),
    }),
  },
  metal: {
    machineTypes: { gateway: "small", controlPlane: "medium", application: "large", media: "large" },
    make: (config: pulumi.Config) => {
      const vlan = config.getObject<Vlan>("vlan");
      return {
        cloud: metal({
          sites: config.requireObject<Record<string, Site>>("sites"),
          hosts: config.requireObject<readonly MetalHost[]>("hosts"),
          accessKey: config.requireSecret("accessKey"),
          ...(vlan === undefined ? {} : { vlan }),
        }),
        location: config.require("location"),
      };
    },
  },
} as const;

/**
 * Reads the configuration of the stack.
 *
 * @throws pulumi.RunError with every problem, without a stack.
 */
export function settings(stack: string): Settings {
  const config = new pulumi.Config("sovereign-uc");
  const list = <T>(key: string): readonly T[] => config.requireObject<readonly T[]>(key);
  try {
    const id = config.require("cloud");
    if (id !== "hetzner" && id !== "exoscale" && id !== "metal")
      throw invalid(
        "a cloud out of hetzner, exoscale, metal",
        id,
        "set it: pulumi config set sovereign-uc:cloud hetzner",
      );
    const { machineTypes, make } = clouds[id];
    const read = validate({
      blueprint: () => config.get("blueprint") ?? "crisis",
      [id]: () => asRange(() => make(config)),
      machineTypes: () => ({ ...machineTypes, ...config.getObject<Partial<HostTypes>>("machineTypes") }),
      domain: () => asRange(() => config.require("domain")),
      participants: () => asRange(() => config.requireNumber("participants")),
      administrators: () => asRange(() => list<string>("administrators")),
      administratorAccess: () => access(config.get("administratorAccess") ?? "open"),
      isolatedFrom: () => asRange(() => list<Isolated>("isolatedFrom")),
      mirror: () => asRange(() => config.requireObject<Mirror>("mirror")),
      resolvers: () => asRange(() => list<Resolver>("resolvers")),
      timeServers: () => asRange(() => list<string>("timeServers")),
      birthSecret: () => (id === "metal" ? undefined : asRange(() => birthSecret(config))),
      unlockedMirror: () => lockedMirror(config.get("unlockedMirror") ?? "refused"),
    });
    const certificate = config.getSecret("certificate");
    const privateKey = config.getSecret("certificateKey");
    return {
      ...(read as unknown as Omit<
        Settings,
        "name" | "cloud" | "location" | "administratorKeys" | "certificate" | "keepData"
      >),
      ...(read[id] as ReturnType<typeof make>),
      name: stack,
      keepData: config.getBoolean("keepData") ?? true,
      administratorKeys: config.getObject<readonly string[]>("administratorKeys") ?? [],
      certificate: certificate === undefined || privateKey === undefined ? undefined : { certificate, privateKey },
    };
  } catch (error) {
    throw error instanceof RangeError || error instanceof pulumi.RunError
      ? new pulumi.RunError(`the configuration of "${stack}" cannot be used:\n${error.message}`)
      : error;
  }
}

/** @throws RangeError when there is none. */
function birthSecret(config: pulumi.Config): pulumi.Output<string> {
  const secret = config.getSecret("birthSecret");
  if (secret === undefined)
    throw invalid(
      "a secret with which hosts prove at first contact which key they have",
      undefined,
      'set it once: pulumi config set --secret sovereign-uc:birthSecret "$(openssl rand -hex 32)"',
    );
  return secret;
}

/** @throws RangeError with everything that is not locked, unless the stack accepts that. */
function lockedMirror(value: string): Unlocked {
  if (value !== "refused" && value !== "accepted")
    throw invalid('"refused" or "accepted"', value, "say what to do with content that nobody has locked");
  const left = unlocked();
  if (value === "refused" && left.length > 0)
    throw invalid(
      `locked digests of ${left.join(", ")}`,
      undefined,
      "run `npm run mirror` and commit components/core/images.lock.json: without it, whoever holds the mirror decides what runs as root on every host. To go up all the same: pulumi config set sovereign-uc:unlockedMirror accepted",
    );
  return value;
}

function access(value: string): AdministratorAccess {
  if (value === "open" || value === "closed") return value;
  throw invalid('"open" or "closed"', value, "set it: pulumi config set sovereign-uc:administratorAccess open");
}

/** Pulumi's own errors for missing or malformed keys, as one problem among others. */
function asRange<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new RangeError((error as Error).message.split("\n")[0]);
  }
}
