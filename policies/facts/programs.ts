import type { EntityId } from "./entities";
import { type Fact, lastReview as reviewed } from "./fact";

/** A program that talks to somebody's service whenever it runs, unless it is told another place. */
export interface ProgramFact extends Fact {
  /** Its name, without folder. */
  readonly program: string;
  readonly party: EntityId;
  /** Words of which one must stand in the command for it to count. @default any command */
  readonly when?: RegExp;
  /** Words that lead it elsewhere. @default none */
  readonly led?: RegExp;
  /** Variables and settings that lead it elsewhere from anywhere in the same resource. @default none */
  readonly setting?: RegExp;
}

const of = (
  source: string,
  ...rows: readonly (readonly [
    program: string,
    party: EntityId,
    more?: Pick<ProgramFact, "when" | "led" | "setting">,
  ])[]
): readonly ProgramFact[] => rows.map(([program, party, more = {}]) => ({ program, party, source, reviewed, ...more }));

const endpoint = {
  when: /\s(--\S+|s3(api)?|eks|ecr(-public)?|sts|ssm|secretsmanager|configure|ec2|iam|kms|lambda|s[nq]s|rds|route53|logs|cloudformation|sso|dynamodb|bedrock\S*|transcribe)\s/,
  led: /--endpoint(-url)?[= ]|AWS_ENDPOINT_URL/,
};
const manuals = "the manual of each program, at the site of its maker";

