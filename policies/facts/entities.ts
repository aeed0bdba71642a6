import { type Fact, lastReview as reviewed, type Nexus } from "./fact";

/** A party that operates something: a cloud, a registry, a service. */
export interface Entity extends Fact {
  readonly name: string;
  /** Country of its seat, as ISO 3166-1 code; `ZZ` if it was not checked. */
  readonly country: string;
  readonly nexus: Nexus | "undetermined";
  /** True if owners outside the EU hold at most 24 % each and 39 % together (SecNumCloud 3.2, 19.6). */
  readonly europeanControl: boolean | "undetermined";
  /** Reason for the grade, as a sentence for reports. */
  readonly why: string;
  /** `verified`: read at the party itself or in its code. `secondary`: read in the press. `assumed`: general knowledge, which `strict` does not accept. */
  readonly confidence: "verified" | "secondary" | "assumed";
}

const us = (name: string, site: string): Entity => ({
  name,
  country: "US",
  nexus: "controlled",
  europeanControl: false,
  why: `${name} is a US company`,
  confidence: "assumed",
  source: `https://${site}`,
  reviewed,
});

const european = (name: string, country: string, site: string, nexus: Nexus | "undetermined", why: string): Entity => ({
  name,
  country,
  nexus,
  europeanControl: nexus === "none" ? true : "undetermined",
  why,
  confidence: "assumed",
  source: `https://${site}`,
  reviewed,
});

