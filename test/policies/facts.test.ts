import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { aiLines, aiModels, aiNames, aiProviders, aiServices, aiVariables } from "../../policies/facts/ai";
import { annotationWords } from "../../policies/facts/annotations";
import { channels } from "../../policies/facts/channels";
import { choices } from "../../policies/facts/choices";
import { clusters, loginPrograms } from "../../policies/facts/clusters";
import { controllers } from "../../policies/facts/controllers";
import { dataset } from "../../policies/facts/dataset";
import { dnsTypes, nameServers, unsignedAnswers, zoneTypes } from "../../policies/facts/dns";
import { contentNetworks, proxyHeaders, proxyLines, proxyRanges, proxyTypes } from "../../policies/facts/proxies";
import { pushkins, pushLines } from "../../policies/facts/push";
import { admissionKinds, unsignedLines } from "../../policies/facts/signatures";
import { lineWords, memberWords } from "../../policies/facts/keys";
import { imageWords, keyWords, programs } from "../../policies/facts/programs";
import { encryptedDisks, keepers, provisioners } from "../../policies/facts/encryption";
import { entities, type Entity } from "../../policies/facts/entities";
import { confidenceOf, type Fact } from "../../policies/facts/fact";
import { certificateAuthorities, hosts } from "../../policies/facts/hosts";
import { serviceFacts } from "../../policies/facts/containers";
import { locations, placements } from "../../policies/facts/locations";
import { collectors, keeping, sending, sendingKeys } from "../../policies/facts/logs";
import { plainMedia } from "../../policies/facts/media";
import { objectStores } from "../../policies/facts/object-stores";
import { imageTools, scannedSchemes, scannerWords } from "../../policies/facts/image-tools";
import { identifiers } from "../../policies/facts/identifiers";
import { operatorImages } from "../../policies/facts/operator-images";
import { opaqueTypes, renderers } from "../../policies/facts/opaque";
import { placeless, placesOf } from "../../policies/facts/places";
import { firewalldServices, isolatedPorts, plainSipPorts, portNames } from "../../policies/facts/ports";
import { endpointWords, pluginSources, providers } from "../../policies/facts/providers";
import { adminPorts, publicPorts } from "../../policies/facts/public-ports";
import { registries } from "../../policies/facts/registries";
import { knownScripts } from "../../policies/facts/scripts";
import { replicated } from "../../policies/facts/replicated";
import { secretForms } from "../../policies/facts/secrets";
import { services } from "../../policies/facts/services";
import { suffixes } from "../../policies/facts/suffixes";
import { agentCharts, agentGroups, reporters, watchers } from "../../policies/facts/telemetry";
import { weakTls } from "../../policies/facts/tls";
import { federations } from "../../policies/facts/federation";
import { openMeetingLines, openMeetings } from "../../policies/facts/meetings";
import { prohibitedImages, prohibitedLines } from "../../policies/facts/prohibited";
import { recordingLines, recordings } from "../../policies/facts/recording";
import { signInLines, signIns } from "../../policies/facts/sign-in";
import { transcriptionLines, transcriptions } from "../../policies/facts/transcription";
import { modelServers, storageSchemes, weightLines, weights } from "../../policies/facts/weights";
import {
  backupWords,
  dnsWords,
  loginWords,
  remoteWords,
  schemeWords,
  secretWords,
  solverWords,
  storeWords,
  thanosWords,
} from "../../policies/facts/words";

