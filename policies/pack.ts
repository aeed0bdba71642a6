import type { Rule } from "./rule";
import { adminPlane } from "./rules/adm-001-admin-plane";
import { noPublicAiEndpoint } from "./rules/ai-001-no-public-ai-endpoint";
import { transcriptionTransparency } from "./rules/ai-002-transcription-transparency";
import { prohibitedAiFeatures } from "./rules/ai-003-prohibited-ai-features";
import { modelProvenance } from "./rules/ai-004-model-provenance";
import { backupPresent } from "./rules/bkp-001-backup-present-sovereign";
import { noThirdPartyProxy } from "./rules/cdn-001-no-third-party-proxy";
import { encryptedAtRest } from "./rules/dat-001-encryption-at-rest-own-key";
import { dnsJurisdiction } from "./rules/dns-001-dns-jurisdiction";
import { fallbackChannel } from "./rules/emg-001-fallback-channel";
import { matrixFederation } from "./rules/fed-001-matrix-federation";
import { exemptionsValid } from "./rules/gov-001-exemptions-valid";
import { datasetFresh } from "./rules/gov-002-dataset-fresh";
import { componentInputsVisible } from "./rules/gov-003-component-inputs-visible";
import { nothingUndetermined } from "./rules/gov-004-no-undetermined-at-apply";
import { nPlusOne } from "./rules/ha-001-n-plus-one";
import { spreadReplicas } from "./rules/ha-002-spread";
import { twoLocations } from "./rules/ha-003-two-locations";
import { mfaModeratorsAdmins } from "./rules/idn-001-mfa-moderators-admins";
import { idpJurisdiction } from "./rules/idn-002-idp-jurisdiction";
import { meetingDefaults } from "./rules/idn-003-meeting-defaults";
import { registryJurisdiction } from "./rules/img-001-registry-jurisdiction";
import { providerAllowlist } from "./rules/jur-001-provider-allowlist";
import { controllingEntity } from "./rules/jur-002-controlling-entity";
import { clusterJurisdiction } from "./rules/k8s-001-cluster-jurisdiction";
import { loggingRetained } from "./rules/log-001-logging-present-retained";
import { noPlainMedia } from "./rules/med-001-no-plain-rtp";
import { ownTelemetry } from "./rules/mon-001-telemetry-saas";
import { mailDirectoryUnreachable } from "./rules/net-001-mail-directory-unreachable";
import { defaultLeakEndpoints } from "./rules/net-002-default-leak-endpoints";
import { egressDefaultDeny } from "./rules/net-003-egress-default-deny";
import { publicExposure } from "./rules/net-004-public-exposure";
import { opaqueResource } from "./rules/opq-001-opaque-resource";
import { deleteProtection } from "./rules/prt-001-delete-protection";
import { pushGateway } from "./rules/psh-001-push-gateway";
import { recordingGoverned } from "./rules/rec-001-recording-governed";
import { locationAllowlist } from "./rules/reg-001-location-allowlist-explicit";
import { secretInClear } from "./rules/sec-001-secret-in-clear";
import { stateBackend } from "./rules/sta-001-state-backend";
import { imageDigestPinned } from "./rules/sup-001-image-digest-pinned";
import { signatureChecked } from "./rules/sup-002-signature-sbom";
import { assetLabels } from "./rules/tag-001-asset-labels";
import { clocks } from "./rules/tim-001-ntp";
import { tlsOfToday } from "./rules/tls-001-ca-and-tls";

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
  egressDefaultDeny,
  spreadReplicas,
  twoLocations,
  backupPresent,
  stateBackend,
  clusterJurisdiction,
  opaqueResource,
  tlsOfToday,
  encryptedAtRest,
  mfaModeratorsAdmins,
  idpJurisdiction,
  imageDigestPinned,
  secretInClear,
  publicExposure,
  adminPlane,
  loggingRetained,
  recordingGoverned,
  transcriptionTransparency,
  prohibitedAiFeatures,
  dnsJurisdiction,
  noThirdPartyProxy,
  matrixFederation,
  pushGateway,
  ownTelemetry,
  clocks,
  modelProvenance,
  fallbackChannel,
  deleteProtection,
  assetLabels,
  meetingDefaults,
  signatureChecked,
  datasetFresh,
  componentInputsVisible,
  // After the others: it counts what they have left undetermined.
  nothingUndetermined,
  // The last one: it knows which exemptions the others have used.
  exemptionsValid,
];

/** Rules on the operators of everything that a stack uses: the pack for stacks that do not use our components. */
export const jurisdictionRules: readonly Rule[] = [
  providerAllowlist,
  controllingEntity,
  locationAllowlist,
  registryJurisdiction,
  noPublicAiEndpoint,
  stateBackend,
  clusterJurisdiction,
  idpJurisdiction,
  dnsJurisdiction,
  noThirdPartyProxy,
  ownTelemetry,
  datasetFresh,
  nothingUndetermined,
  exemptionsValid,
];

/** Rules on what reaches what: from and to mail and directories, third parties, everybody, and administrators. */
export const isolationRules: readonly Rule[] = [
  mailDirectoryUnreachable,
  defaultLeakEndpoints,
  egressDefaultDeny,
  opaqueResource,
  encryptedAtRest,
  mfaModeratorsAdmins,
  idpJurisdiction,
  secretInClear,
  publicExposure,
  adminPlane,
  noThirdPartyProxy,
  matrixFederation,
  pushGateway,
  componentInputsVisible,
  nothingUndetermined,
  exemptionsValid,
];

/** Rules on calls: encrypted media, and nobody outside who takes part in them. */
export const mediaRules: readonly Rule[] = [
  registryJurisdiction,
  noPlainMedia,
  defaultLeakEndpoints,
  tlsOfToday,
  mfaModeratorsAdmins,
  idpJurisdiction,
  publicExposure,
  recordingGoverned,
  transcriptionTransparency,
  prohibitedAiFeatures,
  matrixFederation,
  meetingDefaults,
  componentInputsVisible,
  nothingUndetermined,
  exemptionsValid,
];

/** Rules on what goes on when something fails, and on finding out why. */
export const resilienceRules: readonly Rule[] = [
  nPlusOne,
  spreadReplicas,
  twoLocations,
  backupPresent,
  imageDigestPinned,
  loggingRetained,
  clocks,
  fallbackChannel,
  deleteProtection,
  assetLabels,
  signatureChecked,
  nothingUndetermined,
  exemptionsValid,
];

/** Rules on models: whose they are, where they come from, and what they are asked. */
export const aiRules: readonly Rule[] = [
  registryJurisdiction,
  noPublicAiEndpoint,
  defaultLeakEndpoints,
  opaqueResource,
  idpJurisdiction,
  imageDigestPinned,
  transcriptionTransparency,
  prohibitedAiFeatures,
  modelProvenance,
  nothingUndetermined,
  exemptionsValid,
];
