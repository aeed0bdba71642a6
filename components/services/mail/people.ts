import { stsMaxAge } from "../../core/mail-records";
import { all, contentOf, idOf, inFile, kept, listOf, type Properties, setOf, single, type Step } from "./objects";
import { secretFiles } from "./settings";

/** Somebody, or a service, that signs in with a password of its own. */
export interface Account {
  /** Part of the address before the at sign. */
  readonly name: string;
  /** Domain of the address. */
  readonly domain: string;
  /** Name of its password among the secret files. */
  readonly secret: string;
  /** Ranges that it may sign in from; empty for anywhere. */
  readonly from: readonly string[];
  /** Messages that it may send in an hour. */
  readonly perHour: number;
}

/** Settings of the servers: plain values, no secrets. */
export interface MailSettings {
  readonly host: string;
  readonly domains: readonly string[];
  readonly accounts: readonly Account[];
  /** Selectors of the signing keys, the one that signs first. */
  readonly selectors: readonly [string, ...string[]];
  /** Sources whose word about clients' addresses counts: the edge's pods. */
  readonly proxies: string;
  readonly sts: string;
  /** Way of mail for other domains. @default - nowhere */
  readonly next?: { readonly host: string; readonly port: number; readonly user?: string };
  readonly bucket: { readonly endpoint: string; readonly bucket: string; readonly region: string };
  /** Provider that people sign in at, with its client's name. @default - passwords of the server's own */
  readonly login?: { readonly issuer: string; readonly clientId: string };
  /** Folder of the secret files. */
  readonly secrets: string;
}

/** Address of an account. */
export const addressOf = ({ name, domain }: Pick<Account, "name" | "domain">): string => `${name}@${domain}`;

/**
 * Rights of an account: these and no others. Roles of upstream's own are not used: they are made when servers start for the first time, each server its own, and let everybody
 * change passwords and make keys for programs.
 */
const permissions = ({ from }: Account): Properties => ({
  "@type": "Replace",
  enabledPermissions: setOf(["authenticate", "emailSend", ...(from.length > 0 ? [] : reading)]),
  disabledPermissions: {},
});

/** Rights for reading: delivery into the mailbox, and IMAP but for the lists of who else may read (crates/imap/src/op). */
const reading: readonly string[] = [
  "emailReceive",
  ...[
    "Authenticate",
    "Capability",
    "Id",
    "Enable",
    "Namespace",
    "List",
    "Lsub",
    "Select",
    "Examine",
    "Status",
    "Search",
    "Sort",
    "Thread",
    "Fetch",
    "Idle",
    "Append",
    "Store",
    "Copy",
    "Move",
    "Expunge",
    "Create",
    "Delete",
    "Rename",
    "Subscribe",
  ].map((name) => `imap${name}`),
];

/** Domains with their keys, the certificate, and everybody who has an address. */
export const people = (settings: MailSettings): readonly Step[] => {
  const { host, domains, accounts, selectors, sts, login, secrets } = settings;
  return [
    ...domains.flatMap((domain) =>
      kept(
        "Domain",
        `domain-${domain}`,
        { name: domain },
        {
          name: domain,
          isEnabled: true,
          allowRelaying: false,
          catchAllAddress: null,
          certificateManagement: { "@type": "Manual" },
          dkimManagement: { "@type": "Manual" },
          dnsManagement: { "@type": "Manual" },
          subAddressing: { "@type": "Disabled" },
        },
      ),
    ),
    all(
      "DkimSignature",
      domains.map((domain) => ({
        "@type": "Dkim1RsaSha256",
        domainId: idOf(`domain-${domain}`),
        selector: selectors[0],
        stage: "active",
        privateKey: inFile(`${secrets}/${secretFiles.dkim(domain)}`),
        headers: setOf(["From", "To", "Cc", "Date", "Subject", "Message-ID", "Reply-To", "In-Reply-To", "References"]),
        report: false,
      })),
    ),
    ...kept(
      "Certificate",
      "certificate",
      {},
      {
        certificate: inFile(`${secrets}/${secretFiles.certificate}`),
        privateKey: inFile(`${secrets}/${secretFiles.key}`),
      },
    ),
    single("SystemSettings", {
      defaultHostname: host,
      defaultDomainId: idOf(`domain-${domains[0] ?? ""}`),
      defaultCertificateId: idOf("certificate"),
      mailExchangers: listOf([{ hostname: host, priority: 10 }]),
      proxyTrustedNetworks: {},
    }),
    single("MtaSts", { mode: sts, mxHosts: setOf([host]), maxAge: stsMaxAge * 1_000 }),
    ...(login === undefined ? [] : signIn(login, domains[0] ?? "")),
    ...accounts.flatMap((account) =>
      kept(
        "Account",
        account.secret,
        { name: account.name, domainId: idOf(`domain-${account.domain}`) },
        {
          "@type": "User",
          name: account.name,
          domainId: idOf(`domain-${account.domain}`),
          permissions: permissions(account),
          ...(login === undefined
            ? {
                credentials: listOf([
                  {
                    "@type": "Password",
                    secret: contentOf(secretFiles.account(account.secret)),
                    allowedIps: setOf(account.from),
                  },
                ]),
              }
            : {}),
        },
      ),
    ),
  ];
};

/** People sign in by the provider's tokens and by nothing else: upstream takes no password for accounts of an external directory. */
const signIn = ({ issuer, clientId }: NonNullable<MailSettings["login"]>, domain: string): readonly Step[] => [
  ...kept(
    "Directory",
    "login",
    {},
    {
      "@type": "Oidc",
      description: "where people sign in",
      issuerUrl: issuer,
      requireAudience: clientId,
      requireScopes: setOf(["openid"]),
      claimUsername: "preferred_username",
      usernameDomain: domain,
    },
  ),
  single("Authentication", { directoryId: idOf("login") }),
];
