import { PolicyPack } from "@pulumi/policy";
import { isPreview, stackConfiguration } from "./configuration";
import { crossguard } from "./crossguard";
import { rules } from "./pack";

new PolicyPack("sovereign-uc", {
  displayName: "Sovereign unified communications",
  description: "Refuses providers, locations, images, endpoints and openings that break sovereignty.",
  enforcementLevel: "mandatory",
  policies: crossguard(rules, stackConfiguration, isPreview),
});
