import { resilienceRules } from "../../pack";
import { serve } from "../../serve";

serve("sovereign-uc-resilience", resilienceRules, {
  displayName: "Resilience",
  description: "Refuses single replicas, replicas that fall together, and data that one mistake deletes.",
});
