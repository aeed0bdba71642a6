import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { givenArgs, type Keys, validateArgs, invalid } from "../core/errors";
import { dnsLabel } from "../core/names";

export interface CertificateAuthorityArgs {
  /** Name in the certificate's subject. */
  readonly commonName: string;
  /** Validity of its certificate in hours. @default 87600, ten years */
  readonly validityHours?: number;
}

const certificateAuthorityArgsKeys: Keys<CertificateAuthorityArgs> = {
  commonName: true,
  validityHours: true,
};

/** Subject and usage of a certificate. */
export interface IssueArgs {
  readonly commonName: string;
  /** @default - none */
  readonly organization?: string;
  /** @default [] */
  readonly dnsNames?: readonly string[];
  /** @default [] */
  readonly ipAddresses?: readonly string[];
  /** Ends of connections that it is for; servers that connect to each other with one certificate are a peer's both. */
  readonly usage: "server" | "client" | "peer";
}

export interface Issued {
  /** PEM. */
  readonly certificate: pulumi.Output<string>;
  /** PEM; a secret. */
  readonly privateKey: pulumi.Output<string>;
}

/** An authority as its users see it. */
export interface Issuer {
  /** PEM. */
  readonly certificate: pulumi.Output<string>;
  /** PEM; a secret. */
  readonly privateKey: pulumi.Output<string>;
  /** Issues a certificate with a key of its own, valid for two years and renewed by any update in the second. */
  issue(role: string, args: IssueArgs): Issued;
}

const token = "sovereign-uc:index:CertificateAuthority";

/** Its type token before it was called what the field calls it. */
const formerToken = "sovereign-uc:index:Authority";

/**
 * A certificate authority of the deployment's own, made beforehand: what it signs is known to the program, so nothing has to be fetched back from a host,
 * and no third party is asked.
 *
 * @example
 * const authority = new CertificateAuthority("internal", { commonName: "internal" });
 * const server = authority.issue("signalling", { commonName: "signalling.internal", dnsNames: ["signalling.internal"], usage: "server" });
 */
export class CertificateAuthority extends pulumi.ComponentResource implements Issuer {
  readonly certificate: pulumi.Output<string>;
  readonly privateKey: pulumi.Output<string>;
  private readonly issuer: Issuer;

  constructor(name: string, args: CertificateAuthorityArgs, opts?: pulumi.ComponentResourceOptions) {
    givenArgs(name, args, certificateAuthorityArgsKeys);
    const { commonName, validityHours = 87_600 } = args;
    super(token, name, { commonName, validityHours }, pulumi.mergeOptions({ aliases: [{ type: formerToken }] }, opts));

    this.issuer = issuer(this, name, { commonName, validityHours }, { parent: this });
    this.privateKey = this.issuer.privateKey;
    this.certificate = this.issuer.certificate;
    this.registerOutputs({ certificate: this.certificate });
  }

  /**
   * Issues a certificate with a key of its own, valid for two years and renewed by any update in the second: whoever leaves the stack alone for a year finds
   * it valid. Not longer, since Apple's programs take no server's certificate of more than 825 days (support.apple.com/103769: unverified).
   */
  issue(role: string, args: IssueArgs): Issued {
    return this.issuer.issue(role, args);
  }
}

/**
 * An authority that is part of a component: the same resources without a component around them. The engine writes the state once for a component's making,
 * once for its end and once for its outputs, whatever is in it, and a cluster has five authorities.
 *
 * @param formerName name by which older stacks have it.
 */
export const authorityIn = (
  component: pulumi.ComponentResource,
  name: string,
  args: CertificateAuthorityArgs,
  formerName = name,
): Issuer =>
  issuer(component, name, args, { parent: component }, (resource) => {
    const former = resource.replace(name, formerName);
    return [
      ...(former === resource ? [] : [{ name: former }]),
      // They stood below a component of their own before.
      ...[formerToken, token].map((type) => ({
        name: former,
        parent: pulumi.createUrn(formerName, type, component),
      })),
    ];
  });

/** Makes the resources of an authority. @throws pulumi.ResourceError bound to the component that has them. */
function issuer(
  component: pulumi.ComponentResource,
  authority: string,
  { commonName: own, validityHours = 87_600 }: CertificateAuthorityArgs,
  parent: pulumi.CustomResourceOptions,
  aliases: (resource: string) => readonly pulumi.Alias[] = () => [],
): Issuer {
  const opts = (resource: string): pulumi.CustomResourceOptions => ({ ...parent, aliases: [...aliases(resource)] });
  validateArgs(component, authority, {
    name: () => dnsLabel(authority, 63),
    commonName: () => {
      if (typeof own !== "string" || own.trim() === "" || own.length > 64)
        throw invalid("a common name of 1 to 64 characters", own, "name the authority");
    },
    validityHours: () => {
      if (!Number.isInteger(validityHours) || validityHours < 24)
        throw invalid("whole hours of validity, 24 at least", validityHours, "give a longer time");
    },
  });

  const { privateKeyPem: privateKey } = new tls.PrivateKey(
    authority,
    { algorithm: "ECDSA", ecdsaCurve: "P256" },
    opts(authority),
  );
  const { certPem: certificate } = new tls.SelfSignedCert(
    authority,
    {
      privateKeyPem: privateKey,
      subject: { commonName: own },
      isCaCertificate: true,
      validityPeriodHours: validityHours,
      allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
    },
    opts(authority),
  );

  const issue = (
    role: string,
    { commonName, organization, dnsNames = [], ipAddresses = [], usage }: IssueArgs,
  ): Issued => {
    const name = `${authority}-${role}`;
    validateArgs(component, name, {
      commonName: () => {
        if (commonName === own)
          throw invalid(
            "another common name than its authority's",
            commonName,
            "rename one: whoever verifies it takes it for self-signed",
          );
      },
    });
    const key = new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts(name));
    const request = new tls.CertRequest(
      name,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName, ...(organization === undefined ? {} : { organization }) },
        dnsNames: [...dnsNames],
        ipAddresses: [...ipAddresses],
      },
      opts(name),
    );
    const signed = new tls.LocallySignedCert(
      name,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: privateKey,
        caCertPem: certificate,
        validityPeriodHours: 17_520,
        earlyRenewalHours: 8_760,
        allowedUses: [
          "digital_signature",
          "key_encipherment",
          ...(usage === "peer" ? ["server_auth", "client_auth"] : [`${usage}_auth`]),
        ],
      },
      opts(name),
    );
    return { certificate: signed.certPem, privateKey: key.privateKeyPem };
  };
  return { certificate, privateKey, issue };
}
