import { createHash } from "node:crypto";
import { shown } from "../checks";
import { Kind, ProviderError, SimulatedPackage } from "../kind";
import { all, between, Check, oneOf } from "../property-checks";
import { sdkDeclarations } from "../tables";
import { flag, list, number, own, Properties, text } from "../values";
import { algorithmOf, curveNames, keyOutputs, parsedKey } from "./keys";
import { certificate, holderOf, holderOfRequest, Issued, issuerOf, keyIdentifier, request } from "./x509";
import { usageNames } from "./usages";

/**
 * Keys and certificates are real: signatures made with them verify.
 *
 * | facts | source |
 * |---|---|
 * | algorithms, curves, defaults, secret outputs, what replaces, usages | hashicorp/terraform-provider-tls d72d90e1, `internal/provider/resource_*.go`, `common_{cert,key}.go` |
 * | either `privateKeyPem` or its write-only twin | declarations of @pulumi/tls 5.6.1, where both are optional |
 */
const uses: Check = (inputs) =>
  list(inputs, "allowedUses").flatMap((use, i) =>
    typeof use !== "string" || usageNames.includes(use)
      ? []
      : [
          {
            property: `allowedUses[${i}]`,
            reason: `expected one of ${usageNames.join(", ")}, got ${shown(use)}; change it`,
          },
        ],
  );

const filled =
  (...properties: readonly string[]): Check =>
  (inputs) =>
    properties.flatMap((property) =>
      list(inputs, property).flatMap((value, i) =>
        value === ""
          ? [{ property: `${property}[${i}]`, reason: 'expected a text that is not empty, got ""; remove it' }]
          : [],
      ),
    );

const someKey =
  (property: string): Check =>
  (inputs) =>
    own(inputs, property) !== undefined || own(inputs, `${property}Wo`) !== undefined
      ? []
      : [{ property, reason: `expected a private key, got nothing; set "${property}"` }];

const privateKey: Kind = {
  replaces: ["algorithm", "ecdsaCurve", "rsaBits"],
  defaults: { ecdsaCurve: "P224", rsaBits: 2048 },
  secretOutputs: ["privateKeyPem", "privateKeyOpenssh", "privateKeyPemPkcs8"],
  check: all(
    oneOf("algorithm", ["RSA", "ECDSA", "ED25519"]),
    oneOf("ecdsaCurve", curveNames),
    between("rsaBits", 1024, 16_384),
  ),
  create: ({ inputs }) => {
    const outputs = keyOutputs(
      text(inputs, "algorithm") ?? "",
      number(inputs, "rsaBits") ?? 2048,
      text(inputs, "ecdsaCurve") ?? "P224",
    );
    return {
      id: createHash("sha1")
        .update(text(outputs, "publicKeyPem") ?? "")
        .digest("hex"),
      outputs,
    };
  },
};

const certificateDefaults = { earlyRenewalHours: 0, isCaCertificate: false, setSubjectKeyId: false };
const certificateChecks = all(
  uses,
  between("validityPeriodHours", 0),
  between("earlyRenewalHours", 0),
  between("maxPathLength", -1),
);

/** The plan of a certificate that is due for renewal replaces it. Source: terraform-provider-tls d72d90e1, `internal/provider/common_cert.go` (modifyPlanIfCertificateReadyForRenewal). */
const due = (state: Properties, inputs: Properties): boolean => {
  const end = Date.parse(text(state, "validityEndTime") ?? "");
  return end - (number(inputs, "earlyRenewalHours") ?? 0) * 3_600_000 <= Date.now();
};

