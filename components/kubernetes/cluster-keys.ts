import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { authorityIn, type Issuer } from "../infrastructure/certificate-authority";
import type { SecretInput } from "../infrastructure/host-lifecycle";
import { recoveryKeyPath } from "../recipe/parts/data-volume";
import { paths, snapshotKeys } from "../recipe/parts/k3s";
import type { Snapshots } from "./snapshots";

/** Authorities of a control plane, in k3s' own file names. */
const roles = ["server-ca", "client-ca", "request-header-ca", "etcd/server-ca", "etcd/peer-ca"] as const;

/** Authorities, keys and tokens of a cluster. They are made before its first host, so that nothing has to be fetched back. */
export interface ClusterKeys {
  /** Signs the API's certificate. */
  readonly server: Issuer;
  /** Signs the certificates of the API's clients. */
  readonly client: Issuer;
  /** Secret of which the tokens are made with which hosts join. */
  readonly joining: pulumi.Output<string>;
  /** k3s' form of a token: a word with the digest of the authority that the host will meet. */
  readonly token: (word: pulumi.Input<string>) => pulumi.Output<string>;
  /** Secret files of one member of the control plane. */
  readonly memberFiles: (host: string) => readonly SecretInput[];
}

/** Makes the keys as children of a cluster. */
export function clusterKeys(
  name: string,
  { keepData, snapshots }: { readonly keepData: boolean; readonly snapshots?: Snapshots },
  parent: pulumi.ComponentResource,
): ClusterKeys {
  const own = { parent };
  const authorities = Object.fromEntries(
    roles.map((role) => {
      const plain = role.replace("/", "-");
      return [role, authorityIn(parent, `${name}-${plain}`, { commonName: `${name}-${plain}` })];
    }),
  ) as Readonly<Record<(typeof roles)[number], Issuer>>;
  const signing = new tls.PrivateKey(`${name}-service-accounts`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, own);
  const password = (resource: string, protect = false): pulumi.Output<string> =>
    new random.RandomPassword(resource, { length: 48, special: false }, protect ? { ...own, protect } : own).result;
  const token = (secret: pulumi.Input<string>): pulumi.Output<string> =>
    pulumi
      .all([authorities["server-ca"].certificate, secret])
      .apply(([certificate, word]) => `K10${sha256(certificate)}::${word}\n`);
  const shared: readonly SecretInput[] = [
    ...Object.entries(authorities).flatMap(([role, { certificate, privateKey }]) => [
      file(`${paths.certificates}/${role}.crt`, certificate),
      file(`${paths.certificates}/${role}.key`, privateKey),
    ]),
    file(`${paths.certificates}/service.key`, signing.privateKeyPem),
    file(paths.token, token(pulumi.interpolate`server:${password(`${name}-token`)}`)),
    // Nobody joins with it: without one of its own, k3s would take the servers' token for it.
    file(paths.agentToken, token(pulumi.interpolate`node:${password(`${name}-agent-token`)}`)),
    ...(snapshots === undefined ? [] : [file(paths.snapshots, credentials(snapshots))]),
  ];
  return {
    server: authorities["server-ca"],
    client: authorities["client-ca"],
    joining: password(`${name}-join`),
    token,
    memberFiles: (host) => [
      // Kept as long as the volume: without its key, data is no data.
      file(recoveryKeyPath, password(`${host}-data-key`, keepData)),
      ...shared,
    ],
  };
}

const file = (path: string, content: pulumi.Input<string>): SecretInput => ({ path, content, mode: "0600" });

const credentials = ({ accessKey, secretKey }: Snapshots): pulumi.Output<string> =>
  pulumi.all([accessKey, secretKey]).apply(([access, secret]) => snapshotKeys(access, secret));

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
