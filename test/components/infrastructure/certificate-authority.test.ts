import { CertificateAuthority } from "../../../components/infrastructure/certificate-authority";
import { deploy } from "../../support/mocks";

const issued = (commonName: string): Promise<unknown> =>
  deploy(() => {
    const authority = new CertificateAuthority("internal", { commonName: "internal" });
    authority.issue("server", { commonName, dnsNames: ["internal.example.ch"], usage: "server" });
  });

test("an authority issues nothing in its own name: OpenSSL takes a certificate whose issuer and subject are alike for self-signed", async () => {
  await expect(issued("internal")).rejects.toThrow(
    /commonName: expected another common name than its authority's, got "internal"; rename one/,
  );
  await expect(issued("server")).resolves.toBeDefined();
});
