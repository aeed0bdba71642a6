import { aiRules } from "../../pack";
import { serve } from "../../serve";

serve("sovereign-uc-ai", aiRules, {
  displayName: "AI",
  description: "Refuses public AI services, and models and programs that nobody has looked at.",
});
