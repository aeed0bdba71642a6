import { X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { invalid } from "../core/errors";

/** The certificate itself, as PEM. @throws RangeError where it lacks a name: clients would not connect to what it leaves out. */
export function covering(certificate: pulumi.Input<string>, names: readonly string[]): pulumi.Input<string> {
  if (typeof certificate === "string") return checkedNames(certificate, names);
  return pulumi.output(certificate).apply((pem) => checkedNames(pem, names));
}

function checkedNames(pem: string, names: readonly string[]): string {
  const read = parsedCertificate(pem);
  if (read === undefined)
    throw invalid("a certificate in PEM", "another text", "read it from a file or from the stack's secrets");
  const missing = names.filter((wanted) => read.checkHost(wanted) === undefined);
  if (missing.length > 0)
    throw invalid(
      `a certificate for ${names.join(", ")}`,
      `one without ${missing.join(", ")}`,
      "issue it for every name",
    );
  return pem;
}

function parsedCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
