export { AdoptedCluster, type AdoptedClusterArgs, type AdoptedMediaHost } from "./kubernetes/adopted-cluster";
export {
  CertificateAuthority,
  type CertificateAuthorityArgs,
  type Issuer,
  type Issued,
  type IssueArgs,
} from "./infrastructure/certificate-authority";
export { type BalancedGroup, Balancer, type BalancerArgs } from "./infrastructure/balancer";
export {
  Bucket,
  type BucketArgs,
  type BucketInMakingStore,
  type BucketInPlainStore,
  type BucketInSomeStore,
  type BucketService,
  type BucketServiceWithKey,
  type BucketSettings,
} from "./infrastructure/bucket";
export type { MadeRights, StoreRights } from "./clouds/object-stores";
export type { ElasticHosts, ElasticPool } from "./kubernetes/elastic-pool";
export { apiPort, Cluster, type ClusterArgs } from "./kubernetes/cluster";
export type { BalancedPort, Cloud, ZoneRecord } from "./clouds/cloud";
export { exoscale, type ExoscaleOptions, type ExoscaleZone, exoscaleZones } from "./clouds/exoscale";
export {
  type BalancerType,
  hetzner,
  type HetznerLocation,
  type HetznerOptions,
  type HetznerRoute,
  type VSwitch,
} from "./clouds/hetzner";
export { metal, type MetalHost, type MetalOptions, type Site, type Vlan } from "./clouds/metal";
export { type Capacity, replicasFor } from "./core/capacity";
export type { RecordType } from "./core/dns";
export { type CatalogueImage, type Digest, image } from "./core/images";
export type { Isolated } from "./core/isolation";
export type { Mirror } from "./core/mirror";
export {
  edgeLinks,
  edgeTier,
  type Route,
  type RouteTimeouts,
  type StickOn,
  type TcpRoute,
  type Upstream,
  type WebRoute,
} from "./core/route";
export { inbound, type Opening, outbound } from "./core/openings";
export type { Declared, Fallback } from "./core/declared";
export type { OperatingSystem } from "./recipe/system";
export {
  type Collector,
  type Egress,
  Gateway,
  type GatewayArgs,
  type Published,
  type Resolver,
  type SiteServices,
} from "./infrastructure/gateway";
export {
  type AdministratorAccess,
  type Frozen,
  type Host,
  type HostPlace,
  HostPool,
  type HostPoolArgs,
} from "./infrastructure/host";
export { Autoscaler, type AutoscalerArgs } from "./kubernetes/autoscaler";
export { ResourceMetrics, type ResourceMetricsArgs } from "./kubernetes/resource-metrics";
export type { Scale } from "./kubernetes/scale";
export { acmeEgress, type AcmeArgs } from "./kubernetes/acme";
export { Edge, type EdgeArgs } from "./kubernetes/edge";
export type { CertificateSource, EdgeCertificate } from "./kubernetes/edge-certificates";
export { edgePublished, type EdgePublished } from "./kubernetes/edge-published";
export type { Mount } from "./kubernetes/mounts";
export type { Allowed, Peer } from "./kubernetes/peers";
export type { InitContainer, Metrics, Probe, Probes, Resources } from "./kubernetes/container";
export type { Drain, Shard } from "./kubernetes/pod";
export { Policies, type PoliciesArgs } from "./kubernetes/policies";
export { Task, type TaskArgs } from "./kubernetes/task";
export { type Generation, Secrets, type SecretsArgs } from "./infrastructure/secrets";
export {
  type BucketAccess,
  type BucketServer,
  type Cache,
  type Database,
  type DataServers,
  type LanguageEndpoint,
  linkTo,
  type LiveKitServers,
  type OidcClient,
  type OutsideRelay,
  type Reachable,
  type SmtpRelay,
  type SpeechEndpoint,
  type TurnServers,
} from "./core/connections";
export {
  givenBucket,
  givenCache,
  givenDatabase,
  givenLanguage,
  givenOidcClient,
  givenSmtpRelay,
  givenSpeech,
  givenTurnServers,
} from "./core/given-connections";
export type { HubAccount, PeopleClient } from "./core/service-accounts";
export { type HostPort, HostPorts } from "./core/ledger";
export { type Link, type LinkEnd, link, linkOut, type Outside } from "./core/link";
export { givenSecret, keyPair, type Secret, secretText, trusted } from "./core/secret";
export { type Tier, tier, type TierPort } from "./core/tier";
export { Namespace, type NamespaceArgs } from "./kubernetes/namespace";
export {
  type Archive,
  type ArchiveSettings,
  planPostgres,
  Postgres,
  type PostgresArgs,
  type PostgresPlan,
  type PostgresPlanArgs,
  type RestoreSettings,
} from "./kubernetes/postgres";
export type { KubernetesTarget, MediaHost, OnCluster } from "./kubernetes/target";
export type { HostVolume, OfferedVolumes, PoolVolume, WorkloadVolume } from "./kubernetes/volume";
export { Workload, type WorkloadArgs } from "./kubernetes/workload";
export { BucketExpiry, type BucketExpiryArgs } from "./kubernetes/bucket-expiry";
export { planValkey, Valkey, type ValkeyArgs, type ValkeyPlan, type ValkeyPlanArgs } from "./kubernetes/cache";
export { ManagedPostgres, type ManagedPostgresArgs } from "./kubernetes/managed-postgres";
export type { AuditLog } from "./clouds/managed-clusters";
export { ManagedCluster, type ManagedClusterArgs } from "./kubernetes/managed-cluster";
export { Network, type NetworkArgs } from "./infrastructure/network";
export { PolicyGuard, requirePolicies } from "./infrastructure/policy-guard";
export type { ApplicationPool, GpuPool, MediaPool, MemberPool } from "./kubernetes/pools";
export type { Snapshots } from "./kubernetes/snapshots";
export { type LinkedSite, SiteLink, type SiteEnd, type SiteLinkArgs } from "./infrastructure/site-link";
export {
  type Access,
  type Branding,
  type BridgeScaling,
  type Day,
  endToEndLimit,
  type Floor,
  type Guests,
  type Invitation,
  invitation,
  Jitsi,
  type JitsiArgs,
  jitsiKeepers,
  jitsiTranscribers,
  type JitsiPlan,
  type JitsiPlanArgs,
  type JitsiWidget,
  jitsiWidget,
  type Homeserver,
  type ModeratorClaim,
  type Peak,
  type PlannedRecordings,
  planJitsi,
  type Privacy,
  type CaptionsNeed,
  type RecorderRole,
  type Transcription,
  type JitsiRegion,
  type PlannedRegion,
  type Recording,
  type RecordingNeed,
  type SecretRole,
} from "./services/jitsi";
export {
  BigBlueButton,
  type BigBlueButtonArgs,
  bigBlueButtonData,
  type BigBlueButtonPlan,
  type BigBlueButtonPlanArgs,
  type BigBlueButtonSecret,
  type MeetingAccess,
  type MeetingRecordings,
  planBigBlueButton,
  type RecordedMeetings,
  type RepositoryName,
} from "./services/bigbluebutton";
export type { RecordingFormat } from "./recipe/parts/bigbluebutton/recording";
export {
  type Directory,
  Identity,
  type IdentityArgs,
  type IdentityPlan,
  type IdentityPlanArgs,
  type IdentitySecret,
  type PlannedClient,
  planIdentity,
  type RoleClaim,
} from "./services/identity";
export {
  type Conferencing,
  Mail,
  type MailArgs,
  mailData,
  mailboxSecret,
  type MailPlan,
  type MailPlanArgs,
  type MailSecret,
  type NextHop,
  type PlannedRelay,
  planMail,
} from "./services/mail";
export {
  dkimName,
  dkimRecord,
  type DmarcPolicy,
  type MailDomain,
  mailRecords,
  type StsMode,
  stsHost,
  stsPolicy,
} from "./core/mail-records";
export {
  type AuthenticationArgs,
  type CallsPlan,
  type Federation,
  Matrix,
  type MatrixArgs,
  matrixData,
  type MatrixPlan,
  type MatrixPlanArgs,
  type MatrixSecret,
  planMatrix,
  type WorkerTiers,
} from "./services/matrix";
export {
  type AppSettings,
  type Mailboxes,
  Nextcloud,
  type NextcloudArgs,
  nextcloudClients,
  nextcloudData,
  type NextcloudPlan,
  type NextcloudPlanArgs,
  type NextcloudSecret,
  type PlannedTalk,
  planNextcloud,
  type TalkNeed,
} from "./services/nextcloud";
export {
  type RoomEvents,
  OpenVidu,
  type OpenViduArgs,
  openViduCacheClients,
  type OpenViduPlan,
  type OpenViduPlanArgs,
  type OpenViduSecret,
  openViduRecorders,
  openViduServers,
  planOpenVidu,
  type PortalAccess,
  type RoomRecorders,
  type RoomRecording,
} from "./services/openvidu";
export {
  Language,
  type LanguageArgs,
  type LanguagePlan,
  type LanguagePlanArgs,
  type Model as LanguageModel,
  type ModelName as LanguageModelName,
  models as languageModels,
  planLanguage,
  type Speed as LanguageSpeed,
  type Weights as LanguageWeights,
} from "./services/language";
export {
  type ChatAccount,
  Minutes,
  type MinutesArgs,
  type MinutesPlan,
  type MinutesPlanArgs,
  planMinutes,
  type Program as MinutesProgram,
  type RecordedRooms,
} from "./services/minutes";
export {
  type Captions,
  type CaptionsPlan,
  planSpeech,
  Speech,
  type SpeechArgs,
  type SpeechModel,
  type SpeechModelName,
  speechModels,
  type SpeechPlan,
  type SpeechPlanArgs,
  type SpeechSpeed,
  type SpeechWeights,
} from "./services/speech";
export {
  type BucketNeed,
  type PlannedBucket,
  planStorage,
  Storage,
  type StorageArgs,
  type StoragePlan,
  type StoragePlanArgs,
} from "./services/storage";
export type { Recipe, RecipeFile, Unit } from "./recipe/recipe";
export type { Repository } from "./recipe/system";
export { Zone, type ZoneArgs } from "./infrastructure/zone";
export { AdoptedPlatform, type AdoptedPlatformArgs } from "./adopted-platform";
export { type GraphicsHosts, type MachineTypes, Platform, type PlatformArgs } from "./platform";
export { type DnsName, zoneRecords } from "./dns-names";
export type { PlannedRecord } from "./core/planned-records";
export type { GivenCertificates, ServicePlatform } from "./service-base";
export type { KeyPair, MediaPlace } from "./service-media";
export type { HostGround, HostInside, ServiceHosts } from "./service-hosts";
export type { MediaPoolChoice } from "./core/layout";
export {
  type Bandwidth,
  type CapacityArgs,
  type CapacityPlan,
  type City,
  type ConferenceService,
  type Confidence,
  type MonthlyCost,
  type CostLine,
  type UserDelay,
  type CheckedFigure,
  type PlannedHosts,
  type MediaPath,
  planCapacity,
  type PlannedTier,
} from "./planner";
export type {
  DatabaseNeed,
  EgressNeed,
  HostNeed,
  MediaNeed,
  MediaOpening,
  OutletNeed,
  PodRequest,
  ServicePlan,
  VolumeNeed,
} from "./core/plan";
