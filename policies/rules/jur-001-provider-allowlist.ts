import { exampleNetwork } from "../examples";
import { partyText } from "../facts/entities";
import { controllers } from "../facts/controllers";
import { endpointWords, pluginSources, providers } from "../facts/providers";
import type { Context, Finding, Rule, Subject, Undetermined, Verdict } from "../rule";
import {
  isComponent,
  isProvider,
  objectStore,
  packageOf,
  providerProperties,
  storeEndpoints,
  tokenPackage,
} from "../extract/subject";
import { hostOf, isNear } from "../extract/hosts";
import { at, decoded, entries, isList, isObject, isOn, items, unknown, type Value } from "../extract/value";
import { manifestsIn } from "../extract/manifests";
import { place, reading } from "../extract/scan";
import { isOwn, type Settings } from "../settings";
import type { ProviderRow } from "../tables";

const allowed = providers
  .filter(({ accepted }) => accepted)
  .map((row) => row.package)
  .join(", ");

/** UC-JUR-001: only allowed providers. */
export const providerAllowlist: Rule = {
  id: "UC-JUR-001",
  name: "provider-allowlist",
  title: "Every provider is on the allow-list.",
  rationale:
    "A provider's operator can be compelled to hand over data that it stores or transmits. A provider that was not reviewed is an unknown party, so it is refused.",
  severity: "critical",
  kind: "resource",
  legal: [
    { framework: "nis2", reference: "21.2.d" },
    { framework: "ir2024-2690", reference: "5.1" },
    { framework: "gdpr", reference: "28" },
    { framework: "gdpr", reference: "44" },
    { framework: "gdpr", reference: "48" },
    { framework: "revfadp", reference: "9" },
    { framework: "revfadp", reference: "16" },
    { framework: "csf", reference: "SOV-1" },
    { framework: "csf", reference: "SOV-2" },
  ],
  remediation:
    "Take an accepted provider, or have the new one reviewed and added to facts/providers.ts with its party, source and date.",
  types: ["pulumi:providers:*", "*"],
  remedies: {
    components: "Take `exoscale()`, `hetzner()` or `metal()` as the cloud: their providers are on the list.",
    pulumi:
      "Make resources with a provider of the list, or add a row with its party, source and date to `facts` in the pack's configuration.",
    kubernetes:
      "Remove objects of which a controller in the cluster makes something at a provider (`forProvider`, machines, cloud volumes).",
  },
  examples: {
    good: [{ type: "pulumi:providers:hcloud", properties: {} }, exampleNetwork],
    bad: [{ type: "pulumi:providers:acme", properties: {} }],
  },
  check: judge,
};

function judge(subject: Subject, { settings }: Context): Verdict {
  // A state without provider references still shows the package in its tokens; a component's token is in no table.
  const name = packageOf(subject) ?? (isComponent(subject) ? undefined : tokenPackage(subject));
  if (name === undefined || subject.type.startsWith("pulumi:pulumi:")) return undefined;
  const row = settings.tables.provider(name);
  const refuse = (found: string, action: string): readonly Finding[] => [{ found, allowed, action }];
  if (row === undefined)
    return refuse(
      `provider "${name}", which is in no table`,
      "take an accepted provider or have this one reviewed and added to facts/providers.ts",
    );
  if (row.kind === "object-store") return store(subject, name, settings);
  if (!row.accepted)
    return refuse(
      `provider "${name}" of ${row.party === undefined ? "nobody in particular" : partyText(row.party)}`,
      "take an accepted provider",
    );
  const configuration = providerProperties(subject);
  return [
    ...plugin(configuration, settings),
    ...plugin(subject.properties, settings),
    ...(row.kind === "cloud" ? endpoints(row, configuration, settings) : []),
    ...(row.kind === "cluster" && !isProvider(subject) ? controlled(subject) : []),
  ];
}

/** Objects of which a controller in the cluster makes resources of a cloud: as good as a provider. */
function controlled(subject: Subject): readonly (Finding | Undetermined)[] {
  return manifestsIn(subject, reading(subject)).flatMap(
    ({ group, kind, value, path }): readonly (Finding | Undetermined)[] => {
      const fact = controllers.find(
        (known) => (group === known.group || group.endsWith(`.${known.group}`)) && kind.startsWith(known.kind ?? ""),
      );
      const what = `${kind} of ${group}${place(path)}`;
      if (fact !== undefined)
        return [
          {
            found: `${what}, of which a controller makes something at ${partyText(fact.party)}`,
            allowed,
            action: "take a resource of an accepted provider",
          },
        ];
      return isObject(at(value, "spec", "forProvider"))
        ? [
            {
              undetermined: `${what}, of which a controller makes something at a provider that is in no table`,
              action:
                "take a resource of an accepted provider, or have this group reviewed and added to facts/controllers.ts",
            },
          ]
        : [];
    },
  );
}

/** A plugin is a program that runs with every credential: it comes from its publisher, or from a host of one's own. */
function plugin(configuration: Value, settings: Settings): readonly (Finding | Undetermined)[] {
  const url = at(configuration, "pluginDownloadURL");
  if (url === unknown) return [{ undetermined: "the place that a plugin comes from is not known before the update" }];
  if (typeof url !== "string" || url === "" || pluginSources.some((row) => url === row.url)) return [];
  const host = hostOf(url);
  if (host !== undefined && isOwn(settings, host)) return [];
  return [
    {
      found: `a plugin from ${host ?? "a place that cannot be read"}`,
      allowed: `the publishers of the accepted packages (${pluginSources.map((row) => row.url).join(", ")}), or a host under your own domains`,
      action: "remove pluginDownloadURL, or serve the plugin yourself",
    },
  ];
}

