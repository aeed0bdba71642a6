import type { EntityId } from "./entities";
import { type Fact, lastReview as reviewed } from "./fact";

/** A header that only one party's proxy sets: who believes it stands behind that proxy. */
export interface ProxyHeaderFact extends Fact {
  /** In lower case, with `-` between its words. */
  readonly header: string;
  readonly party: EntityId;
}

const header = (source: string, party: EntityId, ...names: readonly string[]): readonly ProxyHeaderFact[] =>
  names.map((name) => ({ header: name, party, source, reviewed }));

export const proxyHeaders: readonly ProxyHeaderFact[] = [
  ...header(
    "https://developers.cloudflare.com/fundamentals/reference/http-headers/",
    "cloudflare",
    "cf-connecting-ip",
    "cf-connecting-ipv6",
    "cf-pseudo-ipv4",
  ),
  ...header("https://techdocs.akamai.com/property-mgr/docs/origin-server (True Client IP)", "akamai", "true-client-ip"),
  ...header("https://www.fastly.com/documentation/reference/http/http-headers/", "fastly", "fastly-client-ip"),
  ...header(
    "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html",
    "amazon",
    "cloudfront-viewer-address",
  ),
  ...header(
    "https://learn.microsoft.com/en-us/azure/frontdoor/front-door-http-headers-protocol",
    "microsoft",
    "x-azure-clientip",
    "x-azure-socketip",
    "x-azure-fdid",
  ),
  ...header("https://docs.imperva.com (headers of the proxy)", "unreviewed", "incap-client-ip"),
  ...header("https://docs.sucuri.net (headers of the firewall)", "unreviewed", "x-sucuri-clientip"),
  ...header("https://fly.io/docs/networking/request-headers/", "fly", "fly-client-ip"),
  ...header("https://vercel.com/docs/headers/request-headers", "vercel", "x-vercel-forwarded-for"),
];

/** A range that a party says its proxies connect from. */
export interface ProxyRangeFact extends Fact {
  readonly range: string;
  readonly party: EntityId;
}

const ranges = (source: string, party: EntityId, text: string): readonly ProxyRangeFact[] =>
  text
    .trim()
    .split(/\s+/)
    .map((range) => ({ range, party, source, reviewed }));

export const proxyRanges: readonly ProxyRangeFact[] = [
  ...ranges(
    "https://www.cloudflare.com/ips/ (ips-v4 and ips-v6)",
    "cloudflare",
    `173.245.48.0/20 103.21.244.0/22 103.22.200.0/22 103.31.4.0/22 141.101.64.0/18 108.162.192.0/18 190.93.240.0/20 188.114.96.0/20
     197.234.240.0/22 198.41.128.0/17 162.158.0.0/15 104.16.0.0/13 104.24.0.0/14 172.64.0.0/13 131.0.72.0/22
     2400:cb00::/32 2606:4700::/32 2803:f800::/32 2405:b500::/32 2405:8100::/32 2a06:98c0::/29 2c0f:f248::/32`,
  ),
  ...ranges(
    "https://api.fastly.com/public-ip-list",
    "fastly",
    `23.235.32.0/20 43.249.72.0/22 103.244.50.0/24 103.245.222.0/23 103.245.224.0/24 104.156.80.0/20 146.75.0.0/17 151.101.0.0/16
     157.52.64.0/18 167.82.0.0/17 172.111.64.0/18 185.31.16.0/22 199.27.72.0/21 199.232.0.0/16 2a04:4e40::/32 2a04:4e42::/32`,
  ),
];

/** A host, or domain above hosts, by which a content network is reached: names lead there, or browsers load from there. */
export interface ContentFact extends Fact {
  readonly host: string;
  readonly party: EntityId;
}

