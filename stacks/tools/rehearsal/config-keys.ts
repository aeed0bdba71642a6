/** Kind of a value: text; data, given as JSON; a secret, which the command line does not accept. */
export type ConfigKind = "text" | "data" | "secret";

/**
 * Every configuration key that a stack of this project reads (`stacks/settings.ts`, `policies/settings.ts`). A test compares them.
 *
 * All stand in the project's own namespace. One that a provider package owns is no place for them, however well it fits: the engine hands every key of
 * `exoscale:` to the plugin `exoscale`, which refuses what it does not know (pulumi-terraform-bridge 3.137.0, `pkg/tfbridge/check_failures.go`,
 * "is not a valid configuration key"). A name that is free today can be a provider tomorrow.
 */
export const configKeys: Readonly<Record<string, ConfigKind>> = {
  "sovereign-uc:blueprint": "text",
  "sovereign-uc:cloud": "text",
  "sovereign-uc:profile": "text",
  "sovereign-uc:domain": "text",
  "sovereign-uc:participants": "text",
  "sovereign-uc:administrators": "data",
  "sovereign-uc:administratorKeys": "data",
  "sovereign-uc:isolatedFrom": "data",
  "sovereign-uc:ownDomains": "data",
  "sovereign-uc:mirror": "data",
  "sovereign-uc:resolvers": "data",
  "sovereign-uc:timeServers": "data",
  "sovereign-uc:administratorAccess": "text",
  "sovereign-uc:keepData": "text",
  "sovereign-uc:birthSecret": "secret",
  "sovereign-uc:unlockedMirror": "text",
  "sovereign-uc:certificate": "secret",
  "sovereign-uc:certificateKey": "secret",
  "sovereign-uc:location": "text",
  "sovereign-uc:machineTypes": "data",
  "sovereign-uc:image": "text",
  "sovereign-uc:templateId": "text",
  "sovereign-uc:sites": "data",
  "sovereign-uc:hosts": "data",
  "sovereign-uc:vlan": "data",
  "sovereign-uc:accessKey": "secret",
};

/** Keys that make a stack what it is: changing one is another stack. */
export const stackOwned: readonly string[] = ["sovereign-uc:blueprint", "sovereign-uc:cloud"];

/** Keys that mean something on one cloud only. */
export const ofCloud: Readonly<Record<string, string>> = {
  "sovereign-uc:image": "hetzner",
  "sovereign-uc:templateId": "exoscale",
  "sovereign-uc:sites": "metal",
  "sovereign-uc:hosts": "metal",
  "sovereign-uc:vlan": "metal",
  "sovereign-uc:accessKey": "metal",
};
