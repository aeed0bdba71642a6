import type * as pulumi from "@pulumi/pulumi";
import { linkTo } from "../../core/connections";
import { link, type Link, linkOut } from "../../core/link";
import type { Tier } from "../../core/tier";
import type { Workload } from "../../kubernetes/workload";
import { greenlight, greenlightSchema, greenlightSync } from "./greenlight";
import { importer } from "./importer";
import { playback, reader } from "./playback";
import type { ClusterParts } from "./rails";
import { poller, scalelite, scaleliteSchema } from "./scalelite";
import { bigBlueButtonTiers } from "./tiers";

/** Every connection of the pods on the cluster, each named once. */
export function clusterLinks(
  parts: Omit<ClusterParts, "policies" | "secrets">,
  { edge, gateways }: { readonly edge: Tier; readonly gateways: readonly string[] },
): readonly Link[] {
  const { name, databases, caches, servers, recordings, files, login, smtp } = parts;
  const tiers = bigBlueButtonTiers(name);
  const meetings = { name: "meeting servers", ranges: servers.map(({ address }) => `${address}/32`) };
  const doors = { name: "gateways", ranges: gateways.map((address) => `${address}/32`) };
  const data = (from: Tier, of: "scalelite" | "greenlight"): readonly Link[] => [
    linkTo(from, databases[of], `rows of ${of}`),
    linkTo(from, caches[of], `state of ${of}`),
  ];
  return [
    link(
      edge,
      recordings === undefined ? tiers.scalelite : tiers.playback,
      "http",
      "frontends and browsers, through the edge",
    ),
    link(edge, tiers.greenlight, "http", "browsers, through the edge"),
    ...data(tiers.scalelite, "scalelite"),
    ...data(tiers.poller, "scalelite"),
    ...data(tiers.scaleliteSchema, "scalelite"),
    ...data(tiers.greenlight, "greenlight"),
    ...data(tiers.greenlightSchema, "greenlight"),
    linkOut(tiers.scalelite, meetings, 443, "meetings that are made and joined"),
    linkOut(tiers.poller, meetings, 443, "load of servers"),
    linkOut(tiers.greenlight, doors, 443, "Scalelite at the address that browsers have"),
    linkTo(tiers.greenlight, login, "sign-in"),
    linkTo(tiers.greenlight, files, "presentations and portraits"),
    ...(smtp === undefined ? [] : [linkTo(tiers.greenlight, smtp, "invitations")]),
    ...(recordings === undefined
      ? []
      : [
          ...data(tiers.importer, "scalelite"),
          ...data(tiers.greenlightSync, "greenlight"),
          linkOut(tiers.greenlightSync, doors, 443, "recordings at the address that browsers have"),
          link(tiers.playback, tiers.scalelite, "http", "requests, and the question who may see a recording"),
          link(tiers.playback, tiers.reader, "http", "recordings"),
          linkTo(tiers.reader, recordings.bucket, "recordings that are watched"),
          linkTo(tiers.scalelite, recordings.bucket, "recordings that are deleted"),
          linkTo(tiers.importer, recordings.bucket, "recordings that are new"),
          linkTo(tiers.importer, recordings.spool, "archives of recordings"),
          linkOut(tiers.importer, doors, 443, "word to Greenlight that a recording is ready"),
        ]),
  ];
}

/** Makes all pods on the cluster: databases come to the present version first. */
export function cluster(parts: ClusterParts, opts: pulumi.ComponentResourceOptions): readonly Workload[] {
  const { recordings } = parts;
  const after = (made: pulumi.Resource): pulumi.ComponentResourceOptions => ({ ...opts, dependsOn: [made] });
  const ofScalelite = after(scaleliteSchema(parts, opts));
  const ofGreenlight = after(greenlightSchema(parts, opts));
  const made = [scalelite(parts, ofScalelite), poller(parts, ofScalelite), greenlight(parts, ofGreenlight)];
  if (recordings === undefined) return made;
  const recorded = { ...parts, recordings };
  greenlightSync(parts, ofGreenlight);
  return [...made, reader(recorded, opts), playback(parts, opts), importer(recorded, ofScalelite)];
}