const tables: Readonly<Record<string, readonly Fact[]>> = {
  aiLines,
  adminPorts,
  publicPorts,
  secretForms,
  weakTls,
  federations,
  openMeetingLines,
  openMeetings,
  prohibitedImages,
  prohibitedLines,
  recordingLines,
  recordings,
  signInLines,
  signIns,
  transcriptionLines,
  transcriptions,
  modelServers,
  storageSchemes,
  weightLines,
  weights,
  operatorImages,
  aiModels,
  aiNames,
  aiProviders,
  aiServices,
  aiVariables,
  annotationWords,
  certificateAuthorities,
  agentCharts,
  agentGroups,
  channels,
  collectors,
  encryptedDisks,
  keepers,
  keeping,
  provisioners,
  reporters,
  sending,
  sendingKeys,
  watchers,
  choices,
  clusters,
  controllers,
  dnsTypes,
  nameServers,
  unsignedAnswers,
  zoneTypes,
  contentNetworks,
  proxyHeaders,
  proxyLines,
  proxyRanges,
  proxyTypes,
  pushkins,
  pushLines,
  admissionKinds,
  unsignedLines,
  firewalldServices,
  imageTools,
  imageWords,
  keyWords,
  lineWords,
  loginWords,
  memberWords,
  programs,
  solverWords,
  backupWords,
  dnsWords,
  remoteWords,
  schemeWords,
  thanosWords,
  endpointWords,
  entities: Object.values<Entity>(entities),
  hosts,
  identifiers,
  isolatedPorts,
  knownScripts,
  locations,
  loginPrograms,
  objectStores,
  opaqueTypes,
  placeless,
  placements,
  placesOf,
  plainMedia,
  plainSipPorts,
  portNames,
  pluginSources,
  providers,
  registries,
  renderers,
  replicated,
  scannedSchemes,
  scannerWords,
  secretWords,
  services,
  storeWords,
  suffixes,
  ...Object.fromEntries(
    serviceFacts.map(({ service, leaks, media, speech, conference }) => [
      `containers of ${service}`,
      [...leaks, ...media, ...speech, ...(conference === undefined ? [] : [conference])],
    ]),
  ),
};

/** Files that hold types or lists of tables, and parts of tables that are looked at as a whole. */
const shapes = [
  "container-fact.ts",
  "entity.ts",
  "entities-services.ts",
  "host.ts",
  "hosts-domains.ts",
  "identity-names.ts",
  "parties.ts",
  "switch.ts",
];

/** Parts of a source that name something in a repository (`owner/name path`), but no revision: who reads it later may find something else there. */
const loose = (source: string): readonly string[] =>
  source
    .split(/; |, (?=[\w.-]+\/[\w.-]+ )/)
    .filter((part) => /^[\w.-]+\/[\w.-]+ \S/.test(part) && confidenceOf({ source: part, reviewed: "" }) !== "verified");

