import { mediaRules } from "../../pack";
import { serve } from "../../serve";

serve("sovereign-uc-media", mediaRules, {
  displayName: "Media",
  description: "Refuses media and signalling in clear, and parts of calls that run elsewhere.",
});
