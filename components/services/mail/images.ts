import type { CatalogueImage } from "../../core/images";

/**
 * The mail server. Stalwart keeps everything in PostgreSQL, a bucket and a Redis, which is where state lives here, and any number of servers share it. Dovecot's community
 * edition has had no replication since 2.4 and points to a shared file system (dovecot/documentation, docs/installation/upgrade/2.3-to-2.4.md), Cyrus'
 * replication has one master: either would be a volume and a fail-over of its own.
 *
 * Stalwart is AGPL-3.0; upstream's image is built with its enterprise features, which need a licence and stay off without one. None of them is used here.
 */
export const mailImages = {
  stalwart: { path: "stalwartlabs/stalwart", upstream: "docker.io/stalwartlabs/stalwart", version: "v0.16.18" },
} as const satisfies Readonly<Record<string, CatalogueImage>>;
