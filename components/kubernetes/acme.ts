import { createHash, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import * as pulumi from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey";
import { invalid, validate, type Keys } from "../core/errors";
import { image } from "../core/images";
import { secretKeys, readSecret, Secret as SecretValue } from "../core/secret";
import { httpsUrl } from "../core/names";
import { record, text } from "../core/shapes";
import { tier } from "../core/tier";
import type { Egress } from "../recipe/parts/proxy";
import { gatewayName, proxyUrl } from "../recipe/parts/private-host";
import { blockImages } from "./images";
import type { Namespace } from "./namespace";
import { Task } from "./task";
import { toApi, toProxy } from "./ways-out";

/** An ACME directory, and the account that orders there. The account accepts the directory's terms of service. */
export interface AcmeArgs {
  /** URL of the directory (RFC 8555, 7.1.1). A policy pack judges who runs it. */
  readonly directory: string;
  /** Address that the authority may write to. @default - none */
  readonly email?: string;
  /** Binding to an account that exists at the authority (RFC 8555, 7.3.4): commercial ones ask for it. @default - none */
  readonly externalAccount?: { readonly keyId: string; readonly hmac: SecretValue };
  /** PEM of the authority that the directory's own certificate comes from. @default - one that the client's image knows */
  readonly ca?: pulumi.Input<string>;
}

export const acmeKeys: Keys<AcmeArgs> = {
  directory: true,
  email: true,
  externalAccount: { keyId: true, hmac: secretKeys },
  ca: true,
};

/** Checks a directory. @throws RangeError with every problem. */
export function readAcme(value: AcmeArgs): AcmeArgs {
  const { directory, email, externalAccount, ca } = record(value, "an ACME directory", '{ directory: "https://…" }');
  validate({
    directory: () => directoryUrl(directory),
    email: () => {
      if (email !== undefined && !/^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$/.test(email))
        throw invalid("a mail address", email, "correct it, or leave it out");
    },
    externalAccount: () => {
      if (externalAccount === undefined) return;
      const { keyId, hmac } = record(
        externalAccount,
        "a key id and its secret",
        '{ keyId: "…", hmac: givenSecret(…) }',
      );
      if (typeof keyId !== "string" || !/^[\x21-\x7e]{1,200}$/.test(keyId))
        throw invalid("a key id", keyId, "take it from the authority's account page");
      readSecret(hmac);
    },
    ca: () => ca === undefined || text(ca, "an authority in PEM", "leave it out for a public directory"),
  });
  return value;
}

function directoryUrl(value: unknown): URL {
  const [what, advice] = ["the HTTPS URL of an ACME directory", 'give one like "https://ca.example.ch/acme/directory"'];
  if (/["\\\s]/.test(String(value))) throw invalid(what, value, advice);
  return httpsUrl(value, what, advice);
}

/** Way out of the cluster that a directory needs, for the gateways' list. */
export const acmeEgress = ({ directory }: Pick<AcmeArgs, "directory">): readonly Egress[] => {
  const { hostname, port } = directoryUrl(directory);
  return [{ host: hostname, port: port === "" ? 443 : Number(port), reason: "certificates from the ACME directory" }];
};

interface Orders extends AcmeArgs {
  readonly namespace: Namespace;
  /** Name of its objects in Kubernetes, with which its own name ends. */
  readonly kubernetesName: string;
  /** Host names by the name of their certificate. */
  readonly certificates: Readonly<Record<string, readonly string[]>>;
}

/** User of the task's pods; its images need none of their own. */
const user = 65532;

/**
 * Certificates from an ACME directory, renewed inside the cluster: every quarter of an hour a task looks what is missing or due (a third of its life left), orders it,
 * and puts it into a Secret, from which the edge takes it. No update of the stack is needed. The task runs on any application host; one that fails is followed by
 * the next, weeks before a certificate ends. While nothing is due the directory is not asked.
 *
 * Challenges are HTTP-01: RFC 8555 has it, and the commercial authorities that a sovereign profile leaves offer it, where TLS-ALPN-01 (RFC 8737) is an extension that few
 * have, and DNS-01 would put a credential for the zone into the cluster. The edge computes every answer from the account's thumbprint, so nothing has to find its way
 * from the task to a replica.
 *
 * | claim | file | revision |
 * |---|---|---|
 * | `run` orders or renews; due at a third of the life left, at half of it for ten days or less | cmd/cmd_run.go, cmd/cmd_run_renew.go (getDueDate) | go-acme/lego v5.6.0 |
 * | `accounts recover --private-key` finds an account by its key; `register` knows no key of ours, `keyrollover --private-key` does | cmd/cmd_accounts_*.go | the same |
 * | `--http.webroot` writes a file and opens no port; nothing checks it before the authority does | providers/http/webroot, challenge/http01 | the same |
 * | `accounts/HOST_PORT/ID/account.json`, `ID.key`; `certificates/NAME.crt`, `.key`, `.json` | cmd/internal/storage | the same |
 * | `LEGO_CA_CERTIFICATES` | lego/client_config.go | the same |
 * | MIT licence | LICENSE | the same |
 */
export class Acme extends pulumi.ComponentResource {
  /** Thumbprint of the account's key (RFC 7638). */
  readonly thumbprint: pulumi.Output<string>;
  /** Secret with the certificates: empty when it is made, filled by the task. */
  readonly secret: Secret;
  readonly secretName: string;

  constructor(name: string, args: Orders, opts?: pulumi.ComponentResourceOptions) {
    const { namespace, directory, certificates, kubernetesName } = args;
    super("sovereign-uc:index:Acme", name, { directory, certificates: Object.keys(certificates) }, opts);

    const own = { parent: this, provider: namespace.cluster.provider, dependsOn: [...namespace.ready] };
    const metadata = { name: kubernetesName, namespace: namespace.name };
    const key = new PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, { parent: this });
    this.thumbprint = key.publicKeyPem.apply(thumbprint);
    this.secretName = kubernetesName;
    // Without data: what the task puts there is not this program's, and no update takes it away.
    this.secret = new Secret(name, { metadata }, own);
    const account = new ServiceAccount(name, { metadata, automountServiceAccountToken: false }, own);
    const rules = [
      { apiGroups: [""], resources: ["secrets"], resourceNames: [kubernetesName], verbs: ["get", "patch"] },
    ];
    const bound = [
      new Role(name, { metadata, rules }, own),
      new RoleBinding(
        name,
        {
          metadata,
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: kubernetesName },
          subjects: [{ kind: "ServiceAccount", name: kubernetesName, namespace: namespace.name }],
        },
        own,
      ),
    ];
    renewal(
      `${name}-renewal`,
      args,
      { name: kubernetesName, key },
      { parent: this, dependsOn: [this.secret, account, ...bound] },
    );
    this.registerOutputs({});
  }
}

function renewal(
  name: string,
  { namespace, certificates, directory, email, externalAccount, ca }: Orders,
  account: { readonly name: string; readonly key: PrivateKey },
  opts: pulumi.ComponentResourceOptions,
): Task {
  const { cluster } = namespace;
  const lego = image(cluster.registry, blockImages.lego);
  return new Task(
    name,
    {
      namespace,
      tier: tier(namespace.name, `${account.name}-renewal`, {}),
      role: "certificates",
      schedule: "3-59/15 * * * *",
      timeoutSeconds: 840,
      account: account.name,
      user,
      image: lego,
      // The end of the pod: tells of orders that failed, after those that did not are kept.
      command: ["sh", "-c", 'exit "$(cat /results/result)"'],
      init: [
        {
          name: "order",
          image: lego,
          command: ["sh", "/scripts/acme.sh"],
          env: {
            ACME_DIRECTORY: directory,
            ACME_FOLDER: new URL(directory).host.replaceAll(":", "_"),
            ...(email === undefined ? {} : { ACME_EMAIL: email }),
            ...(externalAccount === undefined ? {} : { LEGO_EAB_KID: externalAccount.keyId }),
            ...(ca === undefined ? {} : { LEGO_CA_CERTIFICATES: "/account/ca.crt" }),
            HTTPS_PROXY: proxyUrl,
          },
          ...(externalAccount === undefined ? {} : { secretEnv: { LEGO_EAB_HMAC: externalAccount.hmac } }),
        },
        {
          name: "keep",
          image: image(cluster.registry, blockImages.kubectl),
          args: [
            ...["patch", "secret", account.name, `--namespace=${namespace.name}`],
            ...["--type=merge", "--patch-file=/results/patch.json"],
          ],
        },
      ],
      mounts: [
        {
          name: "names",
          path: "/etc/acme",
          files: {
            names: Object.entries(certificates)
              .map(([certificate, hosts]) => `${certificate} ${hosts.join(" ")}\n`)
              .join(""),
          },
        },
        {
          name: "scripts",
          path: "/scripts",
          files: { "acme.sh": readFileSync(join(__dirname, "files", "acme.sh"), "utf8") },
        },
        {
          name: "account",
          path: "/account",
          secrets: {
            "account.key": { value: account.key.privateKeyPem, version: account.key.publicKeyFingerprintSha256 },
            ...(ca === undefined ? {} : { "ca.crt": { value: ca, version: "1" } }),
          },
        },
        { name: "kept", path: "/acme", keptSecret: account.name },
        { name: "results", path: "/results", memoryMib: 32 },
        { name: "tmp", path: "/tmp", memoryMib: 16 },
      ],
      names: { [gatewayName]: cluster.gatewayAddresses },
      resources: { cpu: 0.05, memoryMib: 128 },
      egress: [toApi(cluster, "Kubernetes API"), toProxy(cluster, new URL(directory).hostname)],
    },
    opts,
  );
}

/** Thumbprint of a key on P-256: SHA-256 of its members in order, without spaces (RFC 7638). */
export function thumbprint(publicKeyPem: string): string {
  const { crv, kty, x, y } = createPublicKey(publicKeyPem).export({ format: "jwk" });
  return createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
}
