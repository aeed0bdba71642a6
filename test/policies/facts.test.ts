import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { aiLines, aiModels, aiNames, aiProviders, aiServices, aiVariables } from "../../policies/facts/ai";
import { annotationWords } from "../../policies/facts/annotations";
import { choices } from "../../policies/facts/choices";
import { clusters, loginPrograms } from "../../policies/facts/clusters";
import { controllers } from "../../policies/facts/controllers";
import { lineWords, memberWords } from "../../policies/facts/keys";
import { imageWords, keyWords, programs } from "../../policies/facts/programs";
import { entities, type Entity } from "../../policies/facts/entities";
import { confidenceOf, type Fact } from "../../policies/facts/fact";
import { certificateAuthorities, hosts } from "../../policies/facts/hosts";
import { serviceFacts } from "../../policies/facts/containers";
import { locations, placements } from "../../policies/facts/locations";
import { plainMedia } from "../../policies/facts/media";
import { objectStores } from "../../policies/facts/object-stores";
import { identifiers } from "../../policies/facts/identifiers";
import { operatorImages } from "../../policies/facts/operator-images";
import { opaqueTypes, renderers } from "../../policies/facts/opaque";
import { placeless, placesOf } from "../../policies/facts/places";
import { isolatedPorts, plainSipPorts } from "../../policies/facts/ports";
import { endpointWords, pluginSources, providers } from "../../policies/facts/providers";
import { registries } from "../../policies/facts/registries";
import { knownScripts } from "../../policies/facts/scripts";
import { replicated } from "../../policies/facts/replicated";
import { services } from "../../policies/facts/services";
import { suffixes } from "../../policies/facts/suffixes";
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
  operatorImages,
  aiModels,
  aiNames,
  aiProviders,
  aiServices,
  aiVariables,
  annotationWords,
  certificateAuthorities,
  choices,
  clusters,
  controllers,
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
  pluginSources,
  providers,
  registries,
  renderers,
  replicated,
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
const shapes = ["container-fact.ts", "entity.ts", "entities-services.ts", "host.ts", "hosts-domains.ts", "parties.ts"];

describe("Tables of facts", () => {
  test.each(Object.entries(tables))("every row of %s has a source and the day of its review", (_, rows) => {
    expect(rows.length).toBeGreaterThan(0);
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
    ["keys", keyWords.map(({ variable }) => variable)],
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
