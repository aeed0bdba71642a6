import { createPrivateKey, X509Certificate } from "node:crypto";

/**
 * Checks of a kubeconfig's certificates that a client makes before its first request, as in Kubernetes' own client.
 *
 * | claim | where |
 * |---|---|
 * | an authority is PEM, and at least one of its blocks `CERTIFICATE` without headers can be parsed | k8s.io/client-go v0.34.2, `transport/transport.go` (rootCertPool); Go 1.26, `crypto/x509/cert_pool.go` (AppendCertsFromPEM) |
 * | a client's certificate and key are PEM and belong together | the same, TLSConfigFor; Go 1.26, `crypto/tls/tls.go` (X509KeyPair) |
 * | data stands in base64 with its padding; only line ends are passed over | Go 1.26, `encoding/json` of a `[]byte`, `encoding/base64` (StdEncoding) |
 */
const block = /-----BEGIN CERTIFICATE-----\s+[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** The certificates in a text of PEM in base64; none where it is something else. */
export function certificatesIn(base64: unknown): readonly X509Certificate[] {
  return [...(decoded(base64) ?? "").matchAll(block)].flatMap(([pem]) => read(() => new X509Certificate(pem)) ?? []);
}

/** True if a key belongs to the first certificate; both are PEM in base64. */
export function belongTogether(certificate: unknown, key: unknown): boolean {
  const [leaf] = certificatesIn(certificate);
  const pem = decoded(key);
  const parsed = pem === undefined ? undefined : read(() => createPrivateKey(pem));
  return leaf !== undefined && parsed !== undefined && leaf.checkPrivateKey(parsed);
}

/** Result of a parse with OpenSSL; undefined on an error, whose message would not help the reader of a kubeconfig. */
function read<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

function decoded(base64: unknown): string | undefined {
  if (typeof base64 !== "string") return undefined;
  const text = base64.replace(/[\r\n]/g, "");
  return /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
    ? Buffer.from(text, "base64").toString("utf8")
    : undefined;
}
