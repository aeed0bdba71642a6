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
