/** Settings of the page in the browser. */
export interface Html5Settings {
  /** Name of the server. */
  readonly host: string;
  /** Address of the operator's own help. */
  readonly help: string;
}

/**
 * Overrides for `/etc/bigbluebutton/bbb-html5.yml`, as JSON, which is YAML: no captions by the browser's vendor, no videos of third parties, no link to a store of
 * apps, no help anywhere but at the operator's. The form for feedback is gone in 3.0.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | every key, and its default | upstream.ts | |
 * | path | akka-bbb-apps/src/universal/conf/application.conf, `clientSettingsOverrideFilePath` | bigbluebutton/bigbluebutton 017f7bc, of 3.0.9 |
 * | `audioCaptions` sends voices to third parties with the provider `webspeech`, its default | bigbluebutton-html5/private/config/settings.yml | bigbluebutton/bigbluebutton 0001331 |
 * | "Feedback form removed" | docs/docs/new-features.md | bigbluebutton/bigbluebutton 00b5b70, of 3.0.16 |
 * | which of them a server has to set | templates/bbb-config/bigbluebutton/bbb-html5.yml.j2, vars/main.yml | ebbba-org/ansible-role-bigbluebutton 0f62a6f, for 3.0 |
 */
export const html5Overrides = ({ host, help }: Html5Settings): string =>
  `${JSON.stringify({
    public: {
      app: {
        audioCaptions: { enabled: false },
        helpLink: help,
        bbbTabletApp: { enabled: false },
      },
      externalVideoPlayer: { enabled: false },
      kurento: { wsUrl: `wss://${host}/bbb-webrtc-sfu` },
      media: { sipjsHackViaWs: true },
      pads: { url: `https://${host}/pad` },
    },
  })}\n`;