/** Properties of a provider by which its calls go elsewhere: an endpoint, a proxy, a login. */
const leading = new Set(["endpoint", "url", "uri", "host", "hostname", "proxy", "domain", "server", "environment"]);
const leads = (key: string): boolean =>
  key.split(/(?=[A-Z])|[_-]/).some((word) => leading.has(word.toLowerCase().replace(/s$/, "")));

/** True for a name of a provider's that stands for one of its endpoints: a word without a dot is no host nearby where there are such names. */
const isWord = (row: ProviderRow, text: string): boolean =>
  !/[.:/]/.test(text) && endpointWords.some((known) => known.package === row.package);

/** Destination of the calls of an accepted cloud: to its own API, or through a proxy of one's own. */
function endpoints(row: ProviderRow, configuration: Value, settings: Settings): readonly (Finding | Undetermined)[] {
  const api = row.api ?? [];
  const allowedText = `the API of ${row.package} (${api.join(", ")}), or hosts under your own domains`;
  return entries(configuration).flatMap(([key, given]): readonly (Finding | Undetermined)[] => {
    if (!leads(key)) return [];
    const value = decoded(given);
    if (value === unknown)
      return [{ undetermined: `the ${key} of provider "${row.package}" is not known`, later: true }];
    const texts = isObject(value)
      ? entries(value).map(([, item]) => item)
      : items(value).length > 0
        ? items(value)
        : [value];
    return texts.flatMap((text) => {
      if (typeof text !== "string" || text === "") return [];
      const host = hostOf(text);
      if (endpointWords.some((known) => known.word === text)) return [];
      if (host !== undefined && (isOwn(settings, host) || (isNear(host) && !isWord(row, text)) || within(host, api)))
        return [];
      return [
        {
          found: `provider "${row.package}" with the ${key} ${host ?? "that cannot be read"}`,
          allowed: allowedText,
          action: `remove ${key}, or name a host of your own`,
        },
      ];
    });
  });
}

const within = (host: string, domains: readonly string[]): boolean =>
  domains.some((domain) => host === domain || host.endsWith(`.${domain}`));

/** Settings by which the `aws` provider asks Amazon, or somebody between, whatever its endpoints say. */
const asking = [
  "assumeRole",
  "assumeRoles",
  "assumeRoleWithWebIdentity",
  "ssoSession",
  "httpProxy",
  "httpsProxy",
  "profile",
];

/** Provider `aws` or `minio`: accepted where it is only a client of an accepted object store. */
function store(subject: Subject, name: string, settings: Settings): Verdict {
  const configuration = providerProperties(subject);
  // A server of MinIO's means nothing to `aws`.
  const listed = storeEndpoints(name === "aws" ? { endpoints: at(configuration, "endpoints") } : configuration);
  const party = settings.tables.provider(name)?.party;
  const whose = party === undefined ? "" : ` of ${partyText(party)}`;
  const wrong = listed.filter(({ host }) => objectStore(settings.tables, host) === undefined && !isOwn(settings, host));
  const accepted = `${allowed}; ${name} only as a client of an accepted object store`;
  const led = listed.some(({ service }) => service === "s3");
  if (!led && at(configuration, "endpoints") === unknown)
    return [{ undetermined: `the endpoints of provider "${name}" are not known before the update`, later: true }];
  if (!led || wrong.length > 0)
    return [
      {
        found: `provider "${name}"${whose} ${wrong.length > 0 ? `with the endpoint ${wrong.map(({ host }) => host).join(", ")}` : "without an endpoint of its own for s3"}`,
        allowed: accepted,
        action:
          "set its endpoints to an object store of an accepted cloud (sos-<zone>.exo.io, <location>.your-objectstorage.com) or of an own domain",
      },
    ];
  if (name !== "aws") return plugin(configuration, settings);
  const findings: (Finding | Undetermined)[] = [...plugin(configuration, settings)];
  if (!isProvider(subject) && !/^aws:s3\//.test(subject.type))
    findings.push({
      found: `${subject.type}, for which no endpoint replaces Amazon's`,
      allowed: accepted,
      action: "use types of aws:s3 only",
    });
  const contacts = ["skipCredentialsValidation", "skipRequestingAccountId"].filter(
    (key) => !isOn(at(configuration, key)),
  );
  if (contacts.length > 0)
    findings.push({
      found: `provider "aws" without ${contacts.join(" and ")}, so that it asks Amazon who you are`,
      allowed: accepted,
      action: `set ${contacts.join(" and ")} to true`,
    });
  const others = asking.filter((key) => isSet(at(configuration, key)));
  if (others.length > 0)
    findings.push({
      found: `provider "aws" with ${others.join(" and ")}, so that it asks somebody else than the store`,
      allowed: accepted,
      action: `remove ${others.join(" and ")} and give accessKey and secretKey`,
    });
  return findings;
}

const isSet = (given: Value): boolean => {
  const value = decoded(given);
  return isList(value) ? value.length > 0 : value !== undefined && value !== null && value !== "";
};
