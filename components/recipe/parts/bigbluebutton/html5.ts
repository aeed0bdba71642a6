/** Settings of the page in the browser. */
export interface Html5Settings {
  /** Name of the server. */
  readonly host: string;
  /** Address of the operator's own help. */
  readonly help: string;
}

/**
 * Overrides for `/etc/bigbluebutton/bbb-html5.yml`, as JSON, which is YAML: no captions by the browser's vendor, no videos of third parties, no link to a store of
 * apps, no help and no feedback anywhere but at the operator's.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | path; `public.kurento.wsUrl`, `public.pads.url`, `public.media.sipjsHackViaWs` | templates/bbb-config/bigbluebutton/bbb-html5.yml.j2, vars/main.yml | ebbba-org/ansible-role-bigbluebutton 0f62a6f, for 3.0 |
 * | `public.app.audioCaptions` sends voices to third parties with the provider `webspeech`, its default | bigbluebutton-html5/private/config/settings.yml | bigbluebutton/bigbluebutton 00013312, of 2023: later ones could not be read |
 * | `public.externalVideoPlayer.enabled` is true by default; `public.app.bbbTabletApp`, `helpLink`, `askForFeedbackOnLogout` | the same | the same |
 */
export const html5Overrides = ({ host, help }: Html5Settings): string =>
  `${JSON.stringify({
    public: {
      app: {
        audioCaptions: { enabled: false },
        helpLink: help,
        askForFeedbackOnLogout: false,
        bbbTabletApp: { enabled: false },
      },
      externalVideoPlayer: { enabled: false },
      kurento: { wsUrl: `wss://${host}/bbb-webrtc-sfu` },
      media: { sipjsHackViaWs: true },
      pads: { url: `https://${host}/pad` },
    },
  })}\n`;
