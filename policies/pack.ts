import type { Rule } from "./rule";
import { controllingEntity } from "./rules/jur-002-controlling-entity";
import { clusterJurisdiction } from "./rules/k8s-001-cluster-jurisdiction";
import { defaultLeakEndpoints } from "./rules/net-002-default-leak-endpoints";
import { locationAllowlist } from "./rules/reg-001-location-allowlist-explicit";
import { mailDirectoryUnreachable } from "./rules/net-001-mail-directory-unreachable";
import { noPlainMedia } from "./rules/med-001-no-plain-rtp";
import { noPublicAiEndpoint } from "./rules/ai-001-no-public-ai-endpoint";
import { nPlusOne } from "./rules/ha-001-n-plus-one";
import { opaqueResource } from "./rules/opq-001-opaque-resource";
import { providerAllowlist } from "./rules/jur-001-provider-allowlist";
import { registryJurisdiction } from "./rules/img-001-registry-jurisdiction";

/** All rules, in the order of the catalogue. */
export const rules: readonly Rule[] = [
  providerAllowlist,
  controllingEntity,
  locationAllowlist,
  registryJurisdiction,
  noPublicAiEndpoint,
  noPlainMedia,
  mailDirectoryUnreachable,
  nPlusOne,
  defaultLeakEndpoints,
  clusterJurisdiction,
  opaqueResource,
];

/** Rules on the operators of everything that a stack uses: the pack for stacks that do not use our components. */
export const jurisdictionRules: readonly Rule[] = [
  providerAllowlist,
  controllingEntity,
  locationAllowlist,
  registryJurisdiction,
  noPublicAiEndpoint,
  clusterJurisdiction,
];
