import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { parsed, problem } from "./core/errors";
import { dnsLabel } from "./core/names";

export interface AuthorityArgs {
  /** Name in the certificate's subject. */
  readonly commonName: string;
  /** How long its certificate is valid. @default 87600, ten years */
  readonly validityHours?: number;
}

/** What a certificate is issued for. */
export interface IssueArgs {
  readonly commonName: string;
  /** @default - none */
  readonly organization?: string;
  /** @default [] */
  readonly dnsNames?: readonly string[];
  /** @default [] */
  readonly ipAddresses?: readonly string[];
  readonly usage: "server" | "client";
}

export interface Issued {
  /** PEM. */
  readonly certificate: pulumi.Output<string>;
  /** PEM; a secret. */
  readonly privateKey: pulumi.Output<string>;
}

/**
 * A certificate authority of the deployment's own, made beforehand: what it signs is known to the program, so nothing has to be fetched back from a host,
 * and no third party is asked.
 *
 * @example
 * const authority = new Authority("internal", { commonName: "internal" });
 * const server = authority.issue("signalling", { commonName: "signalling.internal", dnsNames: ["signalling.internal"], usage: "server" });
 */
export class Authority extends pulumi.ComponentResource {
  /** PEM. */
  readonly certificate: pulumi.Output<string>;
  /** PEM; a secret. */
  readonly privateKey: pulumi.Output<string>;

  constructor(
    private readonly name: string,
    args: AuthorityArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { commonName, validityHours = 87_600 } = args;
    super("sovereign-uc:index:Authority", name, { commonName, validityHours }, opts);

    parsed(this, name, {
      name: () => dnsLabel(name, 63),
      commonName: () => {
        if (typeof commonName !== "string" || commonName.trim() === "" || commonName.length > 64)
          throw problem("a common name of 1 to 64 characters", commonName, "name the authority");
      },
      validityHours: () => {
        if (!Number.isInteger(validityHours) || validityHours < 24)
          throw problem("whole hours of validity, 24 at least", validityHours, "give a longer time");
      },
    });

    const key = new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent: this });
    const own = new tls.SelfSignedCert(
      name,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName },
        isCaCertificate: true,
        validityPeriodHours: validityHours,
        allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
      },
      { parent: this },
    );
    this.privateKey = key.privateKeyPem;
    this.certificate = own.certPem;
    this.registerOutputs({ certificate: this.certificate });
  }

  /**
   * Issues a certificate with a key of its own, valid for two years and renewed by any update in the second: whoever leaves the stack alone for a year finds
   * it valid. Not longer, since Apple's programs take no server's certificate of more than 825 days (support.apple.com/103769: unverified).
   */
  issue(role: string, { commonName, organization, dnsNames = [], ipAddresses = [], usage }: IssueArgs): Issued {
    const name = `${this.name}-${role}`;
    const own = { parent: this };
    const key = new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, own);
    const request = new tls.CertRequest(
      name,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName, ...(organization === undefined ? {} : { organization }) },
        dnsNames: [...dnsNames],
        ipAddresses: [...ipAddresses],
      },
      own,
    );
    const signed = new tls.LocallySignedCert(
      name,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: this.privateKey,
        caCertPem: this.certificate,
        validityPeriodHours: 17_520,
        earlyRenewalHours: 8_760,
        allowedUses: ["digital_signature", "key_encipherment", `${usage}_auth`],
      },
      own,
    );
    return { certificate: signed.certPem, privateKey: key.privateKeyPem };
  }
}
