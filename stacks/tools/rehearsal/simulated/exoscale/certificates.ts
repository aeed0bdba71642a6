import { createHash, createPrivateKey, KeyObject } from "node:crypto";
import { certificatesIn } from "../../../../../components/core/certificates";
import { keyOutputs, parsedKey } from "../tls/keys";
import { certificate, holderOf, issuerOf } from "../tls/x509";
import { Properties, text } from "../values";

/**
 * Certificates of a simulated managed cluster: real ones, because a client parses them before it connects.
 *
 * | facts | source |
 * |---|---|
 * | three authorities, each in PEM | exoscale/terraform-provider-exoscale v0.66.0, `exoscale/resource_exoscale_sks_cluster.go` (readClusterCertificates) |
 * | a kubeconfig holds certificates as PEM in base64, which the plugin itself parses for their end | the same, `exoscale/resource_exoscale_sks_kubeconfig.go` (KubeconfigExtractCertificates) |
 * | user and groups are the certificate's common name and organisations | Kubernetes' documentation, "Authenticating", X509 client certificates; the rest of the subject is unverified |
 * | an authority lives ten years; its kind of key | unverified |
 */
const authorities = ["aggregation", "control-plane", "kubelet"] as const;

type Authority = (typeof authorities)[number];

/** The certificate of one of a cluster's authorities. */
export function authorityOf(cluster: string, authority: Authority): string {
  const key = keyOf(cluster, authority);
  const subject = { commonName: `${authority}-ca`, organization: "exoscale" };
  const inputs: Properties = {
    subject,
    isCaCertificate: true,
    allowedUses: ["cert_signing", "crl_signing", "digital_signature"],
    validityPeriodHours: 10 * 365 * 24,
  };
  const holder = holderOf(inputs, key);
  return certificate(holder, { subject: holder.subject, key, keyIdentifier: undefined }, inputs).pem;
}

/** The certificate and key of a cluster's user, with the validity that the program asks for. */
export function loginOf(
  cluster: string,
  controlPlaneCa: string,
  user: { readonly name: string; readonly groups: readonly string[]; readonly seconds: number },
): { readonly certificate: string; readonly key: string } {
  const key = text(keyOutputs("ED25519", 0, ""), "privateKeyPemPkcs8") ?? "";
  const inputs: Properties = {
    subject: { commonName: user.name, organization: user.groups },
    allowedUses: ["client_auth", "digital_signature", "key_encipherment"],
    validityPeriodHours: user.seconds / 3600,
  };
  const issuer = issuerOf(controlPlaneCa, keyOf(cluster, "control-plane"));
  return { certificate: certificate(holderOf(inputs, parsedKey(key)), issuer, inputs).pem, key };
}

/** Time at which the first of a kubeconfig's certificates expires; NaN if it has none. Source: the same file, resourceSKSKubeconfigDiff. */
export function endOf(kubeconfig: string): number {
  const data = [...kubeconfig.matchAll(/"(?:certificate-authority|client-certificate)-data":"([^"]*)"/g)];
  const ends = data.flatMap(([, base64]) => certificatesIn(base64)).map(({ validTo }) => Date.parse(validTo));
  return ends.length === 0 ? Number.NaN : Math.min(...ends);
}

/** An authority's key is derived from its cluster's id: a later process can sign with it again, and no file holds it. It protects nothing real. */
function keyOf(cluster: string, authority: Authority): KeyObject {
  const seed = createHash("sha256").update(`${authority} of the simulated cluster ${cluster}`).digest();
  const header = Buffer.from("302e020100300506032b657004220420", "hex");
  return createPrivateKey({ key: Buffer.concat([header, seed]), format: "der", type: "pkcs8" });
}
