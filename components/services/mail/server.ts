import { addressOf, type MailSettings, people } from "./people";
import { all, contentOf, expression, firstAlone, inFile, type Properties, setOf, single, type Step } from "./objects";
import { senderScript } from "./files";
import { alivePath, mailPorts, messageLimits, rates, readyPath, secretFiles, stsPath } from "./settings";

const second = 1_000;
const hour = 3_600 * second;

/**
 * Everything that the servers are told, in order. What upstream would contact by itself comes first: a server that starts without these rows makes its own, with
 * addresses at GitHub (crates/common/src/manager/defaults.rs).
 */
export const serverSteps = (settings: MailSettings): readonly Step[] => [
  first.find,
  ...quiet(),
  ...stores(settings),
  ...listeners(settings),
  ...doors(settings),
  ...delivery(settings),
  ...people(settings),
  first.start,
];

/** Roles are the last of upstream's own rows that are not told here. */
const first = firstAlone("Role");

/** Settings of what upstream fetches or reports by itself: none of it. */
const quiet = (): readonly Step[] => [
  // One row has to be there: where there is none, upstream adds its own, whose pages come from GitHub.
  all("Application", [
    {
      description: "none",
      enabled: false,
      resourceUrl: "file:///none.zip",
      urlPrefix: setOf(["/none"]),
      autoUpdateFrequency: 365 * 24 * hour,
    },
  ]),
  // Upstream does not write a row that is as it would be without one, and where there is none, a server that starts makes its own, with networks from GitHub: it is told
  // something else first, which no server ever starts with.
  single("Asn", { "@type": "Dns", zoneIpV4: "none.invalid", zoneIpV6: "none.invalid" }),
  single("Asn", { "@type": "Disabled" }),
  // Its rules come from GitHub, ask block lists elsewhere, and follow links in messages.
  single("SpamSettings", { enable: false, spamFilterRulesUrl: null }),
  single("SpamPyzor", { enable: false }),
  all("SpamDnsblServer", []),
  single("DnsResolver", { "@type": "System" }),
  ...["SpfReportSettings", "DkimReportSettings", "TlsReportSettings"].map((kind) =>
    single(kind, { sendFrequency: expression(kind.startsWith("Tls") ? "disable" : "false") }),
  ),
  single("DmarcReportSettings", {
    aggregateSendFrequency: expression("disable"),
    failureSendFrequency: expression("false"),
  }),
  all("Tracer", [{ "@type": "Stdout", enable: true, ansi: false, level: "info" }]),
];

/** Messages in the bucket; locks, counters and the word among servers in the cache. All else is in the database. */
const stores = ({ bucket, secrets }: MailSettings): readonly Step[] => [
  single("BlobStore", {
    "@type": "S3",
    bucket: bucket.bucket,
    region: { "@type": "Custom", customEndpoint: bucket.endpoint, customRegion: bucket.region },
    accessKey: inFile(`${secrets}/${secretFiles.bucketAccess}`),
    secretKey: inFile(`${secrets}/${secretFiles.bucketSecret}`),
    allowInvalidCerts: false,
    verifyAfterWrite: true,
  }),
  single("InMemoryStore", { "@type": "Redis", url: contentOf(secretFiles.cache) }),
  single("Coordinator", { "@type": "Default" }),
];

/** TLS from the first byte wherever people and services sign in. */
const listeners = ({ proxies, next, accounts }: MailSettings): readonly Step[] => {
  const listener = (name: keyof typeof mailPorts, protocol: string, more: Properties): Properties => ({
    name,
    protocol,
    bind: setOf([`[::]:${mailPorts[name]}`]),
    useTls: true,
    tlsImplicit: true,
    overrideProxyTrustedNetworks: setOf([proxies]),
    ...more,
  });
  return [
    all("NetworkListener", [
      ...(next === undefined ? [] : [listener("smtp", "smtp", { tlsImplicit: false })]),
      listener("submissions", "smtp", {}),
      ...(accounts.some(({ from }) => from.length > 0) ? [listener("relay", "smtp", {})] : []),
      listener("imaps", "imap", {}),
      // Inside the pod network; the edge has the certificate.
      listener("http", "http", { useTls: false, tlsImplicit: false, overrideProxyTrustedNetworks: {} }),
    ]),
  ];
};

const outside = "listener == 'smtp'";
const inside = "listener != 'smtp'";

