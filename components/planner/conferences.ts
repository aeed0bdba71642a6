import { bigbluebutton } from "./bigbluebutton";
import type { Conference, ConferenceService } from "./conference";
import { jitsi } from "./jitsi";
import { openvidu } from "./openvidu";

/** Every service that the planner knows; a new one is a file and a line here. */
export const conferences: Readonly<Record<ConferenceService, Conference>> = { jitsi, bigbluebutton, openvidu };
