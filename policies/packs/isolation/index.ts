import { isolationRules } from "../../pack";
import { serve } from "../../serve";

serve("sovereign-uc-isolation", isolationRules, {
  displayName: "Isolation",
  description: "Refuses ways to mail, directories, third parties and everybody, and secrets in clear.",
});
