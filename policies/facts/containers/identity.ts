import type { ContainerFact, FileFact, ServiceFacts } from "../container-fact";
import { lastReview as reviewed } from "../fact";

const release = "Maven org.keycloak:keycloak-quarkus-dist 26.7.3";

/** Contacts that Keycloak makes by one setting. */
const leaks: readonly (ContainerFact | FileFact)[] = [
  {
    image: "keycloak",
    without: "KC_TRACING_ENABLED",
    otherwise: "who asks for what, and when, is sent to a collector of traces",
    action: "remove KC_TRACING_ENABLED",
    source: `${release} kc.sh build --help-all`,
    reviewed,
  },
  {
    image: "keycloak",
    equals: ["LIQUIBASE_ANALYTICS_ENABLED", "false"],
    otherwise: "the library that makes its tables tells Liquibase, a company in the United States, that it runs",
    action: 'set LIQUIBASE_ANALYTICS_ENABLED to "false"',
    source: `${release} liquibase-core 4.33.0, AnalyticsArgs.class; a first start without it asked for config.liquibase.com`,
    reviewed,
  },
  {
    file: "realm.json",
    key: "identityProviders",
    must: "empty",
    absent: "accepted",
    otherwise: "people are sent elsewhere to sign in, and whoever runs that place can be anybody here",
    action: "remove identityProviders",
    source: `${release} RealmRepresentation.class`,
    reviewed,
  },
];

/** Facts about an identity service's containers. */
export const identity: ServiceFacts = {
  service: "identity",
  folders: ["keycloak"],
  // Both keys stand in every realm, and together in no other program's files.
  files: { "realm.json": ["realm", "clients"] },
  leaks,
  media: [],
  speech: [],
};
