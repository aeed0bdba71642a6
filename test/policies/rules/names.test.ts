/** Names: who answers for them, who may have certificates for them, and who stands between them and the platform. */
import { noThirdPartyProxy } from "../../../policies/rules/cdn-001-no-third-party-proxy";
import { dnsJurisdiction } from "../../../policies/rules/dns-001-dns-jurisdiction";
import {
  type Expectation,
  own,
  type Resource,
  type Row,
  shape,
  stackTable,
  table,
  under,
  unknownString,
} from "../support";
import { host, map, pod } from "./fixtures";

const row = (title: string, resource: Resource, expect: Expectation, options: object = own): Row => ({
  title,
  resource,
  expect,
  ...options,
});
const made = (type: string, props: Readonly<Record<string, unknown>> = {}, name = "it"): Resource => ({
  type,
  name,
  props,
});
const file = (title: string, text: string, expect: Expectation): Row => row(title, map({ a: text }), expect);
const set = (type: unknown, values: readonly unknown[], more: object = {}, name = "set"): Resource =>
  made(
    "hcloud:index/zoneRrset:ZoneRrset",
    { zone: "crisis.example.ch", name: "@", type, records: values.map((value) => ({ value })), ...more },
    name,
  );
const zone = (props: Readonly<Record<string, unknown>> = {}, name = "zone"): Resource =>
  made("hcloud:index/zone:Zone", { name: "crisis.example.ch", mode: "primary", ...props }, name);
const reviewed = (fact: object): object => ({
  pack: {
    facts: [
      { party: "Ours AG", country: "CH", nexus: "none", source: "the contract", reviewed: "2026-11-01", ...fact },
    ],
  },
});
const authority = set("CAA", ['0 issue "ca.crisis.example.ch"'], {}, "authority");

