import type { EntityId } from "../facts/entities";
import { dnsWords, loginWords, secretWords, solverWords, storeWords, type WordFact } from "../facts/words";
import type { Subject } from "../rule";
import { hostOf } from "./hosts";
import { having } from "./keys";
import { remembering } from "./memo";
import { containers } from "./scan";
import { kindOf } from "./subject";
import type { Reading } from "./text";
import { at, isList, isObject, items, type Properties, type Value } from "./value";

/** A service that was chosen by a word. */
export interface Chosen {
  readonly what: string;
  readonly party: EntityId;
  readonly action: string;
}

/** Services that a resource chooses by a word, with no host in sight: DNS of a cloud, a store without an endpoint, a store of secrets, STUN of LiveKit. */
export function wordsIn(subject: Subject, read: Reading): readonly Chosen[] {
  const kind = kindOf(subject.type);
  return [
    ...read.documents.flatMap(({ path, value }) => {
      const manifest = kindIn(value) ?? (path === "" ? kind : undefined);
      return [
        ...(hasObjects(value) ? objects(value, path) : []),
        ...(manifest === undefined ? [] : kinds(manifest, value)),
      ];
    }),
    ...containers(read).flatMap(({ command, environment }) => [
      ...chosenByOption(command),
      ...chosenByVariable(environment),
    ]),
    ...chosenByValues(subject),
  ];
}

/** Group and kind of a manifest inside a text. */
function kindIn(value: Value): ReturnType<typeof kindOf> {
  const [version, kind] = [at(value, "apiVersion"), at(value, "kind")];
  if (typeof version !== "string" || typeof kind !== "string") return undefined;
  return { group: version.includes("/") ? (version.split("/")[0] ?? "") : "core", kind };
}

const row = (table: readonly WordFact[], word: Value): WordFact | undefined =>
  table.find((known) => known.word === word);

const ours = "use a service of your own, or name its endpoint";

/** Kinds of things that operators choose. */
function kinds({ group, kind }: { readonly group: string; readonly kind: string }, value: Value): readonly Chosen[] {
  const spec = at(value, "spec");
  if (group === "cert-manager.io")
    return items(at(spec, "acme", "solvers")).flatMap((solver) => {
      const words = at(solver, "dns01");
      return [
        ...keyed(words, dnsWords, (word) => `the DNS of ${word} under spec.acme.solvers`),
        ...solved(at(words, "webhook", "solverName")),
      ];
    });
  if (group === "external-secrets.io" && /SecretStore$/.test(kind))
    return keyed(at(spec, "provider"), secretWords, (word) => `the secret store ${word} under spec.provider`);
  if (group === "velero.io" && /Location$/.test(kind)) {
    const found = row(storeWords, at(spec, "provider"));
    const url = at(spec, "config", "s3Url");
    return found === undefined || points(url) ? [] : [chosen(found, `the store ${found.word} under spec.provider`)];
  }
  if (group === "postgresql.cnpg.io" || group === "barmancloud.cnpg.io") {
    const store = at(spec, "backup", "barmanObjectStore") ?? at(spec, "configuration");
    return isObject(store) ? barman(store) : [];
  }
  return [];
}

/** A solver of cert-manager that somebody else wrote: one of an accepted cloud, or of nobody that is known. */
const solved = (name: Value): readonly Chosen[] =>
  typeof name !== "string" || solverWords.some(({ word }) => word === name.toLowerCase())
    ? []
    : [{ what: `the DNS of ${name} by a webhook under spec.acme.solvers`, party: "unreviewed", action: ours }];

/** Barman writes to Amazon where no endpoint is given. */
function barman(store: Properties): readonly Chosen[] {
  const found =
    at(store, "azureCredentials") !== undefined
      ? "azure"
      : at(store, "googleCredentials") !== undefined
        ? "gcs"
        : "aws";
  const fact = row(storeWords, found);
  if (fact === undefined || (found === "aws" && points(at(store, "endpointURL")))) return [];
  return [chosen(fact, `a backup store without an endpoint (${found})`)];
}

