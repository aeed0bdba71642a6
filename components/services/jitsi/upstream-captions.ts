import { bridge, client, focus, fork, images, prosodySources, transcriber } from "./upstream-sources";

const config = transcriber("src/config.ts");

/** Files that read the variables of the transcribers. The Node in the image is 22 (Dockerfile). */
export const captionsVariables = {
  HOST: config,
  PORT: config,
  PROVIDERS_PRIORITY: config,
  ENABLE_OPENAI_CUSTOM_PROVIDER: config,
  OPENAI_CUSTOM_REQUIRE_WSS: config,
  OPENAI_MODEL: config,
  OPUS_BACKEND: config,
  ENABLE_TRANSLATE: config,
  USE_DISPATCHER: config,
  BROADCAST_TRANSCRIPTS: config,
  DUMP_WEBSOCKET_MESSAGES: config,
  DUMP_TRANSCRIPTS: config,
  SESSION_RESUME_ENABLED: config,
  LOG_LEVEL: config,
  NODE_EXTRA_CA_CERTS: "nodejs/node v22.12.0 doc/api/cli.md, NODE_EXTRA_CA_CERTS",
} as const;

/** Settings of the focus for captions. */
export const captionsSettings = {
  "transcription.{url-template,http-headers}": focus(
    "jicofo-selector/src/main/kotlin/org/jitsi/jicofo/TranscriptionConfig.kt, reference.conf",
  ),
} as const;

/**
 * Behaviour that captions count on.
 *
 * Seen with the real parts: Chromium with espeak-ng as its voice, bridge 4bb0aea, focus a595d0b, Prosody 13.0.1 with the modules of that fork, a page over lib-jitsi-meet 01daa07,
 * the transcriber d413315 (its addon linked with Debian's libopus 1.3.1, on Node 20.20.2) behind our door, our server that writes along with Vosk's small Korean model, each in
 * a network namespace. A moderator with a token of the sign-in's kind got the permission `transcription` and switched captions on; somebody without that role was refused by
 * Prosody, and a guest from the lobby, too. What was said stood in the pages of the other participant and of the guest, with who had said it; the bridge took the transcriber's certificate by
 * our authority, and showed its key. No log had a word of it. When the transcriber was killed, the bridge connected to the next one 6 s later; when captions were switched off, its connection was
 * gone half a second later. How soon words came is not known: the machine was too busy.
 */
export const captionsBehaviour = {
  "captions-front.mjs": {
    "path, query and X-Custom-Openai-Api-Key of a connection": transcriber("src/server.ts, src/utils.ts"),
    "it asks nobody for a key, and takes any wss address": transcriber("src/server.ts handleWebSocketConnection"),
    "health at /health": transcriber("src/server.ts"),
    "the bundle, and its user": transcriber("Dockerfile"),
    "a bridge sends sound and takes text on one connection, tries again for ever, and logs the address but no header":
      bridge("jvb/src/main/kotlin/org/jitsi/videobridge/export/{Exporter,ExporterWrapper}.kt"),
    "sound of everybody in the room goes to one transcriber": focus(
      "jicofo-selector/src/main/kotlin/org/jitsi/jicofo/bridge/colibri/ColibriV2SessionManager.kt",
    ),
    "one who cannot be heard ends the captions of the whole meeting, until the bridge connects again": transcriber(
      "src/OutgoingConnection.ts, src/server.ts setupSessionEventHandlers",
    ),
    "without our guard, a place that was refused ended its process: the stack was full (Node 20.20.2 and 22.23.5); with it, it goes on, and also where the server dies":
      transcriber("src/backends/OpenAIBackend.ts connect"),
    "a voice keeps its connection until the captions end": transcriber("src/transcriberproxy.ts"),
    "pieces before a whole sentence do not contain each other": transcriber("src/backends/OpenAIBackend.ts"),
  },
  "mod_room_captions.lua": {
    "asyncTranscription with recording.isTranscribingEnabled": focus(
      "jicofo-common/src/main/kotlin/org/jitsi/jicofo/xmpp/muc/ChatRoomImpl.kt doSetRoomMetadata",
    ),
    "muc-room-created at -1; keys that clients may not set; otherwise moderators set them": fork(
      "resources/prosody-plugins/mod_room_metadata_component.lua",
    ),
    "the permission `transcription` of owners whose token names no features": fork(
      "resources/prosody-plugins/mod_jitsi_permissions.lua, loaded by mod_muc_meeting_id.lua",
    ),
    "loaded by the image: muc_meeting_id, room_metadata_component; not mod_filter_iq_rayo": images(
      "prosody/rootfs/defaults/conf.d/jitsi-meet.cfg.lua",
    ),
    "events of a room": prosodySources("plugins/muc/mod_muc.lua"),
  },
  "captions of the page": {
    "transcription.{enabled,disableClosedCaptions,autoTranscribeOnRecord,translationEnabled}, features/subtitles": fork(
      "config.js; react/features/{subtitles,transcribing,recording}/functions*.ts",
    ),
    "autoTranscribeOnRecord is on unless it is off": fork("react/features/recording/functions.ts"),
    "audio-recording-enabled shows everybody that they are on": fork("react/features/transcribing/reducer.ts"),
    "texts of a message from the bridge as `transcriber`": client("JitsiConferenceEventManager.ts:585"),
    "sentences are told apart by their name alone": fork("react/features/chat/components/AbstractClosedCaptions.tsx"),
    "labels by language": fork("react/features/base/i18n/middleware.ts; lang/main.json"),
    "no question for consent but before recordings": fork(
      "react/features/recording/functions.ts shouldRequireRecordingConsent",
    ),
  },
} as const;
