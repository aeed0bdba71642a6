import type * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "./clouds/cloud";
import { type MachineTypes, machineTypesKeys } from "./clouds/machine-types";
import { type Declared, declaredKeys } from "./core/declared";
import { each, type Keys } from "./core/errors";
import { type Isolated, isolatedKeys } from "./core/isolation";
import { type MediaPoolChoice, mediaPoolChoiceKeys } from "./core/layout";
import type { ServicePlan } from "./core/plan";
import type { SiteServices } from "./infrastructure/gateway";
import { siteServicesKeys } from "./infrastructure/gateway-args";
import type { AdministratorAccess } from "./infrastructure/host";
import type { GpuPool } from "./kubernetes/pools";
import { type GivenCertificates, givenCertificatesKeys } from "./service-base";

/** Hosts with graphics processors. */
export interface GraphicsHosts extends Pick<GpuPool, "toolkitKey"> {
  /** Host type in the cloud's own words: `gpu3.small`. */
  readonly type: string;
}

const graphicsHostsKeys: Keys<GraphicsHosts> = { type: true, toolkitKey: true };

export interface PlatformArgs extends GivenCertificates, Declared {
  readonly cloud: Cloud;
  /** Location code of the cloud: `fsn1`, `ch-gva-2`. */
  readonly location: string;
  readonly machineTypes: MachineTypes;
  /** Private IPv4 range of its hosts, from /16 to /27; platforms that know of each other have ranges of their own. @default "10.20.0.0/24" */
  readonly range?: string;
  /** Systems that the platform must not reach and that must not reach it. Give an empty list only where there are none. */
  readonly isolatedFrom: readonly Isolated[];
  /** Domain of the deployment: the Kubernetes API answers as `api.<domain>`. */
  readonly domain: string;
  /** Ranges from which administrators come. */
  readonly administrators: readonly string[];
  /** Keys of administrators, in OpenSSH format. A change replaces hosts. @default [] */
  readonly administratorKeys?: readonly string[];
  /** Administrators' SSH at the cloud's firewall. @default "open" */
  readonly administratorAccess?: AdministratorAccess;
  /** Stores, resolvers and clocks that everything here uses. */
  readonly site: SiteServices;
  /** A long random secret of which hosts' birth words are made; see `NetworkArgs.birthSecret`. @default - none */
  readonly birthSecret?: pulumi.Input<string>;
  /** True if data volumes are protected against deletion. @default true */
  readonly keepData?: boolean;
  /** Plans of all services that will stand on it. */
  readonly plans: readonly ServicePlan[];
  /**
   * Hosts with public addresses by pool. @default - one pool "media" for all media tiers of all plans, and one for each other location that a plan names:
   * "media-hel1"
   */
  readonly mediaPools?: Readonly<Record<string, MediaPoolChoice>>;
  /** Number of application hosts. @default - from the sum of the plans and the size of the machine type */
  readonly applicationHosts?: number;
  /** Hosts with graphics processors, as many as the plans ask for. @default - none: plans with `graphics` are refused */
  readonly graphics?: GraphicsHosts;
}

/** Keys of {@link PlatformArgs}. */
export const platformArgsKeys: Keys<PlatformArgs> = {
  ...givenCertificatesKeys,
  ...declaredKeys,
  cloud: true,
  location: true,
  range: true,
  machineTypes: machineTypesKeys,
  isolatedFrom: each(isolatedKeys),
  domain: true,
  administrators: true,
  administratorKeys: true,
  administratorAccess: true,
  site: siteServicesKeys,
  birthSecret: true,
  keepData: true,
  plans: each("elsewhere"),
  mediaPools: each(mediaPoolChoiceKeys),
  applicationHosts: true,
  graphics: graphicsHostsKeys,
};