const selfSigned: Kind = {
  due,
  keeps: ["maxPathLength"],
  replaces: [
    "allowedUses",
    "dnsNames",
    "ipAddresses",
    "isCaCertificate",
    "maxPathLength",
    "privateKeyPem",
    "privateKeyPemWoVersion",
    "setAuthorityKeyId",
    "setSubjectKeyId",
    "subject",
    "uris",
    "validityPeriodHours",
  ],
  defaults: { ...certificateDefaults, setAuthorityKeyId: false },
  check: all(certificateChecks, filled("ipAddresses", "uris"), someKey("privateKeyPem")),
  create: ({ inputs }) => {
    const key = keyIn(inputs, "privateKeyPem");
    const holder = holderOf(inputs, key);
    const named = flag(inputs, "isCaCertificate") || flag(inputs, "setSubjectKeyId");
    if (flag(inputs, "setAuthorityKeyId") && !named)
      throw new ProviderError("Invalid Certificate Authority: could not determine Authority Key Identifier");
    // As in Go's library: an authority has its own key as subject and authority key identifier, other certificates only on demand.
    const ownName =
      flag(inputs, "isCaCertificate") || flag(inputs, "setAuthorityKeyId") ? keyIdentifier(key) : undefined;
    const issued = certificate(holder, { subject: holder.subject, key, keyIdentifier: ownName }, inputs);
    return { id: issued.id, outputs: { ...certificateOutputs(issued), keyAlgorithm: algorithmOf(key) } };
  },
};

const certRequest: Kind = {
  replaces: ["dnsNames", "ipAddresses", "privateKeyPem", "privateKeyPemWoVersion", "subject", "uris"],
  check: all(filled("ipAddresses", "uris"), someKey("privateKeyPem")),
  create: ({ inputs }) => {
    const key = keyIn(inputs, "privateKeyPem");
    const certRequestPem = request(holderOf(inputs, key), key);
    return {
      id: createHash("sha1").update(certRequestPem).digest("hex"),
      outputs: { certRequestPem, keyAlgorithm: algorithmOf(key) },
    };
  },
};

const locallySigned: Kind = {
  due,
  keeps: ["maxPathLength"],
  replaces: [
    "allowedUses",
    "caCertPem",
    "caPrivateKeyPem",
    "caPrivateKeyPemWoVersion",
    "certRequestPem",
    "isCaCertificate",
    "maxPathLength",
    "setSubjectKeyId",
    "validityPeriodHours",
  ],
  defaults: certificateDefaults,
  check: all(certificateChecks, someKey("caPrivateKeyPem")),
  create: ({ inputs }) => {
    const key = keyIn(inputs, "caPrivateKeyPem");
    const issuer = issuerOf(text(inputs, "caCertPem") ?? "", key);
    const issued = certificate(holderOfRequest(text(inputs, "certRequestPem") ?? ""), issuer, inputs);
    return { id: issued.id, outputs: { ...certificateOutputs(issued), caKeyAlgorithm: algorithmOf(key) } };
  },
};

const keyIn = (inputs: Properties, property: string): ReturnType<typeof parsedKey> =>
  parsedKey(text(inputs, property) ?? text(inputs, `${property}Wo`) ?? "");

const certificateOutputs = ({ pem, from, until }: Issued): Properties => ({
  certPem: pem,
  readyForRenewal: false,
  validityStartTime: from.toISOString().replace(".000Z", "Z"),
  validityEndTime: until.toISOString().replace(".000Z", "Z"),
});

const kinds: Readonly<Record<string, Kind>> = {
  "tls:index/privateKey:PrivateKey": privateKey,
  "tls:index/selfSignedCert:SelfSignedCert": selfSigned,
  "tls:index/certRequest:CertRequest": certRequest,
  "tls:index/locallySignedCert:LocallySignedCert": locallySigned,
};

/** Keys and certificates as plugin `tls` 5 generates them. */
export function tls(): SimulatedPackage {
  const declarations = sdkDeclarations("@pulumi/tls");
  return {
    name: "tls",
    version: declarations.version,
    declarations,
    bridged: true,
    framework: Object.keys(kinds),
    kind: (token) => kinds[token],
    faultText: (fault, type, name) => `${type} "${name}": the simulated provider was told to fail (${fault})`,
  };
}
