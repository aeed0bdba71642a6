import type { ServiceFacts } from "./container-fact";
import { jitsi } from "./containers/jitsi";

/** Every service whose containers the rules know. */
export const serviceFacts: readonly ServiceFacts[] = [jitsi];
