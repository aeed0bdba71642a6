import type { Upstream } from "../../core/upstream";
import { identityImages } from "./images";
import { realmRepresentation } from "./realm";
import { buildEnv, serverEnv } from "./settings";

const release = "keycloak-quarkus-dist 26.7.3";
const option = (name: string): string => `${release} kc.sh start --help-all, ${name}`;

/** Variables that are no options of their own: settings of a provider, by the class that reads them. */
const providers: Readonly<Record<string, string>> = {
  KC_SPI_EVENTS_LISTENER__JBOSS_LOGGING__SUCCESS_LEVEL: `${release} keycloak-services, JBossLoggingEventListenerProviderFactory.class`,
  KC_SPI_EVENTS_LISTENER__JBOSS_LOGGING__ERROR_LEVEL: `${release} keycloak-services, JBossLoggingEventListenerProviderFactory.class`,
  LIQUIBASE_ANALYTICS_ENABLED: `${release} liquibase-core 4.33.0, AnalyticsArgs.class and EnvironmentValueProvider.class; a first start without it asked for config.liquibase.com`,
  KC_SPI_STICKY_SESSION_ENCODER__INFINISPAN__SHOULD_ATTACH_ROUTE: `${release} keycloak-model-infinispan, InfinispanStickySessionEncoderProviderFactory.class`,
};

/** Option of a variable: `KC_DB_URL` is `--db-url`. */
const optionOf = (variable: string): string => `--${variable.slice(3).toLowerCase().replaceAll("_", "-")}`;

const variables = [
  ...Object.keys({ ...buildEnv(), ...serverEnv({ url: "", proxies: "" }) }),
  "KC_DB_URL",
  "KC_DB_USERNAME",
  "KC_DB_PASSWORD",
  "KC_TRUSTSTORE_PATHS",
  "KC_BOOTSTRAP_ADMIN_CLIENT_SECRET",
  "KC_CACHE_EMBEDDED_NETWORK_BIND_ADDRESS",
];

const keys = Object.keys(realmRepresentation({ realm: "", domain: "", clients: {}, readers: [], accounts: {} }));

/** Sources of everything that is written for the identity service. */
export const upstream: Upstream = {
  variables: {
    [identityImages.keycloak.path]: Object.fromEntries(
      variables.map((name) => [name, providers[name] ?? option(optionOf(name))]),
    ),
  },
  files: {
    "realm.json": Object.fromEntries(keys.map((key) => [key, `${release} keycloak-core, RealmRepresentation.class`])),
  },
  behaviour: {
    cluster: {
      "port of the cluster, mTLS by default, discovery by the database": option("--cache-embedded-*, --cache-stack"),
    },
  },
};
