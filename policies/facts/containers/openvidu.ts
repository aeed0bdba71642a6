import type { FileFact, ServiceFacts } from "../container-fact";
import { lastReview as reviewed } from "../fact";

const upstream = (path: string): string => `livekit/livekit ${path} at v1.13.11`;

const recorder = (path: string): string => `livekit/egress ${path} at v1.14.1`;

/** Contacts that LiveKit, on which OpenVidu 3 is built, makes by its own defaults or by one key. */
const leaks: readonly FileFact[] = [
  {
    file: "livekit.yaml",
    key: "rtc.stun_servers",
    must: "set",
    // With TURN servers alone nothing leaks either; a list of one's own says so for certain.
    otherwise: "browsers ask STUN servers of Twilio and Google, also where TURN over TLS is all that is offered",
    action: "set rtc.stun_servers to your own",
    source: upstream("pkg/service/roommanager.go"),
    reviewed,
  },
  {
    file: "livekit.yaml",
    key: "rtc.use_external_ip",
    must: "off",
    absent: "accepted",
    otherwise: "the server asks STUN servers of Twilio and Google for its own address",
    action: "set rtc.use_external_ip to false and rtc.node_ip to the address of the host",
    source: "livekit/mediatransportutil pkg/rtcconfig/config.go at dd8e31a",
    reviewed,
  },
  {
    file: "egress.yaml",
    key: "template_base",
    must: "empty",
    absent: "accepted",
    otherwise: "the recorder's browser loads its page, with a token for the room in the address, from there",
    action: "remove template_base: the recorder serves the page itself",
    source: recorder("pkg/config/base.go"),
    reviewed,
  },
  {
    file: "egress.yaml",
    key: "insecure",
    must: "off",
    absent: "accepted",
    otherwise: "the recorder's browser checks neither origins nor local networks",
    action: "set insecure to false",
    source: recorder("pkg/pipeline/source/web.go"),
    reviewed,
  },
];

/** Facts about the containers of OpenVidu. */
export const openvidu: ServiceFacts = {
  service: "openvidu",
  folders: [],
  files: { "livekit.yaml": ["rtc", "port"], "egress.yaml": ["ws_url"] },
  leaks,
  media: [],
  speech: [],
};
