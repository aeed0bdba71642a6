import * as pulumi from "@pulumi/pulumi";

/** Credentials that each cloud's plugin needs, and the variables it reads them from. Source: `provider` of the plugins' schemas. */
const wanted: Readonly<
  Record<string, readonly { readonly variable: string; readonly key: string; readonly what: string }[]>
> = {
  hetzner: [{ variable: "HCLOUD_TOKEN", key: "hcloud:token", what: "an API token of Hetzner's" }],
  exoscale: [
    { variable: "EXOSCALE_API_KEY", key: "exoscale:key", what: "an API key of Exoscale's" },
    { variable: "EXOSCALE_API_SECRET", key: "exoscale:secret", what: "the secret of the API key" },
  ],
};

/**
 * Checks that the credentials of the stack's cloud are set before anything is made. The plugin checks their values.
 *
 * @throws pulumi.RunError that names every missing one and where to put it.
 */
export function credentials(environment: Readonly<Record<string, string | undefined>>): void {
  const cloud = new pulumi.Config("sovereign-uc").get("cloud") ?? "";
  const missing = (wanted[cloud] ?? []).filter(({ variable, key }) => {
    const [namespace = "", name = ""] = key.split(":");
    return (environment[variable] ?? "") === "" && new pulumi.Config(namespace).getSecret(name) === undefined;
  });
  if (missing.length > 0)
    throw new pulumi.RunError(
      missing
        .map(
          ({ variable, key, what }) =>
            `expected ${what}, got none; export ${variable}=… or run: pulumi config set --secret ${key}`,
        )
        .join("\n"),
    );
}
