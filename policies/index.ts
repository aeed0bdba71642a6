import { rules } from "./pack";
import { serve } from "./serve";

serve("sovereign-uc", rules, {
  displayName: "Sovereign unified communications",
  description: "Refuses providers, locations, images, endpoints and openings that break sovereignty.",
});