describe("UC-DNS-001 dns-jurisdiction", () => {
  shape(dnsJurisdiction);

  describe("zones and records of others", () => {
    table(
      dnsJurisdiction,
      [
        ["aws:route53/zone:Zone", /Zone at Amazon Web Services, Inc\. \(US, US nexus: controlled\)/],
        ["aws:route53/record:Record", /Record at Amazon/],
        ["aws-native:route53:HostedZone", /Amazon/],
        ["azure-native:dns:Zone", /Microsoft/],
        ["azure-native:network:RecordSet", /Microsoft/],
        ["azure:dns/aRecord:ARecord", /Microsoft/],
        ["gcp:dns/managedZone:ManagedZone", /Google/],
        ["cloudflare:index/record:Record", /Cloudflare/],
        ["cloudflare:index/dnsRecord:DnsRecord", /Cloudflare/],
        ["cloudflare:index/zone:Zone", /Cloudflare/],
        ["digitalocean:index/dnsRecord:DnsRecord", /DigitalOcean/],
        ["linode:index/domainRecord:DomainRecord", /Akamai/],
        ["vultr:index/dnsDomain:DnsDomain", /Vultr/],
        ["dnsimple:index/zoneRecord:ZoneRecord", /DNSimple/],
      ].map(([type, expect]) => row(`it refuses ${String(type)}`, made(String(type)), expect as RegExp)),
    );
    table(dnsJurisdiction, [
      row("it has nothing to say of another type of a refused package", made("aws:s3/bucket:Bucket"), "says nothing"),
      row(
        "it accepts one whose party the operator has reviewed",
        made("cloudflare:index/zone:Zone"),
        "passes",
        reviewed({ table: "providers", package: "cloudflare" }),
      ),
      row("it leaves a zone at Hetzner to the stack's check", zone(), "says nothing"),
      row(
        "it leaves Exoscale's DNS to the rule on controlling entities",
        made("exoscale:index/domain:Domain"),
        "says nothing",
      ),
      row("it accepts an address", set("A", ["198.51.100.10"]), "passes"),
      row("it accepts name servers of one's own", set("NS", ["ns1.crisis.example.ch."]), "passes"),
      row("it accepts a name inside the zone", set("NS", ["ns1"]), "passes"),
      row("it accepts a name that may be inside the zone", set("NS", ["ns1.sub"]), "passes"),
      row("it accepts Hetzner's", set("NS", ["hydrogen.ns.hetzner.com."]), "passes"),
      row("it refuses Hetzner's under strict", set("NS", ["hydrogen.ns.hetzner.com."]), /"presence"/, under("strict")),
      row(
        "it refuses Cloudflare's, in any case and with a final dot",
        set("NS", ["ns1.crisis.example.ch.", "Ada.NS.Cloudflare.COM."]),
        /the name server ada\.ns\.cloudflare\.com, of Cloudflare, Inc\..* in records: its US nexus is "controlled"/,
      ),
      row("it refuses Cloudflare's other names", set("NS", ["blue.foundationdns.org."]), /Cloudflare/),
      row("it refuses Amazon's", set("NS", ["ns-925.awsdns-51.net."]), /Amazon/),
      row("it refuses Amazon's in Britain", set("NS", ["ns-1832.awsdns-37.co.uk"]), /Amazon/),
      row("it refuses Google's", set("NS", ["ns-cloud-d1.googledomains.com."]), /Google/),
      row("it refuses Microsoft's", set("NS", ["ns1-01.azure-dns.com."]), /Microsoft/),
      row("it refuses Exoscale's, which are DNSimple's", set("NS", ["ns1.exoscale.ch."]), /DNSimple/),
      row("it refuses those that nobody has reviewed", set("NS", ["ns1.domaincontrol.com."]), /nobody has reviewed/),
      ...["com", "net", "org", "biz", "info", "co.uk"].map((end) =>
        row(`it refuses those of UltraDNS under ${end}`, set("NS", [`pdns1.ultradns.${end}.`]), /nobody has reviewed/),
      ),
      row("it refuses a server in the table of hosts", set("NS", ["ns1.digitalocean.com."]), /DigitalOcean/),
      row("it refuses another server in the table of hosts", set("NS", ["ns1.datadoghq.com."]), /Datadog/),
      row("it reads a name between blanks", set("NS", [" ns1.crisis.example.ch. "]), "passes"),
      row("it has nothing against a kind of another name", set("constructor", ["a"]), "passes"),
      row(
        "it refuses an authority for signed mail",
        set("CAA", ["0 issuemail letsencrypt.org"]),
        /the authority letsencrypt\.org/,
      ),
      row("it takes no other text for one", set("CAA", ["not 0 issue letsencrypt.org"]), "passes"),
      row("it cannot judge a server that nobody knows", set("NS", ["ns1.example.net."]), {
        undetermined: /the name server ns1\.example\.net in records, which is in no table/,
      }),
      row("it accepts a server in the cluster", set("NS", ["ns.dns.svc.cluster.local."]), "passes"),
      row("it takes no other name for Amazon's", set("NS", ["ns1.awsdns-51.example.com."]), "is undetermined"),
      row("it takes no other name for Cloudflare's", set("NS", ["ns.cloudflare.com.example.net."]), "is undetermined"),
      row("it cannot judge a kind that is not known", set(unknownString, ["a"]), {
        undetermined: /type is not known before the update/,
      }),
      row("it cannot judge a server that is not known", set("NS", [unknownString]), {
        undetermined: /records is not known/,
      }),
      row("it cannot judge servers that are not known", set("NS", [], { records: unknownString }), "is undetermined"),
      row("it has nothing against a value that is no text", set("NS", [17]), "passes"),
      row("it accepts an authority that no table has", authority, "passes"),
      row("it accepts that nobody may issue", set("CAA", ['0 issue ";"']), "passes"),
      row(
        "it refuses an authority in the United States",
        set("CAA", ['0 issue "letsencrypt.org; validationmethods=dns-01"']),
        /the authority letsencrypt\.org of Internet Security Research Group/,
      ),
      row("it refuses one for names with a star", set("CAA", ['128 issuewild "PKI.goog"']), /pki\.goog of Google/),
      row("it refuses one without quotes", set("CAA", ["0 issue letsencrypt.org"]), /Research Group/),
      row(
        "it has nothing against an address for reports",
        set("CAA", ['0 iodef "mailto:a@letsencrypt.org"']),
        "passes",
      ),
      row("it cannot judge an authority that is not known", set("CAA", [unknownString]), "is undetermined"),
      row("it has nothing against a value of CAA that is no text", set("CAA", [17]), "passes"),
      row(
        "it reads single records",
        made("hcloud:index/zoneRecord:ZoneRecord", { zone: "z", type: "NS", value: "a.ns.cloudflare.com." }),
        /Cloudflare.* in value/,
      ),
      row(
        "it reads Exoscale's records",
        made("exoscale:index/domainRecord:DomainRecord", { recordType: "NS", content: "a.ns.cloudflare.com" }),
        /Cloudflare.* in content/,
      ),
      row(
        "it reads records of PowerDNS",
        made("powerdns:index/record:Record", { type: "NS", records: ["a.ns.cloudflare.com."] }),
        /Cloudflare/,
      ),
      row(
        "it reads the servers of a zone of PowerDNS",
        made("powerdns:index/zone:Zone", {
          name: "a.",
          nameservers: ["ns1.crisis.example.ch.", "a.ns.cloudflare.com."],
        }),
        /Cloudflare.* in nameservers/,
      ),
      row(
        "it reads a server with blanks around it",
        made("powerdns:index/zone:Zone", { name: "a.", nameservers: [" a.ns.cloudflare.com. "] }),
        /the name server a\.ns\.cloudflare\.com, of/,
      ),
      row(
        "it cannot judge servers of a zone that are not known",
        made("powerdns:index/zone:Zone", { name: "a.", nameservers: unknownString }),
        "is undetermined",
      ),
    ]);
  });

  describe("files", () => {
    const bind = (text: string): string => `options {\n  directory "/var/cache/bind";\n  ${text}\n};\n`;
    table(dnsJurisdiction, [
      file(
        "it accepts a zone file of one's own",
        "@ IN SOA a. b. (1 2 3 4 5)\n@ 3600 IN NS ns1.crisis.example.ch.\n",
        "passes",
      ),
      file(
        "it refuses a zone file of another's servers",
        "@\t3600\tin\tns\tada.ns.cloudflare.com.\n",
        /Cloudflare.* in data\.a/,
      ),
      file("it has nothing against a comment", "$TTL 60\n; a IN NS ada.ns.cloudflare.com.\n", "passes"),
      file("it has nothing against another record", "www IN A 198.51.100.10\n", "passes"),
      file(
        "it refuses a server at the beginning of a line",
        "$TTL 60\nIN NS ada.ns.cloudflare.com.\n",
        /Cloudflare.* in data\.a/,
      ),
      file("it takes no other word for the class of a record", "$TTL 60\nmain NS ada.ns.\n", "passes"),
      file(
        "it reads a line of 4,000 characters",
        `options {\n${"  dnssec-validation no;".padEnd(4000, "x")}\n};\n`,
        /dnssec-validation no of BIND/,
      ),
      file("it cannot judge a server that nobody knows", "@ IN NS ns1.example.net.\n", "is undetermined"),
      file(
        "it refuses BIND that checks nothing",
        bind("dnssec-validation no;"),
        /dnssec-validation no of BIND in data\.a/,
      ),
      file("it accepts BIND that checks", bind("dnssec-validation auto;"), "passes"),
      file("it accepts BIND that asks nobody", bind("recursion no; dnssec-validation no;"), "passes"),
      file(
        "it refuses Unbound that believes everything",
        'server:\n  val-permissive-mode: "yes"\n',
        /val-permissive-mode/,
      ),
      file("it accepts Unbound that does not", "server:\n  val-permissive-mode: no\n", "passes"),
      file("it refuses Unbound without a validator", 'server:\n\tmodule-config: "iterator"\n', /without its validator/),
      file("it accepts Unbound with one", 'server:\n  module-config: "respip validator iterator"\n', "passes"),
      file("it refuses a recursor that checks nothing", "dnssec=off\nlocal-port=53\n", /PowerDNS Recursor/),
      file("it refuses one that only processes", "dnssec=process-no-validate\nlocal-port=53\n", /PowerDNS Recursor/),
      file("it accepts one that validates", "dnssec=validate\nlocal-port=53\n", "passes"),
      row("it reads user data", host(`#!/bin/sh\ncat > /etc/bind/o <<E\n${bind("dnssec-validation no;")}E\n`), /BIND/),
      row("it cannot judge a text that is not known", host(unknownString), "is undetermined"),
    ]);
  });

  describe("zones without a word on certificates", () => {
    const stack = (title: string, resources: readonly Resource[], expect: Expectation, options: object = own) => ({
      title,
      resources,
      expect,
      ...options,
    });
    stackTable(dnsJurisdiction, [
      stack("it accepts one with a CAA record", [zone(), authority], "passes"),
      stack("it accepts one in other letters, with a dot", [zone({ name: "Crisis.example.CH." }), authority], "passes"),
      stack(
        "it accepts a record that names the zone by its id",
        [zone({ id: "17" }), set("CAA", ["0 issue a"], { zone: 17 })],
        "passes",
      ),
      stack(
        "it accepts a single record",
        [
          zone(),
          made("hcloud:index/zoneRecord:ZoneRecord", { zone: "crisis.example.ch", type: "CAA", value: '0 issue ";"' }),
        ],
        "passes",
      ),
      stack("it refuses one without", [zone()], /the zone crisis\.example\.ch without a CAA record/),
      stack("it refuses one with other records", [zone(), set("TXT", ["v=spf1 -all"])], /without a CAA record/),
      stack(
        "it refuses one whose record is another's",
        [zone(), set("CAA", ["0 issue a"], { zone: "example.ch" })],
        /without/,
      ),
      stack(
        "it refuses the second of two",
        [zone(), authority, zone({ name: "other.example.ch" }, "b")],
        /zone other\.example\.ch/,
      ),
      stack(
        "it cannot judge a record of a zone that is not known",
        [zone(), set("CAA", ["0 issue a"], { zone: unknownString })],
        {
          undetermined: /the zone of a CAA record is not known/,
        },
      ),
      stack("it cannot judge a zone whose name is not known", [zone({ name: unknownString })], "is undetermined"),
      stack("it cannot judge a record whose kind is not known", [zone(), set(unknownString, ["a"])], "is undetermined"),
      stack(
        "it refuses one beside a record of unknown kind elsewhere",
        [zone(), set(unknownString, ["a"], { zone: "example.ch" })],
        /without/,
      ),
      stack(
        "it says nothing of a zone whose records another server has",
        [zone({ mode: "secondary" })],
        "says nothing",
      ),
      ...["8.b.d.ip6.arpa", "home.arpa", "a.home.arpa", "a.local", "a.lan", "a.test", "a.invalid", "a.svc"].map(
        (name) => stack(`it says nothing of the zone ${name}`, [zone({ name })], "says nothing"),
      ),
      ...["xhome.arpa", "a.local.example.ch"].map((name) =>
        stack(`it judges the zone ${name}`, [zone({ name })], /without a CAA record/),
      ),
      stack(
        "it refuses one beside a record that says no zone",
        [zone(), set("CAA", ["0 issue a"], { zone: undefined })],
        /without a CAA record/,
      ),
      stack(
        "it refuses one beside another kind of record of a zone that is not known",
        [zone(), set("TXT", ["a"], { zone: unknownString })],
        /without a CAA record/,
      ),
      stack(
        "it says nothing of other resources with such a name",
        [made("hcloud:index/network:Network", { name: "crisis.example.ch" })],
        "says nothing",
      ),
      stack("it says nothing of a zone of addresses", [zone({ name: "20.10.in-addr.arpa" })], "says nothing"),
      stack("it says nothing of a zone inside", [zone({ name: "crisis.internal" })], "says nothing"),
      stack(
        "it says nothing of a zone that another rule refuses",
        [made("exoscale:index/domain:Domain", { name: "crisis.example.ch" })],
        "says nothing",
      ),
      stack("it says nothing of Hetzner's under strict", [zone()], "says nothing", under("strict")),
      stack("it judges PowerDNS", [made("powerdns:index/zone:Zone", { name: "crisis.example.ch." })], /without a CAA/),
      stack(
        "it accepts PowerDNS with a record",
        [
          made("powerdns:index/zone:Zone", { name: "crisis.example.ch." }),
          made("powerdns:index/record:Record", { zone: "crisis.example.ch.", type: "CAA", records: ["0 issue a"] }),
        ],
        "passes",
      ),
      stack("it says nothing of a stack without zones", [map({ a: "b" })], "says nothing"),
      stack(
        "it reads what a component shows of its hosts",
        [made("sovereign-uc:index:Host", { files: ["@ IN NS ada.ns.cloudflare.com."] })],
        /Cloudflare/,
      ),
    ]);
  });
});

