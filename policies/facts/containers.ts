import type { ServiceFacts } from "./container-fact";
import { jitsi } from "./containers/jitsi";
import { matrix } from "./containers/matrix";

/** Every service whose containers the rules know. */
export const serviceFacts: readonly ServiceFacts[] = [jitsi, matrix];
