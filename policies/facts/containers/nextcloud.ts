import type { FileFact, ServiceFacts } from "../container-fact";
import { lastReview as reviewed } from "../fact";

const server = (path: string): string => `nextcloud/server ${path} at v32.0.1`;

/** Contacts that Nextcloud makes by its own defaults or by one key of its configuration. */
const leaks: readonly FileFact[] = [
  {
    file: "settings.json",
    key: "has_internet_connection",
    must: "off",
    otherwise:
      "the server asks its makers for updates and apps, others whether there is an internet, and gives browsers its makers' STUN server",
    action: "set has_internet_connection to false",
    source: server("config/config.sample.php"),
    reviewed,
  },
  {
    file: "settings.json",
    key: "appstoreenabled",
    must: "off",
    otherwise: "apps and their updates come from apps.nextcloud.com",
    action: "set appstoreenabled to false, and bake apps into the image",
    source: server("lib/private/App/AppStore/Fetcher/Fetcher.php"),
    reviewed,
  },
  {
    file: "settings.json",
    key: "updatechecker",
    must: "off",
    otherwise: "updates.nextcloud.com is told version, time of installation and PHP's version",
    action: "set updatechecker to false",
    source: server("lib/private/Updater/VersionCheck.php"),
    reviewed,
  },
  {
    file: "settings.json",
    key: "lookup_server",
    must: "empty",
    otherwise:
      "names and addresses of people are published at lookup.nextcloud.com where they allow it, and searched for there",
    action: 'set lookup_server to ""',
    source: server("apps/lookup_server_connector/lib/UpdateLookupServer.php"),
    reviewed,
  },
  {
    file: "settings.json",
    key: "reference_opengraph",
    must: "off",
    otherwise: "the server opens every web page that somebody links to",
    action: "set reference_opengraph to false",
    source: server("config/config.sample.php"),
    reviewed,
  },
];

/** Facts about the containers of Nextcloud, whose configuration its own service writes as JSON. */
export const nextcloud: ServiceFacts = {
  service: "nextcloud",
  folders: [],
  files: { "settings.json": ["trusted_domains", "objectstore"] },
  leaks,
  media: [],
  speech: [],
};
