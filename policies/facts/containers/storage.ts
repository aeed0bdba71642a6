import type { ServiceFacts } from "../container-fact";
import { lastReview as reviewed } from "../fact";

/** Facts about the containers of an object store. What its masters tell the makers is a flag of their command, which no fact covers: its own service sets it. */
export const storage: ServiceFacts = {
  service: "storage",
  folders: ["seaweedfs", "chrislusf"],
  files: { "s3.json": ["identities", "policies"] },
  leaks: [
    {
      image: "seaweedfs",
      without: "SENTRY_DSN",
      otherwise: "errors and a tenth of all calls are told to Sentry",
      action: "remove SENTRY_DSN",
      source: "seaweedfs/seaweedfs weed/weed.go at 7506e5f",
      reviewed,
    },
  ],
  media: [],
  speech: [],
};
