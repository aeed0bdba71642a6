import * as pulumi from "@pulumi/pulumi";
import { type AdministratorAccess, type Declared, type Isolated, type Mirror, type Resolver } from "../components";
import { exoscale } from "../components/clouds/exoscale";
import { exoscaleTypes } from "../components/clouds/exoscale/prices";
import { hetzner } from "../components/clouds/hetzner";
import { hetznerTypes } from "../components/clouds/hetzner/prices";
import { metal, type MetalHost, type Site, type Vlan } from "../components/clouds/metal";
import type { Cloud } from "../components/clouds/cloud";
import type { MachineTypes } from "../components/platform";
import { invalid } from "../components/core/errors";
import {
  boolean,
  type CloudId,
  cloudIds,
  data,
  type Key,
  oneWord,
  optionalData,
  optionalSecret,
  optionalText,
  secret,
  text,
  type Values,
} from "./keys";
import { unlocked } from "./locked";

/**
 * Settings of the site for every blueprint: one row per key of the stack's configuration.
 *
 * All keys stand in the project's own namespace. One that a provider package owns is no place for them, however well it fits: the engine hands every key of
 * `exoscale:` to the plugin `exoscale`, which refuses what it does not know (pulumi-terraform-bridge 3.137.0, `pkg/tfbridge/check_failures.go`,
 * "is not a valid configuration key"). A name that is free today can be a provider tomorrow.
 */
export const siteKeys = {
  location: text(),
  range: optionalText(),
  machineTypes: optionalData<Partial<MachineTypes>>(),
  domain: text(),
  administrators: data<readonly string[]>(),
  administratorKeys: optionalData<readonly string[]>(),
  administratorAccess: oneWord<AdministratorAccess>(["open", "closed"], "whether SSH passes the cloud's outer wall"),
  isolatedFrom: data<readonly Isolated[]>(),
  mirror: data<Mirror>(),
  resolvers: data<readonly Resolver[]>(),
  timeServers: data<readonly string[]>(),
  labels: optionalData<NonNullable<Declared["labels"]>>(),
  fallback: optionalData<NonNullable<Declared["fallback"]>>(),
  keepData: boolean(true),
  unlockedMirror: { ...oneWord(["refused", "accepted"], ""), read: lockedMirror },
  birthSecret: { kind: "secret", read: birthSecret } satisfies Key<pulumi.Output<string> | undefined>,
  certificate: optionalSecret(),
  certificateKey: optionalSecret(),
  relayCertificate: optionalSecret(),
  relayCertificateKey: optionalSecret(),
  image: optionalText({ cloud: "hetzner" }),
  ubuntuImage: optionalText({ cloud: "hetzner" }),
  templateId: text({ cloud: "exoscale" }),
  ubuntuTemplateId: optionalText({ cloud: "exoscale" }),
  sites: data<Readonly<Record<string, Site>>>({ cloud: "metal" }),
  hosts: data<readonly MetalHost[]>({ cloud: "metal" }),
  vlan: optionalData<Vlan>({ cloud: "metal" }),
  accessKey: secret({ cloud: "metal" }),
};

type Read = Values<typeof siteKeys>;

/** Machine types by role and the cloud itself, per cloud. */
const clouds: Readonly<Record<CloudId, { readonly machineTypes: MachineTypes; readonly make: (read: Read) => Cloud }>> =
  {
    hetzner: {
      machineTypes: hetznerTypes,
      make: ({ image, ubuntuImage }) =>
        hetzner({
          ...(image === undefined ? {} : { image }),
          ...(ubuntuImage === undefined ? {} : { ubuntuImage }),
        }),
    },
    exoscale: {
      machineTypes: exoscaleTypes,
      make: ({ templateId, ubuntuTemplateId }) =>
        exoscale({ templateId, ...(ubuntuTemplateId === undefined ? {} : { ubuntuTemplateId }) }),
    },
    metal: {
      machineTypes: { gateway: "small", controlPlane: "medium", application: "large", media: "large", data: "large" },
      make: ({ sites, hosts, accessKey, vlan }) =>
        metal({ sites, hosts, accessKey, ...(vlan === undefined ? {} : { vlan }) }),
    },
  };

/** A certificate with its key. */
interface Bought {
  readonly certificate: pulumi.Output<string>;
  readonly privateKey: pulumi.Output<string>;
}

/** The place of a deployment as a platform takes it, beside the stack's name. */
export type SiteSettings = ReturnType<typeof siteSettings>;

/**
 * The place of a deployment, from the values of its keys.
 *
 * @throws RangeError for half of a certificate, and for what the cloud refuses.
 */
export function siteSettings(read: Read, id: CloudId) {
  const { machineTypes, make } = clouds[id];
  const certificate = bought("certificate", read.certificate, read.certificateKey);
  const relayCertificate = bought("relayCertificate", read.relayCertificate, read.relayCertificateKey);
  return {
    cloud: make(read),
    location: read.location,
    ...(read.range === undefined ? {} : { range: read.range }),
    machineTypes: { ...machineTypes, ...read.machineTypes },
    domain: read.domain,
    administrators: read.administrators,
    administratorKeys: read.administratorKeys ?? [],
    administratorAccess: read.administratorAccess,
    isolatedFrom: read.isolatedFrom,
    site: { mirror: read.mirror, resolvers: read.resolvers, timeServers: read.timeServers },
    keepData: read.keepData,
    ...(read.labels === undefined ? {} : { labels: read.labels }),
    ...(read.fallback === undefined ? {} : { fallback: read.fallback }),
    ...(read.birthSecret === undefined ? {} : { birthSecret: read.birthSecret }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(relayCertificate === undefined ? {} : { relayCertificate }),
  };
}

/** @throws RangeError for a certificate without its key, or the other way round. */
function bought(
  key: string,
  certificate: pulumi.Output<string> | undefined,
  privateKey: pulumi.Output<string> | undefined,
): Bought | undefined {
  if (certificate !== undefined && privateKey !== undefined) return { certificate, privateKey };
  if (certificate === undefined && privateKey === undefined) return undefined;
  throw invalid(
    `both sovereign-uc:${key} and sovereign-uc:${key}Key`,
    "one of them",
    "set the other one, or remove both to have certificates issued by the deployment's own authority",
  );
}

/** @throws RangeError when a stack in a cloud has none. */
function birthSecret(config: pulumi.Config, name: string): pulumi.Output<string> | undefined {
  const value = config.getSecret(name);
  // An inventory has the keys of its machines.
  if (value === undefined && config.get("cloud") !== "metal")
    throw invalid(
      "a secret with which hosts prove at first contact which key they have",
      undefined,
      'set it once: pulumi config set --secret sovereign-uc:birthSecret "$(openssl rand -hex 32)"',
    );
  return value;
}

/** @throws RangeError with everything that is not locked, unless the stack accepts that. */
function lockedMirror(config: pulumi.Config, name: string): "refused" | "accepted" {
  const value = config.get(name) ?? "refused";
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

/** The cloud that a stack names. @throws RangeError for none and for an unknown one. */
export function cloudOf(config: pulumi.Config): CloudId {
  const value = config.get("cloud");
  const found = cloudIds.find((id) => id === value);
  if (found === undefined)
    throw invalid(
      `a cloud out of ${cloudIds.join(", ")}`,
      value,
      "set it: pulumi config set sovereign-uc:cloud hetzner",
    );
  return found;
}
