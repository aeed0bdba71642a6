import type { ServiceFacts } from "./container-fact";
import { bigbluebutton } from "./containers/bigbluebutton";
import { identity } from "./containers/identity";
import { jitsi } from "./containers/jitsi";
import { language } from "./containers/language";
import { mail } from "./containers/mail";
import { matrix } from "./containers/matrix";
import { minutes } from "./containers/minutes";
import { nextcloud } from "./containers/nextcloud";
import { openvidu } from "./containers/openvidu";
import { speech } from "./containers/speech";
import { storage } from "./containers/storage";

/** Every service whose containers the rules know. */
export const serviceFacts: readonly ServiceFacts[] = [
  bigbluebutton,
  identity,
  jitsi,
  language,
  mail,
  matrix,
  minutes,
  nextcloud,
  openvidu,
  speech,
  storage,
];