/** Package managers: each asks its maker's registry where no other one is named. A path, a file and what is there already come from nowhere. */
const npm = {
  led: /--registry[= ]|--offline\b/,
  setting: /npm_config_registry|\bregistry\s?=|npm config set registry|npmRegistryServer/i,
};
const pip = {
  led: /--(default-)?index(-url)?[= ]|\s-i\s|--no-index\b|--offline\b/,
  setting: /(PIP|UV)_(DEFAULT_)?INDEX(_URL)?\b|PIP_NO_INDEX|(?<![\w-])(global\.)?index-url\b/,
};
const installed = /\s(install|i|ci|add|update|upgrade|dlx|create|exec|x)(\s|$)/;
const fromIndex = /\s(install|download|wheel|inject|run)\s+(?!(-e\s+)?(\.|\/)\S*\s*$|--(version|help)\b)\S/;
const packages: readonly ProgramFact[] = [
  ...of(
    "npm/cli workspaces/config/lib/definitions/definitions.js at 780afc50 (registry) and https://pnpm.io/npmrc",
    ["npm", "npmjs", { when: /\s(install|i|ci|add|update|exec|create|init\s+\S)(\s|$)/, ...npm }],
    ["npx", "npmjs", npm],
    ["pnpm", "npmjs", { when: installed, ...npm }],
    ["pnpx", "npmjs", npm],
    ["bunx", "npmjs", npm],
    ["bun", "npmjs", { when: installed, ...npm }],
  ),
  ...of("yarnpkg/berry packages/plugin-npm/sources/index.ts at 061238ce (npmRegistryServer)", [
    "yarn",
    "npmjs",
    { when: /\s(install|add|dlx|create|up)(\s|$)/, ...npm },
  ]),
  ...of(
    "https://pip.pypa.io/en/stable/cli/pip_install/ (index-url) and https://docs.astral.sh/uv/reference/settings/",
    ["pip", "psf", { when: fromIndex, ...pip }],
    ["pip3", "psf", { when: fromIndex, ...pip }],
    ...(["python", "python3"] as const).map(
      (name) => [name, "psf", { when: /\s-m\s+pip\s+install\s+(?!(-e\s+)?(\.|\/)\S*\s*$)\S/, ...pip }] as const,
    ),
    ["pipx", "psf", { when: fromIndex, ...pip }],
    ["uv", "psf", { when: /\s(pip install|sync|add|tool (install|run))(\s|$)/, ...pip }],
    ["uvx", "psf", pip],
    ["poetry", "psf", { when: /\s(install|add|update)(\s|$)/, ...pip }],
  ),
  ...of("https://guides.rubygems.org/command-reference/ (gem install)", [
    "gem",
    "unreviewed",
    { when: /\sinstall\s/, led: /--source[= ]|\s-s\s|--local\b|\s-l\b/, setting: /gem sources|rubygems/i },
  ]),
  ...of("https://bundler.io/man/bundle-install.1.html", [
    "bundle",
    "unreviewed",
    { when: /\s(install|update|add)(\s|$)/, led: /--local\b/, setting: /BUNDLE_MIRROR/ },
  ]),
  ...of(
    "https://maven.apache.org/guides/mini/guide-mirror-settings.html and https://docs.gradle.org (repositories)",
    [
      "mvn",
      "unreviewed",
      {
        when: /\s(package|install|verify|deploy|compile|test|dependency:\S+)(\s|$)/,
        led: /\s-o\b|--offline\b/,
        setting: /<mirror>|settings\.xml/,
      },
    ],
    [
      "gradle",
      "unreviewed",
      { when: /\s(build|assemble|test|check)(\s|$)/, led: /--offline\b/, setting: /repositories\s*\{/ },
    ],
    [
      "gradlew",
      "unreviewed",
      { when: /\s(build|assemble|test|check)(\s|$)/, led: /--offline\b/, setting: /repositories\s*\{/ },
    ],
  ),
  ...of("https://nix.dev/manual/nix/latest/command-ref/new-cli/nix (registry, substituters)", [
    "nix",
    "unreviewed",
    { when: /\snixpkgs[#/]/, setting: /substituters|--offline/ },
  ]),
  ...of("https://doc.rust-lang.org/cargo/commands/cargo-install.html", [
    "cargo",
    "unreviewed",
    { when: /\sinstall\s/, led: /--(path|git|registry|index)[= ]|--offline\b/, setting: /CARGO_SOURCE|replace-with/ },
  ]),
  ...of("https://go.dev/ref/mod#environment-variables (GOPROXY)", [
    "go",
    "google",
    { when: /\s(install|get|run)\s+(-\S+\s+)*[\w.-]+\.[a-z]+\/\S+/, led: /-mod=vendor/, setting: /\bGOPROXY\b/ },
  ]),
  ...of("https://getcomposer.org/doc/05-repositories.md (packagist)", [
    "composer",
    "unreviewed",
    { when: /\s(install|require|update|create-project|global)(\s|$)/, setting: /packagist(\.org)?["' =:]+false/ },
  ]),
  ...of("ansible/ansible lib/ansible/config/base.yml at c9ac477e (GALAXY_SERVER)", [
    "ansible-galaxy",
    "ibm",
    { when: /\sinstall(\s|$)/, led: /--server[= ]|\s-s\s|--offline\b|\s(\.|\/)\S*\.tar\.gz/, setting: /GALAXY_SERVER/ },
  ]),
  ...of("https://docs.conda.io/projects/conda/en/stable/user-guide/configuration/ (default_channels)", [
    "conda",
    "unreviewed",
    {
      when: /\s(install|create|update)(\s|$)/,
      led: /--override-channels\b|--offline\b/,
      setting: /default_channels|CONDA_CHANNELS/,
    },
  ]),
  ...of("https://developer.hashicorp.com/terraform/cli/config/config-file (provider_installation)", [
    "terraform",
    "hashicorp",
    {
      when: /\sinit(\s|$)/,
      led: /-plugin-dir[= ]/,
      setting: /provider_installation|network_mirror|TF_CLI_CONFIG_FILE/,
    },
  ]),
  ...of("https://krew.sigs.k8s.io/docs/user-guide/custom-indexes/", [
    "kubectl",
    "github",
    { when: /\skrew\s+(install|update|upgrade)\b/ },
  ]),
  ...of("ollama/ollama server/model_recommendations.go at fb30760", [
    "ollama",
    "ollama",
    { when: /\s(pull|run)\s+(?![^\s.]*\.\S*\/)\S/ },
  ]),
  ...of(
    "huggingface/huggingface_hub constants.py at ee0a451",
    [
      "huggingface-cli",
      "huggingface",
      { when: /\s(download|login|repo-files)\b/, setting: /HF_ENDPOINT|HF_HUB_OFFLINE/ },
    ],
    ["hf", "huggingface", { when: /\s(download|auth|repo-files)\b/, setting: /HF_ENDPOINT|HF_HUB_OFFLINE/ }],
  ),
];

/** Machines, clusters and desktops that come from somebody's own store where no other one is named. */
const stores: readonly ProgramFact[] = [
  ...of("kubernetes/kubernetes cmd/kubeadm/app/apis/kubeadm/v1beta4/defaults.go at 027ac5a4 (DefaultImageRepository)", [
    "kubeadm",
    "google",
    { when: /\s(init|config\s+images\s+pull)(\s|$)/, led: /--image-repository[= ]|--config[= ]/ },
  ]),
  ...of(
    "lxc/incus doc/reference/image_servers.md at be7afc5d and https://documentation.ubuntu.com/lxd/en/latest/reference/remote_image_servers/",
    ["lxc", "canonical", { when: /\s["']?(images|ubuntu|ubuntu-daily|ubuntu-minimal):/ }],
    ["incus", "unreviewed", { when: /\s["']?images:/ }],
  ),
  ...of("https://canonical.com/multipass/docs (launch)", ["multipass", "canonical", { when: /\s(launch|find)(\s|$)/ }]),
  ...of("https://developer.hashicorp.com/vagrant/docs/cli/box", [
    "vagrant",
    "hashicorp",
    { when: /\sbox\s+(add|update)\s+(?!\S*:\/\/)\S/ },
  ]),
  ...of("https://docs.flatpak.org/en/latest/using-flatpak.html", [
    "flatpak",
    "unreviewed",
    { when: /\sflathub(\s|$)/ },
  ]),
  ...of("https://docs.sylabs.io/guides/latest/user-guide/ (library://)", [
    "singularity",
    "unreviewed",
    { when: /\slibrary:\/\// },
  ]),
  ...of("https://apptainer.org/docs/user/latest/ (library://)", [
    "apptainer",
    "unreviewed",
    { when: /\slibrary:\/\// },
  ]),
  ...of("https://fluxcd.io/flux/installation/bootstrap/", [
    "flux",
    "github",
    { when: /\sbootstrap\s+github\b/, led: /--hostname[= ]/ },
  ]),
  ...of(
    "https://docs.zerotier.com, https://docs.netbird.io and https://www.twingate.com/docs (the controllers by default)",
    ["bore", "unreviewed", { when: /--to[ =]bore\.pub\b/ }],
    ["zerotier-cli", "unreviewed", { when: /\sjoin\s/ }],
    ["netbird", "unreviewed", { when: /\sup(\s|$)/, led: /--management-url[= ]/ }],
    ["twingate", "unreviewed", { when: /\s(setup|start)(\s|$)/ }],
  ),
];

/** Programs in scripts and commands of containers. */
export const programs: readonly ProgramFact[] = [
  ...packages,
  ...stores,
  ...of(
    manuals,
    ["aws", "amazon", endpoint],
    ["eksctl", "amazon"],
    ["gcloud", "google"],
    ["gsutil", "google"],
    ["bq", "google", { when: /\bbq\s+(query|load|ls|mk|extract|show|cp)\b/ }],
    [
      "az",
      "microsoft",
      {
        when: /\baz\s+(login|account|acr|aks|storage|keyvault|group|vm|network|webapp|ad|identity|monitor|role|sql|deployment|rest)\b/,
      },
    ],
    ["azcopy", "microsoft"],
    ["doctl", "digitalocean"],
    ["linode-cli", "akamai"],
    ["vultr-cli", "vultr"],
    ["ibmcloud", "ibm"],
    ["oci", "oracle", { when: /\boci\s+(os|compute|setup|iam|network|db|ce|vault|secrets|session)\b/ }],
    ["aliyun", "alibaba"],
    [
      "b2",
      "backblaze",
      { when: /\bb2\s+(file|bucket|account|sync|key|authorize[-_]account|upload[-_]file|download[-_]\S+)\b/ },
    ],
    ["cloudflared", "cloudflare"],
    ["wrangler", "cloudflare"],
    ["flyctl", "fly"],
    ["heroku", "salesforce"],
    ["vercel", "vercel"],
    ["netlify", "netlify"],
    ["ngrok", "unreviewed", { when: /\bngrok\s+(http|tcp|tls|start|config|authtoken)\b/ }],
    ["doppler", "doppler", { when: /\bdoppler\s+(run|secrets|setup|login|configure)\b/ }],
    [
      "gh",
      "github",
      { when: /\bgh\s+(auth|pr|release|repo|api|run|workflow|issue|secret|gist)\b/, led: /GH_HOST|--hostname[= ]/ },
    ],
    ["tailscale", "tailscale", { when: /\s(up|login)\b/, led: /--login-server[= ]/ }],
    ["sentry-cli", "functional", { led: /--url[= ]|SENTRY_URL/ }],
  ),
  ...of(
    "acmesh-official/acme.sh acme.sh and dnsapi at d60c75b4 (default server) and https://eff-certbot.readthedocs.io/en/stable/using.html (default server)",
    ["acme.sh", "zerossl", { when: /--(issue|register-account)\b/, led: /--server[= ]/ }],
    ["acme.sh", "cloudflare", { when: /\bdns_cf\b/ }],
    ["acme.sh", "amazon", { when: /\bdns_aws\b/ }],
    ["acme.sh", "google", { when: /\bdns_gcloud\b/ }],
    ["acme.sh", "microsoft", { when: /\bdns_azure\b/ }],
    ["certbot", "isrg", { when: /\s(certonly|run|register|--standalone|--webroot|--nginx)\b/, led: /--server[= ]/ }],
    ["certbot", "amazon", { when: /--dns-route53\b/ }],
    ["certbot", "cloudflare", { when: /--dns-cloudflare\b/ }],
    ["certbot", "google", { when: /--dns-google\b/ }],
    ["certbot", "digitalocean", { when: /--dns-digitalocean\b/ }],
    ["lego", "isrg", { when: /\brun\b/, led: /--server[= ]/ }],
  ),
  ...of(
    "https://snapcraft.io/docs and https://manpages.ubuntu.com (ssh-import-id, add-apt-repository, pro)",
    ["snap", "canonical", { when: /\s(install|refresh)\b/ }],
    ["ssh-import-id", "canonical", { when: /\slp:/ }],
    ["ssh-import-id-lp", "canonical"],
    ["ssh-import-id-gh", "github"],
    ["pro", "canonical", { when: /\sattach\b/ }],
    ["ua", "canonical", { when: /\sattach\b/ }],
  ),
  ...of(
    "https://rclone.org/docs/#connection-strings and https://duplicity.gitlab.io/stable/duplicity.1.html",
    ["rclone", "backblaze", { when: /\s["']?:b2[,:]/ }],
    ["rclone", "google", { when: /\s["']?:(gcs|google cloud storage|drive)[,:]/ }],
    ["rclone", "microsoft", { when: /\s["']?:(azureblob|onedrive)[,:]/ }],
    ["rclone", "dropbox", { when: /\s["']?:dropbox[,:]/ }],
    ["duplicity", "backblaze", { when: /\sb2:\/\// }],
    ["duplicity", "amazon", { when: /\s(boto3\+)?s3:\/\//, led: /--s3-endpoint-url[= ]/ }],
  ),
];

/** A container that serves one party alone, also where its image comes from a mirror. */
export interface ImageFact extends Fact {
  /** Last part of the image's name; `*` at its end stands for any end. */
  readonly image: string;
  readonly party: EntityId;
  /** Variables of which one leads it elsewhere. */
  readonly led: readonly string[];
}

export const imageWords: readonly ImageFact[] = (
  [
    ["cloudflared", "cloudflare"],
    ["cloudflare-operator", "cloudflare"],
    ["tailscale", "tailscale", "TS_EXTRA_ARGS"],
    ["ngrok*", "unreviewed"],
    ["datadog-agent", "datadog", "DD_DD_URL", "DD_URL"],
    ["newrelic-infrastructure*", "newrelic"],
    ["newrelic-fluentbit-output", "newrelic"],
    ["aws-load-balancer-controller", "amazon"],
    ["aws-ebs-csi-driver", "amazon"],
    ["aws-efs-csi-driver", "amazon"],
    ["aws-for-fluent-bit", "amazon"],
    ["aws-cli", "amazon", "AWS_ENDPOINT_URL"],
    ["cloudwatch-agent", "amazon"],
    ["amazon-cloudwatch-agent", "amazon"],
    ["amazon-k8s-cni*", "amazon"],
    ["amazon-eks-pod-identity-webhook", "amazon"],
    ["cloud-sql-proxy", "google"],
    ["gce-proxy", "google"],
    ["google-cloud-cli", "google"],
    ["cloud-sdk", "google"],
    ["gcp-compute-persistent-disk-csi-driver", "google"],
    ["azure-cli", "microsoft"],
    ["azuredisk-csi", "microsoft"],
    ["azurefile-csi", "microsoft"],
    ["azure-workload-identity*", "microsoft"],
    ["linode-blockstorage-csi-driver", "akamai"],
    ["do-csi-plugin", "digitalocean"],
    ["github-actions-runner", "github"],
    ["actions-runner", "github"],
    ["gitlab-runner", "gitlab", "CI_SERVER_URL"],
  ] as const
).map(([image, party, ...led]) => ({
  image,
  party,
  led,
  source: "the documentation of each image, at the site of its maker",
  reviewed,
}));

/** A variable that holds somebody's key, so that its service is used. */
export interface KeyFact extends Fact {
  /** Name of the variable; `*` at its end stands for any end. */
  readonly variable: string;
  readonly party: EntityId;
  /** Variables of which one leads elsewhere. */
  readonly led: readonly string[];
}

export const keyWords: readonly KeyFact[] = (
  [
    ["CF_API_TOKEN", "cloudflare"],
    ["CF_API_KEY", "cloudflare"],
    ["CF_DNS_API_TOKEN", "cloudflare"],
    ["CLOUDFLARE_API_TOKEN", "cloudflare"],
    ["CLOUDFLARE_API_KEY", "cloudflare"],
    ["CLOUDFLARE_DNS_API_TOKEN", "cloudflare"],
    ["TUNNEL_TOKEN", "cloudflare"],
    ["DD_API_KEY", "datadog", "DD_DD_URL", "DD_URL"],
    ["DATADOG_API_KEY", "datadog", "DD_DD_URL", "DD_URL"],
    ["NEW_RELIC_LICENSE_KEY", "newrelic", "NEW_RELIC_HOST"],
    ["NEW_RELIC_API_KEY", "newrelic", "NEW_RELIC_HOST"],
    ["HONEYCOMB_API_KEY", "honeycomb", "HONEYCOMB_API_ENDPOINT"],
    ["SLACK_BOT_TOKEN", "slack"],
    ["SLACK_APP_TOKEN", "slack"],
    ["SLACK_SIGNING_SECRET", "slack"],
    ["DISCORD_TOKEN", "discord"],
    ["DISCORD_BOT_TOKEN", "discord"],
    ["TELEGRAM_BOT_TOKEN", "telegram", "TELEGRAM_API_URL"],
    ["PAGERDUTY_*", "pagerduty"],
    ["OPSGENIE_API_KEY", "opsgenie", "OPSGENIE_API_URL"],
    ["SENDGRID_API_KEY", "sendgrid"],
    ["MAILGUN_API_KEY", "mailgun"],
    ["POSTMARK_*", "postmark"],
    ["MANDRILL_API_KEY", "mailchimp"],
    ["MAILCHIMP_API_KEY", "mailchimp"],
    ["RESEND_API_KEY", "unreviewed"],
    ["SPARKPOST_API_KEY", "unreviewed"],
    ["TWILIO_AUTH_TOKEN", "twilio"],
    ["TWILIO_ACCOUNT_SID", "twilio"],
    ["VONAGE_API_KEY", "vonage"],
    ["ZOOM_CLIENT_SECRET", "zoom"],
    ["TS_AUTHKEY", "tailscale", "TS_EXTRA_ARGS"],
    ["TAILSCALE_AUTHKEY", "tailscale"],
    ["NGROK_AUTHTOKEN", "unreviewed"],
    ["DIGITALOCEAN_TOKEN", "digitalocean"],
    ["DIGITALOCEAN_ACCESS_TOKEN", "digitalocean"],
    ["DO_AUTH_TOKEN", "digitalocean"],
    ["LINODE_TOKEN", "akamai"],
    ["VULTR_API_KEY", "vultr"],
    ["AZURE_CLIENT_SECRET", "microsoft"],
    ["AZURE_STORAGE_*", "microsoft", "AZURE_STORAGE_ENDPOINT"],
    ["AZURE_TENANT_ID", "microsoft"],
    ["AWS_ROLE_ARN", "amazon", "AWS_ENDPOINT_URL_STS"],
    ["AWS_WEB_IDENTITY_TOKEN_FILE", "amazon", "AWS_ENDPOINT_URL_STS"],
    ["GCP_PROJECT*", "google"],
    ["GCLOUD_PROJECT", "google"],
    ["GOOGLE_CLOUD_PROJECT", "google"],
    ["FCM_SERVER_KEY", "google"],
    ["RECAPTCHA_*", "google"],
    ["STRIPE_*", "unreviewed"],
    ["AUTH0_*", "okta"],
    ["OKTA_*", "okta"],
    ["LAUNCHDARKLY_SDK_KEY", "unreviewed"],
    ["LD_SDK_KEY", "unreviewed"],
    ["DOPPLER_TOKEN", "doppler"],
    ["OP_SERVICE_ACCOUNT_TOKEN", "onepassword"],
    ["MAPBOX_*", "unreviewed"],
    ["ALGOLIA_*", "unreviewed"],
    ["PUSHER_APP_KEY", "unreviewed", "PUSHER_HOST"],
    ["ONESIGNAL_*", "unreviewed"],
    ["DROPBOX_*", "dropbox"],
    ["WALG_GS_PREFIX", "google"],
    ["WALG_AZ_PREFIX", "microsoft"],
    ["WALG_S3_PREFIX", "amazon", "AWS_ENDPOINT", "AWS_ENDPOINT_URL"],
    ["WAL_S3_BUCKET", "amazon", "AWS_ENDPOINT", "AWS_ENDPOINT_URL"],
    ["WAL_GS_BUCKET", "google"],
    ["REGISTRY_STORAGE_GCS_*", "google"],
    ["REGISTRY_STORAGE_AZURE_*", "microsoft"],
    ["REGISTRY_STORAGE_S3_BUCKET", "amazon", "REGISTRY_STORAGE_S3_REGIONENDPOINT"],
    ["ELASTIC_CLOUD_ID", "elastic"],
    ["GF_AUTH_GOOGLE_CLIENT_ID", "google"],
    ["GF_AUTH_GITHUB_CLIENT_ID", "github"],
    ["GF_AUTH_AZUREAD_CLIENT_ID", "microsoft"],
  ] as const
).map(([variable, party, ...led]) => ({
  variable,
  party,
  led,
  source: "the documentation of each service's clients, at the site of its maker",
  reviewed,
}));
