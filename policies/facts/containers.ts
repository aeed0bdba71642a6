import type { ServiceFacts } from "./container-fact";
import { bigbluebutton } from "./containers/bigbluebutton";
import { identity } from "./containers/identity";
import { jitsi } from "./containers/jitsi";
import { matrix } from "./containers/matrix";
import { openvidu } from "./containers/openvidu";
import { storage } from "./containers/storage";

/** Every service whose containers the rules know. */
export const serviceFacts: readonly ServiceFacts[] = [bigbluebutton, identity, jitsi, matrix, openvidu, storage];
