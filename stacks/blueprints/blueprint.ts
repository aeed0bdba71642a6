import type { Keys, Values } from "../keys";
import type { SiteSettings } from "../site";

/** The place of a deployment, and the name that its resources begin with. */
export type Place = SiteSettings & { readonly name: string };

/** Services on a platform: what `pulumi up` deploys, and the keys that it reads beside those of every blueprint. */
export interface Blueprint<K extends Keys = Keys> {
  readonly settings: K;
  /** Makes everything and returns the stack's outputs. */
  readonly deploy: (place: Place, settings: Values<K>) => Record<string, unknown>;
}

/** A blueprint whose `deploy` knows the types of its own settings. */
export const blueprint = <K extends Keys>({ settings, deploy }: Blueprint<K>): Blueprint => ({
  settings,
  deploy: (place, values) => deploy(place, values as Values<K>),
});