/** All parties, accepted or not. */
export const entities = {
  // Clouds
  hetzner: {
    name: "Hetzner Online GmbH",
    country: "DE",
    nexus: "presence",
    europeanControl: true,
    why: "it runs sites in Ashburn and Hillsboro, so a US court can reach a part of its business",
    confidence: "verified",
    source: "https://docs.hetzner.com/cloud/general/locations/ and hetznercloud/hcloud-go hcloud/network.go at b8cfa39",
    reviewed,
  },
  exoscale: {
    name: "Akenes SA (Exoscale)",
    country: "CH",
    nexus: "listed",
    europeanControl: false,
    why: "its group parent A1 Telekom Austria belongs in its majority to América Móvil of Mexico, which is listed in New York",
    confidence: "secondary",
    source: "https://www.exoscale.com/dpa and https://totaltele.com/america-movil-ups-stake-in-a1-telekom-austria/",
    reviewed,
  },
  infomaniak: {
    ...european(
      "Infomaniak Network SA",
      "CH",
      "www.infomaniak.com",
      "none",
      "a Swiss foundation holds the majority of its votes",
    ),
    confidence: "secondary",
  },
  cloudscale: european("cloudscale.ch AG", "CH", "www.cloudscale.ch", "none", "privately held in Switzerland"),
  ovh: european(
    "OVH Groupe SA",
    "FR",
    "www.ovhcloud.com",
    "presence",
    "it has a separate company in the United States",
  ),
  scaleway: european("Scaleway SAS", "FR", "www.scaleway.com", "none", "it belongs to the iliad group of France"),
  stackit: european(
    "STACKIT (Schwarz Group)",
    "DE",
    "www.stackit.de",
    "undetermined",
    "its group trades in the United States; how far that reaches is not reviewed",
  ),
  ionos: european("IONOS SE", "DE", "www.ionos.com", "presence", "it has a company in the United States"),
  upcloud: european("UpCloud Oy", "FI", "upcloud.com", "presence", "it has a company in the United States"),
  telekom: european(
    "T-Systems (Open Telekom Cloud)",
    "DE",
    "www.open-telekom-cloud.com",
    "presence",
    "its parent holds the majority of a US operator",
  ),
  amazon: us("Amazon Web Services, Inc.", "aws.amazon.com"),
  microsoft: us("Microsoft Corporation", "www.microsoft.com"),
  google: us("Google LLC", "about.google"),
  oracle: us("Oracle Corporation", "www.oracle.com"),
  ibm: us("IBM (with Red Hat)", "www.ibm.com"),
  digitalocean: us("DigitalOcean, LLC", "www.digitalocean.com"),
  akamai: us("Akamai Technologies, Inc. (with Linode)", "www.akamai.com"),
  vultr: us("The Constant Company, LLC (Vultr)", "www.vultr.com"),
  equinix: us("Equinix, Inc.", "www.equinix.com"),
  cloudflare: us("Cloudflare, Inc.", "www.cloudflare.com"),
  fastly: us("Fastly, Inc.", "www.fastly.com"),
  dnsimple: us("DNSimple Corporation", "dnsimple.com"),
  fly: us("Fly.io, Inc.", "fly.io"),
  vercel: us("Vercel Inc.", "vercel.com"),
  netlify: us("Netlify, Inc.", "www.netlify.com"),
  salesforce: us("Salesforce, Inc. (Heroku)", "www.salesforce.com"),
  rackspace: us("Rackspace Technology, Inc.", "www.rackspace.com"),
  alibaba: {
    ...european("Alibaba Cloud", "CN", "www.alibabacloud.com", "undetermined", "a third country controls it"),
    europeanControl: false,
  },
  tencent: {
    ...european("Tencent Cloud", "CN", "www.tencentcloud.com", "undetermined", "a third country controls it"),
    europeanControl: false,
  },
  huawei: {
    ...european("Huawei Cloud", "CN", "www.huaweicloud.com", "undetermined", "a third country controls it"),
    europeanControl: false,
  },
  // Software, registries, services
  docker: us("Docker, Inc.", "www.docker.com"),
  github: us("GitHub, Inc. (Microsoft)", "github.com"),
  gitlab: us("GitLab Inc.", "about.gitlab.com"),
  nvidia: us("NVIDIA Corporation", "www.nvidia.com"),
  chainguard: us("Chainguard, Inc.", "www.chainguard.dev"),
  upbound: us("Upbound, Inc.", "www.upbound.io"),
  eight: us("8x8, Inc. (Jitsi)", "jitsi.org"),
  automattic: us("Automattic Inc. (Gravatar)", "gravatar.com"),
  shutterstock: us("Shutterstock, Inc. (Giphy)", "giphy.com"),
  amplitude: us("Amplitude, Inc.", "amplitude.com"),
  twilio: us("Twilio Inc.", "www.twilio.com"),
  signalwire: us("SignalWire, Inc. (FreeSWITCH)", "signalwire.com"),
  xirsys: us("Xirsys", "xirsys.com"),
  functional: us("Functional Software, Inc. (Sentry)", "sentry.io"),
  datadog: us("Datadog, Inc.", "www.datadoghq.com"),
  newrelic: us("New Relic, Inc.", "newrelic.com"),
  posthog: us("PostHog, Inc.", "posthog.com"),
  grafana: us("Grafana Labs (Raintank, Inc.)", "grafana.com"),
  sidero: us("Sidero Labs, Inc.", "www.siderolabs.com"),
  cisco: us("Cisco Systems, Inc. (OpenDNS)", "www.opendns.com"),
  quad9: european(
    "Quad9 Foundation",
    "CH",
    "www.quad9.net",
    "undetermined",
    "a Swiss foundation with US founders; somebody else resolves your names",
  ),
  apple: us("Apple Inc.", "www.apple.com"),
  mozilla: us("Mozilla Corporation", "www.mozilla.org"),
  huggingface: us("Hugging Face, Inc.", "huggingface.co"),
  ollama: us("Ollama, Inc.", "ollama.com"),
  vllm: us("vLLM project (Linux Foundation)", "github.com/vllm-project/vllm"),
  pulumi: us("Pulumi Corporation", "www.pulumi.com"),
  okta: us("Okta, Inc. (with Auth0)", "www.okta.com"),
  isrg: us("Internet Security Research Group (Let's Encrypt)", "letsencrypt.org"),
  ssl: us("SSL Corporation", "www.ssl.com"),
  zerossl: european(
    "ZeroSSL GmbH",
    "AT",
    "zerossl.com",
    "undetermined",
    "its owner and the root that it issues under are not reviewed",
  ),
  actalis: european(
    "Actalis S.p.A. (Aruba)",
    "IT",
    "www.actalis.com",
    "none",
    "it belongs to the Aruba group of Italy",
  ),
  openai: us("OpenAI, L.L.C.", "openai.com"),
  anthropic: us("Anthropic, PBC", "www.anthropic.com"),
  groq: us("Groq, Inc.", "groq.com"),
  together: us("Together Computer, Inc.", "www.together.ai"),
  deepgram: us("Deepgram, Inc.", "deepgram.com"),
  assemblyai: us("AssemblyAI, Inc.", "www.assemblyai.com"),
  openrouter: us("OpenRouter, Inc.", "openrouter.ai"),
  xai: us("xAI Corp.", "x.ai"),
  cohere: european(
    "Cohere Inc.",
    "CA",
    "cohere.com",
    "presence",
    "a Canadian company with offices in the United States",
  ),
  mistral: european(
    "Mistral AI SAS",
    "FR",
    "mistral.ai",
    "presence",
    "the United States are among its places of processing",
  ),
  gladia: european("Gladia SAS", "FR", "www.gladia.io", "undetermined", "its suppliers are not reviewed"),
  alephalpha: european("Aleph Alpha GmbH", "DE", "aleph-alpha.com", "none", "held by German investors"),
  element: european(
    "Element (New Vector Ltd)",
    "GB",
    "element.io",
    "undetermined",
    "a British company whose hosting is not reviewed",
  ),
  matrix: european(
    "The Matrix.org Foundation C.I.C.",
    "GB",
    "matrix.org",
    "undetermined",
    "a British foundation behind a US content network",
  ),
  nextcloud: european(
    "Nextcloud GmbH",
    "DE",
    "nextcloud.com",
    "none",
    "a German company; the contact is still unwanted",
  ),
  canonical: european(
    "Canonical Ltd.",
    "GB",
    "canonical.com",
    "presence",
    "a British company with offices in the United States",
  ),
  ntppool: european("NTP Pool project", "ZZ", "www.ntppool.org", "undetermined", "anybody can add a server to it"),
  traefik: european(
    "Traefik Labs SAS",
    "FR",
    "traefik.io",
    "presence",
    "a French company with offices in the United States",
  ),
  alphacephei: european("Alpha Cephei", "ZZ", "alphacephei.com", "undetermined", "its country is not reviewed"),
  etherpad: european("Etherpad", "ZZ", "etherpad.org", "undetermined", "its hosting is not reviewed"),
  codeberg: european("Codeberg e.V.", "DE", "codeberg.org", "none", "a German association with servers of its own"),
  opencode: european("ZenDiS GmbH (openCode)", "DE", "opencode.de", "none", "a company of the German federation"),
  maptiler: european(
    "MapTiler AG",
    "CH",
    "www.maptiler.com",
    "undetermined",
    "a Swiss company whose hosting is not reviewed",
  ),
  startpage: european(
    "Startpage B.V.",
    "NL",
    "www.startpage.com",
    "undetermined",
    "a Dutch company with a US shareholder",
  ),
  suse: european(
    "SUSE (with Rancher)",
    "LU",
    "www.suse.com",
    "presence",
    "a European company with offices in the United States",
  ),
  cncf: us("Cloud Native Computing Foundation", "www.cncf.io"),
  mautrix: european(
    "maintainer of the mautrix bridges",
    "FI",
    "mau.fi",
    "undetermined",
    "a private person; hosting is not reviewed",
  ),
} as const satisfies Readonly<Record<string, Entity>>;

export type EntityId = keyof typeof entities;

/** An entity by its id. */
export const entity = (id: EntityId): Entity => entities[id];

/** A party as text for messages: `Docker, Inc. (US)`. */
export function partyText(id: EntityId): string {
  const { name, country, nexus } = entities[id];
  return `${name} (${country === "ZZ" ? "seat not reviewed" : country}, US nexus: ${nexus})`;
}
