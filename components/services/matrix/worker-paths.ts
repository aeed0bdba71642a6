/*
 * Paths that workers answer: element-hq/synapse a58ad44 docs/workers.md, "Available worker applications", without what has to go to one process (sign-in at a provider,
 * pages of one room's history) and without federation, which few servers use here. Streams but that of events are written by the main process, so what changes them goes
 * there at once. Sliding sync stands in no list of upstream's: synapse/rest/client/sync.py registers it on every process that answers clients.
 */

const all = "(api/v1|r0|v3|unstable)";
const current = "(r0|v3|unstable)";

/** Paths that any reader answers, as regular expressions. */
export const readerPaths: readonly string[] = [
  // Sync.
  "/(r0|v3)/sync$",
  "/unstable/org\\.matrix\\.simplified_msc3575/sync$",
  "/(api/v1|r0|v3)/events$",
  "/(api/v1|r0|v3)/initialSync$",
  "/(api/v1|r0|v3)/rooms/[^/]+/initialSync$",
  // Rooms and people.
  `/${all}/createRoom$`,
  `/${all}/publicRooms$`,
  `/${all}/rooms/[^/]+/(joined_members|members|state)$`,
  `/${all}/rooms/[^/]+/context/[^/]+$`,
  "/v1/rooms/[^/]+/(hierarchy|threads|timestamp_to_event)$",
  "/(v1|unstable)/rooms/[^/]+/relations/",
  "/unstable/im\\.nheko\\.summary/summary/[^/]+$",
  "/v1/room_summary/[^/]+$",
  `/${current}/account/(3pid|whoami|deactivate)$`,
  "/(r0|v3)/delete_devices$",
  `/${all}/devices(/|$)`,
  "/versions$",
  `/${all}/voip/turnServer$`,
  `/${all}/rooms/[^/]+/event/`,
  `/${all}/joined_rooms$`,
  "/(api/v1|r0|v3|unstable/[^/]+)/rooms/[^/]+/aliases",
  `/${all}/search$`,
  `/${current}/user/[^/]+/filter(/|$)`,
  `/${all}/directory/room/[^/]+$`,
  `/${current}/capabilities$`,
  `/${current}/notifications$`,
  `/${current}/user_directory/search$`,
  // Keys.
  `/${current}/keys/(query|changes|claim)$`,
  `/${current}/keys/upload`,
  `/${current}/room_keys/`,
  `/${all}/keys/(device_signing|signatures)/upload$`,
  // What is sent.
  `/${all}/rooms/[^/]+/(redact|send)/`,
  `/${all}/rooms/[^/]+/state/`,
  `/${all}/rooms/[^/]+/(join|invite|leave|ban|unban|kick)$`,
  `/${all}/(join|knock)/`,
  `/${all}/profile/`,
].map((path) => `^/_matrix/client${path}`);

/** Paths that any reader answers where nothing is changed: questions by GET. */
export const readerQuestions: readonly string[] = [
  `/${all}/pushrules/`,
  `/${current}/user/[^/]+/(rooms/[^/]+/)?(tags|account_data)`,
  `/${all}/presence/`,
].map((path) => `^/_matrix/client${path}`);

/** Beginnings of the paths that the worker with the files answers. */
export const mediaPaths: readonly string[] = [
  "/_matrix/media/",
  "/_matrix/client/v1/media/",
  "/_matrix/federation/v1/media/",
];
