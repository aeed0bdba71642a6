import { type Fact, lastReview as reviewed } from "./fact";

/** A program by which people speak or write to each other, by the last part of its image's name. */
export interface ChannelFact extends Fact {
  readonly image: string;
  readonly product: string;
}

const rows = (product: string, source: string, ...images: readonly string[]): readonly ChannelFact[] =>
  images.map((image) => ({ image, product, source, reviewed }));

export const channels: readonly ChannelFact[] = [
  ...rows("jitsi", "jitsi/docker-jitsi-meet docker-compose.yml at 4259e913", "jvb", "jicofo"),
  ...rows("bigbluebutton", "bigbluebutton/docker docker-compose.tmpl.yml at f6e71fc", "bbb-web", "bbb-apps-akka"),
  ...rows(
    "matrix",
    "element-hq/synapse docker/README.md at a58ad44",
    "synapse",
    "dendrite-monolith",
    "conduit",
    "tuwunel",
    "continuwuity",
  ),
  ...rows("livekit", "livekit/livekit-server Dockerfile at 788d4c3", "livekit-server"),
  ...rows(
    "openvidu",
    "OpenVidu/openvidu openvidu-deployment/community/singlenode/install.sh at 5a3347c1",
    "openvidu-server",
  ),
  ...rows("nextcloud", "nextcloud/all-in-one Containers/talk at 50636f2", "nextcloud-spreed-signaling", "aio-talk"),
  ...rows(
    "mattermost",
    "mattermost/mattermost server/build/Dockerfile at 33b68c60",
    "mattermost-team-edition",
    "mattermost-enterprise-edition",
  ),
  ...rows("rocketchat", "RocketChat/Rocket.Chat docker-compose.yml at c30f73cc", "rocket.chat"),
  ...rows("zulip", "zulip/docker-zulip README.md at 3a592ade", "docker-zulip", "zulip-server"),
  ...rows("mumble", "mumble-voip/mumble-docker README.md at a0ab293b", "mumble-server"),
  ...rows("asterisk", "asterisk/asterisk", "asterisk"),
  ...rows("freeswitch", "signalwire/freeswitch docker/README.md at cc93a683", "freeswitch"),
];

/** Services of our components that are channels; the others serve them. Source: components/services. */
export const ownChannels: readonly string[] = ["jitsi", "bigbluebutton", "matrix", "openvidu", "nextcloud", "mail"];
