/** What a value is: text; data, given as JSON; a secret, which the command line does not take. */
export type ConfigKind = "text" | "data" | "secret";

/** Every configuration key that a stack of this project reads (`stacks/settings.ts`, `policies/settings.ts`). A test compares them. */
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
  "sovereign-uc:clocks": "data",
  "sovereign-uc:administratorAccess": "text",
  "sovereign-uc:keepData": "text",
  "sovereign-uc:birthSecret": "secret",
  "sovereign-uc:unlockedMirror": "text",
  "sovereign-uc:certificate": "secret",
  "sovereign-uc:certificateKey": "secret",
  "hetzner:location": "text",
  "hetzner:image": "text",
  "hetzner:types": "data",
  "exoscale:zone": "text",
  "exoscale:templateId": "text",
  "exoscale:types": "data",
  "metal:site": "text",
  "metal:sites": "data",
  "metal:hosts": "data",
  "metal:vlan": "data",
  "metal:types": "data",
  "metal:accessKey": "secret",
};

/** Keys that make a stack what it is: changing one is another stack. */
export const stackOwned: readonly string[] = ["sovereign-uc:blueprint", "sovereign-uc:cloud"];
