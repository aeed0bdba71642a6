import { lastReview as reviewed } from "./fact";
import type { Program, SwitchFact } from "./switch";

const synapse: Program = { name: "Synapse", files: [["server_name", "listeners"]] };
const dendrite: Program = { name: "Dendrite", files: [["global", "client_api"]] };
const element: Program = { name: "Element Web", files: [["default_server_config"]] };
const conduit: Program = { name: "Conduit", images: ["matrix-conduit", "conduit"] };
const successors: Program = { name: "Continuwuity", images: ["continuwuity", "conduwuit", "tuwunel"] };
const image: Program = { name: "Synapse", images: ["synapse"], folders: ["matrixdotorg", "element-hq", "matrix-org"] };
const matrix: Program = { name: "Matrix", types: ["sovereign-uc:index:Matrix"] };

const synapseSource = (path: string): string => `element-hq/synapse ${path} at a58ad44e`;
const everybody = "rooms and people are shared with every homeserver that asks";

/** Hosts of the makers of Matrix's programs: a directory, an identity server, an integration manager. */
const makers = /^(https?:\/\/)?([\w-]{1,60}\.)*(matrix\.org|vector\.im|element\.io)\.?(:\d{1,5})?(\/.*)?$/i;

/** Settings by which a homeserver talks to servers that nobody named, or shows them what is here. */
export const federations: readonly SwitchFact[] = [
  {
    program: synapse,
    path: ["federation_domain_whitelist"],
    refused: "not named",
    absent: "refused",
    otherwise: everybody,
    action:
      "set federation_domain_whitelist to a list of the servers under your control, each in full, or to an empty one",
    source: synapseSource("synapse/config/federation.py"),
    reviewed,
  },
  {
    program: synapse,
    path: ["allow_public_rooms_over_federation"],
    refused: "on",
    otherwise: "other servers are given the list of rooms",
    action: "set allow_public_rooms_over_federation to false",
    source: synapseSource("synapse/config/server.py"),
    reviewed,
  },
  {
    program: synapse,
    path: ["allow_public_rooms_without_auth"],
    refused: "on",
    otherwise: "everybody is given the list of rooms",
    action: "set allow_public_rooms_without_auth to false",
    source: synapseSource("synapse/config/server.py"),
    reviewed,
  },
  {
    program: synapse,
    path: ["allow_device_name_lookup_over_federation"],
    refused: "on",
    otherwise: "other servers are told the names of people's devices",
    action: "set allow_device_name_lookup_over_federation to false",
    source: synapseSource("synapse/config/federation.py"),
    reviewed,
  },
  {
    program: image,
    path: ["SYNAPSE_REPORT_STATS"],
    refused: "on",
    otherwise: "the file that is made at the first start tells matrix.org figures of use",
    action: "set SYNAPSE_REPORT_STATS=no, and write the file yourself",
    source: synapseSource("docker/start.py"),
    reviewed,
  },
  {
    program: dendrite,
    path: ["global", "disable_federation"],
    refused: "not on",
    absent: "refused",
    otherwise: `${everybody}: this homeserver has no list of those that may`,
    action: "set global.disable_federation to true, or take a homeserver with such a list",
    source: "matrix-org/dendrite dendrite-sample.yaml at 0fecb13",
    reviewed,
  },
  {
    program: dendrite,
    path: ["global", "report_stats", "enabled"],
    refused: "on",
    otherwise: "matrix.org is told figures of use",
    action: "set global.report_stats.enabled to false",
    source: "matrix-org/dendrite dendrite-sample.yaml at 0fecb13",
    reviewed,
  },
  {
    program: dendrite,
    path: ["global", "trusted_third_party_id_servers", "*"],
    refused: makers,
    otherwise: "mail addresses and telephone numbers are confirmed by a foreign identity server",
    action: "set global.trusted_third_party_id_servers to an empty list",
    source: "matrix-org/dendrite dendrite-sample.yaml at 0fecb13",
    reviewed,
  },
  {
    program: conduit,
    path: ["CONDUIT_ALLOW_FEDERATION"],
    refused: "on",
    absent: "refused",
    otherwise: `${everybody}: this homeserver has no list of those that may`,
    action: "set CONDUIT_ALLOW_FEDERATION=false, or take a homeserver with such a list",
    source: "https://docs.conduit.rs/configuration.html",
    reviewed,
  },
  ...["CONTINUWUITY_ALLOW_FEDERATION", "CONDUWUIT_ALLOW_FEDERATION", "TUWUNEL_ALLOW_FEDERATION"].map(
    (variable): SwitchFact => ({
      program: successors,
      path: [variable],
      refused: "on",
      otherwise: everybody,
      action: `set ${variable}=false, or list the servers that may in its configuration`,
      source: "https://continuwuity.org/reference/config",
      reviewed,
    }),
  ),
  {
    program: element,
    path: ["room_directory", "servers", "*"],
    refused: makers,
    otherwise: "people are shown rooms of a foreign server, and search there",
    action: "list your own homeservers under room_directory.servers",
    source: "element-hq/element-web apps/web/src/IConfigOptions.ts at 1cb2254d",
    reviewed,
  },
  {
    program: element,
    path: ["default_server_config", "m.identity_server", "base_url"],
    refused: makers,
    otherwise: "clients hand mail addresses and telephone numbers to a foreign identity server",
    action: "remove m.identity_server",
    source: "element-hq/element-web apps/web/src/IConfigOptions.ts at 1cb2254d",
    reviewed,
  },
  ...["integrations_ui_url", "integrations_rest_url"].map((key): SwitchFact => ({
    program: element,
    path: [key],
    refused: makers,
    otherwise: "rooms are shown to a foreign integration manager",
    action: `set ${key} to null`,
    source: "element-hq/element-web apps/web/src/IConfigOptions.ts at 1cb2254d",
    reviewed,
  })),
  {
    program: matrix,
    path: ["federation"],
    refused: "not named",
    otherwise: everybody,
    action: "name each server in full in the plan's federation",
    source: "components/services/matrix/federation.ts",
    reviewed,
  },
];