const chosen = ({ party }: WordFact, what: string): Chosen => ({ what, party, action: ours });

function keyed(value: Value, table: readonly WordFact[], what: (word: string) => string): readonly Chosen[] {
  return isObject(value)
    ? Object.keys(value).flatMap((key) => {
        const found = row(table, key);
        return found === undefined ? [] : [chosen(found, what(key))];
      })
    : [];
}

/** True if an endpoint leads to a host; other rules judge whose it is. */
const points = (url: Value): boolean => typeof url === "string" && hostOf(url) !== undefined;

const storeKeys = new Set(["s3", "s3_storage_config", "rtc", ...storeWords.map(({ word }) => word)]);
const hasObjects = having((key) => storeKeys.has(key));

/** Storage and media settings in files of Loki, Mimir, Tempo, Thanos and LiveKit, wherever they lie in the file. */
function objects(value: Value, path: string): readonly Chosen[] {
  if (isList(value)) return value.flatMap((item) => objects(item, path));
  if (!isObject(value)) return [];
  const where = path === "" ? "" : ` in ${path}`;
  const found: Chosen[] = [];
  for (const [key, item] of Object.entries(value)) {
    if (isObject(item)) {
      const region = at(item, "s3");
      const isRegion = typeof region === "string" && /^s3:\/\/([^/@]*@)?[a-z0-9-]+\//.test(region);
      const bucket =
        isRegion ||
        ["bucket_name", "bucketnames", "bucket", "container_name"].some((name) => at(item, name) !== undefined);
      const fact = row(storeWords, key === "s3" || key === "s3_storage_config" ? "aws" : key);
      const led =
        !isRegion &&
        ["endpoint", "regionendpoint", "s3", "endpoint_suffix", "s3Url", "endpointURL", "endpoint_url"].some(
          (name) => typeof at(item, name) === "string",
        );
      if (fact !== undefined && bucket && !led)
        found.push(chosen(fact, `a store without an endpoint (${key})${where}`));
      if (key === "rtc" && at(item, "use_external_ip") === true && items(at(item, "stun_servers")).length === 0)
        found.push({
          what: `use_external_ip without stun_servers${where}, so that LiveKit asks foreign STUN servers`,
          party: "google",
          action: "set node_ip, or stun_servers to your own",
        });
    }
    found.push(...objects(item, path));
  }
  return found;
}

/** `--provider=cloudflare` of external-dns. */
const chosenByOption = remembering((command): readonly Chosen[] =>
  [...command.matchAll(/(?:^|\s)--(provider|[\w.-]{1,80}\.dnschallenge\.provider)[= ]([a-z0-9-]{2,40})/gi)].flatMap(
    ([, option = "", word = ""]) => providerOf(word, `--${option}`),
  ),
);

/** Whose service a provider's name means: of DNS, or of logins. */
function providerOf(word: string, place: string): readonly Chosen[] {
  const found = row(dnsWords, word) ?? row(loginWords, word);
  return found === undefined ? [] : [chosen(found, `the provider ${word} by ${place}`)];
}

/** The same by variables: of external-dns, oauth2-proxy and Traefik. */
const chosenByVariable = (environment: ReadonlyMap<string, unknown>): readonly Chosen[] =>
  [...environment].flatMap(([name, value]) =>
    typeof value === "string" &&
    name.endsWith("_PROVIDER") &&
    /^(EXTERNAL_DNS_PROVIDER|OAUTH2_PROXY_PROVIDER|TRAEFIK_\w{1,80}_DNSCHALLENGE_PROVIDER)$/.test(name)
      ? providerOf(value, name)
      : [],
  );

/** The same in the values of a chart: `provider: aws`, or `provider: {name: aws}`. */
function chosenByValues({ type, properties }: Subject): readonly Chosen[] {
  if (!/^kubernetes:helm\.sh\/v\d:(Chart|Release)$/.test(type)) return [];
  const given = at(properties, "values", "provider");
  const word = isObject(given) ? at(given, "name") : given;
  return typeof word === "string" ? providerOf(word, "values.provider") : [];
}
