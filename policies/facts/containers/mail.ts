import type { ServiceFacts } from "../container-fact";
import { lastReview as reviewed } from "../fact";

/**
 * Facts about the containers of a mail service. What it fetches is settings in its database, which no rule sees: what a pod shows is whether the program can reach the web at
 * all.
 */
export const mail: ServiceFacts = {
  service: "mail",
  folders: ["stalwartlabs"],
  leaks: [
    {
      image: "stalwart",
      needs: { HTTPS_PROXY: "set" },
      otherwise: "at its first start it asks GitHub for its pages, its rules for spam and lists of networks",
      action: "set HTTPS_PROXY to a proxy that lets it through to nothing but your own bucket and identity provider",
      source: "stalwartlabs/stalwart crates/common/src/manager/defaults.rs at v0.16.18",
      reviewed,
    },
  ],
  media: [],
  speech: [],
};