export const contentNetworks: readonly ContentFact[] = (
  [
    // Names of proxies, to which CNAME records lead
    ["cdn.cloudflare.net", "cloudflare"],
    ["cfargotunnel.com", "cloudflare"],
    ["cloudfront.net", "amazon"],
    ["awsglobalaccelerator.com", "amazon"],
    ["fastly.net", "fastly"],
    ["fastlylb.net", "fastly"],
    ["akamaiedge.net", "akamai"],
    ["akamai.net", "akamai"],
    ["akamaized.net", "akamai"],
    ["edgekey.net", "akamai"],
    ["edgesuite.net", "akamai"],
    ["azureedge.net", "microsoft"],
    ["azurefd.net", "microsoft"],
    ["impervadns.net", "unreviewed"],
    ["incapdns.net", "unreviewed"],
    ["sucuri.net", "unreviewed"],
    ["cdn77.org", "unreviewed"],
    ["kxcdn.com", "unreviewed"],
    ["gcdn.co", "unreviewed"],
    ["vercel-dns.com", "vercel"],
    ["b-cdn.net", "bunny"],
    // Hosts from which pages load code, letters and pictures
    ["cdnjs.cloudflare.com", "cloudflare"],
    ["static.cloudflareinsights.com", "cloudflare"],
    ["challenges.cloudflare.com", "cloudflare"],
    ["ajax.googleapis.com", "google"],
    ["fonts.googleapis.com", "google"],
    ["fonts.gstatic.com", "google"],
    ["ajax.aspnetcdn.com", "microsoft"],
    ["jsdelivr.net", "unreviewed"],
    ["unpkg.com", "cloudflare"],
    ["code.jquery.com", "unreviewed"],
    ["bootstrapcdn.com", "unreviewed"],
    ["cdn.tailwindcss.com", "unreviewed"],
    ["esm.sh", "unreviewed"],
    ["cdn.skypack.dev", "unreviewed"],
    ["use.fontawesome.com", "unreviewed"],
    ["kit.fontawesome.com", "unreviewed"],
    ["polyfill.io", "unreviewed"],
    ["polyfill-fastly.io", "fastly"],
    ["cdn.socket.io", "unreviewed"],
  ] as const
).map(([host, party]) => ({ host, party, source: `https://${host}`, reviewed }));

/** Types of resources that put a party's proxy before something: `type` begins so. */
export const proxyTypes: readonly (Fact & { readonly type: string; readonly party: EntityId })[] = (
  [
    ["aws:cloudfront/", "amazon"],
    ["aws-native:cloudfront:", "amazon"],
    ["aws:globalaccelerator/", "amazon"],
    ["azure:cdn/", "microsoft"],
    ["azure:frontdoor/", "microsoft"],
    ["azure-native:cdn:", "microsoft"],
    ["azure-native:frontdoor:", "microsoft"],
    ["gcp:compute/backendBucket:", "google"],
    ["gcp:networkservices/edgeCache", "google"],
    ["fastly:index/", "fastly"],
    ["akamai:index/property", "akamai"],
    ["cloudflare:index/tunnel", "cloudflare"],
    ["cloudflare:index/zeroTrustTunnel", "cloudflare"],
    ["cloudflare:index/loadBalancer", "cloudflare"],
    ["cloudflare:index/spectrumApplication:", "cloudflare"],
    ["cloudflare:index/workers", "cloudflare"],
    ["digitalocean:index/cdn:", "digitalocean"],
    ["alicloud:cdn/", "alibaba"],
    ["tencentcloud:Cdn/", "tencent"],
    ["bunnynet:index/", "bunny"],
  ] as const
).map(([type, party]) => ({
  type,
  party,
  source: `https://www.pulumi.com/registry/packages/${type.split(":")[0] ?? ""}/`,
  reviewed,
}));

/** Lines by which a party's proxy is put before what a stack serves, or believed. */
export const proxyLines: readonly (Fact & {
  /** A word of the line in lower case: most texts hold none of them. */
  readonly word: string;
  readonly pattern: RegExp;
  readonly party: EntityId;
})[] = (
  [
    [
      "cloudflare-proxied",
      /(^|\s)--cloudflare-proxied(=true)?(\s|$)/i,
      "cloudflare",
      "kubernetes-sigs/external-dns docs/tutorials/cloudflare.md at 2bf1bf8a",
    ],
    [
      "cloudflared",
      /(^|[\s/])cloudflared\s+(\S+\s+){0,6}tunnel(\s|$)/i,
      "cloudflare",
      "https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/",
    ],
    ["ngrok", /(^|[\s/])ngrok\s+(http|https|tcp|tls|start)(\s|$)/i, "unreviewed", "https://ngrok.com/docs/agent/cli/"],
    ["tailscale", /(^|[\s/])tailscale\s+funnel(\s|$)/i, "tailscale", "https://tailscale.com/kb/1223/funnel"],
    [
      "trusted_proxies",
      /(^|\s)trusted_proxies\s+cloudflare(\s|$)/i,
      "cloudflare",
      "WeidiDeng/caddy-cloudflare-ip README.md at f53b62aa",
    ],
  ] as const
).map(([word, pattern, party, source]) => ({ word, pattern, party, source, reviewed }));
