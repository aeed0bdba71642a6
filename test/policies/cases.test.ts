import { noPublicAiEndpoint } from "../../policies/rules/ai-001-no-public-ai-endpoint";
import { nPlusOne } from "../../policies/rules/ha-001-n-plus-one";
import { registryJurisdiction } from "../../policies/rules/img-001-registry-jurisdiction";
import { providerAllowlist } from "../../policies/rules/jur-001-provider-allowlist";
import { controllingEntity } from "../../policies/rules/jur-002-controlling-entity";
import { clusterJurisdiction } from "../../policies/rules/k8s-001-cluster-jurisdiction";
import { noPlainMedia } from "../../policies/rules/med-001-no-plain-rtp";
import { mailDirectoryUnreachable } from "../../policies/rules/net-001-mail-directory-unreachable";
import { defaultLeakEndpoints } from "../../policies/rules/net-002-default-leak-endpoints";
import { opaqueResource } from "../../policies/rules/opq-001-opaque-resource";
import { locationAllowlist } from "../../policies/rules/reg-001-location-allowlist-explicit";
import { contactsIn, hostOf, isInternal, spokenLines } from "../../policies/extract/hosts";
import { reachedBy } from "../../policies/extract/reached";
import { referencesInText } from "../../policies/extract/image-commands";
import { referencesIn } from "../../policies/extract/images";
import { destinationsOf, isFilter, openingsOf } from "../../policies/extract/openings";
import { reading } from "../../policies/extract/scan";
import type { Rule } from "../../policies/rule";
import { settings } from "../../policies/settings";
import { golden } from "../support/golden";
import type { Case } from "./cases/case";
import { clusters } from "./cases/clusters";
import { contacts, images, opaque } from "./cases/contents";
import { parties, places, providers } from "./cases/jurisdiction";
import { openings, routes } from "./cases/network";
import { media, models, replicas } from "./cases/services";
import { joined, taken } from "./cases/taken";
import { hosts, settingsThatReach, texts } from "./cases/texts";
import { told } from "./cases/told";
import { chosen, judged, subject } from "./judged";

const swiss = { ...chosen, profile: settings({ profile: "swiss" }, {}).profile };

const lines = (list: readonly (readonly [string, string])[]): string =>
  list.map(([title, text]) => `${title}\n  → ${text.replaceAll("\n", "\\n")}\n`).join("");

const groups: readonly (readonly [name: string, rule: Rule, cases: readonly Case[]])[] = [
  ["providers", providerAllowlist, providers],
  ["parties", controllingEntity, parties],
  ["providers as parties", controllingEntity, providers],
  ["places", locationAllowlist, places],
  ["clusters", clusterJurisdiction, clusters],
  ["models", noPublicAiEndpoint, models],
  ["media", noPlainMedia, media],
  ["replicas", nPlusOne, replicas],
  ["networks", mailDirectoryUnreachable, [...openings, ...routes]],
  ["signalling", noPlainMedia, openings],
  ["contacts", defaultLeakEndpoints, contacts],
  ["images", registryJurisdiction, images],
  ["opaque", opaqueResource, opaque],
  ["told", mailDirectoryUnreachable, told],
  ["joined", defaultLeakEndpoints, joined],
  ["joined models", noPublicAiEndpoint, joined],
  ["taken", registryJurisdiction, [...taken, ...joined]],
];

describe("What a rule says of cases in the tests' own words, as it was read last", () => {
  test.each(groups)("%s", (name, rule, cases) => {
    const titles = cases.map(([title]) => title);
    expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
    golden(
      `policies/cases/${name.replaceAll(" ", "-")}.txt`,
      lines(
        cases.map(([title, ...given]) => {
          const [european, other] = [judged(rule, given), judged(rule, given, swiss)];
          return [title, other === european ? european : `${european} ||| swiss: ${other}`];
        }),
      ),
    );
  });
});

describe("What the readers find in cases in the tests' own words, as it was read last", () => {
  test("openings and ways", () => {
    golden(
      "policies/cases/openings.txt",
      lines(
        [...openings, ...routes].flatMap(([title, ...given]) =>
          given.map(subject).map((one) => {
            const found = openingsOf(one);
            const ways = destinationsOf(one).map(String).join(", ");
            const list = found?.openings.map((opening) => JSON.stringify(opening)).join(" ") ?? "no filter";
            return [
              title,
              `${list}${found?.partial === true ? " partial" : ""}${ways === "" ? "" : ` to ${ways}`}${isFilter(one.type) ? "" : " (not kept)"}`,
            ] as const;
          }),
        ),
      ),
    );
  });

  test("hosts in texts", () => {
    golden(
      "policies/cases/hosts.txt",
      lines(
        [...texts, ...hosts].map((text) => [
          JSON.stringify(text),
          contactsIn(text)
            .map(({ host, asked }) => `${host}${asked ? " (asked)" : ""}`)
            .join(", ") || "none",
        ]),
      ),
    );
  });

  test("lines that speak", () => {
    golden(
      "policies/cases/lines.txt",
      lines(
        texts.map((text) => [
          JSON.stringify(text),
          spokenLines(text)
            .map((line) => `[${line}]`)
            .join(" ") || "none",
        ]),
      ),
    );
  });

  test("hosts of addresses, and settings that reach", () => {
    golden(
      "policies/cases/addresses.txt",
      lines(
        hosts.map((text) => [
          JSON.stringify(text),
          `${hostOf(text) ?? "none"}${isInternal(text) ? " (internal)" : ""}`,
        ]),
      ),
    );
    golden(
      "policies/cases/settings.txt",
      lines(settingsThatReach.map(([name, value]) => [`${name}=${value}`, reachedBy(name, value).join(" ") || "none"])),
    );
  });

  test("images in texts and data", () => {
    golden(
      "policies/cases/references.txt",
      lines(
        [
          ...texts.map((text) => [JSON.stringify(text), referencesInText({ path: "a", text })] as const),
          ...images.flatMap(([title, ...given]) =>
            given.map((one) => [title, referencesIn(subject(one).properties)] as const),
          ),
        ].map(([title, found]) => [
          title,
          found.map((one) => `${one.text}${one.certain ? " (certain)" : ""} at ${one.path}`).join(", ") || "none",
        ]),
      ),
    );
  });

  test("texts, documents and what was not read", () => {
    golden(
      "policies/cases/readings.txt",
      lines(
        [...contacts, ...images, ...opaque].flatMap(([title, ...given]) =>
          given.map(subject).map((one) => {
            const { leaves, documents, partial, unread } = reading(one);
            const list = leaves.map(
              ({ path, text }) => `${path}=${text.length > 200 ? `${text.length} characters` : text}`,
            );
            return [
              title,
              `${list.join("; ")} / ${documents.map(({ path }) => path).join("; ")}${partial ? " / partial" : ""}${unread.length > 0 ? ` / unread: ${unread.join("; ")}` : ""}`,
            ] as const;
          }),
        ),
      ),
    );
  });
});
