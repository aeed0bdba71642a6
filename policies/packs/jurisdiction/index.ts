import { jurisdictionRules } from "../../pack";
import { serve } from "../../serve";

serve("sovereign-uc-jurisdiction", jurisdictionRules, {
  displayName: "Jurisdiction",
  description: "Refuses providers, locations, registries, AI services and clusters that the profile does not accept.",
});
