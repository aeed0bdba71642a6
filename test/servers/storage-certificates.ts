import { tlsFiles } from "../../components/services/storage/settings";
import { keyOutputs, parsedKey } from "../../stacks/tools/rehearsal/simulated/tls/keys";
import { certificate, holderOf } from "../../stacks/tools/rehearsal/simulated/tls/x509";
import { text } from "../../stacks/tools/rehearsal/simulated/values";
import { addresses, databaseAddress } from "./storage-network";

const key = (): string => text(keyOutputs("ECDSA", 0, "P256"), "privateKeyPem") ?? "";

/** Certificates of a store as the component issues them, with addresses in the place of names. */
export function storageCertificates(host: string): {
  readonly ca: string;
  readonly files: Readonly<Record<string, string>>;
} {
  const authorityKey = key();
  const own = { subject: { commonName: "store store" }, isCaCertificate: true, validityPeriodHours: 24 };
  const holder = holderOf(own, parsedKey(authorityKey));
  const self = { subject: holder.subject, key: parsedKey(authorityKey), keyIdentifier: undefined };
  const allowedUses = ["cert_signing", "crl_signing", "digital_signature"];
  const ca = certificate(holder, self, { ...own, allowedUses }).pem;
  const issue = (commonName: string, usage: string, names: object): { readonly pem: string; readonly key: string } => {
    const ownKey = key();
    const issued = certificate(holderOf({ subject: { commonName }, ...names }, parsedKey(ownKey)), self, {
      validityPeriodHours: 24,
      allowedUses: ["digital_signature", "key_encipherment", usage],
    });
    return { pem: issued.pem, key: ownKey };
  };
  const server = issue("store-server", "server_auth", {
    dnsNames: [host],
    ipAddresses: [...addresses, databaseAddress],
  });
  const client = issue("store-client", "client_auth", {});
  return {
    ca,
    files: {
      [tlsFiles.authority]: ca,
      [tlsFiles.serverCertificate]: server.pem,
      [tlsFiles.serverKey]: server.key,
      [tlsFiles.clientCertificate]: client.pem,
      [tlsFiles.clientKey]: client.key,
      [tlsFiles.database]: ca,
    },
  };
}