/** Rules of each door. Conditions of upstream's own count on port 25, which a pod without rights does not have. */
const doors = ({ accounts, next }: MailSettings): readonly Step[] => {
  const throttle = (description: string, key: readonly string[], count: number, period: number, match = "true") => ({
    description,
    enable: true,
    key: setOf(key),
    rate: { count, period },
    match: expression(match),
  });
  return [
    single("MtaStageAuth", {
      require: expression("true", [outside, "false"]),
      saslMechanisms: expression("false", [`${inside} && is_tls`, "[plain, login, oauthbearer, xoauth2]"]),
      mustMatchSender: expression("true"),
      maxFailures: expression("3"),
      waitOnFail: expression("5s"),
    }),
    single("MtaStageEhlo", { require: expression("true"), rejectNonFqdn: expression("false", [outside, "true"]) }),
    // A sender without TLS is refused at its first word, from outside, too.
    single("MtaStageMail", { isSenderAllowed: expression("is_tls") }),
    single("MtaStageRcpt", {
      allowRelaying: expression(next === undefined ? "false" : "!is_empty(authenticated_as)"),
      maxRecipients: expression(String(messageLimits.recipients)),
    }),
    all("SieveSystemScript", [{ name: "sender", description: "one author", isActive: true, contents: senderScript }]),
    single("MtaStageData", {
      script: expression("false", ["!is_empty(authenticated_as)", "'sender'"]),
      enableSpamFilter: expression("false"),
      maxMessageSize: expression(String(messageLimits.mib * 1_048_576)),
      ...Object.fromEntries(
        ["addAuthResultsHeader", "addReceivedHeader", "addReceivedSpfHeader", "addReturnPathHeader"].map((header) => [
          header,
          expression("false", [outside, "true"]),
        ]),
      ),
      addDateHeader: expression("true"),
      addMessageIdHeader: expression("true"),
    }),
    single("SenderAuth", {
      spfEhloVerify: expression("disable", [outside, "relaxed"]),
      spfFromVerify: expression("disable", [outside, "strict"]),
      dmarcVerify: expression("disable", [outside, "strict"]),
      dkimVerify: expression("disable", [outside, "relaxed"]),
      reverseIpVerify: expression("disable"),
      dkimSignDomain: expression("false", [
        "is_local_domain(sender_domain) && !is_empty(authenticated_as)",
        "sender_domain",
      ]),
    }),
    all("MtaInboundThrottle", [
      throttle("one address outside", ["remoteIp"], rates.perSourcePerSecond, second, outside),
      throttle("one domain to one mailbox", ["senderDomain", "rcpt"], rates.perRecipientPerHour, hour, outside),
      ...accounts.map((account) =>
        throttle(
          addressOf(account),
          ["authenticatedAs"],
          account.perHour,
          hour,
          `authenticated_as == '${addressOf(account)}'`,
        ),
      ),
    ]),
    single("Imap", { allowPlainTextAuth: false, maxAuthFailures: 3 }),
    single("Http", {
      allowedEndpoints: expression(
        "404",
        ...[readyPath, alivePath, stsPath].map((path) => [`path == '${path}'`, "200"] as const),
      ),
      rateLimitAnonymous: null,
      useXForwarded: false,
      redirectRoot: null,
    }),
  ];
};

/** Mail for other domains has one way, encrypted and verified; without one it has none. */
const delivery = ({ next, secrets }: MailSettings): readonly Step[] => [
  all("MtaTlsStrategy", [
    { name: "default", startTls: "require", allowInvalidCerts: false, dane: "disable", mtaSts: "disable" },
  ]),
  all("MtaRoute", [
    { "@type": "Local", name: "local", description: "mailboxes here" },
    {
      "@type": "Relay",
      name: "next",
      description: next === undefined ? "no way out" : "the way out",
      address: next?.host ?? "127.0.0.1",
      port: next?.port ?? 9,
      implicitTls: next?.port === 465,
      allowInvalidCerts: false,
      ...(next?.user === undefined
        ? {}
        : { authUsername: next.user, authSecret: inFile(`${secrets}/${secretFiles.next}`) }),
    },
  ]),
  single("MtaOutboundStrategy", {
    route: expression("'next'", ["is_local_domain(rcpt_domain)", "'local'"]),
    tls: expression("'default'"),
  }),
];
