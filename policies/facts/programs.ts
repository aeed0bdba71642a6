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
}

const of = (
  source: string,
  ...rows: readonly (readonly [
    program: string,
    party: EntityId,
    more?: { readonly when?: RegExp; readonly led?: RegExp },
  ])[]
): readonly ProgramFact[] => rows.map(([program, party, more = {}]) => ({ program, party, source, reviewed, ...more }));

const endpoint = {
  when: /\s(--\S+|s3(api)?|eks|ecr(-public)?|sts|ssm|secretsmanager|configure|ec2|iam|kms|lambda|s[nq]s|rds|route53|logs|cloudformation|sso|dynamodb|bedrock\S*|transcribe)\s/,
  led: /--endpoint(-url)?[= ]|AWS_ENDPOINT_URL/,
};
const manuals = "the manual of each program, at the site of its maker";

/** Programs in scripts and commands of containers. */
export const programs: readonly ProgramFact[] = [
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
    "acmesh-official/acme.sh (default server, dnsapi/) and https://eff-certbot.readthedocs.io/en/stable/using.html (default server)",
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
