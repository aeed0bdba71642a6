import { dnsTypes, nameServers, unsignedAnswers, zoneTypes } from "../../policies/facts/dns";
import { encryptedDisks, keepers, provisioners } from "../../policies/facts/encryption";
import { federations } from "../../policies/facts/federation";
import { collectors, keeping, sending, sendingKeys } from "../../policies/facts/logs";
import { anonymousSignIn, guestHost, openMeetingLines, openMeetings } from "../../policies/facts/meetings";
import { prohibitedImages, prohibitedLines, prohibitedNames } from "../../policies/facts/prohibited";
import { contentNetworks, proxyHeaders, proxyLines, proxyRanges, proxyTypes } from "../../policies/facts/proxies";
import { pushkins, pushLines } from "../../policies/facts/push";
import { daysAnnotation, recorders, recordingLines, recordings } from "../../policies/facts/recording";
import { namedOnly, publicHalves, secretForms, secretNames } from "../../policies/facts/secrets";
import {
  conditions,
  firstSteps,
  otherSteps,
  realmKeys,
  secondFactors,
  signInLines,
  signIns,
} from "../../policies/facts/sign-in";
import { admissionKinds, unsignedLines } from "../../policies/facts/signatures";
import { agentCharts, agentGroups, reporters, watchers } from "../../policies/facts/telemetry";
import { weakTls, weakTlsKeys } from "../../policies/facts/tls";
import { transcriptionLines, transcriptionNames, transcriptions } from "../../policies/facts/transcription";
import {
  hubName,
  modelServers,
  storageSchemes,
  weightLines,
  weights,
  weightsChecked,
  weightsFetched,
} from "../../policies/facts/weights";
import { transcriptionTransparency } from "../../policies/rules/ai-002-transcription-transparency";
import { prohibitedAiFeatures } from "../../policies/rules/ai-003-prohibited-ai-features";
import { modelProvenance } from "../../policies/rules/ai-004-model-provenance";
import { noThirdPartyProxy } from "../../policies/rules/cdn-001-no-third-party-proxy";
import { encryptedAtRest } from "../../policies/rules/dat-001-encryption-at-rest-own-key";
import { dnsJurisdiction } from "../../policies/rules/dns-001-dns-jurisdiction";
import { matrixFederation } from "../../policies/rules/fed-001-matrix-federation";
import { mfaModeratorsAdmins } from "../../policies/rules/idn-001-mfa-moderators-admins";
import { meetingDefaults } from "../../policies/rules/idn-003-meeting-defaults";
import { loggingRetained } from "../../policies/rules/log-001-logging-present-retained";
import { ownTelemetry } from "../../policies/rules/mon-001-telemetry-saas";
import { pushGateway } from "../../policies/rules/psh-001-push-gateway";
import { recordingGoverned } from "../../policies/rules/rec-001-recording-governed";
import { secretInClear } from "../../policies/rules/sec-001-secret-in-clear";
import { signatureChecked } from "../../policies/rules/sup-002-signature-sbom";
import { tlsOfToday } from "../../policies/rules/tls-001-ca-and-tls";
import { type Asked, each, ofLines, ofNames, ofSwitches, plainest, type Question } from "./rows";
import { variants } from "./variants";

const stars = (name: string): readonly string[] =>
  name.startsWith("*") ? [name.slice(1), `A_${name.slice(1)}`] : [name];

/** A realm whose browsers' flow asks for one step, or for none. */
const realm = (steps: readonly string[], more: object = {}): Question => [
  "file",
  {
    realm: "a",
    browserFlow: "own",
    authenticationFlows: [
      {
        alias: "own",
        authenticationExecutions: steps.map((authenticator) => ({ authenticator, requirement: "REQUIRED" })),
      },
    ],
    ...more,
  },
];

/** Text of a line beside another one that has to stand in the same text. */
const beside = (
  line: RegExp,
  other: RegExp | undefined,
  form: string,
  fill: (text: string) => string = (text) => text,
): readonly Question[] => [
  ...variants(line).map((text): Question => [form, ...(other === undefined ? [] : [plainest(other)]), fill(text)]),
  ...(other === undefined ? [] : ["", ...variants(other)].map((text): Question => [form, text, fill(plainest(line))])),
];