describe("UC-CDN-001 no-third-party-proxy", () => {
  shape(noThirdPartyProxy);
  const nginx = (text: string): string => `server {\n  listen 443 ssl;\n  ${text}\n}\n`;

  describe("resources", () => {
    table(
      noThirdPartyProxy,
      [
        ["aws:cloudfront/distribution:Distribution", /Distribution, of Amazon/],
        ["azure-native:cdn:Profile", /Microsoft/],
        ["azure:frontdoor/frontdoor:Frontdoor", /Microsoft/],
        ["gcp:compute/backendBucket:BackendBucket", /Google/],
        ["fastly:index/serviceVcl:ServiceVcl", /Fastly/],
        ["akamai:index/property:Property", /Akamai/],
        ["cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared", /Cloudflare/],
        ["cloudflare:index/loadBalancer:LoadBalancer", /Cloudflare/],
      ].map(([type, expect]) => row(`it refuses ${String(type)}`, made(String(type)), expect as RegExp)),
    );
    const rule = (sourceIps: readonly string[], direction = "in"): Resource =>
      made("hcloud:index/firewall:Firewall", { rules: [{ direction, protocol: "tcp", port: "443", sourceIps }] });
    const annotated = (value: string): Resource =>
      made("kubernetes:networking.k8s.io/v1:Ingress", {
        metadata: { name: "a", annotations: { "external-dns.alpha.kubernetes.io/cloudflare-proxied": value } },
        spec: { rules: [{ host: "a.crisis.example.ch" }] },
      });
    table(noThirdPartyProxy, [
      row(
        "it has nothing against a record of Cloudflare's beside its proxy",
        made("cloudflare:index/record:Record", { proxied: false, name: "a.b" }),
        "passes",
      ),
      row(
        "it refuses one that leads there",
        made("cloudflare:index/record:Record", { proxied: true }),
        /a record with proxied, of Cloudflare/,
      ),
      row(
        "it refuses it under the newer type",
        made("cloudflare:index/dnsRecord:DnsRecord", { proxied: "true" }),
        /a record with proxied/,
      ),
      row(
        "it cannot judge what is not known",
        made("cloudflare:index/record:Record", { proxied: unknownString, name: "a.b" }),
        "is undetermined",
      ),
      ...["cloudflare:index/loadBalancer:LoadBalancer", "cloudflare:index/record:Record"].map((type) =>
        row(
          `it accepts ${type} of a party that the operator has reviewed`,
          made(type, { proxied: true, name: "a.b" }),
          "passes",
          reviewed({ table: "providers", package: "cloudflare" }),
        ),
      ),
      row(
        "it has nothing against the word at another's record",
        made("notcloudflare:index/record:Record", { proxied: true, name: "a.b" }),
        "passes",
      ),
      row("it accepts a party's that the profile accepts", made("bunnynet:index/pullzone:Pullzone"), "passes"),
      row("it refuses that party under strict", made("bunnynet:index/pullzone:Pullzone"), /BunnyWay/, under("strict")),
      row("it accepts a door for everybody", rule(["0.0.0.0/0", "::/0"]), "passes"),
      row(
        "it refuses a door for Cloudflare's proxies",
        rule(["173.245.48.0/20"]),
        /the range 173\.245\.48\.0\/20 of proxies in rules\[0\]\.sourceIps\[0\], of Cloudflare/,
      ),
      row("it refuses one in IPv6, in capitals", rule(["2606:4700::/32".toUpperCase()]), /2606:4700::\/32/),
      row("it refuses one for Fastly's", rule(["151.101.0.0/16"]), /Fastly/),
      row("it has nothing against another range", rule(["173.245.48.0/24", "198.51.100.0/24"]), "passes"),
      row(
        "it has nothing against ranges that are cut out",
        made("kubernetes:networking.k8s.io/v1:NetworkPolicy", {
          spec: { egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["173.245.48.0/20"] } }] }] },
        }),
        "passes",
      ),
      row("it refuses external-dns that asks for the proxy", annotated("true"), /the annotation external-dns/),
      row("it accepts external-dns that does not", annotated("false"), "passes"),
      row(
        "it refuses a name that leads to a proxy's address",
        set("A", ["104.16.132.229"], { name: "www" }),
        /the address 104\.16\.132\.229 in records, of Cloudflare/,
      ),
      row("it refuses one in IPv6", set("AAAA", ["2606:4700::6810:84e5"], { name: "www" }), /Cloudflare/),
      row(
        "it refuses one in a single record",
        made("hcloud:index/zoneRecord:ZoneRecord", { zone: "z", type: "A", value: "104.16.132.229" }),
        /the address 104\.16\.132\.229 in value/,
      ),
      row(
        "it refuses one in records that are texts",
        made("powerdns:index/record:Record", { type: "A", records: ["104.16.132.229"] }),
        /the address 104\.16\.132\.229 in records/,
      ),
      row("it has nothing against a value that is no text", set("A", [17], { name: "www.a" }), "passes"),
      row("it accepts an address of one's own", set("A", ["198.51.100.10"]), "passes"),
      row(
        "it refuses an alias of a content network",
        set("CNAME", ["d111111abcdef8.CloudFront.net."], { name: "www" }),
        /d111111abcdef8\.cloudfront\.net in records\[0\]\.value, of Amazon/,
      ),
      row("it refuses one of CDN77", set("CNAME", ["assets.cdn77.org."], { name: "www" }), /assets\.cdn77\.org/),
      row(
        "it accepts one that the operator has reviewed",
        set("CNAME", ["assets.cdn77.org."], { name: "www" }),
        "passes",
        reviewed({ table: "hosts", host: "assets.cdn77.org" }),
      ),
      row("it refuses one of Fastly", set("CNAME", ["dualstack.a.map.fastly.net."], { name: "www" }), /Fastly/),
      row("it accepts an alias of one's own", set("CNAME", ["meet.crisis.example.ch."], { name: "www" }), "passes"),
      row(
        "it accepts an alias that only begins so",
        set("CNAME", ["cloudfront.net.crisis.example.ch."], { name: "www" }),
        "passes",
      ),
      row("it cannot judge a text that is not known", host(unknownString), "is undetermined"),
    ]);
  });

  describe("settings that believe a proxy", () => {
    table(noThirdPartyProxy, [
      file(
        "it accepts one's own proxy",
        nginx("set_real_ip_from 10.20.0.2; real_ip_header X-Forwarded-For;"),
        "passes",
      ),
      file(
        "it refuses Cloudflare's header",
        nginx("real_ip_header CF-Connecting-IP;"),
        /the header cf-connecting-ip in data\.a, of Cloudflare/,
      ),
      file(
        "it refuses it in nginx's variable",
        nginx("proxy_set_header X-Real-IP $http_cf_connecting_ip;"),
        /cf-connecting-ip/,
      ),
      file(
        "it takes no longer name for a header, not of two in one line either",
        "a = my-cf-connecting-ip x-cf-connecting-ip y\n",
        "passes",
      ),
      file("it refuses it in Apache", "RemoteIPHeader CF-Connecting-IP\n", /cf-connecting-ip/),
      file("it refuses it in PHP", "'forwarded_for_headers' => ['HTTP_CF_CONNECTING_IP'],\n", /cf-connecting-ip/),
      file("it refuses it in HAProxy", "  http-request set-src hdr(CF-Connecting-IP)\n", /cf-connecting-ip/),
      row("it refuses it in an ingress", map({ "forwarded-for-header": "CF-Connecting-IP" }), /cf-connecting-ip/),
      file("it refuses Fastly's", nginx("real_ip_header Fastly-Client-IP;"), /Fastly/),
      file("it refuses Akamai's", nginx("real_ip_header True-Client-IP;"), /Akamai/),
      file("it refuses Azure's", 'if ($http_x_azure_fdid != "a") { return 403; }\n', /Microsoft/),
      file("it refuses Amazon's", "  http-request set-src hdr(CloudFront-Viewer-Address)\n", /Amazon/),
      file("it takes no longer word for it", nginx("real_ip_header X-CF-Connecting-IPs;"), "passes"),
      file("it finds it at the beginning of a line", "HTTP_CF_CONNECTING_IP\n", /cf-connecting-ip/),
      file("it finds it in a map of headers", "a: header_cf_connecting_ip\n", /cf-connecting-ip/),
      file(
        "it finds it as a variable of CGI beside another",
        "  http-request set-src HTTP_CF_CONNECTING_IP\n",
        /cf-connecting-ip/,
      ),
      file(
        "it takes no longer name of a variable for it",
        "xhttp_cf_connecting_ip\nX_HTTP_CF_CONNECTING_IP\n",
        "passes",
      ),
      file(
        "it reads the end of a long line",
        nginx(`real_ip_header ${" ".repeat(5000)}CF-Connecting-IP;`),
        /cf-connecting-ip/,
      ),
      file("it reads a range in capitals", nginx("set_real_ip_from 2400:CB00::/32;"), /2400:cb00::\/32/),
      file("it takes no word that begins before it", nginx("real_ip_header X-CF-Connecting-IP;"), "passes"),
      file("it takes no word that ends behind it", nginx("real_ip_header CF-Connecting-IPs;"), "passes"),
      file(
        "it finds it behind a longer word",
        "  http-request set-src hdr(CF-Connecting-IP) if { hdr(X-CF-Connecting-IP) 1 }\n",
        /cf-connecting-ip/,
      ),
      file(
        "it finds it behind two longer words",
        "  acl a hdr(X-CF-Connecting-IP) hdr(CF-Connecting-IPs) hdr(CF-Connecting-IP)\n",
        /cf-connecting-ip/,
      ),
      file("it takes no other header for it", nginx("real_ip_header X-Not-True-Client-IP;"), "passes"),
      file("it accepts HAProxy that takes it away", "  http-request del-header CF-Connecting-IP\n", "passes"),
      file("it accepts nginx that empties it", nginx('proxy_set_header CF-Connecting-IP "";'), "passes"),
      file("it accepts Apache that takes it away", "RequestHeader unset CF-Connecting-IP\n", "passes"),
      file("it accepts Caddy that takes it away", "header_up -CF-Connecting-IP\n", "passes"),
      file("it has nothing against a log", "log_format main '$http_cf_connecting_ip $request';\n", "passes"),
      file("it has nothing against a comment", nginx("# real_ip_header CF-Connecting-IP;"), "passes"),
      row(
        "it accepts a route that takes it away",
        made("kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", {
          spec: { rules: [{ filters: [{ requestHeaderModifier: { remove: ["CF-Connecting-IP"] } }] }] },
        }),
        "passes",
      ),
      ...["remove", "hide", "deny", "drop", "reject", "block", "strip", "UNSET"].flatMap((word) => [
        file(`it accepts a line that says ${word}`, `a = 1\nheader ${word} CF-Connecting-IP\n`, "passes"),
        file(`it takes no longer word for ${word}`, `a = 1\nheader ${word}ted CF-Connecting-IP\n`, /cf-connecting-ip/),
        file(`it takes no word that ends in ${word}`, `a = 1\nheader x${word} CF-Connecting-IP\n`, /cf-connecting-ip/),
      ]),
      ...['CF-Connecting-IP=""', "CF-Connecting-IP:''", "CF-Connecting-IP '';"].map((line) =>
        file(`it accepts ${line}, which empties it`, `a = 1\n${line}\n`, "passes"),
      ),
      file("it takes a text beside it for no emptying", "a = 1\nset a '' from CF-Connecting-IP\n", /cf-connecting-ip/),
      file("it has nothing against a log of Apache's", 'LogFormat "%{CF-Connecting-IP}i" a\n', "passes"),
      ...["xlog_format", "log_formats"].map((word) =>
        file(`it takes ${word} for no log`, `a = 1\n${word} CF-Connecting-IP\n`, /cf-connecting-ip/),
      ),
      ...["unsetHeaders", "headersToDelete", "denyHeaders", "HideHeaders", "remove"].flatMap((key) =>
        [["CF-Connecting-IP"], "CF-Connecting-IP", { a: "CF-Connecting-IP" }].map((value, i) =>
          row(`it accepts what stands under ${key} (${i})`, made("acme:index:Route", { [key]: value }), "passes"),
        ),
      ),
      ...["x-remove.conf", "a.remove-x"].map((name) =>
        row(`it reads the file ${name}`, map({ [name]: "a: CF-Connecting-IP" }), /cf-connecting-ip/),
      ),
      row(
        "it reads what stands under a key of a thousand characters",
        made("acme:index:Route", { ["a".repeat(990)]: { remove: ["CF-Connecting-IP"] } }),
        /cf-connecting-ip/,
      ),
      file("it refuses ranges that are believed", nginx("set_real_ip_from 103.21.244.0/22;"), /103\.21\.244\.0\/22/),
      file("it accepts ranges that are refused", nginx("deny 103.21.244.0/22;"), "passes"),
      file("it refuses Caddy's module", "servers {\n  trusted_proxies cloudflare\n}\n", /"trusted_proxies"/),
      file("it accepts Caddy's own ranges", "servers {\n  trusted_proxies static 10.0.0.0/8\n}\n", "passes"),
      row(
        "it refuses external-dns by its option",
        pod("external-dns:1", [], { args: ["--cloudflare-proxied"] }),
        /"cloudflare-proxied"/,
      ),
      row(
        "it accepts the option that is off",
        pod("external-dns:1", [], { args: ["--cloudflare-proxied=false"] }),
        "passes",
      ),
      row("it refuses a tunnel", host("#!/bin/sh\ncloudflared --no-autoupdate tunnel run\n"), /"cloudflared"/),
      row("it refuses another tunnel", host("#!/bin/sh\nngrok http 8080\n"), /"ngrok".*nobody has reviewed/),
      row("it refuses a funnel", host("#!/bin/sh\ntailscale funnel 443\n"), /"tailscale"/),
      file(
        "it refuses code from a content network",
        '<script src="https://code.jquery.com/jquery-3.7.1.min.js"></script>\n',
        /code\.jquery\.com/,
      ),
      file(
        "it refuses letters from Google",
        "@import url('https://fonts.googleapis.com/css2?family=A');\n",
        /fonts\.googleapis\.com.*Google/,
      ),
      file(
        "it refuses a policy that lets pages load from one",
        "Content-Security-Policy: script-src 'self' cdn.jsdelivr.net\n",
        /cdn\.jsdelivr\.net/,
      ),
      row(
        "it names the party of the operator's own row",
        map({ a: '<script src="https://code.jquery.com/a.js"></script>\n' }),
        /code\.jquery\.com.*of Ours Inc/,
        reviewed({ host: "code.jquery.com", party: "Ours Inc", country: "US", nexus: "controlled" }),
      ),
      row(
        "it accepts a host that the operator has reviewed",
        map({ a: '<script src="https://code.jquery.com/a.js"></script>\n' }),
        "passes",
        reviewed({ host: "code.jquery.com" }),
      ),
      file("it accepts one's own host", '<script src="https://static.crisis.example.ch/a.js"></script>\n', "passes"),
      file("it has nothing against a text without any of it", "a: b.c\n", "passes"),
    ]);
    stackTable(noThirdPartyProxy, [
      {
        title: "it reads what a component shows of its hosts",
        resources: [made("sovereign-uc:index:Host", { files: ["real_ip_header CF-Connecting-IP;"] })],
        expect: /cf-connecting-ip/,
      },
      { title: "it says nothing of a stack without components", resources: [map({ a: "b" })], expect: "says nothing" },
    ]);
  });
});
