import type { Problem } from "./checks";
import type { Properties } from "./values";

/**
 * The configuration that each plugin has, by package.
 *
 * | package | source |
 * |---|---|
 * | hcloud, minio, tls, random | `config/vars.d.ts` and `provider.d.ts` of @pulumi/hcloud 1.41.0, @pulumi/minio 0.17.1, @pulumi/tls 5.6.1, @pulumi/random 4.21.2 (random has none); a test compares |
 * | exoscale | pulumiverse/pulumi-exoscale v0.66.1 (ad8c24f), `provider/cmd/pulumi-resource-exoscale/schema.json`, `config.variables` |
 * | kubernetes | `provider.d.ts` of @pulumi/kubernetes 4.34.2 (a test compares); `strictMode`: pulumi/pulumi-kubernetes 94977969d, `provider/pkg/provider/provider.go`, CheckConfig |
 * | command | `provider.d.ts` of @pulumi/command 1.2.1: none |
 */
export const configurationKeys: Readonly<Record<string, readonly string[]>> = {
  hcloud: ["endpoint", "endpointHetzner", "pollFunction", "pollInterval", "token"],
  exoscale: ["delay", "environment", "key", "secret", "sosEndpoint", "timeout"],
  kubernetes: [
    "alwaysRender",
    "cluster",
    "clusterIdentifier",
    "context",
    "deleteUnreachable",
    "enableConfigMapMutable",
    "enablePatchForce",
    "enableSecretMutable",
    "enableServerSideApply",
    "helmReleaseSettings",
    "kubeClientSettings",
    "kubeconfig",
    "namespace",
    "renderYamlToDirectory",
    "skipUpdateUnreachable",
    "strictMode",
    "suppressDeprecationWarnings",
    "suppressHelmHookWarnings",
    "upsertExistingObjects",
  ],
  minio: [
    "minioAccessKey",
    "minioApiVersion",
    "minioCacertFile",
    "minioCertFile",
    "minioInsecure",
    "minioKeyFile",
    "minioPassword",
    "minioRegion",
    "minioSecretKey",
    "minioServer",
    "minioSessionToken",
    "minioSsl",
    "minioUser",
  ],
  random: [],
  tls: ["proxy"],
  command: [],
};

/** Keys that the engine itself adds to a provider's configuration. Source: pulumi-terraform-bridge 3.137.0, `pkg/pf/tfbridge/provider_checkconfig.go`. */
const engines = ["version", "pluginDownloadURL"];

/**
 * Keys in the namespace of a plugin that it does not have: the engine hands it all of them, for the provider that it makes by default as for one that the
 * program makes. Bridged plugins refuse them in these words (pulumi-terraform-bridge 3.137.0, `pkg/tfbridge/check_failures.go`; the hint at a similar key is
 * left out). The plugins `kubernetes` (read: CheckConfig, as above) and `command` (seen: one built from pulumi-command 010bd8e0) are none and take what they do
 * not know; here it is refused for all, since a key that has no reader is a mistake.
 */
export function unknownKeys(name: string, config: Properties, urn: string): readonly Problem[] {
  const known = configurationKeys[name] ?? [];
  const provider = urn.slice(urn.lastIndexOf("::") + 2);
  return Object.keys(config)
    .filter((key) => !known.includes(key) && !engines.includes(key) && !key.startsWith("__"))
    .map((key) => ({
      // The plugin names no property: the engine would show it as one of a resource.
      property: "",
      reason:
        urn === "" || provider.startsWith("default")
          ? `\`${name}:${key}\` is not a valid configuration key for the ${name} provider. If the referenced key is not intended for the provider, please choose a different namespace from \`${name}:\`.`
          : `could not validate provider configuration: Invalid or unknown key. Examine values at '${provider}.${key}'.`,
    }));
}
