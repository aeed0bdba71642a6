import { createSelfSignedCertificate, generatePrivateKey, identityForHost } from "sshpk";
import { keyOutputs, parsedKey } from "../../stacks/tools/rehearsal/simulated/tls/keys";
import { certificate, holderOf } from "../../stacks/tools/rehearsal/simulated/tls/x509";
import { text } from "../../stacks/tools/rehearsal/simulated/values";

/** A self-signed certificate and its key, both PEM: real ones, because programs parse them. */
function selfSigned(name: string, isCaCertificate: boolean): { readonly certificate: string; readonly key: string } {
  const key = text(keyOutputs("ECDSA", 0, "P256"), "privateKeyPem") ?? "";
  const inputs = { subject: { commonName: name }, isCaCertificate, validityPeriodHours: 24 };
  const holder = holderOf(inputs, parsedKey(key));
  const issuer = { subject: holder.subject, key: parsedKey(key), keyIdentifier: undefined };
  return { certificate: certificate(holder, issuer, inputs).pem, key };
}

/** The certificate of a cluster's authority. */
export const authorityOf = (name: string): string => selfSigned(`${name} CA`, true).certificate;

/** Credentials of a user. */
export const loginOf = (name: string): { readonly certificate: string; readonly key: string } =>
  selfSigned(name, false);

/** A certificate for some names that signs itself, with its key, both PEM. */
export function certificateFor(names: readonly string[]): {
  readonly certificate: string;
  readonly privateKey: string;
} {
  const key = generatePrivateKey("ecdsa");
  const certificate = createSelfSignedCertificate([...names].map(identityForHost), key, {
    lifetime: 20 * 365 * 86_400,
  });
  return { certificate: certificate.toString("pem"), privateKey: key.toString("pkcs8") };
}
