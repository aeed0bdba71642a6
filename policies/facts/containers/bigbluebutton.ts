import type { ContainerFact, ServiceFacts } from "../container-fact";
import { lastReview as reviewed } from "../fact";

/** Contacts that Greenlight makes by one variable, and people that it lets in. */
const leaks: readonly ContainerFact[] = [
  {
    image: "greenlight",
    without: "HCAPTCHA_SITE_KEY",
    otherwise: "browsers of everybody who signs up load a script of a third party",
    action: "remove HCAPTCHA_SITE_KEY and HCAPTCHA_SECRET_KEY, and let people sign in at your identity provider",
    source: "bigbluebutton/greenlight app/controllers/api/v1/env_controller.rb at 15db765",
    reviewed,
  },
];

/** Facts about the containers of BigBlueButton; its servers are hosts. */
export const bigbluebutton: ServiceFacts = {
  service: "bigbluebutton",
  folders: ["bigbluebutton", "blindsidenetwks"],
  distinct: ["greenlight"],
  leaks,
  media: [],
  speech: [],
};
