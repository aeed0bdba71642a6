import type { ServiceFacts } from "../container-fact";

/**
 * No facts about the containers of the workers that make minutes: their image is stock Node, which contacts nobody by itself, and every server that they ask is named in a
 * variable, whose address the rules judge as in any container.
 */
export const minutes: ServiceFacts = { service: "minutes", folders: [], leaks: [], media: [], speech: [] };
