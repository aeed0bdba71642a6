/** A pack that forbids nothing: what the engine and the SDK take for any pack. */
import { PolicyPack } from "@pulumi/policy";

new PolicyPack("nothing", {
  policies: [
    {
      name: "nothing",
      description: "Forbids nothing.",
      enforcementLevel: "mandatory",
      validateResource: () => undefined,
    },
  ],
});
