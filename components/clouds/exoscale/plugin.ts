import * as pulumi from "@pulumi/pulumi";

/** Source and version of the plugin: Pulumi's own default would be its public registry. */
const plugin: pulumi.CustomResourceOptions = {
  version: "0.66.1",
  pluginDownloadURL: "github://api.github.com/pulumiverse",
};

export const options = (opts: pulumi.CustomResourceOptions | undefined): pulumi.CustomResourceOptions => ({
  ...plugin,
  ...opts,
});
