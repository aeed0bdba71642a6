import { aiLines, aiModels, aiNames, aiProviders, aiServices, aiVariables } from "./ai";
import { annotationWords } from "./annotations";
import { choices } from "./choices";
import { clusters, loginPrograms } from "./clusters";
import { controllers } from "./controllers";
import { dnsTypes, nameServers, unsignedAnswers, zoneTypes } from "./dns";
import { contentNetworks, proxyHeaders, proxyLines, proxyRanges, proxyTypes } from "./proxies";
import { pushkins, pushLines } from "./push";
import { admissionKinds, unsignedLines } from "./signatures";
import { lineWords, memberWords } from "./keys";
import { imageWords, keyWords, programs } from "./programs";
import { entities, type Entity } from "./entities";
import type { Fact } from "./fact";
import { certificateAuthorities, hosts } from "./hosts";
import { serviceFacts } from "./containers";
import { locations, placements } from "./locations";
import { plainMedia } from "./media";
import { objectStores } from "./object-stores";
import { imageTools, scannedSchemes, scannerWords } from "./image-tools";
import { identifiers } from "./identifiers";
import { operatorImages } from "./operator-images";
import { opaqueTypes, renderers } from "./opaque";
import { placeless, placesOf } from "./places";
import { firewalldServices, isolatedPorts, plainSipPorts, portNames } from "./ports";
import { endpointWords, pluginSources, providers } from "./providers";
import { adminPorts, publicPorts } from "./public-ports";
import { registries } from "./registries";
import { knownScripts } from "./scripts";
import { replicated } from "./replicated";
import { secretForms } from "./secrets";
import { services } from "./services";
import { suffixes } from "./suffixes";
import { weakTls } from "./tls";
import {
  backupWords,
  dnsWords,
  loginWords,
  remoteWords,
  schemeWords,
  secretWords,
  solverWords,
  storeWords,
  thanosWords,
} from "./words";
import { agentCharts, agentGroups, reporters, watchers } from "./telemetry";
import { channels } from "./channels";
import { collectors, keeping, sending, sendingKeys } from "./logs";
import { encryptedDisks, keepers, provisioners } from "./encryption";
import { federations } from "./federation";
import { modelServers, storageSchemes, weightLines, weights } from "./weights";
import { openMeetingLines, openMeetings } from "./meetings";
import { prohibitedImages, prohibitedLines } from "./prohibited";
import { recordingLines, recordings } from "./recording";
import { signInLines, signIns } from "./sign-in";
import { transcriptionLines, transcriptions } from "./transcription";

/**
 * Every table of facts by its name, for what is asked of all of them: how old their rows are. A new table is added here.
 */
export const dataset: Readonly<Record<string, readonly Fact[]>> = {
  aiLines,
  adminPorts,
  publicPorts,
  secretForms,
  weakTls,
  operatorImages,
  aiModels,
  aiNames,
  aiProviders,
  aiServices,
  aiVariables,
  annotationWords,
  certificateAuthorities,
  choices,
  clusters,
  controllers,
  dnsTypes,
  nameServers,
  unsignedAnswers,
  zoneTypes,
  agentCharts,
  agentGroups,
  reporters,
  watchers,
  channels,
  collectors,
  keeping,
  sending,
  sendingKeys,
  encryptedDisks,
  keepers,
  provisioners,
  federations,
  modelServers,
  storageSchemes,
  weightLines,
  weights,
  openMeetingLines,
  openMeetings,
  prohibitedImages,
  prohibitedLines,
  recordingLines,
  recordings,
  signInLines,
  signIns,
  transcriptionLines,
  transcriptions,
  contentNetworks,
  proxyHeaders,
  proxyLines,
  proxyRanges,
  proxyTypes,
  pushkins,
  pushLines,
  admissionKinds,
  unsignedLines,
  firewalldServices,
  imageTools,
  imageWords,
  keyWords,
  lineWords,
  loginWords,
  memberWords,
  programs,
  solverWords,
  backupWords,
  dnsWords,
  remoteWords,
  schemeWords,
  thanosWords,
  endpointWords,
  entities: Object.values<Entity>(entities),
  hosts,
  identifiers,
  isolatedPorts,
  knownScripts,
  locations,
  loginPrograms,
  objectStores,
  opaqueTypes,
  placeless,
  placements,
  placesOf,
  plainMedia,
  plainSipPorts,
  portNames,
  pluginSources,
  providers,
  registries,
  renderers,
  replicated,
  scannedSchemes,
  scannerWords,
  secretWords,
  services,
  storeWords,
  suffixes,
  ...Object.fromEntries(
    serviceFacts.map(({ service, leaks, media, speech, conference }) => [
      `containers of ${service}`,
      [...leaks, ...media, ...speech, ...(conference === undefined ? [] : [conference])],
    ]),
  ),
};
