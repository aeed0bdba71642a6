import { PolicyPack } from "@pulumi/policy";
import { isPreview, stackConfiguration } from "../../configuration";
import { crossguard } from "../../crossguard";
import { jurisdictionRules } from "../../pack";

new PolicyPack("sovereign-uc-jurisdiction", {
  displayName: "Jurisdiction",
  description: "Refuses providers, locations, registries, AI services and clusters that the profile does not accept.",
  enforcementLevel: "mandatory",
  policies: crossguard(jurisdictionRules, stackConfiguration, isPreview),
});
