import { aiServices } from "./ai";
import { clusters } from "./clusters";
import { certificateAuthorities } from "./hosts";
import { objectStores } from "./object-stores";
import { providers } from "./providers";
import { registries } from "./registries";

/** Tables that say of a host who operates it, beside the one of third parties. */
export const parties: readonly (readonly { readonly host: string; readonly pattern?: RegExp }[])[] = [
  aiServices,
  clusters,
  certificateAuthorities,
  objectStores,
  registries,
  providers.flatMap(({ api = [] }) => api.map((host) => ({ host }))),
];
