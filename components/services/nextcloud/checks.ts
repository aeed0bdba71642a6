import { plannedRelay, type SmtpRelay } from "../../core/connections";
import { invalid } from "../../core/errors";
import type { CatalogueImage } from "../../core/images";
import { record } from "../../core/shapes";
import type { AppSettings, Mailboxes } from "./args";
import { startTlsPorts } from "./config";
import { nextcloudImages } from "./images";
import { contacts, type NextcloudPlan } from "./plan";

/** An image with apps in it. @throws RangeError for none, and for upstream's own. */
export function ownImage(value: CatalogueImage | undefined, { apps }: NextcloudPlan): CatalogueImage {
  const own = record(
    value,
    `an image with the apps ${apps.join(", ")} baked into it`,
    '{ path: "intranet/hub", upstream: "registry.example.ch/hub", version: "34.0.2-1" }; files/Containerfile makes one',
  ) as CatalogueImage;
  if (own.upstream === nextcloudImages.nextcloud.upstream)
    throw invalid(
      `an image with the apps ${apps.join(", ")} baked into it`,
      own.upstream,
      "build one upon it with files/Containerfile: nobody fetches apps while it runs",
    );
  return own;
}

/** A relay with TLS from the start. @throws RangeError for a port of STARTTLS, and for a relay behind the gateways that the plan has no way to. */
export function relayOf(value: SmtpRelay | undefined, plan: NextcloudPlan): SmtpRelay | undefined {
  if (value === undefined) return undefined;
  const { port } = record(value, "a mail relay", "{ host, port: 465, from, peer }");
  if (port === undefined || startTlsPorts.includes(port))
    throw invalid(
      "a relay with TLS from the start, as at port 465",
      port,
      "name such a port of it: with STARTTLS the server would send in clear, its password too, to whoever does not offer it",
    );
  plannedRelay(value, plan, `planNextcloud({ …, relay: { port: ${port}, addresses: […] } })`);
  return value;
}

/** Mailboxes for the app that reads them. @throws RangeError where the plan has no such app. */
export function mailboxesOf(value: Mailboxes | undefined, { apps }: NextcloudPlan): Mailboxes | undefined {
  if (value === undefined) return undefined;
  record(value, "a mail service", '{ host: "mail.example.ch", port: 993, peer }');
  if (!apps.includes("mail"))
    throw invalid('a plan with the app "mail"', apps.join(", "), 'plan it: planNextcloud({ …, apps: ["mail"] })');
  return value;
}

/** Settings of apps. @throws RangeError for an app that the plan has not, and for keys that are the task's own. */
export function integrationsOf(values: readonly AppSettings[], { apps }: NextcloudPlan): readonly AppSettings[] {
  for (const { app } of values) {
    if (!apps.includes(app) || app === "spreed" || app === "user_oidc" || (contacts as readonly string[]).includes(app))
      throw invalid(
        `an app of the plan out of ${apps.filter((one) => one !== "spreed" && one !== "user_oidc").join(", ") || "none"}`,
        app,
        `plan it, and bake it into the image: planNextcloud({ …, apps: ["${app}"] })`,
      );
  }
  return values;
}
