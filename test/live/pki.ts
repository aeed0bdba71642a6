import type { Operation } from "../../stacks/tools/rehearsal/simulated/kind";
import { tls } from "../../stacks/tools/rehearsal/simulated/tls";

/** A certificate and its key, both PEM. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

export interface Asked {
  readonly commonName: string;
  readonly organization?: string;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
}

const made = (kind: string, inputs: object): Record<string, unknown> => {
  const found = tls().kind(`tls:index/${kind}`);
  if (found === undefined) throw new Error(`expected tls to have ${kind}, got none`);
  const operation = { type: kind, urnName: "live", inputs: { ...found.defaults, ...inputs } };
  return found.create(operation as unknown as Operation).outputs as Record<string, unknown>;
};

const newKey = (): string =>
  String(made("privateKey:PrivateKey", { algorithm: "ECDSA", ecdsaCurve: "P256" })["privateKeyPem"]);

/** An authority that signs itself, for a year. */
export function authority(commonName: string): Pair {
  const key = newKey();
  const { certPem } = made("selfSignedCert:SelfSignedCert", {
    privateKeyPem: key,
    subject: { commonName },
    isCaCertificate: true,
    validityPeriodHours: 8_760,
    allowedUses: ["cert_signing", "digital_signature"],
  });
  return { certificate: String(certPem), key };
}

/** A certificate for servers and clients, for a year. */
export function issue(ca: Pair, { commonName, organization, dnsNames = [], ipAddresses = [] }: Asked): Pair {
  const key = newKey();
  const { certRequestPem } = made("certRequest:CertRequest", {
    privateKeyPem: key,
    subject: { commonName, ...(organization === undefined ? {} : { organization }) },
    dnsNames,
    ipAddresses,
  });
  const { certPem } = made("locallySignedCert:LocallySignedCert", {
    certRequestPem,
    caCertPem: ca.certificate,
    caPrivateKeyPem: ca.key,
    validityPeriodHours: 8_760,
    allowedUses: ["digital_signature", "key_encipherment", "server_auth", "client_auth"],
  });
  return { certificate: String(certPem), key };
}