/** All questions, under the name of their golden file. */
export const asked: Readonly<Record<string, Asked>> = {
  "unsigned packages": { rule: signatureChecked, questions: ofLines(unsignedLines) },
  "policies on signatures": {
    rule: signatureChecked,
    accepting: true,
    questions: admissionKinds.flatMap(({ group, kind }): readonly Question[] => [
      ["policy on", `${group}/v1:${kind}`, {}],
      ["policy on", `other.${group}/v1:${kind}`, {}],
      [
        "policy on",
        `${group}/v1:${kind}`,
        {
          rules: [{ verifyImages: [{ imageReferences: ["codeberg.org/*"] }] }],
          validationActions: ["Audit"],
          mode: "warn",
        },
      ],
      [
        "policy on",
        `${group}/v1:${kind}`,
        {
          validationFailureAction: "Enforce",
          rules: [{ verifyImages: [{ imageReferences: ["codeberg.org/*"] }] }],
          matchImageReferences: [{ glob: "codeberg.org/*" }],
          images: [{ glob: "codeberg.org/*" }],
          authorities: [{ key: {} }],
        },
      ],
    ]),
  },
  "sign-ins": { rule: mfaModeratorsAdmins, questions: [...ofSwitches(signIns), ...ofLines(signInLines)] },
  realms: {
    rule: mfaModeratorsAdmins,
    questions: [
      ...realmKeys.map((key): Question => ["file", { realm: "a", [key]: [] }]),
      ["file", { realm: "a", enabled: true }],
      ...[...secondFactors, ...firstSteps, ...otherSteps, "somebody-s-own"].flatMap((step) => [
        realm([step]),
        realm([step, "auth-username-password-form"]),
      ]),
      ...variants(conditions).flatMap((step) => [realm([step]), realm([step, "auth-otp-form"])]),
    ],
  },
  meetings: { rule: meetingDefaults, questions: [...ofSwitches(openMeetings), ...ofLines(openMeetingLines)] },
  "hosts of Prosody": {
    rule: meetingDefaults,
    questions: [
      ...variants(anonymousSignIn).map((line): Question => ["lines", 'VirtualHost "a"', line]),
      ...variants(guestHost).map((host): Question => [
        "lines",
        `VirtualHost "${host}meet.example.ch"`,
        plainest(anonymousSignIn),
      ]),
    ],
  },
  recordings: {
    rule: recordingGoverned,
    questions: [
      ...ofSwitches(recordings),
      ...ofLines(recordingLines),
      ...[
        "0",
        "1",
        "9",
        "10",
        "99",
        "100",
        "299",
        "300",
        "349",
        "359",
        "360",
        "365",
        "366",
        "370",
        "400",
        "1000",
        "01",
      ].map((days): Question => ["inputs", "sovereign-uc:index:Jitsi", { recorders: 1, recordingDays: days }]),
      ...recorders.flatMap(({ program: { images = [], folders = ["a"] }, component }) =>
        images.flatMap((image) =>
          folders.concat("mirror").flatMap((folder): readonly Question[] => [
            ["image", `${folder}/${image}:1`],
            [
              "inputs",
              "kubernetes:apps/v1:Deployment",
              {
                metadata: { annotations: { [daysAnnotation]: "400" } },
                spec: {
                  template: { spec: { containers: [{ image: `registry.crisis.example.ch/${folder}/${image}:1` }] } },
                },
              },
              [component, {}],
            ],
            [
              "inputs",
              "kubernetes:apps/v1:Deployment",
              {
                spec: {
                  template: { spec: { containers: [{ image: `registry.crisis.example.ch/${folder}/${image}:1` }] } },
                },
              },
              [component, { recordingDays: 90 }],
            ],
          ]),
        ),
      ),
    ],
  },
  transcriptions: {
    rule: transcriptionTransparency,
    questions: [...ofSwitches(transcriptions), ...ofLines(transcriptionLines), ...ofNames(transcriptionNames)],
  },
  "prohibited features": {
    rule: prohibitedAiFeatures,
    questions: [
      ...ofLines(prohibitedLines),
      ...ofNames(prohibitedNames),
      ...prohibitedImages.flatMap(({ image }) => variants(image).map((name): Question => ["image", `a/b${name}:1`])),
      ...prohibitedImages.flatMap(({ image }) => variants(image).map((name): Question => ["image", `a/${name}:1`])),
    ],
  },
  weights: {
    rule: modelProvenance,
    questions: [
      ...ofSwitches(weights),
      ...ofLines(weightLines),
      ...ofLines([{ pattern: weightsFetched }]),
      ...variants(weightsChecked).map((line): Question => ["lines", plainest(weightsFetched), line]),
      ...storageSchemes.flatMap(({ scheme }) =>
        variants(scheme).map((uri): Question => ["file", { storageUri: `${uri}a/b` }]),
      ),
      ["file", { storageUri: `oci://a/b@sha256:${"0".repeat(64)}` }],
      ["file", { storageUri: `oci://a/b@sha256:${"0".repeat(64)}0` }],
      ["file", { storageUri: `oci://a/b@sha256:${"0".repeat(63)}` }],
    ],
  },
  "servers of models": {
    rule: modelProvenance,
    questions: modelServers.flatMap(({ images, folders = ["a"], variables, options, offline }) => {
      const [first = ""] = images;
      const name = `${folders[0] ?? ""}/${first}:1`;
      const [variable] = variables;
      const [option] = options;
      const words = (one: string, model = "own/model"): readonly string[] => [one === "" ? "serve" : `--${one}`, model];
      return [
        ...images.map((image): Question => [
          "image",
          `${folders[0] ?? ""}/${image}:1`,
          variable === undefined ? {} : { [variable]: "own/model" },
          option === undefined ? [] : words(option),
        ]),
        ...variables.map((one): Question => ["image", name, { [one]: "own/model" }]),
        ...options.map((one): Question => ["image", name, {}, words(one)]),
        ...offline.map((one): Question => [
          "image",
          name,
          { [one]: "1", ...(variable === undefined ? {} : { [variable]: "own/model" }) },
          option === undefined ? [] : words(option),
        ]),
        ...(option === undefined
          ? []
          : variants(hubName).map((model): Question => ["image", name, {}, words(option, model)])),
      ];
    }),
  },
  federation: { rule: matrixFederation, questions: ofSwitches(federations) },
  secrets: {
    rule: secretInClear,
    questions: [
      ...ofLines(secretForms),
      ...[...new Set([...variants(secretNames), ...variants(namedOnly), ...publicHalves])].map((name): Question => [
        "variable",
        name,
        "correct horse",
      ]),
    ],
  },
  "servers of names": {
    rule: dnsJurisdiction,
    questions: [
      ...nameServers.flatMap(({ host, pattern }) =>
        (pattern === undefined ? [`.${host}`, `x${host}`] : variants(pattern)).map((name): Question => [
          "inputs",
          "hcloud:index/zoneRrset:ZoneRrset",
          { zone: "a", type: "NS", records: [{ value: `ns1${name}.` }] },
        ]),
      ),
      ...dnsTypes.map(({ type }): Question => ["inputs", `${type}a:A`, {}]),
      ...zoneTypes.flatMap(({ zone, records }) =>
        records.flatMap(({ type, zone: of, kind, values }): readonly Question[] => {
          const said = (what: string, value: string): readonly [string, object] => [
            type,
            { [of]: "crisis.example.ch", [kind]: what, [values]: values === "records" ? [value] : value },
          ];
          return [
            ["inputs", ...said("NS", "ns1.nsone.net.")],
            ["inputs", zone, { name: "crisis.example.ch" }],
            ["inputs", zone, { name: "crisis.example.ch" }, said("CAA", '0 issue "ca.crisis.example.ch"')],
            ["inputs", zone, { name: "other.example.ch" }, said("CAA", '0 issue "ca.crisis.example.ch"')],
          ] as readonly Question[];
        }),
      ),
      ...unsignedAnswers.flatMap(({ pattern, unless }) => [
        ...ofLines([{ pattern }]),
        ...(unless === undefined ? [] : variants(unless).map((other): Question => ["lines", plainest(pattern), other])),
      ]),
    ],
  },
  proxies: {
    rule: noThirdPartyProxy,
    questions: [
      ...each("lines", ...proxyHeaders.map(({ header }) => `real_ip_header ${header};`)),
      ...each("lines", ...proxyRanges.map(({ range }) => `set_real_ip_from ${range};`)),
      ...proxyRanges.map(({ range }): Question => [
        "inputs",
        "hcloud:index/zoneRrset:ZoneRrset",
        { zone: "a", type: "A", records: [{ value: range.split("/")[0] ?? "" }] },
      ]),
      ...each("lines", ...contentNetworks.flatMap(({ host }) => [`a = https://${host}/a`, `a = https://a.${host}/a`])),
      ...proxyTypes.map(({ type }): Question => ["inputs", `${type}a:A`, {}]),
      ...ofLines(proxyLines),
    ],
  },
  pushes: {
    rule: pushGateway,
    questions: [
      ...ofLines(pushLines),
      ...pushkins.map(({ type }): Question => ["file", { apps: { "a.b": { type } } }]),
    ],
  },
  "weak TLS": {
    rule: tlsOfToday,
    questions: [
      ...ofLines(weakTls),
      ...weakTlsKeys.flatMap(({ key, values }) =>
        [...values, false, "VersionTLS12"].map((value): Question => ["file", { a: { [key]: value } }]),
      ),
    ],
  },
  "records that leave": {
    rule: loggingRetained,
    questions: [
      ...sending.flatMap(({ line, beside: other }) => beside(line, other, "machine")),
      ...sendingKeys.map(({ path }): Question => [
        "cloud-config",
        path.reduceRight<string>((value, key) => `{"${key}": ${value}}`, '"a"').slice(1, -1),
      ]),
      ...each("machine with", ...collectors.map(({ image }) => image), "other"),
      ...keeping.flatMap(({ line, beside: other }) => beside(line, other, "lines")),
    ],
  },
  telemetry: {
    rule: ownTelemetry,
    questions: [
      ...watchers.flatMap(({ variable, led }) =>
        stars(variable).flatMap((name): readonly Question[] => [
          ["variable", name, "a"],
          ...led.flatMap(stars).map((to): Question => ["image", "a/a:1", { [name]: "a", [to]: "a" }]),
        ]),
      ),
      ...reporters.flatMap(({ image, variable }): readonly Question[] => [
        ["image", `a/${image}:1`],
        ["image", `a/${image}:1`, { [variable]: "false" }],
        ["image", `a/${image}:1`, { [variable]: "true" }],
      ]),
      ...agentCharts.map(({ name }): Question => ["inputs", "kubernetes:helm.sh/v3:Release", { chart: name }]),
      ...agentGroups.flatMap(({ name }): readonly Question[] => [
        ["inputs", `kubernetes:${name}/v1:Thing`, {}],
        ["inputs", `kubernetes:a.${name}/v1:Thing`, {}],
        ["inputs", `kubernetes:a${name}/v1:Thing`, {}],
      ]),
    ],
  },
  "keys of disks": {
    rule: encryptedAtRest,
    questions: [
      ...ofLines(keepers.map(({ line }) => ({ pattern: line }))),
      ...provisioners.flatMap(({ provisioner, parameter = "none", value = "a" }) =>
        stars(provisioner.replace("*", "*a.")).flatMap((name): readonly Question[] => [
          ["inputs", "kubernetes:storage.k8s.io/v1:StorageClass", { provisioner: name, parameters: {} }],
          [
            "inputs",
            "kubernetes:storage.k8s.io/v1:StorageClass",
            { provisioner: name, parameters: { [parameter]: value } },
          ],
          [
            "inputs",
            "kubernetes:storage.k8s.io/v1:StorageClass",
            { provisioner: name, parameters: { [parameter]: "no" } },
          ],
        ]),
      ),
      ...encryptedDisks.flatMap(({ line }) => beside(line, undefined, "volume")),
    ],
  },
};
