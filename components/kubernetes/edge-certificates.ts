import { X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { byKind, invalid, tryParse, validate, type Keys } from "../core/errors";
import { dnsLabel, domainName } from "../core/names";
import { certificateNames, Route } from "../core/route";
import { list, oneOf, record } from "../core/shapes";
import type { Issuer } from "../infrastructure/certificate-authority";

/** Source of a certificate. */
export type CertificateSource =
  | {
      readonly kind: "given";
      /** PEM, the chain included. */
      readonly certificate: pulumi.Input<string>;
      /** PEM. */
      readonly privateKey: pulumi.Input<string>;
    }
  /** From the deployment's own authority; clients have to trust it. */
  | { readonly kind: "authority"; readonly authority: Issuer }
  /** From the edge's ACME directory, renewed inside the cluster. */
  | { readonly kind: "acme" };

/** A certificate of the edge. */
export interface EdgeCertificate {
  /** Host names that it is shown for. */
  readonly hosts: readonly string[];
  readonly source: CertificateSource;
}

export const edgeCertificateKeys: Keys<EdgeCertificate> = {
  hosts: true,
  source: byKind({
    given: { kind: true, certificate: true, privateKey: true },
    authority: { kind: true, authority: true },
    acme: { kind: true },
  }),
};

const kinds = ["given", "authority", "acme"] as const;

/**
 * Checks that every host name of the routes has one certificate, and every certificate what it needs.
 *
 * @throws RangeError with every problem.
 */
export function readCertificates(
  values: Readonly<Record<string, EdgeCertificate>>,
  routes: readonly Route[],
  acme: boolean,
): Readonly<Record<string, EdgeCertificate>> {
  const example = '{ web: { hosts: ["pad.example.ch"], source: { kind: "acme" } } }';
  const entries = Object.entries(record(values, "certificates by name", example)) as [string, EdgeCertificate][];
  validate(
    Object.fromEntries(
      entries.map(([name, value]) => [
        `"${name}"`,
        () => {
          dnsLabel(name, 40);
          const { hosts, source } = record(value, "host names and a source", example);
          list(hosts, "host names", '["pad.example.ch"]', domainName);
          readSource(source, hosts ?? [], acme);
        },
      ]),
    ),
  );
  const wanted = [...new Set(routes.flatMap((route) => certificateNames(route)))];
  const problems = wanted.flatMap((host) => {
    const owners = entries.filter(([, { hosts }]) => hosts.includes(host)).map(([name]) => name);
    if (owners.length === 1) return [];
    return [
      owners.length === 0
        ? invalid(
            `a certificate for ${host}`,
            entries.map(([name]) => name).join(", ") || undefined,
            "add the name to one",
          )
        : invalid(`one certificate for ${host}`, owners.join(" and "), "remove the name from the others"),
    ];
  });
  const idle = entries.flatMap(([name, { hosts }]) =>
    hosts
      .filter((host) => !wanted.includes(host))
      .map((host) => invalid("host names of routes", `${host} of "${name}"`, "remove it: no route has it")),
  );
  if (problems.length + idle.length > 0)
    throw new RangeError([...problems, ...idle].map(({ message }) => message).join("\n"));
  return values;
}

function readSource(value: CertificateSource | undefined, hosts: readonly string[], acme: boolean): void {
  const source = record(value, "a source", '{ kind: "acme" }') as CertificateSource;
  switch (oneOf(source.kind, "a kind", kinds)) {
    case "given": {
      const { certificate, privateKey } = source as Extract<CertificateSource, { kind: "given" }>;
      validate({
        certificate: () => {
          pem(certificate, "a certificate in PEM");
          if (typeof certificate === "string") covers(certificate, hosts);
        },
        privateKey: () => pem(privateKey, "a private key in PEM"),
      });
      return;
    }
    case "authority":
      record(
        (source as Extract<CertificateSource, { kind: "authority" }>).authority,
        "an authority",
        "new CertificateAuthority(…)",
      );
      return;
    case "acme":
      if (!acme) throw invalid("acme, for certificates from a directory", undefined, "give the edge a directory");
  }
}

/** The certificate itself. @throws RangeError where it lacks a name: clients would not connect to what it leaves out. */
export function covers(certificate: string, hosts: readonly string[]): string {
  const parsed = tryParse(() => readCertificate(certificate));
  if (parsed === undefined)
    throw invalid("a certificate in PEM", "another text", "read it from a file or from the stack's secrets");
  const missing = hosts.filter((host) => parsed.checkHost(host) === undefined);
  if (missing.length > 0)
    throw invalid(
      `a certificate for ${hosts.join(", ")}`,
      `one without ${missing.join(", ")}`,
      "issue it for every name",
    );
  return certificate;
}

function readCertificate(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw invalid("a certificate in PEM", "another text", "read it from a file or from the stack's secrets");
  }
}

/** @throws RangeError when nothing was given, or text that is no PEM. */
export function pem(value: unknown, what: string): void {
  const missing = value === undefined || value === null;
  if (missing || (typeof value === "string" && !value.startsWith("-----BEGIN ")))
    throw invalid(what, missing ? undefined : "another text", "read it from a file or from the stack's secrets");
}

/**
 * Files of the edge's certificates: `NAME.crt` and `NAME.key`. Those from a directory begin with one of the placeholder authority's, which no client trusts: HAProxy
 * wants something to start with, and the directory's takes its place while it runs.
 */
export const certificateFiles = (
  certificates: Readonly<Record<string, EdgeCertificate>>,
  placeholder: () => Issuer,
): Record<string, pulumi.Input<string>> => {
  const first = Object.values(certificates).some(({ source }) => source.kind === "acme") ? placeholder() : undefined;
  return Object.fromEntries(
    Object.entries(certificates).flatMap(([name, { hosts, source }]) => {
      const pair = pairOf(name, hosts, source, first);
      return [
        [`${name}.crt`, pair.certificate],
        [`${name}.key`, pulumi.secret(pair.privateKey)],
      ];
    }),
  );
};

function pairOf(name: string, hosts: readonly string[], source: CertificateSource, placeholder: Issuer | undefined) {
  if (source.kind === "given") {
    const { certificate, privateKey } = source;
    return {
      certificate:
        typeof certificate === "string" ? certificate : pulumi.output(certificate).apply((text) => covers(text, hosts)),
      privateKey,
    };
  }
  const issuer = source.kind === "authority" ? source.authority : placeholder;
  if (issuer === undefined) throw invalid("an authority", undefined, "give the certificate one");
  return issuer.issue(`edge-${name}`, {
    commonName: hosts[0] ?? name,
    dnsNames: [...hosts],
    usage: "server",
  });
}
