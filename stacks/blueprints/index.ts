import * as pulumi from "@pulumi/pulumi";
import { requirePolicies } from "../../components/infrastructure/policy-guard";
import { readKeys } from "../keys";
import { cloudOf, siteKeys, siteSettings } from "../site";
import type { Blueprint } from "./blueprint";
import { crisis } from "./crisis";
import { hearing } from "./hearing";
import { mail } from "./mail";
import { messaging } from "./messaging";
import { ministry } from "./ministry";
import { portal } from "./portal";

/** Every blueprint by name; a new one is a file and a line here. */
export const blueprints: Readonly<Record<string, Blueprint>> = { crisis, hearing, mail, messaging, ministry, portal };

/**
 * The program: deploys the blueprint that the stack's configuration names.
 *
 * @throws pulumi.RunError when there is no such blueprint, or the configuration cannot be used.
 */
export function program(): Record<string, unknown> {
  const config = new pulumi.Config("sovereign-uc");
  const name = config.get("blueprint") ?? "crisis";
  const blueprint = blueprints[name];
  if (blueprint === undefined)
    throw new pulumi.RunError(
      `expected a blueprint out of ${Object.keys(blueprints).join(", ")}, got "${name}"; set sovereign-uc:blueprint to one of them`,
    );
  const { site, settings } = configured(blueprint, config);
  if (config.getBoolean("requirePolicies") === true) requirePolicies();
  try {
    return blueprint.deploy({ ...site, labels: { service: name, ...site.labels }, name }, settings);
  } catch (error) {
    // Errors from sizes and clouds come without a component around them; they are printed without a stack too.
    throw error instanceof RangeError ? new pulumi.RunError(error.message) : error;
  }
}

/** @throws pulumi.RunError with every problem of the configuration. */
function configured(blueprint: Blueprint, config: pulumi.Config) {
  try {
    const cloud = cloudOf(config);
    const values = readKeys(config, { ...siteKeys, ...blueprint.settings }, cloud);
    return { site: siteSettings(values, cloud), settings: values };
  } catch (error) {
    throw error instanceof RangeError
      ? new pulumi.RunError(`the configuration of "${pulumi.getStack()}" cannot be used:\n${error.message}`)
      : error;
  }
}