describe("Tables of facts", () => {
  test.each(Object.entries(tables))("every row of %s has a source and the day of its review", (name, rows) => {
    // Workers of minutes contact nobody by themselves.
    expect(rows.length > 0).toBe(name !== "containers of minutes");
    for (const row of rows) {
      expect(row.source).toMatch(/^\S.{7,}$/);
      expect(row.reviewed).toMatch(/^\d{4}-\d{2}-\d{2}$/);
      expect(Number.isNaN(Date.parse(row.reviewed))).toBe(false);
    }
  });

  test.each(Object.entries(tables))("no row of %s claims more confidence than its source gives", (_, rows) => {
    for (const row of rows) {
      expect(["verified", "secondary", "assumed"]).toContain(confidenceOf(row));
      // A site's name alone proves nothing; a party's grade may rest on more than one page.
      if (row.confidence === "verified") expect(row.source).toMatch(/^https?:\/\/[^\s/]+\/\S|\s/);
    }
  });

  test.each([
    ["hetznercloud/hcloud-go hcloud/network.go at b8cfa39 (NetworkZone constants)", "verified"],
    ["pulumi/pulumi sdk/nodejs/dynamic at v3.256.0", "verified"],
    ["RFC 3261, section 19.1.2 (default port of sip:)", "verified"],
    ["schema of the exoscale package, version 0.66.1", "verified"],
    ["components/recipe/files/admit.sh", "verified"],
    ["ggml-org/llama.cpp common/arg.cpp at b11434", "verified"],
    ["declarations of @pulumi/hcloud 1.41.0", "verified"],
    ["owner/name b692022e, examples/dns/README.md", "verified"],
    ["https://docs.hetzner.com/cloud/general/locations/", "secondary"],
    ["https://example.org/components/recipe", "secondary"],
    ["owner/name in format 3.1", "secondary"],
    ["owner/name at abcdef0x", "secondary"],
    ["owner/name xdeadbeef0, a.md", "secondary"],
    ["owner/name deadbeef0x, a.md", "secondary"],
    ["https://example.org/a (OURRFC 6120)", "secondary"],
    ["https://example.org/a (conversion 2)", "secondary"],
    ["the site https://example.org", "secondary"],
    ["ovh/go-ovh ovh/configuration.go (Endpoints)", "secondary"],
    ["https://quay.io", "assumed"],
  ])("a row whose source is %s is %s", (source, expected) => {
    expect(confidenceOf({ source, reviewed: "2026-11-28" })).toBe(expected);
    expect(confidenceOf({ source, reviewed: "2026-11-28", confidence: "assumed" })).toBe("assumed");
  });

  test.each(Object.entries(tables))("no row of %s names a file of a repository without its revision", (_, rows) => {
    expect(rows.flatMap(({ source }) => loose(source))).toEqual([]);
  });

  test.each([
    ["owner/name src/a.ts", ["owner/name src/a.ts"]],
    ["owner/name a folder (a key)", ["owner/name a folder (a key)"]],
    ["owner/name src/a.ts at b8cfa39; other/name src/b.ts (a key)", ["other/name src/b.ts (a key)"]],
    ["a(1), owner/name README.md", ["owner/name README.md"]],
    ["owner/name src/a.ts at b8cfa39 (a key)", []],
    ["owner/name src/{a,b}.ts at v1.2", []],
    ["owner/name b692022e, examples/dns/README.md", []],
    ["owner/name", []],
    ["https://example.org/a/b (a word)", []],
    ["components/recipe/files/admit.sh", []],
  ])("of the source %s this names no revision: %j", (source, expected) => {
    expect(loose(source)).toEqual(expected);
  });

  test("every table is asked for the age of its rows", () => {
    expect(Object.keys(dataset).sort()).toEqual(Object.keys(tables).sort());
    for (const [name, rows] of Object.entries(tables)) expect(dataset[name]).toEqual(rows);
  });

  test("every table in the folder is looked at here", () => {
    const here = readFileSync(__filename, "utf8");
    const files = readdirSync(join(__dirname, "../../policies/facts")).filter(
      (name) => name.endsWith(".ts") && !shapes.includes(name),
    );
    expect(files.filter((name) => !here.includes(`policies/facts/${name.replace(".ts", "")}"`))).toEqual([]);
  });

  test.each([
    ["hosts", [...hosts, ...certificateAuthorities].map(({ host }) => host)],
    ["AI services", aiServices.map(({ host }) => host)],
    ["registries", registries.map(({ host }) => host)],
    ["clusters", clusters.map(({ host }) => host)],
    ["object stores", objectStores.map(({ host }) => host)],
    ["providers", providers.map((row) => row.package)],
    ["identifiers", identifiers.map(({ host }) => host)],
    ["controllers", controllers.map(({ group, kind }) => `${group} ${kind ?? ""}`)],
    ["choices", choices.map(({ group, kinds, path, word }) => `${group} ${kinds?.join() ?? ""} ${path} ${word}`)],
    ["members", memberWords.map(({ under, key, word }) => `${under} ${key} ${word}`)],
    ["images", imageWords.map(({ image }) => image)],
    ["programs that fetch images", imageTools.map(({ tool }) => tool)],
    ["words of scanners", scannerWords.map(({ word }) => word)],
    ["schemes of scanners", scannedSchemes.map(({ scheme }) => scheme)],
    ["services of firewalld", firewalldServices.map(({ name }) => name)],
    ["keys", keyWords.map(({ variable }) => variable)],
    ["channels", channels.map(({ image }) => image)],
    ["collectors", collectors.map(({ image }) => image)],
    ["watchers", watchers.map(({ variable }) => variable)],
    ["charts of agents", agentCharts.map(({ name }) => name)],
    ["places", placesOf.map(({ provider, code }) => `${provider} ${code}`)],
    ["locations", locations.map(({ provider, kind, code }) => `${provider} ${kind} ${code}`)],
    ["placements", placements.map(({ type }) => type)],
  ])("no row of the %s stands there twice", (_, keys) => {
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
  });

  test("hosts are written as rules compare them", () => {
    for (const { host } of [...hosts, ...certificateAuthorities, ...aiServices, ...registries, ...clusters].filter(
      (row) => !("pattern" in row),
    ))
      expect(host).toMatch(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]+$|^[0-9a-f]+(:[0-9a-f]*)+$/);
  });

  test("the scripts that run on hosts are the reviewed ones; if not, read what changed and run `node policies/facts/lock.mjs`", () => {
    const folder = "components/recipe/files";
    const root = join(__dirname, "../..");
    const files = readdirSync(join(root, folder)).filter((name) => name.endsWith(".sh"));
    const now = files.map(
      (name) =>
        `${createHash("sha256")
          .update(readFileSync(join(root, folder, name)))
          .digest("hex")} ${folder}/${name}`,
    );
    expect(knownScripts.map(({ digest, source }) => `${digest} ${source}`).sort()).toEqual(now.sort());
  });
});

