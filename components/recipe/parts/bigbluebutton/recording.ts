/** A format in which a recording is published. */
export type RecordingFormat = "presentation" | "video" | "screenshare" | "podcast" | "notes";

/**
 * Overrides for `/etc/bigbluebutton/recording/recording.yml`, as JSON, which is YAML: recordings are archived, checked, and made in the formats asked for.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | path, keys, steps and their order; formats | templates/bbb-config/bigbluebutton/recording/recording.yml.j2, vars/main.yml `bbb_recording_builtin_formats` | ebbba-org/ansible-role-bigbluebutton 0f62a6f, for 3.0 |
 *
 * @param host name of the server under which players look for recordings.
 */
export const recordingOverrides = (host: string, formats: readonly RecordingFormat[]): string =>
  `${JSON.stringify({
    playback_host: host,
    playback_protocol: "https",
    steps: {
      archive: "sanity",
      sanity: "captions",
      captions: formats.map((format) => `process:${format}`),
      ...Object.fromEntries(formats.map((format) => [`process:${format}`, `publish:${format}`])),
    },
  })}\n`;