describe("Placements and the schemas of the real plugins", () => {
  const folder = process.env["SOVEREIGN_UC_SCHEMAS"] ?? join(__dirname, "../../../shared/reference/schemas");
  const schemas = ["hcloud", "exoscale"].flatMap((name) => {
    try {
      return [JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as Schema];
    } catch {
      return [];
    }
  });
  interface Schema {
    readonly resources: Readonly<Record<string, { readonly inputProperties: Readonly<Record<string, unknown>> }>>;
  }
  const resources = new Map(schemas.flatMap(({ resources: all }) => Object.entries(all)));
  // Schemas are at hand only beside the project's reference material.
  const where = schemas.length === 2 ? test : test.skip;

  where("every placement is a type with those properties", () => {
    for (const { type, properties, follows } of placements) {
      const inputs = Object.keys(resources.get(type)?.inputProperties ?? {});
      expect([type, ...[...Object.keys(properties), ...follows].filter((key) => !inputs.includes(key))]).toEqual([
        type,
      ]);
    }
  });

  where("every type that has a place is a placement, DNS zones aside", () => {
    const known = new Set(placements.map(({ type }) => type));
    const placed = [...resources].filter(([, { inputProperties }]) =>
      ["location", "datacenter", "homeLocation", "networkZone", "zone"].some((key) => key in inputProperties),
    );
    expect(
      placed
        .map(([type]) => type)
        .filter((type) => !known.has(type))
        .sort(),
    ).toEqual(["hcloud:index/zoneRecord:ZoneRecord", "hcloud:index/zoneRrset:ZoneRrset"]);
  });
});

describe("Suffixes, below which strangers have names", () => {
  const isSuffix = (domain: string): boolean => suffixes.some(({ pattern }) => pattern.test(domain));
  const kinds =
    "co com org net gov gob gouv govt ac edu sch or ne go in id mil nom info biz web my ltd plc me nhs police gv asso presse priv gouvernement muni nic";
  const countries = "eu de uk us br cn jp ru za gb hu no se sa uy ae";
  const hosters = `blogspot.de pages.dev web.app firebaseapp.com onrender.com repl.co glitch.me surge.sh duckdns.org
    dyndns.org no-ip.org ddns.net nip.io sslip.io xip.io cluster.local svc.cluster.local home.arpa traefik.me lvh.me ngrok.app loca.lt gitlab.io readthedocs.io
    onmicrosoft.com your-server.de clients.your-server.de exo.io hetzner.com hetzner.cloud hetzner.de your-objectstorage.com`;

  test.each([
    ...kinds.split(" ").map((kind) => `${kind}.xx`),
    ...countries.split(" ").flatMap((country) => ["com", "net", "org"].map((end) => `${country}.${end}`)),
    ...hosters.split(/\s+/),
  ])("%s is one", (domain) => {
    expect(isSuffix(domain)).toBe(true);
    expect(isSuffix(`a.${domain}`)).toBe(false);
    expect(isSuffix(`a${domain}`)).toBe(false);
    expect(isSuffix(`${domain}.ch`)).toBe(false);
  });
});
